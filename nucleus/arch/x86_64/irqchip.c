/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts by their global number: which I/O APIC and pin that is. Keeps invariant 21 with
 * nucleus/irq.c. */
#include "irqchip.h"

#include "board.h"
#include "cpu.h"
#include "irqchip/ioapic.h"
#include "irqchip/lapic.h"

#define PAGE_OF(chip) (DEVICE_IOAPIC + (u64)(chip)*FUT_PAGE_SIZE)

void irqchip_finish(void) { lapic_finish(board.lapic); }

/* Bit per interrupt: a message that its holder awaits. They cannot be held back: one that comes
 * before its acknowledgement is told of as well. */
static u64 messages_open[4];

static bool irq_is_message(u32 irq) { return irq >= MESSAGE_FIRST && irq < VECTOR_LINES; }

static void message_set(u32 irq, bool open)
{
    u64 bit = (u64)1 << irq % 64;

    messages_open[irq / 64] = open ? messages_open[irq / 64] | bit : messages_open[irq / 64] & ~bit;
}

/* The registers and the pin of an interrupt; false: no controller has it. */
static bool irq_find(u32 irq, u64 *chip, u32 *pin)
{
    u32 i;

    for (i = 0; i < board.ioapic_count && i < BOARD_IOAPICS; i++) {
        *chip = PAGE_OF(i);
        *pin = irq - board.ioapic[i].first;
        if (irq >= board.ioapic[i].first && *pin < board.ioapic[i].pins) return true;
    }
    return false;
}

void arch_irq_mask(u32 irq)
{
    u64 chip;
    u32 pin;

    if (irq_find(irq, &chip, &pin)) ioapic_mask(chip, pin);
    if (irq_is_message(irq)) message_set(irq, false);
}

void arch_irq_unmask(u32 irq)
{
    u64 chip;
    u32 pin;

    if (!arch_irq_reserved(irq) && irq_find(irq, &chip, &pin)) ioapic_unmask(chip, pin);
    if (irq_is_message(irq)) message_set(irq, true);
}

/* While masked. The firmware knows how a line is wired; if it does not say, ISA's are active high
 * and PCI's active low. */
void arch_irq_configure(u32 irq, bool edge)
{
    bool low = (board.irq_override[irq / 64 % 4] >> irq % 64 & 1) != 0
                   ? (board.irq_low[irq / 64 % 4] >> irq % 64 & 1) != 0
                   : !edge && irq >= 16;
    u64 chip;
    u32 pin;

    if (irq_find(irq, &chip, &pin))
        ioapic_route(chip, pin, VECTOR_FIRST + irq, board.lapic_id, low, !edge);
}

#if CONFIG_DEBUG
bool arch_irq_masked(u32 irq)
{
    u64 chip;
    u32 pin;

    if (irq_is_message(irq)) return (messages_open[irq / 64] >> irq % 64 & 1) == 0;
    return arch_irq_reserved(irq) || !irq_find(irq, &chip, &pin) || ioapic_masked(chip, pin);
}
#endif

/* Interrupt 0 is the PIT's on an ISA bus: where it is wired otherwise, nothing is. */
bool arch_irq_reserved(u32 irq)
{
    u64 chip;
    u32 pin;

    return irq == 0 || !(irq_is_message(irq) || irq_find(irq, &chip, &pin));
}
