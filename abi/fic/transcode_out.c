/* SPDX-License-Identifier: Apache-2.0 */
/* Local to CBOR. The message is private memory here; it is still checked by every rule of FIPC.md
 * 3.2, because the one that sent it is not trusted. */
#include "transcode_impl.h"
#include <stdlib.h>
#include <string.h>

/* Bytes of a value: those beyond `have` were not sent and are zero. */
struct source {
    const uint8_t *p;
    size_t have;
};

static int put_value(struct walk *w, const struct fic_type *t, struct source s, size_t at);

static void source_copy(struct source s, size_t at, void *dst, size_t n)
{
    size_t have = at < s.have ? s.have - at : 0;

    memset(dst, 0, n);
    if (have > n) have = n;
    if (have) memcpy(dst, s.p + at, have);
}

static bool source_zero(struct source s, size_t at, size_t n)
{
    for (size_t i = at; i < at + n && i < s.have; i++)
        if (s.p[i]) return false;
    return true;
}

static void put_int(struct walk *w, enum fic_kind base, uint64_t raw)
{
    unsigned bits = 8 * fic_int_size(base);

    if (!fic_int_signed(base))
        fic_cbor_uint(w->out, raw);
    else
        fic_cbor_int(w->out, (int64_t)(raw << (64 - bits)) >> (64 - bits));
}

static int put_scalar(struct walk *w, const struct fic_type *t, struct source s, size_t at)
{
    enum fic_kind base = walk_base(w->im, t);
    uint64_t raw = 0;

    source_copy(s, at, &raw, fic_int_size(base));
    if (t->kind == FIC_BOOL) {
        if (raw > 1) return walk_fail(w, FUT_EBADMSG);
        fic_cbor_bool(w->out, raw != 0);
        return 0;
    }
    if (walk_is_handle(t)) {
        if (t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION)
            return walk_fail(w, FUT_EOPNOTSUPP);
        if (raw == 0) return walk_fail(w, FUT_EBADMSG);
        fic_cbor_uint(w->out, walk_handle(w, t, raw));
        return 0;
    }
    if (walk_unknown(w->im, t, raw)) return walk_fail(w, FUT_EBADMSG);
    put_int(w, base, raw);
    return 0;
}

/* The slice at `at`: its block must begin at the cursor. */
static int block_take(struct walk *w, struct source s, size_t at, uint32_t bound, uint32_t *count,
                      uint32_t *stride, const uint8_t **block)
{
    struct {
        uint32_t count;
        uint16_t at, stride;
    } slice;
    uint64_t bytes;

    source_copy(s, at, &slice, sizeof(slice));
    bytes = (uint64_t)slice.count * slice.stride;
    if (slice.stride == 0 || slice.count > bound) return walk_fail(w, FUT_EBADMSG);
    if (slice.at * (size_t)8 != w->cursor)
        return walk_fail(w,
                         w->loose && slice.at * (size_t)8 > w->cursor ? FUT_EPROTO : FUT_EBADMSG);
    w->loose = false;
    if (w->cursor > w->half_len || bytes > w->half_len - w->cursor)
        return walk_fail(w, FUT_EBADMSG);
    *block = bytes ? w->half + w->cursor : NULL;
    w->cursor = (w->cursor + (size_t)bytes + 7) / 8 * 8;
    *count = slice.count;
    *stride = slice.stride;
    return 0;
}

static int put_text(struct walk *w, const struct fic_type *t, struct source s, size_t at)
{
    uint32_t count, stride;
    const uint8_t *block;

    if (block_take(w, s, at, t->count, &count, &stride, &block)) return -1;
    if (stride != 1) return walk_fail(w, FUT_EBADMSG);
    if (t->kind == FIC_STRING && !fipc_utf8_valid(block, count)) return walk_fail(w, FUT_EBADMSG);
    if (t->kind == FIC_BYTES) {
        fic_cbor_bytes(w->out, block, count);
    } else {
        fic_cbor_head(w->out, FIC_CB_TEXT, count);
        fic_buf_add(w->out, block, count);
    }
    return 0;
}

