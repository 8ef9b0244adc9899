/* SPDX-License-Identifier: Apache-2.0 */
/* Calls between a client and a server in one process: slots and quarantine, nucleus statuses,
 * asynchronous and deferred calls, cancel, keep, objects, events, one-ways, describe. */
#include "loop.h"
#include "probe_echo.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 2
#define BADGE 0x10007u

static struct fipc_server server;
static struct fipc_session sessions[4];
static struct fipc_object objects[3];
static uint8_t arena[PROBE_ARENA];
static struct direct d;
static struct lane lane;
static struct fipc_conn conn;
static struct probe_state state;
static probe_probe p;
static struct fipc_session *session;
static unsigned closed, broken, cancels, shared, opened;

static void on_closed(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    closed++;
}

static void on_broken(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    broken++;
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *n, uint32_t slot, uint32_t seq)
{
    (void)s;
    cancels++;
    if (state.waits && fipc_deferred_is(&state.waiting, n, slot, seq)) {
        ck_assert(fipc_deferred_cancelled(&state.waiting));
        state.waits = false;
        ck_assert_uint_eq(fipc_reply_error(&state.waiting, FUT_ECANCELED, 0), FUT_OK);
    }
}

static fut_err on_share(struct fipc_session *n, uint32_t object, const struct fipc_binding *b,
                        void *self, uint32_t rights, uint64_t *ticket)
{
    (void)n;
    (void)self;
    ck_assert_ptr_eq(b, &probe_binding);
    shared++;
    *ticket = (uint64_t)rights << 32 | object | 1u << 20;
    return FUT_OK;
}

static fut_err on_opened(struct fipc_server *s, struct fipc_session *n)
{
    (void)s;
    (void)n;
    opened++;
    return FUT_OK;
}

static const struct fipc_server_hooks hooks = {.closed = on_closed,
                                               .broken = on_broken,
                                               .cancelled = on_cancelled,
                                               .share = on_share,
                                               .opened = on_opened};

static unsigned slots_free(const struct fipc_conn *of)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < of->nslots; i++)
        if (of->slots[i] & FIPC_SLOT_FREE) mask |= 1u << i;
    return mask;
}

static void setup(void)
{
    struct fipc_server_config config = {.slot = LOOP_SLOT_SERVER,
                                        .sessions = sessions,
                                        .nsessions = 4,
                                        .objects = objects,
                                        .nobjects = 3,
                                        .objects_per_session = 2,
                                        .arena = arena,
                                        .arena_size = sizeof(arena),
                                        .hooks = &hooks,
                                        .doorbells = 1,
                                        .transport = &d.serving};
    struct fipc_session_config open = {.badge = BADGE,
                                       .spec = &lane.spec,
                                       .doorbell = LOOP_SLOT_CLIENT,
                                       .root = &probe_binding,
                                       .self = &state};
    struct fipc_areas areas = {.slot = LOOP_SLOT_ENDPOINT, .doorbell = LOOP_SLOT_BELL};

    closed = broken = cancels = shared = opened = 0;
    lane_make(&lane, &probe_probe_lane, SLOTS);
    probe_state_init(&state, NULL);
    direct_init(&d, &server, BADGE);
    ck_assert_uint_eq(fipc_server_init(&server, &config), FUT_OK);
    open.c = areas.c = lane.c;
    open.s = lane.s;
    areas.s = lane.s;
    ck_assert_uint_eq(fipc_session_open(&server, &open, &session), FUT_OK);
    ck_assert_uint_eq(fipc_conn_init(&conn, &d.client, &areas, &lane.spec), FUT_OK);
    p = (probe_probe){&conn, 0};
}

static void teardown(void)
{
    lane_free(&lane);
    probe_state_free(&state);
}

static void scan(void)
{
    d.pending = 1;
    fipc_server_step(&server);
}

