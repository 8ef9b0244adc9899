/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls as C functions, one a row of abi/abi.tab (docs/abi.md describes each; what follows
 * here are only the C forms). All are inline: a wrapper is the trap and the moves around it. The
 * variables x0 to x11 are the table's names of arguments and results; the processor's header says
 * which registers they are.
 *
 * `slot` always names a capability in the caller's own table. Where a call gives a result word
 * besides its status, a pointer receives it; the pointer must not be null, and is written whatever
 * the status. A wrapper never blocks unless its comment says so.
 */
#ifndef FUTURA_SYSCALL_H
#define FUTURA_SYSCALL_H

#include <stdint.h>

#include "futura/abi.h"

#if defined(__aarch64__)
#include "futura/syscall_aarch64.h"
#elif defined(__x86_64__)
#include "futura/syscall_x86_64.h"
#else
#error "futura/syscall.h: system calls are defined for aarch64 and x86-64"
#endif

/* A status of the nucleus, FUT_S_*. */
typedef uint32_t fut_status;

/* What a receive brought. token 0: no message, only notification bits. Of a call, w[0..4] are
   meaningful; of a reflected fault or foreign call, all eight. */
struct fut_msg {
    uint64_t w[8];
    uint64_t badge;
    uint64_t token;
    uint64_t pending; /* notification bits, cleared by this receive */
};

struct fut_cap_info {
    uint64_t key, badge, alive;
};

struct fut_frame_info {
    uint32_t type, level, flags;
    uint64_t references; /* leaves of a USER frame; present entries of a table */
    uint64_t parent;     /* of a table: frame of its parent */
    uint64_t index;      /* of a table: its entry in the parent */
    uint64_t pfn;
};

/* A control call with its arguments; the comma expression's operands are the registers x8, x0, x1,
   ... Those not named are passed as 0. `results` runs after the call and may read x0 to x4. */
#define FUT_CONTROL_CALL(number, arguments, results)                                               \
    FUT_SVC_REGISTERS;                                                                             \
    arguments;                                                                                     \
    FUT_SVC(number);                                                                               \
    results;                                                                                       \
    return (fut_status)x11

#define FUT_SET_WORDS(w) (x0 = (w)[0], x1 = (w)[1], x2 = (w)[2], x3 = (w)[3], x4 = (w)[4])
#define FUT_GET_WORDS(w) ((w)[0] = x0, (w)[1] = x1, (w)[2] = x2, (w)[3] = x3, (w)[4] = x4)
#define FUT_GET_MESSAGE(m)                                                                         \
    (FUT_GET_WORDS((m)->w), (m)->w[5] = x5, (m)->w[6] = x6, (m)->w[7] = x7, (m)->badge = x8,       \
     (m)->token = x9, (m)->pending = x10)

/* --- communication --- */

/* Sends w and blocks until the reply, which replaces w. On a status other than FUT_S_OK, w is
 * undefined. */
static inline fut_status fut_sys_call(uint32_t slot, uint64_t w[5])
{
    FUT_CONTROL_CALL(FUT_SYS_CALL, (x8 = slot, FUT_SET_WORDS(w)), FUT_GET_WORDS(w));
}

/* Replies w to `token` (0: no reply), then blocks for a message or any notification bit.
   FUT_S_STALE: the reply was not delivered, but the receive is valid. */
static inline fut_status fut_sys_reply_recv(uint32_t slot, uint64_t token, const uint64_t w[5],
                                            struct fut_msg *m)
{
    FUT_CONTROL_CALL(FUT_SYS_REPLY_RECV, (x8 = slot, x9 = token, FUT_SET_WORDS(w)),
                     FUT_GET_MESSAGE(m));
}

/* Blocks for a message on `slot` (0: none) or a notification bit of `mask`. flags: FUT_RECV_POLL
   answers FUT_S_AGAIN instead of blocking. */
static inline fut_status fut_sys_recv(uint32_t slot, uint64_t mask, uint32_t flags,
                                      struct fut_msg *m)
{
    FUT_CONTROL_CALL(FUT_SYS_RECV, (x8 = slot, x0 = mask, x1 = flags), FUT_GET_MESSAGE(m));
}

static inline fut_status fut_sys_reply(uint64_t token, const uint64_t w[5])
{
    FUT_CONTROL_CALL(FUT_SYS_REPLY, (x9 = token, FUT_SET_WORDS(w)), (void)0);
}

