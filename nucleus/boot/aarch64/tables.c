/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot's own page tables: the identity map in TTBR0, from a fixed pool, in steps of 2 MiB. And what
 * entries of the final tables (ram.c) look like.
 */
#include "boot.h"
#include "cpu.h"

#define POOL 40u
#define BLOCK_BITS 21
#define BLOCK_SIZE ((u64)1 << BLOCK_BITS)
#define NOT_EXECUTABLE ((u64)1 << PTE_PXN_BIT | (u64)1 << PTE_UXN_BIT)

extern u64 boot_low_root[FUT_PT_ENTRIES];
extern u64 boot_image_pa;
void boot_switch(u64 root);
void boot_write_protect(void);

static u64 pool[POOL][FUT_PT_ENTRIES] __attribute__((aligned(4096)));
static u32 pool_used;

/* Tables of the identity map are in the image: their addresses differ by a constant. */
static u64 *pool_table(u64 entry)
{
    return (u64 *)((entry & ENTRY_ADDRESS) - boot_image_pa + IMAGE_BASE);
}

static u64 *pool_next(u64 *entry)
{
    if ((*entry & PTE_VALID) == 0) {
        if (pool_used == POOL) boot_fail("memory and devices", "too many places");
        *entry = ((u64)pool[pool_used++] - IMAGE_BASE + boot_image_pa) | PTE_TABLE;
    }
    return pool_table(*entry);
}

static void identity_map(u64 pa, u64 size, u64 attr)
{
    u64 at = pa & ~(BLOCK_SIZE - 1), *l1, *l2, *entry;

    for (; at < pa + size; at += BLOCK_SIZE) {
        l1 = pool_next(&boot_low_root[at >> 39 & 511]);
        l2 = pool_next(&l1[at >> 30 & 511]);
        entry = &l2[at >> BLOCK_BITS & 511];
        if ((*entry & PTE_VALID) == 0)
            *entry = at | attr << PTE_ATTR_SHIFT | PTE_BLOCK | PTE_INNER | PTE_AF | NOT_EXECUTABLE;
    }
    BARRIER(ishst);
    ISB();
}

void *boot_physical(u64 pa, u64 size)
{
    identity_map(pa, size, MAIR_WB);
    return (void *)pa;
}

u64 boot_device(u64 pa, u64 size)
{
    identity_map(pa, size, MAIR_DEVICE);
    return pa;
}

/* Only what boot touches before the RAM window is there: the archive and where the first tables go.
 */
void boot_memory_map(void)
{
    boot_physical(boot.left.run[0].first << FUT_PAGE_BITS, FUT_PAGE_SIZE);
}

u64 boot_table_entry(u64 pa) { return pa | PTE_TABLE; }

u64 boot_ram_entry(u64 pfn, bool large)
{
    return pfn << FUT_PAGE_BITS | MAIR_WB << PTE_ATTR_SHIFT | (large ? PTE_BLOCK : PTE_TABLE) |
           PTE_INNER | PTE_AF | NOT_EXECUTABLE;
}

bool boot_has_giant(void) { return true; }

void boot_tables_switch(void)
{
    BARRIER(ishst);
    boot_switch(kernel_root_pa(boot.image_pa));
    boot_write_protect();
}
