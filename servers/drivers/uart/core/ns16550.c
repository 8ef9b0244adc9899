/* SPDX-License-Identifier: Apache-2.0 */
/* 16550 register logic; see ns16550.h. Names of registers and bits are those of its data sheet. */
#include "ns16550.h"

#define RBR 0u /* read: received character */
#define THR 0u /* write: character to send */
#define DLL 0u /* with LCR_DLAB: divisor */
#define IER 1u
#define DLM 1u
#define IIR 2u /* read */
#define FCR 2u /* write */
#define LCR 3u
#define MCR 4u
#define LSR 5u
#define MSR 6u

#define IER_RX (1u << 0)
#define IER_TX (1u << 1)
#define IER_LINE (1u << 2)
#define IER_ALL 0x0fu

#define IIR_FIFO 0xc0u /* both bits: FIFOs that work; one: those of the first 16550 do not */
#define FCR_ENABLE (1u << 0)
#define LCR_8N1 3u
#define LCR_DLAB (1u << 7)

#define MCR_DTR (1u << 0)
#define MCR_RTS (1u << 1)
#define MCR_OUT2 (1u << 3) /* PCs: lets the interrupt through */
#define MCR_LOOP (1u << 4)

#define LSR_DR (1u << 0)
#define LSR_OE (1u << 1)
#define LSR_PE (1u << 2)
#define LSR_FE (1u << 3)
#define LSR_BI (1u << 4)
#define LSR_THRE (1u << 5)
#define LSR_TEMT (1u << 6)
#define LSR_NOBODY 0xffu

#define FIFO_SIZE 16u
#define FILL_LIMIT 64u    /* bytes of one fill, for a transmitter that is always empty */
#define BUSY_LIMIT 20000u /* register reads to wait for the shift register */

static uint8_t reg_read(const struct ns16550 *u, uint32_t index)
{
    return u->ops->read8(u->ctx, index);
}

static void reg_write(struct ns16550 *u, uint32_t index, uint32_t value)
{
    u->ops->write8(u->ctx, index, (uint8_t)value);
}

/* Reading the line status clears its errors, so whoever reads it counts them. */
static uint32_t status_read(struct ns16550 *u)
{
    uint32_t lsr = reg_read(u, LSR);

    if (lsr == LSR_NOBODY) return 0;
    if ((lsr & LSR_OE) != 0) u->queue.stats.overruns++;
    u->errors |= (uint8_t)(lsr & (LSR_PE | LSR_FE | LSR_BI));
    return lsr;
}

/* Enables interrupts. The line falls first: what is pending is an edge again. */
static void mask_write(struct ns16550 *u, uint32_t mask)
{
    reg_write(u, IER, 0);
    u->mask = (uint8_t)mask;
    if (mask != 0) reg_write(u, IER, mask);
}

static uint32_t mask_wanted(const struct ns16550 *u)
{
    return (uart_rx_is_full(&u->queue) ? 0 : IER_RX | IER_LINE) |
           (uart_tx_is_empty(&u->queue) ? 0 : IER_TX);
}

static void mask_update(struct ns16550 *u)
{
    if (mask_wanted(u) != u->mask) mask_write(u, mask_wanted(u));
}

/* Interrupt enables keep what is written, the upper ones read as zero; in loop mode the modem's
 * inputs show its outputs. */
static bool is_uart(struct ns16550 *u)
{
    uint32_t none, all, loop;

    reg_write(u, LCR, LCR_8N1);
    reg_write(u, IER, 0);
    none = reg_read(u, IER);
    reg_write(u, MCR, MCR_LOOP); /* OUT2 is off: no interrupt of this leaves a PC's UART */
    reg_write(u, IER, IER_ALL);
    all = reg_read(u, IER);
    reg_write(u, IER, 0);
    reg_write(u, MCR, MCR_LOOP | MCR_OUT2 | MCR_RTS);
    loop = reg_read(u, MSR) & 0xf0u;
    reg_write(u, MCR, 0);
    return none == 0 && all == IER_ALL && loop == 0x90u;
}

static enum ns16550_error baud_set(struct ns16550 *u, uint32_t clock_hz, uint32_t baud)
{
    uint64_t div = ((uint64_t)clock_hz + (uint64_t)baud * 8) / ((uint64_t)baud * 16);

