/* SPDX-License-Identifier: Apache-2.0 */
/* What every interface must obey, checked on the model, for texts and images alike. */
#include "layout.h"
#include "lex.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checker {
    struct fic_image *im;
    struct fic_error *e;
    uint8_t *state; /* of each typedef: 0 not seen, 1 being checked, 2 done */
    unsigned depth; /* of typedefs being checked */
    char path[160];
};

enum { IN_ARGS, IN_RESULTS, IN_EVENT, IN_STRUCT };

static int fail_at(struct checker *c, const struct fic_pos *pos, const char *name, const char *what)
{
    char path[192];

    snprintf(path, sizeof(path), "%.120s%s%.64s", c->path, name && *name && *c->path ? "." : "",
             name ? name : "");
    return fic_fail(c->e, pos, path, "%s", what);
}

static bool lower_ok(const char *s, bool method)
{
    size_t n = strlen(s);

    return n <= FIC_MAX_NAME && fic_is_lower(s, n) &&
           (!fic_is_keyword(s) || (method && !strcmp(s, "open")));
}

static bool upper_ok(const char *s)
{
    return strlen(s) <= FIC_MAX_NAME && fic_is_upper(s, strlen(s));
}

static bool caps_ok(const char *s)
{
    return strlen(s) <= FIC_MAX_NAME && fic_is_caps(s, strlen(s));
}

static bool library_ok(const char *s, size_t n)
{
    if (n == 0 || n > FIC_MAX_LIBRARY) return false;
    while (n) {
        char part[FIC_MAX_NAME + 1];
        size_t k = 0;
        while (k < n && s[k] != '.')
            k++;
        if (k > FIC_MAX_NAME) return false;
        memcpy(part, s, k);
        part[k] = '\0';
        if (!lower_ok(part, false) || k + 1 == n) return false;
        s += k + (k < n);
        n -= k + (k < n);
    }
    return true;
}

int fic_tname_split(const char *tname, char *lib, uint32_t *major, const char **name)
{
    const char *slash = strchr(tname, '/');
    const char *p = slash ? slash + 1 : NULL;
    uint32_t v = 0;

    if (!slash || !library_ok(tname, (size_t)(slash - tname))) return -1;
    if (*p < '1' || *p > '9') return -1;
    while (*p >= '0' && *p <= '9' && v <= 65535)
        v = v * 10 + (uint32_t)(*p++ - '0');
    if (v > 65535 || *p != '.' || !upper_ok(p + 1)) return -1;
    memcpy(lib, tname, (size_t)(slash - tname));
    lib[slash - tname] = '\0';
    *major = v;
    *name = p + 1;
    return 0;
}

static bool tname_ok(const char *tname)
{
    char lib[FIC_MAX_LIBRARY + 1];
    const char *name;
    uint32_t major;

    return fic_tname_split(tname, lib, &major, &name) == 0;
}

static int compare_tname(const void *key, const void *d)
{
    return strcmp(key, ((const struct fic_typedef *)d)->tname);
}

static const struct fic_typedef *find_typedef(const struct fic_image *im, const char *tname)
{
    return im->ntypes ? bsearch(tname, im->types, im->ntypes, sizeof(*im->types), compare_tname)
                      : NULL;
}

static int check_typedef(struct checker *c, uint32_t ref, const struct fic_pos *pos);

