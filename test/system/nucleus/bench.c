/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' measurements. Everything that crosses from one thread to another does so between two
 * address spaces. bench/README.md says of each name what is inside; bench/run reads what is
 * printed.
 */
#include "bench.h"

#define ROUNDS 2000
#define FAULTS 500u /* pages of one table */
#define SERVE 4
#define IRQ_SLOT 5
#define FAULT_SLOT 3
#define VA 0xa0000000ull
#define RTC_VA 0x58000000ull
#define RTC_IRQ 34
#define RTC_FRAME 0x9010
#define RTC_DATA 0
#define RTC_MATCH 1
#define RTC_MASK 4
#define RTC_RAW 5
#define RTC_CLEAR 7

/* ---- calls ---- */

/* Answers at once with what came; w0 of a call is the client's reading before its svc, w1 of the
 * reply is what the way here took, w0 the reading before the reply's svc. */
CHILD static void child_stamper(u64 unused)
{
    (void)unused;
    __asm__ volatile("mov x9, #0\n\tmov x8, %[slot]\n\tmov x1, #0\n\t"
                     "1:\n\t" BENCH_READ("x0") "svc %[reply_recv]\n\t" BENCH_READ(
                         "x12") "sub x1, x12, x0\n\tmov x8, %[slot]\n\tb 1b" ::[slot] "i"(SERVE),
                     [reply_recv] "i"(FUT_SYS_REPLY_RECV)
                     : "x0", "x1", "x8", "x9", "x12", "memory");
    __builtin_unreachable();
}

/* Echoes four words through memory, as a server written with the wrappers does. */
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

CHILD static void child_empty_server(u64 unused)
{
    (void)unused;
    __asm__ volatile(
        "mov x9, #0\n\t1: mov x8, %[slot]\n\tsvc %[reply_recv]\n\tb 1b" ::[slot] "i"(SERVE),
        [reply_recv] "i"(FUT_SYS_REPLY_RECV)
        : "x0", "x1", "x2", "x3", "x4", "x8", "x9", "memory");
    __builtin_unreachable();
}

static struct task server_start(void (*entry)(u64), u32 asid, u32 *ep)
{
    u32 domain = domain_new(0, 0), record;
    struct task t;

    *ep = endpoint_new(&record);
    EXPECT(fut_sys_asid_assign(domain, asid), FUT_S_OK);
    give(domain, SERVE, *ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    t = task_new(domain, entry, 0, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    return t;
}

/* One call of four words: w0 the reading, w1 to w3 payload. The readings on the way back. */
static void stamped_call(u32 slot, u64 *there, u64 *back_from, u64 *back_to)
{
    register u64 x0 __asm__("x0") = 0;
    register u64 x1 __asm__("x1") = 1;
    register u64 x2 __asm__("x2") = 2;
    register u64 x3 __asm__("x3") = 3;
    register u64 x8 __asm__("x8") = slot;
    register u64 x12 __asm__("x12");

    __asm__ volatile(BENCH_READ("x0") "svc %[call]\n\t" BENCH_READ("x12")
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x8), "=r"(x12)
                     : [call] "i"(FUT_SYS_CALL)
                     : "x4", "x5", "x6", "x7", "x9", "x10", "x11", "x13", "x14", "x15", "x16",
                       "x17", "x18", "cc", "memory");
    *there = x1;
    *back_from = x0;
    *back_to = x12;
}

static void bench_one_way(int back)
{
    u64 there, from, to;
    u32 ep;
    struct task t = server_start(child_stamper, 5, &ep);

    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        stamped_call(ep, &there, &from, &to);
        if (back)
            bench_add(from, to);
        else
            bench_add(0, there);
    }
    bench_report(back ? "ipc.reply_recv.4w" : "ipc.call.4w", 1);
    fut_sys_obj_kill(t.thread);
}

