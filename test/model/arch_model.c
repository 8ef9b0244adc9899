/* SPDX-License-Identifier: Apache-2.0 */
/* The architecture as the explorer sees it: time moves only by steps, page tables are plain arrays,
 * and what the nucleus asks of the machine is kept for comparison. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

MODEL_RECORDS(MODEL_RECORD)

u64 model_now, model_armed;
bool model_line_masked;
u32 model_unsafe;
bool model_root_wrong;
u8 model_effect[3];
static u64 tables[MAX_FRAMES][PT_ENTRIES];

static void effect(u32 what, u32 a, u32 b)
{
    model_effect[0] = (u8)what;
    model_effect[1] = (u8)a;
    model_effect[2] = (u8)b;
}

u64 arch_counter(void) { return model_now; }
u64 arch_counter_hz(void) { return 1; }
void arch_timer_arm(u64 counter) { model_armed = counter; }
u64 arch_pt_get(u32 frame, u32 index) { return tables[frame][index]; }
void arch_pt_put(u32 frame, u32 index, u64 entry) { tables[frame][index] = entry; }
bool arch_entry_present(u64 entry) { return (entry & 1) != 0; }
u64 arch_entry_pfn(u64 entry) { return entry >> 8; }
u32 arch_entry_flags(u64 entry) { return (u32)(entry >> 1) & 3; }
u64 arch_entry_table(u64 pfn) { return pfn << 8 | 1; }
u64 arch_entry_leaf(u64 pfn, u32 type, u32 flags)
{
    return pfn << 8 | (u64)type << 4 | flags << 1 | 1;
}
u64 arch_entry_protect(u64 entry, u32 flags) { return (entry & ~(u64)6) | flags << 1; }
u64 arch_root_word(u32 root_frame, u32 asid) { return (u64)asid << 48 | root_frame; }
void arch_root_init(u32 root_frame) { (void)root_frame; }
bool arch_root_safe(u32 root_frame) { return !model_root_wrong || root_frame >= MAX_FRAMES; }
void arch_tlb_page(u64 root, u64 address) { (void)root, (void)address; }
void arch_tlb_space(u64 root) { (void)root; }
void arch_tlb_all(void) {}
void arch_frame_zero(u32 frame) { memset(tables[frame], 0, sizeof tables[frame]); }
void arch_frame_uncache(u32 frame) { (void)frame; }
void arch_frame_icache(u32 frame) { (void)frame; }
status arch_window_back(u32 window, u32 page, u32 frame)
{
    (void)window, (void)page, (void)frame;
    return FUT_S_OK;
}
void arch_regs_read(u32 thread, u32 frame) { effect(EFFECT_REGS_READ, thread, frame); }
void arch_regs_write(u32 thread, u32 frame) { effect(EFFECT_REGS_WRITE, thread, frame); }
void arch_regs_init(u32 thread)
{
    memset(threads[thread].reg, 0, sizeof threads[thread].reg);
    threads[thread].flags = 0;
}
void arch_vectors_drop(u32 thread) { (void)thread; }
void arch_step(u32 thread, bool on) { effect(on ? EFFECT_STEP_ON : EFFECT_STEP_OFF, thread, 0); }
void arch_irq_mask(u32 irq) { model_line_masked = irq == 0 ? true : model_line_masked; }
void arch_irq_unmask(u32 irq) { model_line_masked = irq == 0 ? false : model_line_masked; }
bool arch_irq_masked(u32 irq) { return irq != 0 || model_line_masked; }
bool arch_regs_safe(u32 thread) { return thread != model_unsafe; }
void arch_irq_configure(u32 irq, bool edge) { (void)irq, (void)edge; }
bool arch_irq_reserved(u32 irq)
{
    (void)irq;
    return false;
}
bool arch_mmio_reserved(u64 pfn, u64 count)
{
    (void)pfn, (void)count;
    return false;
}
void arch_reset(u32 kind)
{
    (void)kind;
    abort();
}
bool arch_debug_put(u8 byte)
{
    (void)byte;
    return false;
}

void arch_panic(u32 invariant)
{
    fprintf(stderr, "nucleus: invariant %u is broken\n", invariant);
    abort();
}
