/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls, exceptions and interrupts, and the way back to a thread.
 *
 * While a thread runs, the kernel's gs leads to struct core, whose `reg` is the thread's saved registers: an entry
 * stores everything there and then takes the core's stack. The nucleus runs with interrupts off, but for the wait of
 * an idle core. Debug exceptions, NMI, double fault and machine check have stacks of their own: none of them can hit a
 * user's stack pointer while the nucleus has it loaded. NMI needs no gs, whatever it interrupts. Keeps invariant 22.
 * Where users' roots lack the nucleus (kernel_map.c), entries load its own first, and exits the user's last.
 */
#include "futura/abi.h"
#include "layout.h"

#define W(n) (8 * (n))

    .macro save_most base /* all but rsp, rdi and what the processor has saved */
    mov     %rax, W(REG_RAX)(\base)
    mov     %rcx, W(REG_RCX)(\base)
    mov     %rdx, W(REG_RDX)(\base)
    mov     %rbx, W(REG_RBX)(\base)
    mov     %rbp, W(REG_RBP)(\base)
    mov     %rsi, W(REG_RSI)(\base)
    mov     %r8, W(REG_R8)(\base)
    mov     %r9, W(REG_R8 + 1)(\base)
    mov     %r10, W(REG_R8 + 2)(\base)
    mov     %r11, W(REG_R8 + 3)(\base)
    mov     %r12, W(REG_R8 + 4)(\base)
    mov     %r13, W(REG_R8 + 5)(\base)
    mov     %r14, W(REG_R8 + 6)(\base)
    mov     %r15, W(REG_R8 + 7)(\base)
    .endm

    .macro  root_load which register /* the root of that name, if there is one of its own */
    mov     %gs:\which, \register
    test    \register, \register
    jz      .Lroot\@
    mov     \register, %cr3
.Lroot\@:
    .endm

    .section .shared.text, "ax"
    .global entry_syscall
    .balign 64
entry_syscall:
    swapgs
    mov     %rsp, %gs:CORE_USER_RSP
    root_load CORE_KERNEL_ROOT %rsp
    mov     %gs:CORE_REG, %rsp
    save_most %rsp
    mov     %rdi, W(REG_RDI)(%rsp)
    mov     %rcx, W(FUT_REG_PC)(%rsp)
    mov     %r11, W(FUT_REG_PSTATE)(%rsp)
    mov     %gs:CORE_USER_RSP, %rax
    mov     %rax, W(FUT_REG_SP)(%rsp)
    mov     %gs:CORE_STACK, %rsp
    call    trap_syscall
    jmp     resume

/* One entry a vector, 16 bytes apart: error code, or 0, and the vector. */
    .balign 16
    .global entry_vectors
entry_vectors:
    .set    vector, 0
    .rept   256
    .balign 16
    .if vector == VECTOR_NMI
    jmp     entry_nmi
    .else
    .if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
    pushq   $0
    .endif
    pushq   $vector
    jmp     entry_trap
    .endif
    .set    vector, vector + 1
    .endr

/* Nothing in this system raises it: it is counted. */
    .balign 16
entry_nmi:
    lock incl nmi_count(%rip)
    iretq

/* Stack: vector, error, then rip, cs, flags, rsp, ss. */
entry_trap:
    testb   $3, 24(%rsp)
    jz      from_kernel
    swapgs
    push    %rdi
    root_load CORE_KERNEL_ROOT %rdi
    mov     %gs:CORE_REG, %rdi
    save_most %rdi
    mov     (%rsp), %rax
    mov     24(%rsp), %rcx
    mov     40(%rsp), %rdx
    mov     48(%rsp), %rsi
    mov     %rax, W(REG_RDI)(%rdi)
    mov     %rcx, W(FUT_REG_PC)(%rdi)
    mov     %rdx, W(FUT_REG_PSTATE)(%rdi)
    mov     %rsi, W(FUT_REG_SP)(%rdi)
    movq    $KIND_FULL, W(REG_KIND)(%rdi)
    mov     8(%rsp), %edi
    mov     16(%rsp), %rsi
    mov     %gs:CORE_STACK, %rsp
    cld
    cmpb    $0, %gs:CORE_SMAP
    je      1f
    clac
1:  call    trap_entry

