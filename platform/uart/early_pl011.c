/* SPDX-License-Identifier: Apache-2.0 */
/* PL011, transmit only, polled. */
#include "early_pl011.h"

#include "mmio.h"

#define UARTDR 0x00
#define UARTFR 0x18
#define FR_FULL (1u << 5)
#define WAIT_STEPS 1000000u

#if CONFIG_DEBUG
#define EARLY
#else
#define EARLY MMIO_INIT
#endif

EARLY void early_pl011_put(uintptr_t base, uint8_t byte)
{
    uint32_t i;

    for (i = 0; i < WAIT_STEPS && (mmio_read(base + UARTFR) & FR_FULL) != 0; i++)
        ;
    mmio_write(base + UARTDR, byte);
}
