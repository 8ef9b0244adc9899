/* SPDX-License-Identifier: Apache-2.0 */
/* From image bytes to the model. The shape is checked here, meaning in check.c; at the end the
 * model is encoded again and must give the same bytes, so that one interface has one image. */
#include "arena.h"
#include "cbor.h"
#include "image.h"
#include "sha256.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decoder {
    struct fic_cbor c;
    struct fic_arena *arena;
};

static const char *get_text(struct decoder *d, size_t max)
{
    size_t n;
    const char *s = fic_cbor_take_text(&d->c, max, &n);

    return fic_arena_text(d->arena, s, n);
}

/* The next key must be this one. */
static void get_key(struct decoder *d, uint64_t key) { fic_cbor_take_uint(&d->c, key, key); }

static void get_type(struct decoder *d, struct fic_type *t, unsigned depth)
{
    size_t n;

    if (fic_cbor_peek(&d->c) == FIC_CB_UINT) {
        t->kind = (enum fic_kind)fic_cbor_take_uint(&d->c, FIC_BOOL, FIC_I64);
        return;
    }
    n = fic_cbor_take_array(&d->c, 1, 3);
    t->kind = (enum fic_kind)fic_cbor_take_uint(&d->c, FIC_STRING, FIC_NAMED);
    if (d->c.wrong) return;
    if (n != (t->kind == FIC_VECTOR || t->kind == FIC_ARRAY                  ? 3u
              : t->kind == FIC_CAP_MEMORY || t->kind == FIC_CAP_NOTIFICATION ? 1u
                                                                             : 2u)) {
        fic_cbor_fail(&d->c, "a type");
        return;
    }
    if (n == 3 && depth >= FIC_MAX_NESTING) {
        fic_cbor_fail(&d->c, "at most 8 levels of nesting");
    } else if (n == 3) {
        struct fic_type *elem = fic_arena_alloc(d->arena, sizeof(*elem));
        get_type(d, elem, depth + 1);
        t->elem = elem;
        t->count = (uint32_t)fic_cbor_take_uint(&d->c, 1, FIC_MAX_COUNT);
    } else if (t->kind == FIC_STRING || t->kind == FIC_BYTES) {
        t->count = (uint32_t)fic_cbor_take_uint(&d->c, 1, FIC_MAX_BYTES);
    } else if (t->kind == FIC_CAP || t->kind == FIC_OBJ) {
        t->tname = get_text(d, FIC_MAX_TNAME);
    } else if (t->kind == FIC_NAMED) {
        t->ref = (uint32_t)fic_cbor_take_uint(&d->c, 0, FIC_MAX_IMAGE);
    }
}

static void get_field(struct decoder *d, struct fic_field *f)
{
    size_t n = fic_cbor_take_map(&d->c, 2, 3);

    get_key(d, 0);
    f->name = get_text(d, FIC_MAX_NAME);
    get_key(d, 1);
    get_type(d, &f->type, 0);
    if (n < 3) return;
    get_key(d, 2);
    f->flags = (uint8_t)fic_cbor_take_uint(&d->c, 1, 4);
    if (f->flags == 3) fic_cbor_fail(&d->c, "1, 2 or 4");
}

static void get_fields(struct decoder *d, struct fic_fields *f, size_t min)
{
    f->n = fic_cbor_take_array(&d->c, min, FIC_MAX_FIELDS);
    f->v = fic_arena_alloc(d->arena, f->n * sizeof(*f->v));
    for (size_t i = 0; i < f->n && !d->c.wrong; i++)
        get_field(d, &f->v[i]);
    if (d->c.wrong) f->n = 0;
}

static void get_enum_value(struct decoder *d, struct fic_typedef *t, struct fic_member *m)
{
    enum fic_major major;
    uint64_t v;

    if (!fic_cbor_next(&d->c, &major, &v)) return;
    m->value = major == FIC_CB_NINT ? ~v : v;
    if (major > FIC_CB_NINT || (major == FIC_CB_NINT && t->base < FIC_I8) ||
        (t->base >= FIC_I8 && v > INT64_MAX))
        fic_cbor_fail(&d->c, "a value that the base holds");
}

static void get_members(struct decoder *d, struct fic_typedef *t)
{
    struct fic_cbor_order order = {0};
    size_t n = fic_cbor_take_map(&d->c, 1,
                                 t->kind == FIC_ENUM    ? FIC_MAX_MEMBERS
                                 : t->kind == FIC_FLAGS ? 64u
                                                        : 255u);

    t->members = fic_arena_alloc(d->arena, n * sizeof(*t->members));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_member *m = &t->members[i];
        size_t at = d->c.at;
        if (t->kind == FIC_ENUM)
            get_enum_value(d, t, m);
        else
            m->value =
                fic_cbor_take_uint(&d->c, t->kind == FIC_UNION, t->kind == FIC_UNION ? 255 : 63);
        fic_cbor_ascending(&d->c, &order, at);
        if (!fic_cbor_take_null(&d->c)) {
            if (t->kind == FIC_UNION)
                get_field(d, &m->field);
            else
                m->field.name = get_text(d, FIC_MAX_NAME);
            m->name = m->field.name;
        }
        t->nmembers = i + 1;
    }
}

