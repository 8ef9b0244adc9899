/* SPDX-License-Identifier: Apache-2.0 */
/* Names to declarations, across libraries; shared by compile.c and build.c. */
#ifndef FIC_RESOLVE_H
#define FIC_RESOLVE_H
#include "ast.h"

/* A declaration and the library in which its own names are looked up. */
struct fic_found_decl {
    struct ast_lib *lib;
    struct ast_decl *decl;
};

/* A type, interface or constant by name in this library; NULL: none. */
struct ast_decl *fic_decl_find(const struct ast_lib *lib, const char *name);
/* What a name means here: 0, or -1 and *e. */
int fic_decl_resolve(struct ast_lib *lib, const struct ast_tname *t, struct fic_found_decl *out,
                     struct fic_error *e);
/* The value of a number, min..max. */
int fic_num_resolve(const struct ast_lib *lib, const struct ast_num *n, uint64_t min, uint64_t max,
                    const char *what, uint64_t *out, struct fic_error *e);

/* Builds the model of one interface in an image of its own, checks and encodes it. */
int fic_build_image(struct ast_lib *lib, struct ast_decl *iface, struct fic_image **out,
                    struct fic_error *e);

/* The docs of an interface as CBOR; *len 0 if there are none. *out is malloc'ed. */
void fic_build_docs(struct ast_lib *lib, struct ast_decl *iface, const struct fic_image *im,
                    uint8_t **out, size_t *len);

#endif
