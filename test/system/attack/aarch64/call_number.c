/* SPDX-License-Identifier: Apache-2.0 */
/* A system call of any number, on aarch64: see call_number.h. */
#include "call_number.h"

#include <stddef.h>

/* `svc #N; ret` for each number N, since the number is part of the instruction. */
extern const char attack_calls[];
__asm__(".pushsection .text\n\t.balign 8\nattack_calls:\n\t.set number, 0\n\t.rept 64\n\t"
        "svc #number\n\tret\n\t.set number, number + 1\n\t.endr\n\t.popsection");

#define TAKE(n) register uint64_t x##n __asm__("x" #n) = w[n]
#define HOLD(n) "+r"(x##n)

fut_status call_number(unsigned number, uint64_t w[10])
{
    register const char *at __asm__("x17") = attack_calls + (size_t)number * 8;
    TAKE(0);
    TAKE(1);
    TAKE(2);
    TAKE(3);
    TAKE(4);
    TAKE(8);
    TAKE(9);
    register uint64_t x11 __asm__("x11") = 0;

    __asm__ volatile(
        "blr %[at]"
        : HOLD(0), HOLD(1), HOLD(2), HOLD(3), HOLD(4), HOLD(8), HOLD(9), HOLD(11), [at] "+r"(at)
        :
        : "x5", "x6", "x7", "x10", "x12", "x13", "x14", "x15", "x16", "x18", "x30", "cc", "memory");
    w[0] = x0;
    return (fut_status)x11;
}
