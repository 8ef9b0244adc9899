/* SPDX-License-Identifier: Apache-2.0 */
/* Names in generated C, before anything is generated: names that differ in an interface may become
 * one in C (Ab and AB, read + "_begin" and read_begin, two libraries whose names end alike). Every
 * identifier is collected with what it stands for, and one that stands for two things is refused.
 * A name in a scope is written "scope name": the members of a struct, the parameters of a method.
 */
#include "gen_c_impl.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct claim {
    char *name, *owner;
};

struct claims {
    struct claim *v;
    size_t n, room;
    char owner[3 * FIC_MAX_TNAME]; /* of the claims being added */
};

static void claim(struct claims *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void claim(struct claims *c, const char *fmt, ...)
{
    char name[4 * FIC_MAX_TNAME];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(name, sizeof(name), fmt, ap);
    va_end(ap);
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 256;
        c->v = realloc(c->v, c->room * sizeof(*c->v));
        if (!c->v) abort();
    }
    c->v[c->n].name = strdup(name);
    c->v[c->n].owner = strdup(c->owner);
    if (!c->v[c->n].name || !c->v[c->n].owner) abort();
    c->n++;
}

/* Sets what the next claims stand for: "futura.fs/1.File.read->data". */
static void own(struct claims *c, const char *tname, const char *a, const char *mark, const char *b)
{
    snprintf(c->owner, sizeof(c->owner), "%s%s%s%s%s", tname, *a ? "." : "", a, mark, b);
}

static void claim_members(struct claims *c, const struct fic_typedef *d, const char *scope)
{
    for (size_t i = 0; i < d->fields.n; i++) {
        const struct fic_field *f = &d->fields.v[i];
        own(c, d->tname, f->name, "", "");
        if (f->flags & FIC_F_RESERVED) {
            claim(c, "%s reserved_%zu", scope, i);
            continue;
        }
        claim(c, "%s %s", scope, gen_member(f->name).s);
        if (f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type))
            claim(c, "%s has_%s", scope, f->name);
    }
    for (size_t i = 0; d->kind == FIC_UNION && i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        own(c, d->tname, d->members[i].name, "", "");
        claim(c, "%s %s", scope, gen_member(d->members[i].name).s);
    }
}

static void claim_type(struct claims *c, const struct fic_typedef *d)
{
    struct gen_name name = gen_type_name(d->tname), upper = gen_upper(name.s);

    /* An enum has no struct, but shares the guard and the tables' names with those that do. */
    own(c, d->tname, "", "", "");
    claim(c, "struct %s", name.s);
    for (size_t i = 0; d->kind != FIC_STRUCT && i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        own(c, d->tname, d->members[i].name, "", "");
        claim(c, "%s_%s", upper.s, gen_upper(d->members[i].name).s);
    }
    claim_members(c, d, name.s);
}

/* Parameters, with the lengths and flags that come with them. */
static void claim_params(struct claims *c, const struct fic_image *im, const struct fic_method *m,
                         const char *name, const struct fic_fields *list, const char *mark,
                         const char *scope)
{
    bool out = *mark == '-';

    for (size_t i = 0; i < list->n; i++) {
        const struct fic_field *f = &list->v[i];
        struct gen_name n;
        enum gen_class k;
        if (f->flags & FIC_F_RESERVED) continue;
        n = gen_param(m, list, f);
        k = gen_class(im, &f->type);
        own(c, im->tname, name, mark, f->name);
        claim(c, "%s %s", scope, n.s);
        if (f->flags & FIC_F_OPTIONAL && !gen_is_handle(&f->type))
            claim(c, "%s has_%s", scope, n.s);
        if (k == GEN_STRING || k == GEN_BYTES) claim(c, "%s %s_len", scope, n.s);
        if (k == GEN_VECTOR) claim(c, "%s %s_n", scope, n.s);
        if (out && (k == GEN_STRING || k == GEN_BYTES || k == GEN_VECTOR))
            claim(c, "%s %s_cap", scope, n.s);
    }
}

static void claim_method(struct claims *c, const struct fic_image *im, const struct fic_method *m,
                         const char *iface, const char *upper)
{
    static const char *const suffixes[] = {"",        "_begin", "_end",  "_reply",    "_encode",
                                           "_decode", "_drop",  "_late", "_dispatch", "_refuse",
                                           "_any",    "_again", "_way"};
    struct gen_name fn = gen_join(iface, m->name);

    own(c, im->tname, m->name, "", "");
    claim(c, "%s_ORD_%s", upper, gen_upper(m->name).s);
    claim(c, "%s_W0", gen_upper(fn.s).s);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        claim(c, "%s%s", fn.s, suffixes[i]);
    claim(c, "%s_ops %s", iface, gen_member(m->name).s);
    if (m->flags & FIC_M_KEEP) claim(c, "%s_ops %s_lost", iface, m->name);
    claim_params(c, im, m, m->name, &m->args, ".", fn.s);
    claim_params(c, im, m, m->name, &m->results, "->", fn.s);
}

