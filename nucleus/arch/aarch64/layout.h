/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' half of every address space on aarch64 (48 bits, 4 KiB pages, TTBR1). Used by C,
 * assembly and the linker script, so plain numbers only.
 *
 *      0xffff000000000000   all RAM, never executable: frame f at RAM_WINDOW + f * 4096
 *      0xffffffff00000000   frames      1 GiB      0xffffffffc0000000   vectors   256 MiB
 *      0xffffffff40000000   slots       1 GiB      0xffffffffd0000000   domains     2 MiB
 *      0xffffffff80000000   the image   2 MiB      0xffffffffd1000000   scs        16 MiB
 *      0xffffffff90000000   threads   256 MiB      0xffffffffd3000000   regions     8 MiB
 *      0xffffffffb0000000   endpoints  64 MiB      0xffffffffe0000000   devices of the nucleus
 *
 * The top 4 GiB have four fixed level-2 tables. Every 2 MiB of them start with one shared level-3
 * table that maps one frame of zeros, read-only.
 */
#ifndef AARCH64_LAYOUT_H
#define AARCH64_LAYOUT_H

#define RAM_WINDOW 0xffff000000000000
#define TOP_WINDOW 0xffffffff00000000 /* the first byte that the four level-2 tables cover */
#define FRAMES_WINDOW 0xffffffff00000000
#define SLOTS_WINDOW 0xffffffff40000000
#define IMAGE_BASE 0xffffffff80000000
#define IMAGE_SIZE_MAX 0x200000
#define THREADS_WINDOW 0xffffffff90000000
#define ENDPOINTS_WINDOW 0xffffffffb0000000
#define VECTORS_WINDOW 0xffffffffc0000000
#define DOMAINS_WINDOW 0xffffffffd0000000
#define SCS_WINDOW 0xffffffffd1000000
#define REGIONS_WINDOW 0xffffffffd3000000
#define DEVICE_WINDOW 0xffffffffe0000000
#define DEVICE_UART DEVICE_WINDOW                 /* one page; debug builds */
#define DEVICE_GIC_DIST (DEVICE_WINDOW + 0x10000) /* 64 KiB */
#define DEVICE_GIC_CPU (DEVICE_WINDOW + 0x20000)  /* 64 KiB: v2 CPU interface */

/* Indices into MAIR_EL1, and its value: write-back, non-cacheable, Device-nGnRnE. */
#define MAIR_WB 0
#define MAIR_NC 1
#define MAIR_DEVICE 2
#define MAIR_VALUE 0x0044ff

#define KERNEL_STACK_SIZE 4096

/* SCTLR_EL1 with the MMU on; WXN comes with the final tables, SPAN goes where PAN exists.
   RES1 | M | C | SA | SA0 | ITD | SED | I | DZE | UCT | nTWI | nTWE | UCI */
#define SCTLR_RES1 0x30d00800
#define SCTLR_BOOT                                                                                 \
    (SCTLR_RES1 | 0x1 | 0x4 | 0x8 | 0x10 | 0x80 | 0x100 | 0x1000 | 0x4000 | 0x8000 | 0x10000 |     \
     0x40000 | 0x4000000)
#define SCTLR_WXN (1 << 19)
#define SCTLR_SPAN (1 << 23)

/* TCR_EL1: T0SZ = T1SZ = 16, walks write-back inner shareable, 4 KiB granules. IPS is added at run
 * time. */
#define TCR_VALUE                                                                                  \
    ((16 << 0) | (1 << 8) | (1 << 10) | (3 << 12) | (16 << 16) | (1 << 24) | (1 << 26) |           \
     (3 << 28) | (2 << 30))

/* Descriptor bits. */
#define PTE_VALID (1 << 0)
#define PTE_TABLE (3 << 0) /* a table, or at level 3 a page */
#define PTE_BLOCK (1 << 0)
#define PTE_ATTR_SHIFT 2
#define PTE_USER (1 << 6)
#define PTE_READ_ONLY (1 << 7)
#define PTE_INNER (3 << 8)
#define PTE_AF (1 << 10)
#define PTE_NG (1 << 11)
#define PTE_PXN_BIT 53
#define PTE_UXN_BIT 54
#define PTE_PXN_TABLE_BIT 59
#define ENTRY_ADDRESS 0x0000fffffffff000 /* of a table or page, in an entry */

#endif