static void get_typedef(struct decoder *d, struct fic_typedef *t)
{
    size_t n = fic_cbor_take_map(&d->c, 3, 5), known;
    bool based;

    get_key(d, 0);
    t->kind = (enum fic_typedef_kind)fic_cbor_take_uint(&d->c, FIC_ENUM, FIC_UNION);
    based = t->kind == FIC_ENUM || t->kind == FIC_FLAGS;
    known = based ? 4 : 3;
    if (!d->c.wrong && n != known && n != known + 1) fic_cbor_fail(&d->c, "a typedef");
    get_key(d, 1);
    t->tname = get_text(d, FIC_MAX_TNAME);
    if (based) {
        get_key(d, 2);
        t->base = (enum fic_kind)fic_cbor_take_uint(&d->c, FIC_U8,
                                                    t->kind == FIC_ENUM ? FIC_I64 : FIC_U64);
    }
    get_key(d, 3);
    if (t->kind == FIC_STRUCT)
        get_fields(d, &t->fields, 1);
    else
        get_members(d, t);
    if (d->c.wrong || n == known) return;
    get_key(d, 4);
    t->open = fic_cbor_take_true(&d->c);
}

static void get_types(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_array(&d->c, 1, FIC_MAX_IMAGE);

    im->types = fic_arena_alloc(d->arena, n * sizeof(*im->types));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        get_typedef(d, &im->types[i]);
        im->ntypes = i + 1;
    }
}

static void get_methods(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_map(&d->c, 1, FIC_MAX_ITEMS);

    im->methods = fic_arena_alloc(d->arena, n * sizeof(*im->methods));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_method *m = &im->methods[i];
        size_t k;
        m->ordinal = (uint16_t)fic_cbor_take_uint(&d->c, FIC_ORDINAL_FIRST, FIC_ORDINAL_LAST);
        im->nmethods = i + 1;
        if (fic_cbor_take_null(&d->c)) continue;
        k = fic_cbor_take_map(&d->c, 2, 4);
        get_key(d, 0);
        m->name = get_text(d, FIC_MAX_NAME);
        get_key(d, 1);
        get_fields(d, &m->args, 0);
        m->oneway = k == 2;
        if (m->oneway) continue;
        get_key(d, 2);
        get_fields(d, &m->results, 0);
        if (k == 3) continue;
        get_key(d, 3);
        m->flags = (uint8_t)fic_cbor_take_uint(&d->c, 1, 7);
    }
}

static void get_events(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_map(&d->c, 1, FIC_MAX_ITEMS);

    im->events = fic_arena_alloc(d->arena, n * sizeof(*im->events));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_event *v = &im->events[i];
        v->ordinal = (uint16_t)fic_cbor_take_uint(&d->c, FIC_ORDINAL_FIRST, FIC_ORDINAL_LAST);
        fic_cbor_take_map(&d->c, 2, 2);
        get_key(d, 0);
        v->name = get_text(d, FIC_MAX_NAME);
        get_key(d, 1);
        get_fields(d, &v->args, 0);
        im->nevents = i + 1;
    }
}

static void get_errors(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_map(&d->c, 1, FIC_ERROR_LAST - FIC_ERROR_FIRST + 1);

    im->errors = fic_arena_alloc(d->arena, n * sizeof(*im->errors));
    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        im->errors[i].code = (uint16_t)fic_cbor_take_uint(&d->c, FIC_ERROR_FIRST, FIC_ERROR_LAST);
        if (!fic_cbor_take_null(&d->c)) im->errors[i].name = get_text(d, FIC_MAX_NAME);
        im->nerrors = i + 1;
    }
}

static void get_rings(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_array(&d->c, 1, FIC_MAX_RINGS);

    for (size_t i = 0; i < n && !d->c.wrong; i++) {
        struct fic_ring *r = &im->rings[im->nrings++];
        fic_cbor_take_map(&d->c, 4, 4);
        get_key(d, 0);
        r->name = get_text(d, FIC_MAX_NAME);
        get_key(d, 1);
        r->ref = (uint32_t)fic_cbor_take_uint(&d->c, 0, FIC_MAX_IMAGE);
        get_key(d, 2);
        r->depth = (uint32_t)fic_cbor_take_uint(&d->c, 4, 4096);
        get_key(d, 3);
        r->from_server = fic_cbor_take_uint(&d->c, 0, 1) == 1;
    }
}

static void get_pool(struct decoder *d, struct fic_pool *p)
{
    fic_cbor_take_map(&d->c, 4, 4);
    get_key(d, 0);
    p->name = get_text(d, FIC_MAX_NAME);
    get_key(d, 1);
    p->size = (uint32_t)fic_cbor_take_uint(&d->c, 1, FIC_MAX_POOL);
    get_key(d, 2);
    p->client = (enum fic_access)fic_cbor_take_uint(&d->c, 0, 2);
    get_key(d, 3);
    p->server = (enum fic_access)fic_cbor_take_uint(&d->c, 0, 2);
    p->present = !d->c.wrong;
}

