/* SPDX-License-Identifier: Apache-2.0 */
/* What both directions share: where in the message the walk is. */
#ifndef FIC_TRANSCODE_IMPL_H
#define FIC_TRANSCODE_IMPL_H
#include "fipc/cbor.h"
#include "futura/errors.h"
#include "layout.h"
#include "transcode.h"

struct walk {
    const struct fic_image *im;
    const struct fic_transcode_map *map;
    struct fic_transcode_error *e;
    char path[192];
    uint8_t *half;
    size_t half_len; /* bytes that exist (reading) or FIC_HALF_MAX (writing) */
    size_t cursor;
    bool loose;                  /* a longer stride was met: what follows in a gap is not known */
    struct fic_buf *out;         /* to CBOR */
    struct fipc_cbor_reader *in; /* from CBOR */
};

/* Sets the error; returns -1. */
int walk_fail(struct walk *w, unsigned code);
/* Appends ".name" or "[i]" to the path; returns what to give to walk_leave. */
size_t walk_enter(struct walk *w, const char *name);
size_t walk_index(struct walk *w, size_t i);
void walk_leave(struct walk *w, size_t mark);
uint64_t walk_handle(const struct walk *w, const struct fic_type *t, uint64_t value);
/* Integer as it lies in memory, and as a value: sign extended by kind. */
enum fic_kind walk_base(const struct fic_image *im, const struct fic_type *t);
bool walk_is_handle(const struct fic_type *t);
/* A strict enum or flags type does not know the raw value. */
bool walk_unknown(const struct fic_image *im, const struct fic_type *t, uint64_t raw);
const struct fic_member *walk_member(const struct fic_typedef *d, uint64_t tag);

#endif
