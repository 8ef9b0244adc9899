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
    if (len) memcpy(t->data + t->len, s, len);
    t->len += (uint32_t)len;
}

void procfs_put(struct procfs_text *t, const char *s) { procfs_put_bytes(t, s, strlen(s)); }

static void put_number(struct procfs_text *t, uint64_t v, unsigned base)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v != 0);
    procfs_put_bytes(t, digits + at, sizeof digits - at);
}

void procfs_put_u64(struct procfs_text *t, uint64_t v) { put_number(t, v, 10); }

void procfs_put_hex(struct procfs_text *t, uint64_t v) { put_number(t, v, 16); }

void procfs_put_cell(struct procfs_text *t, const char *s, size_t len)
{
    for (size_t i = 0; i < len && !t->overflow; i++) {
        char c = s[i] >= 0x20 && s[i] < 0x7f ? s[i] : '?';

        procfs_put_bytes(t, &c, 1);
    }
}
