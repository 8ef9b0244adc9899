/* SPDX-License-Identifier: Apache-2.0 */
/* Client: connection, slots, and the turning of nucleus statuses and w0 into errors. A slot is
 * free, taken by a call, or in quarantine until the server has answered an abandoned call. All of
 * that is private to the client; the lane is never asked which slots are free. Whoever takes a slot
 * takes its word out of the connection with it, and puts it back, counted, at the end.
 */
#include "fipc/client.h"
#include "fipc/cbor.h"

static void ring_attach(struct fipc_conn *conn, unsigned number, struct fipc_ring *r, uint32_t base,
                        const struct fipc_ring_spec *spec)
{
    uint32_t line = FIPC_RING_LINES + number * FIPC_RING_LINE;
    /* The cast drops const only for a ring that this side never writes to. */
    uint8_t *entries = spec->from_server ? (uint8_t *)(uintptr_t)conn->s + base : conn->c + base;

    fipc_ring_init(r, entries, conn->c + line, conn->s + line, 1u << spec->depth_log2, spec->entry,
                   !spec->from_server);
}

static void halves_attach(struct fipc_conn *conn, const struct fipc_lane_layout *l)
{
    conn->req_size = l->req_size;
    conn->rep_size = l->rep_size;
    if (l->req_size) {
        conn->request = conn->c + l->req_base + FIPC_HALF_DATA;
        conn->req_room = l->req_size - FIPC_HALF_DATA;
    }
    if (l->rep_size) {
        conn->reply = conn->s + l->rep_base + FIPC_HALF_DATA;
        conn->rep_room = l->rep_size - FIPC_HALF_DATA;
    }
}

/* The word of a slot that was never used. */
static uint64_t slot_fits(const struct fipc_lane_spec *spec)
{
    uint64_t fits = 0;

    for (unsigned req = 0; req <= spec->req_class; req++)
        for (unsigned rep = 0; rep <= spec->rep_class; rep++)
            fits |= FIPC_SLOT_FITS(req, rep);
    return fits;
}

fut_err fipc_conn_init(struct fipc_conn *conn, const struct fipc_transport *transport,
                       const struct fipc_areas *areas, const struct fipc_lane_spec *spec)
{
    static const struct fipc_ring_spec events = {FIPC_EVENT_SIZE, 6, 1};
    struct fipc_lane_layout l;
    fut_err e = fipc_lane_compute(spec, &l);

    if (e != FUT_OK) return e;
    memset(conn, 0, sizeof(*conn));
    if (l.c_pages && (!areas->c || !areas->s)) return FUT_EINVAL;
    conn->transport = transport;
    conn->slot = areas->slot;
    conn->doorbell = areas->doorbell;
    conn->c = areas->c;
    conn->s = areas->s;
    conn->pool = areas->pool;
    conn->pool_size = spec->pool_pages * FIPC_PAGE;
    halves_attach(conn, &l);
    conn->nslots = spec->slots;
    conn->fits = slot_fits(spec);
    for (unsigned i = 0; i < spec->slots; i++)
        conn->slots[i] = conn->fits;
    if (spec->events) ring_attach(conn, FIPC_EVENT_RING, &conn->events, l.event_base, &events);
    conn->nrings = spec->nrings;
    for (unsigned i = 0; i < spec->nrings; i++)
        ring_attach(conn, i, &conn->ring[i], l.ring_base[i], &spec->ring[i]);
    return FUT_OK;
}

static const uint32_t *word_at(const uint8_t *area, uint32_t at, uint32_t slot)
{
    return (const uint32_t *)(const void *)(area + at) + slot;
}

static uint32_t *c_word(struct fipc_conn *conn, uint32_t at, uint32_t slot)
{
    return (uint32_t *)(void *)(conn->c + at) + slot;
}

/* The number of the call that has the slot with this word. */
static uint32_t slot_count(uint64_t word) { return (uint32_t)(word >> 16) + 1; }

static bool slot_done(const struct fipc_conn *conn, uint32_t slot, uint64_t word)
{
    return fipc_load_acquire(word_at(conn->s, FIPC_S_DONE, slot)) == slot_count(word);
}

