/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What generic nucleus code needs of an architecture and its board. The target implements it in
 * arch/ and platform/; the explorer implements it in test/model. Every function is bounded; none of
 * them changes nucleus state other than the processor's or the device's own, except where said.
 */
#ifndef NUCLEUS_ARCH_H
#define NUCLEUS_ARCH_H

#include "object.h"

/* --- time --- */
u64 arch_counter(void);           /* ticks, monotonic */
u64 arch_counter_hz(void);        /* ticks a second */
void arch_timer_arm(u64 counter); /* interrupt when the counter reaches it; ~0: never */

/* --- page tables: words of a table frame (invariants 13-16 are kept by map.c) --- */
u64 arch_pt_get(u32 frame, u32 index);
/* with the barrier that makes it visible to walks */
void arch_pt_put(u32 frame, u32 index, u64 entry);
bool arch_entry_present(u64 entry);
u64 arch_entry_pfn(u64 entry);
u32 arch_entry_flags(u64 entry); /* FUT_MAP_WRITE, FUT_MAP_EXEC of a leaf */
u64 arch_entry_table(u64 pfn);   /* an entry that names a table */
/* a user leaf; attributes follow the frame type */
u64 arch_entry_leaf(u64 pfn, u32 frame_type, u32 flags);
u64 arch_entry_protect(u64 entry, u32 flags); /* same frame and attributes, other rights */
u64 arch_root_word(u32 root_frame, u32 asid); /* what the table register takes */
/* kernel half of a fresh, zeroed root (x86-64); aarch64: nothing */
void arch_root_init(u32 root_frame);
bool arch_root_safe(u32 root_frame); /* invariant 19: its kernel half is as it was made (debug) */

/* --- TLB and caches --- */
/* one user page of one address space, this core, before it returns */
void arch_tlb_page(u64 root, u64 address);
void arch_tlb_space(u64 root); /* a whole address space */
void arch_tlb_all(void);
void arch_frame_zero(u32 frame);    /* one page, 4 KiB of zeros */
void arch_frame_uncache(u32 frame); /* clean and invalidate to the point of coherency */
void arch_frame_icache(u32 frame);  /* make instruction fetches see what was written */

/* --- windows: back page number `page` of the window of `type` (FUT_TYPE_*; vectors:
   FUT_TYPE_THREAD | 0x100; tables: FUT_TYPE_DOMAIN | 0x100, page counted from slot 0) with `frame`
   (already zeroed and typed KOBJ). FUT_S_MORE: the frame became a translation table of the window
   instead, the page is not backed yet. --- */
status arch_window_back(u32 window, u32 page, u32 frame);

/* --- registers --- */
/* record to frame, vectors too where the thread has them */
void arch_regs_read(u32 thread, u32 frame);
/* frame to record, sanitised: user mode, canonical pc, permitted flags */
void arch_regs_write(u32 thread, u32 frame);
bool arch_regs_safe(u32 thread);     /* invariant 22: may the processor resume what is saved? */
void arch_regs_init(u32 thread);     /* a fresh record: user mode, everything zero */
void arch_vectors_drop(u32 thread);  /* the thread dies: the processor must not keep its vectors */
void arch_step(u32 thread, bool on); /* single step */

/* --- interrupts --- */
void arch_irq_mask(u32 irq);
void arch_irq_unmask(u32 irq);
void arch_irq_configure(u32 irq, bool edge);
bool arch_irq_masked(u32 irq);   /* at the chip, for debug builds; true where it is reserved */
bool arch_irq_reserved(u32 irq); /* the timer's and the IPIs': never given out */
bool arch_pfn_is_hole(u64 pfn);  /* PFN_IS_HOLE, where there is one */
/* touches the irqchip, timer, IOMMU: no region over it */
bool arch_mmio_reserved(u64 pfn, u64 frames);

/* --- I/O ports: PORT_CHECK and PORT_ACCESS, where there are any --- */
status arch_port_check(u64 base, u64 count); /* ARG: not so many; FRAME: nobody may have one */
status arch_port_access(u32 thread, u64 slot);

/* --- power, debugging --- */
void arch_reset(u32 kind);      /* FUT_RESET_*: does not return on the target */
bool arch_debug_put(u8 byte);   /* false where there is no console (release) */
void arch_panic(u32 invariant); /* a broken invariant: say its number and halt (debug) */

#endif
