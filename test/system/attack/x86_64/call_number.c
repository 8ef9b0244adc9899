/* SPDX-License-Identifier: Apache-2.0 */
/* A system call of any number, on x86-64: see call_number.h. */
#include "call_number.h"

fut_status call_number(unsigned number, uint64_t w[10])
{
    register uint64_t x3 __asm__("r10") = w[3];
    register uint64_t x4 __asm__("r8") = w[4];
    register uint64_t x9 __asm__("r9") = w[9];
    uint64_t x0 = w[0], x1 = w[1], x2 = w[2], rax = number | w[8] << FUT_SYSCALL_SLOT_SHIFT;

    __asm__ volatile("syscall"
                     : "+a"(rax), "+D"(x0), "+S"(x1), "+d"(x2), "+r"(x3), "+r"(x4), "+r"(x9)
                     :
                     : "rbx", "rcx", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
    w[0] = x0;
    return (fut_status)rax;
}
