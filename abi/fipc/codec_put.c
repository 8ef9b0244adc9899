/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding: from C values to a root and to blocks in the shared half, which are written and never
 * read back. Blocks go depth first at the cursor; all padding is zeroed. */
#include "fipc/type.h"

static fut_err encode(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                      const uint8_t *value);

/* Room for a block at the cursor, its padding zeroed, and its slice. */
static fut_err block_put(struct fipc_put *o, uint8_t *wire, size_t count, uint32_t stride,
                         uint8_t **block)
{
    uint64_t bytes = (uint64_t)count * stride, room = (bytes + 7) & ~(uint64_t)7;
    struct fipc_slice s = {(uint32_t)count, (uint16_t)(o->cursor / 8), (uint16_t)stride};

    if (o->cursor > o->limit || room > o->limit - o->cursor) return FUT_EMSGSIZE;
    *block = room ? o->data + o->cursor : NULL;
    if (room != bytes) memset(*block + bytes, 0, (size_t)(room - bytes));
    o->cursor += (uint32_t)room;
    memcpy(wire, &s, sizeof(s));
    return FUT_OK;
}

void fipc_put_padding(uint8_t *block, size_t len) { memset(block + len, 0, -len & 7); }

fut_err fipc_put_bytes(struct fipc_put *o, void *wire, uint32_t bound, const void *data, size_t len)
{
    uint64_t end = o->cursor + (((uint64_t)len + 7) & ~(uint64_t)7);
    uint8_t *block;

    if (len > bound || end > o->limit) return FUT_EMSGSIZE;
    fipc_st64(wire, 0, len | (uint64_t)(o->cursor / 8) << 32 | 1ull << 48);
    if (len == 0) return FUT_OK;
    block = o->data + o->cursor;
    o->cursor = (uint32_t)end;
    if (block != data) {
        fipc_st64(o->data, end - 8, 0);
        memcpy(block, data, len);
    } else if (len & 7) {
        fipc_put_padding(block, len);
    }
    return FUT_OK;
}

static fut_err encode_vector(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                             const uint8_t *value)
{
    const struct fipc_type *elem = t->elem;
    struct fipc_vector in;
    uint8_t *block;
    fut_err e;

    memcpy(&in, value, sizeof(in));
    if (in.n > t->count) return FUT_EMSGSIZE;
    e = block_put(o, wire, in.n, elem->wire, &block);
    if (e != FUT_OK || in.n == 0) return e;
    if (elem->kind == FIPC_INT) {
        memcpy(block, in.v, in.n * elem->wire);
        return FUT_OK;
    }
    memset(block, 0, in.n * elem->wire);
    for (size_t i = 0; i < in.n && e == FUT_OK; i++)
        e = encode(o, elem, block + i * elem->wire, (const uint8_t *)in.v + i * elem->size);
    return e;
}

static bool is_handle(const struct fipc_type *t)
{
    return t->kind == FIPC_CAP || t->kind == FIPC_OBJ;
}

static bool is_zero(const uint8_t *p, uint32_t n)
{
    while (n)
        if (p[--n]) return false;
    return true;
}

/* Most members are integers: no call for them. */
static bool encode_integer(const struct fipc_type *t, uint8_t *wire, const uint8_t *value)
{
    if (t->kind != FIPC_INT) return false;
    switch (t->wire) {
    case 1: *wire = *value; return true;
    case 2: memcpy(wire, value, 2); return true;
    case 4: memcpy(wire, value, 4); return true;
    default: memcpy(wire, value, 8); return true;
    }
}

static fut_err encode_fields(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                             const uint8_t *value)
{
    const struct fipc_field *f = t->parts;
    fut_err e = FUT_OK;

    for (uint32_t i = 0; i < t->count && e == FUT_OK; i++, f++) {
        if (f->flags & FIPC_RESERVED) continue;
        if (f->flags & FIPC_OPTIONAL) {
            bool has = is_handle(f->type) ? !is_zero(value + f->c, f->type->size) : value[f->has_c];
            if (!has) continue;
            if (f->has_wire) wire[f->has_wire] = 1;
        }
        if (!encode_integer(f->type, wire + f->wire, value + f->c))
            e = encode(o, f->type, wire + f->wire, value + f->c);
    }
    return e;
}

