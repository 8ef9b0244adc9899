/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the interrupt controller and the timer, and gives debug builds their console. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "irqchip/gicv2.h"
#include "irqchip/gicv3.h"
#include "timer/generic_timer.h"

#define DIST_PAGES_V2 1u
#define DIST_PAGES_V3 8u
#define REDIST_REGION_MAX 0x10000000u

static void device_pages(u64 address, u64 pa, u32 count)
{
    u32 i;

    for (i = 0; i < count; i++)
        boot_window_page(address + ((u64)i << FUT_PAGE_BITS), (pa >> FUT_PAGE_BITS) + i,
                         KERNEL_DEVICE);
}

/* The redistributor of this core, by walking its region. */
static u64 redist_find(void)
{
    u64 at = boot.gic.cpu.base, end = at + boot.gic.cpu.size;
    bool last = false;
    u32 stride;

    if (boot.gic.cpu.size > REDIST_REGION_MAX)
        boot_fail("interrupt controller", "its redistributor region is too large");
    for (; !last && at < end && end - at >= GICV3_REDIST_SIZE; at += stride)
        if (gicv3_redist_is_mine(boot_device(at, GICV3_REDIST_SIZE), &last, &stride)) return at;
    boot_fail("interrupt controller", "no redistributor for this core");
}

static void irqchip_start(void)
{
    const struct fdt_gic *gic = &boot.gic;

    if (gic->dist.base % FUT_PAGE_SIZE != 0 || gic->cpu.base % FUT_PAGE_SIZE != 0 ||
        gic->dist.base >> 48 != 0 || gic->cpu.base >> 48 != 0)
        boot_fail("interrupt controller", "its registers are misplaced");
    if (board.irqchip == IRQCHIP_GICV2) {
        device_pages(DEVICE_GIC_DIST, gic->dist.base, DIST_PAGES_V2);
        device_pages(DEVICE_GIC_CPU, gic->cpu.base, 1);
        board.irq_lines = gicv2_init(DEVICE_GIC_DIST, DEVICE_GIC_CPU, board.timer_irq);
    } else {
        if (BITS(SYSREG_READ(id_aa64pfr0_el1), 24, 4) == 0)
            boot_fail("interrupt controller", "this processor has no GICv3 registers");
        device_pages(DEVICE_GIC_DIST, gic->dist.base, DIST_PAGES_V3);
        board.irq_lines = gicv3_init(DEVICE_GIC_DIST, redist_find(), board.timer_irq);
    }
}

void devices_start(void)
{
    if (CONFIG_DEBUG && boot.uart_pa != 0) {
        device_pages(DEVICE_UART, boot.uart_pa, 1);
        board.uart = true;
    }
    irqchip_start();
    timer_init(boot.timer_physical);
}
