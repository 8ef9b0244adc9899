/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling contexts: budgets, and their lending along calls.
 *
 * Each bound thread owns one context (home). A call lends the context that the caller runs on to
 * the server, which leaves its own idle; `lender` in the context names the last lender, `lender` in
 * a thread who lent it what it runs on, `lent` what it gave away:
 *
 *      c0 --call--> c1 --call--> c2        sc s: home c0, runner c2, lender c1
 *      lent s       lent s                 c1.lender = c0, c2.lender = c1
 *
 * Lending is accounting, never a condition for progress: whoever loses a lent context goes on with
 * its home one. Keeps invariants 2 (what runs is usable) and 9 (one home, at most one runner).
 */
#include "nucleus.h"

bool sc_usable(u32 sc)
{
    return sc != NIL && scs[sc].live == 1 &&
           (scs[sc].left != 0 || scs[sc].class == FUT_SC_ROUND_ROBIN);
}

/* A ready thread whose context cannot be used leaves its run queue. */
static void sc_park(u32 thread)
{
    if (threads[thread].state != THREAD_READY || sc_usable(threads[thread].sc)) return;
    if (threads[thread].list != NIL) ready_remove(thread);
    thread_set_state(thread, THREAD_WAIT_BUDGET);
}

/* thread falls back on its home context, which may be unusable: then it leaves its run queue. */
static void sc_go_home(u32 thread)
{
    u32 home = threads[thread].home;

    TOUCH(FUT_TYPE_THREAD, thread);
    TOUCH(FUT_TYPE_SC, home);
    threads[thread].sc = home;
    threads[thread].lender = NIL;
    if (home != NIL) {
        scs[home].runner = thread;
        scs[home].lender = NIL;
    }
    sc_park(thread);
}

void sc_lend(u32 from, u32 to)
{
    u32 sc = threads[from].sc;
    u32 idle = threads[to].sc;

    if (!sc_usable(sc)) return;
    TOUCH(FUT_TYPE_THREAD, from);
    TOUCH(FUT_TYPE_THREAD, to);
    TOUCH(FUT_TYPE_SC, sc);
    TOUCH(FUT_TYPE_SC, idle);
    if (idle != NIL) scs[idle].runner = NIL;
    threads[from].sc = NIL;
    threads[from].lent = sc;
    scs[sc].lender = from;
    scs[sc].runner = to;
    threads[to].sc = sc;
    threads[to].lender = from;
}

void sc_return(u32 sc)
{
    u32 runner = scs[sc].runner;
    u32 lender = scs[sc].lender;

    TOUCH(FUT_TYPE_SC, sc);
    TOUCH(FUT_TYPE_THREAD, lender);
    if (threads[lender].lent == sc &&
        (scs[sc].home == lender || threads[threads[lender].lender].lent == sc)) {
        scs[sc].runner = lender;
        scs[sc].lender = scs[sc].home == lender ? NIL : threads[lender].lender;
        threads[lender].sc = sc;
        threads[lender].lent = NIL;
    } else { /* a lender went on without it: idle until its home thread needs it */
        scs[sc].runner = NIL;
        scs[sc].lender = NIL;
    }
    if (runner != NIL) sc_go_home(runner);
}

void sc_reclaim(u32 thread)
{
    u32 lent = threads[thread].lent;
    u32 home = threads[thread].home;
    u32 runner;

    TOUCH(FUT_TYPE_THREAD, thread);
    TOUCH(FUT_TYPE_SC, home);
    if (lent != NIL && scs[lent].lender == thread) sc_return(lent);
    threads[thread].lent = NIL;
    if (threads[thread].sc != NIL || home == NIL) return;
    runner = scs[home].runner;
    scs[home].runner = thread;
    scs[home].lender = NIL;
    threads[thread].sc = home;
    threads[thread].lender = NIL;
    if (runner != NIL && runner != thread) sc_go_home(runner);
}

/* Nobody runs on the context any more; who borrowed it goes home. */
static void sc_withdraw(u32 sc)
{
    u32 runner = scs[sc].runner;

    TOUCH(FUT_TYPE_SC, sc);
    scs[sc].runner = NIL;
    scs[sc].lender = NIL;
    sc_go_home(runner);
}

/* The thread is about to be dead: its state is not READY any more. */
void sc_release(u32 thread)
{
    u32 home = threads[thread].home;

    TOUCH(FUT_TYPE_SC, home);
    sc_reclaim(thread);
    if (threads[thread].lender != NIL && threads[thread].sc != NIL && threads[thread].sc != home)
        sc_return(threads[thread].sc);
    sc_reclaim(thread);
    if (home != NIL) {
        scs[home].home = NIL;
        scs[home].runner = NIL;
        scs[home].lender = NIL;
    }
    threads[thread].sc = NIL;
    threads[thread].home = NIL;
    threads[thread].lender = NIL;
}

void sc_charge(u32 core)
{
    u64 now = arch_counter();
    u64 spent = now - nuc.cpu[core].charged;
    u32 sc = nuc.cpu[core].running;

    nuc.cpu[core].charged = now;
    if (sc == NIL) {
        nuc.cpu[core].idle_ticks += spent;
        return;
    }
    TOUCH(FUT_TYPE_SC, sc);
    scs[sc].used += spent;
    scs[sc].left = scs[sc].left > spent ? scs[sc].left - spent : 0;
}

void sc_exhausted(u32 core)
{
    u32 thread = nuc.cpu[core].cur;
    u32 sc = threads[thread].sc;

    if (scs[sc].class == FUT_SC_ROUND_ROBIN) scs[sc].left = scs[sc].budget;
    if (sc != threads[thread].home) {
        sc_withdraw(sc);
    } else if (scs[sc].class == FUT_SC_ROUND_ROBIN) {
        thread_yield();
    } else {
        thread_set_state(thread, THREAD_WAIT_BUDGET);
    }
}

status sc_set(u32 thread, u64 slot, u64 budget, u64 class)
{
    u32 sc, home;
    status s = cap_named(thread, slot, FUT_TYPE_SC, FUT_RIGHT_SC_SET, &sc);

    if (s != FUT_S_OK) return s;
    if (class > FUT_SC_CAPPED || (budget == 0 && class == FUT_SC_ROUND_ROBIN) || budget >> 62 != 0)
        return FUT_S_ARG;
    TOUCH(FUT_TYPE_SC, sc);
    if (sc == nuc.cpu[THIS_CORE].running)
        sc_charge(THIS_CORE); /* what was used up to now is of the old budget */
    scs[sc].budget = budget;
    scs[sc].left = budget;
    scs[sc].class = (u8) class;
    threads[thread].reg[REG_X0] = scs[sc].used;
    home = scs[sc].home;
    if (!sc_usable(sc) && scs[sc].lender != NIL)
        sc_withdraw(sc);
    else if (!sc_usable(sc) && scs[sc].runner != NIL)
        sc_park(scs[sc].runner);
    else if (home != NIL && thread_base_state(home) == THREAD_WAIT_BUDGET)
        thread_wake(home);
    if (sc == nuc.cpu[THIS_CORE].running) thread_timer_arm();
    return FUT_S_OK;
}
