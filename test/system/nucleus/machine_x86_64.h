/* SPDX-License-Identifier: Apache-2.0 */
/* What of the suite is particular to QEMU's q35 machine. */
#ifndef SUITE_MACHINE_H
#define SUITE_MACHINE_H

#define MACHINE_USER_TOP 0x00007ffffffff000ull
#define MACHINE_DEVICE_PFN 0xfed00 /* HPET */
#define MACHINE_IRQ_DEVICE device_irq()
#define MACHINE_IRQ_KEPT 0   /* the PIT's, which is nobody's */
#define MACHINE_IRQ_SPARE 21 /* and the next */
#define MACHINE_STEP 1       /* bytes of a nop */
#define MACHINE_STACK_ALIGN 8
#define MACHINE_FOREIGN_RESULT (FUT_REG_R8 + 4) /* the word of r12 */

/* A program of two instructions: recv on slot `slot`, and a loop. */
#define MACHINE_RECV_CODE(words) ((words)[0] = 0xfeeb050fu)
#define MACHINE_RECV_REGISTERS(words, slot)                                                        \
    ((words)[FUT_REG_RAX] = FUT_SYS_RECV | (u64)(slot) << FUT_SYSCALL_SLOT_SHIFT)

#define MACHINE_UNDEFINED() __asm__ volatile("ud2")
#define MACHINE_VECTOR() __asm__ volatile("xorps %%xmm0, %%xmm0" ::: "memory")

/* A Linux program: getpid, then a store of its result, then exit. */
#define MACHINE_FOREIGN()                                                                          \
    __asm__ volatile("mov $1, %%edi\n\tmov $2, %%esi\n\tmov $3, %%edx\n\tmov $4, %%r10d\n\t"       \
                     "mov $5, %%r8d\n\tmov $6, %%r9d\n\tmov $172, %%eax\n\tsyscall\n\t"            \
                     "mov %%rax, %%r12\n\tmov $94, %%eax\n\tsyscall\n\t1: jmp 1b" ::               \
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",     \
                           "memory")

/* A system call with whatever stands in x0 to x4, x8 and x9, which MACHINE_RAW_WORDS declares. */
#define MACHINE_RAW_WORDS                                                                          \
    register u64 x3 __asm__("r10");                                                                \
    register u64 x4 __asm__("r8");                                                                 \
    register u64 x9 __asm__("r9");                                                                 \
    u64 x0, x1, x2, x8
#define MACHINE_RAW_CALL(number)                                                                   \
    do {                                                                                           \
        u64 rax = (number) | x8 << FUT_SYSCALL_SLOT_SHIFT;                                         \
                                                                                                   \
        __asm__ volatile("syscall"                                                                 \
                         : "+a"(rax), "+D"(x0), "+S"(x1), "+d"(x2), "+r"(x3), "+r"(x4), "+r"(x9)   \
                         :                                                                         \
                         : "rbx", "rcx", "r11", "r12", "r13", "r14", "r15", "cc", "memory");       \
    } while (0)

/* The device that can be mapped raises its interrupt in about a second, and no longer; a microvm
 * has none, there the console's UART does so at once. */
#define MACHINE_DEVICE_START(reg) device_start(reg)
#define MACHINE_DEVICE_CLEAR(reg) device_clear(reg)
unsigned device_irq(void);
void device_start(volatile unsigned *reg);
void device_clear(volatile unsigned *reg);

/* Outcomes that this processor does not have. */
#define MACHINE_UNSEEN(outcome) ((outcome)->unseen_x86_64)

/* The console's ports: the first, how many, and where the line status and the free byte are. */
#define MACHINE_CONSOLE_PORT 0x3f8
#define MACHINE_CONSOLE_PORTS 8
#define MACHINE_CONSOLE_STATUS 5
#define MACHINE_CONSOLE_EMPTY 0x20

#endif
