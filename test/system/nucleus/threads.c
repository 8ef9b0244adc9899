/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, contexts, notification bits, the timer. */
#include "suite.h"

CHILD static void child_wait_bits(u64 mask)
{
    struct fut_msg m;

    for (;;)
        fut_sys_recv(0, mask, 0, &m);
}

CHILD static void child_spin(u64 unused)
{
    (void)unused;
    for (;;)
        __asm__ volatile("nop");
}

static void binding(void)
{
    u32 domain = domain_new(0, 0), none = slot_new();
    struct task t = task_new(domain, child_wait_bits, 6, PRIORITY_SUITE + 1, 0);
    u64 words[FUT_REG_WORDS];

    check_begin("thread_bind");
    EXPECT(fut_sys_thread_bind(t.thread, domain, t.sc, 1, 3, 0), FUT_S_STATE);
    EXPECT(fut_sys_thread_bind(none, domain, t.sc, 1, 3, 0), FUT_S_EMPTY);
    EXPECT(fut_sys_thread_bind(t.thread, t.thread, t.sc, 1, 3, 0), FUT_S_TYPE);
    check_end();

    check_begin("thread_run, thread_stop, thread_cancel");
    EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_STATE);
    EXPECT(fut_sys_thread_run(t.thread), FUT_S_OK); /* it has a better priority: it waits by now */
    EXPECT(fut_sys_thread_run(t.thread), FUT_S_STATE);
    EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_OK);
    EXPECT(fut_sys_thread_stop(t.thread), FUT_S_OK);
    regs_get(t.thread, words);
    check_is(words[FUT_REG_X0 + 10], 0, "bits after a cancelled receive");
    EXPECT(fut_sys_thread_run(t.thread), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    EXPECT(fut_sys_thread_run(t.thread), FUT_S_DEAD);
    EXPECT(fut_sys_thread_stop(t.thread), FUT_S_DEAD);
    check_end();

    check_begin("thread_regs");
    EXPECT(fut_sys_thread_regs(SLOT_ME, FUT_REGS_READ, SLOT_RAM, frame_new(FUT_FRAME_USER, 0)),
           FUT_S_STATE);
    EXPECT(fut_sys_thread_regs(t.thread, FUT_REGS_READ, SLOT_RAM, 0), FUT_S_DEAD);
    EXPECT(fut_sys_thread_debug(SLOT_ME, 1), FUT_S_STATE);
    check_end();
}

static void budgets(void)
{
    u32 domain = domain_new(0, 0);
    struct task t = task_new(domain, child_spin, 0, PRIORITY_SUITE + 1, 0);
    u64 used, before, after, hz;

    check_begin("a capped budget ends");
    EXPECT(fut_sys_sc_set(t.sc, 0, FUT_SC_ROUND_ROBIN, &used), FUT_S_ARG);
    EXPECT(fut_sys_sc_set(t.sc, 1, 2, &used), FUT_S_ARG);
    EXPECT(fut_sys_sc_set(SLOT_ME, 1, 0, &used), FUT_S_TYPE);
    EXPECT(fut_sys_sc_set(t.sc, boot->counter_hz / 1000, FUT_SC_CAPPED, &used), FUT_S_OK);
    fut_sys_clock(&before, &hz);
    task_run(&t); /* spins above us for a millisecond, then we go on */
    fut_sys_clock(&after, &hz);
    check_is(after - before >= hz / 1000, 1, "it ran for its budget");
    EXPECT(fut_sys_sc_set(t.sc, 1, FUT_SC_CAPPED, &used), FUT_S_OK);
    check_is(used >= hz / 1000, 1, "time is charged");
    EXPECT(fut_sys_obj_kill(t.sc), FUT_S_OK);
    EXPECT(fut_sys_sc_set(t.sc, 1, FUT_SC_CAPPED, &used), FUT_S_DEAD);
    check_end();
}

/* Cuts its own budget from seconds to a millisecond, and spins. */
CHILD static void child_cutter(u64 budget)
{
    u64 used;

    fut_sys_sc_set(4, budget, FUT_SC_CAPPED, &used);
    for (;;)
        __asm__ volatile("nop");
}

