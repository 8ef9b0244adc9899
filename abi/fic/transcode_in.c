/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR to local: canonical by construction (zero padding, blocks in order, known strides). */
#include "transcode_impl.h"
#include <string.h>

/* All destinations lie in the root or the half, so that blocks never move. */
static int take_value(struct walk *w, const struct fic_type *t, uint8_t *dst);

static int block_put(struct walk *w, uint8_t *dst, size_t count, size_t stride, uint8_t **block)
{
    struct {
        uint32_t count;
        uint16_t at, stride;
    } slice = {(uint32_t)count, (uint16_t)(w->cursor / 8), (uint16_t)stride};
    size_t bytes = count * stride, room = (bytes + 7) / 8 * 8;

    if (room > w->half_len - w->cursor) return walk_fail(w, FUT_EMSGSIZE);
    *block = w->half + w->cursor;
    memset(*block, 0, room);
    w->cursor += room;
    memcpy(dst, &slice, sizeof(slice));
    return 0;
}

static bool int_fits(enum fic_kind base, const struct fipc_cbor_item *it, uint64_t *raw)
{
    unsigned bits = 8 * fic_int_size(base);
    uint64_t most = bits == 64 ? ~0ull : (1ull << bits) - 1;

    if (fic_int_signed(base)) most >>= 1;
    if (it->value > most) return false;
    if (it->kind == FIPC_CBOR_UINT)
        *raw = it->value;
    else if (it->kind == FIPC_CBOR_NINT && fic_int_signed(base))
        *raw = ~it->value;
    else
        return false;
    return true;
}

static int take_scalar(struct walk *w, const struct fic_type *t, uint8_t *dst)
{
    struct fipc_cbor_item it = fipc_cbor_next(w->in);
    enum fic_kind base = walk_base(w->im, t);
    unsigned size = fic_int_size(base);
    uint64_t raw = 0, mask = size == 8 ? ~0ull : (1ull << 8 * size) - 1;

    if (t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION)
        return walk_fail(w, FUT_EOPNOTSUPP);
    if (t->kind == FIC_BOOL) {
        if (it.kind != FIPC_CBOR_TRUE && it.kind != FIPC_CBOR_FALSE)
            return walk_fail(w, FUT_EBADMSG);
        *dst = it.kind == FIPC_CBOR_TRUE;
        return 0;
    }
    if (!int_fits(base, &it, &raw)) return walk_fail(w, FUT_EBADMSG);
    if (walk_is_handle(t)) {
        raw = walk_handle(w, t, raw);
        if (raw == 0) return walk_fail(w, FUT_EBADMSG);
    }
    if (walk_unknown(w->im, t, raw & mask)) return walk_fail(w, FUT_EBADMSG);
    memcpy(dst, &raw, size);
    return 0;
}

static int take_text(struct walk *w, const struct fic_type *t, uint8_t *dst)
{
    enum fipc_cbor_kind kind = t->kind == FIC_STRING ? FIPC_CBOR_TEXT : FIPC_CBOR_BYTES;
    uint8_t *block;
    size_t n;
    const uint8_t *p = fipc_cbor_string(w->in, kind, t->count, &n);

    if (!p) return walk_fail(w, FUT_EBADMSG);
    if (t->kind == FIC_STRING && !fipc_utf8_valid(p, n)) return walk_fail(w, FUT_EBADMSG);
    if (block_put(w, dst, n, 1, &block)) return -1;
    if (n) memcpy(block, p, n);
    return 0;
}

static int take_elements(struct walk *w, const struct fic_type *elem, uint8_t *dst, size_t count,
                         size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        size_t mark = walk_index(w, i);
        if (take_value(w, elem, dst + i * stride)) return -1;
        walk_leave(w, mark);
    }
    fipc_cbor_close(w->in);
    return w->in->bad ? walk_fail(w, FUT_EBADMSG) : 0;
}

static int take_vector(struct walk *w, const struct fic_type *t, uint8_t *dst)
{
    struct fic_value_layout v;
    uint8_t *block;
    size_t n = fipc_cbor_open(w->in, FIPC_CBOR_ARRAY, t->count);

    if (w->in->bad) return walk_fail(w, FUT_EBADMSG);
    fic_layout_value(w->im, t->elem, &v);
    if (block_put(w, dst, n, v.size, &block)) return -1;
    return take_elements(w, t->elem, block, n, v.size);
}

static int take_array(struct walk *w, const struct fic_type *t, uint8_t *dst)
{
    struct fic_value_layout v;
    const uint8_t *p;
    size_t n;

    if (t->elem->kind == FIC_U8) {
        p = fipc_cbor_string(w->in, FIPC_CBOR_BYTES, t->count, &n);
        if (!p || n != t->count) return walk_fail(w, FUT_EBADMSG);
        memcpy(dst, p, n);
        return 0;
    }
    n = fipc_cbor_open(w->in, FIPC_CBOR_ARRAY, t->count);
    if (w->in->bad || n != t->count) return walk_fail(w, FUT_EBADMSG);
    fic_layout_value(w->im, t->elem, &v);
    return take_elements(w, t->elem, dst, n, v.size);
}

