/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception vectors, and the way back to a thread.
 *
 * While a thread runs, SP_EL1 points at its saved registers (threads[cur].reg): an entry stores everything there
 * without a scratch register, and only then takes the core's stack. The nucleus runs with all exceptions masked; a
 * synchronous exception taken from its own level is a bug and ends in trap_kernel. Registers are named _EL1: with
 * VHE the same instructions reach EL2's. Keeps invariant 22 (every saved user state is safe to resume).
 */
#include "futura/abi.h"
#include "layout.h"

    .macro save_thread
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x0, sp_el0
    mrs     x1, elr_el1
    mrs     x2, spsr_el1
    mrs     x3, tpidr_el0
    stp     x30, x0, [sp, #8 * FUT_REG_SP - 8]
    stp     x1, x2, [sp, #8 * FUT_REG_PC]
    str     x3, [sp, #8 * FUT_REG_TLS]
    adrp    x4, kernel_stack_top
    add     x4, x4, :lo12:kernel_stack_top
    mov     sp, x4
    .endm

    .macro vector target
    .balign 128
    b       \target
    .endm

    .section .text.vectors, "ax"
    .global kernel_vectors
    .balign 2048
kernel_vectors:
    vector  from_kernel /* current level, SP_EL0: never used */
    vector  from_kernel
    vector  from_kernel
    vector  from_kernel
    vector  from_kernel /* current level */
    vector  from_kernel
    vector  from_kernel
    vector  from_kernel
    vector  thread_sync /* EL0, 64-bit */
    vector  thread_irq
    vector  thread_irq /* FIQ: some boards wire the timer there */
    vector  thread_serror
    vector  thread_sync /* EL0, 32-bit: cannot be entered; reported as a fault if it were */
    vector  thread_irq
    vector  thread_irq
    vector  thread_serror
    .balign 128

thread_sync:
    save_thread
    mrs     x0, esr_el1
    bl      trap_sync
    b       resume

thread_irq:
    save_thread
    bl      trap_irq
    b       resume

thread_serror:
    save_thread
    mrs     x0, esr_el1
    bl      trap_serror
    b       resume

from_kernel:
    adrp    x4, kernel_stack_top
    add     x4, x4, :lo12:kernel_stack_top
    mov     sp, x4
    mrs     x0, esr_el1
    mrs     x1, elr_el1
    mrs     x2, far_el1
    b       trap_kernel

/* entry_start(thread): leave boot for ever. Its code and data vanish here, so nothing of it may be on the stack. */
    .global entry_start
entry_start:
    adrp    x4, kernel_stack_top
    add     x4, x4, :lo12:kernel_stack_top
    mov     sp, x4
    mov     x19, x0
    bl      kernel_discard_init
    mov     x0, x19

/* w0: the thread to run, or NIL. */
resume:
    bl      trap_resume
    adrp    x1, threads
    add     x1, x1, :lo12:threads
    .if FUT_SIZE_THREAD != 1024
    .error "a thread record is 1024 bytes"
    .endif
    add     x0, x1, x0, lsl #10
    add     x0, x0, #FUT_OFF_THREAD_REG
    mov     sp, x0
    ldp     x1, x2, [sp, #8 * FUT_REG_PC]
    ldr     x3, [sp, #8 * FUT_REG_TLS]
    ldp     x30, x4, [sp, #8 * FUT_REG_SP - 8]
    msr     elr_el1, x1
    msr     spsr_el1, x2
    msr     tpidr_el0, x3
    msr     sp_el0, x4
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    eret
    dsb     nsh /* no speculation past the return */
    isb

/* The core's stack, above a page that the final tables leave out. */
    .section .bss.stack, "aw", %nobits
    .balign 4096
    .global kernel_stack_guard
kernel_stack_guard:
    .skip   4096
    .skip   KERNEL_STACK_SIZE
    .global kernel_stack_top
kernel_stack_top:
