/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch to the controller's driver, chosen at boot. Keeps invariant 21 with nucleus/irq.c. */
#include "irqchip.h"

#include "board.h"
#include "cpu.h"
#include "irqchip/gicv2.h"
#include "irqchip/gicv3.h"

#define FIRST_SHARED 32u /* below: per-core interrupts and IPIs, the nucleus' own */
#define NUMBER_MASK 0x3ffu

u32 irqchip_claim(void)
{
    if (board.irqchip == IRQCHIP_GICV2) return gicv2_claim(DEVICE_GIC_CPU);
    return gicv3_claim();
}

u32 irqchip_number(u32 claim)
{
    return board.irqchip == IRQCHIP_GICV2 ? claim & NUMBER_MASK : claim;
}

void irqchip_finish(u32 claim)
{
    if (board.irqchip == IRQCHIP_GICV2)
        gicv2_finish(DEVICE_GIC_CPU, claim);
    else
        gicv3_finish(claim);
}

void arch_irq_mask(u32 irq)
{
    if (arch_irq_reserved(irq)) return;
    if (board.irqchip == IRQCHIP_GICV2)
        gicv2_mask(DEVICE_GIC_DIST, irq);
    else
        gicv3_mask(DEVICE_GIC_DIST, irq);
}

void arch_irq_unmask(u32 irq)
{
    if (arch_irq_reserved(irq)) return;
    if (board.irqchip == IRQCHIP_GICV2)
        gicv2_unmask(DEVICE_GIC_DIST, irq);
    else
        gicv3_unmask(DEVICE_GIC_DIST, irq);
}

void arch_irq_configure(u32 irq, bool edge)
{
    if (arch_irq_reserved(irq)) return;
    if (board.irqchip == IRQCHIP_GICV2)
        gicv2_configure(DEVICE_GIC_DIST, irq, edge);
    else
        gicv3_configure(DEVICE_GIC_DIST, irq, edge);
}

#if CONFIG_DEBUG
bool arch_irq_masked(u32 irq)
{
    if (arch_irq_reserved(irq)) return true;
    return gicv2_masked(DEVICE_GIC_DIST, irq); /* the same registers in both */
}
#endif

bool arch_irq_reserved(u32 irq) { return irq < FIRST_SHARED || irq >= board.irq_lines; }

bool arch_mmio_reserved(u64 pfn, u64 frames)
{
    u32 i;

    for (i = 0; i < board.mmio_count && i < BOARD_MMIO_MAX; i++)
        if (pfn < board.mmio[i].pfn + board.mmio[i].frames && board.mmio[i].pfn < pfn + frames)
            return true;
    return false;
}
