/* SPDX-License-Identifier: Apache-2.0 */
/* See futura/processor.h. Syndromes are the exception's error code, and its vector above 32 bits.
 */
#ifndef FUTURA_PROCESSOR_X86_64_H
#define FUTURA_PROCESSOR_X86_64_H

#define FUT_PROCESSOR_NAME "x86_64"
#define FUT_PROCESSOR_ELF 62u

/* ud1 with a register operand that is made of the number. */
#define FUT_PROCESSOR_STOP(n) __asm__ volatile(".byte 0x0f, 0xb9, 0xc0 + " #n)

/* Page faults: bit 0 of the error code says that a page is there. */
static inline bool fut_fault_is_absent(uint64_t syndrome)
{
    return syndrome >> 32 == 14 && (syndrome & 1u) == 0;
}
static inline bool fut_fault_is_denied(uint64_t syndrome)
{
    return syndrome >> 32 == 14 && (syndrome & 1u) != 0;
}

static inline uint64_t fut_counter(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

#endif
