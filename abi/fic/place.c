/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the text a member of an image was declared, for what is found out from images alone. */
#include "ast.h"
#include "compile.h"
#include <string.h>

static bool names(const char *name, const char *part, size_t n)
{
    return name && strlen(name) == n && !memcmp(name, part, n);
}

static const struct ast_decl *find_decl(const struct ast_lib *lib, const char *name, size_t n)
{
    for (size_t i = 0; i < lib->ndecls; i++)
        if (names(lib->decls[i].name, name, n)) return &lib->decls[i];
    return NULL;
}

static const struct fic_pos *find_field(const struct ast_fields *f, const char *name, size_t n)
{
    for (size_t i = 0; i < f->n; i++)
        if (names(f->v[i].name, name, n)) return &f->v[i].pos;
    return NULL;
}

/* Position of a method, event, ring, pool, field or member; NULL: there is none of this name. */
static const struct fic_pos *find_member(const struct ast_decl *d, const char *name, size_t n)
{
    for (size_t i = 0; i < d->nitems; i++)
        if (names(d->items[i].name, name, n)) return &d->items[i].pos;
    for (size_t i = 0; i < d->nmembers; i++)
        if (names(d->members[i].name, name, n)) return &d->members[i].pos;
    return find_field(&d->fields, name, n);
}

/* The same in what the interface composes. */
static const struct fic_pos *find_composed(const struct ast_lib *lib, const struct ast_decl *d,
                                           const char *name, size_t n)
{
    for (size_t i = 0; i < d->nitems; i++) {
        const struct ast_tname *t = &d->items[i].tname;
        const struct ast_decl *other = NULL;
        const struct fic_pos *pos;
        if (d->items[i].kind == AST_COMPOSE && !t->alias)
            other = find_decl(lib, t->name, strlen(t->name));
        pos = other ? find_member(other, name, n) : NULL;
        if (pos) return pos;
    }
    return NULL;
}

static const struct fic_pos *find_in(const struct ast_lib *lib, const char *path)
{
    size_t n = strcspn(path, ".:");
    const struct ast_decl *d = find_decl(lib, path, n);
    const struct fic_pos *pos = NULL;

    if (!d) return NULL;
    if (path[n] == '.') {
        const char *member = path + n + 1;
        size_t k = strcspn(member, ".:");
        pos = find_member(d, member, k);
        if (!pos) pos = find_composed(lib, d, member, k);
    }
    return pos ? pos : &d->pos;
}

struct fic_pos fic_compiled_place(const struct fic_compiled *c, const char *path)
{
    const struct fic_pos *pos = find_in(c->ast, path);

    for (size_t i = 0; i < c->ast->nimports && !pos; i++)
        if (c->ast->imports[i].lib) pos = find_in(c->ast->imports[i].lib, path);
    return pos ? *pos : c->ast->pos;
}