static void claim_event(struct claims *c, const struct fic_image *im, const struct fic_event *ev,
                        const char *iface, const char *upper)
{
    struct gen_name fn = gen_join(iface, ev->name);

    own(c, im->tname, ev->name, "", "");
    claim(c, "%s_EVENT_%s", upper, gen_upper(ev->name).s);
    claim(c, "%s_event", fn.s);
    claim(c, "%s_read", fn.s);
    claim_params(c, im, NULL, ev->name, &ev->args, ".", fn.s);
}

static void claim_interface(struct claims *c, const struct fic_image *im, const char *iface)
{
    static const char *const fixed[] = {"",         "_serve",  "_iface", "_lane",
                                        "_closure", "_error",  "_find",  "_known",
                                        "_image",   "_errors", "_peer"};
    struct gen_name upper = gen_upper(iface);

    own(c, im->tname, "", "", "");
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        claim(c, "%s%s", iface, fixed[i]);
    claim(c, "struct %s_ops", iface);
    claim(c, "%s_TAG", upper.s);
    claim(c, "%s_ARENA", upper.s);
    if (im->pool.present) claim(c, "%s_POOL", upper.s);
    for (size_t i = 0; i < im->nrings; i++) {
        own(c, im->tname, im->rings[i].name, "", "");
        claim(c, "%s_RING_%s", upper.s, gen_upper(im->rings[i].name).s);
        claim(c, "%s_%s_check", iface, im->rings[i].name);
    }
    for (size_t i = 0; i < im->nerrors; i++) {
        if (!im->errors[i].name) continue;
        own(c, im->tname, im->errors[i].name, "", "");
        claim(c, "%s_%s", upper.s, im->errors[i].name);
    }
    for (size_t i = 0; i < im->nmethods; i++)
        if (im->methods[i].name) claim_method(c, im, &im->methods[i], iface, upper.s);
    for (size_t i = 0; i < im->nevents; i++)
        claim_event(c, im, &im->events[i], iface, upper.s);
}

static int compare_claims(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    int r = strcmp(a->name, b->name);

    return r ? r : strcmp(a->owner, b->owner);
}

/* A parameter would hide a function or type of the file from the function that it belongs to. */
static const struct claim *find_hidden(const struct claims *c, const struct claim *x)
{
    const char *space = strchr(x->name, ' ');
    struct claim key = {space ? (char *)space + 1 : NULL, ""};
    size_t low = 0, high = c->n;

    if (!space || !strncmp(x->name, "struct ", 7)) return NULL;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(c->v[mid].name, key.name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < c->n && !strcmp(c->v[low].name, key.name) ? &c->v[low] : NULL;
}

/* Two things that clash in one name clash in others that come from it: the shortest says most. */
static size_t clash_size(const struct claim *x, const struct claim *other)
{
    return 8 * (strlen(x->owner) + strlen(other->owner)) + strlen(x->name);
}

static int claims_check(const struct claims *c, const char *input, struct fic_error *e)
{
    const struct claim *worst = NULL, *first = NULL;
    const char *space;

    for (size_t i = 0; i < c->n; i++) {
        const struct claim *x = &c->v[i], *other = NULL;
        if (i && !strcmp(x[-1].name, x->name) && strcmp(x[-1].owner, x->owner)) other = &x[-1];
        if (!other) other = find_hidden(c, x);
        if (!other || (worst && clash_size(x, other) >= clash_size(worst, first))) continue;
        worst = x;
        first = other;
    }
    if (!worst) return 0;
    space = strrchr(worst->name, ' ');
    fic_fail(e, NULL, input, "different names in C for %.120s and %.120s", first->owner,
             worst->owner);
    return fic_found(e, "'%s' for both", space ? space + 1 : worst->name);
}

int gen_names_check(const struct gen *g, struct fic_error *e)
{
    struct claims c = {.n = 0};
    int r;

    snprintf(c.owner, sizeof(c.owner), "library %s", g->images[0]->library);
    claim(&c, "%s_ARENA", gen_upper(g->lib.s).s);
    for (size_t i = 0; i < g->n; i++) {
        const struct fic_image *im = g->images[i];
        for (size_t k = 0; k < im->ntypes; k++)
            claim_type(&c, &im->types[k]);
        claim_interface(&c, im, gen_join(g->lib.s, gen_snake(im->name).s).s);
    }
    qsort(c.v, c.n, sizeof(*c.v), compare_claims);
    r = claims_check(&c, g->images[0]->library, e);
    for (size_t i = 0; i < c.n; i++) {
        free(c.v[i].name);
        free(c.v[i].owner);
    }
    free(c.v);
    return r;
}
