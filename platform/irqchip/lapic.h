/* SPDX-License-Identifier: Apache-2.0 */
/* The local APIC of an x86 core. `base` is the virtual address of its registers; 0: they are MSRs
 * (x2APIC). */
#ifndef PLATFORM_LAPIC_H
#define PLATFORM_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

/* On, all local interrupts masked but the timer's; answers this core's identifier. deadline: the
 * timer compares the time-stamp counter with an MSR. */
uint32_t lapic_init(uintptr_t base, uint8_t timer, uint8_t spurious, bool deadline);

void lapic_finish(uintptr_t base);                    /* of the interrupt that was taken last */
void lapic_timer_arm(uintptr_t base, uint32_t ticks); /* once; 0: never */
uint32_t lapic_timer_left(uintptr_t base);

#endif
