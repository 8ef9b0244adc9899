/* SPDX-License-Identifier: Apache-2.0 */
/* Types as tables, and the codec that walks them. Generated stubs handle scalars, strings and bytes
 * of a root inline and leave everything nested to this codec; so there is one validator of nested
 * data, and it is tested and fuzzed once.
 *
 * In C: bool, integers, enums and flags are what they look like; cap is a uint64_t ticket; obj is a
 * uint32_t; string, bytes and vector are pointer and length; array is an array; structs are
 * structs, open or not, by value; a union is {uint32_t tag; union u}, where an unknown tag of an
 * open union has no payload; an optional member of a struct is preceded by `bool has_<name>`
 * (except cap and obj, where 0 is absent). */
#ifndef FIPC_TYPE_H
#define FIPC_TYPE_H
#include "fipc/memory.h"
#include "futura/errors.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Out-of-line values in C; all three have one layout. A decoded string is terminated by a NUL that
 * `len` does not count. */
struct fipc_string {
    const char *data;
    size_t len;
};
struct fipc_bytes {
    const uint8_t *data;
    size_t len;
};
struct fipc_vector { /* only where vectors nest in each other; else the pointer has its type */
    const void *v;
    size_t n;
};

enum fipc_kind {
    FIPC_BOOL,
    FIPC_INT,   /* any integer; also open enums and open flags */
    FIPC_ENUM,  /* strict: parts are the values */
    FIPC_FLAGS, /* strict: mask has the bits */
    FIPC_CAP,
    FIPC_OBJ,
    FIPC_ARRAY,
    FIPC_STRUCT,
    FIPC_UNION,
    FIPC_OPEN_UNION,
    FIPC_STRING, /* from here on: a slice */
    FIPC_BYTES,
    FIPC_VECTOR,
    FIPC_OPEN_STRUCT
};

struct fipc_type {
    uint8_t kind;
    uint8_t plain;      /* 1: nothing out of line, no optional members: C and wire layout are one */
    uint8_t flat;       /* OPEN_STRUCT: 1: its block is laid out as in C and any bytes are valid */
    uint32_t wire;      /* bytes in the parent */
    uint32_t size;      /* bytes in C */
    uint32_t count;     /* bound, or number of elements, fields, members, values */
    uint32_t stride;    /* of the out-of-line block; 0: none */
    uint32_t required;  /* OPEN_STRUCT: bytes that must have been sent */
    uint32_t payload;   /* UNION: offset of the payload on the wire */
    uint32_t c_payload; /* UNION, OPEN_UNION: offset of the payload in C */
    uint64_t mask;      /* FLAGS */
    const struct fipc_type *elem; /* ARRAY, VECTOR */
    const void *parts;            /* struct fipc_field[], struct fipc_member[] or uint64_t[] */
};

enum { FIPC_OPTIONAL = 1, FIPC_RESERVED = 2 };
struct fipc_field {
    const struct fipc_type *type;
    uint32_t wire, c;         /* offsets */
    uint32_t has_wire, has_c; /* of the bytes that say present; 0: none (wire), unused (c) */
    uint32_t flags;
};
struct fipc_member {
    uint32_t tag;
    const struct fipc_type *type;
};

/* A slice as it lies on the wire. */
struct fipc_slice {
    uint32_t count;
    uint16_t at; /* in units of 8 bytes from the data's start */
    uint16_t stride;
};

/* Reading a message's out-of-line data. `data` is shared memory; it is fetched once. */
struct fipc_in {
    const uint8_t *data;
    uint32_t limit;  /* bytes of data; 0: none */
    uint32_t cursor; /* where the next block must be */
    uint32_t loose;  /* 1: blocks of unknown content may lie before the next one */
    fut_err bad;     /* what a malformed message is: EBADMSG in servers, EPROTO in clients */
    struct fipc_arena *arena; /* where strings, bytes and vectors go */
};

