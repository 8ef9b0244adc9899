/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: from a root in private memory and blocks in shared memory to C values in private
 * memory. Shared memory is fetched into private memory and checked there; nothing is decided on one
 * fetch and used from another (whether an optional value is there may be asked beforehand, but then
 * the value is checked in full on its own fetch). The cursor rule (each block begins where the last
 * one ended) excludes overlaps and gaps and bounds the work; nesting is bounded by the tables (8
 * levels).
 *
 * Content that this version does not know (a longer stride, an unknown tag of an open union) may
 * own blocks of its own, which lie before the next known one: there the next offset may be larger
 * than the cursor, once. */
#include "fipc/cbor.h"
#include "fipc/type.h"

/* Where the bytes of a value come from: those beyond `have` were not sent and read as zero. */
struct source {
    const uint8_t *p;
    uint32_t have;
};

static fut_err decode(struct fipc_in *in, const struct fipc_type *t, struct source s, uint32_t at,
                      uint8_t *value);

static void source_copy(struct source s, uint32_t at, void *dst, uint32_t n)
{
    uint32_t have = at < s.have ? s.have - at : 0;

    if (have > n) have = n;
    if (have < n) memset((uint8_t *)dst + have, 0, n - have);
    if (have) fipc_copy_in(dst, s.p + at, have);
}

static bool source_zero(struct source s, uint32_t at, uint32_t n)
{
    uint8_t piece[64], any = 0;

    while (n) {
        uint32_t k = n < sizeof(piece) ? n : (uint32_t)sizeof(piece);
        source_copy(s, at, piece, k);
        for (uint32_t i = 0; i < k; i++)
            any |= piece[i];
        at += k;
        n -= k;
    }
    return any == 0;
}

static bool enum_known(const struct fipc_type *t, uint64_t raw)
{
    const uint64_t *values = t->parts;

    for (uint32_t i = 0; i < t->count; i++)
        if (values[i] == raw) return true;
    return false;
}

static bool scalar_valid(const struct fipc_type *t, uint64_t raw)
{
    switch (t->kind) {
    case FIPC_BOOL: return raw <= 1;
    case FIPC_ENUM: return enum_known(t, raw);
    case FIPC_FLAGS: return !(raw & ~t->mask);
    case FIPC_CAP:
    case FIPC_OBJ: return raw != 0;
    default: return true;
    }
}

/* Little-endian, as every machine that Futura runs on. */
static fut_err decode_scalar(struct fipc_in *in, const struct fipc_type *t, struct source s,
                             uint32_t at, uint8_t *value)
{
    uint64_t raw = 0;

    source_copy(s, at, &raw, t->wire);
    if (!scalar_valid(t, raw)) return in->bad;
    memcpy(value, &raw, t->wire);
    return FUT_OK;
}

static const struct fipc_member *member_find(const struct fipc_type *t, uint32_t tag)
{
    const struct fipc_member *m = t->parts;

    for (uint32_t i = 0; i < t->count; i++)
        if (m[i].tag == tag) return &m[i];
    return NULL;
}

static fut_err block_take(struct fipc_in *in, const struct fipc_slice *s, uint32_t bound,
                          const uint8_t **block)
{
    uint32_t at = s->at * 8u;
    uint64_t bytes = (uint64_t)s->count * s->stride;

    if (s->stride == 0 || s->count > bound) return in->bad;
    if (in->loose ? at < in->cursor : at != in->cursor) return in->bad;
    if (at > in->limit || bytes > in->limit - at) return in->bad;
    in->cursor = (at + (uint32_t)bytes + 7) & ~7u;
    in->loose = 0;
    *block = bytes ? in->data + at : NULL;
    return FUT_OK;
}

fut_err fipc_in_slice(struct fipc_in *in, const void *wire, uint32_t bound, uint32_t *count,
                      uint32_t *stride, const uint8_t **block)
{
    struct fipc_slice s;
    fut_err e;

    memcpy(&s, wire, sizeof(s));
    e = block_take(in, &s, bound, block);
    *count = s.count;
    *stride = s.stride;
    return e;
}

