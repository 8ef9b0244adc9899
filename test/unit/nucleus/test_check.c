/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The predicates of nucleus/spec/check.c bite: a sound state in the explorer's small bounds passes,
 * and each way of breaking it is reported under the number of the invariant that it breaks.
 */
#include "model.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>

enum { TABLE = 3, LEAF = 0, NUCLEUS_FRAME = MAX_FRAMES - 1 };
#define LAST_LEVEL (FUT_PT_LEVELS - 1)

/* Threads 1 (runs), 2 (ready in its queue) and 3 (receives on the first endpoint) of one domain; a
 * region over all frames; a bound interrupt; a table of the last level with one leaf. */
static void start(void)
{
    build_clear();
    build_domain(DOMAIN_A, 5);
    build_thread(1, DOMAIN_A, 0, false);
    build_thread(2, DOMAIN_A, 0, false);
    build_thread(3, DOMAIN_A, 0, false);
    ready_push(2);
    build_endpoint(0);
    threads[3].state = THREAD_WAIT_RECV;
    list_push_back(FIRST_EP, 3);
    endpoints[FIRST_EP].kind = ENDPOINT_RECEIVERS;
    build_region(0, MAX_FRAMES);
    build_cap(DOMAIN_A, AT_RAM, FUT_TYPE_REGION, 1, 15, MAX_FRAMES);
    irqs[0].live = 1;
    irqs[0].thread = 2;
    model_line_masked = false;
    frame_set(TABLE, FUT_FRAME_PT, LAST_LEVEL);
    frames[TABLE].ref = frames[LEAF].ref = 1;
    arch_pt_put(TABLE, 0, arch_entry_leaf(nuc.ram_base + LEAF, FUT_FRAME_USER, FUT_MAP_WRITE));
}

static void leaf(u32 frame, u32 flags)
{
    arch_pt_put(TABLE, 0, arch_entry_leaf(nuc.ram_base + frame, FUT_FRAME_USER, flags));
}

static void break_priority(void) { threads[2].prio = PRIORITIES; }
static void break_token(void) { threads[2].token = 3; }
static void break_region(void) { regions[1].base = PFN_END; }
static void break_current(void) { scs[1].runner = 2; }
static void break_stopped_current(void) { threads[1].state |= THREAD_STOPPED; }
static void break_place(void) { threads[2].state = THREAD_INIT; }
static void break_ready(void) { nuc.cpu[0].ready |= 2; }
static void break_link(void) { threads[2].prev = 3; }
static void break_tail(void) { endpoints[FIRST_EP].tail = 2; }
static void break_kind(void) { endpoints[FIRST_EP + 1].kind = ENDPOINT_SENDERS; }
static void break_core(void) { endpoints[FIRST_EP].key |= 1; }
static void break_fastprio(void) { threads[2].fastprio = 1; }
static void break_home(void) { scs[2].home = 3; }
static void break_lender(void) { scs[2].lender = 1; }
static void break_wait(void) { threads[2].wait_domain = DOMAIN_A; }
static void break_waited(void)
{
    list_remove(3);
    endpoints[FIRST_EP].kind = ENDPOINT_IDLE;
    threads[3].state = THREAD_WAIT_REPLY;
    threads[3].wait_domain = DOMAIN_B;
}
static void break_range(void) { slots[DOMAIN_A * TABLE_STRIDE + AT_RAM].badge += (u64)1 << 32; }
static void break_type(void) { slots[DOMAIN_A * TABLE_STRIDE + AT_RAM].key |= 15u << 4; }
static void break_used(void) { domains[DOMAIN_A].caps_used++; }
static void break_rights(void) { leaf(LEAF, FUT_MAP_WRITE | FUT_MAP_EXEC); }
static void break_leaf(void) { leaf(NUCLEUS_FRAME, 0); }
static void break_table(void) { arch_pt_put(DOMAIN_A, 0, arch_entry_table(nuc.ram_base + LEAF)); }
static void break_references(void) { frames[LEAF].ref = 2; }
static void break_count(void) { frames[TABLE].ref = 2; }
static void break_nucleus_frame(void) { frames[NUCLEUS_FRAME].ref = 1; }
static void break_endpoint_reuse(void) { endpoints[FIRST_EP].dead_epoch = EPOCH; }
static void break_thread_reuse(void) { threads[2].dead_epoch = EPOCH; }
static void break_sc_reuse(void) { scs[2].dead_epoch = EPOCH; }
static void break_region_reuse(void) { regions[1].dead_epoch = EPOCH; }
static void break_irq_reuse(void) { irqs[0].dead_epoch = EPOCH; }
static void break_domain_reuse(void) { domains[DOMAIN_B].dead_epoch = EPOCH; }
static void break_asid(void) { domains[DOMAIN_A].asid = 1; }
static void break_line(void) { model_line_masked = true; }
static void break_acknowledged(void) { irqs[0].masked = 1; }
static void break_unbound(void) { irqs[0].thread = NIL; }
static void break_kernel_half(void) { model_root_wrong = true; }
static void break_registers(void) { model_unsafe = 2; }
static void break_free(void) { frames[4].ref = 1; }

