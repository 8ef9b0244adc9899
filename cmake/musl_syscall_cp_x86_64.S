/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cancellation point for musl: long __syscall_cp_asm(volatile int *cancel, nr, a, b, c, d, e, f).
 * Six arguments come in registers (cancel, nr, a, b, c, d), e and f on the stack.
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
    .type __syscall_cp_asm, @function
__syscall_cp_asm:
__cp_begin:
    mov (%rdi), %eax
    test %eax, %eax
    jnz __cp_cancel
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %rcx
    mov %r9, %r8
    mov 8(%rsp), %r9
    mov 16(%rsp), %rax
    push %rax
    call __os_syscall
    add $8, %rsp
    ret
__cp_end:
    nop
__cp_cancel:
    jmp __cancel
    .section .note.GNU-stack, "", @progbits
