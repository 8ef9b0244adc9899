/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The invariants as C functions, one for one with the predicates of nucleus/spec: debug builds run
 * them at the end of every entry on each record that it wrote, and on everything every 1,024 calls,
 * before idling and after each obj_kill; the explorer and the fuzzers run them after every step.
 * Release builds do not link this file. A result is the number of the broken invariant, or 0.
 */
#include "nucleus.h"

#define LIST_WALK_MAX (MAX_THREADS + 1)
#define TOUCHED_MAX 128u

/* 18: what is in use, or free to be used, was taken away before an epoch that every core passed. */
static u32 check_reuse(bool dead, u32 dead_epoch)
{
    return dead || epoch_passed(dead_epoch) ? 0 : 18;
}

/* 1: stored indices are in range and present. */
static u32 check_range(u32 t)
{
    u32 records = window_records(FUT_TYPE_THREAD);

    if (threads[t].next >= records || threads[t].prev >= records || threads[t].lender >= records ||
        threads[t].list >= window_records(FUT_TYPE_ENDPOINT) ||
        threads[t].domain >= window_records(FUT_TYPE_DOMAIN) ||
        threads[t].wait_domain >= window_records(FUT_TYPE_DOMAIN) ||
        threads[t].sc >= window_records(FUT_TYPE_SC) ||
        threads[t].home >= window_records(FUT_TYPE_SC) ||
        threads[t].lent >= window_records(FUT_TYPE_SC) || threads[t].prio >= PRIORITIES)
        return 1;
    return (threads[t].token & ((1u << FUT_TOKEN_INDEX_BITS) - 1)) == t ||
                   threads[t].state == THREAD_FREE
               ? 0
               : 1;
}

/* 3: a thread is in exactly the one place that its state says. */
static u32 check_place(u32 t)
{
    u32 base = thread_base_state(t), list = threads[t].list;
    bool running = nuc.cpu[threads[t].core].cur == t;
    u32 queue = (u32)threads[t].core * PRIORITIES + threads[t].prio + 1;

    switch (base) {
    case THREAD_READY:
        if ((threads[t].state & THREAD_STOPPED) != 0 || running) return list == NIL ? 0 : 3;
        return list == queue ? 0 : 3;
    case THREAD_WAIT_SEND:
        return list > RUN_QUEUES && endpoints[list].kind == ENDPOINT_SENDERS ? 0 : 3;
    case THREAD_WAIT_RECV:
        return list == NIL || (list > RUN_QUEUES && endpoints[list].kind == ENDPOINT_RECEIVERS) ? 0
                                                                                                : 3;
    case THREAD_WAIT_BUDGET: return list == NIL && !sc_usable(threads[t].sc) ? 0 : 3;
    default: return list == NIL ? 0 : 3;
    }
}

/* 5: next and prev are inverse, and neighbours share the list. */
static u32 check_links(u32 t)
{
    u32 list = threads[t].list, next = threads[t].next, prev = threads[t].prev;

    if (list == NIL) return next == NIL && prev == NIL ? 0 : 5;
    if (next == NIL ? endpoints[list].tail != t
                    : threads[next].prev != t || threads[next].list != list)
        return 5;
    if (prev == NIL ? endpoints[list].head != t
                    : threads[prev].next != t || threads[prev].list != list)
        return 5;
    return 0;
}

/* 8: fastprio names an eligible receiver. */
static u32 check_fastprio(u32 t)
{
    if (threads[t].fastprio == 0) return 0;
    return threads[t].state == THREAD_WAIT_RECV && threads[t].pending == 0 &&
                   threads[t].list > RUN_QUEUES && threads[t].fastprio == threads[t].prio + 1
               ? 0
               : 8;
}