static int put_elements(struct walk *w, const struct fic_type *elem, struct source s, size_t at,
                        size_t count, size_t stride)
{
    fic_cbor_head(w->out, FIC_CB_ARRAY, count);
    for (size_t i = 0; i < count; i++) {
        size_t mark = walk_index(w, i);
        if (put_value(w, elem, (struct source){s.p + at + i * stride, stride}, 0)) return -1;
        walk_leave(w, mark);
    }
    return 0;
}

static int put_vector(struct walk *w, const struct fic_type *t, struct source s, size_t at)
{
    struct fic_value_layout v;
    uint32_t count, stride;
    const uint8_t *block;

    fic_layout_value(w->im, t->elem, &v);
    if (block_take(w, s, at, t->count, &count, &stride, &block)) return -1;
    if (stride < v.size) return walk_fail(w, FUT_EBADMSG);
    for (size_t i = 0; i < count; i++)
        if (!source_zero((struct source){block, (size_t)count * stride}, i * stride + v.size,
                         stride - v.size))
            return walk_fail(w, FUT_EPROTO);
    if (put_elements(w, t->elem, (struct source){block, (size_t)count * stride}, 0, count, stride))
        return -1;
    w->loose |= stride > v.size;
    return 0;
}

static int put_array(struct walk *w, const struct fic_type *t, struct source s, size_t at)
{
    struct fic_value_layout v;
    size_t n = t->count;
    uint8_t *copy;
    int status;

    fic_layout_value(w->im, t->elem, &v);
    copy = calloc(n, v.size);
    if (!copy) return walk_fail(w, FUT_ENOMEM);
    source_copy(s, at, copy, n * v.size);
    if (t->elem->kind == FIC_U8) {
        fic_cbor_bytes(w->out, copy, n);
        status = 0;
    } else {
        status = put_elements(w, t->elem, (struct source){copy, n * v.size}, 0, n, v.size);
    }
    free(copy);
    return status;
}

/* 1 present, 0 absent, -1 malformed. */
static int presence(struct walk *w, const struct fic_field *f, const struct fic_field_layout *l,
                    struct source s)
{
    uint8_t has = 0;
    uint32_t tag;

    if (f->flags & FIC_F_RESERVED)
        return source_zero(s, l->offset, l->end - l->offset) ? 0 : walk_fail(w, FUT_EPROTO);
    if (!(f->flags & FIC_F_OPTIONAL)) return 1;
    switch (fic_absence(w->im, &f->type)) {
    case FIC_ABS_HAS:
        source_copy(s, l->has, &has, 1);
        if (has > 1) return walk_fail(w, FUT_EBADMSG);
        break;
    case FIC_ABS_TAG:
        source_copy(s, l->offset, &tag, sizeof(tag));
        has = tag != 0;
        break;
    default: return !source_zero(s, l->offset, l->size);
    }
    if (!has && !source_zero(s, l->offset, l->size)) return walk_fail(w, FUT_EBADMSG);
    return has;
}

static int put_fields(struct walk *w, const struct fic_fields *f, const struct fic_struct_layout *l,
                      struct source s, size_t at)
{
    int present[FIC_MAX_FIELDS];
    struct source here = {s.p + at, s.have > at ? s.have - at : 0};
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++) {
        size_t mark = walk_enter(w, f->v[i].name);
        present[i] = presence(w, &f->v[i], &l->fields[i], here);
        if (present[i] < 0) return -1;
        walk_leave(w, mark);
        n += (size_t)present[i];
    }
    fic_cbor_head(w->out, FIC_CB_MAP, n);
    for (size_t i = 0; i < f->n; i++) {
        size_t mark;
        if (!present[i]) continue;
        mark = walk_enter(w, f->v[i].name);
        fic_cbor_uint(w->out, i);
        if (put_value(w, &f->v[i].type, here, l->fields[i].offset)) return -1;
        walk_leave(w, mark);
    }
    return 0;
}

