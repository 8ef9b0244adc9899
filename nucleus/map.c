/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables: linking tables, mapping leaves in batches inside one table, and taking memory back
 * from a dead pager.
 *
 *      root (level 0) -> level 1 -> level 2 -> level 3: leaves -> USER, USER_NC, DEVICE
 *
 * The nucleus checks its own frame table at every write of an entry. A batch is at most
 * FUT_MAP_BATCH entries of one level-3 table: checked whole, then committed whole. Keeps invariants
 * 13 (leaves), 14 (tables), 15 (references), 16 (counts) and with them 17: nothing of the nucleus'
 * own is ever mapped for a user.
 */
#include "nucleus.h"

#define REF_MAX 0xfffffff0u

static u32 table_index(u64 address, u32 level)
{
    u32 shift = FUT_PAGE_BITS + PT_INDEX_BITS * (FUT_PT_LEVELS - 1 - level);

    return (u32)(address >> shift) % PT_ENTRIES;
}

/* The table of `level` that covers the address; *missing is the level of the table that is not
 * there. */
static bool table_find(u32 root, u64 address, u32 level, u32 *table, u32 *missing)
{
    u32 i, frame = root, next;
    u64 entry;

    for (i = 0; i < level && i < FUT_PT_LEVELS; i++) {
        entry = arch_pt_get(frame, table_index(address, i));
        if (!arch_entry_present(entry) || !frame_of_pfn(arch_entry_pfn(entry), &next)) {
            *missing = i + 1;
            return false;
        }
        frame = next;
    }
    *table = frame;
    return true;
}

static status space_target(u32 thread, u64 slot, bool live, u32 *domain)
{
    status s = cap_named(thread, slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_SPACE, domain);

    if (s != FUT_S_OK) return s;
    return live && domains[*domain].state != DOMAIN_LIVE ? FUT_S_STATE : FUT_S_OK;
}

/* A call that could not be done; TABLE says in result 0 which level is missing. */
static status refuse(u32 thread, status s, u32 missing)
{
    if (s == FUT_S_TABLE) threads[thread].reg[REG_X0] = missing;
    return s;
}

/* A batch of leaves: its address, size and table, or which level of table is missing. */
static status batch_find(u32 domain, u64 address, u64 count, u32 *table, u32 *first, u32 *missing)
{
    if (count == 0 || address % FUT_PAGE_SIZE != 0 || address >= USER_TOP) return FUT_S_ARG;
    if (count > FUT_MAP_BATCH) return FUT_S_LIMIT;
    *first = table_index(address, FUT_PT_LEVELS - 1);
    if (*first + count > PT_ENTRIES || address + count * FUT_PAGE_SIZE > USER_TOP) return FUT_S_ARG;
    return table_find(domains[domain].root_frame, address, FUT_PT_LEVELS - 1, table, missing)
               ? FUT_S_OK
               : FUT_S_TABLE;
}

status pt_link(u32 thread, u64 slot, u64 address, u64 region, u64 offset)
{
    u32 domain, frame, level, table, missing, index;
    status s = space_target(thread, slot, true, &domain);

    if (s == FUT_S_OK) s = region_frame(thread, region, offset, FUT_RIGHT_REGION_RETYPE, &frame);
    if (s != FUT_S_OK) return s;
    if (address >= USER_TOP) return FUT_S_ARG;
    level = frame_level(frame);
    if (frame_kind(frame) != FUT_FRAME_PT || level == 0) return FUT_S_FRAME;
    if (frames[frame].owner != NO_FRAME || frames[frame].ref != 0) return FUT_S_BUSY;
    if (!epoch_passed(frames[frame].epoch)) return FUT_S_QUIESCE;
    if (!table_find(domains[domain].root_frame, address, level - 1, &table, &missing))
        return refuse(thread, FUT_S_TABLE, missing);
    if ((frames[table].flags & FRAME_FROZEN) != 0) return FUT_S_FROZEN;
    index = table_index(address, level - 1);
    if (arch_entry_present(arch_pt_get(table, index))) return FUT_S_MAPPED;
    TOUCH(TOUCH_FRAME, table);
    TOUCH(TOUCH_FRAME, frame);
    arch_pt_put(table, index, arch_entry_table(nuc.ram_base + frame));
    frames[table].ref = frames[table].ref + 1;
    frames[frame].owner = table;
    frames[frame].index = (u16)index;
    return FUT_S_OK;
}

/* The address space that a linked table belongs to, up its at most three parents; 0: linked
 * nowhere. */