/* 9: an SC has one home and at most one runner; a thread runs on its own or on a borrowed one. */
static u32 check_sc(u32 s)
{
    u32 home = scs[s].home, runner = scs[s].runner, lender = scs[s].lender;

    if (check_reuse(scs[s].live == 2, scs[s].dead_epoch) != 0) return 18;
    if (scs[s].live != 1) return home == NIL && runner == NIL && lender == NIL ? 0 : 9;
    if (home != NIL && threads[home].home != s) return 9;
    if (runner != NIL && threads[runner].sc != s) return 9;
    if (lender != NIL && (threads[lender].lent != s || threads[lender].sc != NIL || runner == NIL))
        return 9;
    return 0;
}

/* 10: who waits for a reply waits for a live domain, or a dying one that is not scanned. */
static u32 check_wait(u32 t)
{
    u32 base = thread_base_state(t), d = threads[t].wait_domain;
    bool waits =
        base == THREAD_WAIT_REPLY || base == THREAD_WAIT_FAULT || base == THREAD_WAIT_FOREIGN;

    if (waits != (d != NIL)) return 10;
    if (!waits) return 0;
    return domains[d].state == DOMAIN_LIVE ||
                   (domains[d].state == DOMAIN_DYING && domains[d].scanned == 0)
               ? 0
               : 10;
}

/* 22: what is saved may be resumed; the one that runs is saved at its next entry. */
static u32 check_saved(u32 t)
{
    u32 base = thread_base_state(t);

    return base == THREAD_FREE || base == THREAD_DEAD || arch_regs_safe(t) ? 0 : 22;
}

static u32 check_thread(u32 t)
{
    u32 broken = check_range(t);

    if (broken == 0) broken = check_place(t);
    if (broken == 0) broken = check_links(t);
    if (broken == 0) broken = check_fastprio(t);
    if (broken == 0) broken = check_wait(t);
    if (broken == 0) broken = check_saved(t);
    if (broken == 0)
        broken = check_reuse(thread_base_state(t) == THREAD_DEAD, threads[t].dead_epoch);
    return broken;
}

/* 4: a ready bit is set exactly when its list is not empty. */
static u32 check_ready(u32 core)
{
    u32 p;

    for (p = 0; p < PRIORITIES; p++)
        if (((nuc.cpu[core].ready >> p & 1) != 0) !=
            (endpoints[core * PRIORITIES + p + 1].head != NIL))
            return 4;
    return 0;
}

/* 2: cur runs here, on a runnable context. */
static u32 check_current(u32 core)
{
    u32 t = nuc.cpu[core].cur;

    if (t == NIL) return 0;
    return threads[t].state == THREAD_READY && threads[t].core == core && threads[t].sc != NIL &&
                   scs[threads[t].sc].runner == t
               ? 0
               : 2;
}

/* 5, 6 and 7: an endpoint's list ends, its kind fits, its members wait there on its core. */
static u32 check_endpoint(u32 e)
{
    u32 t = endpoints[e].head, steps = 0, last = NIL;

    if ((endpoints[e].head == NIL) != (endpoints[e].tail == NIL)) return 5;
    for (; t != NIL; t = threads[t].next) {
        if (threads[t].list != e || steps++ > LIST_WALK_MAX) return 5;
        if (e > RUN_QUEUES && threads[t].core != (u32)endpoints[e].key) return 7;
        last = t;
    }
    if (last != endpoints[e].tail) return 5;
    if (e <= RUN_QUEUES) return 0;
    if (check_reuse(endpoints[e].live == 2, endpoints[e].dead_epoch) != 0) return 18;
    return (endpoints[e].kind == ENDPOINT_IDLE) == (endpoints[e].head == NIL) ? 0 : 6;
}

/* 11 and 12: a non-empty slot names a type that exists; what a live region capability names lies in
 * its region. */
static u32 check_slot(u32 i)
{
    u64 key = slots[i].key, offset = slots[i].badge >> 32, count = (u32)slots[i].badge;

    if (key_type(key) > FUT_TYPE_CONTROL) return 12;
    if (key_type(key) != FUT_TYPE_REGION || !cap_alive(key)) return 0;
    return offset + count <= regions[key_object(key)].frames ? 0 : 11;
}

/* 12 of a domain's table, and how many of its slots are used. */
static u32 check_slots(u32 d)
{
    u32 i, broken, used = 0, held = domains[d].caps_pages * SLOTS_PER_PAGE;

    if (domains[d].state != DOMAIN_LIVE && domains[d].state != DOMAIN_DYING) return 0;
    if (held > domains[d].caps_mask + 1) held = domains[d].caps_mask + 1;
    for (i = 0; i < held; i++) {
        broken = check_slot(domains[d].caps + i);
        if (broken != 0) return broken;
        used += key_type(slots[domains[d].caps + i].key) != FUT_TYPE_NONE;
    }
    return used == domains[d].caps_used ? 0 : 12;
}

/* 13, 14, 16 and 19 of one page table: its entries, their frames' types, its count. *leaves adds up
 * references to RAM. */
static u32 check_table(u32 table, u64 *leaves)
{
    u32 i, frame, count = 0, level = frame_level(table);
    u64 entry;

    if (level == 0 && !arch_root_safe(table)) return 19;
    for (i = 0; i < (level == 0 ? ROOT_ENTRIES : PT_ENTRIES); i++) {
        entry = arch_pt_get(table, i);
        if (!arch_entry_present(entry)) continue;
        count++;
        if (level == FUT_PT_LEVELS - 1) {
            if (arch_entry_flags(entry) == (FUT_MAP_WRITE | FUT_MAP_EXEC)) return 13;
            if (!frame_of_pfn(arch_entry_pfn(entry), &frame)) continue;
            if (frame_kind(frame) != FUT_FRAME_USER && frame_kind(frame) != FUT_FRAME_USER_NC)
                return 13;
            *leaves += 1;
        } else if (!frame_of_pfn(arch_entry_pfn(entry), &frame) ||
                   frame_kind(frame) != FUT_FRAME_PT || frame_level(frame) != level + 1 ||
                   frames[frame].owner != table || frames[frame].index != i) {
            return 14;
        }
    }
    return count == frames[table].ref ? 0 : 16;
}

/* 17: only a user's frame is referred to. 23: a free one by nobody, so that its old content, which
 * the next typing wipes, cannot be read. */
static u32 check_frame(u32 f)
{
    u32 kind = frame_kind(f);

    if (kind == FUT_FRAME_FREE && frames[f].ref != 0) return 23;
    return frames[f].ref == 0 || kind == FUT_FRAME_USER || kind == FUT_FRAME_USER_NC ? 0 : 17;
}

/* 13 to 17 over all frames: tables one by one, references as a sum. */
static u32 check_frames(void)
{
    u32 f, broken;
    u64 leaves = 0, refs = 0;

    for (f = 0; f < nuc.ram_frames; f++) {
        if (frame_kind(f) != FUT_FRAME_PT) refs += frames[f].ref;
        broken = frame_kind(f) == FUT_FRAME_PT ? check_table(f, &leaves) : check_frame(f);
        if (broken != 0) return broken;
    }
    return leaves == refs ? 0 : 15;
}

/* 20: live domains have distinct ASIDs, 0 excepted. */
static u32 check_asid(u32 d)
{
    u32 asid = domains[d].asid;

    if (domains[d].state != DOMAIN_LIVE || asid == 0) return 0;
    return asid < MAX_ASIDS && nuc.asid_owner[asid] == d ? 0 : 20;
}

static u32 check_domain(u32 d)
{
    u32 broken = check_asid(d);

    if (broken != 0) return broken;
    /* while it lives, the stamp is that of the last thread that left it */
    return check_reuse(domains[d].state != DOMAIN_FREE, domains[d].dead_epoch);
}

/* 1: a live region lies below the end of physical memory; one of ports names ports that it may. */
static u32 check_region(u32 r)
{
    if (regions[r].live == 1 && regions[r].base + regions[r].frames > PFN_END) return 1;
    if (regions[r].live == 1 && regions[r].kind == FUT_REGION_PORT &&
        PORT_CHECK(regions[r].base, regions[r].frames) != FUT_S_OK)
        return 1;
    return check_reuse(regions[r].live == 2, regions[r].dead_epoch);
}

/* 21: the line is open at the chip exactly while a bound interrupt awaits no acknowledgement. */
static u32 check_irq(u32 i)
{
    bool open = irqs[i].live == 1 && irqs[i].thread != NIL && irqs[i].masked == 0;

    if (open == arch_irq_masked(i)) return 21;
    return check_reuse(irqs[i].live == 2, irqs[i].dead_epoch);
}

static u32 check_records(void)
{
    u32 i, broken = 0;

    for (i = 1; broken == 0 && i < window_records(FUT_TYPE_REGION); i++)
        broken = check_region(i);
    for (i = 0; broken == 0 && i < MAX_IRQS; i++)
        broken = check_irq(i);
    return broken;
}

u32 check_objects(void)
{
    u32 i, broken = check_ready(THIS_CORE);

    if (broken == 0) broken = check_current(THIS_CORE);
    for (i = 1; broken == 0 && i < window_records(FUT_TYPE_THREAD); i++)
        broken = check_thread(i);
    for (i = 1; broken == 0 && i < window_records(FUT_TYPE_ENDPOINT); i++)
        broken = check_endpoint(i);
    for (i = 1; broken == 0 && i < window_records(FUT_TYPE_SC); i++)
        broken = check_sc(i);
    for (i = 1; broken == 0 && i < window_records(FUT_TYPE_DOMAIN); i++) {
        broken = check_slots(i);
        if (broken == 0) broken = check_domain(i);
    }
    return broken != 0 ? broken : check_records();
}

u32 check_all(void)
{
    u32 broken = check_objects();

    return broken != 0 ? broken : check_frames();
}

/* What an entry wrote: each record once; past the log's room, everything is checked. */
static struct {
    u32 type, index;
} touched_log[TOUCHED_MAX];
static u32 touched_count;
static bool touched_all, touched_closed; /* closed: the entry has ended, the next starts anew */

bool touched(u32 type, u32 index)
{
    u32 i;

    for (i = 0; i < touched_count; i++)
        if (touched_log[i].type == type && touched_log[i].index == index) return true;
    return touched_all;
}

void touch(u32 type, u32 index)
{
    if (touched_closed) touched_count = 0, touched_all = touched_closed = false;
    if (type == TOUCH_ALL || touched_count == TOUCHED_MAX) touched_all = true;
    if (touched_all || touched(type, index)) return;
    touched_log[touched_count].type = type;
    touched_log[touched_count++].index = index;
}

static u32 check_record(u32 type, u32 index)
{
    u64 leaves;

    switch (type) {
    case FUT_TYPE_THREAD: return index != NIL ? check_thread(index) : 0;
    case FUT_TYPE_ENDPOINT: return check_endpoint(index);
    case FUT_TYPE_SC: return index != NIL ? check_sc(index) : 0;
    case FUT_TYPE_DOMAIN: return check_domain(index);
    case FUT_TYPE_REGION: return check_region(index);
    case FUT_TYPE_IRQ: return check_irq(index);
    case TOUCH_SLOT: return check_slot(index);
    case TOUCH_FRAME:
        if (frame_kind(index) == FUT_FRAME_PT) return check_table(index, &leaves);
        return check_frame(index);
    default: return 0;
    }
}

void check_leave(bool idle)
{
    u32 i, broken = check_ready(THIS_CORE);

    if (broken == 0) broken = check_current(THIS_CORE);
    if (touched_closed) touched_count = 0, touched_all = false; /* nothing was written */
    if (idle || touched_all) broken = check_all();
    for (i = 0; broken == 0 && i < touched_count; i++)
        broken = check_record(touched_log[i].type, touched_log[i].index);
    touched_closed = true;
    if (broken != 0) arch_panic(broken);
}
