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
    static u32 pages;
    fut_status s = FUT_S_OK;

    if (pages == 0) pages = boot->windows.vectors;
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

#define SERVE 4       /* a server with vector registers of its own */
#define SERVE_PLAIN 5 /* one that may not use any */

/* Calls both servers in turn and finds its registers as it left them; reports the bits that
 * differed here and in the first server. */
CHILD static void child_vectors_call(u64 seed)
{
    u64 w[5], i, wrong = 0, theirs = 0;

    for (i = 0; i < ROUNDS; i++) {
        vectors_fill(seed + i * 64);
        w[0] = w[1] = w[2] = w[3] = w[4] = 0;
        fut_sys_call(SERVE, w);
        theirs |= w[0];
        wrong |= vectors_differ(seed + i * 64, 1);
        fut_sys_call(SERVE_PLAIN, w);
        wrong |= vectors_differ(seed + i * 64, 1);
    }
    w[0] = wrong;
    w[1] = theirs;
    w[2] = w[3] = w[4] = 0;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_yield();
}

/* A receiver that looks for what its caller left: at first all its registers are zero, later they
 * are its own. */
CHILD static void child_vectors_serve(u64 seed)
{
    struct fut_msg m;
    u64 w[5], i, wrong;

    fut_sys_recv(SERVE, 0, 0, &m);
    wrong = vectors_differ(0, 0);
    w[1] = w[2] = w[3] = w[4] = 0;
    for (i = 0;; i++) {
        vectors_fill(seed + i * 64);
        w[0] = wrong;
        fut_sys_reply_recv(SERVE, m.token, w, &m);
        wrong |= vectors_differ(seed + i * 64, 1);
    }
}

/* It uses one after its last reply, with its caller's values in the processor or not. */
CHILD static void child_plain_serve(u64 rounds)
{
    struct fut_msg m;
    u64 w[5], i;

    w[0] = w[1] = w[2] = w[3] = w[4] = 0;
    fut_sys_recv(SERVE, 0, 0, &m);
    for (i = 1; i < rounds; i++)
        fut_sys_reply_recv(SERVE, m.token, w, &m);
    fut_sys_reply(m.token, w);
    MACHINE_VECTOR();
    for (;;)
        fut_sys_yield();
}

static void vectors_across_calls(void)
{
    u32 record, ep = endpoint_new(&record), serve = endpoint_new(&record),
                plain = endpoint_new(&record), i, d[3], reports = 0;
    struct task t[3];
    struct fut_msg m;
    u64 none[5] = {0};

    check_begin("vector registers across calls");
    object_new(FUT_TYPE_THREAD, none);
    vectors_back(last_record() + 3);
    for (i = 0; i < 3; i++)
        d[i] = domain_new(0, 0);
    give(d[0], SERVE, serve, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(d[0], SERVE_PLAIN, plain, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(d[0], REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(d[1], SERVE, serve, FUT_RIGHT_ENDPOINT_RECV, 0);
    give(d[2], SERVE, plain, FUT_RIGHT_ENDPOINT_RECV, 0);
    give(d[2], FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 2);
    t[0] = task_new(d[0], child_vectors_call, 0x1111, PRIORITY_SUITE - 1, FUT_BIND_VECTORS);
    t[1] = task_new(d[1], child_vectors_serve, 0x77770000, PRIORITY_SUITE - 1, FUT_BIND_VECTORS);
    t[2] = task_new(d[2], child_plain_serve, ROUNDS, PRIORITY_SUITE - 1, 0);
    for (i = 0; i < 3; i++)
        task_run(&t[i]);
    for (i = 0; i < 2; i++) {
        EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
        reports += m.badge;
        check_is(m.w[0], m.badge == 1 ? 0 : FUT_FAULT_VECTOR,
                 m.badge == 1 ? "the client's registers" : "the plain server may use none");
        if (m.badge == 1) check_is(m.w[1], 0, "the server's registers");
    }
    check_is(reports, 1 + 2, "both have reported");
    for (i = 0; i < 3; i++)
        EXPECT(fut_sys_obj_kill(t[i].thread), FUT_S_OK);
    check_end();
}

void suite_processor(void)
{
    stepping();
    vectors();
    vectors_across_calls();
    suite_processor_own();
}
