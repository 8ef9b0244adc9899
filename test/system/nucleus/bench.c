/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurements, for QEMU's `-icount shift=0`: one instruction is one nanosecond of virtual time, so
 * counter ticks are instructions times a constant. Each line is `bench NAME TICKS ITERATIONS`;
 * bench/run turns it into instructions.
 */
#include "suite.h"

#define ROUNDS 10000
#define SERVE 4
#define FAULT_SLOT 3
#define VA 0xa0000000ull

CHILD static void child_server(u64 unused)
{
    u64 w[5] = {0, 0, 0, 0, 0};
    struct fut_msg m;

    (void)unused;
    m.token = 0;
    for (;;) {
        fut_sys_reply_recv(SERVE, m.token, w, &m);
        w[0] = m.w[0];
        w[1] = m.w[1];
        w[2] = m.w[2];
        w[3] = m.w[3];
    }
}

/* Touches `count` pages, one after the other. */
CHILD static void child_toucher(u64 count)
{
    volatile u8 *p = (volatile u8 *)VA;

    while (count-- > 0) {
        *p = 1;
        p += 4096;
    }
    for (;;)
        fut_sys_recv(0, 0, 0, &(struct fut_msg){0});
}

CHILD static void child_yielder(u64 unused)
{
    (void)unused;
    for (;;)
        fut_sys_yield();
}

/* Waits for a bit, answers with another. */
CHILD static void child_ponger(u64 unused)
{
    struct fut_msg m;

    (void)unused;
    for (;;) {
        fut_sys_recv(0, 1, 0, &m);
        fut_sys_notify(SERVE);
    }
}

static u64 ticks(void)
{
    u64 t;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(t)::"memory");
    return t;
}

static void report(const char *name, u64 spent, u64 rounds)
{
    out_text("bench ");
    out_text(name);
    out_text(" ");
    out_number(spent);
    out_text(" ");
    out_number(rounds);
    out_text("\n");
}

static void bench_call(void)
{
    u32 domain = domain_new(0, 0), record, ep = endpoint_new(&record), i;
    u64 w[5] = {1, 2, 3, 4, 0}, start;
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, 5), FUT_S_OK);
    give(domain, SERVE, ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    t = task_new(domain, child_server, 0, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    for (i = 0; i < 100; i++)
        fut_sys_call(ep, w);
    start = ticks();
    for (i = 0; i < ROUNDS; i++)
        fut_sys_call(ep, w);
    report("ipc.round_trip.4w", ticks() - start, ROUNDS);
    fut_sys_obj_kill(t.thread);
}

static void bench_notify(void)
{
    u32 domain = domain_new(0, 0), there = slot_new(), here = slot_new(), i;
    struct fut_msg m;
    struct task t;
    u64 start;

    EXPECT(fut_sys_asid_assign(domain, 6), FUT_S_OK);
    t = task_new(domain, child_ponger, 0, PRIORITY_SUITE + 1, 0);
    fut_sys_cap_set(SLOT_SELF, there, t.thread, 15, 1, FUT_TYPE_NOTIFY);
    fut_sys_cap_set(SLOT_SELF, here, SLOT_ME, 15, 2, FUT_TYPE_NOTIFY);
    give(domain, SERVE, here, 1, 0);
    start = ticks();
    for (i = 0; i < ROUNDS; i++)
        fut_sys_notify(here);
    report("notify.no_waiter", ticks() - start, ROUNDS);
    fut_sys_recv(0, 2, 0, &m);
    task_run(&t);
    start = ticks();
    for (i = 0; i < ROUNDS; i++) {
        fut_sys_notify(there);
        fut_sys_recv(0, 2, 0, &m);
    }
    report("notify.ping_pong", ticks() - start, ROUNDS);
    fut_sys_obj_kill(t.thread);
}

static void bench_yield(void)
{
    u32 domain = domain_new(0, 0), i;
    struct task t;
    u64 start;

    EXPECT(fut_sys_asid_assign(domain, 7), FUT_S_OK);
    t = task_new(domain, child_yielder, 0, PRIORITY_SUITE, 0);
    task_run(&t);
    fut_sys_yield();
    start = ticks();
    for (i = 0; i < ROUNDS; i++)
        fut_sys_yield();
    report("yield.two_switches", ticks() - start, ROUNDS);
    fut_sys_obj_kill(t.thread);
}

static void bench_map(void)
{
    u64 frame = frame_new(FUT_FRAME_USER, 0), level, removed, start, spent_map = 0, spent_unmap = 0;
    u32 i;

    space_map(SLOT_SELF, VA, frame, 0);
    fut_sys_unmap(SLOT_SELF, VA, 1, &removed);
    for (i = 0; i < 1000; i++) {
        start = ticks();
        fut_sys_map(SLOT_SELF, VA, SLOT_RAM, frame, 1, FUT_MAP_WRITE, &level);
        spent_map += ticks() - start;
        start = ticks();
        fut_sys_unmap(SLOT_SELF, VA, 1, &removed);
        spent_unmap += ticks() - start;
    }
    report("map.one", spent_map, 1000);
    report("unmap.one", spent_unmap, 1000);
    while (frame_new(FUT_FRAME_USER, 0) != frame + 1)
        frame = frame_new(FUT_FRAME_USER, 0);
    for (i = 2; i < 32; i++)
        frame_new(FUT_FRAME_USER, 0);
    spent_map = spent_unmap = 0;
    for (i = 0; i < 1000; i++) {
        start = ticks();
        check_is(fut_sys_map(SLOT_SELF, VA, SLOT_RAM, frame, 32, FUT_MAP_WRITE, &level), FUT_S_OK,
                 "map 32");
        spent_map += ticks() - start;
        start = ticks();
        fut_sys_unmap(SLOT_SELF, VA, 32, &removed);
        spent_unmap += ticks() - start;
    }
    report("map.batch32", spent_map, 1000);
    report("unmap.batch32", spent_unmap, 1000);
}

static void bench_fault(void)
{
    u32 domain = domain_new(0, 0), record, ep = endpoint_new(&record), i;
    u64 w[5] = {0}, level, frame, start = 0, spent = 0;
    struct fut_msg m;
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, 8), FUT_S_OK);
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    t = task_new(domain, child_toucher, 200, PRIORITY_SUITE - 1, 0);
    space_map(domain, VA + 1000 * 4096, frame_new(FUT_FRAME_USER, 0), 0);
    task_run(&t);
    fut_sys_recv(ep, 0, 0, &m);
    for (i = 0; i < 199; i++) {
        frame = frame_new(FUT_FRAME_USER, 0);
        start = ticks();
        fut_sys_map(domain, m.w[1], SLOT_RAM, frame, 1, FUT_MAP_WRITE, &level);
        fut_sys_reply_recv(ep, m.token, w, &m);
        spent += ticks() - start;
    }
    report("fault.map", spent, 199);
    fut_sys_obj_kill(t.thread);
}