static u64 empty_call(u32 slot, u64 *to)
{
    register u64 x8 __asm__("x8") = slot;
    register u64 x12 __asm__("x12");
    u64 from;

    __asm__ volatile("isb\n\tmrs %[from], cntvct_el0\n\tsvc %[call]\n\t" BENCH_READ("x12")
                     : "+r"(x8), "=r"(x12), [from] "=&r"(from)
                     : [call] "i"(FUT_SYS_CALL)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x9", "x10", "x11", "x13",
                       "x14", "x15", "x16", "x17", "x18", "cc", "memory");
    *to = x12;
    return from;
}

static void bench_round_trip(void)
{
    u64 w[5] = {1, 2, 3, 4, 0}, start, to;
    u32 ep;
    struct task t = server_start(child_empty_server, 6, &ep);

    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        start = empty_call(ep, &to);
        bench_add(start, to);
    }
    bench_report("ipc.round_trip.0w", 1);
    fut_sys_obj_kill(t.thread);
    t = server_start(child_server, 7, &ep);
    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        start = ticks();
        fut_sys_call(ep, w);
        bench_add(start, ticks());
    }
    bench_report("ipc.round_trip.4w", 1);
    fut_sys_obj_kill(t.thread);
}

/* ---- notifications ---- */

/* Waits for bit 0; the reading is its first instruction after that. */
static inline __attribute__((always_inline)) u64 wake_wait(void)
{
    register u64 x12 __asm__("x12");

    __asm__ volatile("mov x0, #1\n\tmov x1, #0\n\tmov x8, #0\n\tsvc %[recv]\n\t" BENCH_READ("x12")
                     : "=r"(x12)
                     : [recv] "i"(FUT_SYS_RECV)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x13", "x14", "x15", "x16", "x17", "x18", "cc", "memory");
    return x12;
}

/* Leaves its reading after each wake-up in the shared page. */
CHILD static void child_waker(u64 unused)
{
    volatile u64 *page = (volatile u64 *)BENCH_SHARED;

    (void)unused;
    for (;;)
        page[0] = wake_wait();
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

static struct task notified_start(void (*entry)(u64), u32 asid, u32 here, u32 *there)
{
    u32 domain = domain_new(0, 0);
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, asid), FUT_S_OK);
    t = task_new(domain, entry, 0, PRIORITY_SUITE + 1, 0);
    *there = slot_new();
    fut_sys_cap_set(SLOT_SELF, *there, t.thread, 15, 1, FUT_TYPE_NOTIFY);
    give(domain, SERVE, here, 1, 0);
    bench_shared_map(domain);
    task_run(&t);
    return t;
}

static void bench_notify(u32 here)
{
    volatile u64 *page = (volatile u64 *)BENCH_SHARED;
    struct fut_msg m;
    struct task t;
    u32 there;
    u64 start;

    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        start = ticks();
        fut_sys_notify(here);
        bench_add(start, ticks());
    }
    bench_report("notify.no_waiter", 1);
    fut_sys_recv(0, 2, 0, &m);
    t = notified_start(child_waker, 8, here, &there);
    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        start = ticks();
        fut_sys_notify(there);
        bench_add(start, page[0]);
    }
    bench_report("notify.wake", 1);
    fut_sys_obj_kill(t.thread);
}

static void bench_ping_pong(u32 here)
{
    struct fut_msg m;
    u32 there;
    struct task t = notified_start(child_ponger, 9, here, &there);

    bench_begin();
    for (u32 i = 0; i < ROUNDS; i++) {
        u64 start = ticks();

        fut_sys_notify(there);
        fut_sys_recv(0, 2, 0, &m);
        bench_add(start, ticks());
    }
    bench_report("notify.ping_pong", 1);
    fut_sys_obj_kill(t.thread);
}

CHILD static void child_yielder(u64 unused)
{
    (void)unused;
    for (;;)
        fut_sys_yield();
}

static void bench_yield(void)
{
    u32 domain = domain_new(0, 0), i;
    struct task t;
    u64 start;

    EXPECT(fut_sys_asid_assign(domain, 10), FUT_S_OK);
    t = task_new(domain, child_yielder, 0, PRIORITY_SUITE, 0);
    task_run(&t);
    fut_sys_yield();
    bench_begin();
    for (i = 0; i < ROUNDS; i++) {
        start = ticks();
        fut_sys_yield();
        bench_add(start, ticks());
    }
    bench_report("yield.two_switches", 1);
    fut_sys_obj_kill(t.thread);
}