static int check_type(struct checker *c, const struct fic_type *t, const struct fic_pos *pos,
                      unsigned depth)
{
    if (depth > FIC_MAX_NESTING) return fail_at(c, pos, NULL, "at most 8 levels of nesting");
    if (t->kind == FIC_NAMED) return check_typedef(c, t->ref, pos);
    if ((t->kind == FIC_CAP || t->kind == FIC_OBJ) && find_typedef(c->im, t->tname))
        return fail_at(c, pos, NULL, "an interface, not a type");
    if (t->kind == FIC_CAP || t->kind == FIC_OBJ)
        return tname_ok(t->tname) ? 0 : fail_at(c, pos, NULL, "the full name of an interface");
    if (t->kind == FIC_STRING || t->kind == FIC_BYTES)
        return t->count >= 1 && t->count <= FIC_MAX_BYTES
                   ? 0
                   : fail_at(c, pos, NULL, "a bound in 1..65536");
    if (t->kind != FIC_VECTOR && t->kind != FIC_ARRAY) return 0;
    if (t->count < 1 || t->count > FIC_MAX_COUNT)
        return fail_at(c, pos, NULL, "a number of elements in 1..65535");
    if (t->kind == FIC_VECTOR && t->elem->kind == FIC_U8)
        return fail_at(c, pos, NULL, "bytes instead of a vector of u8");
    if (check_type(c, t->elem, pos, depth + 1)) return -1;
    if (fic_stride(c->im, &(struct fic_type){.kind = FIC_VECTOR, .elem = t->elem, .count = 1}) >
        FIC_MAX_COUNT)
        return fail_at(c, pos, NULL, "an element of at most 65535 bytes");
    return 0;
}

static int check_value(struct checker *c, const struct fic_type *t, const struct fic_pos *pos)
{
    struct fic_value_layout v;

    if (check_type(c, t, pos, 0)) return -1;
    fic_layout_value(c->im, t, &v);
    if (v.depth > FIC_MAX_NESTING) return fail_at(c, pos, NULL, "at most 8 levels of nesting");
    if (v.size > FIC_MAX_MESSAGE || v.out_max > FIC_MAX_MESSAGE)
        return fail_at(c, pos, NULL, "a value of at most 69568 bytes");
    return 0;
}

static int check_field(struct checker *c, const struct fic_fields *f, size_t i, int where)
{
    const struct fic_field *x = &f->v[i];
    size_t base = strlen(c->path);
    int r;

    if (x->flags & FIC_F_RESERVED) {
        if (*x->name) return fail_at(c, &x->pos, x->name, "no name for a reserved field");
    } else if (!lower_ok(x->name, false)) {
        return fail_at(c, &x->pos, x->name, "a name in lower case that is no keyword");
    }
    for (size_t k = 0; k < i; k++)
        if (*x->name && !strcmp(f->v[k].name, x->name))
            return fail_at(c, &x->pos, x->name, "a name that is not used yet");
    if (x->flags & FIC_F_VIEW && x->type.kind != FIC_BYTES)
        return fail_at(c, &x->pos, x->name, "bytes after view");
    if (x->flags & FIC_F_VIEW && where != IN_ARGS)
        return fail_at(c, &x->pos, x->name, "view only on a method's argument");
    snprintf(c->path + base, sizeof(c->path) - base, "%s%s", base && *x->name ? "." : "", x->name);
    r = check_value(c, &x->type, &x->pos);
    c->path[base] = '\0';
    return r;
}

static int check_fields(struct checker *c, const struct fic_fields *f, int where)
{
    if (f->n > FIC_MAX_FIELDS)
        return fail_at(c, &f->v[FIC_MAX_FIELDS].pos, NULL, "at most 64 fields");
    for (size_t i = 0; i < f->n; i++)
        if (check_field(c, f, i, where)) return -1;
    return 0;
}

static bool enum_value_ok(enum fic_kind base, uint64_t v)
{
    unsigned bits = 8 * fic_int_size(base);

    if (bits == 64) return true;
    if (base < FIC_I8) return v >> bits == 0;
    return (int64_t)v >= -((int64_t)1 << (bits - 1)) && (int64_t)v < (int64_t)1 << (bits - 1);
}

