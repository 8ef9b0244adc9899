/* SPDX-License-Identifier: Apache-2.0 */
/* Faults as calls, domains without a fault endpoint, foreign system calls. */
#include "suite.h"

#define FAULT_SLOT 3
#define VA 0x90000000ull

CHILD static void child_touch(u64 address)
{
    volatile u64 *p = (volatile u64 *)address;
    struct fut_msg m;

    *p = 77;
    *p = *p + 1;
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}

CHILD static void child_undefined(u64 unused)
{
    (void)unused;
    MACHINE_UNDEFINED();
    for (;;)
        ;
}

CHILD static void child_vector(u64 unused)
{
    (void)unused;
    MACHINE_VECTOR();
    for (;;)
        fut_sys_yield();
}

CHILD static void child_foreign(u64 unused)
{
    (void)unused;
    MACHINE_FOREIGN();
    for (;;)
        ;
}

static struct task faulter(void (*entry)(u64), u64 argument, u32 ep, u32 flags, u32 *domain)
{
    struct task t;

    *domain = domain_new(flags, 0);
    if (ep != 0) give(*domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 21);
    t = task_new(*domain, entry, argument, PRIORITY_SUITE - 1, 0);
    task_run(&t);
    return t;
}

static void pager(void)
{
    u32 record, ep = endpoint_new(&record), domain;
    struct fut_msg m;
    struct task t;
    u64 w[5] = {FUT_FAULT_RESUME}, frame = frame_new(FUT_FRAME_USER, 0), *page;

    check_begin("a page fault, its pager, and on");
    domain = domain_new(0, 0);
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 21);
    t = task_new(domain, child_touch, VA, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_WRITE, "kind");
    check_is(m.w[1], VA, "address");
    check_is(m.badge, 21, "badge");
    space_map(domain, VA, frame, FUT_MAP_WRITE);
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    page = window_of(frame); /* it is the better thread: it has gone on by now */
    check_is(*(volatile u64 *)page, 78, "what it stored and added");
    EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_AGAIN);
    check_end();
}

static void kinds(void)
{
    u32 record, ep = endpoint_new(&record), domain;
    struct task t;
    struct fut_msg m;
    u64 w[5] = {1};

    check_begin("undefined instructions and vectors without vector state");
    t = faulter(child_undefined, 0, ep, 0, &domain);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_UNDEFINED, "kind");
    EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_STATE);
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK); /* not resumed: FAULTED */
    EXPECT(fut_sys_reply(m.token, w), FUT_S_STALE);
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    t = faulter(child_vector, 0, ep, 0, &domain);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_VECTOR, "kind");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

static void kernel_addresses(void)
{
    static const u64 bad[] = {0xffff000000000000ull, 0xffffffff80000000ull, 0xffffffff90000000ull,
                              0x0001000000000000ull, MACHINE_USER_TOP};
    u32 record, ep = endpoint_new(&record), domain, i;
    struct task t;
    struct fut_msg m;

    check_begin("wild addresses are faults");
    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        t = faulter(child_touch, bad[i], ep, 0, &domain);
        check_is(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK, "recv");
        check_is(m.w[0] == FUT_FAULT_WRITE || m.w[0] == FUT_FAULT_OTHER, 1, "kind");
        check_is(fut_sys_obj_kill(t.thread), FUT_S_OK, "kill");
    }
    check_end();
}

static void deaths(void)
{
    u32 note = slot_new(), domain;
    struct fut_msg m;
    struct task t;

    check_begin("without a fault endpoint: the death bit");
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, SLOT_ME, 15, 16, FUT_TYPE_NOTIFY), FUT_S_OK);
    domain = domain_new(0, note);
    t = task_new(domain, child_undefined, 0, PRIORITY_SUITE - 1, 0);
    task_run(&t);
    EXPECT(fut_sys_recv(0, 16, 0, &m), FUT_S_OK);
    check_is(m.pending, 16, "the death bit");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

static void foreign(void)
{
    u32 record, ep = endpoint_new(&record), domain;
    struct task t;
    struct fut_msg m;
    u64 w[5] = {4321, 0, 0, 0, 0}, words[FUT_REG_WORDS];

    check_begin("foreign system calls");
    t = faulter(child_foreign, 0, ep, FUT_DOMAIN_FOREIGN, &domain);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    for (u32 i = 0; i < 6; i++)
        check_is(m.w[i], i + 1, "argument");
    check_is(m.w[6], 172, "number");
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK); /* a native call is reflected too */
    check_is(m.w[6], 94, "number");
    EXPECT(fut_sys_thread_stop(t.thread), FUT_S_OK);
    regs_get(t.thread, words);
    check_is(words[MACHINE_FOREIGN_RESULT], 4321, "the result");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

void suite_faults(void)
{
    pager();
    kinds();
    kernel_addresses();
    deaths();
    foreign();
}