/* ---- interrupts ---- */

/* A driver of the clock chip: its reading first, then the device is silenced and acknowledged. */
CHILD static void child_driver(u64 unused)
{
    volatile u64 *page = (volatile u64 *)BENCH_SHARED;
    volatile u32 *rtc = (volatile u32 *)RTC_VA;

    (void)unused;
    for (;;) {
        page[0] = wake_wait();
        rtc[RTC_MASK] = 0;
        rtc[RTC_CLEAR] = 1;
        page[1]++;
        fut_sys_irq_ack(IRQ_SLOT);
    }
}

static void device_map(u32 domain, u32 region)
{
    u64 level;

    while (fut_sys_map(domain, RTC_VA, region, 0, 1, FUT_MAP_WRITE, &level) == FUT_S_TABLE)
        fut_sys_pt_link(domain, RTC_VA, SLOT_RAM, frame_new(FUT_FRAME_PT, (u32)level));
}

/* The alarm is pending behind the chip's mask already: the store that unmasks it raises the line.
 */
static void bench_irq(void)
{
    u64 argument[5] = {RTC_FRAME, 1, FUT_REGION_MMIO, 0, 0}, none[5] = {0}, start;
    volatile u64 *page = (volatile u64 *)BENCH_SHARED;
    volatile u32 *rtc = (volatile u32 *)RTC_VA;
    u32 domain = domain_new(0, 0), region = slot_new(), irq = slot_new();
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, 11), FUT_S_OK);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, RTC_IRQ, irq, none), FUT_S_OK);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, 70, region, argument), FUT_S_OK);
    t = task_new(domain, child_driver, 0, PRIORITY_SUITE + 1, 0);
    device_map(SLOT_SELF, region);
    device_map(domain, region);
    bench_shared_map(domain);
    give(domain, IRQ_SLOT, irq, 15, 0);
    EXPECT(fut_sys_irq_bind(irq, t.thread, 1, 0), FUT_S_OK);
    task_run(&t);
    bench_begin();
    page[1] = 0;
    for (u32 i = 0; i < 1000; i++) {
        u64 before = page[1];

        do
            rtc[RTC_MATCH] = rtc[RTC_DATA];
        while (rtc[RTC_RAW] == 0);
        start = ticks();
        rtc[RTC_MASK] = 1;
        check_is(page[1], before + 1, "the driver has run");
        bench_add(start, page[0]);
    }
    bench_report("irq.user", 1);
    fut_sys_obj_kill(t.thread);
    fut_sys_obj_kill(irq);
}

/* ---- memory ---- */

static void bench_map_count(u64 frame, u32 count, const char *map, const char *unmap)
{
    u64 level, removed, start;

    for (u32 which = 0; which < 2; which++) {
        bench_begin();
        for (u32 i = 0; i < 1000; i++) {
            u64 from = ticks();
            fut_status s =
                fut_sys_map(SLOT_SELF, VA, SLOT_RAM, frame, count, FUT_MAP_WRITE, &level);
            u64 to = ticks();

            check_is(s, FUT_S_OK, "map");
            start = ticks();
            fut_sys_unmap(SLOT_SELF, VA, count, &removed);
            if (which)
                bench_add(start, ticks());
            else
                bench_add(from, to);
        }
        bench_report(which ? unmap : map, count);
    }
}

