/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outcomes of system calls that the other parts do not come by: what every call says to a slot
 * that is empty, of another type, without the right, or of a dead object; and the rest of the
 * table.
 */
#include "suite.h"

#define EMPTY 60000 /* a slot of the big table beyond its backed pages reads as empty */
#define SERVE 4
#define CALL 5
#define REPORT 6
#define VA 0xa0000000ull
#define FAR_DOMAIN 200 /* its capability table stands where no other of the suite does */

static u32 weak[16], dead[16]; /* by type: without a right; of a freed object */

/* A domain that maps nothing: it can be freed. */
static u32 domain_bare(u64 *root)
{
    u64 argument[5] = {8, 0, SLOT_RAM, *root = frame_free(), 0};

    return object_new(FUT_TYPE_DOMAIN, argument);
}

static void domain_end(u32 domain)
{
    u64 next = 0;

    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    do
        EXPECT(fut_sys_reply_scan(domain, next, &next), FUT_S_OK);
    while (next != 0);
}

static u32 weak_copy(u32 slot)
{
    u32 copy = slot_new();

    EXPECT(fut_sys_cap_set(SLOT_SELF, copy, slot, 0, 0, 0), FUT_S_OK);
    return copy;
}

static u32 irq_new(u32 line)
{
    u64 none[5] = {0};
    u32 slot = slot_new();

    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IRQ, line, slot, none), FUT_S_OK);
    return slot;
}

static void object_end(u32 type, u32 slot, u32 record)
{
    u64 freed;

    if (type == FUT_TYPE_DOMAIN)
        domain_end(slot);
    else
        EXPECT(fut_sys_obj_kill(slot), FUT_S_OK);
    quiesce();
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, type, record, &freed), FUT_S_OK);
    dead[type] = slot;
}

/* One live object of each type for the copies without rights, one that dies. */
static void prepare(void)
{
    u64 none[5] = {0}, range[5] = {MACHINE_DEVICE_PFN, 1, FUT_REGION_MMIO, 0, 0}, root;
    u32 note = slot_new(), thread, slot;

    check_begin("capabilities without rights and of dead objects");
    weak[FUT_TYPE_ENDPOINT] = weak_copy(object_new(FUT_TYPE_ENDPOINT, none));
    weak[FUT_TYPE_THREAD] = weak_copy(SLOT_ME);
    weak[FUT_TYPE_DOMAIN] = weak_copy(domain_bare(&root));
    weak[FUT_TYPE_SC] = weak_copy(object_new(FUT_TYPE_SC, none));
    weak[FUT_TYPE_IRQ] = weak_copy(irq_new(MACHINE_IRQ_SPARE));
    weak[FUT_TYPE_REGION] = weak_copy(SLOT_RAM);
    weak[FUT_TYPE_CONTROL] = weak_copy(SLOT_CONTROL);
    slot = object_new(FUT_TYPE_ENDPOINT, none);
    object_end(FUT_TYPE_ENDPOINT, slot, last_record());
    thread = object_new(FUT_TYPE_THREAD, none);
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, thread, 15, 1, FUT_TYPE_NOTIFY), FUT_S_OK);
    weak[FUT_TYPE_NOTIFY] = weak_copy(note);
    dead[FUT_TYPE_NOTIFY] = note;
    slot = thread;
    object_end(FUT_TYPE_THREAD, slot, last_record());
    slot = domain_bare(&root);
    object_end(FUT_TYPE_DOMAIN, slot, last_record());
    slot = object_new(FUT_TYPE_SC, none);
    object_end(FUT_TYPE_SC, slot, last_record());
    object_end(FUT_TYPE_IRQ, irq_new(MACHINE_IRQ_SPARE + 1), MACHINE_IRQ_SPARE + 1);
    slot = object_new(FUT_TYPE_REGION, range);
    object_end(FUT_TYPE_REGION, slot, last_record());
    check_end();
}

/* What a call says to the four kinds of slot that it cannot use; `call` names the variable slot.
 * Only control has no dead object. */
#define REFUSED_WITHOUT_RIGHT(type, call)                                                          \
    do {                                                                                           \
        slot = weak[type];                                                                         \
        EXPECT(call, FUT_S_RIGHT);                                                                 \
    } while (0)
