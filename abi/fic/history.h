/* SPDX-License-Identifier: Apache-2.0 */
/* Released interfaces: DIR/<library>.<Interface>/<sha256>.cbor, an image by its identity, and
 * <sha256>.closure beside it, the map {tname => image} of a closure by its identity. What is there
 * is never changed or taken away; every later image must be able to replace all of them. */
#ifndef FIC_HISTORY_H
#define FIC_HISTORY_H
#include "compile.h"

struct fic_history {
    struct fic_image **images; /* of the same major version, sorted by file name */
    size_t n;
    uint8_t (*closures)[32]; /* identities, sorted */
    size_t nclosures;
};

/* "<library>.<Interface>" of a tname. */
struct fic_history_name {
    char s[FIC_MAX_TNAME + 1];
};
struct fic_history_name fic_history_folder(const char *tname);

/* Reads what is released of the interface of `im`; no folder: nothing is. Refuses files whose name
 * is not the SHA-256 of their content, other interfaces' images, and closures that name an image
 * that is not released. 0 and *out (to be freed by fic_history_free), or -1 and *e. */
int fic_history_load(const char *dir, const struct fic_image *im, struct fic_history **out,
                     struct fic_error *e);
void fic_history_free(struct fic_history *h);

/* May `im` replace every released image? 0, or -1 and *e with the rule that it breaks, at its place
 * in the text that it was compiled from (NULL: unknown, the error names the folder of the history).
 */
int fic_history_check(const char *dir, const struct fic_history *h, const struct fic_image *im,
                      const struct fic_compiled *text, struct fic_error *e);

/* Every folder of DIR is that of one of the images, or of an older major version of their library:
 * no released interface is gone. */
int fic_history_complete(const char *dir, const struct fic_image *const *images, size_t n,
                         struct fic_error *e);

#endif
