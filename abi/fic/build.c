/* SPDX-License-Identifier: Apache-2.0 */
/* From declarations to the model: first every reachable type is collected and sorted, so that
 * indices are known, then the model is built from it. */
#include "arena.h"
#include "resolve.h"
#include "sha256.h"
#include <stdlib.h>
#include <string.h>

struct entry {
    struct fic_found_decl d;
    const char *tname;
};

struct builder {
    struct fic_image *im;
    struct fic_arena *a;
    struct fic_error *e;
    struct entry *types;
    size_t ntypes;
    const struct ast_decl **composed;
    size_t ncomposed;
};

static const char *full_name(struct builder *b, const struct fic_found_decl *d)
{
    return fic_arena_format(b->a, "%s/%u.%s", d->lib->name, d->lib->major, d->decl->name);
}

static int collect_type(struct builder *b, struct ast_lib *lib, const struct ast_type *t,
                        unsigned depth);

static int collect_decl(struct builder *b, const struct fic_found_decl *d,
                        const struct fic_pos *pos, unsigned depth)
{
    struct entry *x;

    if (d->decl->kind == AST_INTERFACE) {
        fic_fail(b->e, pos, NULL, "a type (an interface is named as obj<> or cap<>)");
        return fic_found(b->e, "'%s'", d->decl->name);
    }
    if (depth > FIC_MAX_NESTING + 1)
        return fic_fail(b->e, pos, d->decl->name,
                        "at most %d levels of nesting, and no type that contains itself",
                        FIC_MAX_NESTING);
    for (size_t i = 0; i < b->ntypes; i++)
        if (b->types[i].d.decl == d->decl) return 0;
    x = fic_arena_push(b->a, &b->types, &b->ntypes, sizeof(*x));
    x->d = *d;
    x->tname = full_name(b, d);
    for (size_t i = 0; i < d->decl->fields.n; i++)
        if (collect_type(b, d->lib, &d->decl->fields.v[i].type, depth + 1)) return -1;
    for (size_t i = 0; d->decl->kind == AST_UNION && i < d->decl->nmembers; i++)
        if (d->decl->members[i].name &&
            collect_type(b, d->lib, &d->decl->members[i].field.type, depth + 1))
            return -1;
    return 0;
}

static int collect_type(struct builder *b, struct ast_lib *lib, const struct ast_type *t,
                        unsigned depth)
{
    struct fic_found_decl d;

    if (t->elem) return collect_type(b, lib, t->elem, depth);
    if (t->kind != FIC_NAMED) return 0;
    if (fic_decl_resolve(lib, &t->tname, &d, b->e)) return -1;
    return collect_decl(b, &d, &t->tname.pos, depth);
}

static bool composes_once(struct builder *b, const struct ast_decl *d)
{
    for (size_t i = 0; i < b->ncomposed; i++)
        if (b->composed[i] == d) return false;
    *(const struct ast_decl **)fic_arena_push(b->a, &b->composed, &b->ncomposed,
                                              sizeof(*b->composed)) = d;
    return true;
}

static int collect_items(struct builder *b, struct ast_lib *lib, const struct ast_decl *iface,
                         bool composed)
{
    for (size_t i = 0; i < iface->nitems; i++) {
        const struct ast_item *it = &iface->items[i];
        struct fic_found_decl d;
        for (size_t k = 0; k < it->args.n; k++)
            if (collect_type(b, lib, &it->args.v[k].type, 0)) return -1;
        for (size_t k = 0; k < it->results.n; k++)
            if (collect_type(b, lib, &it->results.v[k].type, 0)) return -1;
        if (it->kind == AST_COMPOSE) {
            if (composed)
                return fic_fail(b->e, &it->tname.pos, iface->name,
                                "an interface that composes nothing itself");
            if (fic_decl_resolve(lib, &it->tname, &d, b->e)) return -1;
            if (d.decl->kind != AST_INTERFACE)
                return fic_fail(b->e, &it->tname.pos, NULL, "an interface");
            if (d.decl == iface) return fic_fail(b->e, &it->tname.pos, NULL, "another interface");
            if (!composes_once(b, d.decl))
                return fic_fail(b->e, &it->tname.pos, iface->name, "each interface composed once");
            if (collect_items(b, d.lib, d.decl, true)) return -1;
        } else if (it->kind == AST_RING && !composed) {
            if (fic_decl_resolve(lib, &it->tname, &d, b->e) ||
                collect_decl(b, &d, &it->tname.pos, 0))
                return -1;
        }
    }
    return 0;
}

static uint32_t type_index(const struct builder *b, const struct ast_decl *d)
{
    for (size_t i = 0; i < b->ntypes; i++)
        if (b->types[i].d.decl == d) return (uint32_t)i;
    return 0;
}

static int build_type(struct builder *b, struct ast_lib *lib, const struct ast_type *t,
                      struct fic_type *out)
{
    struct fic_found_decl d;
    uint64_t n;

