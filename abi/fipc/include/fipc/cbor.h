/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CBOR (RFC 8949, 4.2.1) without allocation: shortest heads, definite lengths, map
 * keys in bytewise order of their encoding, no tags, no floats, no undefined. The reader refuses
 * everything else. Errors are sticky: after one, every call is harmless and `fipc_cbor_error`
 * tells; so a decoder may be written straight through and asked once at its end. */
#ifndef FIPC_CBOR_H
#define FIPC_CBOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIPC_CBOR_DEPTH 16

enum fipc_cbor_kind {
    FIPC_CBOR_UINT,
    FIPC_CBOR_NINT, /* value v stands for -1 - v */
    FIPC_CBOR_BYTES,
    FIPC_CBOR_TEXT,
    FIPC_CBOR_ARRAY,
    FIPC_CBOR_MAP,
    FIPC_CBOR_FALSE,
    FIPC_CBOR_TRUE,
    FIPC_CBOR_NULL,
    FIPC_CBOR_END, /* no further item at this level, or of the input */
    FIPC_CBOR_BAD
};

/* One open array or map. */
struct fipc_cbor_level {
    uint64_t left; /* items still to come (map: keys and values) */
    const uint8_t *key;
    size_t key_len; /* encoding of the last key */
    bool map;
};

struct fipc_cbor_reader {
    const uint8_t *p, *end;
    struct fipc_cbor_level level[FIPC_CBOR_DEPTH];
    unsigned depth;
    bool bad;
};

struct fipc_cbor_item {
    enum fipc_cbor_kind kind;
    uint64_t value;      /* integers; number of elements or pairs; bytes of a string */
    const uint8_t *data; /* BYTES, TEXT: in the input, borrowed */
};

/* The input must outlive the reader and must not change under it (it is private memory). */
void fipc_cbor_read(struct fipc_cbor_reader *r, const void *data, size_t len);
/* The next item. ARRAY and MAP open a level, whose items follow; at its end comes END once. */
struct fipc_cbor_item fipc_cbor_next(struct fipc_cbor_reader *r);
/* Kind of the next item, nothing taken. */
enum fipc_cbor_kind fipc_cbor_peek(const struct fipc_cbor_reader *r);
/* Takes one item with everything in it (also a map's value of an unknown key). */
void fipc_cbor_skip(struct fipc_cbor_reader *r);
/* Shorthands: another kind, or a value above max, is an error and yields 0, -1 or NULL. */
uint64_t fipc_cbor_uint(struct fipc_cbor_reader *r, uint64_t max);
bool fipc_cbor_int(struct fipc_cbor_reader *r, int64_t *out);
bool fipc_cbor_bool(struct fipc_cbor_reader *r);
const uint8_t *fipc_cbor_string(struct fipc_cbor_reader *r, enum fipc_cbor_kind kind, size_t max,
                                size_t *len);
/* Number of elements or pairs; `kind` is ARRAY or MAP. */
size_t fipc_cbor_open(struct fipc_cbor_reader *r, enum fipc_cbor_kind kind, size_t max);
/* Leaves the open level: everything in it must have been taken. */
void fipc_cbor_close(struct fipc_cbor_reader *r);
/* Everything was taken and nothing was wrong. */
bool fipc_cbor_done(const struct fipc_cbor_reader *r);

/* Writing into a buffer of the caller's. The caller keeps maps sorted. */
struct fipc_cbor_writer {
    uint8_t *data;
    size_t size, len;
    bool full; /* did not fit: len says how far it went, nothing was written beyond size */
};
void fipc_cbor_write(struct fipc_cbor_writer *w, void *data, size_t size);
void fipc_cbor_put_uint(struct fipc_cbor_writer *w, uint64_t v);
void fipc_cbor_put_int(struct fipc_cbor_writer *w, int64_t v);
void fipc_cbor_put_bool(struct fipc_cbor_writer *w, bool v);
void fipc_cbor_put_null(struct fipc_cbor_writer *w);
void fipc_cbor_put_bytes(struct fipc_cbor_writer *w, const void *p, size_t n);
void fipc_cbor_put_text(struct fipc_cbor_writer *w, const char *p, size_t n);
void fipc_cbor_put_array(struct fipc_cbor_writer *w, size_t n);
void fipc_cbor_put_map(struct fipc_cbor_writer *w, size_t n);

/* UTF-8 in shortest form, no surrogates, no NUL. */
bool fipc_utf8_valid(const void *text, size_t len);

#endif
