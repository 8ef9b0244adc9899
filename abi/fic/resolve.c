/* SPDX-License-Identifier: Apache-2.0 */
/* Look-up of names. */
#include "resolve.h"
#include <string.h>

struct ast_decl *fic_decl_find(const struct ast_lib *lib, const char *name)
{
    for (size_t i = 0; i < lib->ndecls; i++)
        if (!strcmp(lib->decls[i].name, name)) return &lib->decls[i];
    return NULL;
}

int fic_decl_resolve(struct ast_lib *lib, const struct ast_tname *t, struct fic_found_decl *out,
                     struct fic_error *e)
{
    out->lib = lib;
    if (t->alias) {
        out->lib = NULL;
        for (size_t i = 0; i < lib->nimports; i++)
            if (!strcmp(lib->imports[i].alias, t->alias)) out->lib = lib->imports[i].lib;
        if (!out->lib) {
            fic_fail(e, &t->pos, NULL, "the name of an import");
            return fic_found(e, "'%s'", t->alias);
        }
    }
    out->decl = fic_decl_find(out->lib, t->name);
    if (!out->decl || out->decl->kind == AST_CONST) {
        fic_fail(e, &t->pos, NULL, "a type or interface that is declared");
        return fic_found(e, "'%s'", t->name);
    }
    return 0;
}

int fic_num_resolve(const struct ast_lib *lib, const struct ast_num *n, uint64_t min, uint64_t max,
                    const char *what, uint64_t *out, struct fic_error *e)
{
    *out = n->value;
    if (n->name) {
        const struct ast_decl *d = fic_decl_find(lib, n->name);
        if (!d || d->kind != AST_CONST) {
            fic_fail(e, &n->pos, NULL, "a constant that is declared");
            return fic_found(e, "'%s'", n->name);
        }
        *out = d->value;
    }
    if (*out >= min && *out <= max) return 0;
    fic_fail(e, &n->pos, NULL, "%s in %llu..%llu", what, (unsigned long long)min,
             (unsigned long long)max);
    return fic_found(e, "%llu", (unsigned long long)*out);
}