static int check_members(struct checker *c, const struct fic_typedef *d)
{
    size_t live = 0;

    if (d->nmembers == 0) return fail_at(c, &d->pos, NULL, "at least one member");
    if (d->nmembers > FIC_MAX_MEMBERS) return fail_at(c, &d->pos, NULL, "at most 1024 members");
    for (size_t i = 0; i < d->nmembers; i++) {
        const struct fic_member *m = &d->members[i];
        if (d->kind == FIC_ENUM && !enum_value_ok(d->base, m->value))
            return fail_at(c, &m->pos, m->name, "a value that the base holds");
        if (d->kind == FIC_FLAGS && m->value >= 8 * fic_int_size(d->base))
            return fail_at(c, &m->pos, m->name, "a bit that the base holds");
        if (i && m->value == d->members[i - 1].value)
            return fail_at(c, &m->pos, m->name, "a number that is not used yet");
        if (!m->name) continue;
        live++;
        if (d->kind == FIC_UNION ? !lower_ok(m->name, false) : !caps_ok(m->name))
            return fail_at(c, &m->pos, m->name, "a valid name");
        for (size_t k = 0; k < i; k++)
            if (d->members[k].name && !strcmp(d->members[k].name, m->name))
                return fail_at(c, &m->pos, m->name, "a name that is not used yet");
        if (d->kind != FIC_UNION) continue;
        if (m->field.flags) return fail_at(c, &m->pos, m->name, "no modifier on a union's member");
        if (check_value(c, &m->field.type, &m->pos)) return -1;
    }
    if (d->kind == FIC_UNION && live == 0)
        return fail_at(c, &d->pos, NULL, "at least one member that is not reserved");
    return 0;
}

static int check_size(struct checker *c, struct fic_typedef *d)
{
    struct fic_value_layout v;
    struct fic_struct_layout s = {0};
    bool caps = fic_type_has_caps(
        c->im, &(struct fic_type){.kind = FIC_NAMED, .ref = (uint32_t)(d - c->im->types)});

    fic_layout_value(
        c->im, &(struct fic_type){.kind = FIC_NAMED, .ref = (uint32_t)(d - c->im->types)}, &v);
    if (d->kind == FIC_STRUCT) fic_layout_struct(c->im, d, &s);
    if (v.depth > FIC_MAX_NESTING) return fail_at(c, &d->pos, NULL, "at most 8 levels of nesting");
    if (v.size > FIC_MAX_COUNT || s.size > FIC_MAX_COUNT)
        return fail_at(c, &d->pos, NULL, "a type of at most 65535 bytes");
    if (v.out_max > FIC_MAX_MESSAGE)
        return fail_at(c, &d->pos, NULL, "a type of at most 69568 bytes");
    d->memo.caps = caps;
    d->memo.size = v.size;
    d->memo.align = v.align;
    d->memo.out_max = v.out_max;
    d->memo.depth = v.depth;
    d->memo.known = true;
    return 0;
}

/* Dependencies first; pos is where the type is used. */
static int check_typedef(struct checker *c, uint32_t ref, const struct fic_pos *pos)
{
    struct fic_typedef *d;
    char path[sizeof(c->path)];
    int r;

    if (ref >= c->im->ntypes) return fail_at(c, pos, NULL, "the index of a typedef");
    d = &c->im->types[ref];
    if (c->state[ref] == 2) return 0;
    if (c->state[ref] == 1) return fail_at(c, pos, NULL, "a type that does not contain itself");
    if (c->depth >= FIC_MAX_NESTING + 1)
        return fail_at(c, pos, NULL, "at most 8 levels of nesting");
    if (!tname_ok(d->tname)) return fail_at(c, pos, d->tname, "the full name of a type");
    c->state[ref] = 1;
    c->depth++;
    snprintf(path, sizeof(path), "%s", c->path);
    snprintf(c->path, sizeof(c->path), "%s", d->name);
    if (d->kind == FIC_STRUCT && d->fields.n == 0)
        r = fail_at(c, &d->pos, NULL, "at least one field");
    else
        r = d->kind == FIC_STRUCT ? check_fields(c, &d->fields, IN_STRUCT) : check_members(c, d);
    if (r == 0) r = check_size(c, d);
    snprintf(c->path, sizeof(c->path), "%s", path);
    c->depth--;
    c->state[ref] = 2;
    return r;
}

