/* SPDX-License-Identifier: Apache-2.0 */
/* 16550, transmit only, polled. */
#include "early_16550.h"

#include "mmio_x86_64.h"
#include "port.h"

#define DATA 0
#define INTERRUPTS 1
#define FIFO 2
#define LINE 3
#define MODEM 4
#define STATUS 5
#define LINE_DIVISOR 0x80u
#define LINE_8N1 3u
#define STATUS_EMPTY 0x20u
#define WAIT_STEPS 100000u

#if CONFIG_DEBUG
#define EARLY
#else
#define EARLY MMIO_INIT
#endif

MMIO_INIT void early_16550_init(uint16_t port)
{
    port_write8(port + INTERRUPTS, 0);
    port_write8(port + LINE, LINE_DIVISOR | LINE_8N1);
    port_write8(port + DATA, 1);
    port_write8(port + INTERRUPTS, 0);
    port_write8(port + LINE, LINE_8N1);
    port_write8(port + FIFO, 7);
    port_write8(port + MODEM, 3);
}

EARLY void early_16550_put(uint16_t port, uint8_t byte)
{
    uint32_t i;

    for (i = 0; i < WAIT_STEPS && (port_read8(port + STATUS) & STATUS_EMPTY) == 0; i++)
        ;
    port_write8(port + DATA, byte);
}
