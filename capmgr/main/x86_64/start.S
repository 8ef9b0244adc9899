/* SPDX-License-Identifier: Apache-2.0 */
/* First instruction of the capability manager: the nucleus made the stack; rdi is the boot page. */
    .section .text.start, "ax"
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    call capmgr_main
1:  ud2
    jmp 1b
    .size _start, . - _start
    .section .note.GNU-stack, "", @progbits
