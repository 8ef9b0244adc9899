/* SPDX-License-Identifier: Apache-2.0 */
/* I/O APIC: fixed delivery to one core. An interrupt is masked by the nucleus before it is
 * finished, so no source can keep the core busy. */
#include "ioapic.h"

#include "mmio_x86_64.h"

#define SELECT 0x00u
#define WINDOW 0x10u
#define VERSION 1u
#define ENTRY_LOW(pin) (0x10u + 2 * (pin))
#define ENTRY_HIGH(pin) (0x11u + 2 * (pin))
#define MASKED (1u << 16)
#define LEVEL (1u << 15)
#define LOW (1u << 13)

static uint32_t ioapic_read(uintptr_t base, uint32_t at)
{
    mmio_write(base + SELECT, at);
    return mmio_read(base + WINDOW);
}

static void ioapic_write(uintptr_t base, uint32_t at, uint32_t value)
{
    mmio_write(base + SELECT, at);
    mmio_write(base + WINDOW, value);
}

MMIO_INIT uint32_t ioapic_init(uintptr_t base)
{
    uint32_t pins = (ioapic_read(base, VERSION) >> 16 & 0xff) + 1, i;

    if (pins > 120) pins = 120; /* what the index register reaches */
    for (i = 0; i < pins; i++)
        ioapic_write(base, ENTRY_LOW(i), MASKED);
    return pins;
}

void ioapic_route(uintptr_t base, uint32_t pin, uint32_t vector, uint32_t core, bool low,
                  bool level)
{
    ioapic_write(base, ENTRY_LOW(pin), MASKED);
    ioapic_write(base, ENTRY_HIGH(pin), core << 24);
    ioapic_write(base, ENTRY_LOW(pin),
                 MASKED | (level ? LEVEL : 0) | (low ? LOW : 0) | (vector & 0xff));
}

void ioapic_mask(uintptr_t base, uint32_t pin)
{
    ioapic_write(base, ENTRY_LOW(pin), ioapic_read(base, ENTRY_LOW(pin)) | MASKED);
}

void ioapic_unmask(uintptr_t base, uint32_t pin)
{
    ioapic_write(base, ENTRY_LOW(pin), ioapic_read(base, ENTRY_LOW(pin)) & ~MASKED);
}

bool ioapic_masked(uintptr_t base, uint32_t pin)
{
    return (ioapic_read(base, ENTRY_LOW(pin)) & MASKED) != 0;
}
