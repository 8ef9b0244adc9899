/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PL011 UART: register logic, OS-neutral.
 *
 * Registers are reached through a table of operations, so that the same code drives the device and
 * a model of it on the host. Nothing here blocks: bytes wait in two bounded rings. When the receive
 * ring is full the receive interrupt is masked, so that the FIFO (and flow control behind it) holds
 * bytes back instead of losing them. Not reentrant: one thread calls.
 */
#ifndef PL011_H
#define PL011_H

#include "uart_queue.h"

/* Register access; `offset` is in bytes from the start of the register page, a multiple of 4. */
struct pl011_ops {
    uint32_t (*read32)(void *ctx, uint32_t offset);
    void (*write32)(void *ctx, uint32_t offset, uint32_t value);
};

enum pl011_error {
    PL011_OK = 0,
    PL011_E_ID,   /* the peripheral identification is not that of a PL011 */
    PL011_E_BAUD, /* the baud rate cannot be made from the clock */
};

struct pl011 {
    const struct pl011_ops *ops;
    void *ctx;
    uint32_t mask; /* interrupts enabled: what IMSC holds */
    struct uart_queue queue;
};

/* Checks the identification, sets 8N1 with FIFOs and enables receive interrupts. `baud` 0 keeps the
 * rate that firmware set; else `clock_hz` is the input clock. Waits at most a bounded number of
 * register reads for a transmission that is under way. */
enum pl011_error pl011_init(struct pl011 *u, const struct pl011_ops *ops, void *ctx,
                            uint32_t clock_hz, uint32_t baud);

/* Serves everything that is pending and returns what happened (UART_RX_READY and so on); call it
 * for each interrupt, before acknowledging it. */
uint32_t pl011_interrupt(struct pl011 *u);

/* Takes up to `cap` received bytes; returns how many. */
size_t pl011_read(struct pl011 *u, uint8_t *buf, size_t cap);

/* Queues bytes and starts sending; returns how many were taken (fewer when the ring is full). */
size_t pl011_write(struct pl011 *u, const uint8_t *data, size_t len);

/* True when nothing is queued and the transmitter is idle. */
bool pl011_is_idle(const struct pl011 *u);

/* Masks all interrupts and disables the device. */
void pl011_stop(struct pl011 *u);

#endif