/* string and bytes into the arena. */
static fut_err decode_text(struct fipc_in *in, const struct fipc_type *t,
                           const struct fipc_slice *s, uint8_t *value)
{
    struct fipc_bytes out = {NULL, s->count};
    const uint8_t *block = NULL;
    bool text = t->kind == FIPC_STRING;
    uint8_t *copy;
    fut_err e = block_take(in, s, t->count, &block);

    if (e == FUT_OK && s->stride != 1) e = in->bad;
    if (e != FUT_OK) return e;
    copy = fipc_alloc(in->arena, s->count + (size_t)text);
    if (!copy) return FUT_ENOMEM;
    if (s->count) fipc_copy_in(copy, block, s->count);
    if (text) {
        copy[s->count] = 0;
        if (!fipc_utf8_valid(copy, s->count)) return in->bad;
    }
    out.data = copy;
    memcpy(value, &out, sizeof(out));
    return FUT_OK;
}

/* Plain elements: copied in one go (or element by element when the peer's are longer), checked in
 * the copy. */
static fut_err decode_plain(struct fipc_in *in, const struct fipc_type *elem, const uint8_t *block,
                            const struct fipc_slice *s, uint8_t *out)
{
    if (s->count == 0) return FUT_OK;
    if (s->stride == elem->wire)
        fipc_copy_in(out, block, (size_t)s->count * elem->wire);
    else
        for (uint32_t i = 0; i < s->count; i++)
            fipc_copy_in(out + (size_t)i * elem->size, block + (size_t)i * s->stride, elem->wire);
    if (elem->kind == FIPC_INT) return FUT_OK;
    for (uint32_t i = 0; i < s->count; i++)
        if (fipc_check(elem, out + (size_t)i * elem->size) != FUT_OK) return in->bad;
    return FUT_OK;
}

static fut_err decode_vector(struct fipc_in *in, const struct fipc_type *t,
                             const struct fipc_slice *s, uint8_t *value)
{
    const struct fipc_type *elem = t->elem;
    struct fipc_vector out = {NULL, s->count};
    const uint8_t *block = NULL;
    uint8_t *copy;
    fut_err e = block_take(in, s, t->count, &block);

    if (e == FUT_OK && s->stride < elem->wire) e = in->bad;
    if (e != FUT_OK) return e;
    copy = fipc_alloc(in->arena, (size_t)s->count * elem->size);
    if (!copy) return FUT_ENOMEM;
    if (elem->plain) {
        e = decode_plain(in, elem, block, s, copy);
    } else {
        for (uint32_t i = 0; i < s->count && e == FUT_OK; i++)
            e = decode(in, elem, (struct source){block + (size_t)i * s->stride, s->stride}, 0,
                       copy + (size_t)i * elem->size);
    }
    if (s->stride > elem->wire) in->loose = 1;
    out.v = copy;
    memcpy(value, &out, sizeof(out));
    return e;
}

/* Whether an optional value is there; what is absent must be zero altogether. */
static fut_err presence(struct fipc_in *in, const struct fipc_type *t, struct source s, uint32_t at,
                        uint32_t has_at, bool *has)
{
    uint8_t byte = 0;
    uint32_t tag;

    if (has_at) {
        source_copy(s, has_at, &byte, 1);
        if (byte > 1) return in->bad;
        *has = byte;
    } else if (t->kind == FIPC_UNION || t->kind == FIPC_OPEN_UNION) {
        source_copy(s, at, &tag, sizeof(tag));
        *has = tag != 0;
    } else {
        *has = !source_zero(s, at, t->wire);
        return FUT_OK;
    }
    return *has || source_zero(s, at, t->wire) ? FUT_OK : in->bad;
}

