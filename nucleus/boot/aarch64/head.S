/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image's first instructions: the header of the arm64 boot protocol, the way down from EL2, and the MMU.
 *
 * Entered by the loader with the MMU off, the tree's address in x0, at any address that is a multiple of 2 MiB, at
 * EL1 or EL2. Everything before the jump to the high addresses is relative to the program counter. EL2 without VHE is
 * left for EL1; EL2 with VHE (HCR_EL2.E2H set by the firmware, on some processors for ever) is kept, since there the
 * _EL1 names reach EL2's registers.
 *
 *      x19 tree   x20 image (physical)   x21 entry level   x22 counter at entry
 */
#include "../../arch/aarch64/layout.h"

#define HCR_E2H_BIT 34
#define HCR_EL1 (1 << 31)                           /* RW: EL1 runs AArch64 */
#define HCR_AUTH (3 << 40)                          /* API, APK: no traps of pointer authentication */
#define HCR_VHE ((1 << 34) | (1 << 31) | (1 << 27)) /* E2H, RW, TGE */
#define SPSR_EL1H 0x3c5

    .macro load_address register, symbol
    adrp    \register, \symbol
    add     \register, \register, :lo12:\symbol
    .endm

    .macro load_wide register, value
    movz    \register, #((\value) & 0xffff)
    movk    \register, #(((\value) >> 16) & 0xffff), lsl #16
    movk    \register, #(((\value) >> 32) & 0xffff), lsl #32
    movk    \register, #(((\value) >> 48) & 0xffff), lsl #48
    .endm

    .section .init.head, "ax"
    .global _start
_start:
    b       boot_entry
    .long   0
    .quad   0             /* text_offset */
    .quad   image_size    /* memory that the image needs, zeroed parts included */
    .quad   0xa           /* little-endian, 4 KiB pages, anywhere in memory */
    .quad   0
    .quad   0
    .quad   0
    .ascii  "ARM\x64"
    .long   0

boot_entry:
    msr     daifset, #15
    mov     x19, x0
    load_address x20, _start
    mrs     x21, CurrentEL
    lsr     x21, x21, #2
    cmp     x21, #2
    b.ne    boot_level_done
    mrs     x0, hcr_el2
    tbnz    x0, #HCR_E2H_BIT, boot_vhe

/* EL2 without VHE: nothing of EL2 stays in the way, then down. */
    load_wide x0, (HCR_EL1 | HCR_AUTH)
    msr     hcr_el2, x0
    isb
    mov     x0, #3        /* EL1 may use the physical counter and timer */
    msr     cnthctl_el2, x0
    mov     x0, #0x33ff   /* no traps of vector instructions */
    msr     cptr_el2, x0
    bl      boot_el2_common
    load_wide x0, SCTLR_RES1
    msr     sctlr_el1, x0
    mov     x0, #SPSR_EL1H
    msr     spsr_el2, x0
    load_address x0, boot_level_done
    msr     elr_el2, x0
    eret

boot_vhe:
    load_wide x0, (HCR_VHE | HCR_AUTH)
    msr     hcr_el2, x0
    isb
    mov     x0, #(3 << 10)
    msr     cnthctl_el2, x0
    bl      boot_el2_common
    b       boot_level_done

/* What EL2 needs either way. */
boot_el2_common:
    msr     cntvoff_el2, xzr
    msr     hstr_el2, xzr
    msr     vttbr_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mrs     x0, id_aa64dfr0_el1
    ubfx    x1, x0, #8, #4 /* performance monitor: all its counters are EL1's */
    mov     x2, #0
    cbz     x1, 1f
    cmp     x1, #15
    b.eq    1f
    mrs     x2, pmcr_el0
    ubfx    x2, x2, #11, #5
1:  msr     mdcr_el2, x2
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4 /* GIC system registers: use them, and let EL1 */
    cbz     x0, 2f
    mrs     x0, s3_4_c12_c9_5
    mov     x2, #9
    orr     x0, x0, x2
    msr     s3_4_c12_c9_5, x0
    isb
    msr     s3_4_c12_c11_0, xzr /* ICH_HCR_EL2 */
2:  ret

boot_level_done:
    mrs     x22, cntvct_el0

/* Zero what the file does not hold; stale lines of it may be in the cache while it is off. */
    load_address x0, image_bss
    load_address x1, image_end
    bl      boot_zero

/* First tables: the image where it lies (in TTBR0) and where it is linked (in TTBR1), one 2 MiB block each. */
    load_wide x6, ((MAIR_WB << PTE_ATTR_SHIFT) | PTE_BLOCK | PTE_INNER | PTE_AF)
    orr     x6, x6, x20
    load_address x0, boot_low_root
    load_address x1, boot_low_l1
    load_address x2, boot_low_l2
    mov     x5, x20
    bl      boot_map
    load_address x0, boot_high_root
    load_address x1, boot_high_l1
    load_address x2, boot_high_l2
    load_wide x5, IMAGE_BASE
    bl      boot_map
    load_address x0, boot_tables
    load_address x1, boot_tables_end
    bl      boot_uncache
    dsb     sy

