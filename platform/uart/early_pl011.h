/* SPDX-License-Identifier: Apache-2.0 */
/* The boot console: a PL011 that the firmware has set up. Release builds use it during boot only.
 */
#ifndef PLATFORM_EARLY_PL011_H
#define PLATFORM_EARLY_PL011_H

#include <stdint.h>

/* Waits for room in the transmit FIFO (a bounded time), then sends. `base` is a virtual address. */
void early_pl011_put(uintptr_t base, uint8_t byte);

#endif
