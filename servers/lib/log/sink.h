/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people, piece by piece into a caller's buffer: what does not fit is left out. */
#ifndef LOG_SINK_H
#define LOG_SINK_H

#include <stddef.h>
#include <stdint.h>

/* `len` stays below `cap`, so that there is room for what ends the text; `cap` is at least 1. */
struct sink {
    char *out;
    size_t cap, len;
};

void sink_char(struct sink *s, char c);
void sink_text(struct sink *s, const char *z);

/* Decimal, filled up on the left to `width`. */
void sink_number(struct sink *s, uint64_t v, uint32_t width, char fill);

/* The low `digits` hexadecimal digits. */
void sink_hex(struct sink *s, uint64_t v, uint32_t digits);

#endif