static int check_root(struct checker *c, const struct fic_fields *f, const struct fic_pos *pos,
                      int where, bool oneway)
{
    struct fic_message_layout m;
    bool bare = where == IN_EVENT || oneway;

    if (check_fields(c, f, where)) return -1;
    fic_layout_message(c->im, f, &m);
    if (bare && m.root.out_max) return fail_at(c, pos, NULL, "nothing of variable size");
    for (size_t i = 0; bare && i < f->n; i++)
        if (fic_type_has_caps(c->im, &f->v[i].type))
            return fail_at(c, &f->v[i].pos, f->v[i].name, "no capability");
    if (where == IN_EVENT && m.root.size > FIC_MAX_EVENT_ROOT)
        return fail_at(c, pos, NULL, "an event of at most 56 bytes");
    if (oneway && m.root.size > FIC_MAX_ONEWAY_ROOT)
        return fail_at(c, pos, NULL, "a one-way of at most 32 bytes");
    if (m.root.size > FIC_MAX_ROOT)
        return fail_at(c, pos, NULL,
                       where == IN_ARGS ? "arguments with a root of at most 1024 bytes"
                                        : "results with a root of at most 1024 bytes");
    if (m.lane_max > FIC_MAX_MESSAGE)
        return fail_at(c, pos, NULL,
                       where == IN_ARGS ? "arguments of at most 69568 bytes"
                                        : "results of at most 69568 bytes");
    return 0;
}

/* Names of methods, events, rings and the pool are one space. */
static int check_item_name(struct checker *c, const char *name, const struct fic_pos *pos,
                           const char **names, size_t *n, bool method)
{
    if (!lower_ok(name, method))
        return fail_at(c, pos, name, "a name in lower case that is no keyword");
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(names[i], name)) return fail_at(c, pos, name, "a name that is not used yet");
    names[(*n)++] = name;
    return 0;
}

static int check_method(struct checker *c, const struct fic_method *m)
{
    int r;

    snprintf(c->path, sizeof(c->path), "%s.%s", c->im->name, m->name);
    if (m->oneway && (m->flags || m->results.n))
        return fail_at(c, &m->pos, NULL, "a one-way without results or modifiers");
    r = check_root(c, &m->args, &m->pos, IN_ARGS, m->oneway);
    if (r == 0 && !m->oneway) r = check_root(c, &m->results, &m->pos, IN_RESULTS, false);
    snprintf(c->path, sizeof(c->path), "%s", c->im->name);
    return r;
}

static int check_items(struct checker *c, const char **names, size_t *n)
{
    struct fic_image *im = c->im;

    if (im->nmethods + im->nevents > FIC_MAX_ITEMS)
        return fail_at(c, &im->pos, NULL, "at most 1024 methods and events");
    for (size_t i = 0; i < im->nmethods; i++) {
        const struct fic_method *m = &im->methods[i];
        if (i && m->ordinal <= im->methods[i - 1].ordinal)
            return fail_at(c, &m->pos, m->name, "an ordinal that is not used yet");
        if (!m->name) continue;
        if (check_item_name(c, m->name, &m->pos, names, n, true) || check_method(c, m)) return -1;
    }
    for (size_t i = 0; i < im->nevents; i++) {
        const struct fic_event *v = &im->events[i];
        if ((i && v->ordinal <= im->events[i - 1].ordinal) || fic_image_method(im, v->ordinal))
            return fail_at(c, &v->pos, v->name, "an ordinal that is not used yet");
        if (check_item_name(c, v->name, &v->pos, names, n, true)) return -1;
        snprintf(c->path, sizeof(c->path), "%s.%s", im->name, v->name);
        if (check_root(c, &v->args, &v->pos, IN_EVENT, false)) return -1;
        snprintf(c->path, sizeof(c->path), "%s", im->name);
    }
    return 0;
}

static int check_errors(struct checker *c)
{
    const struct fic_image *im = c->im;

    for (size_t i = 0; i < im->nerrors; i++) {
        const struct fic_errno *x = &im->errors[i];
        if (i && x->code <= im->errors[i - 1].code)
            return fail_at(c, &x->pos, x->name, "an error number that is not used yet");
        if (!x->name) continue;
        if (!caps_ok(x->name)) return fail_at(c, &x->pos, x->name, "a name such as TOO_LOUD");
        for (size_t k = 0; k < i; k++)
            if (im->errors[k].name && !strcmp(im->errors[k].name, x->name))
                return fail_at(c, &x->pos, x->name, "a name that is not used yet");
    }
    return 0;
}

static bool ring_type_ok(const struct fic_image *im, const struct fic_type *t)
{
    while (t->kind == FIC_ARRAY)
        t = t->elem;
    if (t->kind <= FIC_I64) return true;
    return t->kind == FIC_NAMED &&
           (fic_named(im, t)->kind == FIC_ENUM || fic_named(im, t)->kind == FIC_FLAGS);
}