#define REFUSED_OTHERWISE(type, call)                                                              \
    do {                                                                                           \
        slot = EMPTY;                                                                              \
        EXPECT(call, FUT_S_EMPTY);                                                                 \
        slot = (type) == FUT_TYPE_CONTROL ? SLOT_RAM : SLOT_CONTROL;                               \
        EXPECT(call, FUT_S_TYPE);                                                                  \
        slot = dead[type];                                                                         \
        if (slot != 0) EXPECT(call, FUT_S_DEAD);                                                   \
    } while (0)
#define REFUSED(type, call)                                                                        \
    do {                                                                                           \
        REFUSED_WITHOUT_RIGHT(type, call);                                                         \
        REFUSED_OTHERWISE(type, call);                                                             \
    } while (0)

static void refused_ipc(void)
{
    u64 w[5] = {0};
    struct fut_msg m;
    u32 slot;

    check_begin("ipc on slots that it cannot use");
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_call(slot, w));
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_reply_recv(slot, 0, w, &m));
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_recv(slot, 0, FUT_RECV_POLL, &m));
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_send(slot, w));
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_ep_drain(slot));
    REFUSED(FUT_TYPE_ENDPOINT, fut_sys_obj_kill(slot));
    REFUSED(FUT_TYPE_NOTIFY, fut_sys_notify(slot));
    REFUSED(FUT_TYPE_IRQ, fut_sys_irq_ack(slot));
    REFUSED(FUT_TYPE_IRQ, fut_sys_irq_bind(slot, SLOT_ME, 8, 0));
    check_end();
}

static void refused_threads(void)
{
    u32 slot, domain = domain_new(0, 0), sc = sc_new(1000, FUT_SC_CAPPED);
    u64 frame = frame_new(FUT_FRAME_USER, 0), used;

    check_begin("calls of threads on slots that they cannot use");
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_bind(slot, domain, sc, 1, 3, 0));
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_run(slot));
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_stop(slot));
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_cancel(slot));
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_regs(slot, FUT_REGS_READ, SLOT_RAM, frame));
    REFUSED(FUT_TYPE_THREAD, fut_sys_thread_debug(slot, 0));
    REFUSED(FUT_TYPE_SC, fut_sys_sc_set(slot, 1, FUT_SC_CAPPED, &used));
    check_end();
}

static void refused_domains(void)
{
    u64 frame = frame_new(FUT_FRAME_USER, 0), root, x;
    u32 slot, domain = domain_bare(&root);
    struct fut_cap_info info;

    check_begin("calls of domains on slots that they cannot use");
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_cap_set(slot, 9, SLOT_ME, 15, 0, 0));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_cap_clear(slot, 9));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_cap_info(slot, 9, &info));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_reply_scan(slot, 0, &x));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_asid_assign(slot, 9));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_pt_link(slot, VA, SLOT_RAM, frame));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_map(slot, VA, SLOT_RAM, frame, 1, 0, &x));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_map_copy(slot, VA, domain, VA, 1, 0, &x));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_unmap(slot, VA, 1, &x));
    REFUSED(FUT_TYPE_DOMAIN, fut_sys_protect(slot, VA, 1, 0, 0, &x));
    check_end();
}

static void refused_frames(void)
{
    u64 frame = frame_new(FUT_FRAME_USER, 0), table = frame_new(FUT_FRAME_PT, 3), x;
    struct fut_frame_info info;
    u32 slot;

    check_begin("calls of frames on slots that they cannot use");
    REFUSED(FUT_TYPE_REGION, fut_sys_frame_type(slot, 0, FUT_FRAME_USER, 0));
    REFUSED(FUT_TYPE_REGION, fut_sys_pt_unlink(slot, 0));
    REFUSED(FUT_TYPE_REGION, fut_sys_pt_sweep(slot, 0, 0, SLOT_RAM, &x));
    REFUSED(FUT_TYPE_REGION, fut_sys_pt_thaw(slot, 0));
    REFUSED_OTHERWISE(FUT_TYPE_REGION, fut_sys_frame_info(slot, 0, &info));
    REFUSED_OTHERWISE(FUT_TYPE_REGION, fut_sys_icache_sync(slot, 0));
    EXPECT(fut_sys_frame_info(SLOT_RAM, boot->ram_frames, &info), FUT_S_ARG);
    EXPECT(fut_sys_icache_sync(SLOT_RAM, boot->ram_frames), FUT_S_ARG);
    EXPECT(fut_sys_icache_sync(SLOT_RAM, frame), FUT_S_OK);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, boot->ram_frames), FUT_S_ARG);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, frame), FUT_S_FRAME);
    EXPECT(fut_sys_pt_thaw(SLOT_RAM, boot->ram_frames), FUT_S_ARG);
    EXPECT(fut_sys_pt_thaw(SLOT_RAM, frame), FUT_S_FRAME);
    EXPECT(fut_sys_pt_thaw(SLOT_RAM, table), FUT_S_STATE);
    check_end();
}

