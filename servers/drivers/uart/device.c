/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of serial ports, each its core bound to registers; see device.h. */
#include "device.h"

#include "component.h"
#include "mmio.h"
#include "ns16550.h"
#include "pl011.h"

const struct startpage_device *uart_device;
const struct uart_kind *uart;

/* --- PL011 --- */

static struct pl011 pl011;

static uint32_t on_read32(void *ctx, uint32_t offset)
{
    (void)ctx;
    return mmio_read32(&uart_device->reg[0], offset);
}

static void on_write32(void *ctx, uint32_t offset, uint32_t value)
{
    (void)ctx;
    mmio_write32(&uart_device->reg[0], offset, value);
}

static const struct pl011_ops pl011_device = {on_read32, on_write32};

static bool arm_start(void) { return pl011_init(&pl011, &pl011_device, NULL, 0, 0) == PL011_OK; }
static uint32_t arm_interrupt(void) { return pl011_interrupt(&pl011); }
static size_t arm_read(uint8_t *buf, size_t cap) { return pl011_read(&pl011, buf, cap); }
static size_t arm_write(const uint8_t *data, size_t len) { return pl011_write(&pl011, data, len); }

/* --- 16550 --- */

static struct ns16550 ns16550;

static uint8_t on_read8(void *ctx, uint32_t index)
{
    (void)ctx;
    return mmio_read8(&uart_device->reg[0], index);
}

static void on_write8(void *ctx, uint32_t index, uint8_t value)
{
    (void)ctx;
    mmio_write8(&uart_device->reg[0], index, value);
}

static const struct ns16550_ops ns16550_device = {on_read8, on_write8};

static bool pc_start(void)
{
    return ns16550_init(&ns16550, &ns16550_device, NULL, 0, 0) == NS16550_OK;
}
static uint32_t pc_interrupt(void) { return ns16550_interrupt(&ns16550); }
static size_t pc_read(uint8_t *buf, size_t cap) { return ns16550_read(&ns16550, buf, cap); }
static size_t pc_write(const uint8_t *data, size_t len)
{
    return ns16550_write(&ns16550, data, len);
}

/* --- whichever it is --- */

static const struct uart_kind kinds[] = {
    {"arm,pl011", "PL011", arm_start, arm_interrupt, arm_read, arm_write, &pl011.queue, false},
    {"ns16550a", "16550", pc_start, pc_interrupt, pc_read, pc_write, &ns16550.queue, true},
};

void uart_start(void)
{
    for (uint32_t i = 0; i < sizeof kinds / sizeof kinds[0] && uart_device == NULL; i++) {
        uart = &kinds[i];
        uart_device = startpage_find_device(&component_page, uart->compatible);
    }
    if (uart_device == NULL || uart_device->reg_count == 0)
        component_fail("no serial port is granted that this driver knows");
    if (uart_device->irq_count == 0) component_fail("the serial port has no interrupt");
    if (!uart->start()) component_fail("the device is not a %s", uart->name);
}