static void bench_objects(void)
{
    u64 none[5] = {0}, domain[5] = {8, 0, SLOT_RAM, 0, 0}, start, create = 0, destroy = 0, freed;
    u32 slot = slot_new(), i, d;
    struct task t = task_new(domain_new(0, 0), child_yielder, 0, 1, 0);
    u32 record = t.thread_record;

    fut_sys_obj_kill(t.thread);
    quiesce();
    fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_THREAD, record, &freed);
    for (i = 0; i < 500; i++) {
        start = ticks();
        check_is(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_THREAD, record, slot, none), FUT_S_OK,
                 "create");
        create += ticks() - start;
        start = ticks();
        fut_sys_obj_kill(slot);
        destroy += ticks() - start;
        quiesce();
        start = ticks();
        fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_THREAD, record, &freed);
        destroy += ticks() - start;
        fut_sys_cap_clear(SLOT_SELF, slot);
        quiesce();
    }
    report("thread.create", create, 500);
    report("thread.delete", destroy, 500);
    create = 0;
    domain_new(0, 0);
    d = last_record() + 1;
    while (fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, d, SLOT_RAM, frame_free(), 1, 0) ==
           FUT_S_MORE)
        ;
    domain[3] = frame_free();
    for (i = 0; i < 100; i++) {
        u64 next = 0;

        start = ticks();
        check_is(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, d, slot, domain), FUT_S_OK,
                 "create a domain");
        create += ticks() - start;
        fut_sys_obj_kill(slot);
        do
            fut_sys_reply_scan(slot, next, &next);
        while (next != 0);
        quiesce();
        check_is(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, d, &freed), FUT_S_OK,
                 "free a domain");
        fut_sys_cap_clear(SLOT_SELF, slot);
        quiesce();
    }
    report("domain.create", create, 100);
}

void suite_bench(void)
{
    check_begin("bench");
    out_value("counter_hz", boot->counter_hz);
    out_value("nucleus.text_bytes", boot->nucleus_text);
    out_value("nucleus.tables_bytes", boot->nucleus_tables);
    out_value("boot.nucleus_ticks", boot->ready_ticks - boot->entry_ticks);
    bench_call();
    bench_notify();
    bench_yield();
    bench_map();
    bench_fault();
    bench_objects();
    check_end();
}
