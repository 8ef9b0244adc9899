/* SPDX-License-Identifier: Apache-2.0 */
/* The time-stamp counter as the nucleus' clock, and the local APIC's timer measured by it. */
#ifndef PLATFORM_TSC_H
#define PLATFORM_TSC_H

#include <stdint.h>

uint64_t tsc_read(void);

/* Local APIC ticks until the counter has this value: at least 1; 0 for ~0, which is never. `ratio`
   is local APIC ticks a counter tick with 32 fraction bits. A far value is cut short. */
uint32_t tsc_ticks(uint64_t counter, uint64_t ratio);

/* Counts both timers for 10 ms of the PIT. Answers counter ticks a second; 0: the PIT does not
   count. *ratio is for tsc_ticks. `lapic` as lapic.h has it, its timer masked or one-shot. */
uint64_t tsc_measure(uintptr_t lapic, uint64_t *ratio);

#endif
