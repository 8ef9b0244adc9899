/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads the capability manager: segments, stack, what the loader left, and the boot information
 * page. Its first stack frame is a SysV one without arguments, so that it may be an ordinary static
 * program; its first argument is the page's address.
 */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "nucleus.h"

#define FIRST 1u
#define AUX_WORDS 15u
#define AT_NULL 0u
#define AT_PHDR 3u
#define AT_PHENT 4u
#define AT_PHNUM 5u
#define AT_PAGESZ 6u
#define AT_RANDOM 25u

static u64 page_of(u64 address) { return address & ~(u64)(FUT_PAGE_SIZE - 1); }

static u32 segment_flags(u32 flags)
{
    return ((flags & ELF_W) != 0 ? FUT_MAP_WRITE : 0) | ((flags & ELF_X) != 0 ? FUT_MAP_EXEC : 0);
}

/* The part of a segment's file content that lies in the page at `page`. */
static void segment_fill(const struct elf_segment *s, u64 page, u8 *to)
{
    u64 low = page > s->vaddr ? page : s->vaddr;
    u64 high =
        page + FUT_PAGE_SIZE < s->vaddr + s->filesz ? page + FUT_PAGE_SIZE : s->vaddr + s->filesz;
    u64 at;

    for (at = low; at < high; at++)
        to[at - page] = boot.capmgr[s->offset + (at - s->vaddr)];
}

static void segments_load(void)
{
    const struct elf_segment *s;
    u32 i, frame;
    u64 page;

    for (i = 0; i < boot.elf.count; i++) {
        s = &boot.elf.segment[i];
        for (page = page_of(s->vaddr); page < s->vaddr + s->memsz; page += FUT_PAGE_SIZE) {
            frame = space_page(ROOT_DOMAIN, page, segment_flags(s->flags));
            segment_fill(s, page, (u8 *)ram_frame(frame));
            arch_frame_icache(frame);
        }
    }
}

static void stack_load(void)
{
    const u64 aux[AUX_WORDS] = {0,
                                0,
                                0,
                                AT_PHDR,
                                boot.elf.phdr,
                                AT_PHENT,
                                boot.elf.phentsize,
                                AT_PHNUM,
                                boot.elf.phnum,
                                AT_PAGESZ,
                                FUT_PAGE_SIZE,
                                AT_RANDOM,
                                FUT_BOOTINFO_ADDRESS + offsetof(struct fut_bootinfo, entropy),
                                AT_NULL,
                                0};
    u64 sp = FUT_BOOT_STACK_TOP - (AUX_WORDS + 1) * 8, page;
    u32 i, frame = 0;

    for (page = FUT_BOOT_STACK_TOP - FUT_BOOT_STACK_SIZE; page < FUT_BOOT_STACK_TOP;
         page += FUT_PAGE_SIZE)
        frame = space_page(ROOT_DOMAIN, page, FUT_MAP_WRITE);
    for (i = 0; i < AUX_WORDS; i++)
        ram_frame(frame)[sp % FUT_PAGE_SIZE / 8 + i] = aux[i];
    threads[FIRST].reg[REG_SP] = sp;
}

/* Maps the pages that hold [pa, pa + size); the result is the address of the first byte. */
static u64 part_map(u64 address, u64 pa, u64 size, u32 *first, u32 *count)
{
    u64 page = page_of(pa);

    *first = (u32)((page >> FUT_PAGE_BITS) - nuc.ram_base);
    for (*count = 0; page < pa + size; page += FUT_PAGE_SIZE, *count += 1)
        space_frame(ROOT_DOMAIN, address + ((u64)*count << FUT_PAGE_BITS), *first + *count, 0);
    return address + pa % FUT_PAGE_SIZE;
}

static void info_loader(struct fut_bootinfo *info)
{
    u32 i;

    info->dtb_address = part_map(FUT_BOOT_DTB_ADDRESS, boot.dtb_pa, boot.dtb_size, &info->dtb_frame,
                                 &info->dtb_frames);
    info->dtb_size = boot.dtb_size;
    info->cpio_address = part_map(FUT_BOOT_CPIO_ADDRESS, boot.chosen.initrd_start, boot.cpio_size,
                                  &info->cpio_frame, &info->cpio_frames);
    info->cpio_size = boot.cpio_size;
    for (i = 0; boot.chosen.bootargs != NULL && boot.chosen.bootargs[i] != 0; i++) {
        if (i == FUT_BOOT_COMMAND - 1) boot_fail("command line", "too long");
        info->command_line[i] = boot.chosen.bootargs[i];
    }
    for (i = 0; i < boot.chosen.rng_seed_len && i < FUT_BOOT_ENTROPY; i++)
        info->entropy[i] = boot.chosen.rng_seed[i];
    info->entropy_size = i;
}