/* Fields come by rising position; those left out must be optional (or reserved). */
static int take_fields(struct walk *w, const struct fic_fields *f,
                       const struct fic_struct_layout *l, uint8_t *dst)
{
    size_t n = fipc_cbor_open(w->in, FIPC_CBOR_MAP, f->n), next = 0;

    if (w->in->bad) return walk_fail(w, FUT_EBADMSG);
    for (size_t k = 0; k <= n; k++) {
        size_t i = k < n ? (size_t)fipc_cbor_uint(w->in, f->n - 1) : f->n, mark;
        if (w->in->bad || i < next) return walk_fail(w, FUT_EBADMSG);
        for (; next < i; next++) {
            mark = walk_enter(w, f->v[next].name);
            if (!(f->v[next].flags & (FIC_F_OPTIONAL | FIC_F_RESERVED)))
                return walk_fail(w, FUT_EBADMSG);
            walk_leave(w, mark);
        }
        if (k == n) break;
        mark = walk_enter(w, f->v[i].name);
        if (f->v[i].flags & FIC_F_RESERVED) return walk_fail(w, FUT_EPROTO);
        if (l->fields[i].has) dst[l->fields[i].has] = 1;
        if (take_value(w, &f->v[i].type, dst + l->fields[i].offset)) return -1;
        walk_leave(w, mark);
        next = i + 1;
    }
    fipc_cbor_close(w->in);
    return w->in->bad ? walk_fail(w, FUT_EBADMSG) : 0;
}

static int take_union(struct walk *w, const struct fic_typedef *d, uint8_t *dst)
{
    struct fic_union_layout l;
    struct fic_value_layout v;
    const struct fic_member *m;
    uint8_t *payload = dst;
    uint32_t tag;
    size_t mark;

    if (fipc_cbor_open(w->in, FIPC_CBOR_ARRAY, 2) != 2) return walk_fail(w, FUT_EBADMSG);
    tag = (uint32_t)fipc_cbor_uint(w->in, 255);
    m = w->in->bad ? NULL : walk_member(d, tag);
    if (!m) return walk_fail(w, d->open && !w->in->bad && tag ? FUT_EPROTO : FUT_EBADMSG);
    memcpy(dst, &tag, sizeof(tag));
    fic_layout_union(w->im, d, &l);
    fic_layout_value(w->im, &m->field.type, &v);
    if (d->open) {
        if (block_put(w, dst + 8, 1, v.size, &payload)) return -1;
    } else {
        payload = dst + l.payload;
    }
    mark = walk_enter(w, m->name);
    if (take_value(w, &m->field.type, payload)) return -1;
    walk_leave(w, mark);
    fipc_cbor_close(w->in);
    return w->in->bad ? walk_fail(w, FUT_EBADMSG) : 0;
}

static int take_struct(struct walk *w, const struct fic_typedef *d, uint8_t *dst)
{
    struct fic_struct_layout l;

    fic_layout_struct(w->im, d, &l);
    if (d->open && block_put(w, dst, 1, l.size, &dst)) return -1;
    return take_fields(w, &d->fields, &l, dst);
}

static int take_value(struct walk *w, const struct fic_type *t, uint8_t *dst)
{
    const struct fic_typedef *d;

    switch (t->kind) {
    case FIC_STRING:
    case FIC_BYTES: return take_text(w, t, dst);
    case FIC_VECTOR: return take_vector(w, t, dst);
    case FIC_ARRAY: return take_array(w, t, dst);
    case FIC_NAMED: break;
    default: return take_scalar(w, t, dst);
    }
    d = fic_named(w->im, t);
    if (d->kind == FIC_UNION) return take_union(w, d, dst);
    return d->kind == FIC_STRUCT ? take_struct(w, d, dst) : take_scalar(w, t, dst);
}

int fic_cbor_to_local(const struct fic_image *im, const struct fic_fields *f, const uint8_t *cbor,
                      size_t len, const struct fic_transcode_map *map, struct fic_local *m,
                      struct fic_transcode_error *e)
{
    struct fipc_cbor_reader in;
    struct walk w = {
        .im = im, .map = map, .e = e, .half = m->half, .half_len = FIC_HALF_MAX, .in = &in};
    struct fic_message_layout l;
    uint8_t *root = (uint8_t *)m->w;

    fic_layout_message(im, f, &l);
    memset(m->w, 0, sizeof(m->w));
    m->words = l.root_words;
    if (!l.in_registers) {
        root = m->half;
        memset(root, 0, l.root.size);
        w.cursor = l.root.size;
    }
    fipc_cbor_read(&in, cbor, len);
    if (take_fields(&w, f, &l.root, root)) return -1;
    if (!fipc_cbor_done(&in)) return walk_fail(&w, FUT_EBADMSG);
    m->half_len = w.cursor;
    return 0;
}
