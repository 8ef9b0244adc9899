/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: shortest heads into a buffer of the caller's. */
#include "fipc/cbor.h"
#include <string.h>

void fipc_cbor_write(struct fipc_cbor_writer *w, void *data, size_t size)
{
    *w = (struct fipc_cbor_writer){.data = data, .size = size};
}

static void raw_put(struct fipc_cbor_writer *w, const void *p, size_t n)
{
    if (w->full || n > w->size - w->len) {
        w->full = true;
        return;
    }
    if (n) memcpy(w->data + w->len, p, n);
    w->len += n;
}

static void head_put(struct fipc_cbor_writer *w, unsigned major, uint64_t v)
{
    uint8_t head[9];
    unsigned log = v < 24 ? 0 : v < 0x100 ? 1 : v < 0x10000 ? 2 : v < 0x100000000 ? 3 : 4;
    unsigned n = log ? 1u << (log - 1) : 0;

    head[0] = (uint8_t)(major << 5 | (log ? 23 + log : v));
    for (unsigned i = 0; i < n; i++)
        head[1 + i] = (uint8_t)(v >> 8 * (n - 1 - i));
    raw_put(w, head, 1 + n);
}

void fipc_cbor_put_uint(struct fipc_cbor_writer *w, uint64_t v) { head_put(w, 0, v); }
void fipc_cbor_put_int(struct fipc_cbor_writer *w, int64_t v)
{
    head_put(w, v < 0, v < 0 ? ~(uint64_t)v : (uint64_t)v);
}
void fipc_cbor_put_bool(struct fipc_cbor_writer *w, bool v) { head_put(w, 7, v ? 21 : 20); }
void fipc_cbor_put_null(struct fipc_cbor_writer *w) { head_put(w, 7, 22); }
void fipc_cbor_put_bytes(struct fipc_cbor_writer *w, const void *p, size_t n)
{
    head_put(w, 2, n);
    raw_put(w, p, n);
}
void fipc_cbor_put_text(struct fipc_cbor_writer *w, const char *p, size_t n)
{
    head_put(w, 3, n);
    raw_put(w, p, n);
}
void fipc_cbor_put_array(struct fipc_cbor_writer *w, size_t n) { head_put(w, 4, n); }
void fipc_cbor_put_map(struct fipc_cbor_writer *w, size_t n) { head_put(w, 5, n); }
