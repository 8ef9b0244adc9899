/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples of a measurement. Under QEMU's `-icount shift=4` one instruction takes 16 ns, which is
 * one tick of the board's 62.5 MHz counter: a difference of two readings is a number of
 * instructions. What the reading itself costs is subtracted. A sample that a timer interrupt fell
 * into shows in the maximum, not in the median.
 */
#ifndef BENCH_H
#define BENCH_H
#include "suite.h"

#define BENCH_SAMPLES 4000
#define BENCH_WARM 20 /* the first of each measurement, which are not kept */

/* The two instructions of a reading, as text; `reg` is an x register. */
#define BENCH_READ(reg) "isb\n\tmrs " reg ", cntvct_el0\n\t"

static inline __attribute__((always_inline)) u64 ticks(void)
{
    u64 t;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(t)::"memory");
    return t;
}

extern u64 bench_read_cost; /* ticks between two readings with nothing between them */

void bench_init(void);
void bench_begin(void);
void bench_add(u64 from, u64 to); /* two readings around what is measured */
u64 bench_median(void);           /* of what was added since bench_begin */
void bench_report(const char *name,
                  u32 of); /* `bench NAME MIN MEDIAN MAX N OF`: of so many operations */
/* The same of a value that was computed from medians of n samples. */
void bench_number(const char *name, u64 value, u32 n);

/* A page that the suite and a child both see, at BENCH_SHARED in each. */
#define BENCH_SHARED 0xb8000000ull
void bench_shared_map(u32 domain);

void bench_fipc(void);

#endif