static fut_status yield_status(void)
{
    FUT_SVC_REGISTERS;
    FUT_SVC(FUT_SYS_YIELD);
    (void)x10;
    return (fut_status)x11;
}

static void refused_control(void)
{
    u64 none[5] = {0}, frame = frame_free(), a, b;
    u32 slot, note = slot_new(), new = slot_new();

    check_begin("calls of control on slots that they cannot use");
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, SLOT_ME, 15, 64, FUT_TYPE_NOTIFY), FUT_S_OK);
    REFUSED(FUT_TYPE_CONTROL, fut_sys_obj_create(slot, FUT_TYPE_SC, 2, new, none));
    REFUSED(FUT_TYPE_CONTROL, fut_sys_obj_free(slot, FUT_TYPE_SC, 2, &a));
    REFUSED(FUT_TYPE_CONTROL, fut_sys_window_grow(slot, FUT_TYPE_SC, 0, SLOT_RAM, frame, 0));
    REFUSED(FUT_TYPE_CONTROL, fut_sys_timer_set(slot, 0, 0));
    REFUSED(FUT_TYPE_CONTROL, fut_sys_reset(slot, FUT_RESET_OFF));
    REFUSED(FUT_TYPE_CONTROL, fut_sys_debug_put(slot, ' '));
    EXPECT(fut_sys_timer_set(SLOT_CONTROL, 1, dead[FUT_TYPE_NOTIFY]), FUT_S_DEAD);
    EXPECT(fut_sys_reset(SLOT_CONTROL, FUT_RESET_REBOOT + 1), FUT_S_ARG);
    EXPECT(fut_sys_debug_put(SLOT_CONTROL, '\n'), boot->debug != 0 ? FUT_S_OK : FUT_S_NOSYS);
    EXPECT(fut_sys_clock(&a, &b), FUT_S_OK);
    EXPECT(fut_sys_sync(&a), FUT_S_OK);
    outcome_is(FUT_SYS_YIELD, yield_status(), FUT_S_OK);
    check_end();
}

/* ---- the rest of the table ---- */

/* Receives once, in one of the two ways, and reports the status. */
CHILD static void child_receiver(u64 both)
{
    u64 w[5];
    struct fut_msg m;

    w[0] = w[1] = w[2] = w[3] = w[4] = 0;
    w[0] = both != 0 ? fut_sys_reply_recv(SERVE, 0, w, &m) : fut_sys_recv(SERVE, 0, 0, &m);
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}

CHILD static void child_call_once(u64 unused)
{
    u64 w[5];
    struct fut_msg m;

    (void)unused;
    w[0] = w[1] = w[2] = w[3] = w[4] = 0;
    w[0] = fut_sys_call(CALL, w);
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}

static struct task child(void (*entry)(u64), u64 argument, u32 ep, u32 report)
{
    u32 domain = domain_new(0, 0);
    struct task t;

