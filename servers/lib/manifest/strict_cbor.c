/* SPDX-License-Identifier: Apache-2.0 */
/* Strict deterministic CBOR: see strict_cbor.h. */
#include "strict_cbor.h"

enum { MAJOR_UINT = 0, MAJOR_BYTES = 2, MAJOR_TEXT = 3, MAJOR_ARRAY = 4, MAJOR_MAP = 5 };
enum { SIMPLE_FALSE = 0xf4, SIMPLE_TRUE = 0xf5 };

void scbor_in_init(struct scbor_in *in, const void *data, size_t len)
{
    in->data = data;
    in->len = len;
    in->pos = 0;
    in->failed = false;
}

/* Reads the argument of a head with additional information `info`, refusing a longer form than
 * needed. */
static uint64_t head_read_argument(struct scbor_in *in, uint32_t info)
{
    static const uint64_t least[4] = {24, 0x100, 0x10000, 0x100000000};
    uint32_t bytes;
    uint64_t v = 0;

    if (info < 24) return info;
    if (info > 27) {
        in->failed = true;
        return 0;
    }
    bytes = 1u << (info - 24);
    if (bytes > in->len - in->pos) {
        in->failed = true;
        return 0;
    }
    for (uint32_t i = 0; i < bytes; i++)
        v = v << 8 | in->data[in->pos++];
    if (v < least[info - 24]) in->failed = true;
    return in->failed ? 0 : v;
}

static uint64_t head_read(struct scbor_in *in, uint32_t major)
{
    uint8_t b;

    if (in->failed || in->pos == in->len || in->data[in->pos] >> 5 != major) {
        in->failed = true;
        return 0;
    }
    b = in->data[in->pos++];
    return head_read_argument(in, b & 31u);
}

uint64_t scbor_read_uint(struct scbor_in *in) { return head_read(in, MAJOR_UINT); }

static struct scbor_str string_read(struct scbor_in *in, uint32_t major)
{
    struct scbor_str r = {"", 0};
    uint64_t len = head_read(in, major);

    if (in->failed || len > in->len - in->pos || len > UINT32_MAX) {
        in->failed = true;
        return r;
    }
    r.s = (const char *)(in->data + in->pos);
    r.len = (uint32_t)len;
    in->pos += len;
    return r;
}

/* Length of the well-formed UTF-8 sequence at p (at most `left` bytes), 0 if it is none. */
static uint32_t utf8_length(const uint8_t *p, uint32_t left)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t n = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 0;
    uint32_t c;

    if (n <= 1) return p[0] == 0 ? 0 : n;
    if (n > left) return 0;
    c = p[0] & (0x7fu >> n);
    for (uint32_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

struct scbor_str scbor_read_text(struct scbor_in *in)
{
    struct scbor_str r = string_read(in, MAJOR_TEXT);

    for (uint32_t i = 0; i < r.len;) {
        uint32_t n = utf8_length((const uint8_t *)r.s + i, r.len - i);

        if (n == 0) {
            in->failed = true;
            r.len = 0;
            return r;
        }
        i += n;
    }
    return r;
}

struct scbor_str scbor_read_bytes(struct scbor_in *in) { return string_read(in, MAJOR_BYTES); }

bool scbor_read_bool(struct scbor_in *in)
{
    if (in->failed || in->pos == in->len ||
        (in->data[in->pos] != SIMPLE_FALSE && in->data[in->pos] != SIMPLE_TRUE)) {
        in->failed = true;
        return false;
    }
    return in->data[in->pos++] == SIMPLE_TRUE;
}

uint64_t scbor_read_array(struct scbor_in *in)
{
    uint64_t n = head_read(in, MAJOR_ARRAY);

    if (n > in->len - in->pos) {
        in->failed = true;
        return 0;
    }
    return n;
}

void scbor_read_map(struct scbor_in *in, struct scbor_map *m)
{
    m->left = head_read(in, MAJOR_MAP);
    m->last = 0;
    m->any = false;
}

bool scbor_map_next(struct scbor_in *in, struct scbor_map *m, uint64_t *key)
{
    if (in->failed || m->left == 0) return false;
    *key = scbor_read_uint(in);
    if (m->any && *key <= m->last) in->failed = true;
    m->left--;
    m->last = *key;
    m->any = true;
    return !in->failed;
}

bool scbor_in_is_done(const struct scbor_in *in) { return !in->failed && in->pos == in->len; }

void scbor_out_init(struct scbor_out *out, void *data, size_t cap)
{
    out->data = data;
    out->cap = cap;
    out->len = 0;
    out->failed = false;
}

static void byte_write(struct scbor_out *out, uint8_t b)
{
    if (out->failed || out->len == out->cap) {
        out->failed = true;
        return;
    }
    out->data[out->len++] = b;
}

static void head_write(struct scbor_out *out, uint32_t major, uint64_t v)
{
    uint32_t size = v < 24 ? 0 : v <= 0xff ? 1 : v <= 0xffff ? 2 : v <= 0xffffffff ? 4 : 8;
    uint32_t info = size == 0 ? (uint32_t)v : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;

    byte_write(out, (uint8_t)(major << 5 | info));
    for (uint32_t i = size; i-- > 0;)
        byte_write(out, (uint8_t)(v >> 8 * i));
}

void scbor_write_uint(struct scbor_out *out, uint64_t v) { head_write(out, MAJOR_UINT, v); }

static void string_write(struct scbor_out *out, uint32_t major, struct scbor_str s)
{
    head_write(out, major, s.len);
    for (uint32_t i = 0; i < s.len; i++)
        byte_write(out, (uint8_t)s.s[i]);
}

void scbor_write_text(struct scbor_out *out, struct scbor_str s)
{
    string_write(out, MAJOR_TEXT, s);
}

void scbor_write_bytes(struct scbor_out *out, struct scbor_str s)
{
    string_write(out, MAJOR_BYTES, s);
}

void scbor_write_bool(struct scbor_out *out, bool v)
{
    byte_write(out, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void scbor_write_array(struct scbor_out *out, uint64_t n) { head_write(out, MAJOR_ARRAY, n); }

void scbor_write_map(struct scbor_out *out, uint64_t n) { head_write(out, MAJOR_MAP, n); }

bool scbor_str_is_equal(struct scbor_str a, struct scbor_str b)
{
    if (a.len != b.len) return false;
    for (uint32_t i = 0; i < a.len; i++) {
        if (a.s[i] != b.s[i]) return false;
    }
    return true;
}

struct scbor_str scbor_str_of(const char *z)
{
    struct scbor_str r = {z, 0};

    while (z[r.len] != 0)
        r.len++;
    return r;
}

bool scbor_str_is(struct scbor_str s, const char *z)
{
    return scbor_str_is_equal(s, scbor_str_of(z));
}
