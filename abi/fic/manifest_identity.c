/* SPDX-License-Identifier: Apache-2.0 */
/* Closure identities of a manifest's offers and uses, put in when an image is assembled: from then
 * on the manifest says not only which interfaces meet, but which versions of them. */
#include "arena.h"
#include "closure.h"
#include "manifest.h"
#include <stdlib.h>

static int identity_make(const struct fic_imports *im, const char *tname, const struct fic_pos *pos,
                         struct fic_arena *arena, const uint8_t **out, struct fic_error *e)
{
    uint8_t *identity = fic_arena_alloc(arena, 32);
    const struct fic_image **closure;
    const struct fic_image *image;
    struct fic_compiled *c;
    const char *missing;
    size_t n;
    int r = 0;

    if (fic_system_find(im, tname, pos, &c, &image, e)) return -1;
    missing = fic_closure((const struct fic_image *const *)c->images, c->n, image, &closure, &n);
    if (missing)
        r = fic_fail(e, pos, tname, "the interface %s, an object of it", missing);
    else
        fic_closure_identity(closure, n, identity);
    free(closure);
    fic_compiled_free(c);
    *out = identity;
    return r;
}

int fic_system_identify(struct fic_system *s, const struct fic_imports *im, struct fic_error *e)
{
    for (size_t i = 0; i < s->n; i++) {
        struct fic_sys_component *c = &s->components[i];
        for (size_t k = 0; k < c->noffers; k++) {
            struct fic_sys_offer *o = &c->offers[k];
            if (identity_make(im, o->tname, &o->pos, s->arena, &o->identity, e)) return -1;
        }
        for (size_t k = 0; k < c->nuses; k++) {
            struct fic_sys_use *u = &c->uses[k];
            if (identity_make(im, u->tname, &u->pos, s->arena, &u->identity, e)) return -1;
        }
    }
    return 0;
}