static u64 table_space(u32 frame)
{
    u32 i;

    for (i = 0; i < FUT_PT_LEVELS; i++) {
        if ((frames[frame].flags & FRAME_ROOT) != 0) return domains[frames[frame].owner].root;
        if (frames[frame].owner == NO_FRAME) return 0;
        frame = frames[frame].owner;
    }
    return 0;
}

status pt_unlink(u32 thread, u64 slot, u64 offset)
{
    u32 frame, parent;
    u64 space;
    status s = region_frame(thread, slot, offset, FUT_RIGHT_REGION_RECLAIM, &frame);

    if (s != FUT_S_OK) return s;
    if (frame_kind(frame) != FUT_FRAME_PT || (frames[frame].flags & FRAME_ROOT) != 0)
        return FUT_S_FRAME;
    if (frames[frame].owner == NO_FRAME) return FUT_S_STATE;
    if (frames[frame].ref != 0) return FUT_S_BUSY;
    space = table_space(frame);
    parent = frames[frame].owner;
    TOUCH(TOUCH_FRAME, parent);
    TOUCH(TOUCH_FRAME, frame);
    arch_pt_put(parent, frames[frame].index, 0);
    frames[parent].ref = frames[parent].ref - 1;
    frames[frame].owner = NO_FRAME;
    frames[frame].flags = 0;
    frames[frame].epoch = epoch_stamp();
    if (space != 0) arch_tlb_space(space);
    return FUT_S_OK;
}

/* Take one present leaf out of a table. */
static void leaf_clear(u32 table, u32 index)
{
    u32 frame;

    TOUCH(TOUCH_FRAME, table);
    if (frame_of_pfn(arch_entry_pfn(arch_pt_get(table, index)), &frame)) {
        TOUCH(TOUCH_FRAME, frame);
        frames[frame].ref = frames[frame].ref - 1;
        frames[frame].epoch = epoch_stamp();
    }
    arch_pt_put(table, index, 0);
    frames[table].ref = frames[table].ref - 1;
}

status pt_sweep(u32 thread, u64 slot, u64 offset, u64 first, u64 victim)
{
    u32 table, i, held, kind, cleared = 0;
    u32 at = cap_slot(thread, victim);
    u64 low, entry, space;
    status s = region_frame(thread, slot, offset, FUT_RIGHT_REGION_RECLAIM, &table);

    if (s == FUT_S_OK)
        s = region_span(thread, victim, 0, 1, FUT_RIGHT_REGION_RECLAIM, &low, &kind, &held);
    if (s != FUT_S_OK) return s;
    if (frame_kind(table) != FUT_FRAME_PT || frame_level(table) != FUT_PT_LEVELS - 1)
        return FUT_S_FRAME;
    if (first >= PT_ENTRIES) return FUT_S_ARG;
    frames[table].flags |= FRAME_FROZEN;
    for (i = 0; i < FUT_MAP_BATCH && first + i < PT_ENTRIES; i++) {
        entry = arch_pt_get(table, (u32)first + i);
        if (!arch_entry_present(entry) || arch_entry_pfn(entry) < low ||
            arch_entry_pfn(entry) - low >= (u32)slots[at].badge)
            continue;
        leaf_clear(table, (u32)first + i);
        cleared++;
    }
    space = table_space(table);
    if (cleared != 0 && space != 0) arch_tlb_space(space);
    threads[thread].reg[REG_X0] = cleared;
    return FUT_S_OK;
}

status pt_thaw(u32 thread, u64 slot, u64 offset)
{
    u32 table;
    status s = region_frame(thread, slot, offset, FUT_RIGHT_REGION_RECLAIM, &table);

    if (s != FUT_S_OK) return s;
    if (frame_kind(table) != FUT_FRAME_PT) return FUT_S_FRAME;
    if ((frames[table].flags & FRAME_FROZEN) == 0) return FUT_S_STATE;
    frames[table].flags &= (u8)~FRAME_FROZEN;
    return FUT_S_OK;
}

static status map_flags_check(u64 flags, u32 held, u32 kind)
{
    if (flags > (FUT_MAP_WRITE | FUT_MAP_EXEC) || flags == (FUT_MAP_WRITE | FUT_MAP_EXEC))
        return FUT_S_ARG;
    if ((flags & FUT_MAP_WRITE) != 0 && (held & FUT_RIGHT_REGION_WRITE) == 0) return FUT_S_RIGHT;
    if ((flags & FUT_MAP_EXEC) != 0 &&
        ((held & FUT_RIGHT_REGION_EXEC) == 0 || kind != FUT_REGION_RAM))
        return FUT_S_RIGHT;
    return FUT_S_OK;
}

