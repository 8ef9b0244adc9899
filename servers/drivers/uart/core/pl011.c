/* SPDX-License-Identifier: Apache-2.0 */
/* PL011 register logic; see pl011.h. Names of registers and bits are those of ARM DDI 0183. */
#include "pl011.h"

#define UARTDR 0x000u
#define UARTECR 0x004u
#define UARTFR 0x018u
#define UARTIBRD 0x024u
#define UARTFBRD 0x028u
#define UARTLCR_H 0x02cu
#define UARTCR 0x030u
#define UARTIFLS 0x034u
#define UARTIMSC 0x038u
#define UARTICR 0x044u
#define UARTPERIPHID0 0xfe0u
#define UARTPERIPHID1 0xfe4u

#define DR_FE (1u << 8)
#define DR_PE (1u << 9)
#define DR_BE (1u << 10)
#define DR_OE (1u << 11)

#define FR_BUSY (1u << 3)
#define FR_RXFE (1u << 4)
#define FR_TXFF (1u << 5)

#define LCR_FEN (1u << 4)
#define LCR_WLEN8 (3u << 5)

#define CR_UARTEN (1u << 0)
#define CR_TXE (1u << 8)
#define CR_RXE (1u << 9)

#define INT_RX (1u << 4)
#define INT_TX (1u << 5)
#define INT_RT (1u << 6)
#define INT_ALL 0x7ffu

#define FIFO_LIMIT 64u     /* more than any PL011's FIFO: bounds one drain or fill */
#define BUSY_LIMIT 100000u /* register reads to wait for the shift register */

static uint32_t reg_read(const struct pl011 *u, uint32_t offset)
{
    return u->ops->read32(u->ctx, offset);
}

static void reg_write(struct pl011 *u, uint32_t offset, uint32_t value)
{
    u->ops->write32(u->ctx, offset, value);
}

/* Enables or disables interrupts; writes the register only if that changes anything. */
static void mask_set(struct pl011 *u, uint32_t bits, bool on)
{
    uint32_t mask = on ? u->mask | bits : u->mask & ~bits;

    if (mask == u->mask) return;
    u->mask = mask;
    reg_write(u, UARTIMSC, mask);
}

/* The divisor is in 64ths: clock / (16 * baud). */
static enum pl011_error baud_set(struct pl011 *u, uint32_t clock_hz, uint32_t baud)
{
    uint64_t div = ((uint64_t)clock_hz * 4 + baud / 2) / baud;

    if (div < 64 || div > 65535u * 64u) return PL011_E_BAUD;
    reg_write(u, UARTIBRD, (uint32_t)(div >> 6));
    reg_write(u, UARTFBRD, (uint32_t)(div & 63u));
    return PL011_OK;
}

enum pl011_error pl011_init(struct pl011 *u, const struct pl011_ops *ops, void *ctx,
                            uint32_t clock_hz, uint32_t baud)
{
    enum pl011_error e = PL011_OK;

    *u = (struct pl011){.ops = ops, .ctx = ctx};
    if ((reg_read(u, UARTPERIPHID0) & 0xffu) != 0x11 || (reg_read(u, UARTPERIPHID1) & 0xfu) != 0)
        return PL011_E_ID;
    reg_write(u, UARTIMSC, 0);
    for (uint32_t i = 0; i < BUSY_LIMIT && (reg_read(u, UARTFR) & FR_BUSY) != 0; i++)
        continue;
    reg_write(u, UARTCR, 0);
    if (baud != 0) e = baud_set(u, clock_hz, baud);
    if (e != PL011_OK) return e;
    /* Writing LCR_H also latches the divisors. */
    reg_write(u, UARTLCR_H, LCR_FEN | LCR_WLEN8);
    reg_write(u, UARTIFLS, 0); /* interrupt early: receive at 1/8, transmit at 1/8 */
    reg_write(u, UARTECR, 0);
    reg_write(u, UARTICR, INT_ALL);
    reg_write(u, UARTCR, CR_UARTEN | CR_TXE | CR_RXE);
    mask_set(u, INT_RX | INT_RT, true);
    return PL011_OK;
}

/* Counts the error bits of one received character; false if it carries no data. */
static bool rx_check(struct uart_stats *stats, uint32_t dr, uint32_t *events)
{
    if ((dr & DR_OE) != 0) stats->overruns++;
    if ((dr & DR_BE) != 0) {
        stats->breaks++;
        *events |= UART_BREAK;
        return false;
    }
    if ((dr & DR_FE) != 0) stats->framing++;
    if ((dr & DR_PE) != 0) stats->parity++;
    return (dr & (DR_FE | DR_PE)) == 0;
}

/* Empties the FIFO as far as the ring has room. It must not stop short: some implementations raise
 * the interrupt only when the FIFO's level passes from empty, not while it is above. */
static uint32_t rx_drain(struct pl011 *u)
{
    uint32_t events = 0;

    for (uint32_t i = 0; i < 2 * UART_RX_SIZE && !uart_rx_is_full(&u->queue); i++) {
        uint32_t dr;

        if ((reg_read(u, UARTFR) & FR_RXFE) != 0) break;
        dr = reg_read(u, UARTDR);
        if (rx_check(&u->queue.stats, dr, &events)) uart_rx_put(&u->queue, (uint8_t)dr);
    }
    mask_set(u, INT_RX | INT_RT, !uart_rx_is_full(&u->queue));
    return events | (uart_rx_count(&u->queue) != 0 ? UART_RX_READY : 0);
}

/* Moves queued bytes into the FIFO. The transmit interrupt is wanted only while more are queued: it
 * signals the FIFO's passing its level, so it must be primed by writing first. */
static uint32_t tx_fill(struct pl011 *u)
{
    uint32_t sent = 0;

    while (!uart_tx_is_empty(&u->queue) && sent < FIFO_LIMIT &&
           (reg_read(u, UARTFR) & FR_TXFF) == 0) {
        reg_write(u, UARTDR, uart_tx_next(&u->queue));
        sent++;
    }
    mask_set(u, INT_TX, !uart_tx_is_empty(&u->queue));
    return sent != 0 ? UART_TX_ROOM : 0;
}

uint32_t pl011_interrupt(struct pl011 *u)
{
    /* Clear first: what arrives while we work raises the interrupt again. */
    reg_write(u, UARTICR, INT_ALL);
    return rx_drain(u) | tx_fill(u);
}

size_t pl011_read(struct pl011 *u, uint8_t *buf, size_t cap)
{
    size_t n = uart_rx_take(&u->queue, buf, cap);

    if (n != 0) (void)rx_drain(u); /* what waited in the FIFO raises no further interrupt */
    return n;
}

size_t pl011_write(struct pl011 *u, const uint8_t *data, size_t len)
{
    size_t n = uart_tx_put(&u->queue, data, len);

    (void)tx_fill(u);
    return n;
}

bool pl011_is_idle(const struct pl011 *u)
{
    return uart_tx_is_empty(&u->queue) && (reg_read(u, UARTFR) & FR_BUSY) == 0;
}

void pl011_stop(struct pl011 *u)
{
    mask_set(u, INT_ALL, false);
    reg_write(u, UARTICR, INT_ALL);
    reg_write(u, UARTCR, 0);
}