/* Writing a message's out-of-line data: shared memory that is written and never read back. */
struct fipc_put {
    uint8_t *data;
    uint32_t limit, cursor;
};

/* A `view` parameter: bytes that are still shared. */
struct fipc_view {
    const uint8_t *shared; /* never dereferenced but by fipc_view_copy */
    uint32_t len;
};
/* Copies n bytes from offset `at` out of the view. EINVAL: not inside it. What was copied is
 * private and may be believed after a check; a second copy of the same bytes may differ from the
 * first. */
static inline fut_err fipc_view_copy(const struct fipc_view *v, size_t at, void *dst, size_t n)
{
    if (at > v->len || n > v->len - at) return FUT_EINVAL;
    if (n) fipc_copy_in(dst, v->shared + at, n);
    return FUT_OK;
}

/* Decodes one value of the type at `wire` (private memory of t->wire bytes). Answers in->bad for a
 * malformed one, ENOMEM when the arena is full. */
fut_err fipc_in_value(struct fipc_in *in, const struct fipc_type *t, const void *wire, void *value);
/* The same for an optional one; `has_at` is the offset of the has byte from wire (0: the type shows
 * absence by itself). *value is zeroed when absent. */
fut_err fipc_in_optional(struct fipc_in *in, const struct fipc_type *t, const void *wire,
                         uint32_t has_at, bool *has, void *value);

/* Slices of roots. `wire` points to the 8 bytes. Each advances the cursor.
 * fipc_in_slice is the cursor rule: block of count x stride bytes, count at most bound. */
fut_err fipc_in_slice(struct fipc_in *in, const void *wire, uint32_t bound, uint32_t *count,
                      uint32_t *stride, const uint8_t **block);
/* True: the slice at wire is all zero, that is, absent. */
FIPC_INLINE bool fipc_absent(const void *wire) { return fipc_ld64(wire, 0) == 0; }
/* Into a buffer of the caller's: EMSGSIZE when it is too small; *len is set on success only.
 * Strings need one byte more than their length and are terminated. */
fut_err fipc_in_bytes(struct fipc_in *in, const void *wire, uint32_t bound, void *buf, size_t cap,
                      size_t *len);
fut_err fipc_in_string(struct fipc_in *in, const void *wire, uint32_t bound, char *buf, size_t cap,
                       size_t *len);
/* A vector of plain elements into the caller's buffer; cap and *n count elements. */
fut_err fipc_in_plain(struct fipc_in *in, const struct fipc_type *t, const void *wire, void *buf,
                      size_t cap, size_t *n);
/* The shared bytes themselves, checked for length only. */
fut_err fipc_in_view(struct fipc_in *in, const void *wire, uint32_t bound, struct fipc_view *view);

/* Checks a plain value that is already private (an entry of a ring): EBADMSG or FUT_OK. */
fut_err fipc_check(const struct fipc_type *t, const void *value);

/* Encodes a value; `wire` has t->wire bytes and may be shared. EMSGSIZE: a bound or the half is
 * exceeded; EINVAL: the value cannot be sent (tag of a union that is no member, null obj or cap).
 */
fut_err fipc_put_value(struct fipc_put *o, const struct fipc_type *t, void *wire,
                       const void *value);
fut_err fipc_put_optional(struct fipc_put *o, const struct fipc_type *t, void *wire,
                          uint32_t has_at, const void *value);
void fipc_put_padding(uint8_t *block, size_t len);
/* string or bytes of `len` at most bound bytes. A handler may have written them in place already.
 */
fut_err fipc_put_bytes(struct fipc_put *o, void *wire, uint32_t bound, const void *data,
                       size_t len);

/* Calls fn for every ticket in a value; used to drop tickets of a call that did not run. */
void fipc_each_cap(const struct fipc_type *t, const void *value, void (*fn)(void *, uint64_t),
                   void *user);

#endif
