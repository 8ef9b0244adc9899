/* SPDX-License-Identifier: Apache-2.0 */
/* Compares two images of one interface. Types are compared once for each direction in which they
 * are used: IN for arguments, OUT for results and events, both for ring entries. */
#include "compat.h"
#include "layout.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IN = 1, OUT = 2 };

struct comparer {
    const struct fic_image *old, *new;
    struct fic_compat *report;
    uint8_t *seen; /* old index x new index: directions already compared */
    char path[192];
};

static void add(struct comparer *c, bool rejected, const char *rule, const char *fmt, ...)
{
    struct fic_compat *r = c->report;
    struct fic_finding *f;
    va_list ap;
    int n;

    if (r->n == 0 || (r->n & (r->n - 1)) == 0) {
        r->v = realloc(r->v, (r->n ? 2 * r->n : 1) * sizeof(*r->v));
        if (!r->v) abort();
    }
    f = &r->v[r->n++];
    f->rejected = rejected;
    f->rule = rule;
    r->rejected += rejected;
    n = snprintf(f->text, sizeof(f->text), "%s: ", c->path);
    va_start(ap, fmt);
    vsnprintf(f->text + n, sizeof(f->text) - (size_t)n, fmt, ap);
    va_end(ap);
}

#define REJECT(c, rule, ...) add(c, true, rule, __VA_ARGS__)
#define WARN(c, rule, ...) add(c, false, rule, __VA_ARGS__)

static size_t enter(struct comparer *c, const char *name)
{
    size_t n = strlen(c->path);

    snprintf(c->path + n, sizeof(c->path) - n, "%s%s", n ? "." : "", name);
    return n;
}

static void leave(struct comparer *c, size_t n) { c->path[n] = '\0'; }

static void compare_named(struct comparer *c, const struct fic_type *a, const struct fic_type *b,
                          int dir);

static void compare_bound(struct comparer *c, uint32_t a, uint32_t b, int dir, bool frozen)
{
    if (a == b) return;
    if (frozen)
        REJECT(c, "frozen-changed", "bound changed from %u to %u in a frozen struct", a, b);
    else if (dir & OUT)
        REJECT(c, "out-bound-changed", "bound of a result changed from %u to %u", a, b);
    else if (b < a)
        REJECT(c, "in-bound-narrowed", "bound of an argument narrowed from %u to %u", a, b);
}

static void compare_type(struct comparer *c, const struct fic_type *a, const struct fic_type *b,
                         int dir, bool frozen)
{
    if (a->kind != b->kind) {
        REJECT(c, frozen ? "frozen-changed" : "retyped", "another type");
        return;
    }
    switch (a->kind) {
    case FIC_STRING:
    case FIC_BYTES: compare_bound(c, a->count, b->count, dir, frozen); return;
    case FIC_VECTOR:
        compare_bound(c, a->count, b->count, dir, frozen);
        compare_type(c, a->elem, b->elem, dir, frozen);
        return;
    case FIC_ARRAY:
        if (a->count != b->count)
            REJECT(c, frozen ? "frozen-changed" : "retyped", "array of %u became one of %u",
                   a->count, b->count);
        compare_type(c, a->elem, b->elem, dir, frozen);
        return;
    case FIC_CAP:
    case FIC_OBJ:
        if (strcmp(a->tname, b->tname))
            REJECT(c, "tname-changed", "%s became %s", a->tname, b->tname);
        return;
    case FIC_NAMED: compare_named(c, a, b, dir); return;
    default: return;
    }
}

/* A new name that stood elsewhere in the old list: the field was moved. */
static bool field_moved(const struct fic_fields *a, const struct fic_fields *b, size_t i)
{
    if (!*b->v[i].name || !strcmp(a->v[i].name, b->v[i].name)) return false;
    for (size_t k = 0; k < a->n; k++)
        if (k != i && !strcmp(a->v[k].name, b->v[i].name)) return true;
    return false;
}

static void compare_field(struct comparer *c, const struct fic_fields *fa,
                          const struct fic_fields *fb, size_t i, int dir, bool frozen)
{
    const struct fic_field *a = &fa->v[i], *b = &fb->v[i];
    size_t mark = enter(c, *a->name ? a->name : "reserved");
    bool retired = a->flags & FIC_F_OPTIONAL && b->flags & FIC_F_RESERVED;

    if (field_moved(fa, fb, i)) {
        REJECT(c, frozen ? "frozen-changed" : "field-moved", "'%s' stands here now", b->name);
    } else if (a->flags & FIC_F_RESERVED && !(b->flags & FIC_F_RESERVED)) {
        REJECT(c, "field-reused", "reserved field used again");
    } else if (b->flags & FIC_F_RESERVED && !(a->flags & FIC_F_RESERVED) && (!retired || frozen)) {
        REJECT(c, frozen ? "frozen-changed" : "field-removed", "required field became reserved");
    } else if (!retired && (a->flags ^ b->flags) & FIC_F_OPTIONAL) {
        REJECT(c, frozen ? "frozen-changed" : "optionality-changed", "%s",
               a->flags & FIC_F_OPTIONAL ? "optional became required" : "required became optional");
    } else {
        if (strcmp(a->name, b->name) && !retired) WARN(c, "renamed", "renamed to '%s'", b->name);
        compare_type(c, &a->type, &b->type, dir, frozen);
    }
    leave(c, mark);
}

