/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ARM GICv3 and v4: distributor with affinity routing, this core's redistributor, CPU interface in
 * system registers; group 1, one priority. LPIs (message interrupts through an ITS) stay off. An
 * interrupt is masked by the nucleus before it is finished, so no source can keep the core busy.
 */
#include "gicv3.h"

#include "mmio.h"

#define GICD_CTLR 0x0000
#define GICD_TYPER 0x0004
#define GICD_IGROUPR 0x0080
#define GICD_ISENABLER 0x0100
#define GICD_ICENABLER 0x0180
#define GICD_ICPENDR 0x0280
#define GICD_ICACTIVER 0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR 0x0c00
#define GICD_IROUTER 0x6000
#define GICR_TYPER 0x0008
#define GICR_WAKER 0x0014
#define GICR_SGI 0x10000 /* the second frame: the same registers for interrupts 0 to 31 */

#define CTLR_GROUP1 2u /* in either security view: group 1 of this world */
#define CTLR_ARE (1u << 4)
#define CTLR_RWP (1u << 31)
#define WAKER_SLEEP 2u
#define WAKER_ASLEEP 4u
#define TYPER_LAST (1u << 4)
#define TYPER_VLPIS (1u << 1)

#define PRIORITY_WORD 0xa0a0a0a0u
#define LINES_MAX 1020u
#define FIRST_SHARED 32u
#define WAIT_STEPS 100000u
#define WAIT_STEPS_MASK 100u /* while interrupts are off */

/* ICC_* registers by encoding: assemblers of the base architecture do not know their names. */
#define ICC_READ(encoding, value) __asm__ volatile("mrs %0, " encoding : "=r"(value) : : "memory")
#define ICC_WRITE(encoding, value)                                                                 \
    __asm__ volatile("msr " encoding ", %0\n\tisb" : : "r"((uint64_t)(value)) : "memory")
#define ICC_PMR "s3_0_c4_c6_0"
#define ICC_IAR1 "s3_0_c12_c12_0"
#define ICC_EOIR1 "s3_0_c12_c12_1"
#define ICC_BPR1 "s3_0_c12_c12_3"
#define ICC_CTLR "s3_0_c12_c12_4"
#define ICC_SRE "s3_0_c12_c12_5"
#define ICC_IGRPEN1 "s3_0_c12_c12_7"

static uint64_t affinity(void)
{
    uint64_t mpidr;

    __asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
    return mpidr & 0xff00ffffffu;
}

/* A write that takes effect late: bounded, since a controller that never answers must not stop the
 * core. */
static void gicv3_settle(uintptr_t dist, uint32_t steps)
{
    uint32_t i;

    for (i = 0; i < steps && (mmio_read(dist + GICD_CTLR) & CTLR_RWP) != 0; i++)
        ;
}

MMIO_INIT bool gicv3_redist_is_mine(uintptr_t redist, bool *last, uint32_t *stride)
{
    uint64_t typer = mmio_read64(redist + GICR_TYPER);
    uint64_t own = affinity();

    *last = (typer & TYPER_LAST) != 0;
    *stride = (typer & TYPER_VLPIS) != 0 ? 2 * GICV3_REDIST_SIZE : GICV3_REDIST_SIZE;
    return typer >> 32 == ((own >> 32 & 0xff) << 24 | (own & 0xffffff));
}

static MMIO_INIT void gicv3_init_redist(uintptr_t redist, uint32_t timer)
{
    uintptr_t sgi = redist + GICR_SGI;
    uint32_t i;

    mmio_write(redist + GICR_WAKER, mmio_read(redist + GICR_WAKER) & ~WAKER_SLEEP);
    for (i = 0; i < WAIT_STEPS && (mmio_read(redist + GICR_WAKER) & WAKER_ASLEEP) != 0; i++)
        ;
    mmio_write(sgi + GICD_ICENABLER, ~0u);
    mmio_write(sgi + GICD_ICPENDR, ~0u);
    mmio_write(sgi + GICD_ICACTIVER, ~0u);
    mmio_write(sgi + GICD_IGROUPR, ~0u);
    for (i = 0; i < FIRST_SHARED; i += 4)
        mmio_write(sgi + GICD_IPRIORITYR + i, PRIORITY_WORD);
    mmio_write(sgi + GICD_ISENABLER, 1u << timer % 32);
}

static MMIO_INIT void gicv3_init_dist(uintptr_t dist, uint32_t lines)
{
    uint32_t i;

    mmio_write(dist + GICD_CTLR, 0);
    gicv3_settle(dist, WAIT_STEPS);
    for (i = FIRST_SHARED; i < lines; i += 32) {
        mmio_write(dist + GICD_ICENABLER + i / 8, ~0u);
        mmio_write(dist + GICD_ICPENDR + i / 8, ~0u);
        mmio_write(dist + GICD_ICACTIVER + i / 8, ~0u);
        mmio_write(dist + GICD_IGROUPR + i / 8, ~0u);
    }
    for (i = FIRST_SHARED; i < lines; i += 16)
        mmio_write(dist + GICD_ICFGR + i / 4, 0);
    for (i = FIRST_SHARED; i < lines; i += 4)
        mmio_write(dist + GICD_IPRIORITYR + i, PRIORITY_WORD);
    mmio_write(dist + GICD_CTLR, CTLR_ARE | CTLR_GROUP1);
    gicv3_settle(dist, WAIT_STEPS);
    for (i = FIRST_SHARED; i < lines; i++)
        mmio_write64(dist + GICD_IROUTER + 8 * i, affinity());
}

MMIO_INIT uint32_t gicv3_init(uintptr_t dist, uintptr_t redist, uint32_t timer)
{
    uint32_t lines = ((mmio_read(dist + GICD_TYPER) & 31) + 1) * 32;
    uint64_t sre;

    if (lines > LINES_MAX) lines = LINES_MAX;
    gicv3_init_dist(dist, lines);
    gicv3_init_redist(redist, timer);
    ICC_READ(ICC_SRE, sre);
    ICC_WRITE(ICC_SRE, sre | 1);
    ICC_WRITE(ICC_PMR, 0xff);
    ICC_WRITE(ICC_BPR1, 0);
    ICC_WRITE(ICC_CTLR, 0);
    ICC_WRITE(ICC_IGRPEN1, 1);
    return lines;
}

uint32_t gicv3_claim(void)
{
    uint64_t value;

    ICC_READ(ICC_IAR1, value);
    __asm__ volatile("dsb sy" : : : "memory");
    return (uint32_t)value & 0xffffff;
}

void gicv3_finish(uint32_t claim) { ICC_WRITE(ICC_EOIR1, claim); }

void gicv3_mask(uintptr_t dist, uint32_t irq)
{
    mmio_write(dist + GICD_ICENABLER + irq / 32 * 4, 1u << irq % 32);
    gicv3_settle(dist, WAIT_STEPS_MASK); /* one that fires once more is masked once more */
}

void gicv3_unmask(uintptr_t dist, uint32_t irq)
{
    mmio_write(dist + GICD_ISENABLER + irq / 32 * 4, 1u << irq % 32);
}

void gicv3_configure(uintptr_t dist, uint32_t irq, bool edge)
{
    uintptr_t at = dist + GICD_ICFGR + irq / 16 * 4;
    uint32_t bit = 2u << irq % 16 * 2;
    uint32_t value = mmio_read(at);

    mmio_write(at, edge ? value | bit : value & ~bit);
}
