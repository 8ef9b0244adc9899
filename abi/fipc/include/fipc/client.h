/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of a connection. Generated stubs are made of these functions; programs use only
 * the first part directly.
 *
 * A connection may be used by several threads at once; each call takes its own slot. Nothing here
 * allocates. A call blocks until the server replies, unless its asynchronous form is used:
 *
 *     struct fipc_call c;
 *     e = fs_file_read_begin(f, offset, count, &c);          does not block
 *     ... fs_file_read_end(&c, buf, cap, &len) == FUT_EAGAIN  until the reply is there
 *
 * After begin succeeded, end (or fipc_abandon) must be called with the same struct, unmoved. */
#ifndef FIPC_CLIENT_H
#define FIPC_CLIENT_H
#include "fipc/iface.h"
#include "fipc/memory.h"
#include "fipc/ring.h"
#include "fipc/sys.h"
#include "fipc/type.h"

struct fipc_conn {
    const struct fipc_transport *transport; /* host only; NULL on the target */
    uint32_t slot;                          /* endpoint capability */
    uint32_t doorbell;                      /* notification capability of the server; 0: none */
    uint8_t *c;                             /* area C, writable; NULL: no lane */
    const uint8_t *s;                       /* area S */
    uint8_t *pool;
    uint32_t pool_size; /* bytes */
    uint32_t req_size, rep_size;
    uint32_t req_base, rep_base;
    uint64_t free;       /* slots that may be taken; atomic */
    uint64_t quarantine; /* slots of abandoned calls; atomic */
    uint32_t seq[FIPC_SLOTS_MAX];
    uint32_t detail; /* of the last call that failed; for single-threaded users */
    uint32_t lost;   /* events_lost as last reported */
    uint32_t nrings;
    struct fipc_ring events; /* entries NULL: none */
    struct fipc_ring ring[FIPC_RINGS_MAX];
    /* Called with each ticket of a call that failed in a way that the server cannot have redeemed
     * it; NULL: nothing is done. */
    void (*drop_ticket)(void *user, uint64_t ticket);
    void *user;
};

/* Where capmgr put the parts of a connection. */
struct fipc_areas {
    uint32_t slot, doorbell;
    void *c;
    const void *s;
    void *pool;
};

/* Makes a connection of what capmgr's connect answered. `spec` must be the one that was asked for.
 * transport: NULL on the target. EINVAL: spec out of range, or a lane is needed and missing. */
fut_err fipc_conn_init(struct fipc_conn *conn, const struct fipc_transport *transport,
                       const struct fipc_areas *areas, const struct fipc_lane_spec *spec);

/* Runtime ordinals, on object `obj` of the interface with this tag (0: the root object). */
fut_err fipc_ping(struct fipc_conn *conn, uint8_t tag, uint32_t obj);
/* Drops an object: its number means nothing afterwards. */
fut_err fipc_release(struct fipc_conn *conn, uint8_t tag, uint32_t obj);
/* A ticket by which the caller's peer may connect to the object. rights 0: all that I have. */
fut_err fipc_share(struct fipc_conn *conn, uint8_t tag, uint32_t obj, uint32_t rights,
                   uint64_t *ticket);
/* The interface image, byte for byte; 28 bytes a call. *len is its length; EMSGSIZE when cap is
 * less (then *len is set too). */
fut_err fipc_describe(struct fipc_conn *conn, uint8_t tag, uint32_t obj, void *buf, size_t cap,
                      size_t *len);

/* An event as it came; generated `<lib>_<iface>_<event>_read` decodes it. */
struct fipc_event {
    uint16_t ordinal;
    uint8_t tag;
    uint8_t words;
    uint32_t object;
    uint64_t root[7];
};
/* The next event: EAGAIN none waits; EPROTO the ring is broken, close the connection. *lost: events
 * dropped since the last report, told before the next one (never blocks). Rings the server when it
 * waits for room (it never does: it drops). */
fut_err fipc_event_next(struct fipc_conn *conn, struct fipc_event *ev, uint32_t *lost);

/* Ring the server's doorbell (after fipc_ring_publish or fipc_ring_consumed said so). */
void fipc_ring_server(struct fipc_conn *conn);

/* --- calls --- */

