/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Smallest strict codec for deterministic CBOR (RFC 8949 section 4.2.1) that the system manifest
 * and the start page need: unsigned integers, byte and text strings, arrays, maps with unsigned
 * keys, true and false. Anything else, a head that is not the shortest, an indefinite length or
 * keys that do not ascend are refused.
 *
 * No allocation, no libc. Reader and writer have a sticky error, so that a sequence of calls needs
 * one check at its end; after an error reads yield zero and writes do nothing.
 */
#ifndef STRICT_CBOR_H
#define STRICT_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A string inside the input: not NUL-terminated. */
struct scbor_str {
    const char *s;
    uint32_t len;
};

struct scbor_in {
    const uint8_t *data;
    size_t len, pos;
    bool failed; /* pos then is near the byte at fault */
};

struct scbor_out {
    uint8_t *data;
    size_t cap, len;
    bool failed; /* the buffer was too small */
};

/* Iteration over a map whose keys are unsigned: `left` entries follow, keys must exceed `last`. */
struct scbor_map {
    uint64_t left, last;
    bool any;
};

void scbor_in_init(struct scbor_in *in, const void *data, size_t len);
uint64_t scbor_read_uint(struct scbor_in *in);
struct scbor_str scbor_read_text(struct scbor_in *in); /* valid UTF-8 without NUL */
struct scbor_str scbor_read_bytes(struct scbor_in *in);
bool scbor_read_bool(struct scbor_in *in);
uint64_t scbor_read_array(struct scbor_in *in); /* number of elements; at most bytes left */
void scbor_read_map(struct scbor_in *in, struct scbor_map *m);

/* Reads the next key; false at the end of the map or after an error. */
bool scbor_map_next(struct scbor_in *in, struct scbor_map *m, uint64_t *key);

/* True if nothing failed and no byte is left. */
bool scbor_in_is_done(const struct scbor_in *in);

void scbor_out_init(struct scbor_out *out, void *data, size_t cap);
void scbor_write_uint(struct scbor_out *out, uint64_t v);
void scbor_write_text(struct scbor_out *out, struct scbor_str s);
void scbor_write_bytes(struct scbor_out *out, struct scbor_str s);
void scbor_write_bool(struct scbor_out *out, bool v);
void scbor_write_array(struct scbor_out *out, uint64_t n);
void scbor_write_map(struct scbor_out *out, uint64_t n);

bool scbor_str_is_equal(struct scbor_str a, struct scbor_str b);

/* Is `s` the NUL-terminated string `z`? */
bool scbor_str_is(struct scbor_str s, const char *z);
struct scbor_str scbor_str_of(const char *z);

#endif