static void bench_map(void)
{
    u64 frame = frame_new(FUT_FRAME_USER, 0), removed;

    space_map(SLOT_SELF, VA, frame, 0);
    fut_sys_unmap(SLOT_SELF, VA, 1, &removed);
    bench_map_count(frame, 1, "map.one", "unmap.one");
    while (frame_new(FUT_FRAME_USER, 0) != frame + 1)
        frame = frame_new(FUT_FRAME_USER, 0);
    for (u32 i = 2; i < 32; i++)
        frame_new(FUT_FRAME_USER, 0);
    bench_map_count(frame, 32, "map.batch_per_page", "unmap.batch_per_page");
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

static void bench_fault(void)
{
    u32 domain = domain_new(0, 0), record, ep = endpoint_new(&record), i;
    u64 w[5] = {0}, level, frame, start;
    struct fut_msg m;
    struct task t;

    EXPECT(fut_sys_asid_assign(domain, 12), FUT_S_OK);
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    t = task_new(domain, child_toucher, FAULTS + 1, PRIORITY_SUITE - 1, 0);
    /* a page beside them: their table is there */
    space_map(domain, VA + (FAULTS + 1) * 4096ull, frame_new(FUT_FRAME_USER, 0), 0);
    task_run(&t);
    fut_sys_recv(ep, 0, 0, &m);
    bench_begin();
    for (i = 0; i < FAULTS; i++) {
        fut_status s;

        frame = frame_new(FUT_FRAME_USER, 0);
        check_is(m.w[1], VA + i * 4096ull, "the address of a fault");
        start = ticks();
        s = fut_sys_map(domain, m.w[1], SLOT_RAM, frame, 1, FUT_MAP_WRITE, &level);
        s |= fut_sys_reply_recv(ep, m.token, w, &m);
        bench_add(start, ticks());
        check_is(s, FUT_S_OK, "map and answer a fault");
    }
    bench_report("fault.map", 1);
    fut_sys_obj_kill(t.thread);
}

/* ---- objects ---- */

static void bench_thread(int deletion)
{
    u64 none[5] = {0}, from, to, freed;
    u32 slot = slot_new(), record;
    struct task t = task_new(domain_new(0, 0), child_yielder, 0, 1, 0);

    record = t.thread_record;
    fut_sys_obj_kill(t.thread);
    quiesce();
    fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_THREAD, record, &freed);
    bench_begin();
    for (u32 i = 0; i < 1000; i++) {
        u64 start = ticks(), spent, killed;
        fut_status s = fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_THREAD, record, slot, none);

        to = ticks();
        check_is(s, FUT_S_OK, "create");
        if (!deletion) bench_add(start, to);
        from = ticks();
        fut_sys_obj_kill(slot);
        killed = ticks();
        spent = killed - from;
        quiesce();
        from = ticks();
        fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_THREAD, record, &freed);
        to = ticks();
        if (deletion) bench_add(0, spent + (to - from) - bench_read_cost);
        fut_sys_cap_clear(SLOT_SELF, slot);
        quiesce();
    }
    bench_report(deletion ? "thread.delete" : "thread.create", 1);
}

static void bench_domain(void)
{
    u64 domain[5] = {8, 0, SLOT_RAM, 0, 0}, start, to, freed;
    u32 slot = slot_new(), i, d;

    domain_new(0, 0);
    d = last_record() + 1;
    while (fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, d, SLOT_RAM, frame_free(), 1) ==
           FUT_S_MORE)
        ;
    domain[3] = frame_free();
    bench_begin();
    for (i = 0; i < 1000; i++) {
        u64 next = 0;
        fut_status s;

        start = ticks();
        s = fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, d, slot, domain);
        to = ticks();
        check_is(s, FUT_S_OK, "create a domain");
        bench_add(start, to);
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
    bench_report("domain.create", 1);
}

void suite_bench(void)
{
    u32 here = slot_new();

    check_begin("bench");
    out_value("counter_hz", boot->counter_hz);
    out_value("nucleus.text_bytes", boot->nucleus_text);
    out_value("boot.nucleus_ticks", boot->ready_ticks - boot->entry_ticks);
    bench_init();
    bench_one_way(0);
    bench_one_way(1);
    bench_round_trip();
    fut_sys_cap_set(SLOT_SELF, here, SLOT_ME, 15, 2, FUT_TYPE_NOTIFY);
    bench_notify(here);
    bench_ping_pong(here);
    bench_yield();
    bench_irq();
    bench_map();
    bench_fault();
    bench_thread(0);
    bench_thread(1);
    bench_domain();
    bench_fipc();
    check_end();
}
