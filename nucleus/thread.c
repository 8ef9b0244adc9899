/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads: states, waking, the scheduler's choice, and the calls of a holder of a thread
 * capability.
 *
 *      INIT --bind--> READY|STOPPED --run--> READY <--> WAIT_*        any --kill--> DEAD
 * --obj_free--> FREE
 *
 * STOPPED is a bit beside the state: a stopped thread waits on where it waited, and results reach
 * it. Keeps invariants 2 (cur runs here on a runnable context), 3 (a thread is in the
 * one place its state says) and 8 (fastprio only for an eligible receiver).
 */
#include "nucleus.h"

u32 thread_base_state(u32 thread) { return threads[thread].state & THREAD_STATE_MASK; }

void thread_set_state(u32 thread, u32 state)
{
    TOUCH(FUT_TYPE_THREAD, thread);
    threads[thread].state = (threads[thread].state & ~(u32)THREAD_STATE_MASK) | state;
}

void thread_refresh_fastprio(u32 thread)
{
    bool eligible = threads[thread].state == THREAD_WAIT_RECV && threads[thread].pending == 0 &&
                    threads[thread].list != NIL && threads[thread].late == 0;

    TOUCH(FUT_TYPE_THREAD, thread);
    threads[thread].fastprio = eligible ? (u8)(threads[thread].prio + 1) : 0;
}

void thread_result(u32 thread, status result) { threads[thread].reg[REG_X11] = result; }

void thread_wake(u32 thread)
{
    thread_set_state(thread, THREAD_READY);
    threads[thread].fastprio = 0;
    sc_reclaim(thread);
    if ((threads[thread].state & THREAD_STOPPED) != 0 ||
        thread == nuc.cpu[threads[thread].core].cur)
        return;
    if (sc_usable(threads[thread].sc))
        ready_push(thread);
    else
        thread_set_state(thread, THREAD_WAIT_BUDGET);
}

void thread_leave(u32 thread)
{
    u32 list = threads[thread].list;

    if (list == NIL) return;
    if (list <= RUN_QUEUES) {
        ready_remove(thread);
        return;
    }
    list_remove(thread);
    if (endpoints[list].head == NIL) endpoints[list].kind = ENDPOINT_IDLE;
}

void thread_yield(void)
{
    u32 thread = nuc.cpu[THIS_CORE].cur;

    if (threads[thread].state != THREAD_READY) return;
    nuc.cpu[THIS_CORE].cur = NIL;
    ready_push(thread);
}

void thread_fault(u32 thread)
{
    u32 domain = threads[thread].domain;
    u32 watcher = domains[domain].death_thread;

    thread_set_state(thread, THREAD_FAULTED);
    if (watcher != NIL && threads[watcher].generation == domains[domain].death_generation)
        notify_thread(watcher, domains[domain].death_mask);
}

/* Arm the comparator for whatever comes first: the end of the running budget, or the timer server's
 * deadline. */
void thread_timer_arm(void)
{
    u32 sc = nuc.cpu[THIS_CORE].running;
    u64 end = ~(u64)0;

    if (sc != NIL) end = nuc.cpu[THIS_CORE].charged + scs[sc].left;
    arch_timer_arm(end < nuc.cpu[THIS_CORE].timer_at ? end : nuc.cpu[THIS_CORE].timer_at);
}

static u32 schedule(void)
{
    u32 thread = nuc.cpu[THIS_CORE].cur;
    u32 best = ready_top(THIS_CORE);

    if (thread != NIL && threads[thread].state != THREAD_READY) thread = NIL;
    if (thread != NIL && !sc_usable(threads[thread].sc)) {
        thread_set_state(thread, THREAD_WAIT_BUDGET);
        thread = NIL;
    }
    if (thread == NIL) {
        if (best != NIL) ready_remove(best);
        thread = best;
    } else if (best != NIL && threads[best].prio > threads[thread].prio) {
        ready_push_front(thread);
        ready_remove(best);
        thread = best;
    }
    nuc.cpu[THIS_CORE].cur = thread;
    if (nuc.cpu[THIS_CORE].running != threads[thread].sc) {
        sc_charge(THIS_CORE);
        nuc.cpu[THIS_CORE].running = threads[thread].sc;
        thread_timer_arm();
    }
    return thread;
}

