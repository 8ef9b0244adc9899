/* SPDX-License-Identifier: Apache-2.0 */
/* What a session has: its entry in the server's table, its objects, its tickets and its events. */
#include "hooks.h"
#include "suite.h"

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
    static const struct fipc_server_hooks none = {.closed = hooks_closed};
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
    ck_assert_uint_eq(hooked.closed, 1);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_EBADF);
    refused = NULL;
    server_scan();
    ck_assert_ptr_null(refused);
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
    ck_assert_uint_eq(hooked.opened, 5); /* those that were taken, and no other */
}
END_TEST

START_TEST(share)
{
    uint64_t ticket;

    ck_assert_uint_eq(fipc_share(&conn, PROBE_PROBE_TAG, 0, 6, &ticket), FUT_OK);
    ck_assert_uint_eq(ticket, 6ull << 32 | 1u << 20);
    ck_assert_uint_eq(hooked.shared, 1);
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

START_TEST(tickets_are_dropped)
{
    uint64_t c;
    uint32_t o;

    drops_watch();
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

    drops_watch();
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

    drops_watch();
    ck_assert_uint_eq(probe_probe_frames_begin(p, 0, 6, &c), FUT_EINVAL);
    ck_assert_uint_eq(ndropped, 1);
    conn.req_size = 0; /* a connection without slots for it */
    ck_assert_uint_eq(probe_probe_frames_begin(p, 5, 6, &c), FUT_EOPNOTSUPP);
    ck_assert_uint_eq(ndropped, 3);
    conn.req_size = size;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc sessions");
    TCase *t = tcase_create("sessions");

    tcase_add_checked_fixture(t, hooks_setup, pair_free);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, broken_between_messages);
    tcase_add_test(t, objects_of_a_session);
    tcase_add_test(t, object_of_another_session);
    tcase_add_test(t, session_table);
    tcase_add_test(t, share);
    tcase_add_test(t, events);
    tcase_add_test(t, tickets_are_dropped);
    tcase_add_test(t, tickets_of_asynchronous_calls);
    tcase_add_test(t, tickets_of_refused_submission);
    return suite_run(s, t);
}