static fut_err decode_fields(struct fipc_in *in, const struct fipc_type *t, struct source s,
                             uint32_t at, uint8_t *value)
{
    const struct fipc_field *f = t->parts;
    fut_err e = FUT_OK;

    memset(value, 0, t->size);
    for (uint32_t i = 0; i < t->count && e == FUT_OK; i++, f++) {
        bool has = true;
        if (f->flags & FIPC_RESERVED) continue;
        if (f->flags & FIPC_OPTIONAL) {
            uint32_t has_at = f->has_wire ? at + f->has_wire : 0;
            e = presence(in, f->type, s, at + f->wire, has_at, &has);
            if (e != FUT_OK) return e;
            if (f->type->kind != FIPC_CAP && f->type->kind != FIPC_OBJ) value[f->has_c] = has;
        }
        if (has) e = decode(in, f->type, s, at + f->wire, value + f->c);
    }
    return e;
}

static fut_err decode_open_struct(struct fipc_in *in, const struct fipc_type *t,
                                  const struct fipc_slice *s, uint8_t *value)
{
    const uint8_t *block = NULL;
    fut_err e = block_take(in, s, 1, &block);

    if (e != FUT_OK) return e;
    if (s->count != 1 || s->stride < t->required) return in->bad;
    if (t->flat && s->stride == t->stride) {
        fipc_copy_in(value, block, t->stride);
        return FUT_OK;
    }
    e = decode_fields(in, t, (struct source){block, s->stride}, 0, value);
    if (s->stride > t->stride) in->loose = 1;
    return e;
}

static fut_err decode_union(struct fipc_in *in, const struct fipc_type *t, struct source s,
                            uint32_t at, uint8_t *value)
{
    const struct fipc_member *m;
    uint32_t tag;

    source_copy(s, at, &tag, sizeof(tag));
    m = member_find(t, tag);
    if (!m) return in->bad;
    memset(value, 0, t->size);
    memcpy(value, &tag, sizeof(tag));
    return decode(in, m->type, s, at + t->payload, value + t->c_payload);
}

static fut_err decode_open_union(struct fipc_in *in, const struct fipc_type *t, struct source s,
                                 uint32_t at, uint8_t *value)
{
    const struct fipc_member *m;
    struct fipc_slice slice;
    const uint8_t *block = NULL;
    uint32_t tag;
    fut_err e;

    source_copy(s, at, &tag, sizeof(tag));
    source_copy(s, at + 8, &slice, sizeof(slice));
    if (tag == 0) return in->bad;
    e = block_take(in, &slice, 1, &block);
    if (e != FUT_OK) return e;
    m = member_find(t, tag);
    if (slice.count != 1 || (m && slice.stride < m->type->wire)) return in->bad;
    memset(value, 0, t->size);
    memcpy(value, &tag, sizeof(tag));
    if (m) e = decode(in, m->type, (struct source){block, slice.stride}, 0, value + t->c_payload);
    if (!m || slice.stride > m->type->wire) in->loose = 1;
    return e;
}

static fut_err decode_array(struct fipc_in *in, const struct fipc_type *t, struct source s,
                            uint32_t at, uint8_t *value)
{
    fut_err e = FUT_OK;

    if (t->elem->kind == FIPC_INT) {
        source_copy(s, at, value, t->wire);
        return FUT_OK;
    }
    for (uint32_t i = 0; i < t->count && e == FUT_OK; i++)
        e = decode(in, t->elem, s, at + i * t->elem->wire, value + (size_t)i * t->elem->size);
    return e;
}

static fut_err decode(struct fipc_in *in, const struct fipc_type *t, struct source s, uint32_t at,
                      uint8_t *value)
{
    struct fipc_slice slice;

    switch (t->kind) {
    case FIPC_ARRAY: return decode_array(in, t, s, at, value);
    case FIPC_STRUCT: return decode_fields(in, t, s, at, value);
    case FIPC_UNION: return decode_union(in, t, s, at, value);
    case FIPC_OPEN_UNION: return decode_open_union(in, t, s, at, value);
    case FIPC_STRING:
    case FIPC_BYTES:
    case FIPC_VECTOR:
    case FIPC_OPEN_STRUCT: break;
    default: return decode_scalar(in, t, s, at, value);
    }
    source_copy(s, at, &slice, sizeof(slice));
    if (t->kind == FIPC_VECTOR) return decode_vector(in, t, &slice, value);
    if (t->kind == FIPC_OPEN_STRUCT) return decode_open_struct(in, t, &slice, value);
    return decode_text(in, t, &slice, value);
}

