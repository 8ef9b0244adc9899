/* SPDX-License-Identifier: Apache-2.0 */
/* An I/O APIC. `base` is the virtual address of its registers. */
#ifndef PLATFORM_IOAPIC_H
#define PLATFORM_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

uint32_t ioapic_init(uintptr_t base); /* everything masked; answers the number of pins */

/* What a pin does when it is unmasked; it stays or becomes masked. `core` below 256. */
void ioapic_route(uintptr_t base, uint32_t pin, uint32_t vector, uint32_t core, bool low,
                  bool level);

void ioapic_mask(uintptr_t base, uint32_t pin);
void ioapic_unmask(uintptr_t base, uint32_t pin);
bool ioapic_masked(uintptr_t base, uint32_t pin); /* for debug builds */

#endif
