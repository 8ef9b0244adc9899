/* SPDX-License-Identifier: Apache-2.0 */
/* Layout of roots, structs and unions, and of lanes. Sizes are computed in 64 bits and clamped, so
 * that an oversized declaration shows as "too large" in the checks instead of wrapping round. */
#include "layout.h"
#include <string.h>

#define HUGE_SIZE 0x3fffffffu
#define CLASS_DATA_OFFSET 64u
#define PAGE 4096u

static uint32_t clamp(uint64_t v) { return v > HUGE_SIZE ? HUGE_SIZE : (uint32_t)v; }
static uint64_t round_up(uint64_t v, uint32_t align) { return (v + align - 1) / align * align; }

uint32_t fic_int_size(enum fic_kind k)
{
    static const uint8_t size[] = {1, 1, 2, 4, 8, 1, 2, 4, 8};
    return k <= FIC_I64 ? size[k] : 0;
}

bool fic_int_signed(enum fic_kind k) { return k >= FIC_I8 && k <= FIC_I64; }

enum fic_storage fic_storage(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;

    if (t->kind == FIC_STRING || t->kind == FIC_BYTES || t->kind == FIC_VECTOR) return FIC_ST_SLICE;
    if (t->kind != FIC_NAMED) return FIC_ST_INLINE;
    d = fic_named(im, t);
    if (!d->open || d->kind == FIC_ENUM || d->kind == FIC_FLAGS) return FIC_ST_INLINE;
    return d->kind == FIC_STRUCT ? FIC_ST_SLICE : FIC_ST_OPEN_UNION;
}

enum fic_absence fic_absence(const struct fic_image *im, const struct fic_type *t)
{
    if (t->kind == FIC_CAP || t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION ||
        t->kind == FIC_OBJ)
        return FIC_ABS_ZERO;
    if (fic_storage(im, t) == FIC_ST_SLICE) return FIC_ABS_SLICE;
    if (t->kind == FIC_NAMED && fic_named(im, t)->kind == FIC_UNION) return FIC_ABS_TAG;
    return FIC_ABS_HAS;
}

static void layout_named(const struct fic_image *im, const struct fic_typedef *d,
                         struct fic_value_layout *out)
{
    struct fic_struct_layout s;
    struct fic_union_layout u;

    if (d->memo.known) {
        *out =
            (struct fic_value_layout){d->memo.size, d->memo.align, d->memo.out_max, d->memo.depth};
    } else if (d->kind == FIC_ENUM || d->kind == FIC_FLAGS) {
        out->size = out->align = fic_int_size(d->base);
    } else if (d->kind == FIC_STRUCT) {
        fic_layout_struct(im, d, &s);
        *out = (struct fic_value_layout){s.size, s.align, s.out_max, s.depth + 1};
        if (d->open)
            *out =
                (struct fic_value_layout){8, 4, clamp((uint64_t)s.size + s.out_max), s.depth + 1};
    } else {
        fic_layout_union(im, d, &u);
        *out = (struct fic_value_layout){u.size, u.align, u.out_max, u.depth + 1};
    }
}

static void layout_sequence(const struct fic_image *im, const struct fic_type *t,
                            struct fic_value_layout *out)
{
    struct fic_value_layout e;
    uint64_t bytes, below;

    fic_layout_value(im, t->elem, &e);
    bytes = (uint64_t)e.size * t->count;
    below = (uint64_t)e.out_max * t->count;
    if (t->kind == FIC_ARRAY)
        *out = (struct fic_value_layout){clamp(bytes), e.align, clamp(below), e.depth + 1};
    else
        *out = (struct fic_value_layout){8, 4, clamp(round_up(bytes, 8) + below), e.depth + 1};
}

