/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ARM GICv2 (GIC-400 and the like): distributor and memory-mapped CPU interface, one core, one
 * priority. An interrupt is masked by the nucleus before it is finished, so no source can keep the
 * core busy.
 */
#include "gicv2.h"

#include "mmio.h"

#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ICPENDR 0x280
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xc00
#define GICC_CTLR 0x000
#define GICC_PMR 0x004
#define GICC_BPR 0x008
#define GICC_IAR 0x00c
#define GICC_EOIR 0x010

#define PRIORITY 0xa0u
#define LINES_MAX 1020u
#define FIRST_SHARED 32u

/* This core's bit in target registers: its own banked ones name it. */
static MMIO_INIT uint8_t gicv2_target(uintptr_t dist)
{
    uint32_t i, mask = 0;

    for (i = 0; i < FIRST_SHARED && mask == 0; i += 4)
        mask = mmio_read(dist + GICD_ITARGETSR + i);
    mask |= mask >> 16;
    mask |= mask >> 8;
    return (mask & 0xff) != 0 ? (uint8_t)mask : 1;
}

MMIO_INIT uint32_t gicv2_init(uintptr_t dist, uintptr_t cpu, uint32_t timer)
{
    uint32_t i, lines = ((mmio_read(dist + GICD_TYPER) & 31) + 1) * 32;
    uint8_t target = gicv2_target(dist);

    if (lines > LINES_MAX) lines = LINES_MAX;
    mmio_write(dist + GICD_CTLR, 0);
    for (i = 0; i < lines; i += 32) {
        mmio_write(dist + GICD_ICENABLER + i / 8, ~0u);
        mmio_write(dist + GICD_ICPENDR + i / 8, ~0u);
        mmio_write(dist + GICD_ICACTIVER + i / 8, ~0u);
    }
    for (i = 0; i < lines; i++) {
        mmio_write8(dist + GICD_IPRIORITYR + i, PRIORITY);
        if (i >= FIRST_SHARED) mmio_write8(dist + GICD_ITARGETSR + i, target);
    }
    for (i = FIRST_SHARED; i < lines; i += 16)
        mmio_write(dist + GICD_ICFGR + i / 4, 0);
    mmio_write(dist + GICD_CTLR, 1);
    mmio_write(cpu + GICC_PMR, 0xff);
    mmio_write(cpu + GICC_BPR, 0);
    mmio_write(cpu + GICC_CTLR, 1);
    gicv2_unmask(dist, timer);
    return lines;
}

uint32_t gicv2_claim(uintptr_t cpu) { return mmio_read(cpu + GICC_IAR); }

void gicv2_finish(uintptr_t cpu, uint32_t claim)
{
    __asm__ volatile("dsb sy" : : : "memory");
    mmio_write(cpu + GICC_EOIR, claim);
}

void gicv2_mask(uintptr_t dist, uint32_t irq)
{
    mmio_write(dist + GICD_ICENABLER + irq / 32 * 4, 1u << irq % 32);
}

void gicv2_unmask(uintptr_t dist, uint32_t irq)
{
    mmio_write(dist + GICD_ISENABLER + irq / 32 * 4, 1u << irq % 32);
}

bool gicv2_masked(uintptr_t dist, uint32_t irq)
{
    return (mmio_read(dist + GICD_ISENABLER + irq / 32 * 4) >> irq % 32 & 1) == 0;
}

void gicv2_configure(uintptr_t dist, uint32_t irq, bool edge)
{
    uintptr_t at = dist + GICD_ICFGR + irq / 16 * 4;
    uint32_t bit = 2u << irq % 16 * 2;
    uint32_t value = mmio_read(at);

    mmio_write(at, edge ? value | bit : value & ~bit);
}
