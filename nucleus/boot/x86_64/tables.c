/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot's own page tables (the identity map in the lower half, from a fixed pool) and the final ones
 * of the nucleus: RAM window, image, frame table. The identity map goes in 2 MiB steps; the RAM
 * window is exact, and leaves out the nucleus' image. Until the first thread runs, boot's root has
 * both halves.
 */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "nucleus.h"

#define POOL 40u
#define BLOCK_BITS 21
#define BLOCK_SIZE ((u64)1 << BLOCK_BITS)
#define BLOCK_FRAMES 512u
#define GIANT_FRAMES (512u * 512u)
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

static void page_zero(u64 *page)
{
    u32 i;

    for (i = 0; i < FUT_PT_ENTRIES; i++)
        page[i] = 0;
}

static u64 *table_alloc(u64 *entry)
{
    u64 pa;

    if ((*entry & PTE_PRESENT) == 0) {
        pa = boot_alloc() << FUT_PAGE_BITS;
        page_zero(boot_physical(pa, FUT_PAGE_SIZE));
        *entry = pa | TABLE;
    }
    return (u64 *)(*entry & ENTRY_ADDRESS);
}

static u64 ram_entry(u64 pfn, u64 kind) { return pfn << FUT_PAGE_BITS | LEAF | PTE_GLOBAL | kind; }

/* One step of the RAM window: the largest entry that fits; the result is the frames that it covers.
 */
static u64 ram_map_step(u64 pfn, u64 end)
{
    u64 frame = pfn - nuc.ram_base, *l2, *l3;

    if (board_has(FEATURE_GIANT) && ((pfn | frame) % GIANT_FRAMES) == 0 &&
        end - pfn >= GIANT_FRAMES) {
        kernel_ram_l1[frame / GIANT_FRAMES] = ram_entry(pfn, PTE_LARGE);
        return GIANT_FRAMES;
    }
    l2 = table_alloc(&kernel_ram_l1[frame / GIANT_FRAMES]);
    if (frame % BLOCK_FRAMES == 0 && end - pfn >= BLOCK_FRAMES) {
        l2[frame / BLOCK_FRAMES % 512] = ram_entry(pfn, PTE_LARGE);
        return BLOCK_FRAMES;
    }
    l3 = table_alloc(&l2[frame / BLOCK_FRAMES % 512]);
    l3[frame % BLOCK_FRAMES] = ram_entry(pfn, 0);
    return 1;
}

static void ram_map(u64 first, u64 end)
{
    while (first < end)
        first += ram_map_step(first, end);
}

static u32 table_frame(void)
{
    u32 frame = (u32)(boot_alloc() - nuc.ram_base);

    arch_frame_zero(frame);
    return frame;
}

void boot_window_page(u64 address, u64 pfn, u32 kind)
{
    if (!kernel_window_has_table(address)) kernel_window_table(address, table_frame());
    kernel_window_page(address, pfn != 0 ? pfn : nuc.ram_base + table_frame(), kind);
}

/* The frame table, but for pages that describe no usable RAM: there the zeros already say RESERVED.
 */
static void frames_create(void)
{
    u32 per_page = FUT_PAGE_SIZE / sizeof(struct frame), i;
    u64 page, next = 0, last;

    ranges_add(&boot.usable, boot.image_pa >> FUT_PAGE_BITS, boot.image_end_pa >> FUT_PAGE_BITS);
    for (i = 0; i < boot.usable.count; i++) {
        page = (boot.usable.run[i].first - nuc.ram_base) / per_page;
        last = (boot.usable.run[i].end - 1 - nuc.ram_base) / per_page;
        for (page = page > next ? page : next; page <= last; page++)
            boot_window_page(FRAMES_WINDOW + (page << FUT_PAGE_BITS), 0, KERNEL_RW);
        next = page;
    }
}

void boot_kernel_tables(void)
{
    extern u8 image_text[], image_init_bss[];
    u64 init_end = (boot.image_pa + ((u64)image_text - IMAGE_BASE)) >> FUT_PAGE_BITS;
    u64 late = (boot.image_pa + ((u64)image_init_bss - IMAGE_BASE)) >> FUT_PAGE_BITS;
    u32 i;

    kernel_tables_init(boot.image_pa);
    for (i = 0; i < boot.usable.count; i++)
        ram_map(boot.usable.run[i].first, boot.usable.run[i].end);
    ram_map(boot.image_pa >> FUT_PAGE_BITS, init_end);
    ram_map(late, boot.image_end_pa >> FUT_PAGE_BITS);
    boot_root[RAM_ROOT_ENTRY] = kernel_root_entry(RAM_ROOT_ENTRY);
    boot_root[TOP_ROOT_ENTRY] = kernel_root_entry(TOP_ROOT_ENTRY);
    boot_switch(image_physical(boot_root));
    frames_create();
}
