/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that fic prints about an image as text. */
#ifndef FIC_PRINT_H
#define FIC_PRINT_H
#include "image.h"
#include <stdio.h>

/* A library that an image mentions. */
struct fic_library_name {
    char name[FIC_MAX_LIBRARY + 1];
    uint32_t major;
};

/* The libraries that an image mentions, its own first; malloc'ed, *n of them. */
struct fic_library_name *fic_image_libraries(const struct fic_image *im, size_t *n);

/* Canonical text of one of these libraries, as far as the image knows it. The files are called
 * <library>.<major>.fi, so that imports find each other. */
void fic_decompile(const struct fic_image *im, const struct fic_library_name *libs, size_t n,
                   size_t which, FILE *out);

/* One type as the language writes it; names of other libraries in full. */
void fic_print_type(const struct fic_image *im, const struct fic_type *t, FILE *out);

/* "add(a: u32, b: u32)": fields in brackets. */
void fic_print_fields(const struct fic_image *im, const struct fic_fields *f, FILE *out);

void fic_describe(const struct fic_image *im, FILE *out); /* for people: what it offers */
void fic_print_layout(const struct fic_image *im, FILE *out);

/* Generators; docs is the side file's content or NULL. */
int fic_gen_markdown(const struct fic_image *im, const uint8_t *docs, size_t len, FILE *out,
                     struct fic_error *e);
void fic_gen_cddl(const struct fic_image *im, FILE *out);
void fic_gen_wireshark(const struct fic_image *const *images, size_t n, FILE *out);
void fic_gen_fuzz(const struct fic_image *im, FILE *out);

#endif