START_TEST(long_strings)
{
    char *text = malloc(65537), *back = malloc(65537);
    size_t n = 0;

    memset(text, 'q', 65537);
    ck_assert_uint_eq(probe_probe_long_text(p, text, 65536, back, 65537, &n), FUT_OK);
    ck_assert_uint_eq(n, 65536);
    ck_assert_mem_eq(text, back, n);
    ck_assert_uint_eq(back[n], 0);
    n = 7;
    ck_assert_uint_eq(probe_probe_long_text(p, text, 65536, back, 65536, &n), FUT_EMSGSIZE);
    ck_assert_uint_eq(n, 7); /* untouched */
    ck_assert_uint_eq(probe_probe_long_text(p, text, 65537, back, 65537, &n), FUT_EMSGSIZE);
    ck_assert_uint_eq(probe_probe_long_data(p, text, 65536, back, 65536, &n), FUT_OK);
    ck_assert_uint_eq(n, 65536);
    ck_assert_uint_eq(probe_probe_look(p, text, 65536, back, 65536, &n), FUT_OK);
    ck_assert_uint_eq(probe_probe_text(p, "\xff", 1, back, 65, &n), FUT_EBADMSG);
    ck_assert_uint_eq(slots_free(&conn), 3);
    ck_assert_uint_eq(conn.slots[0] >> 16, session->seq[0]);
    free(text);
    free(back);
}
END_TEST

START_TEST(results_are_untouched_on_error)
{
    uint32_t o = 5;

    d.call_status = FUT_S_DEAD;
    ck_assert_uint_eq(probe_probe_make(p, &o), FUT_EDEAD);
    ck_assert_uint_eq(o, 5);
}
END_TEST

START_TEST(statuses)
{
    static const struct {
        fut_status status;
        fut_err error;
    } rows[] = {{FUT_S_DEAD, FUT_EDEAD},
                {FUT_S_NOREPLY, FUT_EUNKNOWN},
                {FUT_S_CANCEL_WAIT, FUT_EUNKNOWN},
                {FUT_S_CANCEL_SEND, FUT_ENOTSENT},
                {FUT_S_EMPTY, FUT_EDEAD}};
    char buf[65];
    size_t n;

    d.call_status = rows[_i].status;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), rows[_i].error);
    d.call_status = FUT_S_OK;
    if (rows[_i].error == FUT_EUNKNOWN) {
        /* The server ran it in this harness, so that the slot leaves quarantine when needed. */
        ck_assert_uint_eq(conn.quarantine, 1);
        ck_assert_uint_eq(slots_free(&conn), 2);
    } else {
        ck_assert_uint_eq(slots_free(&conn), 3);
        ck_assert_uint_eq(conn.quarantine, 0);
    }
    if (rows[_i].status == FUT_S_DEAD) ck_assert_uint_eq(conn.slots[0] >> 16, 0); /* taken back */
}
END_TEST

START_TEST(quarantine)
{
    char buf[65];
    size_t n;
    struct fipc_call a, b, c;

    ck_assert_uint_eq(probe_probe_later_begin(p, "x", 1, &a), FUT_OK);
    scan();
    ck_assert(state.waits);
    fipc_abandon(&a);
    ck_assert_uint_eq(conn.quarantine, 1);
    ck_assert_uint_eq(probe_probe_later_begin(p, "y", 1, &b), FUT_OK);
    ck_assert_uint_eq(probe_probe_text(p, "z", 1, buf, sizeof(buf), &n), FUT_ENOSLOT);
    ck_assert_uint_eq(probe_probe_later_begin(p, "z", 1, &c), FUT_ENOSLOT);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "late", 4), FUT_OK);
    ck_assert_uint_eq(probe_probe_text(p, "z", 1, buf, sizeof(buf), &n), FUT_OK); /* freed now */
    ck_assert_uint_eq(conn.quarantine, 0);
    ck_assert_uint_eq(broken, 0);
}
END_TEST

