/* SPDX-License-Identifier: Apache-2.0 */
/* C stubs of one library (FIPC.md 7): OUTDIR/<lib>.h, <lib>_client.c and <lib>_server.c. */
#ifndef FIC_GEN_C_H
#define FIC_GEN_C_H
#include "image.h"

/* All images must be of one library, and every interface that one of them reaches through `obj`
 * must be among them. `history` (may be NULL) is the folder of released interfaces: an image that
 * may not replace one of them is refused, and the stubs know the closures of the others. 0, or -1
 * and *e. */
int fic_gen_c(const struct fic_image *const *images, size_t n, const char *history,
              const char *outdir, struct fic_error *e);

#endif
