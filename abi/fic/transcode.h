/* SPDX-License-Identifier: Apache-2.0 */
/* The two encodings of one schema (FIPC.md 5): a message in the local form (words and half) to CBOR
 * arguments and back, interpreting the sender's image. For every valid local message m,
 * local(cbor(m)) == m byte for byte. What the image does not know is refused, never dropped. */
#ifndef FIC_TRANSCODE_H
#define FIC_TRANSCODE_H
#include "cbor.h"
#include "image.h"

/* Largest data area of a half. */
#define FIC_HALF_MAX 69568u

/* A message without its w0: root words in registers (at most 4 words) or at the half's start. */
struct fic_local {
    uint64_t w[4];
    unsigned words; /* root size as in w0 */
    uint8_t *half;  /* the data area; FIC_HALF_MAX bytes when it is written to */
    size_t half_len;
};

struct fic_transcode_error {
    unsigned code; /* a fut_err: EBADMSG malformed, EPROTO not known, EOPNOTSUPP does not cross */
    char at[192];  /* the field at fault, as "entries[2].name"; "" the message as a whole */
};

/* Maps tickets and object numbers to export numbers and back; NULL: they stay as they are. */
struct fic_transcode_map {
    uint64_t (*handle)(void *user, const struct fic_type *t, uint64_t value);
    void *user;
};

/* Appends the CBOR map of the fields to *out. 0, or -1 and *e. */
int fic_local_to_cbor(const struct fic_image *im, const struct fic_fields *f,
                      const struct fic_local *m, const struct fic_transcode_map *map,
                      struct fic_buf *out, struct fic_transcode_error *e);

/* Fills *m; m->half must have room for FIC_HALF_MAX bytes. 0, or -1 and *e. */
int fic_cbor_to_local(const struct fic_image *im, const struct fic_fields *f, const uint8_t *cbor,
                      size_t len, const struct fic_transcode_map *map, struct fic_local *m,
                      struct fic_transcode_error *e);

#endif
