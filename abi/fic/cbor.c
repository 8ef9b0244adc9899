/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CBOR: writer and strict reader, on libcbor's encoder and streaming decoder. The
 * decoder gives one head at a time and allocates nothing; what is not deterministic is refused
 * here. */
#include "cbor.h"
#include <cbor/encoding.h>
#include <cbor/streaming.h>
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
    size_t n = 0;

    switch (major) {
    case FIC_CB_UINT: n = cbor_encode_uint(value, h, sizeof(h)); break;
    case FIC_CB_NINT: n = cbor_encode_negint(value, h, sizeof(h)); break;
    case FIC_CB_BYTES: n = cbor_encode_bytestring_start((size_t)value, h, sizeof(h)); break;
    case FIC_CB_TEXT: n = cbor_encode_string_start((size_t)value, h, sizeof(h)); break;
    case FIC_CB_ARRAY: n = cbor_encode_array_start((size_t)value, h, sizeof(h)); break;
    case FIC_CB_MAP: n = cbor_encode_map_start((size_t)value, h, sizeof(h)); break;
    case FIC_CB_SIMPLE: n = cbor_encode_ctrl((uint8_t)value, h, sizeof(h)); break;
    }
    fic_buf_add(b, h, n);
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

/* What libcbor's decoder has seen: one head, with the content of a string. */
struct seen {
    enum fic_major major;
    uint64_t value;
    size_t content;    /* bytes after the head */
    const char *wrong; /* what should have been there instead */
};

static void see(void *context, enum fic_major major, uint64_t value)
{
    struct seen *seen = context;

    seen->major = major;
    seen->value = value;
}

static void see_string(void *context, enum fic_major major, size_t length)
{
    see(context, major, length);
    ((struct seen *)context)->content = length;
}

static void see_uint8(void *context, uint8_t v) { see(context, FIC_CB_UINT, v); }
static void see_uint16(void *context, uint16_t v) { see(context, FIC_CB_UINT, v); }
static void see_uint32(void *context, uint32_t v) { see(context, FIC_CB_UINT, v); }
static void see_uint64(void *context, uint64_t v) { see(context, FIC_CB_UINT, v); }
static void see_negint8(void *context, uint8_t v) { see(context, FIC_CB_NINT, v); }
static void see_negint16(void *context, uint16_t v) { see(context, FIC_CB_NINT, v); }
static void see_negint32(void *context, uint32_t v) { see(context, FIC_CB_NINT, v); }
static void see_negint64(void *context, uint64_t v) { see(context, FIC_CB_NINT, v); }
static void see_array(void *context, size_t count) { see(context, FIC_CB_ARRAY, count); }
static void see_map(void *context, size_t pairs) { see(context, FIC_CB_MAP, pairs); }
static void see_boolean(void *context, bool v) { see(context, FIC_CB_SIMPLE, v ? 21 : 20); }
static void see_null(void *context) { see(context, FIC_CB_SIMPLE, 22); }

static void see_bytes(void *context, cbor_data data, size_t length)
{
    (void)data;
    see_string(context, FIC_CB_BYTES, length);
}

static void see_text(void *context, cbor_data data, size_t length)
{
    (void)data;
    see_string(context, FIC_CB_TEXT, length);
}

static void refuse_indefinite(void *context)
{
    ((struct seen *)context)->wrong = "a definite length";
}

static void refuse_simple(void *context)
{
    ((struct seen *)context)->wrong = "false, true or null";
}

static void refuse_float(void *context, float v)
{
    (void)v;
    refuse_simple(context);
}

static void refuse_double(void *context, double v)
{
    (void)v;
    refuse_simple(context);
}

static void refuse_tag(void *context, uint64_t tag)
{
    (void)tag;
    ((struct seen *)context)->wrong = "no tag";
}

static const struct cbor_callbacks callbacks = {
    .uint8 = see_uint8,
    .uint16 = see_uint16,
    .uint32 = see_uint32,
    .uint64 = see_uint64,
    .negint8 = see_negint8,
    .negint16 = see_negint16,
    .negint32 = see_negint32,
    .negint64 = see_negint64,
    .byte_string_start = refuse_indefinite,
    .byte_string = see_bytes,
    .string = see_text,
    .string_start = refuse_indefinite,
    .indef_array_start = refuse_indefinite,
    .array_start = see_array,
    .indef_map_start = refuse_indefinite,
    .map_start = see_map,
    .tag = refuse_tag,
    .float2 = refuse_float,
    .float4 = refuse_float,
    .float8 = refuse_double,
    .undefined = refuse_simple,
    .null = see_null,
    .boolean = see_boolean,
    .indef_break = refuse_indefinite,
};

/* Bytes of the shortest head (RFC 8949, 4.2.1). */
static size_t shortest(uint64_t value)
{
    uint8_t h[9];

    return cbor_encode_uint(value, h, sizeof(h));
}

bool fic_cbor_next(struct fic_cbor *c, enum fic_major *major, uint64_t *value)
{
    struct seen seen = {.major = FIC_CB_SIMPLE, .value = 22};
    struct cbor_decoder_result got;

    *major = seen.major;
    *value = seen.value;
    if (c->wrong) return false;
    if (c->at >= c->len) return fic_cbor_fail(c, "more bytes"), false;
    got = cbor_stream_decode(c->p + c->at, c->len - c->at, &callbacks, &seen);
    if (got.status == CBOR_DECODER_NEDATA) return fic_cbor_fail(c, "more bytes"), false;
    if (got.status == CBOR_DECODER_ERROR)
        (c->p[c->at] >> 5 == FIC_CB_SIMPLE ? refuse_simple : refuse_indefinite)(&seen);
    if (seen.wrong) return fic_cbor_fail(c, seen.wrong), false;
    if (got.read - seen.content != (seen.major == FIC_CB_SIMPLE ? 1 : shortest(seen.value)))
        return fic_cbor_fail(c, "the shortest head"), false;
    *major = seen.major;
    *value = seen.value;
    c->at += got.read - seen.content;
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
