/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the 16550 core against a model of the device, its interrupt an edge. */
#include "ns16550.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define FIFO 16u
#define RX_MAX 8192u

enum { NONE, OVERRUN = 2, PARITY = 4, FRAMING = 8, BREAK = 16 };

/* What the core may see of a 16550. */
static struct {
    uint8_t ier, lcr, mcr, fcr, dll, dlm, overrun;
    struct {
        uint8_t byte, errors;
    } rx[RX_MAX];
    uint32_t rx_head, rx_tail; /* of the FIFO; it is as large as it needs to be */
    uint8_t sent[16384];
    uint32_t sent_len, in_fifo; /* characters that the transmitter has not sent yet */
    bool tx_event;              /* the transmitter has become empty, or its interrupt enabled */
    bool line;
    uint32_t edges, accesses;
    bool has_fifo, has_loop;
    bool is_stuck; /* every register reads as `stuck`, and the next as `step` more */
    uint8_t stuck, step;
    uint32_t arrivals; /* bytes that arrive by and by, one every third access */
} model;

static struct ns16550 uart;

static uint8_t line_status(void)
{
    bool has_rx = model.rx_head != model.rx_tail;
    uint8_t lsr = model.overrun;

    if (has_rx) lsr |= 1 | model.rx[model.rx_tail % RX_MAX].errors;
    return lsr | (model.in_fifo == 0 ? 0x60 : 0);
}

static void line_update(void)
{
    uint8_t lsr = line_status();
    bool line = ((model.ier & 1) != 0 && (lsr & 1) != 0) ||
                ((model.ier & 2) != 0 && model.tx_event && (lsr & 0x20) != 0) ||
                ((model.ier & 4) != 0 && (lsr & 0x1e) != 0);

    if (line && !model.line) model.edges++;
    model.line = line;
}

static void arrive(uint8_t byte, uint8_t errors)
{
    model.rx[model.rx_head % RX_MAX].byte = byte;
    model.rx[model.rx_head++ % RX_MAX].errors = errors;
    line_update();
}

/* Time passes with each access. */
static void tick(void)
{
    model.accesses++;
    if (model.arrivals == 0 || model.accesses % 3 != 0) return;
    arrive((uint8_t)model.arrivals--, NONE);
}

static uint8_t model_read(void *ctx, uint32_t index)
{
    uint8_t value = 0;

    (void)ctx;
    tick();
    if (model.is_stuck) return model.stuck = (uint8_t)(model.stuck + model.step);
    switch (index) {
    case 0:
        ck_assert_uint_eq(model.lcr & 0x80, 0);
        ck_assert_uint_ne(model.rx_head, model.rx_tail);
        value = model.rx[model.rx_tail++ % RX_MAX].byte;
        break;
    case 1: value = model.ier; break;
    case 2: value = model.has_fifo && (model.fcr & 1) != 0 ? 0xc1 : 0x01; break;
    case 5:
        value = line_status();
        model.overrun = 0;
        if (model.rx_head != model.rx_tail) model.rx[model.rx_tail % RX_MAX].errors = 0;
        break;
    case 6:
        if (model.has_loop && (model.mcr & 0x10) != 0)
            value =
                (uint8_t)((model.mcr & 0x0c) << 4 | (model.mcr & 2) << 3 | (model.mcr & 1) << 5);
        break;
    default: ck_abort_msg("register %u is read", index);
    }
    line_update();
    return value;
}

static void model_write(void *ctx, uint32_t index, uint8_t value)
{
    (void)ctx;
    tick();
    if (model.is_stuck) return;
    if (index == 0 && (model.lcr & 0x80) != 0) {
        model.dll = value;
    } else if (index == 0) {
        ck_assert_uint_lt(model.in_fifo, model.has_fifo ? FIFO : 1);
        model.sent[model.sent_len++ % sizeof(model.sent)] = value;
        model.in_fifo++;
        model.tx_event = false;
    } else if (index == 1 && (model.lcr & 0x80) != 0) {
        model.dlm = value;
    } else if (index == 1) {
        if ((value & 2) > (model.ier & 2)) model.tx_event = model.in_fifo == 0;
        model.ier = value & 0x0f;
    } else if (index == 2) {
        if ((value ^ model.fcr) & 1) model.rx_tail = model.rx_head; /* as the device does */
        model.fcr = value;
    } else {
        *(index == 3 ? &model.lcr : &model.mcr) = value;
    }
    line_update();
}

static const struct ns16550_ops ops = {model_read, model_write};