START_TEST(asynchronous)
{
    struct fipc_call a, b;
    char buf[65];
    size_t n = 0;

    ck_assert_uint_eq(probe_probe_text_begin(p, "one", 3, &a), FUT_OK);
    ck_assert_uint_eq(d.rings, 1);
    ck_assert_uint_eq(probe_probe_text_end(&a, buf, sizeof(buf), &n), FUT_EAGAIN);
    ck_assert_uint_eq(probe_probe_later_begin(p, "two", 3, &b), FUT_OK);
    scan();
    ck_assert_uint_eq(d.client_rings, 1);
    ck_assert_uint_eq(probe_probe_text_end(&a, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_str_eq(buf, "one");
    ck_assert_uint_eq(probe_probe_text_end(&a, buf, sizeof(buf), &n), FUT_EINVAL);
    ck_assert_uint_eq(probe_probe_later_end(&b, buf, sizeof(buf), &n), FUT_EAGAIN);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "TWO", 3), FUT_OK);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "TWO", 3), FUT_ECANCELED); /* once */
    ck_assert_uint_eq(probe_probe_later_end(&b, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_str_eq(buf, "TWO");
    ck_assert_uint_eq(slots_free(&conn), 3);
    ck_assert_uint_eq(probe_probe_nothing_begin(p, &a), FUT_OK); /* register-only methods too */
    scan();
    ck_assert_uint_eq(probe_probe_nothing_end(&a), FUT_OK);
    ck_assert_uint_eq(probe_probe_fail_begin(p, 256, &a), FUT_OK);
    scan();
    ck_assert_uint_eq(probe_probe_fail_end(&a), PROBE_PROBE_TOO_LOUD);
    ck_assert_uint_eq(broken, 0);
}
END_TEST

START_TEST(cancel)
{
    struct fipc_call a;
    uint32_t x;
    uint64_t word = 0;

    ck_assert_uint_eq(probe_probe_wait_begin(p, 3, &a), FUT_OK);
    scan();
    ck_assert(state.waits);
    scan();
    ck_assert_uint_eq(cancels, 0);
    ck_assert_uint_eq(fipc_cancel(&a), FUT_OK);
    scan();
    ck_assert_uint_eq(cancels, 1);
    ck_assert_uint_eq(probe_probe_wait_end(&a, &x), FUT_ECANCELED);
    ck_assert_uint_eq(fipc_cancel(&a), FUT_EINVAL);
    /* Whoever gives a call up has it ended too; its slot comes back by itself. */
    ck_assert_uint_eq(probe_probe_wait_begin(p, 3, &a), FUT_OK);
    scan();
    fipc_abandon(&a);
    ck_assert_uint_eq(slots_free(&conn), 2);
    scan();
    ck_assert_uint_eq(cancels, 2);
    ck_assert(!state.waits);
    ck_assert_uint_eq(fipc_slot_search(&conn, &word), 1);
    word = 0;
    ck_assert_uint_eq(fipc_slot_search(&conn, &word), 0);
}
END_TEST

/* A server that takes no doorbells would look at nothing in the lane. */
START_TEST(without_doorbell)
{
    struct fipc_call a;

    ck_assert_uint_eq(probe_probe_wait_begin(p, 3, &a), FUT_OK);
    conn.doorbell = 0;
    ck_assert_uint_eq(fipc_cancel(&a), FUT_EOPNOTSUPP);
    ck_assert_uint_eq(probe_probe_nothing_begin(p, &a), FUT_EOPNOTSUPP);
    ck_assert_uint_eq(a.slot, FIPC_SLOT_NONE);
    ck_assert_uint_eq(slots_free(&conn), 2);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_OK);
}
END_TEST

START_TEST(submit_out_of_turn)
{
    uint32_t *submit = (uint32_t *)(void *)lane.c;

    submit[0] = 2;
    scan();
    ck_assert_uint_eq(broken, 1);
    scan();
    ck_assert_uint_eq(broken, 1);
}
END_TEST

static const struct fipc_session *refused;

static void on_refused(struct fipc_server *s, struct fipc_session *n)
{
    ck_assert_ptr_eq(s, &server);
    ck_assert_uint_eq(s->req.m.token, 0); /* between messages: the last was answered */
    refused = n;
    fipc_session_close(s, n->badge);
}

/* A ring that the client broke is found in the middle of a call: that is answered, then the session
 * goes, by what the configuration says where no hook does. */
START_TEST(broken_between_messages)
{
    static const struct fipc_server_hooks none = {.closed = on_closed};
    uint32_t *tail = (uint32_t *)(void *)(lane.c + FIPC_RING_LINES + 7 * FIPC_RING_LINE);

    server.config.hooks = &none;
    server.config.broken = on_refused;
    refused = NULL;
    *tail = 0x80000000;
    for (unsigned i = 0; i < 64; i++)
        ck_assert_uint_eq(probe_probe_tick_event(session, 0, i, NULL), FUT_OK);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_OK);
    ck_assert_uint_eq(probe_probe_tick_event(session, 0, 64, NULL), FUT_EAGAIN);
    ck_assert_ptr_null(refused);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_OK); /* was ready, and goes the long way */
    ck_assert_ptr_eq(refused, session);
    ck_assert_uint_eq(closed, 1);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_EBADF);
    refused = NULL;
    scan();
    ck_assert_ptr_null(refused);
}
END_TEST

START_TEST(keep_gives_back)
{
    uint32_t x;

    ck_assert_uint_eq(probe_probe_wait(p, 0, &x), FUT_OK);
    ck_assert_uint_eq(state.lost, 0);
    d.reply_status = FUT_S_STALE;
    (void)probe_probe_wait(p, 0, &x);
    ck_assert_uint_eq(state.lost, 1);
}
END_TEST

