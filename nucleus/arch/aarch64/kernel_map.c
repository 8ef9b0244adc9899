/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' own page tables. Root, the two level-1 tables, four level-2 tables for the top 4
 * GiB, the shared level-3 table of zeros and the image's level-3 table are part of the image;
 * whatever else a window needs comes from donated frames. Nothing is writable and executable (WXN
 * enforces it besides). Keeps invariants 17 and 19.
 */
#include "cpu.h"

#define PXN ((u64)1 << PTE_PXN_BIT)
#define UXN ((u64)1 << PTE_UXN_BIT)
#define TABLE __attribute__((aligned(4096)))
#define SLOT_BITS 21 /* a level-2 entry spans 2 MiB */

static u64 kernel_root[FUT_PT_ENTRIES] TABLE;
u64 kernel_ram_l1[FUT_PT_ENTRIES] TABLE;
static u64 kernel_top_l1[FUT_PT_ENTRIES] TABLE;
static u64 kernel_top_l2[4 * FUT_PT_ENTRIES] TABLE;
static u64 kernel_image_l3[FUT_PT_ENTRIES] TABLE;
static u64 kernel_zero_l3[FUT_PT_ENTRIES] TABLE;
static u64 kernel_zero_page[FUT_PT_ENTRIES] TABLE;
static u64 kernel_image_pa;

/* Linker script: page-aligned parts of the image. */
extern u8 image_init_data[], image_text[], image_rodata[], image_data[], image_init_bss[],
    image_end[];
extern u8 kernel_stack_guard[];

static u64 image_pa(const void *address) { return kernel_image_pa + ((u64)address - IMAGE_BASE); }

static u64 leaf_global(u64 pa, u64 attr, u64 rights)
{
    return pa | attr << PTE_ATTR_SHIFT | PTE_TABLE | PTE_INNER | PTE_AF | UXN | rights;
}

static u64 zero_leaf(void)
{
    return leaf_global(image_pa(kernel_zero_page), MAIR_WB, PXN | PTE_READ_ONLY);
}

static void kernel_image_pages(const u8 *from, const u8 *to, u64 rights)
{
    const u8 *p;

    for (p = from; p < to; p += FUT_PAGE_SIZE)
        kernel_image_l3[((u64)p - IMAGE_BASE) >> FUT_PAGE_BITS] =
            leaf_global(image_pa(p), MAIR_WB, rights);
}

INIT void kernel_tables_init(u64 image)
{
    u64 table = PTE_TABLE;
    u32 i;

    kernel_image_pa = image;
    for (i = 0; i < FUT_PT_ENTRIES; i++)
        kernel_zero_l3[i] = zero_leaf();
    for (i = 0; i < 4 * FUT_PT_ENTRIES; i++)
        kernel_top_l2[i] = image_pa(kernel_zero_l3) | table;
    kernel_image_pages((const u8 *)IMAGE_BASE, image_init_data, PTE_READ_ONLY);
    kernel_image_pages(image_init_data, image_text, PXN);
    kernel_image_pages(image_text, image_rodata, PTE_READ_ONLY);
    kernel_image_pages(image_rodata, image_data, PTE_READ_ONLY | PXN);
    kernel_image_pages(image_data, image_end, PXN);
    kernel_image_l3[((u64)kernel_stack_guard - IMAGE_BASE) >> FUT_PAGE_BITS] = 0;
    kernel_top_l2[(IMAGE_BASE - TOP_WINDOW) >> SLOT_BITS] = image_pa(kernel_image_l3) | table;
    for (i = 0; i < 4; i++)
        kernel_top_l1[FUT_PT_ENTRIES - 4 + i] =
            image_pa(&kernel_top_l2[i * FUT_PT_ENTRIES]) | table;
    kernel_root[0] = image_pa(kernel_ram_l1) | table;
    kernel_root[FUT_PT_ENTRIES - 1] = image_pa(kernel_top_l1) | table;
    BARRIER(ishst);
}

INIT u64 kernel_root_pa(u64 image) { return image + ((u64)kernel_root - IMAGE_BASE); }

/* Break before make: another translation of the same address must never be seen beside the old one.
 */
static void entry_replace(u64 *entry, u64 value)
{
    __atomic_store_n(entry, 0, __ATOMIC_RELAXED);
    BARRIER(ishst);
    arch_tlb_all();
    __atomic_store_n(entry, value, __ATOMIC_RELAXED);
    BARRIER(ishst);
    ISB();
}

bool kernel_window_has_table(u64 address)
{
    return (kernel_top_l2[(address - TOP_WINDOW) >> SLOT_BITS] & ENTRY_ADDRESS) !=
           image_pa(kernel_zero_l3);
}

void kernel_window_table(u64 address, u32 frame)
{
    u64 *table = ram_frame(frame);
    u32 i;

    for (i = 0; i < FUT_PT_ENTRIES; i++)
        table[i] = zero_leaf();
    entry_replace(&kernel_top_l2[(address - TOP_WINDOW) >> SLOT_BITS],
                  (nuc.ram_base + frame) << FUT_PAGE_BITS | PTE_TABLE);
}

void kernel_window_page(u64 address, u64 pfn, u32 kind)
{
    u64 entry = kernel_top_l2[(address - TOP_WINDOW) >> SLOT_BITS];
    u64 *table = ram_frame((u32)(((entry & ENTRY_ADDRESS) >> FUT_PAGE_BITS) - nuc.ram_base));

    entry_replace(
        &table[(address >> FUT_PAGE_BITS) % FUT_PT_ENTRIES],
        leaf_global(pfn << FUT_PAGE_BITS, kind == KERNEL_DEVICE ? MAIR_DEVICE : MAIR_WB, PXN));
}

/* The image's boot parts are about to be free frames: no mapping of them may stay. Nor may the
 * walker bring back what the flush takes: until the first thread's root is loaded, the user half is
 * empty instead of boot's map of all memory, whose entries are valid in every address space. */
void kernel_discard_init(void)
{
    u32 i, first = (u32)(((u64)image_text - IMAGE_BASE) >> FUT_PAGE_BITS);
    u32 last = (u32)(((u64)image_init_bss - IMAGE_BASE) >> FUT_PAGE_BITS);

    for (i = 0; i < FUT_PT_ENTRIES; i++)
        if (i < first || i >= last) kernel_image_l3[i] = 0;
    BARRIER(ishst);
    SYSREG_WRITE(ttbr0_el1, image_pa(kernel_zero_page));
    ISB();
    arch_tlb_all();
}