static void compare_fields(struct comparer *c, const struct fic_fields *a,
                           const struct fic_fields *b, int dir, bool frozen)
{
    size_t common = a->n < b->n ? a->n : b->n;

    for (size_t i = 0; i < common; i++)
        compare_field(c, a, b, i, dir, frozen);
    if (a->n > b->n)
        REJECT(c, frozen ? "frozen-changed" : "field-removed", "field '%s' removed",
               a->v[common].name);
    for (size_t i = common; i < b->n; i++) {
        if (frozen)
            REJECT(c, "frozen-changed", "field '%s' added to a frozen struct", b->v[i].name);
        else if (!(b->v[i].flags & (FIC_F_OPTIONAL | FIC_F_RESERVED)))
            REJECT(c, "required-appended", "required field '%s' appended", b->v[i].name);
    }
}

static const struct fic_member *find_member(const struct fic_typedef *d, uint64_t value)
{
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].value == value) return &d->members[i];
    return NULL;
}

/* The name of a new member stood for another number before. */
static bool member_moved(const struct fic_typedef *a, const struct fic_member *m)
{
    for (size_t i = 0; i < a->nmembers; i++)
        if (a->members[i].name && a->members[i].value != m->value &&
            !strcmp(a->members[i].name, m->name))
            return true;
    return false;
}

static void compare_member(struct comparer *c, const struct fic_typedef *da,
                           const struct fic_typedef *db, const struct fic_member *a, int dir)
{
    static const char *const what[] = {"value", "bit", "", "tag"};
    const struct fic_member *b = find_member(db, a->value);
    size_t mark;

    if (!b) {
        REJECT(c, "number-dropped", "%s %llu dropped without 'reserved'", what[da->kind],
               (unsigned long long)a->value);
    } else if (!a->name && b->name) {
        REJECT(c, "number-reused", "reserved %s %llu used again", what[da->kind],
               (unsigned long long)a->value);
    } else if (a->name && !b->name) {
        WARN(c, "member-reserved", "'%s' is reserved now: peers that send it get EBADMSG", a->name);
    } else if (a->name) {
        if (strcmp(a->name, b->name) && member_moved(da, b))
            REJECT(c, "number-reused", "%s %llu is '%s' now", what[da->kind],
                   (unsigned long long)a->value, b->name);
        else if (strcmp(a->name, b->name))
            WARN(c, "renamed", "'%s' renamed to '%s'", a->name, b->name);
        if (da->kind != FIC_UNION) return;
        mark = enter(c, a->name);
        compare_type(c, &a->field.type, &b->field.type, dir, false);
        leave(c, mark);
    }
}

static void compare_members(struct comparer *c, const struct fic_typedef *a,
                            const struct fic_typedef *b, int dir)
{
    struct fic_union_layout la, lb;

    if (a->base != b->base) REJECT(c, "base-changed", "another integer base");
    for (size_t i = 0; i < a->nmembers; i++)
        compare_member(c, a, b, &a->members[i], dir);
    for (size_t i = 0; i < b->nmembers; i++) {
        if (!b->members[i].name || find_member(a, b->members[i].value)) continue;
        if (member_moved(a, &b->members[i]))
            REJECT(c, "number-reused", "'%s' has another number now", b->members[i].name);
        else if (!a->open && dir & OUT)
            REJECT(c, "strict-member-out", "'%s' added to a strict type that results use",
                   b->members[i].name);
    }
    if (a->kind != FIC_UNION || a->open) return;
    fic_layout_union(c->old, a, &la);
    fic_layout_union(c->new, b, &lb);
    if (la.size != lb.size || la.align != lb.align)
        REJECT(c, "union-size", "the union's size changed from %u to %u", la.size, lb.size);
}