/* Delivers w to a waiting receiver, with no reply; FUT_S_AGAIN when none waits. */
static inline fut_status fut_sys_send(uint32_t slot, const uint64_t w[5])
{
    FUT_CONTROL_CALL(FUT_SYS_SEND, (x8 = slot, FUT_SET_WORDS(w)), (void)0);
}

static inline fut_status fut_sys_notify(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_NOTIFY, x8 = slot, (void)0);
}

static inline fut_status fut_sys_irq_ack(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_IRQ_ACK, x8 = slot, (void)0);
}

/* Lets other ready threads of the same priority run first. */
static inline void fut_sys_yield(void)
{
    FUT_SVC_REGISTERS;
    FUT_SVC(FUT_SYS_YIELD);
    (void)x10, (void)x11;
}

static inline fut_status fut_sys_clock(uint64_t *ticks, uint64_t *hz)
{
    FUT_CONTROL_CALL(FUT_SYS_CLOCK, (void)0, (*ticks = x0, *hz = x1));
}

/* --- capabilities --- */

/* Copies the caller's `source` to `slot` of the domain's table. type FUT_TYPE_NONE: the same type;
 * badge 0: keep. */
static inline fut_status fut_sys_cap_set(uint32_t domain, uint32_t slot, uint32_t source,
                                         uint32_t rights, uint64_t badge, uint32_t type)
{
    FUT_CONTROL_CALL(FUT_SYS_CAP_SET,
                     (x8 = domain, x0 = slot, x1 = source, x2 = rights, x3 = badge, x4 = type),
                     (void)0);
}

static inline fut_status fut_sys_cap_clear(uint32_t domain, uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_CAP_CLEAR, (x8 = domain, x0 = slot), (void)0);
}

static inline fut_status fut_sys_cap_info(uint32_t domain, uint32_t slot, struct fut_cap_info *info)
{
    FUT_CONTROL_CALL(FUT_SYS_CAP_INFO, (x8 = domain, x0 = slot),
                     (info->key = x0, info->badge = x1, info->alive = x2));
}

/* --- objects --- */

/* `argument` are the words x3 to x7, by type; null: all zero. */
static inline fut_status fut_sys_obj_create(uint32_t control, uint32_t type, uint64_t index,
                                            uint32_t destination, const uint64_t argument[5])
{
    static const uint64_t none[5] = {0, 0, 0, 0, 0};
    const uint64_t *a = argument ? argument : none;

    FUT_CONTROL_CALL(FUT_SYS_OBJ_CREATE,
                     (x8 = control, x0 = type, x1 = index, x2 = destination, x3 = a[0], x4 = a[1],
                      x5 = a[2], x6 = a[3], x7 = a[4]),
                     (void)0);
}

static inline fut_status fut_sys_obj_kill(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_OBJ_KILL, x8 = slot, (void)0);
}

/* freed: 1 when a domain's root frame became FREE. */
static inline fut_status fut_sys_obj_free(uint32_t control, uint32_t type, uint64_t index,
                                          uint64_t *freed)
{
    FUT_CONTROL_CALL(FUT_SYS_OBJ_FREE, (x8 = control, x0 = type, x1 = index), *freed = x0);
}

static inline fut_status fut_sys_ep_drain(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_EP_DRAIN, x8 = slot, (void)0);
}

static inline fut_status fut_sys_reply_scan(uint32_t domain, uint64_t first, uint64_t *next)
{
    FUT_CONTROL_CALL(FUT_SYS_REPLY_SCAN, (x8 = domain, x0 = first), *next = x0);
}

static inline fut_status fut_sys_asid_assign(uint32_t domain, uint32_t asid)
{
    FUT_CONTROL_CALL(FUT_SYS_ASID_ASSIGN, (x8 = domain, x0 = asid), (void)0);
}

/* --- threads --- */

static inline fut_status fut_sys_thread_bind(uint32_t thread, uint32_t domain, uint32_t sc,
                                             uint32_t priority, uint32_t fault_slot, uint32_t flags)
{
    FUT_CONTROL_CALL(
        FUT_SYS_THREAD_BIND,
        (x8 = thread, x0 = domain, x1 = sc, x2 = priority, x3 = fault_slot, x4 = flags), (void)0);
}

static inline fut_status fut_sys_thread_run(uint32_t thread)
{
    FUT_CONTROL_CALL(FUT_SYS_THREAD_RUN, x8 = thread, (void)0);
}

