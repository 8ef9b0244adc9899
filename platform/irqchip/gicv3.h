/* SPDX-License-Identifier: Apache-2.0 */
/* ARM GICv3 for one core, through its system registers. `dist` is the virtual address of the
   distributor, `redist` of this core's redistributor (two 64 KiB frames). Shared interrupts only,
   but for the timer. */
#ifndef PLATFORM_GICV3_H
#define PLATFORM_GICV3_H

#include <stdbool.h>
#include <stdint.h>

#define GICV3_REDIST_SIZE 0x20000u

/* Is the redistributor frame at this virtual address the one of this core? *last: it is the last of
 *its region; stride: bytes to the next one. */
bool gicv3_redist_is_mine(uintptr_t redist, bool *last, uint32_t *stride);

/* Everything masked, all shared interrupts to this core, `timer` enabled. Answers the number of
 * lines. */
uint32_t gicv3_init(uintptr_t dist, uintptr_t redist, uint32_t timer);

uint32_t gicv3_claim(void); /* the number; 1020 to 1023: spurious */
void gicv3_finish(uint32_t claim);
void gicv3_mask(uintptr_t dist, uint32_t irq);
void gicv3_unmask(uintptr_t dist, uint32_t irq);
void gicv3_configure(uintptr_t dist, uint32_t irq, bool edge); /* while masked */

#endif
