/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trap of a system call on x86-64, for futura/syscall.h: `syscall`, with eax = number | slot
 * << 8. What abi/abi.tab calls x0 to x4 are rdi, rsi, rdx, r10, r8, in and out; x9 is r9; the
 * status (x11) comes back in rax.
 *
 * Narrow calls (call, reply, send, notify, irq_ack, yield, clock) have no other words and preserve
 * rbx, rbp and r12 to r15. Wide calls (recv, reply_recv, every control call) take x5 to x7 in r13
 * to r15, and answer there as well, x8 in rbx and x10 in r12. rcx, r11 and
 * the flags are clobbered, vector registers are preserved; what carries no result comes back as
 * zero.
 */
#ifndef FUTURA_SYSCALL_X86_64_H
#define FUTURA_SYSCALL_X86_64_H

/* Saved registers (thread_regs) of this processor: words 0 to 11 are the arguments and results of a
 * system call (x0 to x11), these are the processor's own. */
#define FUT_REG_RAX 12
#define FUT_REG_RCX 13
#define FUT_REG_RDX 14
#define FUT_REG_RBX 15
#define FUT_REG_RBP 16
#define FUT_REG_RSI 17
#define FUT_REG_RDI 18
#define FUT_REG_R8 19 /* to r15 in word 26 */
#define FUT_REG_GS_BASE 27
#define FUT_REG_ARGUMENT FUT_REG_RDI

#define FUT_SYSCALL_SLOT_SHIFT 8

#define FUT_SYSCALL_IS_WIDE(number)                                                                \
    ((number) == FUT_SYS_RECV || (number) == FUT_SYS_REPLY_RECV || (number) > FUT_SYS_CLOCK)

/* The words of one system call. They start as zero, so that no register leaves by accident. */
#define FUT_SVC_REGISTERS                                                                          \
    uint64_t x0 = 0, x1 = 0, x2 = 0, x3 = 0, x4 = 0, x5 = 0, x6 = 0, x7 = 0, x8 = 0, x9 = 0,       \
             x10 = 0, x11 = 0

#define FUT_SVC(number)                                                                            \
    do {                                                                                           \
        register uint64_t fut_r10 __asm__("r10") = x3;                                             \
        register uint64_t fut_r8 __asm__("r8") = x4;                                               \
        register uint64_t fut_r9 __asm__("r9") = x9;                                               \
        uint64_t fut_rax = (number) | x8 << FUT_SYSCALL_SLOT_SHIFT;                                \
                                                                                                   \
        if (FUT_SYSCALL_IS_WIDE(number)) {                                                         \
            register uint64_t fut_r12 __asm__("r12") = 0;                                          \
            register uint64_t fut_r13 __asm__("r13") = x5;                                         \
            register uint64_t fut_r14 __asm__("r14") = x6;                                         \
            register uint64_t fut_r15 __asm__("r15") = x7;                                         \
                                                                                                   \
            __asm__ volatile("syscall"                                                             \
                             : "+a"(fut_rax), "+D"(x0), "+S"(x1), "+d"(x2), "+r"(fut_r10),         \
                               "+r"(fut_r8), "+r"(fut_r9), "+b"(x8), "+r"(fut_r12), "+r"(fut_r13), \
                               "+r"(fut_r14), "+r"(fut_r15)                                        \
                             :                                                                     \
                             : "rcx", "r11", "cc", "memory");                                      \
            x5 = fut_r13, x6 = fut_r14, x7 = fut_r15, x10 = fut_r12;                               \
        } else {                                                                                   \
            __asm__ volatile("syscall"                                                             \
                             : "+a"(fut_rax), "+D"(x0), "+S"(x1), "+d"(x2), "+r"(fut_r10),         \
                               "+r"(fut_r8), "+r"(fut_r9)                                          \
                             :                                                                     \
                             : "rcx", "r11", "cc", "memory");                                      \
        }                                                                                          \
        x3 = fut_r10, x4 = fut_r8, x9 = fut_r9, x11 = fut_rax;                                     \
        (void)x5, (void)x6, (void)x7, (void)x8, (void)x10, (void)x11;                              \
        (void)x0, (void)x1, (void)x2, (void)x3, (void)x4, (void)x9;                                \
    } while (0)

#endif
