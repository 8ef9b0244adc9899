/* SPDX-License-Identifier: Apache-2.0 */
/* From interface text to images: one image an interface, and the docs beside it. */
#ifndef FIC_COMPILE_H
#define FIC_COMPILE_H
#include "image.h"

struct fic_text {
    char *file, *text; /* malloc'ed; taken over and freed by the compiler */
    size_t len;
};

/* Where imports come from. */
struct fic_imports {
    /* Candidate number `attempt` (from 0) for the text of a library: 1 and *out, or 0: no more. The
     * first candidate whose header names the library and the major version is taken. */
    int (*read)(void *ctx, const char *library, unsigned major, unsigned attempt,
                struct fic_text *out);
    void *ctx;
};

struct fic_doc_file {
    uint8_t *bytes; /* NULL: the interface has no docs */
    size_t len;
};

struct ast_lib;

struct fic_compiled {
    const char *library;
    uint32_t major;
    struct fic_image **images; /* in the order of the text */
    struct fic_doc_file *docs; /* as many as images */
    size_t n;
    struct ast_lib *ast; /* what it was compiled from */
    struct fic_arena *arena;
};

/* Compiles a text. `imports` may be NULL: none can be found. 0 and *out, or -1 and *e. */
int fic_compile(const char *file, const char *text, size_t len, const struct fic_imports *imports,
                struct fic_compiled **out, struct fic_error *e);
void fic_compiled_free(struct fic_compiled *c);

/* The image of one interface, or NULL. It stays the compilation's. */
const struct fic_image *fic_compiled_find(const struct fic_compiled *c, const char *interface);

/* Where the text declares a member: "Interface.method", "Struct.field"; deeper parts and what comes
 * after a colon are ignored. What is not there is where its parent is, else where the library is.
 */
struct fic_pos fic_compiled_place(const struct fic_compiled *c, const char *path);

/* Imports from folders: in each, <last part>.fi, <library>.fi and <library>.<major>.fi. */
struct fic_folders {
    const char *const *dirs;
    size_t n;
};
int fic_folders_read(void *folders, const char *library, unsigned major, unsigned attempt,
                     struct fic_text *out);

/* Reads a whole file into *out (text is terminated): 0, or -1 and *e. */
int fic_text_load(const char *path, struct fic_text *out, struct fic_error *e);

#endif
