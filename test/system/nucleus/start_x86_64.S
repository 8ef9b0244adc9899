/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the suite: rdi is the boot information. The stack is the one that boot gave. */
    .section .text.start, "ax"
    .global _start
_start:
    xor     %ebp, %ebp
    call    suite_main
1:  jmp     1b
    .section .note.GNU-stack, "", %progbits
