/* SPDX-License-Identifier: Apache-2.0 */
/* From the model to the image: deterministic CBOR, map keys in ascending order. */
#include "cbor.h"
#include "image.h"
#include <stdlib.h>
#include <string.h>

static void put_type(struct fic_buf *b, const struct fic_type *t)
{
    switch (t->kind) {
    case FIC_STRING:
    case FIC_BYTES:
        fic_cbor_head(b, FIC_CB_ARRAY, 2);
        fic_cbor_uint(b, t->kind);
        fic_cbor_uint(b, t->count);
        return;
    case FIC_VECTOR:
    case FIC_ARRAY:
        fic_cbor_head(b, FIC_CB_ARRAY, 3);
        fic_cbor_uint(b, t->kind);
        put_type(b, t->elem);
        fic_cbor_uint(b, t->count);
        return;
    case FIC_CAP:
    case FIC_OBJ:
        fic_cbor_head(b, FIC_CB_ARRAY, 2);
        fic_cbor_uint(b, t->kind);
        fic_cbor_text(b, t->tname);
        return;
    case FIC_CAP_MEMORY:
    case FIC_CAP_NOTIFICATION:
        fic_cbor_head(b, FIC_CB_ARRAY, 1);
        fic_cbor_uint(b, t->kind);
        return;
    case FIC_NAMED:
        fic_cbor_head(b, FIC_CB_ARRAY, 2);
        fic_cbor_uint(b, t->kind);
        fic_cbor_uint(b, t->ref);
        return;
    default: fic_cbor_uint(b, t->kind); return;
    }
}

static void put_field(struct fic_buf *b, const struct fic_field *f)
{
    fic_cbor_head(b, FIC_CB_MAP, f->flags ? 3 : 2);
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, f->name);
    fic_cbor_uint(b, 1);
    put_type(b, &f->type);
    if (!f->flags) return;
    fic_cbor_uint(b, 2);
    fic_cbor_uint(b, f->flags);
}

static void put_fields(struct fic_buf *b, const struct fic_fields *f)
{
    fic_cbor_head(b, FIC_CB_ARRAY, f->n);
    for (size_t i = 0; i < f->n; i++)
        put_field(b, &f->v[i]);
}

static void put_typedef(struct fic_buf *b, const struct fic_typedef *d)
{
    bool based = d->kind == FIC_ENUM || d->kind == FIC_FLAGS;

    fic_cbor_head(b, FIC_CB_MAP, 3u + based + d->open);
    fic_cbor_uint(b, 0);
    fic_cbor_uint(b, d->kind);
    fic_cbor_uint(b, 1);
    fic_cbor_text(b, d->tname);
    if (based) {
        fic_cbor_uint(b, 2);
        fic_cbor_uint(b, d->base);
    }
    fic_cbor_uint(b, 3);
    if (d->kind == FIC_STRUCT) {
        put_fields(b, &d->fields);
    } else {
        fic_cbor_head(b, FIC_CB_MAP, d->nmembers);
        for (size_t i = 0; i < d->nmembers; i++) {
            const struct fic_member *m = &d->members[i];
            if (d->kind == FIC_ENUM && d->base >= FIC_I8)
                fic_cbor_int(b, (int64_t)m->value);
            else
                fic_cbor_uint(b, m->value);
            if (!m->name)
                fic_cbor_null(b);
            else if (based)
                fic_cbor_text(b, m->name);
            else
                put_field(b, &m->field);
        }
    }
    if (!d->open) return;
    fic_cbor_uint(b, 4);
    fic_cbor_bool(b, true);
}

static void put_method(struct fic_buf *b, const struct fic_method *m)
{
    fic_cbor_uint(b, m->ordinal);
    if (!m->name) {
        fic_cbor_null(b);
        return;
    }
    fic_cbor_head(b, FIC_CB_MAP, 2u + !m->oneway + (m->flags != 0));
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, m->name);
    fic_cbor_uint(b, 1);
    put_fields(b, &m->args);
    if (!m->oneway) {
        fic_cbor_uint(b, 2);
        put_fields(b, &m->results);
    }
    if (m->flags) {
        fic_cbor_uint(b, 3);
        fic_cbor_uint(b, m->flags);
    }
}

