/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every serial port's driver keeps: two bounded rings of bytes, and counts of what happened.
 * Indices are free-running. The functions are small and inline; nothing here knows a device.
 */
#ifndef UART_QUEUE_H
#define UART_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_RX_SIZE 1024u /* powers of two */
#define UART_TX_SIZE 4096u

/* What happened, a sum; results of a core's interrupt function. */
#define UART_RX_READY 1u /* bytes wait to be read */
#define UART_TX_ROOM 2u  /* bytes left the transmit ring */
#define UART_BREAK 4u    /* the line was held low */

struct uart_stats {
    uint64_t received, sent; /* bytes; of characters with errors none is received */
    uint64_t overruns, framing, parity, breaks;
};

struct uart_queue {
    uint32_t rx_head, rx_tail, tx_head, tx_tail;
    uint8_t rx[UART_RX_SIZE];
    uint8_t tx[UART_TX_SIZE];
    struct uart_stats stats;
};

/* Bytes that wait to be read. */
static inline uint32_t uart_rx_count(const struct uart_queue *q) { return q->rx_head - q->rx_tail; }

static inline bool uart_rx_is_full(const struct uart_queue *q)
{
    return uart_rx_count(q) == UART_RX_SIZE;
}

/* Only while the ring is not full. */
static inline void uart_rx_put(struct uart_queue *q, uint8_t byte)
{
    q->rx[q->rx_head++ & (UART_RX_SIZE - 1)] = byte;
    q->stats.received++;
}

/* Takes up to `cap` received bytes; returns how many. */
static inline size_t uart_rx_take(struct uart_queue *q, uint8_t *buf, size_t cap)
{
    size_t n = 0;

    for (; n < cap && q->rx_head != q->rx_tail; n++)
        buf[n] = q->rx[q->rx_tail++ & (UART_RX_SIZE - 1)];
    return n;
}

/* Bytes that uart_tx_put() would take. */
static inline uint32_t uart_tx_room(const struct uart_queue *q)
{
    return UART_TX_SIZE - (q->tx_head - q->tx_tail);
}

static inline bool uart_tx_is_empty(const struct uart_queue *q) { return q->tx_head == q->tx_tail; }

/* Queues bytes; returns how many were taken. */
static inline size_t uart_tx_put(struct uart_queue *q, const uint8_t *data, size_t len)
{
    size_t n = 0;

    for (; n < len && uart_tx_room(q) != 0; n++)
        q->tx[q->tx_head++ & (UART_TX_SIZE - 1)] = data[n];
    return n;
}

/* The next byte to send; only while the ring is not empty. */
static inline uint8_t uart_tx_next(struct uart_queue *q)
{
    q->stats.sent++;
    return q->tx[q->tx_tail++ & (UART_TX_SIZE - 1)];
}

#endif
