/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the interrupt controllers and the timer, and silences those of the first PCs. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "irqchip/ioapic.h"
#include "irqchip/lapic.h"
#include "port.h"
#include "timer/tsc.h"
#include "x86.h"

#define PIC_MASTER 0x21u
#define PIC_SLAVE 0xa1u
#define MEASURES 5u

static void device_page(u64 address, u64 pa)
{
    boot_window_page(address, pa >> FUT_PAGE_BITS, KERNEL_DEVICE);
}

static void pics_silence(void)
{
    port_write8(PIC_MASTER, 0xff);
    port_write8(PIC_SLAVE, 0xff);
}

static void ioapics_start(void)
{
    const struct acpi_madt *madt = &boot_acpi.madt;
    u32 i, first, pins;

    for (i = 0; i < madt->ioapic_count && i < BOARD_IOAPICS; i++) {
        device_page(DEVICE_IOAPIC + (u64)i * FUT_PAGE_SIZE, madt->ioapic[i].address);
        first = madt->ioapic[i].gsi_base;
        pins = ioapic_init(DEVICE_IOAPIC + (u64)i * FUT_PAGE_SIZE);
        if (first >= MESSAGE_FIRST)
            boot_fail("ACPI table APIC", "an interrupt has too high a number");
        if (pins > MESSAGE_FIRST - first) pins = MESSAGE_FIRST - first;
        board.ioapic[i].first = first;
        board.ioapic[i].pins = pins;
        if (first + pins > board.irq_lines) board.irq_lines = first + pins;
        board.ioapic_count++;
    }
    for (i = 0; i < madt->override_count; i++) {
        u32 gsi = madt->override[i].gsi;

        if (gsi >= MESSAGE_FIRST)
            boot_fail("ACPI table APIC", "an interrupt has too high a number");
        board.irq_override[gsi / 64] |= (u64)1 << gsi % 64;
        if (madt->override[i].low) board.irq_low[gsi / 64] |= (u64)1 << gsi % 64;
    }
}

/* A hardware-reduced board switches itself off by a register in memory. */
static void sleep_find(void)
{
    const struct acpi_register *sleep = &boot_acpi.fadt.sleep;

    if (board.sleep_value == 0 || sleep->port || sleep->address == 0) return;
    device_page(DEVICE_SLEEP, sleep->address);
    board.sleep = DEVICE_SLEEP + sleep->address % FUT_PAGE_SIZE;
}

/* The lowest of some measures: tsc_measure errs upwards alone. */
static void timer_measure(void)
{
    u64 hz, ratio;
    u32 i;

    for (i = 0; i < MEASURES; i++) {
        hz = tsc_measure(board.lapic, &ratio);
        if (hz == 0) boot_fail("timer", "the PIT does not count");
        if (board.counter_hz != 0 && hz >= board.counter_hz) continue;
        board.counter_hz = hz;
        board.timer_ratio = ratio;
    }
    if (board.counter_hz < 1000000 || board.timer_ratio == 0)
        boot_fail("timer", "the time-stamp counter or the local APIC's timer does not count");
}

void devices_start(void)
{
    board.uart = CONFIG_DEBUG != 0;
    pics_silence();
    if (!board_has(FEATURE_X2APIC)) {
        device_page(DEVICE_LAPIC, boot_acpi.madt.local_apic);
        board.lapic = DEVICE_LAPIC;
    }
    board.lapic_id = lapic_init(board.lapic, VECTOR_TIMER, VECTOR_SPURIOUS, false);
    if (board.lapic_id > 254) boot_fail("processor", "its local APIC has too high a number");
    ioapics_start();
    sleep_find();
    timer_measure();
    if (board_has(FEATURE_DEADLINE)) lapic_init(board.lapic, VECTOR_TIMER, VECTOR_SPURIOUS, true);
    arch_timer_arm(~(u64)0);
}