static void info_nucleus(struct fut_bootinfo *info)
{
    extern u8 image_text[], image_rodata[], image_data[], image_init_bss[];

    info->nucleus_text = (u64)(image_rodata - image_text);
    info->nucleus_rodata = (u64)(image_data - image_rodata);
    info->nucleus_data = (u64)(image_init_bss - image_data);
    info->windows.threads = nuc.thread_pages;
    info->windows.endpoints = nuc.endpoint_pages;
    info->windows.domains = nuc.domain_pages;
    info->windows.scs = nuc.sc_pages;
    info->windows.regions = nuc.region_pages;
    info->windows.vectors = nuc.vector_pages;
    info->windows.tables = domains[ROOT_DOMAIN].caps_pages;
    info->debug = CONFIG_DEBUG;
    info->cores = nuc.cores;
}

static void info_board(struct fut_bootinfo *info)
{
    u32 i;

    info->counter_hz = board.counter_hz;
    info->entry_ticks = boot.entry_ticks;
    info->uart_base = boot.uart_pa;
    info->uart_size = boot.uart_size;
    info->uart_irq = boot.uart_irq;
    for (i = 0; i < board.mmio_count && i < FUT_BOOT_MMIO; i++) {
        info->mmio[i].base = board.mmio[i].pfn;
        info->mmio[i].frames = board.mmio[i].frames;
    }
    info->mmio_count = i;
}

/* What is left becomes free, the image's boot parts with it; everything else that boot took is the
 * nucleus'. */
static void info_extents(struct fut_bootinfo *info)
{
    u32 i;
    u64 pfn;

    for (i = 0; i < boot.left.count; i++) {
        if (i == FUT_BOOT_EXTENTS) boot_fail("memory is in too many pieces", NULL);
        info->extent[i].frame = (u32)(boot.left.run[i].first - nuc.ram_base);
        info->extent[i].frames = (u32)(boot.left.run[i].end - boot.left.run[i].first);
        info->free_frames += info->extent[i].frames;
        for (pfn = boot.left.run[i].first; pfn < boot.left.run[i].end; pfn++)
            frame_set((u32)(pfn - nuc.ram_base), FUT_FRAME_FREE, 0);
    }
    info->extent_count = boot.left.count;
}

static u64 frames_kept(void)
{
    u32 i, frame;
    u64 pfn, kept = 0;

    for (i = 0; i < boot.all.count; i++)
        for (pfn = boot.all.run[i].first; pfn < boot.all.run[i].end; pfn++) {
            if (boot.left.count != 0 && pfn >= boot.left.run[0].first) return kept;
            frame = (u32)(pfn - nuc.ram_base);
            if (frame_kind(frame) == FUT_FRAME_RESERVED) frame_set(frame, FUT_FRAME_KOBJ, 0);
            kept += frame_kind(frame) == FUT_FRAME_KOBJ;
        }
    return kept;
}

void capmgr_load(void)
{
    extern u8 image_text[], image_init_bss[];
    u32 page;
    struct fut_bootinfo *info;

    segments_load();
    stack_load();
    page = space_page(ROOT_DOMAIN, FUT_BOOTINFO_ADDRESS, 0);
    info = (struct fut_bootinfo *)ram_frame(page);
    info->magic = FUT_BOOTINFO_MAGIC;
    info->version = FUT_BOOTINFO_VERSION;
    info->size = sizeof *info;
    info->ram_base = nuc.ram_base;
    info->ram_frames = nuc.ram_frames;
    info->image_low = boot.elf.low;
    info->image_high = boot.elf.high;
    info->stack_low = FUT_BOOT_STACK_TOP - FUT_BOOT_STACK_SIZE;
    info->stack_high = FUT_BOOT_STACK_TOP;
    info_loader(info);
    info_board(info);
    info_nucleus(info);
    info->nucleus_tables = frames_kept() << FUT_PAGE_BITS;
    ranges_add(&boot.left, boot.image_pa >> FUT_PAGE_BITS,
               (boot.image_pa + ((u64)image_text - IMAGE_BASE)) >> FUT_PAGE_BITS);
    ranges_add(&boot.left, (boot.image_pa + ((u64)image_init_bss - IMAGE_BASE)) >> FUT_PAGE_BITS,
               boot.image_end_pa >> FUT_PAGE_BITS);
    info_extents(info);
    threads[FIRST].reg[REG_ARGUMENT] = FUT_BOOTINFO_ADDRESS;
    threads[FIRST].reg[REG_PC] = boot.elf.entry;
    info->ready_ticks = arch_counter();
}