/* The end of every entry. Debug builds check what it wrote, and everything before idling. */
u32 nucleus_leave(void)
{
    u32 next = schedule();

    if (CONFIG_DEBUG != 0) check_leave(next == NIL);
    return next;
}

/* The comparator fired. */
u32 nucleus_timer(void)
{
    u32 watcher = nuc.cpu[THIS_CORE].timer_thread;
    u32 sc = nuc.cpu[THIS_CORE].running;

    sc_charge(THIS_CORE);
    if (nuc.cpu[THIS_CORE].charged >= nuc.cpu[THIS_CORE].timer_at) {
        nuc.cpu[THIS_CORE].timer_at = ~(u64)0;
        if (watcher != NIL && threads[watcher].generation == nuc.cpu[THIS_CORE].timer_generation)
            notify_thread(watcher, nuc.cpu[THIS_CORE].timer_mask);
    }
    if (sc != NIL && scs[sc].left == 0 && nuc.cpu[THIS_CORE].cur != NIL &&
        threads[nuc.cpu[THIS_CORE].cur].sc == sc)
        sc_exhausted(THIS_CORE);
    sc = nucleus_leave();
    thread_timer_arm(); /* whatever runs now, also nobody: the interrupt has spent the comparator */
    return sc;
}

static status thread_bind_check(u32 thread, u64 slot, u64 domain, u64 sc, u32 *target, u32 *into,
                                u32 *on)
{
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_BIND, target);

    if (s == FUT_S_OK) s = cap_named(thread, domain, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_BIND, into);
    if (s == FUT_S_OK) s = cap_named(thread, sc, FUT_TYPE_SC, FUT_RIGHT_SC_BIND, on);
    if (s != FUT_S_OK) return s;
    if (domains[*into].state != DOMAIN_LIVE || threads[*target].state != THREAD_INIT ||
        scs[*on].home != NIL)
        return FUT_S_STATE;
    return scs[*on].core == threads[*target].core ? FUT_S_OK : FUT_S_CORE;
}

status thread_bind(u32 thread, u64 slot, u64 domain, u64 sc, u64 priority, u64 fault_slot,
                   u64 flags)
{
    u32 target, into, on;
    bool foreign;
    status s = thread_bind_check(thread, slot, domain, sc, &target, &into, &on);

    if (s != FUT_S_OK) return s;
    if (priority >= PRIORITIES || fault_slot > domains[into].caps_mask || flags > FUT_BIND_VECTORS)
        return FUT_S_ARG;
    if ((flags & FUT_BIND_VECTORS) != 0 && target / 4 >= nuc.vector_pages) return FUT_S_TABLE;
    TOUCH(FUT_TYPE_THREAD, target);
    TOUCH(FUT_TYPE_SC, on);
    TOUCH(FUT_TYPE_DOMAIN, into);
    foreign = (domains[into].flags & FUT_DOMAIN_FOREIGN) != 0;
    threads[target].caps = foreign ? 0 : domains[into].caps;
    threads[target].caps_mask = foreign ? 0 : domains[into].caps_mask;
    threads[target].prio = (u8)priority;
    threads[target].flags |= (u8)flags; /* beside what thread_debug has set since its creation */
    threads[target].domain = into;
    threads[target].root = domains[into].root;
    threads[target].fault_slot = (u32)fault_slot;
    threads[target].home = on;
    threads[target].sc = on;
    scs[on].home = target;
    scs[on].runner = target;
    domains[into].threads = domains[into].threads + 1;
    threads[target].state = THREAD_READY | THREAD_STOPPED;
    return FUT_S_OK;
}

