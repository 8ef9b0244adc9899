/* SPDX-License-Identifier: Apache-2.0 */
/* Time-stamp counter; its rate by channel 0 of the PIT, whose interrupt is masked. */
#include "tsc.h"

#include "irqchip/lapic.h"
#include "mmio_x86_64.h"
#include "port.h"

#define PIT_DATA 0x40u
#define PIT_COMMAND 0x43u
#define COMMAND_ONCE 0x30u /* channel 0, both bytes, mode 0 */
#define COMMAND_LATCH 0x00u
#define PIT_START 0xffffu
#define PIT_TICKS 11932u /* 10 ms */
#define PIT_HZ 1193182u
#define WAIT_STEPS 1000000u

uint64_t tsc_read(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return low | (uint64_t)high << 32;
}

uint32_t tsc_ticks(uint64_t counter, uint64_t ratio)
{
    uint64_t now = tsc_read(), delta = counter > now ? counter - now : 0;
    unsigned __int128 ticks = ((unsigned __int128)delta * ratio >> 32) + 1;

    if (counter == ~(uint64_t)0) return 0;
    return ticks > 0xffffffffu ? 0xffffffffu : (uint32_t)ticks;
}

static MMIO_INIT void pit_start(void)
{
    port_write8(PIT_COMMAND, COMMAND_ONCE);
    port_write8(PIT_DATA, PIT_START & 0xff);
    port_write8(PIT_DATA, PIT_START >> 8);
}

static MMIO_INIT uint32_t pit_elapsed(void)
{
    uint32_t low;

    port_write8(PIT_COMMAND, COMMAND_LATCH);
    low = port_read8(PIT_DATA);
    return PIT_START - (low | (uint32_t)port_read8(PIT_DATA) << 8);
}

/* Whoever is held up in between finds too many ticks of the counter, never too few, and for them
 * too few of the local APIC: a timer that is early is armed again. */
MMIO_INIT uint64_t tsc_measure(uintptr_t lapic, uint64_t *ratio)
{
    uint64_t start = tsc_read(), ticks;
    uint32_t i, used, elapsed = 0;

    lapic_timer_arm(lapic, ~0u);
    pit_start();
    for (i = 0; i < WAIT_STEPS && elapsed < PIT_TICKS; i++)
        elapsed = pit_elapsed();
    used = ~0u - lapic_timer_left(lapic);
    ticks = tsc_read() - start;
    lapic_timer_arm(lapic, 0);
    *ratio = ticks != 0 ? ((uint64_t)used << 32) / ticks : 0;
    return elapsed >= PIT_TICKS ? ticks * PIT_HZ / elapsed : 0;
}