static void get_image(struct decoder *d, struct fic_image *im)
{
    size_t n = fic_cbor_take_map(&d->c, 4, 10);
    uint64_t last = 3;

    get_key(d, 0);
    fic_cbor_take_uint(&d->c, 1, 1);
    get_key(d, 1);
    im->library = get_text(d, FIC_MAX_LIBRARY);
    get_key(d, 2);
    im->major = (uint32_t)fic_cbor_take_uint(&d->c, 1, 65535);
    get_key(d, 3);
    im->name = get_text(d, FIC_MAX_NAME);
    for (size_t i = 4; i < n && !d->c.wrong; i++) {
        last = fic_cbor_take_uint(&d->c, last + 1, 9);
        if (d->c.wrong) return;
        switch (last) {
        case 4: get_types(d, im); break;
        case 5: get_methods(d, im); break;
        case 6: get_events(d, im); break;
        case 7: get_errors(d, im); break;
        case 8: get_rings(d, im); break;
        case 9: get_pool(d, &im->pool); break;
        }
    }
}

/* Names in the model that are derived from others. */
static void finish_names(struct fic_image *im)
{
    im->tname = fic_arena_format(im->arena, "%s/%u.%s", im->library, im->major, im->name);
    im->tag = fic_tag(im->tname);
    for (size_t i = 0; i < im->ntypes; i++) {
        const char *slash = strchr(im->types[i].tname, '/');
        const char *dot = slash ? strchr(slash, '.') : NULL;
        im->types[i].name = dot ? dot + 1 : "";
    }
}

static int check_canonical(struct fic_image *im, struct fic_error *e)
{
    uint8_t *again = NULL;
    size_t len = 0;
    bool same;

    if (fic_image_encode(im, &again, &len, e)) return -1;
    same = len == im->size && !memcmp(again, im->bytes, len);
    free(again);
    return same ? 0 : fic_fail(e, NULL, NULL, "the deterministic encoding of the image");
}

int fic_image_decode(const uint8_t *bytes, size_t len, struct fic_image **out, struct fic_error *e)
{
    struct fic_arena *a = fic_arena_new();
    struct fic_image *im = fic_arena_alloc(a, sizeof(*im));
    struct decoder d = {.arena = a};

    im->arena = a;
    if (len > FIC_MAX_IMAGE) {
        fic_fail(e, NULL, NULL, "an image of at most %d bytes", FIC_MAX_IMAGE);
        goto bad;
    }
    fic_cbor_start(&d.c, bytes, len);
    get_image(&d, im);
    if (!fic_cbor_end(&d.c)) {
        fic_fail(e, NULL, NULL, "%s at byte %zu of the image", d.c.wrong, d.c.wrong_at);
        goto bad;
    }
    im->bytes = fic_arena_alloc(a, len + 1);
    memcpy(im->bytes, bytes, len);
    im->size = len;
    fic_sha256(bytes, len, im->identity);
    finish_names(im);
    if (fic_image_check(im, e) || check_canonical(im, e)) goto bad;
    *out = im;
    return 0;
bad:
    fic_arena_free(a);
    return -1;
}

void fic_image_free(struct fic_image *im)
{
    if (im) fic_arena_free(im->arena);
}

int fic_image_load(const char *path, struct fic_image **out, struct fic_error *e)
{
    static uint8_t buf[FIC_MAX_IMAGE + 1];
    struct fic_pos pos = {path, 0, 0};
    FILE *f = fopen(path, "rb");
    size_t n;
    int bad;

    if (!f) return fic_fail(e, &pos, NULL, "a readable file");
    n = fread(buf, 1, sizeof(buf), f);
    bad = ferror(f); /* a folder opens, and does not read */
    fclose(f);
    if (bad) return fic_fail(e, &pos, NULL, "a readable file");
    if (fic_image_decode(buf, n, out, e) == 0) return 0;
    snprintf(e->file, sizeof(e->file), "%s", path);
    return -1;
}

const struct fic_method *fic_image_method(const struct fic_image *im, unsigned ordinal)
{
    for (size_t i = 0; i < im->nmethods; i++)
        if (im->methods[i].ordinal == ordinal) return &im->methods[i];
    return NULL;
}

const struct fic_event *fic_image_event(const struct fic_image *im, unsigned ordinal)
{
    for (size_t i = 0; i < im->nevents; i++)
        if (im->events[i].ordinal == ordinal) return &im->events[i];
    return NULL;
}

uint8_t fic_tag(const char *tname)
{
    uint8_t h[32];

    fic_sha256(tname, strlen(tname), h);
    return h[0];
}

uint64_t fic_label(const char *tname)
{
    uint8_t h[32];
    uint64_t v = 0;

    fic_sha256(tname, strlen(tname), h);
    for (int i = 7; i >= 0; i--)
        v = v << 8 | h[i];
    return v;
}
