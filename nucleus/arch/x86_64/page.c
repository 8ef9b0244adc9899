/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of user page tables, TLB and caches. A leaf carries the attributes of its frame's type
 * and is never executable for the nucleus (SMEP; its own tables hold it to that besides);
 * invariants 13 to 17 are kept by map.c, which decides what is written here. DMA is coherent, so
 * that USER_NC is ordinary memory, and so is instruction fetch.
 */
#include "board.h"
#include "cpu.h"

#define INVPCID_ADDRESS 0u
#define INVPCID_SPACE 1u
#define ASID_MASK 0xfffu

u64 arch_pt_get(u32 frame, u32 index) { return ram_frame(frame)[index]; }

void arch_pt_put(u32 frame, u32 index, u64 entry)
{
    __atomic_store_n(&ram_frame(frame)[index], entry, __ATOMIC_RELEASE);
}

bool arch_entry_present(u64 entry) { return (entry & PTE_PRESENT) != 0; }

u64 arch_entry_pfn(u64 entry) { return (entry & ENTRY_ADDRESS) >> FUT_PAGE_BITS; }

u32 arch_entry_flags(u64 entry)
{
    return ((entry & PTE_WRITE) != 0 ? FUT_MAP_WRITE : 0) |
           ((entry & ENTRY_NX) == 0 ? FUT_MAP_EXEC : 0);
}

u64 arch_entry_table(u64 pfn)
{
    return pfn << FUT_PAGE_BITS | PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED;
}

u64 arch_entry_protect(u64 entry, u32 flags)
{
    entry &= ~(u64)PTE_WRITE & ~ENTRY_NX;
    return entry | ((flags & FUT_MAP_WRITE) != 0 ? PTE_WRITE : 0) |
           ((flags & FUT_MAP_EXEC) != 0 ? 0 : ENTRY_NX);
}

u64 arch_entry_leaf(u64 pfn, u32 frame_type, u32 flags)
{
    u64 attr = frame_type == FUT_FRAME_DEVICE ? PTE_UNCACHED : 0;

    return arch_entry_protect(
        pfn << FUT_PAGE_BITS | attr | PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY, flags);
}

u64 arch_root_word(u32 root_frame, u32 asid)
{
    return (nuc.ram_base + root_frame) << FUT_PAGE_BITS | asid;
}

/* The upper half of every root is the nucleus' (invariant 19). */
void arch_root_init(u32 root_frame)
{
    u64 *root = ram_frame(root_frame);
    u32 i;

    for (i = ROOT_ENTRIES; i < PT_ENTRIES; i++)
        root[i] = kernel_user_entry(i);
}

#if CONFIG_DEBUG
bool arch_root_safe(u32 root_frame)
{
    u32 i;

    for (i = ROOT_ENTRIES; i < PT_ENTRIES; i++)
        if (ram_frame(root_frame)[i] != kernel_user_entry(i)) return false;
    return true;
}
#endif

static void invpcid(u64 kind, u64 root, u64 address)
{
    const u64 operand[2] = {root & ASID_MASK, address};

    __asm__ volatile("invpcid %0, %1" : : "m"(operand), "r"(kind) : "memory");
}

/* Without PCIDs only the loaded space is in the TLB; and nothing of any user's while the nucleus
 * has a root of its own. */
void arch_tlb_page(u64 root, u64 address)
{
    if (root == nuc.cpu[THIS_CORE].loaded_root)
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
    else if (board_has(FEATURE_PCID))
        invpcid(INVPCID_ADDRESS, root, address);
}

void arch_tlb_space(u64 root)
{
    if (board_has(FEATURE_PCID))
        invpcid(INVPCID_SPACE, root, 0);
    else if (root == nuc.cpu[THIS_CORE].loaded_root)
        CONTROL_WRITE(cr3, CONTROL_READ(cr3));
}

/* Global ones too: changing CR4.PGE drops everything. */
void arch_tlb_all(void)
{
    u64 cr4 = CONTROL_READ(cr4);

    CONTROL_WRITE(cr4, cr4 ^ CR4_PGE);
    CONTROL_WRITE(cr4, cr4);
}

void arch_frame_zero(u32 frame)
{
    u64 *to = ram_frame(frame);
    u64 words = FUT_PAGE_SIZE / 8;

    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(0) : "memory");
}

void arch_frame_uncache(u32 frame) { (void)frame; }

void arch_frame_icache(u32 frame) { (void)frame; }

/* --- page frames that are no RAM --- */

/* The hole that a frame lies in; NULL: in none. */
static const struct board_mmio *hole_find(u64 pfn)
{
    u32 i;

    for (i = 0; i < board.hole_count && i < BOARD_HOLES; i++)
        if (pfn >= board.hole[i].pfn && pfn - board.hole[i].pfn < board.hole[i].frames)
            return &board.hole[i];
    return NULL;
}

bool arch_pfn_is_hole(u64 pfn) { return hole_find(pfn) != NULL; }

/* Also where it begins in a hole and runs into RAM. */
bool arch_mmio_reserved(u64 pfn, u64 frames)
{
    const struct board_mmio *hole = hole_find(pfn);
    u32 i;

    if (hole != NULL && frames > hole->frames - (pfn - hole->pfn)) return true;
    for (i = 0; i < board.mmio_count && i < BOARD_MMIO_MAX; i++)
        if (pfn < board.mmio[i].pfn + board.mmio[i].frames && board.mmio[i].pfn < pfn + frames)
            return true;
    return false;
}