status thread_run(u32 thread, u64 slot)
{
    u32 target;
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_RUN, &target);

    if (s != FUT_S_OK) return s;
    if ((threads[target].state & THREAD_STOPPED) == 0) return FUT_S_STATE;
    TOUCH(FUT_TYPE_THREAD, target);
    threads[target].state &= ~(u32)THREAD_STOPPED;
    if (threads[target].state == THREAD_READY)
        thread_wake(target);
    else
        thread_refresh_fastprio(target);
    return FUT_S_OK;
}

status thread_stop(u32 thread, u64 slot)
{
    u32 target, base;
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_RUN, &target);

    if (s != FUT_S_OK) return s;
    base = thread_base_state(target);
    if (base == THREAD_INIT || base == THREAD_DEAD || base == THREAD_FREE) return FUT_S_STATE;
    if (base == THREAD_READY) thread_leave(target);
    TOUCH(FUT_TYPE_THREAD, target);
    threads[target].state |= THREAD_STOPPED;
    threads[target].fastprio = 0;
    return FUT_S_OK;
}

status thread_cancel(u32 thread, u64 slot)
{
    u32 target, base;
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_RUN, &target);

    if (s != FUT_S_OK) return s;
    base = thread_base_state(target);
    if (base == THREAD_WAIT_REPLY)
        ipc_abort(target, FUT_S_CANCEL_WAIT);
    else if (base == THREAD_WAIT_RECV)
        ipc_abort(target, FUT_S_CANCEL_RECV);
    else if (base == THREAD_WAIT_SEND && threads[target].kind == MESSAGE_CALL)
        ipc_abort(target, FUT_S_CANCEL_SEND);
    else
        return FUT_S_STATE;
    return FUT_S_OK;
}

status thread_regs(u32 thread, u64 slot, u64 direction, u64 region, u64 offset)
{
    u32 target, frame;
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_REGS, &target);

    if (s == FUT_S_OK) s = region_frame(thread, region, offset, FUT_RIGHT_REGION_WRITE, &frame);
    if (s != FUT_S_OK) return s;
    if (direction > FUT_REGS_WRITE) return FUT_S_ARG;
    if (frame_kind(frame) != FUT_FRAME_USER) return FUT_S_FRAME;
    if (target == thread || thread_base_state(target) == THREAD_DEAD) return FUT_S_STATE;
    if (direction == FUT_REGS_READ)
        arch_regs_read(target, frame);
    else
        arch_regs_write(target, frame);
    return FUT_S_OK;
}

status thread_debug(u32 thread, u64 slot, u64 on)
{
    u32 target;
    status s = cap_named(thread, slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_REGS, &target);

    if (s != FUT_S_OK) return s;
    if (on > 1) return FUT_S_ARG;
    if (target == thread) return FUT_S_STATE;
    arch_step(target, on == 1);
    return FUT_S_OK;
}

void thread_kill(u32 thread)
{
    u32 domain = threads[thread].domain;

    thread_leave(thread);
    threads[thread].state = THREAD_DEAD;
    threads[thread].fastprio = 0;
    threads[thread].pending = 0;
    sc_release(thread);
    if (domain != NIL) {
        domains[domain].threads = domains[domain].threads - 1;
        domains[domain].dead_epoch = epoch_stamp(); /* until now it used the space and the table */
    }
    threads[thread].domain = NIL;
    threads[thread].caps = 0;
    threads[thread].caps_mask = 0;
    threads[thread].wait_domain = NIL;
    threads[thread].dead_epoch = epoch_stamp();
    threads[thread].generation = threads[thread].generation + 1;
    arch_vectors_drop(thread);
    if (nuc.cpu[threads[thread].core].cur == thread) nuc.cpu[threads[thread].core].cur = NIL;
}
