/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile task: random system calls with random arguments, holding an endpoint and a notification
 * and nothing else; then a root-like one, which issues random management calls on a victim domain
 * with all rights. The nucleus must survive, and in debug builds its invariants are checked all
 * along.
 */
#include "suite.h"

#define FAULT_SLOT 3
#define CALLS_DEBUG 100000
#define CALLS_RELEASE 1000000

CHILD static void child_hostile(u64 seed)
{
    u64 r = seed | 1;
    u64 count = seed >> 32;

    while (count-- > 0) {
        r ^= r << 13;
        r ^= r >> 7;
        r ^= r << 17;
        MACHINE_RAW_WORDS;
        x0 = r & 1 ? r >> 3 : r & 255;
        x1 = r >> 11 & 63;
        x2 = r >> 5;
        x3 = r >> 60;
        x4 = r >> 33 & 3;
        x8 = r >> 20 & 15;
        x9 = r >> 24;
        switch (r >> 40 & 7) { /* never one that waits for ever: call, reply_recv and recv are tried
                                  with POLL or bad slots */
        case 0:
            x8 = 200;
            MACHINE_RAW_CALL(FUT_SYS_CALL);
            break;
        case 1: MACHINE_RAW_CALL(FUT_SYS_SEND); break;
        case 2:
            x1 = 1;
            MACHINE_RAW_CALL(FUT_SYS_RECV);
            break;
        case 3: MACHINE_RAW_CALL(FUT_SYS_REPLY); break;
        case 4: MACHINE_RAW_CALL(FUT_SYS_CAP_SET); break;
        case 5: MACHINE_RAW_CALL(FUT_SYS_MAP); break;
        case 6: MACHINE_RAW_CALL(FUT_SYS_FRAME_TYPE); break;
        default: MACHINE_RAW_CALL(FUT_SYS_THREAD_BIND); break;
        }
    }
    MACHINE_UNDEFINED(); /* done: report by dying */
    for (;;)
        ;
}

static void hostile_task(void)
{
    u32 record, ep = endpoint_new(&record), own, domain = domain_new(0, 0), note = slot_new();
    u64 calls = boot->debug ? CALLS_DEBUG : CALLS_RELEASE;
    struct task t;
    struct fut_msg m;

    check_begin("a hostile task with an endpoint and a notification");
    own = endpoint_new(&record);
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, SLOT_ME, 15, 32, FUT_TYPE_NOTIFY), FUT_S_OK);
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 31);
    give(domain, 1, own, FUT_RIGHT_ENDPOINT_RECV, 0);
    give(domain, 4, note, 1, 0);
    t = task_new(domain, child_hostile, calls << 32 | 0x9e3779b9, PRIORITY_SUITE - 1, 0);
    task_run(&t);
    do /* it may send to its fault endpoint what it likes; a fault names its pc and thread */
        check_is(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK, "recv");
    while (m.w[0] != FUT_FAULT_UNDEFINED || m.w[4] != t.thread_record ||
           m.w[5] % MACHINE_STACK_ALIGN != 0);
    check_is(m.badge, 31, "badge");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

static u64 next_random(u64 *r)
{
    *r ^= *r << 13;
    *r ^= *r >> 7;
    *r ^= *r << 17;
    return *r;
}

#define PAGER_FRAMES 8u
#define PAGER_TABLES 60u

/* What the pager has made: frame and level of each page table, and how many mappings. */
static struct {
    u64 frame, level;
} pager_table[PAGER_TABLES];
static u32 pager_tables, pager_mapped;

/* Maps one of the region's frames somewhere, with all tables that it takes. */
static void pager_map(u32 domain, u32 region, u64 *r)
{
    u64 va = next_random(r) % 6 * 0x40000000ull + 0x1000000000ull +
             (next_random(r) & 0x7fffff000ull) % 0x1000000;
    u64 level = 0;
    fut_status s;

    while ((s = fut_sys_map(domain, va, region, next_random(r) % PAGER_FRAMES, 1,
                            next_random(r) % 2, &level)) == FUT_S_TABLE &&
           pager_tables < PAGER_TABLES) {
        pager_table[pager_tables].frame = frame_new(FUT_FRAME_PT, (u32)level);
        pager_table[pager_tables].level = level;
        check_is(fut_sys_pt_link(domain, va, SLOT_RAM, pager_table[pager_tables].frame), FUT_S_OK,
                 "pt_link");
        pager_tables++;
    }
    pager_mapped += s == FUT_S_OK;
}

/* Takes the tables of a level apart that a dead domain has left. */
static void pager_sweep(u32 region, u64 level)
{
    u64 cleared;
    u32 i, first;

    for (i = 0; i < pager_tables; i++) {
        if (pager_table[i].level != level) continue;
        for (first = 0; level == 3 && first < 512; first += FUT_MAP_BATCH)
            check_is(fut_sys_pt_sweep(SLOT_RAM, pager_table[i].frame, first, region, &cleared),
                     FUT_S_OK, "pt_sweep");
        check_is(fut_sys_pt_unlink(SLOT_RAM, pager_table[i].frame), FUT_S_OK, "pt_unlink");
    }
}