static void compare_named(struct comparer *c, const struct fic_type *a, const struct fic_type *b,
                          int dir)
{
    const struct fic_typedef *da = fic_named(c->old, a), *db = fic_named(c->new, b);
    uint8_t *seen = &c->seen[a->ref * c->new->ntypes + b->ref];
    char path[sizeof(c->path)];

    if ((*seen & dir) == dir) return;
    *seen |= (uint8_t)dir;
    snprintf(path, sizeof(path), "%s", c->path);
    snprintf(c->path, sizeof(c->path), "%s", da->name);
    if (strcmp(da->tname, db->tname)) WARN(c, "renamed", "type is %s now", db->tname);
    if (da->kind != db->kind)
        REJECT(c, "kind-changed", "another kind of type");
    else if (da->open != db->open)
        REJECT(c, "openness-changed", "%s", da->open ? "open became strict" : "strict became open");
    else if (da->kind == FIC_STRUCT)
        compare_fields(c, &da->fields, &db->fields, dir, !da->open);
    else
        compare_members(c, da, db, dir);
    snprintf(c->path, sizeof(c->path), "%s", path);
}

static void compare_reply(struct comparer *c, const struct fic_method *a,
                          const struct fic_method *b)
{
    struct fic_message_layout la, lb;

    fic_layout_message(c->old, &a->results, &la);
    fic_layout_message(c->new, &b->results, &lb);
    if (la.in_registers && !lb.in_registers)
        REJECT(c, "reply-root", "the result's root crosses 32 bytes (%u, now %u)", la.root.size,
               lb.root.size);
    if (lb.size_class > la.size_class)
        REJECT(c, "reply-class", "the reply's size class rises from %u to %u", la.size_class,
               lb.size_class);
}

static void compare_method(struct comparer *c, const struct fic_method *a,
                           const struct fic_method *b)
{
    if (a->oneway != b->oneway) {
        REJECT(c, "kind-changed", "a method became a one-way or the reverse");
        return;
    }
    if (a->flags & ~b->flags & FIC_M_IDEMPOTENT)
        REJECT(c, "idempotent-removed", "'idempotent' removed");
    if (b->flags & ~a->flags & FIC_M_BLOCKING) REJECT(c, "blocking-added", "'blocking' added");
    if (a->flags & ~b->flags & FIC_M_KEEP) REJECT(c, "keep-removed", "'keep' removed");
    if (a->flags & ~b->flags & FIC_M_BLOCKING) WARN(c, "blocking-removed", "'blocking' removed");
    compare_fields(c, &a->args, &b->args, IN, false);
    compare_fields(c, &a->results, &b->results, OUT, false);
    compare_reply(c, a, b);
}

/* The name at an ordinal of the old image if it is in use: method or event. */
static const char *ordinal_name(const struct fic_image *im, unsigned ordinal, bool *exists)
{
    const struct fic_method *m = fic_image_method(im, ordinal);
    const struct fic_event *v = fic_image_event(im, ordinal);

    *exists = m || v;
    return m ? m->name : v ? v->name : NULL;
}

static bool name_moved(const struct fic_image *old, const char *name, unsigned ordinal)
{
    for (size_t i = 0; i < old->nmethods; i++)
        if (old->methods[i].name && old->methods[i].ordinal != ordinal &&
            !strcmp(old->methods[i].name, name))
            return true;
    for (size_t i = 0; i < old->nevents; i++)
        if (old->events[i].ordinal != ordinal && !strcmp(old->events[i].name, name)) return true;
    return false;
}

static void compare_ordinal(struct comparer *c, unsigned ordinal)
{
    const struct fic_method *ma = fic_image_method(c->old, ordinal);
    const struct fic_method *mb = fic_image_method(c->new, ordinal);
    const struct fic_event *va = fic_image_event(c->old, ordinal);
    const struct fic_event *vb = fic_image_event(c->new, ordinal);
    bool ea, eb;
    const char *na = ordinal_name(c->old, ordinal, &ea), *nb = ordinal_name(c->new, ordinal, &eb);
    size_t mark = enter(c, na ? na : "reserved");

    if (!eb) {
        REJECT(c, "ordinal-dropped", "ordinal %u dropped without 'reserved'", ordinal);
    } else if (!na && nb) {
        REJECT(c, "ordinal-reused", "reserved ordinal %u used again", ordinal);
    } else if (na && nb) {
        if (strcmp(na, nb) && name_moved(c->old, nb, ordinal))
            REJECT(c, "ordinal-reused", "ordinal %u is '%s' now", ordinal, nb);
        else if (strcmp(na, nb))
            WARN(c, "renamed", "renamed to '%s'", nb);
        if (!ma != !mb)
            REJECT(c, "kind-changed", "a method became an event or the reverse");
        else if (ma)
            compare_method(c, ma, mb);
        else
            compare_fields(c, &va->args, &vb->args, OUT, false);
    }
    leave(c, mark);
}

