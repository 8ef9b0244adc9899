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
 * EOPNOTSUPP from begin: the server takes no doorbells, so it would never look. After begin
 * succeeded, end (or fipc_abandon) must be called with the same struct, unmoved. */
#ifndef FIPC_CLIENT_H
#define FIPC_CLIENT_H
#include "fipc/iface.h"
#include "fipc/memory.h"
#include "fipc/ring.h"
#include "fipc/sys.h"
#include "fipc/type.h"

/* What was asked for when a connection was made, to ask for it again. */
struct fipc_origin {
    const struct fipc_iface *iface;
    const struct fipc_lane_spec *lane;
    uint64_t bits;
    uint32_t use, slots;
};

struct fipc_conn {
    /* A slot's word. Free: calls that ended << 16 | what its halves hold (FIPC_SLOT_FITS). Taken,
     * in quarantine or not there: 0. Atomic; first in the struct, where it costs least to reach. */
    uint64_t slots[FIPC_SLOTS_MAX];
    const struct fipc_transport *transport; /* host only; NULL on the target */
    uint32_t slot;                          /* endpoint capability */
    uint32_t doorbell;                      /* notification capability of the server; 0: none */
    uint8_t *c;                             /* area C, writable; NULL: no lane */
    const uint8_t *s;                       /* area S */
    uint8_t *pool;
    uint32_t pool_size; /* bytes */
    uint32_t req_size, rep_size;
    uint32_t req_room, rep_room; /* bytes of data in a half; 0: no halves */
    uint8_t *request;            /* data of slot 0's request half */
    const uint8_t *reply;        /* and of its reply half */
    uint64_t quarantine;         /* slots of abandoned calls; atomic */
    uint64_t fits;               /* what the halves of every slot hold */
    uint32_t nslots;
    uint32_t detail; /* of the last call that failed; for single-threaded users */
    uint32_t lost;   /* events_lost as last reported */
    uint32_t nrings;
    struct fipc_ring events; /* entries NULL: none */
    struct fipc_ring ring[FIPC_RINGS_MAX];
    /* Called with each ticket of a call that failed in a way that the server cannot have redeemed
     * it; NULL: nothing is done. */
    void (*drop_ticket)(void *user, uint64_t ticket);
    void *user;
    /* For fipc_reconnect, set by whoever connected; NULL: it cannot be done again. */
    fut_err (*reconnect)(struct fipc_conn *conn);
    struct fipc_origin origin;
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

/* Connects anew, in the same struct, to what the connection was to: after EDEAD or EUNKNOWN of a
 * server that died. Waits for its restart. All objects, calls and events of before are gone; calls
 * that were begun must have been ended or abandoned. ECONNREFUSED: it is not started again;
 * EOPNOTSUPP: the connection was made by a ticket, which works once; else as for a first connect.
 * On an error there is no connection, and it may be tried again. */
fut_err fipc_reconnect(struct fipc_conn *conn);

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

/* --- asynchronous calls --- */

#define FIPC_CALL_TICKETS 4u /* methods that may send more have no asynchronous form */

struct fipc_call {
    uint64_t w[5]; /* request, then reply */
    struct fipc_conn *conn;
    uint64_t word;                      /* of the slot */
    uint32_t slot;                      /* FIPC_SLOT_NONE: none is under way */
    uint32_t fate;                      /* enum fipc_fate */
    uint64_t ticket[FIPC_CALL_TICKETS]; /* sent with it, to be dropped if it fails; 0: none */
};

enum fipc_fate {
    FIPC_REPLIED = 0, /* a reply came, good or bad */
    FIPC_NOT_RUN,     /* the server did not receive the call */
    FIPC_UNKNOWN,     /* it did, and no reply came: the slot goes into quarantine */
    FIPC_PENDING      /* asynchronous, no reply yet */
};

/* Asks the server to end an asynchronous call early; advisory. EOPNOTSUPP: the server takes no
 * doorbells, so it would not look; EINVAL: no call is under way. */
fut_err fipc_cancel(struct fipc_call *c);
/* Gives an asynchronous call up; its slot stays in quarantine until the server is done with it. */
void fipc_abandon(struct fipc_call *c);

/* --- for generated code --- */

/* What came of a call. */
struct fipc_outcome {
    fut_err error;
    uint32_t fate;
};
/* What a status, and the first word of a reply, mean. `slot` as in the call: a reply may speak of
 * data only where a slot was given. */
struct fipc_outcome fipc_call_outcome(struct fipc_conn *conn, uint32_t slot, fut_status s,
                                      uint64_t w0);
/* The root of a reply in registers only that is not exactly `known` words long. False: malformed.
 */
bool fipc_plain_root(uint64_t *w, uint32_t known, uint32_t required);
/* Any free slot. *word: what fipc_slot_grab found. FIPC_SLOT_NONE: all are in use or in quarantine
 * (ENOSLOT); else *word is the slot's. */
uint32_t fipc_slot_search(struct fipc_conn *conn, uint64_t *word);
/* Gives back the slot of a call with this fate; FIPC_SLOT_NONE is ignored. */
void fipc_slot_end(struct fipc_conn *conn, uint32_t slot, uint64_t word, uint32_t fate);
bool fipc_reply_root_slow(const struct fipc_conn *conn, uint32_t slot, const uint64_t *w,
                          uint32_t known, uint32_t required, uint64_t *root);
fut_err fipc_oneway_status(fut_status s);
/* Puts a root of more than four words at the start of the half. */
fut_err fipc_call_root(const struct fipc_put *o, const uint64_t *root, uint32_t words);
fut_err fipc_submit(struct fipc_call *c);
fut_err fipc_poll(struct fipc_call *c);
/* Drops the tickets that an asynchronous call sent, as that of a synchronous one that ended so. */
void fipc_call_drop(const struct fipc_call *c, fut_err e);
/* Gives back what a refused reply brought; 0 is ignored. An object is released by a call, or, where
 * nothing may block, by a one-way message, which a server that does not listen just then misses. */
void fipc_refuse_object(struct fipc_conn *conn, uint8_t tag, uint32_t obj, bool may_block);
void fipc_refuse_ticket(struct fipc_conn *conn, uint64_t ticket);

/* Of a slot's word: the halves have at least these size classes. One bit a pair of classes, so that
 * one test of a stub's tells that slot 0 is free and large enough. */
#define FIPC_SLOT_FITS(req_class, rep_class) (1ull << (4 * (req_class) + (rep_class)))
#define FIPC_SLOT_FREE FIPC_SLOT_FITS(0, 0) /* every free slot has it */
#define FIPC_SLOT_ONE 0x10000ull            /* one call that ended */
#define FIPC_SLOT_PARKED (1ull << 63)

/* Takes slot 0 if its word has FIPC_SLOT_FREE; else what was there must go back
 * (fipc_slot_search). */
FIPC_INLINE uint64_t fipc_slot_grab(struct fipc_conn *conn)
{
    return __atomic_exchange_n(&conn->slots[0], 0, __ATOMIC_ACQUIRE);
}

/* A slot for one call, as a rule slot 0; else as fipc_slot_search. */
uint32_t fipc_slot_take(struct fipc_conn *conn, uint64_t *word);

/* After a reply: the call counts. */
FIPC_INLINE void fipc_slot_give(struct fipc_conn *conn, uint32_t slot, uint64_t word)
{
    __atomic_store_n(&conn->slots[slot], word + FIPC_SLOT_ONE, __ATOMIC_RELEASE);
}

/* slot: 0 for a call without one. */
FIPC_INLINE void fipc_words(uint64_t w[5], uint64_t w0, uint32_t obj, uint32_t slot)
{
    w[0] = fipc_w0_object(w0, obj) | (uint64_t)slot << FIPC_W0_SLOT_SHIFT;
    w[1] = w[2] = w[3] = w[4] = 0;
}

/* Where the request's out-of-line data goes, after a root of so many words. */
void fipc_put_start(struct fipc_put *o, const struct fipc_conn *conn, uint32_t slot,
                    uint32_t words);

/* The one block of a request in slot 0: 1 to as many bytes as its half is known to hold. */
FIPC_INLINE void fipc_quick_put(const struct fipc_conn *conn, const void *data, size_t len)
{
    uint8_t *block = conn->request;

    fipc_st64(block, (len - 1) & ~(size_t)7, 0); /* the padding */
    memcpy(block, data, len);
}

FIPC_INLINE fut_err fipc_oneway(struct fipc_conn *conn, const uint64_t w[5])
{
    return fipc_oneway_status(FIPC_SYS(conn->transport, send, conn->slot, w));
}

FIPC_INLINE uint32_t fipc_reply_words(const uint64_t *w)
{
    return (uint32_t)(w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;
}

/* The reply's root: `known` words, zero-filled, into `root`, which is w + 1 for known up to 4.
 * False: the reply is malformed. */
FIPC_INLINE bool fipc_reply_root(const struct fipc_conn *conn, uint32_t slot, const uint64_t *w,
                                 uint32_t known, uint32_t required, uint64_t *root)
{
    if (FIPC_LIKELY(fipc_reply_words(w) == known && known <= 4)) return true;
    return fipc_reply_root_slow(conn, slot, w, known, required, root);
}

/* Prepares to read the reply's out-of-line data. */
FIPC_INLINE void fipc_reply_in(const struct fipc_conn *conn, uint32_t slot, const uint64_t *w,
                               struct fipc_in *in, struct fipc_arena *arena)
{
    uint32_t words = fipc_reply_words(w);

    in->cursor = words > 4 ? words * 8 : 0;
    in->loose = 0;
    in->bad = FUT_EPROTO;
    in->arena = arena;
    in->data = conn->reply;
    in->limit = w[0] & FIPC_W0_SLOT ? conn->rep_room : 0;
    if (!FIPC_LIKELY(slot == 0) && slot != FIPC_SLOT_NONE && in->limit)
        in->data += (size_t)slot * conn->rep_size;
}

/* The event's root: as fipc_reply_root. */
const void *fipc_event_root(const struct fipc_event *ev, uint32_t known, uint32_t required,
                            uint64_t *buf);

#endif