START_TEST(deferred_to_the_gone)
{
    uint32_t x;

    ck_assert_uint_eq(probe_probe_wait(p, 5, &x), FUT_EUNKNOWN); /* deferred: no reply here */
    d.reply_status = FUT_S_STALE;
    ck_assert_uint_eq(probe_probe_wait_reply(&state.waiting, 5), FUT_ECANCELED);
    d.reply_status = FUT_S_OK;
    ck_assert_uint_eq(probe_probe_wait(p, 6, &x), FUT_EUNKNOWN);
    fipc_session_close(&server, BADGE);
    ck_assert_uint_eq(closed, 1);
    ck_assert(fipc_deferred_cancelled(&state.waiting));
    ck_assert_uint_eq(probe_probe_wait_reply(&state.waiting, 6), FUT_ECANCELED);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_EBADF);
}
END_TEST

START_TEST(objects_of_a_session)
{
    uint32_t a, b, c, stale;

    ck_assert_uint_eq(probe_probe_make(p, &a), FUT_OK);
    ck_assert_uint_eq(probe_probe_make(p, &b), FUT_OK);
    ck_assert_uint_ne(a, b);
    ck_assert_uint_eq(probe_probe_make(p, &c), FUT_EMFILE);
    ck_assert_uint_eq(probe_probe_nothing((probe_probe){&conn, a}), FUT_OK);
    ck_assert_uint_eq(fipc_release(&conn, PROBE_PROBE_TAG, a), FUT_OK);
    ck_assert_uint_eq(state.released, 1);
    ck_assert_uint_eq(fipc_release(&conn, PROBE_PROBE_TAG, a), FUT_EBADF);
    stale = a;
    for (int i = 0; i < 3; i++) { /* the entry is used again, the number is another */
        ck_assert_uint_eq(probe_probe_make(p, &a), FUT_OK);
        ck_assert_uint_ne(a, stale);
        ck_assert_uint_eq(probe_probe_nothing((probe_probe){&conn, stale}), FUT_EBADF);
        ck_assert_uint_eq(fipc_release(&conn, PROBE_PROBE_TAG, a), FUT_OK);
    }
    ck_assert_ptr_nonnull(fipc_object_find(session, b, &probe_probe_iface));
    ck_assert_ptr_null(fipc_object_find(session, b, &probe_rings_iface));
    ck_assert_uint_eq(fipc_ping(&conn, PROBE_RINGS_TAG, b), FUT_EPROTO);
    ck_assert_uint_eq(fipc_ping(&conn, PROBE_PROBE_TAG, b), FUT_OK);
    fipc_session_close(&server, BADGE);
    ck_assert_uint_eq(state.released, 6); /* b and the root with it */
}
END_TEST

/* A call with the words of the last one takes a shorter way; whatever changed in between counts. */
START_TEST(the_same_call_again)
{
    probe_probe o = {&conn, 0};
    uint64_t first[5] = {0}, w[5];
    uint32_t other;
    char buf[65];
    size_t n;

    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_uint_eq(session->seq[0], 3);
    ck_assert_uint_eq(*(uint32_t *)(void *)(lane.s + FIPC_S_DONE), 3);
    for (int i = 0; i < 3; i++) /* an error each time, with the slot given back */
        ck_assert_uint_eq(probe_probe_text(p, "\xff", 1, buf, sizeof(buf), &n), FUT_EBADMSG);
    ck_assert_uint_eq(*(uint32_t *)(void *)(lane.s + FIPC_S_DONE), 6);
    ck_assert_uint_eq(probe_probe_text(p, "b", 1, buf, sizeof(buf), &n), FUT_OK);
    /* the object is gone */
    ck_assert_uint_eq(probe_probe_make(p, &o.obj), FUT_OK);
    ck_assert_uint_eq(probe_probe_make(p, &other), FUT_OK);
    ck_assert_uint_eq(probe_probe_nothing(o), FUT_OK);
    ck_assert_uint_eq(fipc_object_drop(session, o.obj), FUT_OK);
    ck_assert_uint_eq(probe_probe_nothing(o), FUT_EBADF);
    /* the slot is busy: its reply was deferred */
    first[0] = FIPC_W0(54, 1, 1, PROBE_PROBE_TAG);
    first[1] = 1ull << 48;
    memcpy(w, first, sizeof(w));
    ck_assert(!direct_message(&d, BADGE, w));
    memcpy(w, first, sizeof(w));
    ck_assert(direct_message(&d, BADGE, w));
    ck_assert_uint_eq(w[0], FUT_EBADMSG);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "x", 1), FUT_OK);
    /* the session is gone, and had no object any more */
    ck_assert_uint_eq(fipc_object_drop(session, other), FUT_OK);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_OK);
    fipc_session_close(&server, BADGE);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_EBADF);
}
END_TEST