/* What the transmitter holds has been sent. */
static void transmit(void)
{
    model.in_fifo = 0;
    model.tx_event = true;
    line_update();
}

static void receive(const char *s)
{
    for (; *s != 0; s++)
        arrive((uint8_t)*s, NONE);
}

static void setup(void)
{
    memset(&model, 0, sizeof(model));
    model.has_fifo = model.has_loop = true;
    model.fcr = 1; /* as firmware leaves it */
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 1843200, 115200), NS16550_OK);
    model.edges = 0;
}

START_TEST(initialises)
{
    ck_assert_uint_eq(model.dll, 1);
    ck_assert_uint_eq(model.dlm, 0);
    ck_assert_uint_eq(model.lcr, 3);
    ck_assert_uint_eq(model.mcr, 0x0b);
    ck_assert_uint_eq(model.ier, 5);
    ck_assert_uint_eq(uart.fifo, 16);
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 1843200, 50), NS16550_OK);
    ck_assert_uint_eq(model.dlm << 8 | model.dll, 2304);
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 1000, 115200), NS16550_E_BAUD);
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, UINT32_MAX, 1), NS16550_E_BAUD);
    model.in_fifo = 1; /* the transmitter never ends: the wait is bounded */
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_OK);
    model.has_fifo = false;
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_OK);
    ck_assert_uint_eq(uart.fifo, 1);
    ck_assert_uint_eq(model.fcr, 0);
    ns16550_stop(&uart);
    ck_assert_uint_eq(model.ier, 0);
    ck_assert_uint_eq(model.mcr, 0);
}
END_TEST

START_TEST(keeps_what_came_before)
{
    uint8_t buf[8];

    receive("early");
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_OK);
    ck_assert_uint_ne(model.edges, 0);
    ck_assert_uint_eq(ns16550_interrupt(&uart), UART_RX_READY);
    ck_assert_uint_eq(ns16550_read(&uart, buf, 8), 5);
    ck_assert_mem_eq(buf, "early", 5);
}
END_TEST

START_TEST(rejects_others)
{
    model.has_loop = false;
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_E_ID);
    model.is_stuck = true;
    for (unsigned i = 0; i < 256; i++) {
        model.stuck = (uint8_t)i;
        ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_E_ID);
    }
}
END_TEST

START_TEST(receives)
{
    uint8_t buf[8];

    receive("hello");
    ck_assert_uint_eq(model.edges, 1);
    ck_assert_uint_eq(ns16550_interrupt(&uart), UART_RX_READY);
    ck_assert_uint_eq(ns16550_read(&uart, buf, 8), 5);
    ck_assert_mem_eq(buf, "hello", 5);
    ck_assert_uint_eq(ns16550_interrupt(&uart), 0);
    arrive('a', FRAMING);
    arrive('b', PARITY);
    arrive(0, BREAK | FRAMING);
    model.overrun = OVERRUN; /* the character is good */
    arrive('c', NONE);
    ck_assert_uint_eq(ns16550_interrupt(&uart), UART_RX_READY | UART_BREAK);
    ck_assert_uint_eq(ns16550_read(&uart, buf, 8), 1);
    ck_assert_uint_eq(buf[0], 'c');
    ck_assert_uint_eq(uart.queue.stats.framing, 1);
    ck_assert_uint_eq(uart.queue.stats.parity, 1);
    ck_assert_uint_eq(uart.queue.stats.breaks, 1);
    ck_assert_uint_eq(uart.queue.stats.overruns, 1);
    ck_assert_uint_eq(uart.queue.stats.received, 6);
}
END_TEST

/* Sending reads the line status, which clears the errors of a character that nobody has read. */
START_TEST(remembers_errors)
{
    uint8_t buf[4];

    arrive('x', PARITY);
    ck_assert_uint_eq(ns16550_write(&uart, (const uint8_t *)"y", 1), 1);
    ck_assert_uint_eq(ns16550_interrupt(&uart), 0);
    ck_assert_uint_eq(uart.queue.stats.parity, 1);
    arrive('z', NONE);
    ck_assert_uint_eq(ns16550_interrupt(&uart), UART_RX_READY);
    ck_assert_uint_eq(ns16550_read(&uart, buf, 4), 1);
    ck_assert_uint_eq(buf[0], 'z');
}
END_TEST

