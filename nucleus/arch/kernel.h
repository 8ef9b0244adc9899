/* SPDX-License-Identifier: Apache-2.0 */
/* What every architecture has for boot and for the files that the architectures share. */
#ifndef NUCLEUS_KERNEL_H
#define NUCLEUS_KERNEL_H

#include "arch.h"

/* --- kernel_map.c of each architecture --- */
#define KERNEL_RW 0u
#define KERNEL_DEVICE 1u
void kernel_tables_init(u64 image_pa);
u64 kernel_root_pa(u64 image_pa);
bool kernel_window_has_table(u64 address); /* a level-3 table of its own, not the shared one */
void kernel_window_table(u64 address, u32 frame);        /* frame becomes that table */
void kernel_window_page(u64 address, u64 pfn, u32 kind); /* needs the table */
void kernel_discard_init(void);
extern u64 kernel_ram_l1[FUT_PT_ENTRIES];

/* --- power.c of each architecture, console.c --- */
void power_off(void) __attribute__((noreturn));
void console_number(u64 value);
void console_text(const char *text);

#endif
