/* SPDX-License-Identifier: Apache-2.0 */
/* What both directions of the transcoder share. */
#include "transcode_impl.h"
#include <stdio.h>
#include <string.h>

int walk_fail(struct walk *w, unsigned code)
{
    w->e->code = code;
    snprintf(w->e->at, sizeof(w->e->at), "%s", w->path);
    return -1;
}

size_t walk_enter(struct walk *w, const char *name)
{
    size_t mark = strlen(w->path);

    snprintf(w->path + mark, sizeof(w->path) - mark, "%s%s", mark ? "." : "", name);
    return mark;
}

size_t walk_index(struct walk *w, size_t i)
{
    size_t mark = strlen(w->path);

    snprintf(w->path + mark, sizeof(w->path) - mark, "[%zu]", i);
    return mark;
}

void walk_leave(struct walk *w, size_t mark) { w->path[mark] = 0; }

bool walk_is_handle(const struct fic_type *t)
{
    return t->kind == FIC_CAP || t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION ||
           t->kind == FIC_OBJ;
}

uint64_t walk_handle(const struct walk *w, const struct fic_type *t, uint64_t value)
{
    return w->map && w->map->handle ? w->map->handle(w->map->user, t, value) : value;
}

enum fic_kind walk_base(const struct fic_image *im, const struct fic_type *t)
{
    if (t->kind == FIC_NAMED) return fic_named(im, t)->base;
    if (t->kind == FIC_OBJ) return FIC_U32;
    return walk_is_handle(t) ? FIC_U64 : t->kind;
}

bool walk_unknown(const struct fic_image *im, const struct fic_type *t, uint64_t raw)
{
    const struct fic_typedef *d;
    unsigned bits;
    uint64_t mask, known = 0;

    if (t->kind != FIC_NAMED || fic_named(im, t)->open) return false;
    d = fic_named(im, t);
    bits = 8 * fic_int_size(d->base);
    mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
    for (size_t i = 0; i < d->nmembers; i++) {
        if (!d->members[i].name) continue;
        if (d->kind == FIC_ENUM && (d->members[i].value & mask) == raw) return false;
        if (d->kind == FIC_FLAGS) known |= 1ull << d->members[i].value;
    }
    return d->kind == FIC_ENUM || (raw & ~known);
}

const struct fic_member *walk_member(const struct fic_typedef *d, uint64_t tag)
{
    for (size_t i = 0; i < d->nmembers; i++)
        if (d->members[i].name && d->members[i].value == tag) return &d->members[i];
    return NULL;
}