START_TEST(holds_back_when_full)
{
    uint8_t buf[UART_RX_SIZE];

    for (uint32_t i = 0; i < UART_RX_SIZE + 10; i++)
        arrive((uint8_t)i, NONE);
    for (int i = 0; i < 40; i++)
        ns16550_interrupt(&uart);
    ck_assert_uint_eq(uart_rx_count(&uart.queue), UART_RX_SIZE);
    ck_assert_uint_eq(model.ier, 0);
    ck_assert_uint_eq(model.rx_head - model.rx_tail, 10);
    model.edges = 0;
    ck_assert_uint_eq(ns16550_read(&uart, buf, sizeof(buf)), UART_RX_SIZE);
    ck_assert_uint_eq(buf[UART_RX_SIZE - 1], (uint8_t)(UART_RX_SIZE - 1));
    ck_assert_uint_eq(model.edges, 1); /* what waits in the FIFO says so */
    ck_assert_uint_eq(ns16550_interrupt(&uart), UART_RX_READY);
    ck_assert_uint_eq(uart_rx_count(&uart.queue), 10);
    ck_assert_uint_eq(model.ier, 5);
}
END_TEST

static void send_all(uint32_t fifo)
{
    uint8_t data[UART_TX_SIZE + 100];
    size_t taken;

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    model.sent_len = 0;
    taken = ns16550_write(&uart, data, sizeof(data));
    ck_assert_uint_eq(taken, UART_TX_SIZE);
    ck_assert_uint_eq(model.sent_len, fifo);
    ck_assert_uint_eq(model.ier, 7);
    ck_assert(!ns16550_is_idle(&uart));
    while (model.sent_len < taken) {
        model.edges = 0;
        transmit();
        ck_assert_uint_eq(model.edges, 1);
        ck_assert_uint_eq(ns16550_interrupt(&uart), UART_TX_ROOM);
    }
    ck_assert_uint_eq(model.ier, 5);
    ck_assert_mem_eq(model.sent, data, taken);
    ck_assert_uint_eq(uart.queue.stats.sent, taken);
    transmit();
    ck_assert(ns16550_is_idle(&uart));
}

START_TEST(sends)
{
    send_all(FIFO);
    model.has_fifo = false;
    ck_assert_int_eq(ns16550_init(&uart, &ops, NULL, 0, 0), NS16550_OK);
    send_all(1);
}
END_TEST

/* Bytes come at any moment, also while an interrupt is served; the core is called after an edge and
 * never otherwise. Every byte must come through. */
START_TEST(loses_no_edge)
{
    uint8_t buf[64];
    uint32_t got = 0, seen = 0;

    srand(3);
    for (int round = 0; round < 2000; round++) {
        uint32_t n = 1 + (uint32_t)rand() % 20, was = got;

        model.arrivals = n;
        while (model.arrivals != 0)
            tick();
        model.arrivals = (uint32_t)rand() % 20;
        n += model.arrivals;
        while (seen != model.edges) {
            seen = model.edges;
            (void)ns16550_interrupt(&uart);
            if (rand() % 4 == 0) ns16550_write(&uart, (const uint8_t *)"abcdefghijklmnopqrs", 19);
            if (rand() % 2 == 0) transmit();
            while (model.arrivals != 0 && rand() % 8 != 0)
                tick();
        }
        while (model.arrivals != 0)
            tick();
        while (seen != model.edges) {
            seen = model.edges;
            (void)ns16550_interrupt(&uart);
        }
        for (size_t k; (k = ns16550_read(&uart, buf, sizeof(buf))) != 0;)
            got += (uint32_t)k;
        ck_assert_uint_eq(got - was, n);
    }
}
END_TEST

/* Whatever the registers say, no call takes long. */
START_TEST(bounds_hostile_registers)
{
    uint8_t data[UART_TX_SIZE] = {0}, buf[UART_RX_SIZE];

    model.is_stuck = true;
    for (unsigned i = 0; i < 256 * 8; i++) {
        model.stuck = (uint8_t)i;
        model.step = (uint8_t)(i >> 8);
        model.accesses = 0;
        (void)ns16550_write(&uart, data, sizeof(data));
        (void)ns16550_interrupt(&uart);
        (void)ns16550_read(&uart, buf, i % 3 * 100);
        (void)ns16550_is_idle(&uart);
        ck_assert_uint_lt(model.accesses, 6 * UART_RX_SIZE);
    }
    model.accesses = 0;
    (void)ns16550_init(&uart, &ops, NULL, 1843200, 9600);
    ck_assert_uint_lt(model.accesses, 30000);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {initialises, keeps_what_came_before, rejects_others,
                                  receives,    remembers_errors,       holds_back_when_full,
                                  sends,       loses_no_edge,          bounds_hostile_registers};

    return suite_run("ns16550", tests, TEST_COUNT(tests), setup);
}
