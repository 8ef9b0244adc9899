/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot's own page tables: the identity map in the lower half, from a fixed pool, in steps of 2 MiB.
 * And what entries of the final tables (ram.c) look like. Until the first thread runs, boot's root
 * has both halves.
 */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "nucleus.h"

#define POOL 40u
#define BLOCK_BITS 21
#define BLOCK_SIZE ((u64)1 << BLOCK_BITS)
#define TABLE (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED)
#define LEAF (TABLE | PTE_DIRTY | ENTRY_NX)

extern u64 boot_root[FUT_PT_ENTRIES];
extern u64 boot_image_pa;
void boot_switch(u64 root);

static u64 pool[POOL][FUT_PT_ENTRIES] __attribute__((aligned(4096)));
static u32 pool_used;

static u64 image_physical(const void *address) { return (u64)address - IMAGE_BASE + boot_image_pa; }

/* Tables of the identity map are in the image: their addresses differ by a constant. */
static u64 *pool_next(u64 *entry)
{
    if ((*entry & PTE_PRESENT) == 0) {
        if (pool_used == POOL) boot_fail("memory and devices", "too many places");
        *entry = image_physical(pool[pool_used++]) | TABLE;
    }
    return (u64 *)((*entry & ENTRY_ADDRESS) - boot_image_pa + IMAGE_BASE);
}

static void identity_map(u64 pa, u64 size)
{
    u64 at = pa & ~(BLOCK_SIZE - 1), *l1, *l2, *entry;

    for (; at < pa + size; at += BLOCK_SIZE) {
        l1 = pool_next(&boot_root[at >> 39 & 255]);
        l2 = pool_next(&l1[at >> 30 & 511]);
        entry = &l2[at >> BLOCK_BITS & 511];
        if ((*entry & PTE_PRESENT) == 0) *entry = at | LEAF | PTE_LARGE;
    }
}

void *boot_physical(u64 pa, u64 size)
{
    identity_map(pa, size);
    return (void *)pa;
}

u64 boot_device(u64 pa, u64 size)
{
    identity_map(pa, size); /* the firmware's memory types make it uncached */
    return pa;
}

/* Only what boot touches before the RAM window is there: the archive and where the first tables go.
 */
void boot_memory_map(void)
{
    boot_physical(boot.left.run[0].first << FUT_PAGE_BITS, FUT_PAGE_SIZE);
}

u64 boot_table_entry(u64 pa) { return pa | TABLE; }

u64 boot_ram_entry(u64 pfn, bool large)
{
    return pfn << FUT_PAGE_BITS | LEAF | PTE_GLOBAL | (large ? PTE_LARGE : 0);
}

bool boot_has_giant(void) { return board_has(FEATURE_GIANT); }

void boot_tables_switch(void)
{
    boot_root[RAM_ROOT_ENTRY] = kernel_root_entry(RAM_ROOT_ENTRY);
    boot_root[TOP_ROOT_ENTRY] = kernel_root_entry(TOP_ROOT_ENTRY);
    boot_switch(image_physical(boot_root));
}
