/* SPDX-License-Identifier: Apache-2.0 */
/* The closure of an interface: every interface that is reachable from it through `obj`. */
#include "closure.h"
#include "sha256.h"
#include <stdlib.h>
#include <string.h>

struct walk {
    const struct fic_image *const *images;
    size_t nimages;
    const struct fic_image **v;
    size_t n;
    const char *missing;
};

static void closure_add(struct walk *w, const char *tname)
{
    for (size_t i = 0; i < w->n; i++)
        if (!strcmp(w->v[i]->tname, tname)) return;
    for (size_t i = 0; i < w->nimages; i++)
        if (!strcmp(w->images[i]->tname, tname)) {
            w->v[w->n++] = w->images[i];
            return;
        }
    if (!w->missing) w->missing = tname;
}

static void closure_type(struct walk *w, const struct fic_type *t)
{
    if (t->kind == FIC_OBJ) closure_add(w, t->tname);
    if (t->elem) closure_type(w, t->elem);
}

static void closure_fields(struct walk *w, const struct fic_fields *f)
{
    for (size_t i = 0; i < f->n; i++)
        closure_type(w, &f->v[i].type);
}

/* Every type of an image is reachable from it, so that its list of types is all there is to walk.
 */
static void closure_image(struct walk *w, const struct fic_image *im)
{
    for (size_t i = 0; i < im->nmethods; i++) {
        closure_fields(w, &im->methods[i].args);
        closure_fields(w, &im->methods[i].results);
    }
    for (size_t i = 0; i < im->nevents; i++)
        closure_fields(w, &im->events[i].args);
    for (size_t i = 0; i < im->ntypes; i++) {
        closure_fields(w, &im->types[i].fields);
        for (size_t k = 0; k < im->types[i].nmembers; k++)
            if (im->types[i].kind == FIC_UNION && im->types[i].members[k].name)
                closure_type(w, &im->types[i].members[k].field.type);
    }
}

const char *fic_closure(const struct fic_image *const *images, size_t nimages,
                        const struct fic_image *im, const struct fic_image ***v, size_t *n)
{
    struct walk w = {.images = images, .nimages = nimages};

    w.v = calloc(nimages + 1, sizeof(*w.v));
    if (!w.v) abort();
    w.v[w.n++] = im;
    for (size_t i = 0; i < w.n; i++)
        closure_image(&w, w.v[i]);
    *v = w.v;
    *n = w.n;
    return w.missing;
}

/* Bytewise order of the keys' encodings: shorter ones first. */
static int by_key(const void *a, const void *b)
{
    const char *x = (*(const struct fic_image *const *)a)->tname;
    const char *y = (*(const struct fic_image *const *)b)->tname;
    size_t n = strlen(x), m = strlen(y);

    return n != m ? (n < m ? -1 : 1) : strcmp(x, y);
}

void fic_closure_encode(const struct fic_image *const *v, size_t n, struct fic_buf *out)
{
    const struct fic_image **sorted = malloc(n * sizeof(*sorted));

    if (!sorted) abort();
    memcpy(sorted, v, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_key);
    fic_cbor_head(out, FIC_CB_MAP, n);
    for (size_t i = 0; i < n; i++) {
        fic_cbor_text(out, sorted[i]->tname);
        fic_cbor_bytes(out, sorted[i]->identity, sizeof(sorted[i]->identity));
    }
    free(sorted);
}

void fic_closure_identity(const struct fic_image *const *v, size_t n, uint8_t identity[32])
{
    struct fic_buf b = {0};

    fic_closure_encode(v, n, &b);
    fic_sha256(b.data, b.len, identity);
    fic_buf_free(&b);
}