static const struct {
    u32 invariant;
    void (*apply)(void);
} breaks[] = {
    {1, break_priority},
    {1, break_token},
    {1, break_region},
    {2, break_current},
    {2, break_stopped_current},
    {3, break_place},
    {4, break_ready},
    {5, break_link},
    {5, break_tail},
    {6, break_kind},
    {7, break_core},
    {8, break_fastprio},
    {9, break_home},
    {9, break_lender},
    {10, break_wait},
    {10, break_waited},
    {11, break_range},
    {12, break_type},
    {12, break_used},
    {13, break_rights},
    {13, break_leaf},
    {14, break_table},
    {15, break_references},
    {16, break_count},
    {17, break_nucleus_frame},
    {18, break_endpoint_reuse},
    {18, break_thread_reuse},
    {18, break_sc_reuse},
    {18, break_region_reuse},
    {18, break_irq_reuse},
    {18, break_domain_reuse},
    {19, break_kernel_half},
    {20, break_asid},
    {21, break_line},
    {21, break_acknowledged},
    {21, break_unbound},
    {22, break_registers},
    {23, break_free},
};

START_TEST(test_sound)
{
    start();
    ck_assert_uint_eq(check_all(), 0);
}
END_TEST

START_TEST(test_broken)
{
    start();
    breaks[_i].apply();
    ck_assert_msg(check_all() == breaks[_i].invariant, "break %d: reported %u instead of %u", _i,
                  check_all(), breaks[_i].invariant);
}
END_TEST

/* The checks of what an entry touched find the same. */
START_TEST(test_touched)
{
    start();
    touch(FUT_TYPE_THREAD, 2);
    touch(FUT_TYPE_IRQ, 0);
    touch(FUT_TYPE_REGION, 1);
    touch(FUT_TYPE_ENDPOINT, FIRST_EP);
    touch(FUT_TYPE_SC, 2);
    touch(FUT_TYPE_DOMAIN, DOMAIN_B);
    touch(TOUCH_SLOT, DOMAIN_A * TABLE_STRIDE + AT_RAM);
    touch(TOUCH_FRAME, domains[DOMAIN_A].root_frame);
    touch(TOUCH_FRAME, TABLE);
    touch(TOUCH_FRAME, 4);
    touch(TOUCH_FRAME, NUCLEUS_FRAME);
    breaks[_i].apply();
    check_leave(false); /* panics, which aborts */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nucleus.check");
    TCase *tests = tcase_create("predicates");
    SRunner *runner;
    int failed, i, count = (int)(sizeof breaks / sizeof *breaks);

    tcase_add_test(tests, test_sound);
    tcase_add_loop_test(tests, test_broken, 0, count);
    for (i = 0; i < count; i++)
        if (breaks[i].invariant >= 18 && breaks[i].invariant != 20)
            tcase_add_loop_test_raise_signal(tests, test_touched, SIGABRT, i, i + 1);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