    out->kind = t->kind;
    if (t->kind == FIC_NAMED || t->kind == FIC_CAP || t->kind == FIC_OBJ) {
        if (fic_decl_resolve(lib, &t->tname, &d, b->e)) return -1;
        if (t->kind == FIC_NAMED) {
            out->ref = type_index(b, d.decl);
            return 0;
        }
        if (d.decl->kind != AST_INTERFACE) {
            fic_fail(b->e, &t->tname.pos, NULL, "an interface");
            return fic_found(b->e, "'%s'", t->tname.name);
        }
        out->tname = full_name(b, &d);
        return 0;
    }
    if (t->kind < FIC_STRING || t->kind > FIC_ARRAY) return 0;
    if (t->elem) {
        struct fic_type *elem = fic_arena_alloc(b->a, sizeof(*elem));
        out->elem = elem;
        if (build_type(b, lib, t->elem, elem)) return -1;
    }
    if (fic_num_resolve(lib, &t->num, 1, t->elem ? FIC_MAX_COUNT : FIC_MAX_BYTES,
                        t->elem ? "a number of elements" : "a bound", &n, b->e))
        return -1;
    out->count = (uint32_t)n;
    return 0;
}

static int build_field(struct builder *b, struct ast_lib *lib, const struct ast_field *f,
                       struct fic_field *out)
{
    out->name = f->name ? f->name : "";
    out->flags = f->flags;
    out->pos = f->pos;
    return build_type(b, lib, &f->type, &out->type);
}

static int build_fields(struct builder *b, struct ast_lib *lib, const struct ast_fields *f,
                        struct fic_fields *out)
{
    out->n = f->n;
    out->v = fic_arena_alloc(b->a, f->n * sizeof(*out->v));
    for (size_t i = 0; i < f->n; i++)
        if (build_field(b, lib, &f->v[i], &out->v[i])) return -1;
    return 0;
}

/* 0, 1, .. and then -1, -2, ..: the order of the encodings. */
static int compare_signed(const void *x, const void *y)
{
    const struct fic_member *a = x, *b = y;
    bool na = (int64_t)a->value < 0, nb = (int64_t)b->value < 0;
    uint64_t va = na ? ~a->value : a->value, vb = nb ? ~b->value : b->value;

    if (na != nb) return na ? 1 : -1;
    return va < vb ? -1 : va > vb;
}

static int compare_unsigned(const void *x, const void *y)
{
    uint64_t a = ((const struct fic_member *)x)->value, b = ((const struct fic_member *)y)->value;
    return a < b ? -1 : a > b;
}

static int build_typedef(struct builder *b, const struct entry *x, struct fic_typedef *out)
{
    const struct ast_decl *d = x->d.decl;

    out->kind = (enum fic_typedef_kind)(d->kind - AST_ENUM);
    out->tname = x->tname;
    out->name = d->name;
    out->base = d->base;
    out->open = d->open;
    out->pos = d->pos;
    if (d->kind == AST_STRUCT) return build_fields(b, x->d.lib, &d->fields, &out->fields);
    out->nmembers = d->nmembers;
    out->members = fic_arena_alloc(b->a, d->nmembers * sizeof(*out->members));
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct ast_member *m = &d->members[i];
        out->members[i].value = m->value;
        out->members[i].name = m->name;
        out->members[i].pos = m->pos;
        if (d->kind == AST_UNION && m->name &&
            build_field(b, x->d.lib, &m->field, &out->members[i].field))
            return -1;
    }
    qsort(out->members, out->nmembers, sizeof(*out->members),
          d->kind == AST_ENUM && d->base >= FIC_I8 ? compare_signed : compare_unsigned);
    return 0;
}

static int build_ring(struct builder *b, struct ast_lib *lib, const struct ast_item *it)
{
    struct fic_image *im = b->im;
    struct fic_ring *r;
    struct fic_found_decl d;
    uint64_t depth;

    if (im->nrings == FIC_MAX_RINGS)
        return fic_fail(b->e, &it->pos, it->name, "at most %d rings", FIC_MAX_RINGS);
    r = &im->rings[im->nrings++];
    if (fic_decl_resolve(lib, &it->tname, &d, b->e) ||
        fic_num_resolve(lib, &it->num, 4, 4096, "a power of two", &depth, b->e))
        return -1;
    *r = (struct fic_ring){it->name, type_index(b, d.decl), (uint32_t)depth, it->from_server,
                           it->pos};
    return 0;
}

static int build_pool(struct builder *b, struct ast_lib *lib, const struct ast_item *it)
{
    uint64_t size;

    if (b->im->pool.present) return fic_fail(b->e, &it->pos, it->name, "at most one pool");
    if (fic_num_resolve(lib, &it->num, 1, FIC_MAX_POOL, "a size", &size, b->e)) return -1;
    b->im->pool =
        (struct fic_pool){true, it->name, (uint32_t)size, it->client, it->server, it->pos};
    return 0;
}