static void put_event(struct fic_buf *b, const struct fic_event *v)
{
    fic_cbor_uint(b, v->ordinal);
    fic_cbor_head(b, FIC_CB_MAP, 2);
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, v->name);
    fic_cbor_uint(b, 1);
    put_fields(b, &v->args);
}

static void put_ring(struct fic_buf *b, const struct fic_ring *r)
{
    fic_cbor_head(b, FIC_CB_MAP, 4);
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, r->name);
    fic_cbor_uint(b, 1);
    fic_cbor_uint(b, r->ref);
    fic_cbor_uint(b, 2);
    fic_cbor_uint(b, r->depth);
    fic_cbor_uint(b, 3);
    fic_cbor_uint(b, r->from_server);
}

static void put_pool(struct fic_buf *b, const struct fic_pool *p)
{
    fic_cbor_uint(b, 9);
    fic_cbor_head(b, FIC_CB_MAP, 4);
    fic_cbor_uint(b, 0);
    fic_cbor_text(b, p->name);
    fic_cbor_uint(b, 1);
    fic_cbor_uint(b, p->size);
    fic_cbor_uint(b, 2);
    fic_cbor_uint(b, p->client);
    fic_cbor_uint(b, 3);
    fic_cbor_uint(b, p->server);
}

static void put_errors(struct fic_buf *b, const struct fic_image *im)
{
    fic_cbor_uint(b, 7);
    fic_cbor_head(b, FIC_CB_MAP, im->nerrors);
    for (size_t i = 0; i < im->nerrors; i++) {
        fic_cbor_uint(b, im->errors[i].code);
        if (im->errors[i].name)
            fic_cbor_text(b, im->errors[i].name);
        else
            fic_cbor_null(b);
    }
}

/* Key and head of a collection, unless it is empty. */
static bool put_collection(struct fic_buf *b, unsigned key, enum fic_major major, size_t n)
{
    if (n == 0) return false;
    fic_cbor_uint(b, key);
    fic_cbor_head(b, major, n);
    return true;
}

static void put_image(struct fic_buf *b, const struct fic_image *im)
{
    fic_cbor_head(b, FIC_CB_MAP,
                  4u + (im->ntypes > 0) + (im->nmethods > 0) + (im->nevents > 0) +
                      (im->nerrors > 0) + (im->nrings > 0) + im->pool.present);
    fic_cbor_uint(b, 0);
    fic_cbor_uint(b, 1);
    fic_cbor_uint(b, 1);
    fic_cbor_text(b, im->library);
    fic_cbor_uint(b, 2);
    fic_cbor_uint(b, im->major);
    fic_cbor_uint(b, 3);
    fic_cbor_text(b, im->name);
    if (put_collection(b, 4, FIC_CB_ARRAY, im->ntypes))
        for (size_t i = 0; i < im->ntypes; i++)
            put_typedef(b, &im->types[i]);
    if (put_collection(b, 5, FIC_CB_MAP, im->nmethods))
        for (size_t i = 0; i < im->nmethods; i++)
            put_method(b, &im->methods[i]);
    if (put_collection(b, 6, FIC_CB_MAP, im->nevents))
        for (size_t i = 0; i < im->nevents; i++)
            put_event(b, &im->events[i]);
    if (im->nerrors) put_errors(b, im);
    if (put_collection(b, 8, FIC_CB_ARRAY, im->nrings))
        for (size_t i = 0; i < im->nrings; i++)
            put_ring(b, &im->rings[i]);
    if (im->pool.present) put_pool(b, &im->pool);
}

int fic_image_encode(const struct fic_image *im, uint8_t **out, size_t *len, struct fic_error *e)
{
    struct fic_buf b = {0};

    put_image(&b, im);
    if (b.len > FIC_MAX_IMAGE) {
        size_t size = b.len;
        fic_buf_free(&b);
        fic_fail(e, &im->pos, im->name, "an image of at most %d bytes", FIC_MAX_IMAGE);
        return fic_found(e, "%zu bytes", size);
    }
    *out = b.data;
    *len = b.len;
    return 0;
}
