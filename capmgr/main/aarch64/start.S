/* SPDX-License-Identifier: Apache-2.0 */
/* First instruction of the capability manager: the nucleus made the stack; x0 is the boot page. */
    .section .text.start, "ax"
    .globl _start
    .type _start, %function
_start:
    mov x29, xzr
    mov x30, xzr
    bl capmgr_main
1:  brk #1
    b 1b
    .size _start, . - _start
    .section .note.GNU-stack, "", %progbits
