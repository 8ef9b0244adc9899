/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CBOR: writer and strict reader. */
#include "cbor.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fic_buf_add(struct fic_buf *b, const void *data, size_t len)
{
    if (b->cap - b->len < len) {
        size_t cap = b->cap ? 2 * b->cap : 256;
        while (cap - b->len < len)
            cap *= 2;
        b->data = realloc(b->data, cap);
        b->cap = cap;
        if (!b->data) {
            fputs("fic: out of memory\n", stderr);
            abort();
        }
    }
    if (len) memcpy(b->data + b->len, data, len);
    b->len += len;
}

void fic_buf_free(struct fic_buf *b)
{
    free(b->data);
    memset(b, 0, sizeof(*b));
}

void fic_cbor_head(struct fic_buf *b, enum fic_major major, uint64_t value)
{
    uint8_t h[9];
    unsigned n = value < 24            ? 0
                 : value <= 0xff       ? 1
                 : value <= 0xffff     ? 2
                 : value <= 0xffffffff ? 4
                                       : 8;

    h[0] = (uint8_t)((unsigned)major << 5 | (n == 0   ? (unsigned)value
                                             : n == 1 ? 24u
                                             : n == 2 ? 25u
                                             : n == 4 ? 26u
                                                      : 27u));
    for (unsigned i = 0; i < n; i++)
        h[1 + i] = (uint8_t)(value >> (8 * (n - 1 - i)));
    fic_buf_add(b, h, 1 + n);
}

void fic_cbor_int(struct fic_buf *b, int64_t v)
{
    if (v >= 0)
        fic_cbor_head(b, FIC_CB_UINT, (uint64_t)v);
    else
        fic_cbor_head(b, FIC_CB_NINT, ~(uint64_t)v);
}

void fic_cbor_text(struct fic_buf *b, const char *s)
{
    fic_cbor_head(b, FIC_CB_TEXT, strlen(s));
    fic_buf_add(b, s, strlen(s));
}

void fic_cbor_bytes(struct fic_buf *b, const void *p, size_t n)
{
    fic_cbor_head(b, FIC_CB_BYTES, n);
    fic_buf_add(b, p, n);
}

void fic_cbor_bool(struct fic_buf *b, bool v) { fic_buf_add(b, v ? "\xf5" : "\xf4", 1); }

void fic_cbor_null(struct fic_buf *b) { fic_buf_add(b, "\xf6", 1); }

void fic_cbor_start(struct fic_cbor *c, const uint8_t *p, size_t len)
{
    *c = (struct fic_cbor){.p = p, .len = len};
}

void fic_cbor_fail(struct fic_cbor *c, const char *expected)
{
    if (c->wrong) return;
    c->wrong = expected;
    c->wrong_at = c->at;
}

bool fic_cbor_next(struct fic_cbor *c, enum fic_major *major, uint64_t *value)
{
    static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
    unsigned info, n;
    uint64_t v = 0;

    *major = FIC_CB_SIMPLE;
    *value = 22;
    if (c->wrong) return false;
    if (c->at >= c->len) return fic_cbor_fail(c, "more bytes"), false;
    info = c->p[c->at] & 31;
    *major = (enum fic_major)(c->p[c->at] >> 5);
    if (info > 27) return fic_cbor_fail(c, "a definite length"), false;
    if ((unsigned)*major == 6) return fic_cbor_fail(c, "no tag"), false;
    if (*major == FIC_CB_SIMPLE && (info < 20 || info > 22))
        return fic_cbor_fail(c, "false, true or null"), false;
    n = info < 24 ? 0 : 1u << (info - 24);
    if (c->len - c->at - 1 < n) return fic_cbor_fail(c, "more bytes"), false;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | c->p[c->at + 1 + i];
    if (n && v < least[info - 24]) return fic_cbor_fail(c, "the shortest head"), false;
    *value = n ? v : info;
    c->at += 1 + n;
    return true;
}

int fic_cbor_peek(const struct fic_cbor *c)
{
    return c->wrong || c->at >= c->len ? -1 : c->p[c->at] >> 5;
}