static inline fut_status fut_sys_thread_stop(uint32_t thread)
{
    FUT_CONTROL_CALL(FUT_SYS_THREAD_STOP, x8 = thread, (void)0);
}

static inline fut_status fut_sys_thread_cancel(uint32_t thread)
{
    FUT_CONTROL_CALL(FUT_SYS_THREAD_CANCEL, x8 = thread, (void)0);
}

/* direction: FUT_REGS_READ (record to frame) or FUT_REGS_WRITE. Words of the frame: FUT_REG_*. */
static inline fut_status fut_sys_thread_regs(uint32_t thread, uint32_t direction, uint32_t region,
                                             uint64_t offset)
{
    FUT_CONTROL_CALL(FUT_SYS_THREAD_REGS, (x8 = thread, x0 = direction, x1 = region, x2 = offset),
                     (void)0);
}

static inline fut_status fut_sys_thread_debug(uint32_t thread, uint32_t step)
{
    FUT_CONTROL_CALL(FUT_SYS_THREAD_DEBUG, (x8 = thread, x0 = step), (void)0);
}

/* budget in ticks of the counter; used: ticks that the context has used since its creation. */
static inline fut_status fut_sys_sc_set(uint32_t sc, uint64_t budget, uint32_t sc_class,
                                        uint64_t *used)
{
    FUT_CONTROL_CALL(FUT_SYS_SC_SET, (x8 = sc, x0 = budget, x1 = sc_class), *used = x0);
}

/* --- frames and windows --- */

static inline fut_status fut_sys_frame_type(uint32_t region, uint64_t offset, uint32_t type,
                                            uint32_t level)
{
    FUT_CONTROL_CALL(FUT_SYS_FRAME_TYPE, (x8 = region, x0 = offset, x1 = type, x2 = level),
                     (void)0);
}

static inline fut_status fut_sys_frame_info(uint32_t region, uint64_t offset,
                                            struct fut_frame_info *info)
{
    FUT_CONTROL_CALL(FUT_SYS_FRAME_INFO, (x8 = region, x0 = offset),
                     (info->type = (uint32_t)(x0 & 0xff), info->level = (uint32_t)(x0 >> 8 & 0xff),
                      info->flags = (uint32_t)(x0 >> 16 & 0xff), info->references = x1,
                      info->parent = x2, info->index = x3, info->pfn = x4));
}

/* `other` is x4 of the ABI table: 1 picks vector state (THREAD) or a capability table (DOMAIN).
   FUT_S_MORE: the frame was used as a translation table; call again with another. */
static inline fut_status fut_sys_window_grow(uint32_t control, uint32_t type, uint64_t index,
                                             uint32_t region, uint64_t offset, uint32_t other)
{
    FUT_CONTROL_CALL(FUT_SYS_WINDOW_GROW,
                     (x8 = control, x0 = type, x1 = index, x2 = region, x3 = offset, x4 = other),
                     (void)0);
}

static inline fut_status fut_sys_icache_sync(uint32_t region, uint64_t offset)
{
    FUT_CONTROL_CALL(FUT_SYS_ICACHE_SYNC, (x8 = region, x0 = offset), (void)0);
}

/* --- address spaces --- */

static inline fut_status fut_sys_pt_link(uint32_t domain, uint64_t address, uint32_t region,
                                         uint64_t offset)
{
    FUT_CONTROL_CALL(FUT_SYS_PT_LINK, (x8 = domain, x0 = address, x1 = region, x2 = offset),
                     (void)0);
}

static inline fut_status fut_sys_pt_unlink(uint32_t region, uint64_t offset)
{
    FUT_CONTROL_CALL(FUT_SYS_PT_UNLINK, (x8 = region, x0 = offset), (void)0);
}

/* Clears, among FUT_MAP_BATCH entries from `first`, the leaves whose frames the capability `victim`
 * names. */
static inline fut_status fut_sys_pt_sweep(uint32_t region, uint64_t offset, uint32_t first,
                                          uint32_t victim, uint64_t *cleared)
{
    FUT_CONTROL_CALL(FUT_SYS_PT_SWEEP, (x8 = region, x0 = offset, x1 = first, x2 = victim),
                     *cleared = x0);
}

static inline fut_status fut_sys_pt_thaw(uint32_t region, uint64_t offset)
{
    FUT_CONTROL_CALL(FUT_SYS_PT_THAW, (x8 = region, x0 = offset), (void)0);
}