void fic_layout_value(const struct fic_image *im, const struct fic_type *t,
                      struct fic_value_layout *out)
{
    memset(out, 0, sizeof(*out));
    switch (t->kind) {
    case FIC_STRING:
    case FIC_BYTES: *out = (struct fic_value_layout){8, 4, clamp(round_up(t->count, 8)), 0}; return;
    case FIC_VECTOR:
    case FIC_ARRAY: layout_sequence(im, t, out); return;
    case FIC_CAP:
    case FIC_CAP_MEMORY:
    case FIC_CAP_NOTIFICATION: out->size = out->align = 8; return;
    case FIC_OBJ: out->size = out->align = 4; return;
    case FIC_NAMED: layout_named(im, fic_named(im, t), out); return;
    default: out->size = out->align = fic_int_size(t->kind); return;
    }
}

/* One field after `at`; `roomy`: reserved fields lie as absent optionals do. */
static uint64_t layout_field(const struct fic_image *im, const struct fic_field *f, bool roomy,
                             uint64_t at, struct fic_field_layout *out, uint32_t *depth)
{
    struct fic_value_layout v;
    bool optional = f->flags & FIC_F_OPTIONAL || (roomy && f->flags & FIC_F_RESERVED);
    uint64_t end;

    fic_layout_value(im, &f->type, &v);
    at = round_up(at, v.align);
    end = at + v.size;
    *out = (struct fic_field_layout){
        .offset = clamp(at), .size = v.size, .align = v.align, .out_max = v.out_max};
    if (f->flags & FIC_F_RESERVED) out->out_max = 0;
    if (optional && fic_absence(im, &f->type) == FIC_ABS_HAS) {
        out->has = clamp(end);
        end = at + round_up((uint64_t)v.size + 1, v.align);
    }
    out->end = clamp(end);
    if (v.depth > *depth) *depth = v.depth;
    return end;
}

static void layout_fields(const struct fic_image *im, const struct fic_fields *f, bool roomy,
                          struct fic_struct_layout *out)
{
    uint64_t at = 0, below = 0;

    memset(out, 0, sizeof(*out));
    out->align = 1;
    out->nfields = f->n;
    for (size_t i = 0; i < f->n && i < FIC_MAX_FIELDS; i++) {
        struct fic_field_layout *l = &out->fields[i];
        at = layout_field(im, &f->v[i], roomy, at, l, &out->depth);
        below += l->out_max;
        if (l->align > out->align) out->align = l->align;
        if (!(f->v[i].flags & (FIC_F_OPTIONAL | FIC_F_RESERVED))) out->required = clamp(at);
    }
    out->size = clamp(round_up(at, roomy ? 8 : out->align));
    out->out_max = clamp(below);
}

void fic_layout_struct(const struct fic_image *im, const struct fic_typedef *d,
                       struct fic_struct_layout *out)
{
    layout_fields(im, &d->fields, d->open, out);
}

void fic_layout_union(const struct fic_image *im, const struct fic_typedef *d,
                      struct fic_union_layout *out)
{
    uint32_t size = 0, align = 1, below = 0, depth = 0;

    for (size_t i = 0; i < d->nmembers; i++) {
        struct fic_value_layout v;
        uint64_t sum;
        if (!d->members[i].name) continue;
        fic_layout_value(im, &d->members[i].field.type, &v);
        sum = v.out_max;
        if (d->open) sum += round_up(v.size, 8);
        if (v.size > size) size = v.size;
        if (v.align > align) align = v.align;
        if (sum > below) below = clamp(sum);
        if (v.depth > depth) depth = v.depth;
    }
    *out = (struct fic_union_layout){16, 4, 0, below, depth};
    if (d->open) return;
    out->align = align > 4 ? align : 4;
    out->payload = out->align;
    out->size = clamp(round_up((uint64_t)out->payload + size, out->align));
}

void fic_layout_message(const struct fic_image *im, const struct fic_fields *f,
                        struct fic_message_layout *out)
{
    layout_fields(im, f, true, &out->root);
    out->root_words = out->root.size / 8;
    out->required_words = (out->root.required + 7) / 8;
    out->in_registers = out->root_words <= 4;
    out->lane_max = clamp((uint64_t)(out->in_registers ? 0 : out->root.size) + out->root.out_max);
    out->size_class = fic_size_class(out->lane_max);
}

