/* SPDX-License-Identifier: Apache-2.0 */
/* Single calls: what they carry, what they may answer, and how they fail; then many threads that
 * call over one connection. */
#include "hooks.h"
#include "suite.h"
#include <string.h>

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
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
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
        ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
        ck_assert_uint_eq(conn.quarantine, 0);
    }
    if (rows[_i].status == FUT_S_DEAD) ck_assert_uint_eq(conn.slots[0] >> 16, 0); /* taken back */
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
    ck_assert_uint_eq(lane_done(), 3);
    for (int i = 0; i < 3; i++) /* an error each time, with the slot given back */
        ck_assert_uint_eq(probe_probe_text(p, "\xff", 1, buf, sizeof(buf), &n), FUT_EBADMSG);
    ck_assert_uint_eq(lane_done(), 6);
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

/* First words that no reply may have. */
static const uint64_t bad_replies[] = {1u << 13,
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

/* What a hostile server may answer: nothing of it is believed. */
START_TEST(hostile_replies)
{
    struct canned forged;
    char buf[65];
    size_t n;
    bool x;

    canned_init(&forged);
    conn.transport = &forged.transport;
    for (size_t i = 0; i < sizeof(bad_replies) / sizeof(bad_replies[0]); i++) {
        forged.w[0] = bad_replies[i];
        ck_assert_msg(probe_probe_nothing(p) == FUT_EPROTO, "%zu", i);
    }
    forged.w[0] = 0; /* no root where one is required */
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged.w[0] = 1u << 16 | FIPC_W0_SLOT; /* data where no slot was given */
    forged.w[1] = 1;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged.w[0] = 9u << 16 | FIPC_W0_SLOT;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged.w[0] = 1u << 16;
    forged.w[1] = 2;
    ck_assert_uint_eq(probe_probe_truth(p, true, &x), FUT_EPROTO);
    forged.w[1] = 0x0001000000000005; /* five bytes, but no SLOT */
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO);
    forged.w[0] |= FIPC_W0_SLOT;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* NULs */
    forged.w[1] = 0x0001000100000005;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* cursor */
    forged.w[1] = 0x0001000000000041;
    ck_assert_uint_eq(probe_probe_text(p, "a", 1, buf, sizeof(buf), &n), FUT_EPROTO); /* bound */
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
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
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
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
    ck_assert_uint_eq(slots_free(&c->conn), SLOTS_ALL);
    free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc calls");
    TCase *t = tcase_create("calls");

    tcase_add_checked_fixture(t, hooks_setup, pair_free);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, long_strings);
    tcase_add_test(t, results_are_untouched_on_error);
    tcase_add_loop_test(t, statuses, 0, 5);
    tcase_add_test(t, the_same_call_again);
    tcase_add_test(t, members_of_a_union_of_scalars);
    tcase_add_test(t, oneway);
    tcase_add_test(t, describe);
    tcase_add_test(t, errors_of_interfaces);
    tcase_add_test(t, hostile_replies);
    tcase_add_test(t, arguments_that_cannot_be_sent);
    tcase_add_test(t, many_threads_one_connection);
    return suite_run(s, t);
}
