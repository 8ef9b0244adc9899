/* SPDX-License-Identifier: Apache-2.0 */
/* Client: connection, slots, and the turning of nucleus statuses and w0 into errors. A slot is
 * FREE, taken by a call, or in quarantine until the server has answered an abandoned call. `free`
 * and `quarantine` are private words of the client; the lane is never asked which slots are free.
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
    conn->req_base = l.req_base;
    conn->req_size = l.req_size;
    conn->rep_base = l.rep_base;
    conn->rep_size = l.rep_size;
    if (spec->slots) conn->free = ~0ull >> (64 - spec->slots);
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

static bool slot_done(const struct fipc_conn *conn, uint32_t slot)
{
    return fipc_load_acquire(word_at(conn->s, FIPC_S_DONE, slot)) == conn->seq[slot];
}

/* Frees quarantined slots that the server has finished with. */
static void quarantine_sweep(struct fipc_conn *conn)
{
    uint64_t q = __atomic_load_n(&conn->quarantine, __ATOMIC_ACQUIRE);

    while (q) {
        uint32_t slot = (uint32_t)__builtin_ctzll(q);
        uint64_t bit = 1ull << slot;
        q &= ~bit;
        /* Only the thread that clears the bit may free the slot. */
        if (slot_done(conn, slot) &&
            (__atomic_fetch_and(&conn->quarantine, ~bit, __ATOMIC_ACQ_REL) & bit))
            __atomic_fetch_or(&conn->free, bit, __ATOMIC_RELEASE);
    }
}