/* Translation on. */
    load_wide x0, MAIR_VALUE
    msr     mair_el1, x0
    mrs     x1, id_aa64mmfr0_el1
    and     x1, x1, #15
    cmp     x1, #5        /* 48 bits is what the tables hold */
    mov     x2, #5
    csel    x1, x1, x2, ls
    load_wide x0, TCR_VALUE
    orr     x0, x0, x1, lsl #32
    msr     tcr_el1, x0
    load_address x0, boot_low_root
    msr     ttbr0_el1, x0
    load_address x0, boot_high_root
    msr     ttbr1_el1, x0
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    mrs     x1, id_aa64mmfr1_el1
    ubfx    x1, x1, #20, #4
    load_wide x0, SCTLR_BOOT
    cbz     x1, 1f
    bic     x0, x0, #SCTLR_SPAN /* PAN is set by every exception */
1:  msr     sctlr_el1, x0
    isb
    ldr     x0, =boot_high
    br      x0

boot_high:
    adrp    x0, kernel_vectors
    add     x0, x0, :lo12:kernel_vectors
    msr     vbar_el1, x0
    msr     oslar_el1, xzr
    msr     cpacr_el1, xzr
    msr     tpidrro_el0, xzr
    mov     x0, #(1 << 12)
    msr     mdscr_el1, x0
    mrs     x0, id_aa64dfr0_el1
    ubfx    x1, x0, #8, #4
    cbz     x1, 1f
    cmp     x1, #15
    b.eq    1f
    msr     pmuserenr_el0, xzr
1:  mrs     x0, id_aa64mmfr1_el1
    ubfx    x0, x0, #20, #4
    cbz     x0, 2f
    .inst   0xd500419f    /* msr pan, #1 */
2:  isb
    load_address x0, boot_stack_top
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    mov     x1, x20
    mov     x2, x21
    mov     x3, x22
    b       boot_main

/* Zero x0 up to x1 (both multiples of 16); then, or alone as boot_uncache, drop stale cached lines of it. */
boot_zero:
    mov     x2, x0
1:  cmp     x2, x1
    b.hs    2f
    stp     xzr, xzr, [x2], #16
    b       1b
2:
boot_uncache:
    dmb     sy
    mrs     x3, ctr_el0
    ubfx    x3, x3, #16, #4
    mov     x4, #4
    lsl     x3, x4, x3
3:  dc      ivac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    3b
    dsb     sy
    ret

/* Map the 2 MiB block descriptor x6 at x5 through the tables x0 (root), x1, x2. */
boot_map:
    orr     x3, x1, #PTE_TABLE
    ubfx    x4, x5, #39, #9
    str     x3, [x0, x4, lsl #3]
    orr     x3, x2, #PTE_TABLE
    ubfx    x4, x5, #30, #9
    str     x3, [x1, x4, lsl #3]
    ubfx    x4, x5, #21, #9
    str     x6, [x2, x4, lsl #3]
    ret

/* boot_switch(root): the final tables of the high half. The switch runs at low addresses, with no high table loaded in
   between, so that the image's block and page translations never meet. From here on writable means not executable. */
    .global boot_switch
boot_switch:
    adrp    x1, boot_empty_table
    add     x1, x1, :lo12:boot_empty_table
    load_wide x2, IMAGE_BASE
    adrp    x3, boot_image_pa
    ldr     x3, [x3, :lo12:boot_image_pa]
    sub     x1, x1, x2
    add     x1, x1, x3
    adrp    x4, 1f
    add     x4, x4, :lo12:1f
    sub     x4, x4, x2
    add     x4, x4, x3
    br      x4
1:  msr     ttbr1_el1, x1
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    msr     ttbr1_el1, x0
    isb
    br      x30

/* boot_write_protect(): nothing is writable and executable any more. */
    .global boot_write_protect
boot_write_protect:
    mrs     x0, sctlr_el1
    orr     x0, x0, #SCTLR_WXN
    msr     sctlr_el1, x0
    isb
    tlbi    vmalle1
    dsb     nsh
    isb
    ret

    .section .init.bss, "aw", %nobits
    .balign 4096
    .global boot_low_root
boot_low_root:
boot_tables:
    .skip   4096
    .global boot_low_l1
boot_low_l1:
    .skip   4096
    .global boot_low_l2
boot_low_l2:
    .skip   4096
boot_high_root:
    .skip   4096
boot_high_l1:
    .skip   4096
boot_high_l2:
    .skip   4096
boot_tables_end:
boot_empty_table:
    .skip   4096
    .skip   16384
    .balign 4096
boot_stack_top:
