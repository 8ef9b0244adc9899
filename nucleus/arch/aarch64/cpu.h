/* SPDX-License-Identifier: Apache-2.0 */
/* The processor's registers, barriers and the frames of RAM, as C sees them. */
#ifndef AARCH64_CPU_H
#define AARCH64_CPU_H

#include "arch.h"
#include "kernel.h"
#include "layout.h"
#include "uart/early_pl011.h"

#define SYSREG_READ(name)                                                                          \
    ({                                                                                             \
        u64 sysreg_value;                                                                          \
        __asm__ volatile("mrs %0, " #name : "=r"(sysreg_value));                                   \
        sysreg_value;                                                                              \
    })
#define SYSREG_WRITE(name, value)                                                                  \
    __asm__ volatile("msr " #name ", %0" : : "r"((u64)(value)) : "memory")

#define BARRIER(kind) __asm__ volatile("dsb " #kind : : : "memory")
#define ISB() __asm__ volatile("isb" : : : "memory")

#define BITS(value, low, count) ((u32)((value) >> (low)) & ((1u << (count)) - 1))

/* Code and data that only boot needs; its frames become FREE before the first thread runs. */
#define INIT __attribute__((section(".init.text")))
#define INIT_DATA __attribute__((section(".init.data")))

#define BOOT_ELF_MACHINE ELF_MACHINE_AARCH64
#define REG_ARGUMENT REG_X0 /* of the first thread */

/* The words of a frame of RAM. */
static inline u64 *ram_frame(u32 frame)
{
    return (u64 *)(RAM_WINDOW + ((u64)frame << FUT_PAGE_BITS));
}

/* Vector state of a thread, as the ABI's register frame holds it from FUT_REG_VECTOR on. */
struct vector_state {
    u64 v[64];
    u64 fpcr, fpsr;
    u64 space[62];
};
static_assert(sizeof(struct vector_state) == 1024, "a vector record is 1024 bytes");
extern struct vector_state vectors[MAX_THREADS];

/* Bits of the saved PSTATE that come back: what EL0 may set by itself, which is DIT (timing does
 * not depend on data), TCO (memory tags unchecked) and the condition flags, with PAN and UAO
 * between them, which are never set there; and `step the next instruction` of a stepped thread.
 * thread_regs shows and sets the flags alone. */
#define PSTATE_FLAGS 0xf0000000u
#define PSTATE_KEPT 0xffc00000u
#define PSTATE_STEP (1u << 21)
#define PSTATE_UNSAFE 0x3dfu /* mode and AArch32 (0-4), FIQ, IRQ, SError and debug masks (6-9) */

/* Flags in threads[].flags beside FUT_BIND_*. */
#define THREAD_STEP 0x80u

/* --- cache.S --- */
void frame_zero(void *page);
void cache_page_clean_invalidate(void *page); /* to the point of coherency */
void cache_page_icache(void *page);           /* to the point of unification */

/* --- entry.S --- */
/* from now on the processor belongs to threads */
void entry_start(u32 thread) __attribute__((noreturn));
extern u8 kernel_vectors[];

/* --- vector.S --- */
void vector_save(struct vector_state *state);
void vector_load(const struct vector_state *state);

/* --- trap.c: what entry.S calls; the result is the thread to resume --- */
u32 trap_sync(u64 esr);
u32 trap_irq(void);
u32 trap_serror(u64 esr);
void trap_kernel(u64 esr, u64 elr, u64 far) __attribute__((noreturn));
/* the same while boot runs; vanishes with it */
void boot_exception(void) __attribute__((noreturn));

/* --- vector.c --- */
bool vector_acquire(u32 thread); /* false: the thread has no vector state */
void vector_allow(u32 thread);   /* before it runs: may it touch the vector registers? */

static inline void console_byte(u64 console, u8 byte) { early_pl011_put(console, byte); }

#endif