fut_err fipc_in_value(struct fipc_in *in, const struct fipc_type *t, const void *wire, void *value)
{
    return decode(in, t, (struct source){wire, t->wire}, 0, value);
}

fut_err fipc_in_optional(struct fipc_in *in, const struct fipc_type *t, const void *wire,
                         uint32_t has_at, bool *has, void *value)
{
    struct source s = {wire, has_at ? has_at + 1 : t->wire};
    fut_err e = presence(in, t, s, 0, has_at, has);

    if (e != FUT_OK) return e;
    if (*has) return decode(in, t, s, 0, value);
    memset(value, 0, t->size);
    return FUT_OK;
}

fut_err fipc_in_bytes(struct fipc_in *in, const void *wire, uint32_t bound, void *buf, size_t cap,
                      size_t *len)
{
    uint32_t count, stride;
    const uint8_t *block = NULL;
    fut_err e = fipc_in_slice(in, wire, bound, &count, &stride, &block);

    if (e == FUT_OK && stride != 1) e = in->bad;
    if (e == FUT_OK && count > cap) e = FUT_EMSGSIZE;
    if (e != FUT_OK) return e;
    if (count) fipc_copy_in(buf, block, count);
    *len = count;
    return FUT_OK;
}

fut_err fipc_in_string(struct fipc_in *in, const void *wire, uint32_t bound, char *buf, size_t cap,
                       size_t *len)
{
    size_t n = 0;
    fut_err e = cap ? fipc_in_bytes(in, wire, bound, buf, cap - 1, &n) : FUT_EMSGSIZE;

    if (e != FUT_OK) return e;
    if (!fipc_utf8_valid(buf, n)) return in->bad;
    buf[n] = 0;
    *len = n;
    return FUT_OK;
}

fut_err fipc_in_plain(struct fipc_in *in, const struct fipc_type *t, const void *wire, void *buf,
                      size_t cap, size_t *n)
{
    struct fipc_slice s;
    const uint8_t *block = NULL;
    fut_err e;

    memcpy(&s, wire, sizeof(s));
    e = block_take(in, &s, t->count, &block);
    if (e == FUT_OK && s.stride < t->elem->wire) e = in->bad;
    if (e == FUT_OK && s.count > cap) e = FUT_EMSGSIZE;
    if (e == FUT_OK) e = decode_plain(in, t->elem, block, &s, buf);
    if (s.stride > t->elem->wire) in->loose = 1;
    if (e == FUT_OK) *n = s.count;
    return e;
}

fut_err fipc_in_view(struct fipc_in *in, const void *wire, uint32_t bound, struct fipc_view *view)
{
    uint32_t stride;
    fut_err e = fipc_in_slice(in, wire, bound, &view->len, &stride, &view->shared);

    return e == FUT_OK && stride != 1 ? in->bad : e;
}

static fut_err check_fields(const struct fipc_type *t, const uint8_t *value)
{
    const struct fipc_field *f = t->parts;
    fut_err e = FUT_OK;

    for (uint32_t i = 0; i < t->count && e == FUT_OK; i++, f++)
        if (!(f->flags & FIPC_RESERVED)) e = fipc_check(f->type, value + f->c);
    return e;
}

fut_err fipc_check(const struct fipc_type *t, const void *value)
{
    const struct fipc_member *m;
    const uint8_t *p = value;
    uint64_t raw = 0;
    fut_err e = FUT_OK;

    switch (t->kind) {
    case FIPC_ARRAY:
        for (uint32_t i = 0; i < t->count && e == FUT_OK; i++)
            e = fipc_check(t->elem, p + (size_t)i * t->elem->size);
        return e;
    case FIPC_STRUCT: return check_fields(t, p);
    case FIPC_UNION:
        m = member_find(t, fipc_ld32(p, 0));
        return m ? fipc_check(m->type, p + t->payload) : FUT_EBADMSG;
    default:
        memcpy(&raw, p, t->wire <= 8 ? t->wire : 8);
        return scalar_valid(t, raw) ? FUT_OK : FUT_EBADMSG;
    }
}