/* A hostile pager: maps a handful of frames everywhere in its victim and dies; everything comes
 * back. */
static void hostile_pager(void)
{
    u32 domain = domain_new(0, 0), region = slot_new(), i;
    u64 base = frame_free(), r = 88172645463325252ull, level, frames[PAGER_FRAMES], next = 0;

    check_begin("a hostile pager's memory comes back");
    for (i = 0; i < PAGER_FRAMES; i++) {
        frames[i] = i == 0 ? base : frame_free();
        EXPECT(fut_sys_frame_type(SLOT_RAM, frames[i], FUT_FRAME_USER, 0), FUT_S_OK);
    }
    EXPECT(fut_sys_cap_set(SLOT_SELF, region, SLOT_RAM, 15, base << 32 | PAGER_FRAMES, 0),
           FUT_S_OK);
    for (i = 0; i < 2000 && pager_tables < PAGER_TABLES; i++)
        pager_map(domain, region, &r);
    check_is(pager_mapped > 100, 1, "it mapped a lot");
    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    for (level = 3; level >= 1; level--)
        pager_sweep(region, level);
    quiesce();
    for (i = 0; i < pager_tables; i++)
        check_is(fut_sys_frame_type(SLOT_RAM, pager_table[i].frame, FUT_FRAME_FREE, 0), FUT_S_OK,
                 "a table is freed");
    for (i = 0; i < PAGER_FRAMES; i++)
        check_is(fut_sys_frame_type(SLOT_RAM, frames[i], FUT_FRAME_FREE, 0), FUT_S_OK,
                 "a frame is freed");
    do
        check_is(fut_sys_reply_scan(domain, next, &next), FUT_S_OK, "reply_scan");
    while (next != 0);
    check_end();
}

/* One random call of a holder of everything: whatever its status is, the table of outcomes lists
 * it. */
#define LISTED(NAME, call) outcome_listed(FUT_SYS_##NAME, (call))
static void root_call(u32 a, u32 b, u64 *random)
{
    u64 r, x;

    next_random(random);
    r = *random;
    switch (next_random(random) % 14) {
    case 0: LISTED(THREAD_RUN, fut_sys_thread_run(a)); break;
    case 1: LISTED(THREAD_STOP, fut_sys_thread_stop(a)); break;
    case 2: LISTED(THREAD_CANCEL, fut_sys_thread_cancel(a)); break;
    case 3: LISTED(CAP_SET, fut_sys_cap_set(a, (u32)(r % 300), b, (u32)r & 15, 0, 0)); break;
    case 4: LISTED(CAP_CLEAR, fut_sys_cap_clear(a, (u32)(r % 300))); break;
    case 5: LISTED(SC_SET, fut_sys_sc_set(a, r % 100000, (u32)(r >> 40) % 3, &x)); break;
    case 6: LISTED(EP_DRAIN, fut_sys_ep_drain(a)); break;
    case 7:
        LISTED(UNMAP, fut_sys_unmap(a, r % 64 << 12 | 0x200000, (u32)(r >> 50) % 40, &x));
        break;
    case 8:
        LISTED(PROTECT,
               fut_sys_protect(a, r % 64 << 12 | 0x200000, (u32)(r >> 50) % 40, (u32)r & 7, b, &x));
        break;
    case 9:
        LISTED(MAP_COPY, fut_sys_map_copy(a, r % 64 << 12, b, r % 128 << 12, (u32)(r >> 50) % 40,
                                          (u32)r & 7, &x));
        break;
    case 10:
        LISTED(THREAD_BIND,
               fut_sys_thread_bind(a, b, a, (u32)r % 70, (u32)(r >> 33) % 300, (u32)r & 3));
        break;
    case 11: LISTED(REPLY_SCAN, fut_sys_reply_scan(a, r % 3 * 64, &x)); break;
    case 12: LISTED(ASID_ASSIGN, fut_sys_asid_assign(a, (u32)(r % 300))); break;
    default: quiesce(); break;
    }
}

/* Random calls of a holder of everything, on a victim thread and domain that it may wreck. */
static void hostile_root(void)
{
    u32 record, i, n = boot->debug ? 20000 : 100000;
    u64 r = 362436069;
    u32 victim = domain_new(0, 0), ep = endpoint_new(&record), sc = sc_new(1000, FUT_SC_CAPPED);
    struct task t = task_new(victim, (void (*)(u64))0x1000, 0, 1, 0);
    u32 slots[6];

    slots[0] = victim, slots[1] = ep, slots[2] = sc, slots[3] = t.thread, slots[4] = SLOT_RAM,
    slots[5] = 50000;
    check_begin("random calls of a holder of everything");
    for (i = 0; i < n; i++)
        root_call(slots[next_random(&r) % 6], slots[next_random(&r) % 6], &r);
    check_is(fut_sys_obj_kill(t.thread), FUT_S_OK, "the victim is still killed");
    check_end();
}

void suite_hostile(void)
{
    hostile_task();
    hostile_pager();
    hostile_root();
}