    give(domain, SERVE, ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    give(domain, CALL, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(domain, REPORT, report, FUT_RIGHT_ENDPOINT_CALL, 1);
    t = task_new(domain, entry, argument, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    return t;
}

static void receivers(void)
{
    static const u32 number[] = {FUT_SYS_RECV, FUT_SYS_REPLY_RECV};
    u32 record, ep = endpoint_new(&record), report = endpoint_new(&record);
    struct fut_msg m;
    struct task t;

    check_begin("receivers that are cancelled or whose endpoint dies; draining in steps");
    for (u32 i = 0; i < 2; i++) {
        t = child(child_receiver, i, ep, report);
        EXPECT(fut_sys_thread_cancel(t.thread), FUT_S_OK);
        EXPECT(fut_sys_recv(report, 0, 0, &m), FUT_S_OK);
        outcome_is(number[i], m.w[0], FUT_S_CANCEL_RECV);
        child(child_receiver, i, ep, report);
        EXPECT(fut_sys_ep_drain(ep), FUT_S_OK);
        EXPECT(fut_sys_recv(report, 0, 0, &m), FUT_S_OK);
        outcome_is(number[i], m.w[0], FUT_S_DEAD);
    }
    child(child_call_once, 0, ep, report);
    child(child_call_once, 0, ep, report);
    EXPECT(fut_sys_ep_drain(ep), FUT_S_MORE);
    EXPECT(fut_sys_ep_drain(ep), FUT_S_OK);
    EXPECT(fut_sys_reply_recv(report, 0, m.w, &m), FUT_S_OK);
    outcome_is(FUT_SYS_CALL, m.w[0], FUT_S_DEAD);
    child(child_receiver, 0, ep, report);
    EXPECT(fut_sys_send(ep, m.w), FUT_S_OK);
    check_end();
}

static void threads_rest(void)
{
    u64 none[5] = {0}, frame = frame_new(FUT_FRAME_USER, 0), table = frame_new(FUT_FRAME_PT, 3);
    u32 domain = domain_new(0, 0), sc = sc_new(1000, FUT_SC_CAPPED), other = domain_new(0, 0),
        thread = object_new(FUT_TYPE_THREAD, none);

    check_begin("threads: what else a call can say");
    EXPECT(fut_sys_thread_stop(thread), FUT_S_STATE);
    EXPECT(fut_sys_thread_regs(thread, 2, SLOT_RAM, frame), FUT_S_ARG);
    EXPECT(fut_sys_thread_regs(thread, FUT_REGS_READ, SLOT_RAM, table), FUT_S_FRAME);
    EXPECT(fut_sys_thread_regs(thread, FUT_REGS_READ, SLOT_RAM, frame), FUT_S_OK);
    EXPECT(fut_sys_thread_debug(thread, 2), FUT_S_ARG);
    EXPECT(fut_sys_thread_debug(thread, 1), FUT_S_OK);
    EXPECT(fut_sys_thread_bind(thread, domain, sc, FUT_PRIORITIES, 3, 0), FUT_S_ARG);
    EXPECT(fut_sys_thread_bind(thread, domain, sc, 1, 256, 0), FUT_S_ARG);
    EXPECT(fut_sys_thread_bind(thread, domain, sc, 1, 3, FUT_BIND_VECTORS), FUT_S_TABLE);
    EXPECT(fut_sys_asid_assign(domain, 9), FUT_S_OK);
    EXPECT(fut_sys_thread_bind(thread, domain, sc, 1, 3, 0), FUT_S_OK);
    EXPECT(fut_sys_asid_assign(other, 9), FUT_S_BUSY);
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    EXPECT(fut_sys_reply_scan(domain, 5, none), FUT_S_ARG);
    check_end();
}

/* The root frame of a domain that was just freed waits for its epoch. */
static void objects_rest(void)
{
    u64 root, x, argument[5] = {8, 0, SLOT_RAM, 0, 0};
    u32 domain = domain_bare(&root), record = last_record(), used = slot_new(), new = slot_new();

    check_begin("objects: what else a call can say");
    EXPECT(fut_sys_cap_set(SLOT_SELF, EMPTY, SLOT_ME, 15, 0, 0), FUT_S_TABLE);
    EXPECT(fut_sys_cap_set(SLOT_SELF, used, SLOT_ME, 15, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_clear(SLOT_SELF, used), FUT_S_OK);
    argument[3] = frame_new(FUT_FRAME_USER, 0);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, 2, used, argument), FUT_S_QUIESCE);
    domain_end(domain);
    quiesce();
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, new, argument), FUT_S_BUSY);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, &x), FUT_S_OK);
    check_is(x, 1, "a frame became free");
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, new, argument), FUT_S_FRAME);
    argument[3] = root;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, new, argument), FUT_S_QUIESCE);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, SLOT_RAM, root, 0), FUT_S_QUIESCE);
    quiesce();
    argument[2] = dead[FUT_TYPE_REGION];
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, new, argument), FUT_S_DEAD);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, dead[FUT_TYPE_REGION], 0, 0),
           FUT_S_DEAD);
    argument[2] = SLOT_RAM;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, new, argument), FUT_S_OK);
    check_end();
}

