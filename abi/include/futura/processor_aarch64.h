/* SPDX-License-Identifier: Apache-2.0 */
/* See futura/processor.h. Syndromes are ESR_ELx. */
#ifndef FUTURA_PROCESSOR_AARCH64_H
#define FUTURA_PROCESSOR_AARCH64_H

#define FUT_PROCESSOR_NAME "aarch64"
#define FUT_PROCESSOR_ELF 183u

#define FUT_PROCESSOR_STOP(n) __asm__ volatile("udf #" #n)

/* Data and instruction abort status codes 4 to 7 are translation faults, of levels 0 to 3; 12 to 15
 * are permission faults. */
static inline bool fut_fault_is_absent(uint64_t syndrome) { return (syndrome & 0x3cu) == 0x04u; }
static inline bool fut_fault_is_denied(uint64_t syndrome) { return (syndrome & 0x3cu) == 0x0cu; }

static inline uint64_t fut_counter(void)
{
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
    return ticks;
}

#endif
