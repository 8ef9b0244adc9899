/* SPDX-License-Identifier: Apache-2.0 */
/* May a new image replace an old one? Every row of the table of evolution. */
#ifndef FIC_COMPAT_H
#define FIC_COMPAT_H
#include "image.h"

struct fic_finding {
    bool rejected;    /* false: a warning */
    const char *rule; /* stable short name, such as "required-appended" */
    char text[320];   /* what and where */
};

struct fic_compat {
    struct fic_finding *v;
    size_t n;
    size_t rejected; /* how many of them reject */
};

/* Compares; the report is to be freed with fic_compat_free. True: accepted. */
bool fic_compat(const struct fic_image *old, const struct fic_image *new,
                struct fic_compat *report);
void fic_compat_free(struct fic_compat *report);

#endif
