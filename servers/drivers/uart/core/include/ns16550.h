/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 16550 UART (and 8250, 16450, 16550A): register logic, OS-neutral.
 *
 * Registers are reached through a table of operations, so that the same code drives the device and
 * a model of it on the host. Nothing here blocks: bytes wait in two bounded rings. When the receive
 * ring is full the receive interrupt is masked, so that the FIFO (and flow control behind it) holds
 * bytes back instead of losing them. Not reentrant: one thread calls.
 *
 * The interrupt is usually an edge. Whatever enables interrupts here makes the line fall first, so
 * that what is pending raises it anew: no edge is lost as long as each interrupt is acknowledged
 * *before* ns16550_interrupt() is called. Every loop is bounded, whatever the registers say; a
 * device that has gone, and reads as all ones, has nothing to say.
 */
#ifndef NS16550_H
#define NS16550_H

#include "uart_queue.h"

/* Register access; `index` is the register's number, 0 to 7. */
struct ns16550_ops {
    uint8_t (*read8)(void *ctx, uint32_t index);
    void (*write8)(void *ctx, uint32_t index, uint8_t value);
};

enum ns16550_error {
    NS16550_OK = 0,
    NS16550_E_ID,   /* the registers do not behave as those of a 16550 */
    NS16550_E_BAUD, /* the baud rate cannot be made from the clock */
};

struct ns16550 {
    const struct ns16550_ops *ops;
    void *ctx;
    uint8_t mask;   /* interrupts enabled: what IER holds */
    uint8_t errors; /* of the line status, for the character that is read next */
    uint32_t fifo;  /* characters that the transmitter takes when it is empty: 16, or 1 */
    struct uart_queue queue;
};

/* Tries whether it is one, sets 8N1 with FIFOs where there are any, and enables receive interrupts.
 * What has been received already stays. `baud` 0 keeps the rate that firmware set; else `clock_hz`
 * is the input clock. Waits at most a bounded number of register reads for a transmission that is
 * under way. */
enum ns16550_error ns16550_init(struct ns16550 *u, const struct ns16550_ops *ops, void *ctx,
                                uint32_t clock_hz, uint32_t baud);

/* Serves everything that is pending and returns what happened (UART_RX_READY and so on); call it
 * for each interrupt, after acknowledging it. */
uint32_t ns16550_interrupt(struct ns16550 *u);

/* Takes up to `cap` received bytes; returns how many. */
size_t ns16550_read(struct ns16550 *u, uint8_t *buf, size_t cap);

/* Queues bytes and starts sending; returns how many were taken (fewer when the ring is full). */
size_t ns16550_write(struct ns16550 *u, const uint8_t *data, size_t len);

/* True when nothing is queued and the transmitter is idle. */
bool ns16550_is_idle(struct ns16550 *u);

/* Masks all interrupts and drops the modem's lines. */
void ns16550_stop(struct ns16550 *u);

#endif