uint32_t fic_stride(const struct fic_image *im, const struct fic_type *t)
{
    struct fic_value_layout v;
    struct fic_struct_layout s;

    if (t->kind == FIC_STRING || t->kind == FIC_BYTES) return 1;
    if (t->kind == FIC_NAMED && fic_storage(im, t) == FIC_ST_SLICE) {
        fic_layout_struct(im, fic_named(im, t), &s);
        return s.size;
    }
    fic_layout_value(im, t->kind == FIC_VECTOR ? t->elem : t, &v);
    return v.size;
}

bool fic_type_has_slices(const struct fic_image *im, const struct fic_type *t)
{
    struct fic_value_layout v;

    fic_layout_value(im, t, &v);
    return v.out_max > 0;
}

bool fic_type_has_caps(const struct fic_image *im, const struct fic_type *t)
{
    const struct fic_typedef *d;

    if (t->kind == FIC_VECTOR || t->kind == FIC_ARRAY) return fic_type_has_caps(im, t->elem);
    if (t->kind == FIC_CAP || t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION)
        return true;
    if (t->kind != FIC_NAMED) return false;
    d = fic_named(im, t);
    if (d->memo.known) return d->memo.caps;
    for (size_t i = 0; i < d->fields.n; i++)
        if (fic_type_has_caps(im, &d->fields.v[i].type)) return true;
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++)
        if (d->members[i].name && fic_type_has_caps(im, &d->members[i].field.type)) return true;
    return false;
}

uint8_t fic_size_class(uint32_t bytes)
{
    for (uint8_t c = 0; c < 4; c++)
        if (bytes <= fic_class_data(c)) return c;
    return 4;
}

uint32_t fic_class_pages(uint8_t c) { return c == 0 ? 0 : c == 1 ? 1 : c == 2 ? 4 : 17; }

uint32_t fic_class_data(uint8_t c)
{
    return c == 0 ? 0 : fic_class_pages(c) * PAGE - CLASS_DATA_OFFSET;
}

static void lane_method(const struct fic_image *im, const struct fic_method *m, struct fic_lane *l)
{
    struct fic_message_layout in, out;
    uint8_t least = m->flags & FIC_M_BLOCKING ? 1 : 0;

    if (!m->name || m->oneway) return;
    fic_layout_message(im, &m->args, &in);
    fic_layout_message(im, &m->results, &out);
    if (in.size_class < least) in.size_class = least;
    if (out.size_class < least) out.size_class = least;
    if (in.size_class > l->req_class) l->req_class = in.size_class;
    if (out.size_class > l->rep_class) l->rep_class = out.size_class;
    if (in.root.out_max > l->arena_max) l->arena_max = in.root.out_max;
    if (in.size_class || out.size_class) l->slots = true;
}

void fic_layout_lane(const struct fic_image *root, const struct fic_image *const *closure, size_t n,
                     struct fic_lane *out)
{
    memset(out, 0, sizeof(*out));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < closure[i]->nmethods; k++)
            lane_method(closure[i], &closure[i]->methods[k], out);
        if (closure[i]->nevents) out->events = true;
    }
    out->needed = out->slots || out->events || root->nrings || root->pool.present;
}

static uint32_t ring_pages(const struct fic_image *im, bool from_server)
{
    uint32_t pages = 0;

    for (size_t i = 0; i < im->nrings; i++) {
        struct fic_struct_layout s;
        if (im->rings[i].from_server != from_server) continue;
        fic_layout_struct(im, &im->types[im->rings[i].ref], &s);
        pages += (s.size * im->rings[i].depth + PAGE - 1) / PAGE;
    }
    return pages;
}

uint32_t fic_lane_pages_c(const struct fic_image *root, const struct fic_lane *l, unsigned slots)
{
    if (!l->needed) return 0;
    return 1 + (l->slots ? slots * fic_class_pages(l->req_class) : 0) + ring_pages(root, false);
}

uint32_t fic_lane_pages_s(const struct fic_image *root, const struct fic_lane *l, unsigned slots)
{
    if (!l->needed) return 0;
    return 1 + (l->events ? 1 : 0) + (l->slots ? slots * fic_class_pages(l->rep_class) : 0) +
           ring_pages(root, true);
}