/* eax: the thread to run, or 0. */
resume:
    mov     %eax, %edi
    call    trap_resume
    .if FUT_SIZE_THREAD != 1024
    .error "a thread record is 1024 bytes"
    .endif
    mov     %eax, %eax
    shl     $10, %rax
    lea     threads + FUT_OFF_THREAD_REG(%rax), %rdi
    mov     %rdi, %gs:CORE_REG
    cmpb    $KIND_FULL, W(REG_KIND)(%rdi)
    mov     W(REG_RAX)(%rdi), %rax
    mov     W(REG_RDX)(%rdi), %rdx
    mov     W(REG_RBX)(%rdi), %rbx
    mov     W(REG_RBP)(%rdi), %rbp
    mov     W(REG_RSI)(%rdi), %rsi
    mov     W(REG_R8)(%rdi), %r8
    mov     W(REG_R8 + 1)(%rdi), %r9
    mov     W(REG_R8 + 2)(%rdi), %r10
    mov     W(REG_R8 + 4)(%rdi), %r12
    mov     W(REG_R8 + 5)(%rdi), %r13
    mov     W(REG_R8 + 6)(%rdi), %r14
    mov     W(REG_R8 + 7)(%rdi), %r15
    je      1f
    mov     W(FUT_REG_PC)(%rdi), %rcx       /* trap_resume saw that it is a user's */
    mov     W(FUT_REG_PSTATE)(%rdi), %r11
    mov     W(FUT_REG_SP)(%rdi), %rsp
    mov     W(REG_RDI)(%rdi), %rdi
    mov     %rsp, %gs:CORE_USER_RSP
    root_load CORE_USER_ROOT %rsp
    mov     %gs:CORE_USER_RSP, %rsp
    swapgs
    sysretq
1:  lea     entry_stack_top(%rip), %rsp
    pushq   $SELECTOR_USER_DATA
    pushq   W(FUT_REG_SP)(%rdi)
    pushq   W(FUT_REG_PSTATE)(%rdi)
    pushq   $SELECTOR_USER_CODE
    pushq   W(FUT_REG_PC)(%rdi)
    mov     W(REG_RCX)(%rdi), %rcx
    mov     W(REG_R8 + 3)(%rdi), %r11
    pushq   W(REG_RDI)(%rdi)
    root_load CORE_USER_ROOT %rdi
    pop     %rdi
    swapgs
    iretq

/* An interrupt ends the wait of entry_idle, which is the only place where they are on; it says which, they stay off, and
   the wait is over even if it had not begun (an NMI may come between sti and hlt). A debug exception is some user's trap that came late: not again. All else is a bug. */
from_kernel:
    cmpq    $VECTOR_FIRST, (%rsp)
    jb      1f
    push    %rax
    mov     8(%rsp), %eax
    mov     %eax, idle_vector(%rip)
    lea     idle_over(%rip), %rax
    mov     %rax, 24(%rsp)
    pop     %rax
    andq    $~FLAGS_IF, 32(%rsp)
    add     $16, %rsp
    iretq
1:  cmpq    $VECTOR_DEBUG, (%rsp)
    jne     2f
    andq    $~FLAGS_TF, 32(%rsp)
    add     $16, %rsp
    iretq
2:  mov     core + CORE_KERNEL_ROOT(%rip), %rax /* gs may be a user's, and so may the root */
    test    %rax, %rax
    jz      3f
    mov     %rax, %cr3
3:  mov     (%rsp), %edi
    mov     8(%rsp), %rsi
    mov     16(%rsp), %rdx
    and     $-16, %rsp
    call    trap_kernel

    .global entry_idle
entry_idle:
    movl    $0, idle_vector(%rip)
    sti
    hlt
idle_over:
    cli
    mov     idle_vector(%rip), %eax
    ret

/* entry_start(thread): leave boot for ever. Its code and data vanish here, so nothing of it may be on the stack. */
    .global entry_start
entry_start:
    lea     kernel_stack_top(%rip), %rsp
    mov     %edi, %ebx
    call    kernel_discard_init
    mov     %ebx, %eax
    jmp     resume

    .bss
    .balign 4
idle_vector:
    .skip   4

/* The core's stack, above a page that the final tables leave out. */
    .section .bss.stack, "aw", %nobits
    .balign 4096
    .global kernel_stack_guard
kernel_stack_guard:
    .skip   4096
    .skip   KERNEL_STACK_SIZE
    .global kernel_stack_top
kernel_stack_top:

/* What users' roots have as well: the stack of entries, and those of debug exception, NMI, double fault and machine
   check. */
    .section .shared.data, "aw"
    .global nmi_count
nmi_count:
    .long   0
    .balign 16
    .skip   ENTRY_STACK_SIZE
    .global entry_stack_top
entry_stack_top:
    .global fault_stacks
fault_stacks:
    .skip   FAULT_STACK_SIZE * FAULT_STACKS
    .section .note.GNU-stack, "", %progbits
