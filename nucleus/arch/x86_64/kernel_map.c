/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' own page tables. Root, level-1 tables, two level-2 tables for the top 2 GiB, the
 * shared level-3 table of zeros and the image's level-3 table are part of the image; whatever else
 * a window needs comes from donated frames. Nothing is writable and executable. The entries of the
 * root are copied into every other root and never change. Keeps invariants 17 and 19.
 */
#include "board.h"
#include "cpu.h"

#define TABLE __attribute__((aligned(4096)))
#define SLOT_BITS 21 /* a level-2 entry spans 2 MiB */
#define TABLE_BITS_SET (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED)

static u64 kernel_root[FUT_PT_ENTRIES] TABLE;
u64 kernel_ram_l1[FUT_PT_ENTRIES] TABLE;
static u64 kernel_top_l1[FUT_PT_ENTRIES] TABLE;
static u64 kernel_top_l2[TOP_TABLES * FUT_PT_ENTRIES] TABLE;
static u64 kernel_image_l3[FUT_PT_ENTRIES] TABLE;
static u64 kernel_zero_l3[FUT_PT_ENTRIES] TABLE;
static u64 kernel_zero_page[FUT_PT_ENTRIES] TABLE;
static u64 user_top_l1[FUT_PT_ENTRIES] TABLE;
static u64 user_top_l2[FUT_PT_ENTRIES] TABLE;
static u64 user_image_l3[FUT_PT_ENTRIES] TABLE;
static u64 kernel_image_pa;

/* Linker script: page-aligned parts of the image. */
extern u8 image_init_data[], image_text[], image_rodata[], image_data[], image_init_bss[],
    image_end[];
extern u8 image_shared_text_end[], image_shared_data_end[];
extern u8 kernel_stack_guard[];

static u64 image_pa(const void *address) { return kernel_image_pa + ((u64)address - IMAGE_BASE); }

static u64 leaf_global(u64 pa, u64 rights)
{
    return pa | PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL | rights;
}

static u64 zero_leaf(void) { return leaf_global(image_pa(kernel_zero_page), ENTRY_NX); }

static u32 image_page(const u8 *p) { return (u32)(((u64)p - IMAGE_BASE) >> FUT_PAGE_BITS); }

static INIT void kernel_image_pages(const u8 *from, const u8 *to, u64 rights)
{
    const u8 *p;

    for (p = from; p < to; p += FUT_PAGE_SIZE)
        kernel_image_l3[image_page(p)] = leaf_global(image_pa(p), rights);
}

/* What a user's root has of the nucleus, if it lacks the rest. */
static INIT void user_tables_init(void)
{
    const u8 *p;

    for (p = image_text; p < image_shared_text_end; p += FUT_PAGE_SIZE)
        user_image_l3[image_page(p)] = kernel_image_l3[image_page(p)];
    for (p = image_data; p < image_shared_data_end; p += FUT_PAGE_SIZE)
        user_image_l3[image_page(p)] = kernel_image_l3[image_page(p)];
    user_top_l2[(IMAGE_BASE - TOP_WINDOW) >> SLOT_BITS] = image_pa(user_image_l3) | TABLE_BITS_SET;
    user_top_l1[FUT_PT_ENTRIES - TOP_TABLES] = image_pa(user_top_l2) | TABLE_BITS_SET;
}

INIT void kernel_tables_init(u64 image)
{
    u32 i;

    kernel_image_pa = image;
    for (i = 0; i < FUT_PT_ENTRIES; i++)
        kernel_zero_l3[i] = zero_leaf();
    for (i = 0; i < TOP_TABLES * FUT_PT_ENTRIES; i++)
        kernel_top_l2[i] = image_pa(kernel_zero_l3) | TABLE_BITS_SET;
    kernel_image_pages((const u8 *)IMAGE_BASE, image_init_data, 0);
    kernel_image_pages(image_init_data, image_text, PTE_WRITE | ENTRY_NX);
    kernel_image_pages(image_text, image_rodata, 0);
    kernel_image_pages(image_rodata, image_data, ENTRY_NX);
    kernel_image_pages(image_data, image_end, PTE_WRITE | ENTRY_NX);
    kernel_image_l3[image_page(kernel_stack_guard)] = 0;
    kernel_top_l2[(IMAGE_BASE - TOP_WINDOW) >> SLOT_BITS] =
        image_pa(kernel_image_l3) | TABLE_BITS_SET;
    for (i = 0; i < TOP_TABLES; i++)
        kernel_top_l1[FUT_PT_ENTRIES - TOP_TABLES + i] =
            image_pa(&kernel_top_l2[i * FUT_PT_ENTRIES]) | TABLE_BITS_SET;
    kernel_root[RAM_ROOT_ENTRY] = image_pa(kernel_ram_l1) | TABLE_BITS_SET;
    kernel_root[TOP_ROOT_ENTRY] = image_pa(kernel_top_l1) | TABLE_BITS_SET;
    user_tables_init();
    if (board_has(FEATURE_ISOLATED)) core.kernel_root = kernel_root_pa(image);
}

INIT u64 kernel_root_pa(u64 image) { return image + ((u64)kernel_root - IMAGE_BASE); }

u64 kernel_root_entry(u32 index) { return kernel_root[index]; }

u64 kernel_user_entry(u32 index)
{
    if (!board_has(FEATURE_ISOLATED)) return kernel_root[index];
    return index == TOP_ROOT_ENTRY ? image_pa(user_top_l1) | TABLE_BITS_SET : 0;
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
    __atomic_store_n(&kernel_top_l2[(address - TOP_WINDOW) >> SLOT_BITS],
                     (nuc.ram_base + frame) << FUT_PAGE_BITS | TABLE_BITS_SET, __ATOMIC_RELEASE);
    arch_tlb_all(); /* the processor may hold on to the shared table */
}

void kernel_window_page(u64 address, u64 pfn, u32 kind)
{
    u64 entry = kernel_top_l2[(address - TOP_WINDOW) >> SLOT_BITS];
    u64 *table = ram_frame((u32)(((entry & ENTRY_ADDRESS) >> FUT_PAGE_BITS) - nuc.ram_base));

    __atomic_store_n(&table[(address >> FUT_PAGE_BITS) % FUT_PT_ENTRIES],
                     leaf_global(pfn << FUT_PAGE_BITS,
                                 PTE_WRITE | ENTRY_NX | (kind == KERNEL_DEVICE ? PTE_UNCACHED : 0)),
                     __ATOMIC_RELEASE);
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* The image's boot parts are about to be free frames: no mapping of them may stay, nor boot's root
 * with its map of all memory. */
void kernel_discard_init(void)
{
    u32 i, first = image_page(image_text), last = image_page(image_init_bss);

    for (i = 0; i < FUT_PT_ENTRIES; i++)
        if (i < first || i >= last) kernel_image_l3[i] = 0;
    CONTROL_WRITE(cr3, image_pa(kernel_root));
    arch_tlb_all();
}
