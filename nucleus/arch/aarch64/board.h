/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What boot found out about the board and the nucleus goes on needing: which interrupt controller,
 * which timer interrupt, how to reach the firmware, and which device ranges nobody else may map.
 * Written once, by boot.
 */
#ifndef AARCH64_BOARD_H
#define AARCH64_BOARD_H

#include "types.h"

enum irqchip_kind { IRQCHIP_NONE = 0, IRQCHIP_GICV2 = 2, IRQCHIP_GICV3 = 3 };
enum power_conduit { POWER_NONE = 0, POWER_HVC = 1, POWER_SMC = 2 };

#define BOARD_MMIO_MAX 16

struct board_mmio {
    u64 pfn, frames;
};

struct board {
    u32 irqchip;   /* enum irqchip_kind */
    u32 irq_lines; /* interrupts that the controller has */
    u32 timer_irq; /* the comparator's */
    u32 power;     /* enum power_conduit */
    u64 counter_hz;
    u32 mmio_count;
    bool uart; /* DEVICE_UART is mapped */
    struct board_mmio mmio[BOARD_MMIO_MAX];
};

extern struct board board;

#endif