/* The type that a leaf for this frame number would have; RESERVED: it may not be mapped. */
static u32 leaf_type(u64 pfn, u32 kind)
{
    u32 frame, type;

    if (kind == FUT_REGION_MMIO) return FUT_FRAME_DEVICE;
    if (!frame_of_pfn(pfn, &frame)) return FUT_FRAME_RESERVED;
    type = frame_kind(frame);
    return type == FUT_FRAME_USER || type == FUT_FRAME_USER_NC ? type : FUT_FRAME_RESERVED;
}

static status map_leaves_check(u32 table, u32 first, u64 pfn, u32 kind, u32 count, u64 flags)
{
    u32 i, frame, type;

    if ((frames[table].flags & FRAME_FROZEN) != 0) return FUT_S_FROZEN;
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        type = leaf_type(pfn + i, kind);
        if (type == FUT_FRAME_RESERVED || (type != FUT_FRAME_USER && (flags & FUT_MAP_EXEC) != 0))
            return FUT_S_FRAME;
        if (frame_of_pfn(pfn + i, &frame) && frames[frame].ref >= REF_MAX) return FUT_S_OVERFLOW;
        if (arch_entry_present(arch_pt_get(table, first + i))) return FUT_S_MAPPED;
    }
    return FUT_S_OK;
}

static void leaf_put(u32 table, u32 index, u64 entry, u64 pfn)
{
    u32 frame;

    TOUCH(TOUCH_FRAME, table);
    arch_pt_put(table, index, entry);
    frames[table].ref = frames[table].ref + 1;
    if (frame_of_pfn(pfn, &frame)) frames[frame].ref = frames[frame].ref + 1;
}

status map(u32 thread, u64 slot, u64 address, u64 region, u64 offset, u64 count, u64 flags)
{
    u32 domain, table, first, kind, held, i, frame, missing;
    u64 pfn;
    status s = space_target(thread, slot, true, &domain);

    if (s == FUT_S_OK) s = region_span(thread, region, offset, count, 0, &pfn, &kind, &held);
    if (s == FUT_S_OK) s = map_flags_check(flags, held, kind);
    if (s == FUT_S_OK) s = batch_find(domain, address, count, &table, &first, &missing);
    if (s == FUT_S_OK) s = map_leaves_check(table, first, pfn, kind, (u32)count, flags);
    if (s != FUT_S_OK) return refuse(thread, s, missing);
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        leaf_put(table, first + i, arch_entry_leaf(pfn + i, leaf_type(pfn + i, kind), (u32)flags),
                 pfn + i);
        if ((flags & FUT_MAP_EXEC) != 0 && frame_of_pfn(pfn + i, &frame)) arch_frame_icache(frame);
    }
    return FUT_S_OK;
}

/* Of a pair of batches for map_copy: may leaf i be copied? An absent source leaf is skipped. */
static status copy_check(u32 from, u32 from_first, u32 to, u32 to_first, u32 count)
{
    u32 i, frame;
    u64 entry;

    if ((frames[to].flags & FRAME_FROZEN) != 0 || (frames[from].flags & FRAME_FROZEN) != 0)
        return FUT_S_FROZEN;
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        entry = arch_pt_get(from, from_first + i);
        if (!arch_entry_present(entry)) continue;
        if (arch_entry_present(arch_pt_get(to, to_first + i))) return FUT_S_MAPPED;
        if (frame_of_pfn(arch_entry_pfn(entry), &frame) && frames[frame].ref >= REF_MAX)
            return FUT_S_OVERFLOW;
    }
    return FUT_S_OK;
}

/* One leaf of a fork: the copy has at most the asked rights; with COPY_RO the source loses write
 * too. */
static void copy_leaf(u32 from, u32 from_index, u32 to, u32 to_index, u64 flags)
{
    u64 entry = arch_pt_get(from, from_index);
    u32 keep = arch_entry_flags(entry);

    leaf_put(to, to_index, arch_entry_protect(entry, keep & (u32)flags), arch_entry_pfn(entry));
    if ((flags & FUT_MAP_COPY_RO) != 0 && (keep & FUT_MAP_WRITE) != 0)
        arch_pt_put(from, from_index, arch_entry_protect(entry, keep & ~(u32)FUT_MAP_WRITE));
}