/* The table of a far domain: the frame that becomes a translation table, then its pages to the
 * last. */
static void windows_rest(void)
{
    u32 i, pages = FUT_TABLE_STRIDE / 256;

    check_begin("window_grow to the end");
    for (i = 0; i < 8; i++)
        EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, 0, SLOT_RAM, frame_free(), 0),
               FUT_S_OK);
    EXPECT(
        fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, FAR_DOMAIN, SLOT_RAM, frame_free(), 1),
        FUT_S_MORE);
    for (i = 0; i < pages; i++)
        EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, FAR_DOMAIN, SLOT_RAM,
                                   frame_free(), 1),
               FUT_S_OK);
    EXPECT(
        fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, FAR_DOMAIN, SLOT_RAM, frame_free(), 1),
        FUT_S_LIMIT);
    check_end();
}

static void spaces_rest(void)
{
    u32 domain = domain_new(0, 0), other = domain_new(0, 0), dying = domain_new(0, 0);
    u64 frame = frame_new(FUT_FRAME_USER, 0), table = frame_new(FUT_FRAME_PT, 3), x;

    check_begin("address spaces: what else a call can say");
    space_map(domain, VA, frame, FUT_MAP_WRITE);
    space_map(other, VA, frame, 0);
    EXPECT(fut_sys_pt_link(domain, MACHINE_USER_TOP, SLOT_RAM, table), FUT_S_ARG);
    EXPECT(fut_sys_pt_link(domain, VA + 0x200000, SLOT_RAM, table), FUT_S_OK);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, table), FUT_S_OK);
    EXPECT(fut_sys_pt_link(domain, VA + 0x200000, SLOT_RAM, table), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_pt_link(domain, VA + 0x200000, SLOT_RAM, table), FUT_S_OK);
    EXPECT(fut_sys_unmap(domain, VA + 1, 1, &x), FUT_S_ARG);
    EXPECT(fut_sys_unmap(domain, VA, FUT_MAP_BATCH + 1, &x), FUT_S_LIMIT);
    EXPECT(fut_sys_protect(domain, VA, FUT_MAP_BATCH + 1, 0, 0, &x), FUT_S_LIMIT);
    EXPECT(fut_sys_protect(domain, VA << 12, 1, 0, 0, &x), FUT_S_TABLE);
    EXPECT(fut_sys_map_copy(domain, VA << 12, other, VA, 1, 0, &x), FUT_S_TABLE);
    EXPECT(fut_sys_pt_sweep(SLOT_RAM, table, 0, SLOT_RAM, &x), FUT_S_OK);
    EXPECT(fut_sys_protect(domain, VA + 0x200000, 1, 0, 0, &x), FUT_S_FROZEN);
    EXPECT(fut_sys_map_copy(domain, VA + 0x200000, other, VA, 1, 0, &x), FUT_S_FROZEN);
    EXPECT(fut_sys_obj_kill(dying), FUT_S_OK);
    EXPECT(fut_sys_pt_link(dying, VA, SLOT_RAM, table), FUT_S_STATE);
    EXPECT(fut_sys_map(dying, VA, SLOT_RAM, frame, 1, 0, &x), FUT_S_STATE);
    EXPECT(fut_sys_map_copy(domain, VA, dying, VA, 1, 0, &x), FUT_S_STATE);
    EXPECT(fut_sys_protect(dying, VA, 1, 0, 0, &x), FUT_S_STATE);
    check_end();
}

void suite_outcomes(void)
{
    prepare();
    refused_ipc();
    refused_threads();
    refused_domains();
    refused_frames();
    refused_control();
    receivers();
    threads_rest();
    objects_rest();
    windows_rest();
    spaces_rest();
}
