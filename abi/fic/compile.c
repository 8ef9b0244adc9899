/* SPDX-License-Identifier: Apache-2.0 */
/* Loads a text and everything that it imports, checks the declarations, builds the images. */
#include "compile.h"
#include "arena.h"
#include "resolve.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LIBRARIES 64

struct loader {
    struct fic_arena *a;
    const struct fic_imports *imports;
    struct fic_error *e;
    struct ast_lib *libs[MAX_LIBRARIES];
    size_t n;
};

static int load_import(struct loader *l, struct ast_import *im)
{
    struct fic_text t;

    for (size_t i = 0; i < l->n; i++)
        if (!strcmp(l->libs[i]->name, im->library) && l->libs[i]->major == im->major) {
            im->lib = l->libs[i];
            return 0;
        }
    for (unsigned k = 0;
         l->imports && l->imports->read(l->imports->ctx, im->library, im->major, k, &t); k++) {
        char *text = fic_arena_text(l->a, t.text, t.len);
        char *file = fic_arena_format(l->a, "%s", t.file);
        struct ast_lib *lib;
        free(t.text);
        free(t.file);
        if (fic_parse(l->a, file, text, t.len, &lib, l->e)) return -1;
        if (strcmp(lib->name, im->library) || lib->major != im->major) continue;
        if (l->n == MAX_LIBRARIES)
            return fic_fail(l->e, &im->pos, NULL, "at most %d libraries", MAX_LIBRARIES);
        im->lib = l->libs[l->n++] = lib;
        return 0;
    }
    fic_fail(l->e, &im->pos, NULL, "a library that can be found (see -I)");
    return fic_found(l->e, "'%s %u'", im->library, im->major);
}

static int load_imports(struct loader *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct ast_lib *lib = l->libs[i];
        for (size_t k = 0; k < lib->nimports; k++) {
            for (size_t j = 0; j < k; j++)
                if (!strcmp(lib->imports[j].alias, lib->imports[k].alias)) {
                    fic_fail(l->e, &lib->imports[k].pos, NULL,
                             "an import whose name is not used yet (see as)");
                    return fic_found(l->e, "'%s'", lib->imports[k].alias);
                }
            if (load_import(l, &lib->imports[k])) return -1;
        }
    }
    return 0;
}

static int compare_decls(const void *x, const void *y)
{
    const struct ast_decl *a = *(struct ast_decl *const *)x, *b = *(struct ast_decl *const *)y;
    int r = strcmp(a->name, b->name);

    if (r) return r;
    if (a->pos.line != b->pos.line) return a->pos.line < b->pos.line ? -1 : 1;
    return a->pos.column < b->pos.column ? -1 : a->pos.column > b->pos.column;
}

static int check_duplicates(struct loader *l, struct ast_lib *lib)
{
    struct ast_decl **v = fic_arena_alloc(l->a, (lib->ndecls + 1) * sizeof(*v));

    for (size_t i = 0; i < lib->ndecls; i++)
        v[i] = &lib->decls[i];
    qsort(v, lib->ndecls, sizeof(*v), compare_decls);
    for (size_t i = 1; i < lib->ndecls; i++)
        if (!strcmp(v[i - 1]->name, v[i]->name)) {
            fic_fail(l->e, &v[i]->pos, NULL, "a name that is not declared yet");
            return fic_found(l->e, "'%s'", v[i]->name);
        }
    return 0;
}

/* Types that no interface reaches are checked too: by an interface made up for them. */
static int check_unused(struct loader *l, struct ast_lib *lib)
{
    for (size_t i = 0; i < lib->ndecls; i++) {
        struct ast_decl *d = &lib->decls[i];
        struct ast_field f = {.name = "x", .pos = d->pos};
        struct ast_item it = {.kind = AST_METHOD, .ordinal = FIC_ORDINAL_FIRST, .name = "x"};
        struct ast_decl iface = {
            .kind = AST_INTERFACE, .name = "Unused", .items = &it, .nitems = 1};
        struct fic_image *im;
        if (d->kind == AST_CONST || d->kind == AST_INTERFACE) continue;
        f.type = (struct ast_type){.kind = FIC_NAMED, .tname = {NULL, d->name, d->pos}};
        it.pos = iface.pos = d->pos;
        it.args = (struct ast_fields){&f, 1};
        if (!strcmp(d->name, iface.name)) iface.name = "Unused2";
        if (fic_build_image(lib, &iface, &im, l->e)) {
            /* Only what the type itself breaks counts, not what a root with it would. */
            if (!strstr(l->e->expected, "arguments ")) return -1;
            continue;
        }
        fic_image_free(im);
    }
    return 0;
}

static int build_images(struct loader *l, struct fic_compiled *c)
{
    struct ast_lib *lib = l->libs[0];

    c->images = fic_arena_alloc(l->a, (lib->ndecls + 1) * sizeof(struct fic_image *));
    c->docs = fic_arena_alloc(l->a, (lib->ndecls + 1) * sizeof(*c->docs));
    for (size_t i = 0; i < lib->ndecls; i++) {
        if (lib->decls[i].kind != AST_INTERFACE) continue;
        if (fic_build_image(lib, &lib->decls[i], &c->images[c->n], l->e)) return -1;
        fic_build_docs(lib, &lib->decls[i], c->images[c->n], &c->docs[c->n].bytes,
                       &c->docs[c->n].len);
        c->n++;
    }
    return check_unused(l, lib);
}

int fic_compile(const char *file, const char *text, size_t len, const struct fic_imports *imports,
                struct fic_compiled **out, struct fic_error *e)
{
    struct fic_arena *a = fic_arena_new();
    struct loader l = {.a = a, .imports = imports, .e = e};
    struct fic_compiled *c = fic_arena_alloc(a, sizeof(*c));
    int r;

    c->arena = a;
    r = fic_parse(a, file, fic_arena_text(a, text, len), len, &l.libs[0], e);
    if (r == 0) {
        l.n = 1;
        c->library = l.libs[0]->name;
        c->major = l.libs[0]->major;
        c->ast = l.libs[0];
        r = load_imports(&l);
    }
    for (size_t i = 0; i < l.n && r == 0; i++)
        r = check_duplicates(&l, l.libs[i]);
    if (r == 0) r = build_images(&l, c);
    if (r)
        fic_compiled_free(c);
    else
        *out = c;
    return r;
}

void fic_compiled_free(struct fic_compiled *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->n; i++) {
        fic_image_free(c->images[i]);
        free(c->docs[i].bytes);
    }
    fic_arena_free(c->arena);
}

const struct fic_image *fic_compiled_find(const struct fic_compiled *c, const char *interface)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->images[i]->name, interface)) return c->images[i];
    return NULL;
}
