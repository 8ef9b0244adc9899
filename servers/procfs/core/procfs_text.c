/* SPDX-License-Identifier: Apache-2.0 */
/* Text for generated files: appending to a bounded buffer. Maintains: len <= cap. */
#include "procfs.h"

#include <string.h>

void procfs_put_bytes(struct procfs_text *t, const char *s, size_t len)
{
    if (t->overflow || len > t->cap - t->len) {
        t->overflow = true;
        return;
    }
    memcpy(t->data + t->len, s, len);
    t->len += (uint32_t)len;
}

void procfs_put(struct procfs_text *t, const char *s) { procfs_put_bytes(t, s, strlen(s)); }

static void put_number(struct procfs_text *t, uint64_t v, unsigned base, uint32_t width)
{
    char digits[20];
    uint32_t n = 0;

    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v != 0);
    for (uint32_t i = n; i < width && !t->overflow; i++)
        procfs_put_bytes(t, " ", 1);
    while (n > 0)
        procfs_put_bytes(t, &digits[--n], 1);
}

void procfs_put_u64(struct procfs_text *t, uint64_t v) { put_number(t, v, 10, 0); }

void procfs_put_padded(struct procfs_text *t, uint64_t v, uint32_t width)
{
    put_number(t, v, 10, width);
}

void procfs_put_hex(struct procfs_text *t, uint64_t v) { put_number(t, v, 16, 0); }
