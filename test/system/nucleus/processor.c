/* SPDX-License-Identifier: Apache-2.0 */
/* What of the processor belongs to one thread: single steps, vector registers. */
#include "suite.h"

#define FAULT_SLOT 3
#define STEPS 8
#define REPORT 6
#define ROUNDS 200

CHILD static void child_nops(u64 unused)
{
    (void)unused;
    for (;;)
        __asm__ volatile("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\t"
                         "nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
}

/* The fault that the stepped thread made; it is the better one, so that it has made it by now. */
static u64 step_seen(u32 ep, struct fut_msg *m)
{
    check_is(fut_sys_recv(ep, 0, FUT_RECV_POLL, m), FUT_S_OK, "the step's fault");
    check_is(m->w[0], FUT_FAULT_DEBUG, "kind");
    return m->w[2];
}

/* Asked for before the thread is bound; each reply lets one instruction run. */
static void stepping(void)
{
    u64 none[5] = {0}, w[5] = {FUT_FAULT_RESUME}, words[FUT_REG_WORDS], at, next;
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0), i,
                sc = sc_new(boot->counter_hz, FUT_SC_ROUND_ROBIN), thread;
    struct fut_msg m;

    check_begin("single steps");
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    thread = object_new(FUT_TYPE_THREAD, none);
    EXPECT(fut_sys_thread_debug(thread, 1), FUT_S_OK);
    for (i = 0; i < FUT_REG_WORDS; i++)
        words[i] = 0;
    words[FUT_REG_PC] = (u64)child_nops;
    regs_set(thread, words);
    EXPECT(fut_sys_thread_bind(thread, domain, sc, PRIORITY_SUITE + 1, FAULT_SLOT, 0), FUT_S_OK);
    EXPECT(fut_sys_thread_run(thread), FUT_S_OK);
    at = step_seen(ep, &m);
    for (i = 0; i < STEPS; i++) {
        EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
        next = step_seen(ep, &m);
        check_is(next, at + MACHINE_STEP, "one instruction further");
        at = next;
    }
    regs_get(thread, words);
    words[FUT_REG_PC] = (u64)child_nops;
    regs_set(thread, words); /* the step survives a change of the registers */
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    check_is(step_seen(ep, &m), (u64)child_nops + MACHINE_STEP,
             "one instruction from the new place");
    EXPECT(fut_sys_thread_debug(thread, 0), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    check_end();
}

/* Expects its vector registers to be zero, then fills them with numbers of its own and finds them
 * unchanged after each turn of the other. Reports the bits that differed. */
CHILD static void child_vectors(u64 seed)
{
    u64 w[5], i;

    w[0] = vectors_differ(0, 0);
    w[1] = w[2] = w[3] = w[4] = 0;
    for (i = 0; i < ROUNDS; i++) {
        vectors_fill(seed + i * 64);
        fut_sys_yield();
        w[1] |= vectors_differ(seed + i * 64, 1);
    }
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

/* Vector state behind every thread record up to `record`. */
static void vectors_back(u32 record)
{
    u32 pages = boot->windows.vectors;
    fut_status s = FUT_S_OK;

    while (pages * 4 <= record && (s == FUT_S_OK || s == FUT_S_MORE)) {
        s = fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_THREAD, 0, SLOT_RAM, frame_free(), 1);
        pages += s == FUT_S_OK;
    }
    check_is(s, FUT_S_OK, "window_grow for vectors");
}

static void vectors(void)
{
    u64 none[5] = {0};
    u32 record, ep = endpoint_new(&record), i;
    struct task t[3];
    struct fut_msg m[3];

    check_begin("vector registers of several threads");
    object_new(FUT_TYPE_THREAD, none);
    vectors_back(last_record() + 3); /* the next three threads */
    for (i = 0; i < 3; i++) {
        u32 domain = domain_new(0, 0);

        give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 0);
        t[i] = task_new(domain, child_vectors, (i + 1) * 0x0101010101010101, PRIORITY_SUITE - 1,
                        FUT_BIND_VECTORS);
        task_run(&t[i]);
    }
    for (i = 0; i < 3; i++) {
        EXPECT(fut_sys_recv(ep, 0, 0, &m[i]), FUT_S_OK);
        check_is(m[i].w[0], 0, "at first all are zero");
        check_is(m[i].w[1], 0, "nobody else's numbers");
    }
    for (i = 0; i < 3; i++)
        EXPECT(fut_sys_obj_kill(t[i].thread), FUT_S_OK);
    check_end();
}

void suite_processor(void)
{
    stepping();
    vectors();
    suite_processor_own();
}