/* Frees a quarantined slot if the server has finished with it; else it is as before. */
static bool slot_unpark(struct fipc_conn *conn, uint32_t slot)
{
    uint64_t word = __atomic_exchange_n(&conn->slots[slot], 0, __ATOMIC_ACQUIRE);

    if (!word) return false; /* somebody looks whether it is free, and puts it back */
    if (!slot_done(conn, slot, word)) {
        __atomic_store_n(&conn->slots[slot], word, __ATOMIC_RELEASE);
        return false;
    }
    fipc_slot_give(conn, slot, (word & ~FIPC_SLOT_PARKED) | conn->fits);
    return true;
}

static void quarantine_sweep(struct fipc_conn *conn)
{
    uint64_t q = __atomic_load_n(&conn->quarantine, __ATOMIC_RELAXED);

    while (q) {
        uint32_t slot = (uint32_t)__builtin_ctzll(q);
        uint64_t bit = 1ull << slot;
        q &= ~bit;
        /* Only the thread that clears the bit may free the slot. */
        if (!(__atomic_fetch_and(&conn->quarantine, ~bit, __ATOMIC_ACQUIRE) & bit)) continue;
        if (!slot_unpark(conn, slot)) __atomic_fetch_or(&conn->quarantine, bit, __ATOMIC_RELEASE);
    }
}

/* A free slot from `first` on. A word that is not of a free one goes back where it was. */
static uint32_t slot_any(struct fipc_conn *conn, uint32_t first, uint64_t *word)
{
    for (uint32_t slot = first; slot < conn->nslots; slot++) {
        *word = __atomic_exchange_n(&conn->slots[slot], 0, __ATOMIC_ACQUIRE);
        if (*word & FIPC_SLOT_FREE) return slot;
        if (*word) __atomic_store_n(&conn->slots[slot], *word, __ATOMIC_RELEASE);
    }
    return FIPC_SLOT_NONE;
}

uint32_t fipc_slot_search(struct fipc_conn *conn, uint64_t *word)
{
    uint32_t slot;

    if (*word & FIPC_SLOT_FREE) return 0; /* a stub's short way found its halves too small */
    if (*word) __atomic_store_n(&conn->slots[0], *word, __ATOMIC_RELEASE);
    slot = slot_any(conn, 1, word);
    if (slot == FIPC_SLOT_NONE) {
        if (__atomic_load_n(&conn->quarantine, __ATOMIC_RELAXED)) quarantine_sweep(conn);
        slot = slot_any(conn, 0, word);
    }
    return slot;
}

uint32_t fipc_slot_take(struct fipc_conn *conn, uint64_t *word)
{
    *word = fipc_slot_grab(conn);
    return *word & FIPC_SLOT_FREE ? 0 : fipc_slot_search(conn, word);
}

void fipc_put_start(struct fipc_put *o, const struct fipc_conn *conn, uint32_t slot, uint32_t words)
{
    o->cursor = words > 4 ? words * 8 : 0;
    o->data = conn->request;
    o->limit = slot == FIPC_SLOT_NONE ? 0 : conn->req_room;
    if (o->limit) o->data += (size_t)slot * conn->req_size;
}

static fut_err slot_cancel(struct fipc_conn *conn, uint32_t slot, uint64_t word)
{
    if (!conn->doorbell) return FUT_EOPNOTSUPP;
    fipc_store_release(c_word(conn, FIPC_C_CANCEL, slot), slot_count(word));
    fipc_fence();
    fipc_ring_server(conn);
    return FUT_OK;
}

/* A call that did not run is not counted; one whose reply never came keeps the slot, and the server
 * is asked to be done with it. */
void fipc_slot_end(struct fipc_conn *conn, uint32_t slot, uint64_t word, uint32_t fate)
{
    if (slot == FIPC_SLOT_NONE) return;
    if (fate == FIPC_UNKNOWN) {
        (void)slot_cancel(conn, slot, word);
        word = (word & ~conn->fits) | FIPC_SLOT_PARKED;
        __atomic_store_n(&conn->slots[slot], word, __ATOMIC_RELEASE);
        __atomic_fetch_or(&conn->quarantine, 1ull << slot, __ATOMIC_RELEASE);
    } else if (fate == FIPC_NOT_RUN) {
        __atomic_store_n(&conn->slots[slot], word, __ATOMIC_RELEASE);
    } else {
        fipc_slot_give(conn, slot, word);
    }
}