START_TEST(members_of_a_union_of_scalars)
{
    struct probe_pick x = {.tag = PROBE_PICK_NUM, .u.num = 0}, out;
    uint64_t w[5] = {0};

    ck_assert_uint_eq(probe_probe_pick(p, &x, &out), FUT_OK);
    ck_assert(out.tag == PROBE_PICK_NUM && out.u.num == 0);
    x = (struct probe_pick){.tag = PROBE_PICK_ON, .u.on = true};
    ck_assert_uint_eq(probe_probe_pick(p, &x, &out), FUT_OK);
    ck_assert(out.tag == PROBE_PICK_ON && out.u.on);
    x = (struct probe_pick){.tag = PROBE_PICK_NODE, .u.node = 0};
    ck_assert_uint_eq(probe_probe_pick(p, &x, &out), FUT_EINVAL);
    x.tag = 4;
    ck_assert_uint_eq(probe_probe_pick(p, &x, &out), FUT_EINVAL);
    static const uint64_t bad[] = {0, 2, 3 | 2ull << 32, 4, 5 | 1ull << 33, 6, 1ull << 31};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        w[0] = FIPC_W0(58, 0, 1, PROBE_PROBE_TAG);
        w[1] = bad[i];
        ck_assert(direct_message(&d, BADGE, w));
        ck_assert_uint_eq(w[0], FUT_EBADMSG);
    }
    w[0] = FIPC_W0(58, 0, 1, PROBE_PROBE_TAG);
    w[1] = 5 | 1ull << 47; /* mode C */
    ck_assert(direct_message(&d, BADGE, w));
    ck_assert_uint_eq(w[0], 0x10000);
    ck_assert_uint_eq(w[1], 5 | 1ull << 47);
}
END_TEST

START_TEST(object_of_another_session)
{
    struct lane other_lane;
    struct fipc_session *other;
    struct fipc_session_config open = {
        .badge = 0x20007, .spec = &other_lane.spec, .root = &probe_binding, .self = &state};
    uint64_t w[5] = {0};
    uint32_t a;

    lane_make(&other_lane, &probe_probe_lane, 1);
    open.c = other_lane.c;
    open.s = other_lane.s;
    ck_assert_uint_eq(fipc_session_open(&server, &open, &other), FUT_OK);
    ck_assert_ptr_ne(other, session);
    ck_assert_uint_eq(fipc_session_open(&server, &open, &other), FUT_EEXIST);
    ck_assert_uint_eq(probe_probe_make(p, &a), FUT_OK);
    w[0] = FIPC_W0(38, 0, 0, PROBE_PROBE_TAG) | (uint64_t)a << 32;
    ck_assert(direct_message(&d, 0x20007, w));
    ck_assert_uint_eq(w[0], FUT_EBADF);
    w[0] = FIPC_W0(38, 0, 0, PROBE_PROBE_TAG) | (uint64_t)a << 32;
    ck_assert(direct_message(&d, BADGE, w));
    ck_assert_uint_eq(w[0], 0);
    lane_free(&other_lane);
}
END_TEST

START_TEST(session_table)
{
    struct fipc_lane_spec none = {0};
    struct fipc_session_config open = {.spec = &none, .root = &probe_binding, .self = &state};
    struct fipc_lane_spec large = probe_probe_lane;

    for (uint64_t i = 1; i <= 3; i++) { /* all hash to the same place */
        open.badge = BADGE + (i << 16);
        ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_OK);
    }
    open.badge = 0x777;
    ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_ENFILE);
    fipc_session_close(&server, BADGE + (2u << 16));
    ck_assert_ptr_null(fipc_session_find(&server, BADGE + (2u << 16)));
    ck_assert_ptr_nonnull(fipc_session_find(&server, BADGE + (3u << 16)));
    ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_OK);
    fipc_session_close(&server, 0x777);
    large.pool_pages = 1;
    open.spec = &large;
    open.c = open.s = lane.s;
    ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_EVERSION);
    large.req_class = 4;
    ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_EINVAL);
    open.badge = 0;
    open.spec = &none;
    ck_assert_uint_eq(fipc_session_open(&server, &open, NULL), FUT_EINVAL);
}
END_TEST

