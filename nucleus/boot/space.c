/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The capability manager's address space, built with the same entries and the same bookkeeping that
 * map.c keeps (invariants 13 to 16). Runs with the final tables, so frame table and RAM window are
 * there.
 */
#include "boot.h"
#include "nucleus.h"

static u32 frame_fresh(u32 type, u32 level)
{
    u32 frame = (u32)(boot_alloc() - nuc.ram_base);

    arch_frame_zero(frame);
    frame_set(frame, type, level);
    frames[frame].owner = NO_FRAME;
    return frame;
}

void space_create(u32 domain)
{
    u32 root = frame_fresh(FUT_FRAME_PT, 0);

    frames[root].flags = FRAME_ROOT;
    frames[root].owner = domain;
    arch_root_init(root);
    domains[domain].root_frame = root;
    domains[domain].asid = 1;
    nuc.asid_owner[1] = domain;
    domains[domain].root = arch_root_word(root, 1);
}

static u32 space_index(u64 address, u32 level)
{
    return (u32)(address >> (FUT_PAGE_BITS + PT_INDEX_BITS * (FUT_PT_LEVELS - 1 - level))) %
           PT_ENTRIES;
}

static void space_put(u32 table, u32 index, u64 entry)
{
    arch_pt_put(table, index, entry);
    frames[table].ref++;
}

void space_frame(u32 domain, u64 address, u32 frame, u32 flags)
{
    u32 table = domains[domain].root_frame, level, index, next;
    u64 entry;

    for (level = 0; level < FUT_PT_LEVELS - 1; level++) {
        index = space_index(address, level);
        entry = arch_pt_get(table, index);
        if (arch_entry_present(entry)) {
            table = (u32)(arch_entry_pfn(entry) - nuc.ram_base);
            continue;
        }
        next = frame_fresh(FUT_FRAME_PT, level + 1);
        frames[next].owner = table;
        frames[next].index = (u16)index;
        space_put(table, index, arch_entry_table(nuc.ram_base + next));
        table = next;
    }
    frame_set(frame, FUT_FRAME_USER, 0);
    frames[frame].owner = NO_FRAME;
    frames[frame].ref++;
    space_put(table, space_index(address, level),
              arch_entry_leaf(nuc.ram_base + frame, FUT_FRAME_USER, flags));
}

u32 space_page(u32 domain, u64 address, u32 flags)
{
    u32 frame = frame_fresh(FUT_FRAME_USER, 0);

    space_frame(domain, address, frame, flags);
    return frame;
}
