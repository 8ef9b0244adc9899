/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as FIPC takes it: shortest form, no surrogates, nothing above U+10FFFF, no NUL. */
#include "fipc/cbor.h"

/* Length of the sequence that begins with this byte and the range of its second byte; 0: none. */
static unsigned sequence_length(uint8_t first, uint8_t *low, uint8_t *high)
{
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first >= 0xc2 && first <= 0xdf) return 2;
    if (first >= 0xe0 && first <= 0xef) return 3;
    if (first >= 0xf0 && first <= 0xf4) return 4;
    return 0;
}

bool fipc_utf8_valid(const void *text, size_t len)
{
    const uint8_t *p = text;
    size_t i = 0;

    while (i < len) {
        uint8_t low, high;
        unsigned n;
        if (p[i] < 0x80) {
            if (p[i++] == 0) return false;
            continue;
        }
        n = sequence_length(p[i], &low, &high);
        if (n == 0 || n > len - i || p[i + 1] < low || p[i + 1] > high) return false;
        for (unsigned k = 2; k < n; k++)
            if ((p[i + k] & 0xc0) != 0x80) return false;
        i += n;
    }
    return true;
}