    if (div < 1 || div > 65535) return NS16550_E_BAUD;
    reg_write(u, LCR, LCR_DLAB | LCR_8N1);
    reg_write(u, DLL, (uint32_t)div & 0xffu);
    reg_write(u, DLM, (uint32_t)div >> 8);
    reg_write(u, LCR, LCR_8N1);
    return NS16550_OK;
}

enum ns16550_error ns16550_init(struct ns16550 *u, const struct ns16550_ops *ops, void *ctx,
                                uint32_t clock_hz, uint32_t baud)
{
    enum ns16550_error e = NS16550_OK;

    *u = (struct ns16550){.ops = ops, .ctx = ctx, .fifo = 1};
    for (uint32_t i = 0; i < BUSY_LIMIT && (status_read(u) & LSR_TEMT) == 0; i++)
        continue;
    if (!is_uart(u)) return NS16550_E_ID;
    if (baud != 0) e = baud_set(u, clock_hz, baud);
    if (e != NS16550_OK) return e;
    /* Interrupt at the first character. The FIFO is cleared only where it was off. */
    reg_write(u, FCR, FCR_ENABLE);
    if ((reg_read(u, IIR) & IIR_FIFO) == IIR_FIFO)
        u->fifo = FIFO_SIZE;
    else
        reg_write(u, FCR, 0);
    reg_write(u, MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    (void)status_read(u);
    (void)reg_read(u, MSR);
    mask_write(u, mask_wanted(u));
    return NS16550_OK;
}

/* Counts the errors of the character that is read next; false if it carries no data. */
static bool rx_check(struct ns16550 *u, uint32_t *events)
{
    uint32_t errors = u->errors;

    u->errors = 0;
    if ((errors & LSR_BI) != 0) {
        u->queue.stats.breaks++;
        *events |= UART_BREAK;
        return false;
    }
    if ((errors & LSR_FE) != 0) u->queue.stats.framing++;
    if ((errors & LSR_PE) != 0) u->queue.stats.parity++;
    return errors == 0;
}

/* Empties the FIFO as far as the ring has room. */
static uint32_t rx_drain(struct ns16550 *u)
{
    uint32_t events = 0;

    for (uint32_t i = 0; i < 2 * UART_RX_SIZE && !uart_rx_is_full(&u->queue); i++) {
        uint8_t byte;

        if ((status_read(u) & LSR_DR) == 0) break;
        byte = reg_read(u, RBR);
        if (rx_check(u, &events)) uart_rx_put(&u->queue, byte);
    }
    return events | (uart_rx_count(&u->queue) != 0 ? UART_RX_READY : 0);
}

/* Moves queued bytes into the transmitter, as many as it takes whenever it is empty. */
static uint32_t tx_fill(struct ns16550 *u)
{
    uint32_t sent = 0;

    while (!uart_tx_is_empty(&u->queue) && sent < FILL_LIMIT && (status_read(u) & LSR_THRE) != 0) {
        for (uint32_t i = 0; i < u->fifo && !uart_tx_is_empty(&u->queue); i++, sent++)
            reg_write(u, THR, uart_tx_next(&u->queue));
    }
    return sent != 0 ? UART_TX_ROOM : 0;
}

uint32_t ns16550_interrupt(struct ns16550 *u)
{
    uint32_t events = rx_drain(u) | tx_fill(u);

    mask_write(u, mask_wanted(u)); /* what has come meanwhile, or was left, is an edge */
    return events;
}

size_t ns16550_read(struct ns16550 *u, uint8_t *buf, size_t cap)
{
    size_t n = uart_rx_take(&u->queue, buf, cap);

    mask_update(u);
    return n;
}

size_t ns16550_write(struct ns16550 *u, const uint8_t *data, size_t len)
{
    size_t n = uart_tx_put(&u->queue, data, len);

    (void)tx_fill(u);
    mask_update(u);
    return n;
}

bool ns16550_is_idle(struct ns16550 *u)
{
    return uart_tx_is_empty(&u->queue) && (status_read(u) & LSR_TEMT) != 0;
}

void ns16550_stop(struct ns16550 *u)
{
    mask_write(u, 0);
    reg_write(u, MCR, 0);
}