static int put_open_struct(struct walk *w, const struct fic_typedef *d, struct source s, size_t at)
{
    struct fic_struct_layout l;
    uint32_t count, stride;
    const uint8_t *block;

    fic_layout_struct(w->im, d, &l);
    if (block_take(w, s, at, 1, &count, &stride, &block)) return -1;
    if (count != 1 || stride < l.required) return walk_fail(w, FUT_EBADMSG);
    if (stride > l.size && !source_zero((struct source){block, stride}, l.size, stride - l.size))
        return walk_fail(w, FUT_EPROTO);
    if (put_fields(w, &d->fields, &l, (struct source){block, stride}, 0)) return -1;
    w->loose |= stride > l.size;
    return 0;
}

static int put_union(struct walk *w, const struct fic_typedef *d, struct source s, size_t at)
{
    struct fic_union_layout l;
    const struct fic_member *m;
    uint32_t tag, count, stride;
    const uint8_t *block;
    struct fic_value_layout v;
    size_t mark;

    source_copy(s, at, &tag, sizeof(tag));
    m = walk_member(d, tag);
    if (tag == 0 || (!m && !d->open)) return walk_fail(w, FUT_EBADMSG);
    if (!m) return walk_fail(w, FUT_EPROTO);
    fic_layout_union(w->im, d, &l);
    fic_cbor_head(w->out, FIC_CB_ARRAY, 2);
    fic_cbor_uint(w->out, tag);
    if (!d->open) {
        mark = walk_enter(w, m->name);
        if (put_value(w, &m->field.type, s, at + l.payload)) return -1;
        walk_leave(w, mark);
        return 0;
    }
    fic_layout_value(w->im, &m->field.type, &v);
    if (block_take(w, s, at + 8, 1, &count, &stride, &block)) return -1;
    if (count != 1 || stride < v.size) return walk_fail(w, FUT_EBADMSG);
    if (!source_zero((struct source){block, stride}, v.size, stride - v.size))
        return walk_fail(w, FUT_EPROTO);
    mark = walk_enter(w, m->name);
    if (put_value(w, &m->field.type, (struct source){block, stride}, 0)) return -1;
    walk_leave(w, mark);
    w->loose |= stride > v.size;
    return 0;
}

static int put_value(struct walk *w, const struct fic_type *t, struct source s, size_t at)
{
    const struct fic_typedef *d;
    struct fic_struct_layout l;

    switch (t->kind) {
    case FIC_STRING:
    case FIC_BYTES: return put_text(w, t, s, at);
    case FIC_VECTOR: return put_vector(w, t, s, at);
    case FIC_ARRAY: return put_array(w, t, s, at);
    case FIC_NAMED: break;
    default: return put_scalar(w, t, s, at);
    }
    d = fic_named(w->im, t);
    if (d->kind == FIC_UNION) return put_union(w, d, s, at);
    if (d->kind != FIC_STRUCT) return put_scalar(w, t, s, at);
    if (d->open) return put_open_struct(w, d, s, at);
    fic_layout_struct(w->im, d, &l);
    return put_fields(w, &d->fields, &l, s, at);
}

int fic_local_to_cbor(const struct fic_image *im, const struct fic_fields *f,
                      const struct fic_local *m, const struct fic_transcode_map *map,
                      struct fic_buf *out, struct fic_transcode_error *e)
{
    struct walk w = {
        .im = im, .map = map, .e = e, .half = m->half, .half_len = m->half_len, .out = out};
    size_t bytes = (size_t)m->words * 8;
    struct source s = {(const uint8_t *)m->w, bytes};
    struct fic_message_layout l;

    fic_layout_message(im, f, &l);
    if (m->words > 4) {
        if (bytes > m->half_len) return walk_fail(&w, FUT_EBADMSG);
        s.p = m->half;
        w.cursor = bytes;
    }
    if (m->words < l.required_words) return walk_fail(&w, FUT_EBADMSG);
    if (bytes > l.root.size && !source_zero(s, l.root.size, bytes - l.root.size))
        return walk_fail(&w, FUT_EPROTO);
    return put_fields(&w, f, &l.root, s, 0);
}
