/* SPDX-License-Identifier: Apache-2.0 */
/* The docs of an interface: {0: sha256 of the image, 1: {path => text}}. Paths: "" the interface,
 * "read" a method, event, ring or pool, "read.count" an argument, "read->data" a result, "MEDIUM"
 * an error, "futura.fs/1.Attr" a type, "futura.fs/1.Attr.ino" its member. */
#include "arena.h"
#include "cbor.h"
#include "resolve.h"
#include <stdlib.h>
#include <string.h>

struct doc {
    const char *path, *text;
};

struct docs {
    struct fic_arena *a;
    struct doc *v;
    size_t n;
};

static void add(struct docs *d, const char *path, const char *text)
{
    struct doc *x;

    if (!text) return;
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->v[i].path, path)) return;
    x = fic_arena_push(d->a, &d->v, &d->n, sizeof(*x));
    *x = (struct doc){path, text};
}

static void add_fields(struct docs *d, const char *path, const char *mark,
                       const struct ast_fields *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (*f->v[i].name)
            add(d, fic_arena_format(d->a, "%s%s%s", path, mark, f->v[i].name), f->v[i].doc);
}

static void add_items(struct docs *d, struct ast_lib *lib, const struct ast_decl *iface,
                      bool composed)
{
    struct fic_found_decl f;
    struct fic_error ignored;

    for (size_t i = 0; i < iface->nmembers; i++)
        if (iface->members[i].name) add(d, iface->members[i].name, iface->members[i].doc);
    for (size_t i = 0; i < iface->nitems; i++) {
        const struct ast_item *it = &iface->items[i];
        if (it->kind == AST_COMPOSE && !composed &&
            fic_decl_resolve(lib, &it->tname, &f, &ignored) == 0)
            add_items(d, f.lib, f.decl, true);
        if (!it->name) continue;
        add(d, it->name, it->doc);
        add_fields(d, it->name, ".", &it->args);
        add_fields(d, it->name, "->", &it->results);
    }
}

static const struct ast_lib *find_library(const struct ast_lib *lib, const char *name,
                                          uint32_t major, unsigned depth)
{
    if (!strcmp(lib->name, name) && lib->major == major) return lib;
    for (size_t i = 0; depth && i < lib->nimports; i++) {
        const struct ast_lib *l = find_library(lib->imports[i].lib, name, major, depth - 1);
        if (l) return l;
    }
    return NULL;
}

static void add_types(struct docs *d, struct ast_lib *lib, const struct fic_image *im)
{
    for (size_t i = 0; i < im->ntypes; i++) {
        char name[FIC_MAX_LIBRARY + 1];
        const char *last;
        uint32_t major;
        const struct ast_lib *l;
        const struct ast_decl *t;
        if (fic_tname_split(im->types[i].tname, name, &major, &last)) continue;
        l = find_library(lib, name, major, FIC_MAX_NESTING);
        t = l ? fic_decl_find(l, last) : NULL;
        if (!t) continue;
        add(d, im->types[i].tname, t->doc);
        add_fields(d, im->types[i].tname, ".", &t->fields);
        for (size_t k = 0; k < t->nmembers; k++)
            if (t->members[k].name)
                add(d, fic_arena_format(d->a, "%s.%s", im->types[i].tname, t->members[k].name),
                    t->members[k].doc);
    }
}

/* Order of the encoded keys: a shorter text has the smaller head. */
static int compare_docs(const void *x, const void *y)
{
    const struct doc *a = x, *b = y;
    size_t na = strlen(a->path), nb = strlen(b->path);

    if (na != nb) return na < nb ? -1 : 1;
    return strcmp(a->path, b->path);
}

void fic_build_docs(struct ast_lib *lib, struct ast_decl *iface, const struct fic_image *im,
                    uint8_t **out, size_t *len)
{
    struct docs d = {.a = fic_arena_new()};
    struct fic_buf b = {0};

    add(&d, "", iface->doc);
    add_items(&d, lib, iface, false);
    add_types(&d, lib, im);
    if (d.n) {
        qsort(d.v, d.n, sizeof(*d.v), compare_docs);
        fic_cbor_head(&b, FIC_CB_MAP, 2);
        fic_cbor_uint(&b, 0);
        fic_cbor_bytes(&b, im->identity, sizeof(im->identity));
        fic_cbor_uint(&b, 1);
        fic_cbor_head(&b, FIC_CB_MAP, d.n);
        for (size_t i = 0; i < d.n; i++) {
            fic_cbor_text(&b, d.v[i].path);
            fic_cbor_text(&b, d.v[i].text);
        }
    }
    fic_arena_free(d.a);
    *out = b.data;
    *len = b.len;
}
