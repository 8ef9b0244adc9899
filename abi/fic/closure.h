/* SPDX-License-Identifier: Apache-2.0 */
/* The closure of an interface (itself and every interface that is reachable from it through `obj`)
 * and its identity, by which the two ends of a connection see whether they fit. */
#ifndef FIC_CLOSURE_H
#define FIC_CLOSURE_H
#include "cbor.h"
#include "image.h"

/* The closure of `im` among `images`, itself first: *v (to be freed with free; its images stay the
 * caller's) and *n. NULL: complete; else the tname of an interface that is missing. */
const char *fic_closure(const struct fic_image *const *images, size_t nimages,
                        const struct fic_image *im, const struct fic_image ***v, size_t *n);

/* Appends the map {tname => identity of the image} as deterministic CBOR. */
void fic_closure_encode(const struct fic_image *const *v, size_t n, struct fic_buf *out);

/* SHA-256 of that map. */
void fic_closure_identity(const struct fic_image *const *v, size_t n, uint8_t identity[32]);

#endif
