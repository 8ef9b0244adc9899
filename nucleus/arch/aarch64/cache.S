/* SPDX-License-Identifier: Apache-2.0 */
/* Work on one page: zeroing, and cache maintenance by address. x0 is the page's address in the RAM window. */
#include "futura/abi.h"

    .text

    .global frame_zero
frame_zero:
    add     x1, x0, #FUT_PAGE_SIZE
    mrs     x2, dczid_el0
    tbnz    x2, #4, 2f
    and     x2, x2, #15
    mov     x3, #4
    lsl     x3, x3, x2
    cmp     x3, #FUT_PAGE_SIZE
    b.hi    2f
1:  dc      zva, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    1b
    ret
2:  stp     xzr, xzr, [x0]
    stp     xzr, xzr, [x0, #16]
    stp     xzr, xzr, [x0, #32]
    stp     xzr, xzr, [x0, #48]
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    2b
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