static int check_ring(struct checker *c, const struct fic_ring *r)
{
    const struct fic_typedef *d;
    struct fic_struct_layout s;

    if (check_typedef(c, r->ref, &r->pos)) return -1;
    d = &c->im->types[r->ref];
    if (d->kind != FIC_STRUCT || d->open) return fail_at(c, &r->pos, r->name, "a frozen struct");
    for (size_t i = 0; i < d->fields.n; i++)
        if (!ring_type_ok(c->im, &d->fields.v[i].type) || d->fields.v[i].flags & FIC_F_OPTIONAL)
            return fail_at(c, &r->pos, r->name,
                           "entries of integers, enums, flags, bools and arrays of them");
    fic_layout_struct(c->im, d, &s);
    if (s.size != 16 && s.size != 32 && s.size != 64 && s.size != 128)
        return fail_at(c, &r->pos, r->name, "an entry of 16, 32, 64 or 128 bytes");
    if (r->depth < 4 || r->depth > 4096 || r->depth & (r->depth - 1))
        return fail_at(c, &r->pos, r->name, "a depth that is a power of two in 4..4096");
    return 0;
}

static int check_shared(struct checker *c, const char **names, size_t *n)
{
    struct fic_image *im = c->im;

    if (im->nrings > FIC_MAX_RINGS) return fail_at(c, &im->pos, NULL, "at most 7 rings");
    for (size_t i = 0; i < im->nrings; i++)
        if (check_item_name(c, im->rings[i].name, &im->rings[i].pos, names, n, false) ||
            check_ring(c, &im->rings[i]))
            return -1;
    if (!im->pool.present) return 0;
    if (im->pool.size < 1 || im->pool.size > FIC_MAX_POOL)
        return fail_at(c, &im->pool.pos, im->pool.name, "a pool of at most 16 MiB");
    return check_item_name(c, im->pool.name, &im->pool.pos, names, n, false);
}

static int check_type_order(struct checker *c)
{
    const struct fic_image *im = c->im;

    for (size_t i = 0; i < im->ntypes; i++) {
        if (i && strcmp(im->types[i - 1].tname, im->types[i].tname) >= 0)
            return fail_at(c, NULL, im->types[i].name, "typedefs in ascending order");
        if (!strcmp(im->types[i].tname, im->tname))
            return fail_at(c, &im->types[i].pos, im->types[i].name, "a name that is not used yet");
    }
    return 0;
}

/* Nothing that the interface does not reach. */
static int check_reach(struct checker *c)
{
    for (size_t i = 0; i < c->im->ntypes; i++)
        if (c->state[i] != 2)
            return fail_at(c, NULL, c->im->types[i].name, "only typedefs that the interface uses");
    return 0;
}

int fic_image_check(struct fic_image *im, struct fic_error *e)
{
    struct checker c = {.im = im, .e = e};
    const char **names;
    size_t n = 0;
    int r = -1;

    if (!library_ok(im->library, strlen(im->library)))
        return fic_fail(e, &im->pos, NULL, "the name of a library");
    if (!upper_ok(im->name)) return fic_fail(e, &im->pos, NULL, "the name of an interface");
    if (im->major < 1 || im->major > 65535)
        return fic_fail(e, &im->pos, NULL, "a major version in 1..65535");
    c.state = calloc(im->ntypes + 1, 1);
    names = calloc(im->nmethods + im->nevents + FIC_MAX_RINGS + 2, sizeof(*names));
    snprintf(c.path, sizeof(c.path), "%s", im->name);
    for (size_t i = 0; i < im->ntypes; i++)
        im->types[i].memo.known = false;
    if (!c.state || !names)
        fic_fail(e, NULL, NULL, "more memory");
    else if (check_type_order(&c) == 0 && check_items(&c, names, &n) == 0 &&
             check_errors(&c) == 0 && check_shared(&c, names, &n) == 0 && check_reach(&c) == 0)
        r = 0;
    free(c.state);
    free(names);
    return r;
}