/* A reply with an error, or one that breaks the protocol. Data lies in a reply half, if anywhere:
 * without one, or in answer to a call that was given no slot, SLOT is as wrong as a reserved bit.
 */
static fut_err reply_error(struct fipc_conn *conn, uint32_t slot, uint64_t w0)
{
    bool half = slot != FIPC_SLOT_NONE && conn->rep_room;
    uint64_t free_bits = 0xffull << FIPC_W0_WORDS_SHIFT | (half ? FIPC_W0_SLOT : 0);
    fut_err e = w0 & FIPC_W0_CODE;

    if (e == FUT_OK) return w0 & ~free_bits ? FUT_EPROTO : FUT_OK;
    if (w0 & (FIPC_W0_ZERO | FIPC_W0_SLOT | 0xffffull << FIPC_W0_WORDS_SHIFT)) return FUT_EPROTO;
    if (e >= FUT_TRANSPORT_FIRST && e < FUT_INTERFACE_FIRST) return FUT_EPROTO;
    conn->detail = (uint32_t)(w0 >> FIPC_W0_DETAIL_SHIFT);
    return e;
}

struct fipc_outcome fipc_call_outcome(struct fipc_conn *conn, uint32_t slot, fut_status s,
                                      uint64_t w0)
{
    conn->detail = 0;
    switch (s) {
    case FUT_S_OK: return (struct fipc_outcome){reply_error(conn, slot, w0), FIPC_REPLIED};
    case FUT_S_NOREPLY:
    case FUT_S_CANCEL_WAIT: return (struct fipc_outcome){FUT_EUNKNOWN, FIPC_UNKNOWN};
    case FUT_S_CANCEL_SEND: return (struct fipc_outcome){FUT_ENOTSENT, FIPC_NOT_RUN};
    default: return (struct fipc_outcome){FUT_EDEAD, FIPC_NOT_RUN};
    }
}

