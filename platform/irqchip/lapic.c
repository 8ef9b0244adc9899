/* SPDX-License-Identifier: Apache-2.0 */
/* Local APIC and x2APIC, one core, one priority. */
#include "lapic.h"

#include "mmio_x86_64.h"

#define MSR_BASE 0x1bu
#define MSR_X2APIC 0x800u
#define BASE_ENABLE (1u << 11)
#define BASE_X2APIC (1u << 10)

#define ID 0x020u
#define PRIORITY 0x080u
#define FINISH 0x0b0u
#define SPURIOUS 0x0f0u
#define LVT_TIMER 0x320u
#define LVT_LINT0 0x350u
#define LVT_LINT1 0x360u
#define LVT_ERROR 0x370u
#define TIMER_INITIAL 0x380u
#define TIMER_CURRENT 0x390u
#define TIMER_DIVIDE 0x3e0u

#define SOFTWARE_ENABLE 0x100u
#define MASKED (1u << 16)
#define MODE_DEADLINE (2u << 17)
#define LVT_NMI (4u << 8)
#define DIVIDE_BY_1 0xbu

static uint32_t msr_get(uint32_t msr)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return low;
}

static void lapic_write(uintptr_t base, uint32_t at, uint32_t value)
{
    if (base != 0)
        mmio_write(base + at, value);
    else
        __asm__ volatile("wrmsr" : : "c"(MSR_X2APIC + at / 16), "a"(value), "d"(0) : "memory");
}

static uint32_t lapic_read(uintptr_t base, uint32_t at)
{
    return base != 0 ? mmio_read(base + at) : msr_get(MSR_X2APIC + at / 16);
}

static MMIO_INIT void lapic_enable(bool x2apic)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(MSR_BASE));
    low |= BASE_ENABLE | (x2apic ? BASE_X2APIC : 0);
    __asm__ volatile("wrmsr" : : "c"(MSR_BASE), "a"(low), "d"(high));
}

MMIO_INIT uint32_t lapic_init(uintptr_t base, uint8_t timer, uint8_t spurious, bool deadline)
{
    lapic_enable(base == 0);
    lapic_write(base, SPURIOUS, SOFTWARE_ENABLE | spurious);
    lapic_write(base, PRIORITY, 0);
    lapic_write(base, LVT_LINT0, MASKED);
    lapic_write(base, LVT_LINT1, LVT_NMI);
    lapic_write(base, LVT_ERROR, MASKED);
    lapic_write(base, TIMER_DIVIDE, DIVIDE_BY_1);
    lapic_write(base, TIMER_INITIAL, 0);
    lapic_write(base, LVT_TIMER, timer | (deadline ? MODE_DEADLINE : 0));
    __asm__ volatile("mfence" : : : "memory"); /* before the first deadline */
    lapic_finish(base);
    return base != 0 ? lapic_read(base, ID) >> 24 : lapic_read(base, ID);
}

void lapic_finish(uintptr_t base) { lapic_write(base, FINISH, 0); }

void lapic_timer_arm(uintptr_t base, uint32_t ticks) { lapic_write(base, TIMER_INITIAL, ticks); }

MMIO_INIT uint32_t lapic_timer_left(uintptr_t base) { return lapic_read(base, TIMER_CURRENT); }
