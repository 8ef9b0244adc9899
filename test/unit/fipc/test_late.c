/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that end later: asynchronous and deferred ones, cancel, keep, and the slots that stay in
 * quarantine until the server is done with them. */
#include "hooks.h"
#include "suite.h"

START_TEST(quarantine)
{
    char buf[65];
    size_t n;
    struct fipc_call a, b, c;

    ck_assert_uint_eq(probe_probe_later_begin(p, "x", 1, &a), FUT_OK);
    server_scan();
    ck_assert(state.waits);
    fipc_abandon(&a);
    ck_assert_uint_eq(conn.quarantine, 1);
    ck_assert_uint_eq(probe_probe_later_begin(p, "y", 1, &b), FUT_OK);
    ck_assert_uint_eq(probe_probe_text(p, "z", 1, buf, sizeof(buf), &n), FUT_ENOSLOT);
    ck_assert_uint_eq(probe_probe_later_begin(p, "z", 1, &c), FUT_ENOSLOT);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "late", 4), FUT_OK);
    ck_assert_uint_eq(probe_probe_text(p, "z", 1, buf, sizeof(buf), &n), FUT_OK); /* freed now */
    ck_assert_uint_eq(conn.quarantine, 0);
    ck_assert_uint_eq(hooked.broken, 0);
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
    server_scan();
    ck_assert_uint_eq(d.client_rings, 1);
    ck_assert_uint_eq(probe_probe_text_end(&a, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_str_eq(buf, "one");
    ck_assert_uint_eq(probe_probe_text_end(&a, buf, sizeof(buf), &n), FUT_EINVAL);
    ck_assert_uint_eq(probe_probe_later_end(&b, buf, sizeof(buf), &n), FUT_EAGAIN);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "TWO", 3), FUT_OK);
    ck_assert_uint_eq(probe_probe_later_reply(&state.waiting, "TWO", 3), FUT_ECANCELED); /* once */
    ck_assert_uint_eq(probe_probe_later_end(&b, buf, sizeof(buf), &n), FUT_OK);
    ck_assert_str_eq(buf, "TWO");
    ck_assert_uint_eq(slots_free(&conn), SLOTS_ALL);
    ck_assert_uint_eq(probe_probe_nothing_begin(p, &a), FUT_OK); /* register-only methods too */
    server_scan();
    ck_assert_uint_eq(probe_probe_nothing_end(&a), FUT_OK);
    ck_assert_uint_eq(probe_probe_fail_begin(p, 256, &a), FUT_OK);
    server_scan();
    ck_assert_uint_eq(probe_probe_fail_end(&a), PROBE_PROBE_TOO_LOUD);
    ck_assert_uint_eq(hooked.broken, 0);
}
END_TEST

START_TEST(cancel)
{
    struct fipc_call a;
    uint32_t x;
    uint64_t word = 0;

    ck_assert_uint_eq(probe_probe_wait_begin(p, 3, &a), FUT_OK);
    server_scan();
    ck_assert(state.waits);
    server_scan();
    ck_assert_uint_eq(hooked.cancels, 0);
    ck_assert_uint_eq(fipc_cancel(&a), FUT_OK);
    server_scan();
    ck_assert_uint_eq(hooked.cancels, 1);
    ck_assert_uint_eq(probe_probe_wait_end(&a, &x), FUT_ECANCELED);
    ck_assert_uint_eq(fipc_cancel(&a), FUT_EINVAL);
    /* Whoever gives a call up has it ended too; its slot comes back by itself. */
    ck_assert_uint_eq(probe_probe_wait_begin(p, 3, &a), FUT_OK);
    server_scan();
    fipc_abandon(&a);
    ck_assert_uint_eq(slots_free(&conn), 2);
    server_scan();
    ck_assert_uint_eq(hooked.cancels, 2);
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
    server_scan();
    ck_assert_uint_eq(hooked.broken, 1);
    server_scan();
    ck_assert_uint_eq(hooked.broken, 1);
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
    ck_assert_uint_eq(hooked.closed, 1);
    ck_assert(fipc_deferred_cancelled(&state.waiting));
    ck_assert_uint_eq(probe_probe_wait_reply(&state.waiting, 6), FUT_ECANCELED);
    ck_assert_uint_eq(probe_probe_nothing(p), FUT_EBADF);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc late");
    TCase *t = tcase_create("late");

    tcase_add_checked_fixture(t, hooks_setup, pair_free);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, quarantine);
    tcase_add_test(t, asynchronous);
    tcase_add_test(t, cancel);
    tcase_add_test(t, without_doorbell);
    tcase_add_test(t, submit_out_of_turn);
    tcase_add_test(t, keep_gives_back);
    tcase_add_test(t, deferred_to_the_gone);
    return suite_run(s, t);
}
