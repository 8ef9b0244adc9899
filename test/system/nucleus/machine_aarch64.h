/* SPDX-License-Identifier: Apache-2.0 */
/* What of the suite is particular to QEMU's aarch64 virt machine. */
#ifndef SUITE_MACHINE_H
#define SUITE_MACHINE_H

#define MACHINE_USER_TOP FUT_USER_TOP
#define MACHINE_DEVICE_PFN 0x9010 /* PL031 */
#define MACHINE_IRQ_DEVICE 34
#define MACHINE_IRQ_KEPT 27  /* the timer's own */
#define MACHINE_IRQ_SPARE 50 /* and the next */
#define MACHINE_STEP 4       /* bytes of a nop */
#define MACHINE_STACK_ALIGN 16
#define MACHINE_FOREIGN_RESULT 19 /* the word of x19 */

/* A program of two instructions: recv on slot `slot`, and a loop. */
#define MACHINE_RECV_CODE(words)                                                                   \
    ((words)[0] = 0xd4000001u | FUT_SYS_RECV << 5, (words)[1] = 0x14000000u)
#define MACHINE_RECV_REGISTERS(words, slot) ((words)[FUT_REG_X0 + 8] = (slot))

#define MACHINE_UNDEFINED() __asm__ volatile("udf #0")
#define MACHINE_VECTOR()                                                                           \
    __asm__ volatile(".arch_extension fp\n\tfmov d0, #1.0\n\t.arch_extension nofp" ::: "memory")

/* A Linux program: getpid by svc #0, then a store of its result, then exit. A native call is
 * reflected as well. */
#define MACHINE_FOREIGN()                                                                          \
    __asm__ volatile(                                                                              \
        "mov x0, #1\n\tmov x1, #2\n\tmov x2, #3\n\tmov x3, #4\n\tmov x4, #5\n\tmov x5, #6\n\t"     \
        "mov x8, #172\n\tsvc #0\n\t"                                                               \
        "mov x19, x0\n\tmov x8, #94\n\tsvc #1\n\t1: b 1b" ::                                       \
            : "x0", "x1", "x2", "x3", "x4", "x5", "x8", "x19", "memory")

/* A system call with whatever stands in x0 to x4, x8 and x9, which MACHINE_RAW_WORDS declares. */
#define MACHINE_RAW_WORDS                                                                          \
    register u64 x0 __asm__("x0");                                                                 \
    register u64 x1 __asm__("x1");                                                                 \
    register u64 x2 __asm__("x2");                                                                 \
    register u64 x3 __asm__("x3");                                                                 \
    register u64 x4 __asm__("x4");                                                                 \
    register u64 x8 __asm__("x8");                                                                 \
    register u64 x9 __asm__("x9")
#define MACHINE_RAW_CALL(number)                                                                   \
    __asm__ volatile("svc %[n]"                                                                    \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x8), "+r"(x9)        \
                     : [n] "i"(number)                                                             \
                     : "x5", "x6", "x7", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",   \
                       "x18", "cc", "memory")

/* The device that can be mapped raises its interrupt in about a second; and no longer. */
#define MACHINE_DEVICE_START(reg)                                                                  \
    ((reg)[7] = 1, (reg)[1] = (reg)[0] + 1, (reg)[4] = 1) /* clear, match, unmask */
#define MACHINE_DEVICE_CLEAR(reg) ((reg)[7] = 1)

/* Outcomes that this processor does not have. */
#define MACHINE_UNSEEN(outcome) ((outcome)->unseen_aarch64)

/* The console has no ports. */
#define MACHINE_CONSOLE_PORT 0
#define MACHINE_CONSOLE_PORTS 0
#define MACHINE_CONSOLE_STATUS 0
#define MACHINE_CONSOLE_EMPTY 0

#endif
