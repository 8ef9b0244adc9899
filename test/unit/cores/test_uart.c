/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the PL011 core against a model of the device. */
#include "pl011.h"

#include "suite.h"

#include <string.h>

#define FIFO 16u

/* What the core may see of a PL011. */
static struct {
    uint32_t reg[0x1000 / 4];
    uint16_t rx[4096]; /* DR values, error bits included */
    uint32_t rx_head, rx_tail;
    uint8_t sent[16384];
    uint32_t sent_len, fifo_room, busy_reads;
    bool wrong_id;
} model;

static struct pl011 uart;

static uint32_t model_read(void *ctx, uint32_t offset)
{
    (void)ctx;
    ck_assert_uint_lt(offset, 0x1000);
    ck_assert_uint_eq(offset % 4, 0);
    switch (offset) {
    case 0x000:
        ck_assert_uint_ne(model.rx_head, model.rx_tail);
        return model.rx[model.rx_tail++ % 4096];
    case 0x018:
        if (model.busy_reads != 0 && --model.busy_reads != 0) return 1u << 3;
        return (model.rx_head == model.rx_tail ? 1u << 4 : 0) |
               (model.fifo_room == 0 ? 1u << 5 : 0);
    case 0xfe0: return model.wrong_id ? 0x31 : 0x11;
    case 0xfe4: return 0x10;
    default: return model.reg[offset / 4];
    }
}

static void model_write(void *ctx, uint32_t offset, uint32_t value)
{
    (void)ctx;
    if (offset == 0x000) {
        ck_assert_uint_ne(model.fifo_room, 0);
        model.sent[model.sent_len++] = (uint8_t)value;
        model.fifo_room--;
    }
    model.reg[offset / 4] = value;
}

static const struct pl011_ops ops = {model_read, model_write};

static uint32_t mask(void) { return model.reg[0x038 / 4]; }

static void receive(const char *s)
{
    for (; *s != 0; s++)
        model.rx[model.rx_head++ % 4096] = (uint8_t)*s;
}

static void setup(void)
{
    memset(&model, 0, sizeof(model));
    model.fifo_room = FIFO;
    ck_assert_int_eq(pl011_init(&uart, &ops, NULL, 24000000, 115200), PL011_OK);
}

START_TEST(initialises)
{
    ck_assert_uint_eq(model.reg[0x024 / 4], 13);
    ck_assert_uint_eq(model.reg[0x028 / 4], 1);
    ck_assert_uint_eq(model.reg[0x02c / 4], 0x70);
    ck_assert_uint_eq(model.reg[0x030 / 4], 0x301);
    ck_assert_uint_eq(mask(), 0x50);
    model.busy_reads = 50;
    ck_assert_int_eq(pl011_init(&uart, &ops, NULL, 0, 0), PL011_OK);
    model.busy_reads = UINT32_MAX; /* stuck: the wait is bounded */
    ck_assert_int_eq(pl011_init(&uart, &ops, NULL, 0, 0), PL011_OK);
    model.busy_reads = 0;
    ck_assert_int_eq(pl011_init(&uart, &ops, NULL, 1000, 115200), PL011_E_BAUD);
    model.wrong_id = true;
    ck_assert_int_eq(pl011_init(&uart, &ops, NULL, 0, 0), PL011_E_ID);
    pl011_stop(&uart);
    ck_assert_uint_eq(model.reg[0x030 / 4], 0);
}
END_TEST

START_TEST(receives)
{
    uint8_t buf[8];

    receive("hello");
    ck_assert_uint_eq(pl011_interrupt(&uart), UART_RX_READY);
    ck_assert_uint_eq(pl011_read(&uart, buf, 8), 5);
    ck_assert_mem_eq(buf, "hello", 5);
    ck_assert_uint_eq(pl011_interrupt(&uart), 0);
    model.rx[model.rx_head++] = 'a' | 1 << 8;  /* framing */
    model.rx[model.rx_head++] = 'b' | 1 << 9;  /* parity */
    model.rx[model.rx_head++] = 1 << 10;       /* break */
    model.rx[model.rx_head++] = 'c' | 1 << 11; /* overrun; the character is good */
    ck_assert_uint_eq(pl011_interrupt(&uart), UART_RX_READY | UART_BREAK);
    ck_assert_uint_eq(pl011_read(&uart, buf, 8), 1);
    ck_assert_uint_eq(buf[0], 'c');
    ck_assert_uint_eq(uart.queue.stats.framing, 1);
    ck_assert_uint_eq(uart.queue.stats.parity, 1);
    ck_assert_uint_eq(uart.queue.stats.breaks, 1);
    ck_assert_uint_eq(uart.queue.stats.overruns, 1);
    ck_assert_uint_eq(uart.queue.stats.received, 6);
}
END_TEST

START_TEST(holds_back_when_full)
{
    uint8_t buf[UART_RX_SIZE];

    for (uint32_t i = 0; i < UART_RX_SIZE + 10; i++)
        model.rx[model.rx_head++] = (uint8_t)i;
    for (int i = 0; i < 40; i++)
        pl011_interrupt(&uart);
    ck_assert_uint_eq(uart_rx_count(&uart.queue), UART_RX_SIZE);
    ck_assert_uint_eq(mask() & 0x50, 0);
    ck_assert_uint_eq(model.rx_head - model.rx_tail, 10);
    ck_assert_uint_eq(pl011_read(&uart, buf, 1), 1);
    /* The FIFO's level stays above empty, so no interrupt would come: reading takes what fits. */
    ck_assert_uint_eq(model.rx_head - model.rx_tail, 9);
    ck_assert_uint_eq(mask() & 0x50, 0);
    ck_assert_uint_eq(pl011_read(&uart, buf, sizeof(buf)), UART_RX_SIZE);
    ck_assert_uint_eq(buf[UART_RX_SIZE - 1], (uint8_t)UART_RX_SIZE);
    ck_assert_uint_eq(uart_rx_count(&uart.queue), 9);
    ck_assert_uint_eq(mask() & 0x50, 0x50);
}
END_TEST

START_TEST(sends)
{
    uint8_t data[UART_TX_SIZE + 100];
    size_t taken;

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    ck_assert_uint_eq(pl011_write(&uart, data, 4), 4);
    ck_assert_uint_eq(model.sent_len, 4);
    ck_assert_uint_eq(mask() & 0x20, 0);
    ck_assert(pl011_is_idle(&uart));
    taken = 4 + pl011_write(&uart, data + 4, sizeof(data) - 4);
    ck_assert_uint_eq(taken, UART_TX_SIZE + 4);
    ck_assert_uint_eq(model.sent_len, FIFO);
    ck_assert_uint_eq(mask() & 0x20, 0x20);
    ck_assert(!pl011_is_idle(&uart));
    ck_assert_uint_eq(uart_tx_room(&uart.queue), FIFO - 4);
    while (model.sent_len < taken) {
        model.fifo_room = FIFO;
        ck_assert_uint_eq(pl011_interrupt(&uart), UART_TX_ROOM);
    }
    ck_assert_uint_eq(mask() & 0x20, 0);
    ck_assert_mem_eq(model.sent, data, taken);
    ck_assert_uint_eq(uart.queue.stats.sent, taken);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {initialises, receives, holds_back_when_full, sends};

    return suite_run("uart", tests, TEST_COUNT(tests), setup);
}