static uint32_t bitmap_take(struct fipc_conn *conn)
{
    uint64_t f = __atomic_load_n(&conn->free, __ATOMIC_RELAXED);

    while (f)
        if (__atomic_compare_exchange_n(&conn->free, &f, f & (f - 1), true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return (uint32_t)__builtin_ctzll(f);
    return FIPC_SLOT_NONE;
}

fut_err fipc_take_slot(struct fipc_call *c)
{
    struct fipc_conn *conn = c->conn;
    uint32_t slot = bitmap_take(conn), words = (uint32_t)(c->w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;

    if (slot == FIPC_SLOT_NONE && conn->quarantine) {
        quarantine_sweep(conn);
        slot = bitmap_take(conn);
    }
    if (slot == FIPC_SLOT_NONE) return FUT_ENOSLOT;
    c->slot = slot;
    c->seq = ++conn->seq[slot];
    c->fate = FIPC_NOT_RUN;
    c->w[0] |= (uint64_t)slot << FIPC_W0_SLOT_SHIFT;
    c->out.data = NULL;
    c->out.limit = 0;
    if (conn->req_size) {
        c->out.data = conn->c + conn->req_base + slot * conn->req_size + FIPC_HALF_DATA;
        c->out.limit = conn->req_size - FIPC_HALF_DATA;
    }
    c->out.cursor = words > 4 ? words * 8 : 0;
    return FUT_OK;
}

fut_err fipc_free_slot(struct fipc_call *c, fut_err e)
{
    struct fipc_conn *conn = c->conn;
    uint64_t bit = 1ull << c->slot;

    if (c->fate == FIPC_NOT_RUN) conn->seq[c->slot]--;
    __atomic_fetch_or(c->fate == FIPC_UNKNOWN ? &conn->quarantine : &conn->free, bit,
                      __ATOMIC_RELEASE);
    c->slot = FIPC_SLOT_NONE;
    return e;
}

/* A reply with an error, or one that breaks the protocol. */
static fut_err reply_error(struct fipc_call *c)
{
    uint64_t w0 = c->w[0];
    fut_err e = w0 & FIPC_W0_CODE;

    if (e == FUT_OK) { /* reserved bits or a detail without an error */
        return w0 & ~(FIPC_W0_SLOT | 0xffull << FIPC_W0_WORDS_SHIFT) ? FUT_EPROTO : FUT_OK;
    }
    if (w0 & (FIPC_W0_ZERO | FIPC_W0_SLOT | 0xffffull << FIPC_W0_WORDS_SHIFT)) return FUT_EPROTO;
    if (e >= FUT_TRANSPORT_FIRST && e < FUT_INTERFACE_FIRST) return FUT_EPROTO;
    c->conn->detail = (uint32_t)(w0 >> FIPC_W0_DETAIL_SHIFT);
    return e;
}

fut_err fipc_call_failed(struct fipc_call *c, fut_status s)
{
    c->conn->detail = 0;
    c->fate = FIPC_NOT_RUN;
    switch (s) {
    case FUT_S_OK: c->fate = FIPC_REPLIED; return reply_error(c);
    case FUT_S_NOREPLY:
    case FUT_S_CANCEL_WAIT: c->fate = FIPC_UNKNOWN; return FUT_EUNKNOWN;
    case FUT_S_CANCEL_SEND: return FUT_ENOTSENT;
    default: return FUT_EDEAD;
    }
}

fut_err fipc_plain_failed(struct fipc_conn *conn, fut_status s, uint64_t w0)
{
    struct fipc_call c = {.conn = conn, .slot = FIPC_SLOT_NONE};

    c.w[0] = w0;
    return fipc_call_failed(&c, s);
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

fut_err fipc_call_root(struct fipc_call *c, const uint64_t *root, uint32_t words)
{
    if (words * 8 > c->out.limit) return FUT_EMSGSIZE;
    memcpy(c->out.data, root, words * 8);
    return FUT_OK;
}

/* The reply's data, if it has any; false: it says so, but there is no slot for it. */
static bool reply_data(const struct fipc_call *c, const uint8_t **data, uint32_t *limit)
{
    const struct fipc_conn *conn = c->conn;

    *data = NULL;
    *limit = 0;
    if (!(c->w[0] & FIPC_W0_SLOT)) return true;
    if (c->slot == FIPC_SLOT_NONE || !conn->rep_size) return false;
    *data = conn->s + conn->rep_base + c->slot * conn->rep_size + FIPC_HALF_DATA;
    *limit = conn->rep_size - FIPC_HALF_DATA;
    return true;
}

/* A root that is not exactly as long as this version's; from the registers or from the half. */
static const void *root_copy(const uint64_t *registers, const uint8_t *data, uint32_t limit,
                             uint32_t words, uint32_t known, uint64_t *buf)
{
    uint32_t n = words < known ? words : known;

    memset(buf, 0, known * sizeof(*buf));
    if (words <= 4)
        memcpy(buf, registers, n * sizeof(*buf));
    else if (words * 8 > limit)
        return NULL;
    else
        fipc_copy_in(buf, data, n * sizeof(*buf));
    return buf;
}

const void *fipc_reply_root_slow(struct fipc_call *c, uint32_t known, uint32_t required,
                                 uint64_t *buf)
{
    uint32_t words = (uint32_t)(c->w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff, limit;
    const uint8_t *data;

    if (words < required || !reply_data(c, &data, &limit)) return NULL;
    return root_copy(&c->w[1], data, limit, words, known, buf);
}

fut_err fipc_reply_in(struct fipc_call *c, struct fipc_in *in, struct fipc_arena *arena)
{
    uint32_t words = (uint32_t)(c->w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;

    *in = (struct fipc_in){.cursor = words > 4 ? words * 8 : 0, .bad = FUT_EPROTO, .arena = arena};
    return reply_data(c, &in->data, &in->limit) ? FUT_OK : FUT_EPROTO;
}

/* --- asynchronous calls --- */

fut_err fipc_submit(struct fipc_call *c)
{
    struct fipc_conn *conn = c->conn;
    uint8_t *half = c->out.data ? c->out.data - FIPC_HALF_DATA : NULL;

    if (!half || !conn->rep_size) {
        fipc_free_slot(c, FUT_OK);
        return FUT_EOPNOTSUPP;
    }
    memcpy(half, c->w, sizeof(c->w));
    memset(half + sizeof(c->w), 0, FIPC_HALF_DATA - sizeof(c->w));
    c->fate = FIPC_PENDING;
    fipc_store_release(c_word(conn, FIPC_C_SUBMIT, c->slot), c->seq);
    fipc_fence();
    fipc_ring_server(conn);
    return FUT_OK;
}

fut_err fipc_poll(struct fipc_call *c)
{
    const struct fipc_conn *conn = c->conn;

    if (c->slot == FIPC_SLOT_NONE) return FUT_EINVAL;
    if (!slot_done(conn, c->slot)) return FUT_EAGAIN;
    fipc_copy_in(c->w, conn->s + conn->rep_base + c->slot * conn->rep_size, sizeof(c->w));
    c->fate = FIPC_REPLIED;
    return reply_error(c);
}

void fipc_cancel(struct fipc_call *c)
{
    if (c->slot == FIPC_SLOT_NONE) return;
    fipc_store_release(c_word(c->conn, FIPC_C_CANCEL, c->slot), c->seq);
    fipc_fence();
    fipc_ring_server(c->conn);
}

void fipc_abandon(struct fipc_call *c)
{
    if (c->slot == FIPC_SLOT_NONE) return;
    c->fate = FIPC_UNKNOWN;
    fipc_free_slot(c, FUT_OK);
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
    return ev->words > 7 ? FUT_EPROTO : FUT_OK;
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