static fut_err encode_union(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                            const uint8_t *value)
{
    const struct fipc_member *m = t->parts;
    uint32_t tag = fipc_ld32(value, 0), i = 0;
    uint8_t *payload = wire + t->payload;
    fut_err e;

    while (i < t->count && m[i].tag != tag)
        i++;
    if (i == t->count) return FUT_EINVAL;
    if (t->kind == FIPC_OPEN_UNION) {
        e = block_put(o, wire + 8, 1, m[i].type->wire, &payload);
        if (e != FUT_OK) return e;
        memset(payload, 0, m[i].type->wire);
    }
    memcpy(wire, &tag, sizeof(tag));
    return encode(o, m[i].type, payload, value + t->c_payload);
}

static fut_err encode_array(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                            const uint8_t *value)
{
    fut_err e = FUT_OK;

    for (uint32_t i = 0; i < t->count && e == FUT_OK; i++)
        e = encode(o, t->elem, wire + (size_t)i * t->elem->wire, value + (size_t)i * t->elem->size);
    return e;
}

static fut_err encode_open_struct(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                                  const uint8_t *value)
{
    uint8_t *block;
    fut_err e = block_put(o, wire, 1, t->stride, &block);

    if (e != FUT_OK) return e;
    memset(block, 0, t->stride);
    return encode_fields(o, t, block, value);
}

static fut_err encode(struct fipc_put *o, const struct fipc_type *t, uint8_t *wire,
                      const uint8_t *value)
{
    struct fipc_bytes text;

    switch (t->kind) {
    case FIPC_ARRAY: return encode_array(o, t, wire, value);
    case FIPC_STRUCT: return encode_fields(o, t, wire, value);
    case FIPC_UNION:
    case FIPC_OPEN_UNION: return encode_union(o, t, wire, value);
    case FIPC_STRING:
    case FIPC_BYTES:
        memcpy(&text, value, sizeof(text));
        return fipc_put_bytes(o, wire, t->count, text.data, text.len);
    case FIPC_VECTOR: return encode_vector(o, t, wire, value);
    case FIPC_OPEN_STRUCT: return encode_open_struct(o, t, wire, value);
    default:
        if (is_handle(t) && is_zero(value, t->size)) return FUT_EINVAL;
        memcpy(wire, value, t->wire);
        return FUT_OK;
    }
}

fut_err fipc_put_value(struct fipc_put *o, const struct fipc_type *t, void *wire, const void *value)
{
    return encode(o, t, wire, value);
}

fut_err fipc_put_optional(struct fipc_put *o, const struct fipc_type *t, void *wire,
                          uint32_t has_at, const void *value)
{
    if (!value) return FUT_OK;
    if (has_at) ((uint8_t *)wire)[has_at] = 1;
    return encode(o, t, wire, value);
}

static void each_field(const struct fipc_type *t, const uint8_t *value,
                       void (*fn)(void *, uint64_t), void *user)
{
    const struct fipc_field *f = t->parts;

    for (uint32_t i = 0; i < t->count; i++, f++)
        if (!(f->flags & FIPC_RESERVED)) fipc_each_cap(f->type, value + f->c, fn, user);
}

/* Absent optionals are zero in C too, so that they need no test here. */
void fipc_each_cap(const struct fipc_type *t, const void *value, void (*fn)(void *, uint64_t),
                   void *user)
{
    const uint8_t *p = value;
    const struct fipc_member *m = t->parts;
    struct fipc_vector v;

    switch (t->kind) {
    case FIPC_CAP:
        if (fipc_ld64(p, 0)) fn(user, fipc_ld64(p, 0));
        return;
    case FIPC_ARRAY:
    case FIPC_VECTOR:
        v = (struct fipc_vector){p, t->count};
        if (t->kind == FIPC_VECTOR) memcpy(&v, p, sizeof(v));
        for (size_t i = 0; i < v.n; i++)
            fipc_each_cap(t->elem, (const uint8_t *)v.v + i * t->elem->size, fn, user);
        return;
    case FIPC_STRUCT:
    case FIPC_OPEN_STRUCT: each_field(t, p, fn, user); return;
    case FIPC_UNION:
    case FIPC_OPEN_UNION:
        for (uint32_t i = 0; i < t->count; i++)
            if (m[i].tag == fipc_ld32(p, 0)) fipc_each_cap(m[i].type, p + t->c_payload, fn, user);
        return;
    default: return;
    }
}
