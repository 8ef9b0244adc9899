/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries of user page tables, TLB and cache maintenance. A leaf carries the attributes of its
 * frame's type and is never executable for the nucleus; invariants 13 to 17 are kept by map.c,
 * which decides what is written here.
 */
#include "cpu.h"

#define PXN ((u64)1 << PTE_PXN_BIT)
#define UXN ((u64)1 << PTE_UXN_BIT)
#define ASID_SHIFT 48
#define TLBI_PAGE_MASK (((u64)1 << 44) - 1)

u64 arch_pt_get(u32 frame, u32 index) { return ram_frame(frame)[index]; }

void arch_pt_put(u32 frame, u32 index, u64 entry)
{
    __atomic_store_n(&ram_frame(frame)[index], entry, __ATOMIC_RELAXED);
    BARRIER(ishst);
}

bool arch_entry_present(u64 entry) { return (entry & PTE_VALID) != 0; }

u64 arch_entry_pfn(u64 entry) { return (entry & ENTRY_ADDRESS) >> FUT_PAGE_BITS; }

u32 arch_entry_flags(u64 entry)
{
    return ((entry & PTE_READ_ONLY) == 0 ? FUT_MAP_WRITE : 0) |
           ((entry & UXN) == 0 ? FUT_MAP_EXEC : 0);
}

u64 arch_entry_table(u64 pfn)
{
    return pfn << FUT_PAGE_BITS | (u64)1 << PTE_PXN_TABLE_BIT | PTE_TABLE;
}

u64 arch_entry_protect(u64 entry, u32 flags)
{
    entry &= ~(u64)PTE_READ_ONLY & ~UXN;
    return entry | ((flags & FUT_MAP_WRITE) != 0 ? 0 : PTE_READ_ONLY) |
           ((flags & FUT_MAP_EXEC) != 0 ? 0 : UXN);
}

u64 arch_entry_leaf(u64 pfn, u32 frame_type, u32 flags)
{
    u64 attr = frame_type == FUT_FRAME_USER      ? MAIR_WB
               : frame_type == FUT_FRAME_USER_NC ? MAIR_NC
                                                 : MAIR_DEVICE;
    u64 entry = pfn << FUT_PAGE_BITS | attr << PTE_ATTR_SHIFT | PTE_TABLE | PTE_USER | PTE_INNER |
                PTE_AF | PTE_NG;

    return arch_entry_protect(entry | PXN, flags);
}

u64 arch_root_word(u32 root_frame, u32 asid)
{
    return (nuc.ram_base + root_frame) << FUT_PAGE_BITS | (u64)asid << ASID_SHIFT;
}

/* The nucleus' half hangs on a register of its own: a root is user space only. */
void arch_root_init(u32 root_frame) { (void)root_frame; }

#if CONFIG_DEBUG
bool arch_root_safe(u32 root_frame) { return root_frame != NO_FRAME; }
#endif

void arch_tlb_page(u64 root, u64 address)
{
    u64 operand = (root >> ASID_SHIFT << ASID_SHIFT) | (address >> FUT_PAGE_BITS & TLBI_PAGE_MASK);

    __asm__ volatile("tlbi vae1, %0" : : "r"(operand) : "memory");
    BARRIER(nsh);
    ISB();
}

void arch_tlb_space(u64 root)
{
    __asm__ volatile("tlbi aside1, %0" : : "r"(root >> ASID_SHIFT << ASID_SHIFT) : "memory");
    BARRIER(nsh);
    ISB();
}

void arch_tlb_all(void)
{
    __asm__ volatile("tlbi vmalle1" : : : "memory");
    BARRIER(nsh);
    ISB();
}

void arch_frame_zero(u32 frame) { frame_zero(ram_frame(frame)); }

void arch_frame_uncache(u32 frame) { cache_page_clean_invalidate(ram_frame(frame)); }

void arch_frame_icache(u32 frame) { cache_page_icache(ram_frame(frame)); }
