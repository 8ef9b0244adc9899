/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' map of memory: the RAM window in the largest entries that fit, without the image,
 * and the frame table. The RAM window is exact, so that nothing but usable RAM is ever reached
 * through it. Keeps invariant 17.
 */
#include "boot.h"
#include "cpu.h"
#include "nucleus.h"

#define BLOCK_FRAMES 512u
#define GIANT_FRAMES (512u * 512u)

static u64 *table_alloc(u64 *entry)
{
    u64 pa;

    if (!arch_entry_present(*entry)) {
        pa = boot_alloc() << FUT_PAGE_BITS;
        __builtin_memset(boot_physical(pa, FUT_PAGE_SIZE), 0, FUT_PAGE_SIZE);
        *entry = boot_table_entry(pa);
    }
    return (u64 *)(arch_entry_pfn(*entry) << FUT_PAGE_BITS);
}

/* One step of the RAM window: the largest entry that fits; the result is the frames that it covers.
 */
static u64 ram_map_step(u64 pfn, u64 end)
{
    u64 frame = pfn - nuc.ram_base, *l2, *l3;

    if (boot_has_giant() && ((pfn | frame) % GIANT_FRAMES) == 0 && end - pfn >= GIANT_FRAMES) {
        kernel_ram_l1[frame / GIANT_FRAMES] = boot_ram_entry(pfn, true);
        return GIANT_FRAMES;
    }
    l2 = table_alloc(&kernel_ram_l1[frame / GIANT_FRAMES]);
    if (frame % BLOCK_FRAMES == 0 && end - pfn >= BLOCK_FRAMES) {
        l2[frame / BLOCK_FRAMES % 512] = boot_ram_entry(pfn, true);
        return BLOCK_FRAMES;
    }
    l3 = table_alloc(&l2[frame / BLOCK_FRAMES % 512]);
    l3[frame % BLOCK_FRAMES] = boot_ram_entry(pfn, false);
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
    boot_tables_switch();
    frames_create();
}