static int build_method(struct builder *b, struct ast_lib *lib, const struct ast_item *it)
{
    struct fic_image *im = b->im;
    struct fic_method *m = fic_arena_push(b->a, &im->methods, &im->nmethods, sizeof(*m));

    m->ordinal = (uint16_t)it->ordinal;
    m->pos = it->pos;
    if (it->kind == AST_RESERVED) return 0;
    m->name = it->name;
    m->oneway = it->kind == AST_ONEWAY;
    m->flags = it->flags;
    return build_fields(b, lib, &it->args, &m->args) ||
                   build_fields(b, lib, &it->results, &m->results)
               ? -1
               : 0;
}

static int build_event(struct builder *b, struct ast_lib *lib, const struct ast_item *it)
{
    struct fic_image *im = b->im;
    struct fic_event *v = fic_arena_push(b->a, &im->events, &im->nevents, sizeof(*v));

    v->ordinal = (uint16_t)it->ordinal;
    v->name = it->name;
    v->pos = it->pos;
    return build_fields(b, lib, &it->args, &v->args);
}

static int build_items(struct builder *b, struct ast_lib *lib, const struct ast_decl *iface,
                       bool composed)
{
    struct fic_image *im = b->im;
    int r = 0;

    for (size_t i = 0; i < iface->nmembers; i++) {
        struct fic_errno *x = fic_arena_push(b->a, &im->errors, &im->nerrors, sizeof(*x));
        *x = (struct fic_errno){(uint16_t)iface->members[i].value, iface->members[i].name,
                                iface->members[i].pos};
    }
    for (size_t i = 0; i < iface->nitems && r == 0; i++) {
        const struct ast_item *it = &iface->items[i];
        struct fic_found_decl d;
        if (im->nmethods + im->nevents > FIC_MAX_ITEMS)
            return fic_fail(b->e, &it->pos, iface->name, "at most %d methods and events",
                            FIC_MAX_ITEMS);
        switch (it->kind) {
        case AST_COMPOSE:
            r = fic_decl_resolve(lib, &it->tname, &d, b->e);
            if (r == 0) r = build_items(b, d.lib, d.decl, true);
            break;
        case AST_RING: r = composed ? 0 : build_ring(b, lib, it); break;
        case AST_POOL: r = composed ? 0 : build_pool(b, lib, it); break;
        case AST_EVENT: r = build_event(b, lib, it); break;
        default: r = build_method(b, lib, it); break;
        }
    }
    return r;
}

/* Stable by position, so that of two equal numbers the later one is at fault. */
#define COMPARE_BY(name, type, key)                                                                \
    static int name(const void *x, const void *y)                                                  \
    {                                                                                              \
        const type *a = x, *b = y;                                                                 \
        if (a->key != b->key) return a->key < b->key ? -1 : 1;                                     \
        if (a->pos.line != b->pos.line) return a->pos.line < b->pos.line ? -1 : 1;                 \
        return a->pos.column < b->pos.column ? -1 : a->pos.column > b->pos.column;                 \
    }
COMPARE_BY(compare_methods, struct fic_method, ordinal)
COMPARE_BY(compare_events, struct fic_event, ordinal)
COMPARE_BY(compare_errors, struct fic_errno, code)

static void sort_items(struct fic_image *im)
{
    if (im->nmethods) qsort(im->methods, im->nmethods, sizeof(*im->methods), compare_methods);
    if (im->nevents) qsort(im->events, im->nevents, sizeof(*im->events), compare_events);
    if (im->nerrors) qsort(im->errors, im->nerrors, sizeof(*im->errors), compare_errors);
}

static int compare_entries(const void *x, const void *y)
{
    return strcmp(((const struct entry *)x)->tname, ((const struct entry *)y)->tname);
}

static int build_model(struct builder *b, struct ast_lib *lib, struct ast_decl *iface)
{
    struct fic_image *im = b->im;

    if (collect_items(b, lib, iface, false)) return -1;
    if (b->ntypes) qsort(b->types, b->ntypes, sizeof(*b->types), compare_entries);
    im->ntypes = b->ntypes;
    im->types = fic_arena_alloc(b->a, b->ntypes * sizeof(*im->types));
    for (size_t i = 0; i < b->ntypes; i++)
        if (build_typedef(b, &b->types[i], &im->types[i])) return -1;
    if (build_items(b, lib, iface, false)) return -1;
    sort_items(im);
    return fic_image_check(im, b->e);
}

int fic_build_image(struct ast_lib *lib, struct ast_decl *iface, struct fic_image **out,
                    struct fic_error *e)
{
    struct fic_arena *a = fic_arena_new();
    struct fic_image *im = fic_arena_alloc(a, sizeof(*im));
    struct builder b = {.im = im, .a = a, .e = e};
    uint8_t *bytes = NULL;
    size_t len = 0;
    int r;

    im->arena = a;
    im->library = lib->name;
    im->major = lib->major;
    im->name = iface->name;
    im->pos = iface->pos;
    im->tname = fic_arena_format(a, "%s/%u.%s", lib->name, lib->major, iface->name);
    r = build_model(&b, lib, iface);
    if (r == 0) r = fic_image_encode(im, &bytes, &len, e);
    if (r == 0) r = fic_image_decode(bytes, len, out, e);
    free(bytes);
    fic_arena_free(a);
    return r;
}
