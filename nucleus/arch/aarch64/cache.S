/* SPDX-License-Identifier: Apache-2.0 */
/* Work on one page: zeroing, and cache maintenance by address. x0 is the page's address in the RAM window. */
#include "futura/abi.h"

    .text

/* Not by `dc zva`: QEMU 7.2 drops of its translations of a page only those at the first byte of each
 * block that dc zva clears. The others make every later write to the page a slow one, for as long as
 * it is data: a program whose stack was another's text once ran fifty times slower. */
    .global frame_zero
frame_zero:
    add     x1, x0, #FUT_PAGE_SIZE
1:  .irp    at, 0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240
    stp     xzr, xzr, [x0, #\at]
    .endr
    add     x0, x0, #256
    cmp     x0, x1
    b.lo    1b
    ret

/* x3 = line size from CTR_EL0's field at bit \shift */
    .macro line_size shift
    ubfx    x3, x2, #\shift, #4
    mov     x4, #4
    lsl     x3, x4, x3
    .endm

    .global cache_page_clean_invalidate
cache_page_clean_invalidate:
    mrs     x2, ctr_el0
    line_size 16
    add     x1, x0, #FUT_PAGE_SIZE
1:  dc      civac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret

    .global cache_page_icache
cache_page_icache:
    mrs     x2, ctr_el0
    mov     x5, x0
    add     x1, x0, #FUT_PAGE_SIZE
    tbnz    x2, #28, 2f             /* IDC: no data cache clean needed */
    line_size 16
1:  dc      cvau, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    1b
2:  dsb     ish
    tbnz    x2, #29, 5f             /* DIC: no instruction cache invalidation needed */
    ubfx    x3, x2, #14, #2
    cmp     x3, #3                  /* PIPT: by any alias */
    b.ne    4f
    line_size 0
3:  ic      ivau, x5
    add     x5, x5, x3
    cmp     x5, x1
    b.lo    3b
    b       5f
4:  ic      ialluis
5:  dsb     ish
    isb
    ret
