/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains: an address space and a capability table, from creation to the last reference.
 *
 *      FREE --create--> LIVE --obj_kill--> DYING --no threads, scanned, table empty, root empty-->
 * FREE
 *
 * Domain d's table is the stride d of the slot window, so tables of two domains are disjoint by
 * construction. Keeps invariants 10 (freed only when nobody waits for it), 19 (kernel half) and 20
 * (distinct ASIDs but 0).
 */
#include "nucleus.h"

static status domain_create_check(u32 thread, u32 domain, u32 *root)
{
    u64 bits = threads[thread].reg[REG_X0 + 3];
    u64 flags = threads[thread].reg[REG_X0 + 4];
    u64 watcher = slots[cap_slot(thread, threads[thread].reg[REG_X0 + 7])].key;
    status s = region_frame(thread, threads[thread].reg[REG_X0 + 5],
                            threads[thread].reg[REG_X0 + 6], FUT_RIGHT_REGION_RETYPE, root);

    if (s != FUT_S_OK) return s;
    if (bits == 0 || bits > TABLE_BITS || flags > FUT_DOMAIN_FOREIGN) return FUT_S_ARG;
    if (domains[domain].state != DOMAIN_FREE) return FUT_S_BUSY;
    if (domains[domain].caps_pages == 0) return FUT_S_TABLE;
    if (frame_kind(*root) != FUT_FRAME_FREE) return FUT_S_FRAME;
    if (!epoch_passed(frames[*root].epoch)) return FUT_S_QUIESCE;
    if (threads[thread].reg[REG_X0 + 7] != 0)
        return cap_check(watcher, FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);
    return FUT_S_OK;
}

status domain_create(u32 thread, u32 domain)
{
    u32 root, at = cap_slot(thread, threads[thread].reg[REG_X0 + 7]);
    status s = domain_create_check(thread, domain, &root);

    if (s != FUT_S_OK) return s;
    arch_frame_zero(root);
    frame_set(root, FUT_FRAME_PT, 0);
    frames[root].flags = FRAME_ROOT;
    frames[root].owner = domain;
    frames[root].index = 0;
    arch_root_init(root);
    domains[domain].instance = nuc.next_instance;
    nuc.next_instance = nuc.next_instance + 1;
    domains[domain].root_frame = root;
    domains[domain].root = arch_root_word(root, 0);
    domains[domain].asid = 0;
    domains[domain].flags = (u32)threads[thread].reg[REG_X0 + 4];
    domains[domain].caps = domain * TABLE_STRIDE;
    domains[domain].caps_mask = (1u << threads[thread].reg[REG_X0 + 3]) - 1;
    domains[domain].caps_used = 0;
    domains[domain].threads = 0;
    domains[domain].scan = 0;
    domains[domain].scanned = 0;
    domains[domain].death_thread =
        threads[thread].reg[REG_X0 + 7] != 0 ? key_object(slots[at].key) : NIL;
    domains[domain].death_generation = key_generation(slots[at].key);
    domains[domain].death_mask = slots[at].badge;
    domains[domain].state = DOMAIN_LIVE;
    return FUT_S_OK;
}

static void asid_drop(u32 domain)
{
    u32 asid = domains[domain].asid;

    arch_tlb_space(domains[domain].root);
    if (asid != 0) nuc.asid_owner[asid] = NIL;
    domains[domain].asid = 0;
}

status domain_free(u32 thread, u32 domain)
{
    u32 root = domains[domain].root_frame;

    if (domains[domain].state != DOMAIN_DYING) return FUT_S_STATE;
    if (domains[domain].threads != 0 || domains[domain].scanned == 0 ||
        domains[domain].caps_used != 0 || frames[root].ref != 0)
        return FUT_S_BUSY;
    if (!epoch_passed(domains[domain].dead_epoch)) return FUT_S_QUIESCE;
    asid_drop(domain);
    frame_set(root, FUT_FRAME_FREE, 0);
    frames[root].flags = 0;
    frames[root].owner = NO_FRAME;
    frames[root].epoch = epoch_stamp();
    domains[domain].root_frame = 0;
    domains[domain].generation = domains[domain].generation + 1;
    domains[domain].state =
        domains[domain].generation == GENERATION_MAX ? DOMAIN_RETIRED : DOMAIN_FREE;
    threads[thread].reg[REG_X0] = 1;
    return FUT_S_OK;
}

/* Threads cache the root word, so an ASID changes hands only while neither domain has threads. */
status asid_assign(u32 thread, u64 slot, u64 asid)
{
    u32 domain, owner;
    status s = cap_named(thread, slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_KILL, &domain);

    if (s != FUT_S_OK) return s;
    if (asid >= MAX_ASIDS) return FUT_S_ARG;
    if (domains[domain].state != DOMAIN_LIVE || domains[domain].threads != 0) return FUT_S_STATE;
    owner = nuc.asid_owner[asid];
    if (asid != 0 && owner != NIL && owner != domain) {
        if (domains[owner].threads != 0) return FUT_S_BUSY;
        asid_drop(owner);
        domains[owner].root = arch_root_word(domains[owner].root_frame, 0);
    }
    TOUCH(FUT_TYPE_DOMAIN, domain);
    TOUCH(FUT_TYPE_DOMAIN, owner);
    asid_drop(domain);
    domains[domain].asid = (u32)asid;
    domains[domain].root = arch_root_word(domains[domain].root_frame, (u32)asid);
    if (asid != 0) nuc.asid_owner[asid] = domain;
    arch_tlb_space(domains[domain].root);
    return FUT_S_OK;
}