uint64_t fic_cbor_take_uint(struct fic_cbor *c, uint64_t min, uint64_t max)
{
    size_t at = c->at;
    enum fic_major m;
    uint64_t v;

    if (!fic_cbor_next(c, &m, &v)) return 0;
    if (m != FIC_CB_UINT || v < min || v > max) {
        c->at = at;
        fic_cbor_fail(c, m != FIC_CB_UINT ? "an unsigned integer" : "an integer in range");
        return 0;
    }
    return v;
}

static size_t take_container(struct fic_cbor *c, enum fic_major want, size_t min, size_t max)
{
    size_t at = c->at;
    enum fic_major m;
    uint64_t v;

    if (!fic_cbor_next(c, &m, &v)) return 0;
    if (m != want || v < min || v > max || v > c->len - c->at) {
        c->at = at;
        fic_cbor_fail(c, m != want ? (want == FIC_CB_ARRAY ? "an array" : "a map")
                                   : "a permitted number of elements");
        return 0;
    }
    return (size_t)v;
}

size_t fic_cbor_take_array(struct fic_cbor *c, size_t min, size_t max)
{
    return take_container(c, FIC_CB_ARRAY, min, max);
}

size_t fic_cbor_take_map(struct fic_cbor *c, size_t min, size_t max)
{
    return take_container(c, FIC_CB_MAP, min, max);
}

static const uint8_t *take_run(struct fic_cbor *c, enum fic_major want, size_t max, size_t *n)
{
    size_t at = c->at;
    enum fic_major m;
    uint64_t v;

    *n = 0;
    if (!fic_cbor_next(c, &m, &v)) return NULL;
    if (m != want || v > max || v > c->len - c->at) {
        c->at = at;
        fic_cbor_fail(c, m != want ? (want == FIC_CB_TEXT ? "a text" : "a byte string")
                                   : "a shorter string");
        return NULL;
    }
    *n = (size_t)v;
    c->at += (size_t)v;
    return c->p + c->at - v;
}

const char *fic_cbor_take_text(struct fic_cbor *c, size_t max, size_t *n)
{
    const uint8_t *p = take_run(c, FIC_CB_TEXT, max, n);

    for (size_t i = 0; i < *n; i++)
        if (p[i] < 0x20 || p[i] > 0x7e) {
            fic_cbor_fail(c, "printable ASCII");
            *n = 0;
        }
    return p ? (const char *)p : "";
}

const char *fic_cbor_take_any_text(struct fic_cbor *c, size_t max, size_t *n)
{
    const uint8_t *p = take_run(c, FIC_CB_TEXT, max, n);

    return p ? (const char *)p : "";
}

const uint8_t *fic_cbor_take_bytes(struct fic_cbor *c, size_t max, size_t *n)
{
    return take_run(c, FIC_CB_BYTES, max, n);
}

static bool take_byte(struct fic_cbor *c, uint8_t byte)
{
    if (c->wrong || c->at >= c->len || c->p[c->at] != byte) return false;
    c->at++;
    return true;
}

bool fic_cbor_take_null(struct fic_cbor *c) { return take_byte(c, 0xf6); }

bool fic_cbor_take_true(struct fic_cbor *c)
{
    if (take_byte(c, 0xf5)) return true;
    fic_cbor_fail(c, "true");
    return false;
}

void fic_cbor_ascending(struct fic_cbor *c, struct fic_cbor_order *o, size_t key_at)
{
    size_t len = c->at - key_at, common = len < o->len ? len : o->len;
    int cmp;

    if (c->wrong) return;
    if (o->len) {
        cmp = memcmp(c->p + key_at, c->p + o->at, common);
        if (cmp < 0 || (cmp == 0 && len <= o->len)) fic_cbor_fail(c, "keys in ascending order");
    }
    o->at = key_at;
    o->len = len;
}

bool fic_cbor_end(struct fic_cbor *c)
{
    if (!c->wrong && c->at != c->len) fic_cbor_fail(c, "the end");
    return !c->wrong;
}
