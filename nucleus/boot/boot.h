/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of boot share. Boot runs once, on one core, before any thread; its code and data
 * become free frames afterwards. Whatever it reads from the loader is hostile until checked; on any
 * error it says one line on the early console and switches the machine off.
 */
#ifndef NUCLEUS_BOOT_H
#define NUCLEUS_BOOT_H

#include "arch.h"
#include "boot/cpio.h"
#include "boot/elf.h"
#include "boot/fdt.h"
#include "futura/bootinfo.h"

#define BOOT_RANGES_MAX 96

/* Ascending, disjoint, not adjacent runs of page frame numbers. */
struct boot_ranges {
    u32 count;
    struct {
        u64 first, end;
    } run[BOOT_RANGES_MAX];
};

/* Everything that boot found out. */
struct boot {
    u64 image_pa, image_end_pa;
    u64 entry_ticks;
    u32 level; /* exception level of entry; on x86-64, who entered (arch/x86_64/layout.h) */

    struct fdt fdt;
    u64 dtb_pa, dtb_size;
    struct fdt_chosen chosen;
    u64 uart_pa, uart_size;
    u32 uart_irq;
    struct fdt_gic gic;
    bool timer_physical; /* the virtual comparator has no interrupt */

    struct boot_ranges banks;  /* all RAM */
    struct boot_ranges usable; /* RAM less reservations, plus tree and archive */
    struct boot_ranges all;    /* what boot may allocate from, before it did */
    struct boot_ranges left;   /* what it has not allocated */

    const u8 *cpio; /* the archive, where boot sees it */
    u64 cpio_size;
    const u8 *capmgr;
    struct elf_image elf;
};

extern struct boot boot;

/* --- report.c --- */
void boot_console(u64 va); /* 0: none */
void boot_text(const char *text);
void boot_fail(const char *what, const char *detail) __attribute__((noreturn));

/* --- ranges.c --- */
void ranges_add(struct boot_ranges *r, u64 first, u64 end);
void ranges_subtract(struct boot_ranges *r, u64 first, u64 end);
bool ranges_cover(const struct boot_ranges *r, u64 first, u64 end);
/* a part that the loader left becomes usable */
void boot_part(const char *name, u64 base, u64 size);
u64 boot_alloc(void); /* one frame: its page frame number; fails for good when there is none */

/* --- tree.c, x86_64/loader.c: what the loader left --- */
void loader_open(u64 pa);
void loader_console(void);
void loader_devices(void);
void loader_memory(void);

/* --- archive.c --- */
void archive_open(void);

/* --- space.c: the capability manager's address space --- */
void space_create(u32 domain);
u32 space_page(u32 domain, u64 address, u32 flags);              /* a fresh frame there */
void space_frame(u32 domain, u64 address, u32 frame, u32 flags); /* this frame there */

/* --- objects.c, capmgr.c --- */
void objects_create(void);
void windows_create(void);
void capmgr_load(void);

/* --- aarch64/tables.c, x86_64/tables.c --- */
void *boot_physical(u64 pa, u64 size);   /* RAM through the identity map */
u64 boot_device(u64 pa, u64 size);       /* a device, likewise */
void boot_memory_map(void);              /* all RAM into the identity map */
u64 boot_table_entry(u64 pa);            /* an entry of the nucleus that names a table */
u64 boot_ram_entry(u64 pfn, bool large); /* a leaf of the RAM window */
bool boot_has_giant(void);               /* leaves of 1 GiB */
void boot_tables_switch(void);           /* the final tables are complete: from now on they hold */

/* --- ram.c --- */
void boot_kernel_tables(void); /* build the final tables and switch to them */
void boot_window_page(u64 address, u64 pfn, u32 kind); /* pfn 0: a fresh frame */

/* --- aarch64/devices.c, x86_64/devices.c --- */
void devices_start(void);

#endif
