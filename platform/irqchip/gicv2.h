/* SPDX-License-Identifier: Apache-2.0 */
/* ARM GICv2 for one core. `dist` and `cpu` are the virtual addresses of distributor and CPU
 * interface. */
#ifndef PLATFORM_GICV2_H
#define PLATFORM_GICV2_H

#include <stdbool.h>
#include <stdint.h>

/* Everything masked, all shared interrupts to this core, `timer` enabled. Answers the number of
 * lines. */
uint32_t gicv2_init(uintptr_t dist, uintptr_t cpu, uint32_t timer);

uint32_t gicv2_claim(uintptr_t cpu); /* bits 0-9: the number, 1020 and above: spurious */
void gicv2_finish(uintptr_t cpu, uint32_t claim);
void gicv2_mask(uintptr_t dist, uint32_t irq);
void gicv2_unmask(uintptr_t dist, uint32_t irq);
bool gicv2_masked(uintptr_t dist, uint32_t irq);               /* for debug builds */
void gicv2_configure(uintptr_t dist, uint32_t irq, bool edge); /* while masked */

#endif