START_TEST(events)
{
    struct fipc_event ev;
    uint32_t lost;
    uint64_t n;
    uint16_t k = 3, value;
    bool has;

    ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_EAGAIN);
    for (uint64_t i = 0; i < 70; i++)
        ck_assert_uint_eq(probe_probe_tick_event(session, 9, i, i % 2 ? &k : NULL),
                          i < 64 ? FUT_OK : FUT_EAGAIN);
    for (uint64_t i = 0; i < 64; i++) {
        ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_OK);
        ck_assert_uint_eq(lost, i ? 0 : 6);
        ck_assert_uint_eq(ev.object, 9);
        ck_assert_uint_eq(probe_probe_tick_read(&ev, &n, &has, &value), FUT_OK);
        ck_assert_uint_eq(n, i);
        ck_assert(has == (i % 2 == 1) && value == (has ? 3 : 0));
    }
    ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_EAGAIN);
    ck_assert_uint_eq(probe_probe_tick_event(session, 0, 1, NULL), FUT_OK);
    ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_OK);
    ck_assert_uint_eq(lost, 0);
    ev.root[1] = 0xff0003; /* has = 255 */
    ck_assert_uint_eq(probe_probe_tick_read(&ev, &n, &has, &value), FUT_EPROTO);
    ev.ordinal = 51;
    ck_assert_uint_eq(probe_probe_tick_read(&ev, &n, &has, &value), FUT_EPROTO);
    /* A server that lies about its head: the ring is broken for good. */
    *(uint32_t *)(void *)(lane.s + FIPC_RING_LINES + 7 * FIPC_RING_LINE) += 1000;
    ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_EPROTO);
    ck_assert_uint_eq(fipc_event_next(&conn, &ev, &lost), FUT_EPROTO);
}
END_TEST

START_TEST(oneway)
{
    ck_assert_uint_eq(probe_probe_poke(p, 77), FUT_OK);
    ck_assert_uint_eq(state.poked, 77);
}
END_TEST

START_TEST(describe)
{
    uint8_t buf[8192];
    size_t n;

    ck_assert_uint_eq(fipc_describe(&conn, PROBE_PROBE_TAG, 0, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_uint_eq(n, probe_probe_iface.image_size);
    ck_assert_mem_eq(buf, probe_probe_iface.image, n);
    n = 0;
    ck_assert_uint_eq(fipc_describe(&conn, PROBE_PROBE_TAG, 0, buf, 100, &n), FUT_EMSGSIZE);
    ck_assert_uint_eq(n, probe_probe_iface.image_size);
    ck_assert_uint_eq(fipc_describe(&conn, 0, 0, buf, sizeof(buf), &n), FUT_EPROTO);
}
END_TEST

START_TEST(share)
{
    uint64_t ticket;

    ck_assert_uint_eq(fipc_share(&conn, PROBE_PROBE_TAG, 0, 6, &ticket), FUT_OK);
    ck_assert_uint_eq(ticket, 6ull << 32 | 1u << 20);
    ck_assert_uint_eq(shared, 1);
}
END_TEST

static uint64_t dropped[4];
static unsigned ndropped;
static void on_drop(void *user, uint64_t ticket)
{
    (void)user;
    if (ndropped < 4) dropped[ndropped++] = ticket;
}

START_TEST(tickets_are_dropped)
{
    uint64_t c;
    uint32_t o;

    conn.drop_ticket = on_drop;
    ndropped = 0;
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_OK);
    ck_assert_uint_eq(ndropped, 0);
    d.call_status = FUT_S_NOREPLY;
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_EUNKNOWN);
    ck_assert_uint_eq(ndropped, 0);
    d.call_status = FUT_S_DEAD;
    ck_assert_uint_eq(probe_probe_handles(p, 1, 99, &o, &c), FUT_EDEAD);
    ck_assert_uint_eq(ndropped, 1);
    ck_assert_uint_eq(dropped[0], 99);
    ck_assert_uint_eq(probe_probe_frames(p, 5, 6), FUT_EDEAD);
    ck_assert_uint_eq(ndropped, 3);
}
END_TEST