bool fipc_plain_root(uint64_t *w, uint32_t known, uint32_t required)
{
    uint32_t words = (uint32_t)(w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;

    if (words < required || words > 4) return false;
    for (uint32_t i = words; i < known; i++)
        w[1 + i] = 0;
    return true;
}

fut_err fipc_oneway_status(fut_status s)
{
    return s == FUT_S_OK ? FUT_OK : s == FUT_S_AGAIN ? FUT_EAGAIN : FUT_EDEAD;
}

fut_err fipc_call_root(const struct fipc_put *o, const uint64_t *root, uint32_t words)
{
    if (words * 8 > o->limit) return FUT_EMSGSIZE;
    memcpy(o->data, root, words * 8);
    return FUT_OK;
}

/* A root that is not exactly as long as this version's; from the registers or from the half. */
bool fipc_reply_root_slow(const struct fipc_conn *conn, uint32_t slot, const uint64_t *w,
                          uint32_t known, uint32_t required, uint64_t *root)
{
    uint32_t words = fipc_reply_words(w), n = words < known ? words : known;
    struct fipc_in in;

    fipc_reply_in(conn, slot, w, &in, NULL);
    if (words < required || (words > 4 && words * 8 > in.limit)) return false;
    if (words > 4)
        fipc_copy_in(root, in.data, n * sizeof(*root));
    else if (root != w + 1)
        memcpy(root, w + 1, n * sizeof(*root));
    memset(root + n, 0, (known - n) * sizeof(*root));
    return true;
}

/* --- asynchronous calls --- */

static void call_end(struct fipc_call *c)
{
    fipc_slot_end(c->conn, c->slot, c->word, c->fate);
    c->slot = FIPC_SLOT_NONE;
}

fut_err fipc_submit(struct fipc_call *c)
{
    struct fipc_conn *conn = c->conn;
    uint8_t *half;

    c->fate = FIPC_NOT_RUN;
    if (!conn->req_size || !conn->rep_size || !conn->doorbell) {
        call_end(c);
        return FUT_EOPNOTSUPP;
    }
    half = conn->request + (size_t)c->slot * conn->req_size - FIPC_HALF_DATA;
    memcpy(half, c->w, sizeof(c->w));
    memset(half + sizeof(c->w), 0, FIPC_HALF_DATA - sizeof(c->w));
    c->fate = FIPC_PENDING;
    fipc_store_release(c_word(conn, FIPC_C_SUBMIT, c->slot), slot_count(c->word));
    fipc_fence();
    fipc_ring_server(conn);
    return FUT_OK;
}

fut_err fipc_poll(struct fipc_call *c)
{
    const struct fipc_conn *conn = c->conn;

    if (c->slot == FIPC_SLOT_NONE) return FUT_EINVAL;
    if (!slot_done(conn, c->slot, c->word)) return FUT_EAGAIN;
    fipc_copy_in(c->w, conn->reply + (size_t)c->slot * conn->rep_size - FIPC_HALF_DATA,
                 sizeof(c->w));
    c->fate = FIPC_REPLIED;
    return reply_error(c->conn, c->slot, c->w[0]);
}

fut_err fipc_cancel(struct fipc_call *c)
{
    if (c->slot == FIPC_SLOT_NONE) return FUT_EINVAL;
    return slot_cancel(c->conn, c->slot, c->word);
}

void fipc_abandon(struct fipc_call *c)
{
    if (c->slot == FIPC_SLOT_NONE) return;
    c->fate = FIPC_UNKNOWN;
    call_end(c);
}

void fipc_call_drop(const struct fipc_call *c, fut_err e)
{
    if (e == FUT_OK || e == FUT_EUNKNOWN) return;
    for (unsigned i = 0; i < FIPC_CALL_TICKETS; i++)
        fipc_refuse_ticket(c->conn, c->ticket[i]);
}

/* --- what is given back --- */

void fipc_refuse_ticket(struct fipc_conn *conn, uint64_t ticket)
{
    if (ticket && conn->drop_ticket) conn->drop_ticket(conn->user, ticket);
}

void fipc_refuse_object(struct fipc_conn *conn, uint8_t tag, uint32_t obj, bool may_block)
{
    uint64_t w[5];

    if (!obj) return;
    if (may_block) {
        (void)fipc_release(conn, tag, obj);
        return;
    }
    fipc_words(w, FIPC_W0(FIPC_RELEASE, 0, 0, tag), obj, 0);
    (void)fipc_oneway(conn, w);
}

void fipc_ring_server(struct fipc_conn *conn)
{
    if (conn->doorbell) (void)FIPC_SYS(conn->transport, notify, conn->doorbell);
}

/* --- events --- */

static uint32_t events_lost(struct fipc_conn *conn)
{
    uint32_t now = fipc_load_acquire(word_at(conn->s, FIPC_S_EVENTS_LOST, 0));
    uint32_t lost = now - conn->lost;

    conn->lost = now;
    return lost;
}

/* An event has no slot. */
#define EVENT_RESERVED (FIPC_W0_SLOT | FIPC_W0_ZERO | 0xffull << FIPC_W0_SLOT_SHIFT)

fut_err fipc_event_next(struct fipc_conn *conn, struct fipc_event *ev, uint32_t *lost)
{
    uint64_t entry[FIPC_EVENT_SIZE / 8];

    *lost = 0;
    if (!conn->events.entries) return FUT_EAGAIN;
    if (!fipc_ring_ready(&conn->events))
        return conn->events.state == FIPC_RING_BROKEN ? FUT_EPROTO : FUT_EAGAIN;
    *lost = events_lost(conn);
    fipc_ring_take(&conn->events, entry);
    (void)fipc_ring_consumed(&conn->events);
    ev->ordinal = entry[0] & FIPC_W0_CODE;
    ev->words = (uint8_t)(entry[0] >> FIPC_W0_WORDS_SHIFT);
    ev->tag = (uint8_t)(entry[0] >> FIPC_W0_TAG_SHIFT);
    ev->object = (uint32_t)(entry[0] >> FIPC_W0_OBJECT_SHIFT) & 0xffffff;
    memcpy(ev->root, &entry[1], sizeof(ev->root));
    return ev->words > 7 || entry[0] & EVENT_RESERVED ? FUT_EPROTO : FUT_OK;
}

const void *fipc_event_root(const struct fipc_event *ev, uint32_t known, uint32_t required,
                            uint64_t *buf)
{
    uint32_t n = ev->words < known ? ev->words : known;

    if (ev->words < required || ev->words > 7) return NULL;
    memset(buf, 0, known * sizeof(*buf));
    memcpy(buf, ev->root, n * sizeof(*buf));
    return buf;
}