status map_copy(u32 thread, u64 slot, u64 address, u64 to, u64 to_address, u64 count, u64 flags)
{
    u32 source, target, from_table, from_first, to_table, to_first, i, missing, copied = 0;
    status s = space_target(thread, slot, true, &source);

    if (s == FUT_S_OK) s = space_target(thread, to, true, &target);
    if (s == FUT_S_OK)
        s = flags > (FUT_MAP_WRITE | FUT_MAP_EXEC | FUT_MAP_COPY_RO) ? FUT_S_ARG : FUT_S_OK;
    if (s == FUT_S_OK) s = batch_find(source, address, count, &from_table, &from_first, &missing);
    if (s == FUT_S_OK) s = batch_find(target, to_address, count, &to_table, &to_first, &missing);
    if (s == FUT_S_OK)
        s = from_table == to_table
                ? FUT_S_ARG
                : copy_check(from_table, from_first, to_table, to_first, (u32)count);
    if (s != FUT_S_OK) return refuse(thread, s, missing);
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        if (!arch_entry_present(arch_pt_get(from_table, from_first + i))) continue;
        copy_leaf(from_table, from_first + i, to_table, to_first + i, flags);
        copied++;
    }
    if ((flags & FUT_MAP_COPY_RO) != 0 && copied != 0) arch_tlb_space(domains[source].root);
    threads[thread].reg[REG_X0] = copied;
    return FUT_S_OK;
}

status unmap(u32 thread, u64 slot, u64 address, u64 count)
{
    u32 domain, table, first, i, missing, removed = 0;
    status s = space_target(thread, slot, false, &domain);

    if (s == FUT_S_OK) s = batch_find(domain, address, count, &table, &first, &missing);
    if (s != FUT_S_OK) return refuse(thread, s, missing);
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        if (!arch_entry_present(arch_pt_get(table, first + i))) continue;
        leaf_clear(table, first + i);
        arch_tlb_page(domains[domain].root, address + (u64)i * FUT_PAGE_SIZE);
        removed++;
    }
    threads[thread].reg[REG_X0] = removed;
    return FUT_S_OK;
}

/* Rights may grow only under a region capability that names the frame and carries them; and, as map
 * has it, only write-back memory is ever executable. */
static status protect_check(u32 thread, u32 table, u32 first, u32 count, u32 flags, u64 region)
{
    u32 i, frame, held = 0, kind = 0, n = (u32)slots[cap_slot(thread, region)].badge;
    u64 entry, low = 0;
    status s = FUT_S_OK;

    if (region != 0) s = region_span(thread, region, 0, 1, 0, &low, &kind, &held);
    if (s == FUT_S_OK && region != 0) s = map_flags_check(flags, held, kind);
    for (i = 0; s == FUT_S_OK && i < count && i < FUT_MAP_BATCH; i++) {
        entry = arch_pt_get(table, first + i);
        if (!arch_entry_present(entry) || (flags & ~arch_entry_flags(entry)) == 0) continue;
        if (region == 0 || arch_entry_pfn(entry) < low || arch_entry_pfn(entry) - low >= n)
            s = FUT_S_RIGHT;
        else if ((flags & FUT_MAP_EXEC) != 0 && frame_of_pfn(arch_entry_pfn(entry), &frame) &&
                 frame_kind(frame) != FUT_FRAME_USER)
            s = FUT_S_FRAME;
    }
    return s;
}

status protect(u32 thread, u64 slot, u64 address, u64 count, u64 flags, u64 region)
{
    u32 domain, table, first, i, frame, missing, changed = 0;
    u64 entry;
    status s = space_target(thread, slot, true, &domain);

    if (s == FUT_S_OK)
        s = flags > FUT_MAP_EXEC ? FUT_S_ARG
                                 : batch_find(domain, address, count, &table, &first, &missing);
    if (s == FUT_S_OK && (frames[table].flags & FRAME_FROZEN) != 0) s = FUT_S_FROZEN;
    if (s == FUT_S_OK) s = protect_check(thread, table, first, (u32)count, (u32)flags, region);
    if (s != FUT_S_OK) return refuse(thread, s, missing);
    for (i = 0; i < count && i < FUT_MAP_BATCH; i++) {
        entry = arch_pt_get(table, first + i);
        if (!arch_entry_present(entry)) continue;
        TOUCH(TOUCH_FRAME, table);
        arch_pt_put(table, first + i, arch_entry_protect(entry, (u32)flags));
        if ((flags & FUT_MAP_EXEC) != 0 && frame_of_pfn(arch_entry_pfn(entry), &frame))
            arch_frame_icache(frame);
        arch_tlb_page(domains[domain].root, address + (u64)i * FUT_PAGE_SIZE);
        changed++;
    }
    threads[thread].reg[REG_X0] = changed;
    return FUT_S_OK;
}