/* An asynchronous call that does not get as far as the server drops its tickets too. */
START_TEST(tickets_of_asynchronous_calls)
{
    struct fipc_call calls[SLOTS], late;

    conn.drop_ticket = on_drop;
    ndropped = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        ck_assert_uint_eq(probe_probe_later_begin(p, "x", 1, &calls[i]), FUT_OK);
    ck_assert_uint_eq(probe_probe_frames_begin(p, 5, 6, &late), FUT_ENOSLOT);
    ck_assert_uint_eq(ndropped, 2);
    ck_assert_uint_eq(dropped[0], 5);
    ck_assert_uint_eq(dropped[1], 6);
    for (unsigned i = 0; i < SLOTS; i++)
        fipc_abandon(&calls[i]);
}
END_TEST

START_TEST(tickets_of_refused_submission)
{
    struct fipc_call c;
    uint32_t size = conn.req_size;

    conn.drop_ticket = on_drop;
    ndropped = 0;
    ck_assert_uint_eq(probe_probe_frames_begin(p, 0, 6, &c), FUT_EINVAL);
    ck_assert_uint_eq(ndropped, 1);
    conn.req_size = 0; /* a connection without slots for it */
    ck_assert_uint_eq(probe_probe_frames_begin(p, 5, 6, &c), FUT_EOPNOTSUPP);
    ck_assert_uint_eq(ndropped, 3);
    conn.req_size = size;
}
END_TEST

START_TEST(errors_of_interfaces)
{
    ck_assert_uint_eq(probe_probe_fail(p, FUT_ENOENT), FUT_ENOENT);
    ck_assert_uint_eq(conn.detail, 5);
    ck_assert_uint_eq(probe_probe_fail(p, 256), PROBE_PROBE_TOO_LOUD);
    ck_assert_uint_eq(probe_probe_fail(p, 257), FUT_EPROTO); /* undeclared */
    ck_assert_uint_eq(probe_probe_fail(p, FUT_EUNKNOWN), FUT_EIO);
    ck_assert_uint_eq(probe_probe_fail(p, 5000), FUT_EIO);
    ck_assert_uint_eq(probe_probe_frames(p, 5, 6), FUT_ENOSYS); /* no handler */
    ck_assert_str_eq(fut_errname(&probe_probe_iface, 256), "TOO_LOUD");
    ck_assert_str_eq(fut_strerror(&probe_probe_iface, 256), "TOO_LOUD");
    ck_assert_str_eq(fut_strerror(NULL, 256), "unknown error");
    ck_assert_str_eq(fut_errname(NULL, FUT_ENOENT), "ENOENT");
    ck_assert_str_eq(fut_strerror(NULL, 0), "success");
}
END_TEST

/* What a hostile server may answer: nothing of it is believed. */
static uint64_t forged[5];
static fut_status forge(void *at, uint32_t slot, uint64_t w[5])
{
    (void)at;
    (void)slot;
    memcpy(w, forged, sizeof(forged));
    return FUT_S_OK;
}

START_TEST(hostile_replies)
{
    static const uint64_t bad[] = {1u << 13,
                                   1u << 15,
                                   1u << 24,
                                   1ull << 32,
                                   FUT_ENOENT | 1u << 16,
                                   FUT_ENOENT | FIPC_W0_SLOT,
                                   FUT_EUNKNOWN,
                                   FUT_EDEAD,
                                   255,
                                   300,
                                   4095};
    struct fipc_transport t = {.call = forge};
    char buf[65];
    size_t n;
    bool x;

    conn.transport = &t;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        forged[0] = bad[i];
        ck_assert_msg(probe_probe_nothing(p) == FUT_EPROTO, "%zu", i);
    }
    forged[0] = 0; /* no root where one is required */
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged[0] = 1u << 16 | FIPC_W0_SLOT; /* data where no slot was given */
    forged[1] = 1;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged[0] = 9u << 16 | FIPC_W0_SLOT;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged[0] = 1u << 16;
    forged[1] = 2;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged[1] = 0x0001000000000005; /* five bytes, but no SLOT */
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO);
    forged[0] |= FIPC_W0_SLOT;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* NULs */
    forged[1] = 0x0001000100000005;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* cursor */
    forged[1] = 0x0001000000000041;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* bound */
    ck_assert_uint_eq(slots_free(&conn), 3);
}
END_TEST

