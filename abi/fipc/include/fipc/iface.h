/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime knows of an interface, generated as `<lib>_<iface>_iface` (server side: image
 * and dispatcher) and `<lib>_<iface>_lane` (what a client asks capmgr for), and the layout of w0.
 */
#ifndef FIPC_IFACE_H
#define FIPC_IFACE_H
#include "fipc/lane.h"
#include "futura/errors.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Request: ordinal:12 | SLOT | 0:3 | root words:8 | tag:8 | object:24 | slot:8
 * Reply:   error:12   | SLOT | 0:3 | root words:8 | 0:8   | detail:32 */
#define FIPC_W0_CODE 0xfffull
#define FIPC_W0_SLOT 0x1000ull
#define FIPC_W0_ZERO 0xe000ull
#define FIPC_W0_WORDS_SHIFT 16
#define FIPC_W0_TAG_SHIFT 24
#define FIPC_W0_OBJECT_SHIFT 32
#define FIPC_W0_DETAIL_SHIFT 32
#define FIPC_W0_SLOT_SHIFT 56
#define FIPC_W0(ordinal, slot, words, tag)                                                         \
    ((uint64_t)(ordinal) | ((slot) ? FIPC_W0_SLOT : 0) | (uint64_t)(words) << 16 |                 \
     (uint64_t)(tag) << 24)

/* Ordinals of the runtime, on every object of every interface. */
enum {
    FIPC_DESCRIBE = 0, /* (offset: u32) -> (total: u32, data: array<u8, 28>) */
    FIPC_RELEASE = 1,  /* () */
    FIPC_SHARE = 2,    /* (rights: u32) -> (ticket: u64) */
    FIPC_PING = 3,     /* () */
    FIPC_ORDINAL_FIRST = 16
};

struct fipc_req;
struct fipc_server;

/* Decodes the arguments, calls the handler, encodes the results. */
typedef fut_err fipc_method(const void *ops, struct fipc_req *r);
/* Answers what is left to answer, then receives and handles messages as long as they are for the
 * method that is ready (struct fipc_ready). Returns the status of the receive that brought another
 * one, which lies in the server's req; FIPC_NOTHING: there is none, but a reply may be left. */
typedef uint32_t fipc_loop(struct fipc_server *s);
#define FIPC_NOTHING 0xffffffffu

/* How a method is served: one message, and many that are alike. */
struct fipc_way {
    fipc_method *method;
    fipc_loop *again;
};

struct fipc_error_name {
    uint16_t code;
    const char *name;
};

struct fipc_iface {
    const char *tname; /* "futura.fs/1.File" */
    const uint8_t *image;
    uint32_t image_size;
    uint8_t tag;
    uint16_t nerrors;
    uint64_t label;             /* of tickets: first 8 bytes of SHA-256 of tname */
    uint8_t identity[32];       /* of the image */
    const uint8_t *closure;     /* 32 bytes: identity of the closure */
    const uint8_t (*known)[32]; /* identities of released closures that it may replace */
    uint16_t nknown;
    const struct fipc_lane_spec *lane; /* with slots = 1 (or 0); what a root of it needs */
    size_t arena;                      /* bytes of a worker's arena that serve every method of it */
    const struct fipc_error_name *errors;
    const struct fipc_way *(*find)(uint32_t ordinal); /* from 16 on; NULL: no such method */
};

/* Whether a peer with this closure identity (32 bytes) is known to fit: it is of the same version,
 * or of a released one. A connection stands if either end knows the other. */
bool fipc_iface_knows(const struct fipc_iface *iface, const uint8_t *identity);

#endif