static void compare_items(struct comparer *c)
{
    for (size_t i = 0; i < c->old->nmethods; i++)
        compare_ordinal(c, c->old->methods[i].ordinal);
    for (size_t i = 0; i < c->old->nevents; i++)
        compare_ordinal(c, c->old->events[i].ordinal);
    for (size_t i = 0; i < c->new->nmethods; i++) {
        const struct fic_method *m = &c->new->methods[i];
        bool exists;
        ordinal_name(c->old, m->ordinal, &exists);
        if (!exists && m->name && name_moved(c->old, m->name, m->ordinal))
            REJECT(c, "ordinal-reused", "'%s' has another ordinal now", m->name);
    }
}

static const struct fic_errno *find_error(const struct fic_image *im, unsigned code)
{
    for (size_t i = 0; i < im->nerrors; i++)
        if (im->errors[i].code == code) return &im->errors[i];
    return NULL;
}

static bool error_moved(const struct fic_image *old, const struct fic_errno *x)
{
    for (size_t i = 0; i < old->nerrors; i++)
        if (old->errors[i].name && old->errors[i].code != x->code &&
            !strcmp(old->errors[i].name, x->name))
            return true;
    return false;
}

static void compare_errors(struct comparer *c)
{
    for (size_t i = 0; i < c->old->nerrors; i++) {
        const struct fic_errno *a = &c->old->errors[i], *b = find_error(c->new, a->code);
        if (!b)
            REJECT(c, "number-dropped", "error %u dropped without 'reserved'", a->code);
        else if (!a->name && b->name)
            REJECT(c, "number-reused", "reserved error %u used again", a->code);
        else if (a->name && b->name && strcmp(a->name, b->name) && error_moved(c->old, b))
            REJECT(c, "number-reused", "error %u is '%s' now", a->code, b->name);
        else if (a->name && b->name && strcmp(a->name, b->name))
            WARN(c, "renamed", "error '%s' renamed to '%s'", a->name, b->name);
    }
    for (size_t i = 0; i < c->new->nerrors; i++) {
        const struct fic_errno *b = &c->new->errors[i];
        if (find_error(c->old, b->code) || !b->name) continue;
        if (error_moved(c->old, b))
            REJECT(c, "number-reused", "error '%s' has another number now", b->name);
        else
            WARN(c, "error-added", "error '%s' is for new methods only", b->name);
    }
}

static void compare_ring(struct comparer *c, size_t i)
{
    const struct fic_ring *a = &c->old->rings[i], *b = &c->new->rings[i];
    struct fic_type ta = {.kind = FIC_NAMED, .ref = a->ref};
    struct fic_type tb = {.kind = FIC_NAMED, .ref = b->ref};
    size_t mark = enter(c, a->name);
    bool moved = false;

    for (size_t k = 0; k < c->old->nrings; k++)
        if (k != i && !strcmp(c->old->rings[k].name, b->name)) moved = true;
    if (moved || a->from_server != b->from_server)
        REJECT(c, "ring-changed", "rings reordered");
    else if (strcmp(a->name, b->name))
        WARN(c, "renamed", "renamed to '%s'", b->name);
    if (b->depth < a->depth) REJECT(c, "ring-depth", "depth lowered to %u", b->depth);
    compare_type(c, &ta, &tb, IN | OUT, true);
    leave(c, mark);
}

static void compare_shared(struct comparer *c)
{
    const struct fic_pool *a = &c->old->pool, *b = &c->new->pool;

    if (c->old->nrings != c->new->nrings)
        REJECT(c, "ring-changed", "%zu rings became %zu", c->old->nrings, c->new->nrings);
    for (size_t i = 0; i < c->old->nrings && i < c->new->nrings; i++)
        compare_ring(c, i);
    if (a->present != b->present) {
        REJECT(c, "pool-changed", "pool %s", a->present ? "removed" : "added");
    } else if (a->present) {
        if (a->client != b->client || a->server != b->server)
            REJECT(c, "pool-access", "access to the pool changed");
        if (b->size < a->size) REJECT(c, "pool-shrunk", "pool shrunk to %u bytes", b->size);
        if (strcmp(a->name, b->name)) WARN(c, "renamed", "pool renamed to '%s'", b->name);
    }
}

bool fic_compat(const struct fic_image *old, const struct fic_image *new, struct fic_compat *report)
{
    struct comparer c = {.old = old, .new = new, .report = report};

    memset(report, 0, sizeof(*report));
    snprintf(c.path, sizeof(c.path), "%s", old->name);
    if (strcmp(old->tname, new->tname)) {
        REJECT(&c, "another-interface", "%s is another interface than %s", new->tname, old->tname);
        return false;
    }
    c.seen = calloc(old->ntypes * new->ntypes + 1, 1);
    if (!c.seen) abort();
    compare_items(&c);
    compare_errors(&c);
    compare_shared(&c);
    free(c.seen);
    return report->rejected == 0;
}

void fic_compat_free(struct fic_compat *report)
{
    free(report->v);
    memset(report, 0, sizeof(*report));
}
