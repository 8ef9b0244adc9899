/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cancellation point for musl: long __syscall_cp_asm(volatile int *cancel, nr, a, b, c, d, e, f).
 * A signal handler would compare the program counter with __cp_begin and __cp_end; the system call
 * itself is the tail call to the system glue.
 */
    .global __cp_begin
    .hidden __cp_begin
    .global __cp_end
    .hidden __cp_end
    .global __cp_cancel
    .hidden __cp_cancel
    .hidden __cancel
    .global __syscall_cp_asm
    .hidden __syscall_cp_asm
    .type __syscall_cp_asm, %function
__syscall_cp_asm:
__cp_begin:
    ldr w0, [x0]
    cbnz w0, __cp_cancel
    mov x0, x1
    mov x1, x2
    mov x2, x3
    mov x3, x4
    mov x4, x5
    mov x5, x6
    mov x6, x7
    b __os_syscall
__cp_end:
    nop
__cp_cancel:
    b __cancel
    .section .note.GNU-stack, "", %progbits