struct fipc_call {
    uint64_t w[5]; /* request, then reply */
    struct fipc_conn *conn;
    uint32_t slot; /* FIPC_SLOT_NONE: registers only */
    uint32_t seq;
    uint32_t fate; /* enum fipc_fate */
    struct fipc_put out;
};

enum fipc_fate {
    FIPC_REPLIED = 0, /* a reply came, good or bad */
    FIPC_NOT_RUN,     /* the server did not receive the call */
    FIPC_UNKNOWN,     /* it did, and no reply came: the slot goes into quarantine */
    FIPC_PENDING      /* asynchronous, no reply yet */
};

/* Asks the server to end an asynchronous call early; advisory. */
void fipc_cancel(struct fipc_call *c);
/* Gives an asynchronous call up; its slot stays in quarantine until the server is done with it. */
void fipc_abandon(struct fipc_call *c);

/* --- for generated code --- */

/* Calls that are registers only, both ways: everything by value, so that nothing goes to memory on
 * the way that is usual. */
fut_err fipc_plain_failed(struct fipc_conn *conn, fut_status s, uint64_t w0);
/* The root of a reply that is not exactly `known` words long, from w1..w4. False: malformed. */
bool fipc_plain_root(uint64_t *w, uint32_t known, uint32_t required);

fut_err fipc_take_slot(struct fipc_call *c);
fut_err fipc_free_slot(struct fipc_call *c, fut_err e);
fut_err fipc_call_failed(struct fipc_call *c, fut_status s);
fut_err fipc_submit(struct fipc_call *c);
fut_err fipc_poll(struct fipc_call *c);
const void *fipc_reply_root_slow(struct fipc_call *c, uint32_t known, uint32_t required,
                                 uint64_t *buf);
fut_err fipc_oneway_status(fut_status s);
/* Puts a root of more than four words at the start of the half. */
fut_err fipc_call_root(struct fipc_call *c, const uint64_t *root, uint32_t words);

FIPC_INLINE fut_err fipc_begin(struct fipc_conn *conn, struct fipc_call *c, uint64_t w0,
                               uint32_t obj)
{
    c->conn = conn;
    c->w[0] = w0 | (uint64_t)(obj & 0xffffff) << FIPC_W0_OBJECT_SHIFT;
    c->w[1] = c->w[2] = c->w[3] = c->w[4] = 0;
    c->slot = FIPC_SLOT_NONE;
    if (w0 & FIPC_W0_SLOT) return fipc_take_slot(c);
    return FUT_OK;
}

FIPC_INLINE fut_err fipc_call(struct fipc_call *c)
{
    fut_status s = FIPC_SYS(c->conn->transport, call, c->conn->slot, c->w);

    if (FIPC_LIKELY(s == FUT_S_OK && !(c->w[0] & ~(FIPC_W0_SLOT | 0xffull << FIPC_W0_WORDS_SHIFT))))
        return c->fate = FIPC_REPLIED, FUT_OK;
    return fipc_call_failed(c, s);
}

FIPC_INLINE fut_err fipc_oneway(struct fipc_call *c)
{
    return fipc_oneway_status(FIPC_SYS(c->conn->transport, send, c->conn->slot, c->w));
}

/* The reply's root: `known` words of private memory (buf or the registers), zero-filled; NULL: the
 * reply is malformed. */
FIPC_INLINE const void *fipc_reply_root(struct fipc_call *c, uint32_t known, uint32_t required,
                                        uint64_t *buf)
{
    uint32_t words = (uint32_t)(c->w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;

    if (FIPC_LIKELY(words == known && known <= 4)) return &c->w[1];
    return fipc_reply_root_slow(c, known, required, buf);
}

/* Prepares to read the reply's out-of-line data. EPROTO: data without a slot. */
fut_err fipc_reply_in(struct fipc_call *c, struct fipc_in *in, struct fipc_arena *arena);

FIPC_INLINE fut_err fipc_end(struct fipc_call *c, fut_err e)
{
    return FIPC_LIKELY(c->slot == FIPC_SLOT_NONE) ? e : fipc_free_slot(c, e);
}

/* The event's root: as fipc_reply_root. */
const void *fipc_event_root(const struct fipc_event *ev, uint32_t known, uint32_t required,
                            uint64_t *buf);

#endif
