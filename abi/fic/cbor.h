/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CBOR (RFC 8949, section 4.2.1) as images and manifests use it: shortest heads,
 * definite lengths, no tags, no floats. The reader refuses everything else; that map keys ascend
 * is checked by its caller with fic_cbor_ascending. */
#ifndef FIC_CBOR_H
#define FIC_CBOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing buffer. */
struct fic_buf {
    uint8_t *data;
    size_t len, cap;
};
void fic_buf_add(struct fic_buf *b, const void *data, size_t len);
void fic_buf_free(struct fic_buf *b);

enum fic_major {
    FIC_CB_UINT,
    FIC_CB_NINT,
    FIC_CB_BYTES,
    FIC_CB_TEXT,
    FIC_CB_ARRAY,
    FIC_CB_MAP,
    FIC_CB_SIMPLE = 7
};

void fic_cbor_head(struct fic_buf *b, enum fic_major major, uint64_t value);
static inline void fic_cbor_uint(struct fic_buf *b, uint64_t v)
{
    fic_cbor_head(b, FIC_CB_UINT, v);
}
void fic_cbor_int(struct fic_buf *b, int64_t v);
void fic_cbor_text(struct fic_buf *b, const char *s);
void fic_cbor_bytes(struct fic_buf *b, const void *p, size_t n);
void fic_cbor_bool(struct fic_buf *b, bool v);
void fic_cbor_null(struct fic_buf *b);

/* Reading: a failure is sticky and remembers where; every read after it yields 0. */
struct fic_cbor {
    const uint8_t *p;
    size_t len, at;
    const char *wrong; /* NULL: fine so far; else what was expected */
    size_t wrong_at;
};

void fic_cbor_start(struct fic_cbor *c, const uint8_t *p, size_t len);
/* Marks the input as bad at the current position. */
void fic_cbor_fail(struct fic_cbor *c, const char *expected);
/* Any head; SIMPLE yields 20 false, 21 true, 22 null and nothing else. */
bool fic_cbor_next(struct fic_cbor *c, enum fic_major *major, uint64_t *value);
/* Major type of the next item without taking it; -1 at the end. */
int fic_cbor_peek(const struct fic_cbor *c);
uint64_t fic_cbor_take_uint(struct fic_cbor *c, uint64_t min, uint64_t max);
/* Array or map head with min..max elements (pairs). */
size_t fic_cbor_take_array(struct fic_cbor *c, size_t min, size_t max);
size_t fic_cbor_take_map(struct fic_cbor *c, size_t min, size_t max);
/* Text or bytes: pointer into the input, length in *n, at most max. "" on failure. Text is checked
 * to be printable ASCII, which is all that names and paths may hold. */
const char *fic_cbor_take_text(struct fic_cbor *c, size_t max, size_t *n);
/* The same, any bytes: for docs, which are only printed. */
const char *fic_cbor_take_any_text(struct fic_cbor *c, size_t max, size_t *n);
const uint8_t *fic_cbor_take_bytes(struct fic_cbor *c, size_t max, size_t *n);
bool fic_cbor_take_null(struct fic_cbor *c); /* true and taken if the next item is null */
bool fic_cbor_take_true(struct fic_cbor *c); /* the item must be true */
/* Call for each map key: its encoding must follow the last one's bytewise. Begin with {0}. */
struct fic_cbor_order {
    size_t at, len;
};
void fic_cbor_ascending(struct fic_cbor *c, struct fic_cbor_order *o, size_t key_at);
/* All of the input must have been taken. False if anything was wrong. */
bool fic_cbor_end(struct fic_cbor *c);

#endif