static void running_budget(void)
{
    u32 domain = domain_new(0, 0);
    u64 used, before, after, hz;
    struct task t;

    check_begin("a new budget holds for the running context at once");
    fut_sys_clock(&before, &hz);
    t = task_new(domain, child_cutter, hz / 1000, PRIORITY_SUITE + 1, 0);
    give(domain, 4, t.sc, FUT_RIGHT_SC_SET, 0);
    EXPECT(fut_sys_sc_set(t.sc, hz * 20, FUT_SC_CAPPED, &used), FUT_S_OK);
    fut_sys_clock(&before, &hz);
    task_run(&t);
    fut_sys_clock(&after, &hz);
    check_is(after - before < hz * 10, 1, "it stopped long before the old budget's end");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

static void equal_priorities_share(void)
{
    u32 domain = domain_new(0, 0);
    struct task a = task_new(domain, child_spin, 0, PRIORITY_SUITE - 1, 0);
    struct task b = task_new(domain, child_spin, 0, PRIORITY_SUITE - 1, 0);
    u32 note = slot_new();
    struct fut_msg m;
    u64 now, hz, used_a, used_b;
    u32 rounds, shared = 0;

    check_begin("timer_set, and round robin below");
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, SLOT_ME, 15, 4, FUT_TYPE_NOTIFY), FUT_S_OK);
    task_run(&a);
    task_run(&b);
    fut_sys_clock(&now, &hz);
    EXPECT(fut_sys_timer_set(SLOT_ME, now, note), FUT_S_TYPE);
    EXPECT(fut_sys_timer_set(SLOT_CONTROL, now, SLOT_ME), FUT_S_TYPE);
    for (rounds = 0; rounds < 100 && !shared;
         rounds++) { /* as often as a loaded machine needs: time is not the point */
        fut_sys_clock(&now, &hz);
        EXPECT(fut_sys_timer_set(SLOT_CONTROL, now + hz / 20, note), FUT_S_OK);
        EXPECT(fut_sys_recv(0, 4, 0, &m), FUT_S_OK);
        check_is(m.pending, 4, "the timer's bit");
        check_is(m.token, 0, "no message");
        fut_sys_sc_set(a.sc, hz / 100, FUT_SC_ROUND_ROBIN, &used_a);
        fut_sys_sc_set(b.sc, hz / 100, FUT_SC_ROUND_ROBIN, &used_b);
        shared = used_a > hz / 50 && used_b > hz / 50;
    }
    check_is(shared, 1, "both had their share");
    EXPECT(fut_sys_obj_kill(a.thread), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(b.thread), FUT_S_OK);
    check_end();
}

/* The registers of a clock that can interrupt. */
static void clock_map(volatile u32 *reg)
{
    u64 argument[5] = {MACHINE_DEVICE_PFN, 1, FUT_REGION_MMIO, 0, 0}, level;
    u32 rtc = slot_new(), level_missing = 0;

    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, 70, rtc, argument), FUT_S_OK);
    while (fut_sys_map(SLOT_SELF, (u64)reg, rtc, 0, 1, FUT_MAP_WRITE, &level) == FUT_S_TABLE &&
           level_missing++ < 4)
        fut_sys_pt_link(SLOT_SELF, (u64)reg, SLOT_RAM, frame_new(FUT_FRAME_PT, (u32)level));
}

static void interrupts(void)
{
    u64 none[5] = {0};
    u32 irq = slot_new(), note = slot_new();
    volatile u32 *reg = (volatile u32 *)0x58000000;
    struct fut_msg m;
    struct task t;
    u64 now, hz;

    check_begin("irq_bind, irq_ack");
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, MACHINE_IRQ_KEPT, irq, none), FUT_S_ARG);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, MACHINE_IRQ_DEVICE, irq, none), FUT_S_OK);
    clock_map(reg);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_STATE);
    EXPECT(fut_sys_irq_bind(irq, SLOT_ME, 0, 0), FUT_S_ARG);
    EXPECT(fut_sys_irq_bind(irq, irq, 8, 0), FUT_S_TYPE);
    EXPECT(fut_sys_irq_bind(irq, SLOT_ME, 8, 0), FUT_S_OK);
    MACHINE_DEVICE_START(reg);
    EXPECT(fut_sys_recv(0, 8, 0, &m), FUT_S_OK);
    check_is(m.pending, 8, "the interrupt's bit");
    MACHINE_DEVICE_CLEAR(reg);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_OK);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_STATE);
    t = task_new(domain_new(0, 0), child_spin, 0, PRIORITY_SUITE - 1, 0);
    EXPECT(fut_sys_irq_bind(irq, t.thread, 8, 0), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    MACHINE_DEVICE_START(reg); /* while nobody is there to be told */
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, SLOT_ME, 15, 4, FUT_TYPE_NOTIFY), FUT_S_OK);
    fut_sys_clock(&now, &hz);
    EXPECT(fut_sys_timer_set(SLOT_CONTROL, now + hz + hz / 2, note), FUT_S_OK);
    EXPECT(fut_sys_recv(0, 4, 0, &m), FUT_S_OK);
    MACHINE_DEVICE_CLEAR(reg);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_OK); /* it is masked, and known to be */
    EXPECT(fut_sys_irq_ack(irq), FUT_S_STATE);
    EXPECT(fut_sys_obj_kill(irq), FUT_S_OK);
    EXPECT(fut_sys_irq_ack(irq), FUT_S_DEAD);
    check_end();
}

void suite_threads(void)
{
    binding();
    budgets();
    running_budget();
    equal_priorities_share();
    interrupts();
}
