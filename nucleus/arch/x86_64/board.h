/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What boot found out about the board and the processor, and the nucleus goes on needing. Written
 * once, by boot.
 */
#ifndef X86_64_BOARD_H
#define X86_64_BOARD_H

#include "types.h"

#define BOARD_MMIO_MAX 16
#define BOARD_IOAPICS 4
#define BOARD_HOLES 4

/* What the processor has and the nucleus uses. */
enum feature {
    FEATURE_SMEP = 1,
    FEATURE_SMAP = 2,
    FEATURE_UMIP = 4,
    FEATURE_PCID = 8, /* with INVPCID, or not at all */
    FEATURE_FSGSBASE = 16,
    FEATURE_XSAVE = 32,
    FEATURE_X2APIC = 64,
    FEATURE_DEADLINE = 128,
    FEATURE_GIANT = 256,     /* 1 GiB pages */
    FEATURE_MELTDOWN = 512,  /* the processor is open to it */
    FEATURE_ISOLATED = 1024, /* so users' roots lack the nucleus (or for a boot option) */
};

struct board_mmio {
    u64 pfn, frames;
};

struct board_ioapic {
    u32 first, pins; /* interrupts */
};

struct board {
    u32 features; /* enum feature */
    u32 irq_lines;
    u64 counter_hz;
    u64 timer_ratio; /* local APIC ticks a counter tick, 32 fraction bits; not for deadlines */
    u64 lapic;       /* where its registers are mapped; 0: x2APIC */
    u32 ioapic_count;
    struct board_ioapic ioapic[BOARD_IOAPICS];
    u64 irq_low[4];      /* bit per interrupt: active low whatever its trigger */
    u64 irq_override[4]; /* bit per interrupt: the firmware has said how it is wired */
    u32 lapic_id;
    u32 mxcsr_mask;
    u64 vector_mask;               /* components that XSAVE keeps */
    u32 off_port[2], off_value[2]; /* ports that switch off; 0: none */
    u32 reset_port, reset_value;
    u64 sleep; /* where the register is mapped that switches a board without such ports off; 0 */
    u32 sleep_value;
    u32 hole_count; /* where device windows are, between the first and the last frame of RAM */
    struct board_mmio hole[BOARD_HOLES];
    u32 mmio_count;
    bool uart;
    struct board_mmio mmio[BOARD_MMIO_MAX];
};

extern struct board board;

static inline bool board_has(u32 feature) { return (board.features & feature) != 0; }

#endif
