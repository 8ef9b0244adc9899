/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trap of a system call on aarch64, for futura/syscall.h: `svc #N`, with the registers that
 * abi/abi.tab names. x0-x18, the flags and all vector registers are clobbered.
 */
#ifndef FUTURA_SYSCALL_AARCH64_H
#define FUTURA_SYSCALL_AARCH64_H

/* The word of a thread's saved registers that a function entered there takes its first argument
 * from. */
#define FUT_REG_ARGUMENT FUT_REG_X0

/* The registers of one system call. Every wrapper declares them all, so that none survives by
 * accident. */
#define FUT_SVC_REGISTERS                                                                          \
    register uint64_t x0 __asm__("x0") = 0;                                                        \
    register uint64_t x1 __asm__("x1") = 0;                                                        \
    register uint64_t x2 __asm__("x2") = 0;                                                        \
    register uint64_t x3 __asm__("x3") = 0;                                                        \
    register uint64_t x4 __asm__("x4") = 0;                                                        \
    register uint64_t x5 __asm__("x5") = 0;                                                        \
    register uint64_t x6 __asm__("x6") = 0;                                                        \
    register uint64_t x7 __asm__("x7") = 0;                                                        \
    register uint64_t x8 __asm__("x8") = 0;                                                        \
    register uint64_t x9 __asm__("x9") = 0;                                                        \
    register uint64_t x10 __asm__("x10");                                                          \
    register uint64_t x11 __asm__("x11")

#define FUT_SVC(number)                                                                            \
    __asm__ volatile("svc %[n]"                                                                    \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6),       \
                       "+r"(x7), "+r"(x8), "+r"(x9), "=r"(x10), "=r"(x11)                          \
                     : [n] "i"(number)                                                             \
                     : "x12", "x13", "x14", "x15", "x16", "x17", "x18", "cc", "memory", "v0",      \
                       "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",  \
                       "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22",       \
                       "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31")

#endif