START_TEST(arguments_that_cannot_be_sent)
{
    struct probe_any unknown = {.tag = 9}, out;
    struct fipc_arena a;
    uint8_t memory[256];
    uint32_t o;
    uint64_t c;
    uint32_t many[9] = {0}, got[8];
    size_t n;

    fipc_arena_init(&a, memory, sizeof(memory));
    ck_assert_uint_eq(probe_probe_any(p, &unknown, &out, &a), FUT_EINVAL);
    ck_assert_uint_eq(probe_probe_handles(p, 0, 1, &o, &c), FUT_EINVAL);
    ck_assert_uint_eq(probe_probe_numbers(p, many, 9, got, 8, &n), FUT_EMSGSIZE);
    ck_assert_uint_eq(probe_probe_numbers(p, many, 8, got, 7, &n), FUT_EMSGSIZE);
    ck_assert_uint_eq(probe_probe_numbers(p, many, 8, got, 8, &n), FUT_OK);
    ck_assert_uint_eq(slots_free(&conn), 3);
    ck_assert_uint_eq(conn.slots[0] >> 16, session->seq[0]);
}
END_TEST

/* --- a server thread and many clients --- */

struct crowd {
    struct loop loop;
    struct fipc_conn conn;
    unsigned failures;
};

static void *serve(void *arg)
{
    fipc_server_run(arg);
    return NULL;
}

static void stop_at_bit(struct fipc_server *s, uint64_t bits)
{
    if (bits & FIPC_BIT_CAPMGR) s->stop = true;
}

static void *call_often(void *arg)
{
    struct crowd *c = arg;
    probe_probe o = {&c->conn, 0};

    for (int i = 0; i < 2000; i++) {
        char text[65], back[65];
        size_t n = 0;
        fut_err e;
        memset(text, 'a' + i % 26, (size_t)(i % 65));
        e = probe_probe_text(o, text, (size_t)(i % 65), back, sizeof(back), &n);
        if (e == FUT_ENOSLOT) continue;
        if (e != FUT_OK || n != (size_t)(i % 65) || memcmp(text, back, n)) c->failures++;
    }
    return NULL;
}

START_TEST(many_threads_one_connection)
{
    static const struct fipc_server_hooks stopper = {.notified = stop_at_bit};
    struct crowd *c = calloc(1, sizeof(*c));
    struct loop_client client;
    struct fipc_areas areas = {
        .slot = LOOP_SLOT_ENDPOINT, .doorbell = LOOP_SLOT_BELL, .c = lane.c, .s = lane.s};
    pthread_t server_thread, threads[4];

    loop_init(&c->loop);
    loop_client_init(&client, &c->loop, BADGE);
    server.config.transport = &c->loop.server;
    server.config.hooks = &stopper;
    ck_assert_uint_eq(fipc_conn_init(&c->conn, &client.transport, &areas, &lane.spec), FUT_OK);
    pthread_create(&server_thread, NULL, serve, &server);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, call_often, c);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    loop_notify(&c->loop, FIPC_BIT_CAPMGR);
    pthread_join(server_thread, NULL);
    ck_assert_uint_eq(c->failures, 0);
    ck_assert_uint_eq(slots_free(&c->conn), 3);
    free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc calls");
    TCase *t = tcase_create("calls");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, long_strings);
    tcase_add_test(t, results_are_untouched_on_error);
    tcase_add_loop_test(t, statuses, 0, 5);
    tcase_add_test(t, quarantine);
    tcase_add_test(t, asynchronous);
    tcase_add_test(t, cancel);
    tcase_add_test(t, without_doorbell);
    tcase_add_test(t, submit_out_of_turn);
    tcase_add_test(t, broken_between_messages);
    tcase_add_test(t, keep_gives_back);
    tcase_add_test(t, deferred_to_the_gone);
    tcase_add_test(t, objects_of_a_session);
    tcase_add_test(t, the_same_call_again);
    tcase_add_test(t, members_of_a_union_of_scalars);
    tcase_add_test(t, object_of_another_session);
    tcase_add_test(t, session_table);
    tcase_add_test(t, events);
    tcase_add_test(t, oneway);
    tcase_add_test(t, describe);
    tcase_add_test(t, share);
    tcase_add_test(t, tickets_are_dropped);
    tcase_add_test(t, tickets_of_asynchronous_calls);
    tcase_add_test(t, tickets_of_refused_submission);
    tcase_add_test(t, errors_of_interfaces);
    tcase_add_test(t, hostile_replies);
    tcase_add_test(t, arguments_that_cannot_be_sent);
    tcase_add_test(t, many_threads_one_connection);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