/* FUT_S_TABLE: level receives the level of the missing table. */
static inline fut_status fut_sys_map(uint32_t domain, uint64_t address, uint32_t region,
                                     uint64_t offset, uint32_t count, uint32_t flags,
                                     uint64_t *level)
{
    FUT_CONTROL_CALL(FUT_SYS_MAP,
                     (x8 = domain, x0 = address, x1 = region, x2 = offset, x3 = count, x4 = flags),
                     *level = x0);
}

static inline fut_status fut_sys_map_copy(uint32_t domain, uint64_t address, uint32_t to,
                                          uint64_t to_address, uint32_t count, uint32_t flags,
                                          uint64_t *copied)
{
    FUT_CONTROL_CALL(FUT_SYS_MAP_COPY,
                     (x8 = domain, x0 = address, x1 = to, x2 = to_address, x3 = count, x4 = flags),
                     *copied = x0);
}

static inline fut_status fut_sys_unmap(uint32_t domain, uint64_t address, uint32_t count,
                                       uint64_t *removed)
{
    FUT_CONTROL_CALL(FUT_SYS_UNMAP, (x8 = domain, x0 = address, x1 = count), *removed = x0);
}

/* region 0: rights may only shrink. */
static inline fut_status fut_sys_protect(uint32_t domain, uint64_t address, uint32_t count,
                                         uint32_t flags, uint32_t region, uint64_t *changed)
{
    FUT_CONTROL_CALL(FUT_SYS_PROTECT,
                     (x8 = domain, x0 = address, x1 = count, x2 = flags, x3 = region),
                     *changed = x0);
}

/* --- I/O spaces and ports: FUT_S_NOSYS on boards without them --- */

static inline fut_status fut_sys_io_link(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_IO_LINK, x8 = slot, (void)0);
}

static inline fut_status fut_sys_io_map(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_IO_MAP, x8 = slot, (void)0);
}

static inline fut_status fut_sys_io_unmap(uint32_t slot)
{
    FUT_CONTROL_CALL(FUT_SYS_IO_UNMAP, x8 = slot, (void)0);
}

/* One access of 1, 2 or 4 bytes at port `offset` of a FUT_REGION_PORT capability: `flags` is the
 * width, with FUT_IO_PORT_WRITE to write the low bytes of `value`. read (not null): what was read;
 * 0 after a write. FUT_S_ARG: another width, or ports beyond the capability's range. Never blocks.
 */
static inline fut_status fut_sys_io_port(uint32_t slot, uint64_t offset, uint32_t flags,
                                         uint64_t value, uint64_t *read)
{
    FUT_CONTROL_CALL(FUT_SYS_IO_PORT, (x8 = slot, x0 = offset, x1 = flags, x2 = value), *read = x0);
}

/* --- interrupts, time, cores, power --- */

static inline fut_status fut_sys_irq_bind(uint32_t irq, uint32_t thread, uint64_t mask,
                                          uint32_t flags)
{
    FUT_CONTROL_CALL(FUT_SYS_IRQ_BIND, (x8 = irq, x0 = thread, x1 = mask, x2 = flags), (void)0);
}

/* counter 0 disarms. */
static inline fut_status fut_sys_timer_set(uint32_t control, uint64_t counter, uint32_t notify)
{
    FUT_CONTROL_CALL(FUT_SYS_TIMER_SET, (x8 = control, x0 = counter, x1 = notify), (void)0);
}

static inline fut_status fut_sys_cpu_start(uint32_t control)
{
    FUT_CONTROL_CALL(FUT_SYS_CPU_START, x8 = control, (void)0);
}

static inline fut_status fut_sys_sync(uint64_t *epoch)
{
    FUT_CONTROL_CALL(FUT_SYS_SYNC, (void)0, *epoch = x0);
}

/* kind: FUT_RESET_*. Returns only with an error. */
static inline fut_status fut_sys_reset(uint32_t control, uint32_t kind)
{
    FUT_CONTROL_CALL(FUT_SYS_RESET, (x8 = control, x0 = kind), (void)0);
}

static inline fut_status fut_sys_debug_put(uint32_t control, uint8_t byte)
{
    FUT_CONTROL_CALL(FUT_SYS_DEBUG_PUT, (x8 = control, x0 = byte), (void)0);
}

#endif
