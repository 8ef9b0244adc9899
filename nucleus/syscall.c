/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher: one switch, every case one call (built without jump tables: no indirect branch).
 * Arguments come from the caller's saved registers, results go there; the status has a register of
 * its own. Each call first checks everything, then commits what cannot fail. In debug builds the
 * invariants are checked afterwards.
 */
#include "nucleus.h"

#define ARG(n) (threads[thread].reg[REG_X0 + (n)])

static status dispatch_object(u32 thread, u32 number, u64 slot)
{
    switch (number) {
    case FUT_SYS_CAP_SET: return cap_set(thread, slot, ARG(0), ARG(1), ARG(2), ARG(3), ARG(4));
    case FUT_SYS_CAP_CLEAR: return cap_clear(thread, slot, ARG(0));
    case FUT_SYS_CAP_INFO: return cap_info(thread, slot, ARG(0));
    case FUT_SYS_OBJ_CREATE: return obj_create(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_OBJ_KILL: return obj_kill(thread, slot);
    case FUT_SYS_OBJ_FREE: return obj_free(thread, slot, ARG(0), ARG(1));
    case FUT_SYS_EP_DRAIN: return ep_drain(thread, slot);
    case FUT_SYS_REPLY_SCAN: return reply_scan(thread, slot, ARG(0));
    case FUT_SYS_ASID_ASSIGN: return asid_assign(thread, slot, ARG(0));
    case FUT_SYS_THREAD_BIND:
        return thread_bind(thread, slot, ARG(0), ARG(1), ARG(2), ARG(3), ARG(4));
    case FUT_SYS_THREAD_RUN: return thread_run(thread, slot);
    case FUT_SYS_THREAD_STOP: return thread_stop(thread, slot);
    case FUT_SYS_THREAD_CANCEL: return thread_cancel(thread, slot);
    case FUT_SYS_THREAD_REGS: return thread_regs(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_THREAD_DEBUG: return thread_debug(thread, slot, ARG(0));
    case FUT_SYS_SC_SET: return sc_set(thread, slot, ARG(0), ARG(1));
    default: return FUT_S_NOSYS;
    }
}

static status dispatch_memory(u32 thread, u32 number, u64 slot)
{
    switch (number) {
    case FUT_SYS_FRAME_TYPE: return frame_type(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_FRAME_INFO: return frame_info(thread, slot, ARG(0));
    case FUT_SYS_WINDOW_GROW: return window_grow(thread, slot);
    case FUT_SYS_PT_LINK: return pt_link(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_PT_UNLINK: return pt_unlink(thread, slot, ARG(0));
    case FUT_SYS_PT_SWEEP: return pt_sweep(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_PT_THAW: return pt_thaw(thread, slot, ARG(0));
    case FUT_SYS_MAP: return map(thread, slot, ARG(0), ARG(1), ARG(2), ARG(3), ARG(4));
    case FUT_SYS_MAP_COPY: return map_copy(thread, slot, ARG(0), ARG(1), ARG(2), ARG(3), ARG(4));
    case FUT_SYS_UNMAP: return unmap(thread, slot, ARG(0), ARG(1));
    case FUT_SYS_PROTECT: return protect(thread, slot, ARG(0), ARG(1), ARG(2), ARG(3));
    case FUT_SYS_ICACHE_SYNC: return icache_sync(thread, slot, ARG(0));
    case FUT_SYS_IO_PORT: return PORT_ACCESS(thread, slot);
    default: return FUT_S_NOSYS;
    }
}

static status clock_read(u32 thread)
{
    ARG(0) = arch_counter();
    ARG(1) = arch_counter_hz();
    return FUT_S_OK;
}

static status sync_call(u32 thread)
{
    epoch_sync();
    ARG(0) = nuc.epoch;
    return FUT_S_OK;
}

static status reset_call(u32 thread, u64 slot)
{
    status s =
        cap_check(slots[cap_slot(thread, slot)].key, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_RESET);

    if (s == FUT_S_OK && ARG(0) > FUT_RESET_REBOOT) s = FUT_S_ARG;
    if (s == FUT_S_OK) arch_reset((u32)ARG(0));
    return s;
}

static status debug_put(u32 thread, u64 slot)
{
    status s =
        cap_check(slots[cap_slot(thread, slot)].key, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_RESET);

    if (s != FUT_S_OK) return s;
    return arch_debug_put((u8)ARG(0)) ? FUT_S_OK : FUT_S_NOSYS;
}

static status dispatch_system(u32 thread, u32 number, u64 slot)
{
    switch (number) {
    case FUT_SYS_IRQ_BIND: return irq_bind(thread, slot, ARG(0), ARG(1), ARG(2));
    case FUT_SYS_TIMER_SET: return timer_set(thread, slot, ARG(0), ARG(1));
    case FUT_SYS_SYNC: return sync_call(thread);
    case FUT_SYS_RESET: return reset_call(thread, slot);
    case FUT_SYS_DEBUG_PUT: return debug_put(thread, slot);
    default: /* io_link, io_map, io_unmap, cpu_start: not on this board */ return FUT_S_NOSYS;
    }
}

/* Calls of IPC. *done: the call has set the status register itself, or the thread waits. */
static status dispatch_ipc(u32 thread, u32 number, u64 slot, bool *done)
{
    status s;

    switch (number) {
    case FUT_SYS_CALL: s = ipc_call(thread, slot); break;
    case FUT_SYS_REPLY_RECV: s = ipc_reply_recv(thread, slot, threads[thread].reg[REG_X9]); break;
    case FUT_SYS_RECV: s = ipc_recv(thread, slot, ARG(0), ARG(1)); break;
    case FUT_SYS_REPLY: return ipc_reply(thread, threads[thread].reg[REG_X9]);
    case FUT_SYS_SEND: return ipc_send(thread, slot);
    case FUT_SYS_NOTIFY: return ipc_notify(thread, slot);
    case FUT_SYS_IRQ_ACK: return irq_ack(thread, slot);
    case FUT_SYS_YIELD: thread_yield(); return FUT_S_OK;
    case FUT_SYS_CLOCK: return clock_read(thread);
    default: return FUT_S_NOSYS;
    }
    *done = s == FUT_S_OK;
    return s;
}

/* Who was refused for the lack of an epoch will call sync. */
static status epoch_noted(status s)
{
    if (s == FUT_S_QUIESCE) epoch_need();
    return s;
}

u32 nucleus_syscall(u32 number)
{
    u32 thread = nuc.cpu[THIS_CORE].cur;
    u64 slot = threads[thread].reg[REG_X8];
    bool done = false;
    status s;

    if (number <= FUT_SYS_CLOCK)
        s = dispatch_ipc(thread, number, slot, &done);
    else if (number <= FUT_SYS_SC_SET)
        s = epoch_noted(dispatch_object(thread, number, slot));
    else if (number <= FUT_SYS_IO_PORT)
        s = epoch_noted(dispatch_memory(thread, number, slot));
    else
        s = dispatch_system(thread, number, slot);
    if (!done) thread_result(thread, s);
    nuc.cpu[THIS_CORE].syscalls++;
    if (nuc.cpu[THIS_CORE].syscalls % CHECK_PERIOD == 0) TOUCH(TOUCH_ALL, 0);
    return nucleus_leave();
}
