/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the suite: x0 is the boot information. The stack is the one that boot gave. */
    .section .text.start, "ax"
    .global _start
_start:
    mov x29, xzr
    mov x30, xzr
    bl suite_main
1:  b 1b
    .section .note.GNU-stack, "", %progbits
