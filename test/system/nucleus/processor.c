/* SPDX-License-Identifier: Apache-2.0 */
/* What of the processor belongs to one thread: single steps, vector registers. */
#include "suite.h"

#define FAULT_SLOT 3
#define STEPS 8

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
        check_is(next, at + 4, "one instruction further");
        at = next;
    }
    regs_get(thread, words);
    words[FUT_REG_PC] = (u64)child_nops;
    regs_set(thread, words); /* the step survives a change of the registers */
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    check_is(step_seen(ep, &m), (u64)child_nops + 4, "one instruction from the new place");
    EXPECT(fut_sys_thread_debug(thread, 0), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    check_end();
}

void suite_processor(void) { stepping(); }
