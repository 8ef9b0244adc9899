/* SPDX-License-Identifier: Apache-2.0 */
/* Text into a buffer: see sink.h. */
#include "sink.h"

void sink_char(struct sink *s, char c)
{
    if (s->len + 1 < s->cap) s->out[s->len++] = c;
}

void sink_text(struct sink *s, const char *z)
{
    while (*z != 0)
        sink_char(s, *z++);
}

void sink_number(struct sink *s, uint64_t v, uint32_t width, char fill)
{
    char digits[20];
    uint32_t n = 0;

    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    for (uint32_t i = n; i < width; i++)
        sink_char(s, fill);
    while (n > 0)
        sink_char(s, digits[--n]);
}

void sink_hex(struct sink *s, uint64_t v, uint32_t digits)
{
    for (uint32_t i = digits; i-- > 0;)
        sink_char(s, "0123456789abcdef"[v >> 4 * i & 15]);
}
