/* SPDX-License-Identifier: Apache-2.0 */
/* The boot console of PCs: a 16550 at I/O ports. Release builds use it during boot only. */
#ifndef PLATFORM_EARLY_16550_H
#define PLATFORM_EARLY_16550_H

#include <stdint.h>

/* 115,200 baud, 8 bits, no parity; no interrupts. */
void early_16550_init(uint16_t port);

/* Waits for room in the transmitter (a bounded time), then sends. */
void early_16550_put(uint16_t port, uint8_t byte);

#endif
