/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the nucleus hands to the capability manager: one read-only page at FUT_BOOTINFO_ADDRESS,
 * whose address is also in x0 of the first thread. Everything in it was checked by the boot code.
 * All its addresses are addresses in the capability manager's own space; a frame is counted from
 * the first frame of RAM, as region offsets are.
 */
#ifndef FUTURA_BOOTINFO_H
#define FUTURA_BOOTINFO_H

#include <stdint.h>

#define FUT_BOOTINFO_MAGIC 0x31544f4f42545546 /* "FUTBOOT1", read as a little-endian word */
#define FUT_BOOTINFO_VERSION 1u
#define FUT_BOOTINFO_ADDRESS 0x7fffe0000000
#define FUT_BOOT_DTB_ADDRESS 0x7fffe0200000  /* the page that holds the tree's first byte */
#define FUT_BOOT_CPIO_ADDRESS 0x7f0000000000 /* the page that holds the archive's first byte */
#define FUT_BOOT_STACK_TOP 0x7ffff0000000    /* the first thread's stack ends here */
#define FUT_BOOT_STACK_SIZE 65536

#define FUT_BOOT_EXTENTS 96   /* free extents at most */
#define FUT_BOOT_MMIO 16      /* reserved device ranges at most */
#define FUT_BOOT_COMMAND 1024 /* bytes of the command line, NUL included */
#define FUT_BOOT_ENTROPY 64   /* bytes of seed at most */

/* A run of frames of type FREE. */
struct fut_boot_extent {
    uint32_t frame;  /* first frame */
    uint32_t frames; /* > 0 */
};

/* A device range that the nucleus keeps: obj_create of a region over it answers FUT_S_ARG. */
struct fut_boot_mmio {
    uint64_t base; /* first page frame number (not a frame of RAM) */
    uint64_t frames;
};

/* Backed pages of the nucleus' windows, each from the window's start. */
struct fut_boot_windows {
    uint32_t threads, endpoints, domains, scs, regions, vectors;
    uint32_t tables; /* pages of the capability manager's own capability table */
    uint32_t reserved;
};

struct fut_bootinfo {
    uint64_t magic;   /* FUT_BOOTINFO_MAGIC */
    uint32_t version; /* FUT_BOOTINFO_VERSION */
    uint32_t size;    /* bytes of this structure */

    uint64_t ram_base;    /* page frame number of frame 0 */
    uint64_t ram_frames;  /* frames of the region in FUT_BOOT_SLOT_RAM, holes included */
    uint64_t free_frames; /* sum over extent[] */

    uint64_t counter_hz;  /* ticks a second */
    uint64_t entry_ticks; /* counter at the nucleus' first instruction */
    uint64_t ready_ticks; /* counter when this page was finished */

    /* Read-only mappings of what the loader left. Their frames are USER and may be given away; the
       nucleus does not use them again. Address and frame are those of the first byte's page plus,
       for the address, the offset in it. */
    uint64_t dtb_address, dtb_size;
    uint64_t cpio_address, cpio_size;
    uint32_t dtb_frame, dtb_frames;
    uint32_t cpio_frame, cpio_frames;

    /* The capability manager's own image and stack, page-aligned; high is exclusive. */
    uint64_t image_low, image_high;
    uint64_t stack_low, stack_high;

    uint64_t uart_base; /* physical address of the console that the tree names; 0: none */
    uint64_t uart_size;
    uint32_t uart_irq; /* 0: none */
    uint32_t cores;    /* cores that run (1) */

    /* The nucleus' own size in bytes: of its image that stays, and of all tables, records and
     * windows that boot made. */
    uint64_t nucleus_text, nucleus_rodata, nucleus_data;
    uint64_t nucleus_tables;
    struct fut_boot_windows windows;

    uint32_t entropy_size; /* bytes of entropy[]; 0: the loader gave none */
    uint32_t debug;        /* 1: a build with invariant checks and debug_put */
    uint8_t entropy[FUT_BOOT_ENTROPY];
    char command_line[FUT_BOOT_COMMAND]; /* NUL-terminated; empty when there is none */

    uint32_t extent_count, mmio_count;
    struct fut_boot_extent extent[FUT_BOOT_EXTENTS]; /* ascending, disjoint */
    struct fut_boot_mmio mmio[FUT_BOOT_MMIO];
};

_Static_assert(sizeof(struct fut_bootinfo) <= 4096, "the boot information is one page");

#endif
