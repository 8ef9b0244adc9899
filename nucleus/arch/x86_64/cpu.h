/* SPDX-License-Identifier: Apache-2.0 */
/* The processor's registers and the frames of RAM, as C sees them. */
#ifndef X86_64_CPU_H
#define X86_64_CPU_H

#include "arch.h"
#include "kernel.h"
#include "layout.h"
#include "uart/early_16550.h"

#define CONTROL_READ(name)                                                                         \
    ({                                                                                             \
        u64 control_value;                                                                         \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(control_value));                             \
        control_value;                                                                             \
    })
#define CONTROL_WRITE(name, value)                                                                 \
    __asm__ volatile("mov %0, %%" #name : : "r"((u64)(value)) : "memory")

#define MSR_EFER 0xc0000080u
#define MSR_STAR 0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_SFMASK 0xc0000084u
#define MSR_FS_BASE 0xc0000100u
#define MSR_GS_BASE 0xc0000101u
#define MSR_USER_GS_BASE 0xc0000102u /* while the nucleus runs */
#define MSR_DEADLINE 0x6e0u

#define CR0_TS (1u << 3)
#define CR4_PGE (1u << 7)

static inline u64 msr_read(u32 msr)
{
    u32 low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return low | (u64)high << 32;
}

static inline void msr_write(u32 msr, u64 value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

#define ENTRY_ADDRESS 0x0000fffffffff000u
#define ENTRY_NX ((u64)1 << PTE_NX_BIT)

/* Code and data that only boot needs; its frames become FREE before the first thread runs. */
#define INIT __attribute__((section(".init.text")))
#define INIT_DATA __attribute__((section(".init.data")))

#define BOOT_ELF_MACHINE ELF_MACHINE_X86_64
#define REG_ARGUMENT REG_RDI /* of the first thread */

/* The words of a frame of RAM. */
static inline u64 *ram_frame(u32 frame)
{
    return (u64 *)(RAM_WINDOW + ((u64)frame << FUT_PAGE_BITS));
}

/* Vector state of a thread, as XSAVE (with the components of board.vector_mask) or FXSAVE keeps it;
 * the ABI's register frame holds it from FUT_REG_VECTOR on. */
#define VECTOR_WORDS 104u
struct vector_state {
    u64 word[128];
} __attribute__((aligned(64)));
static_assert(sizeof(struct vector_state) == 1024, "a vector record is 1024 bytes");
extern struct vector_state vectors[MAX_THREADS];

/* Flags in threads[].flags beside FUT_BIND_*. */
#define THREAD_STEP 0x80u

/* What entry.S finds through gs. */
struct core {
    u64 user_rsp;               /* for an instant of a system call */
    u64 reg;                    /* saved registers of the thread that runs */
    u64 stack;                  /* top of the core's stack */
    u8 smap;                    /* SMAP is on: entries must clear AC */
    u64 kernel_root, user_root; /* for cr3, where users' roots lack the nucleus; else 0 */
};
extern struct core core;
static_assert(offsetof(struct core, reg) == CORE_REG &&
                  offsetof(struct core, stack) == CORE_STACK &&
                  offsetof(struct core, smap) == CORE_SMAP &&
                  offsetof(struct core, kernel_root) == CORE_KERNEL_ROOT &&
                  offsetof(struct core, user_root) == CORE_USER_ROOT,
              "what entry.S uses");

/* --- entry.S --- */
/* from now on the processor belongs to threads */
void entry_start(u32 thread) __attribute__((noreturn));
u32 entry_idle(void); /* wait for an interrupt; its vector, 0: it was none */
void entry_syscall(void);
extern u8 entry_vectors[]; /* 16 bytes a vector */
extern u8 kernel_stack_top[], fault_stacks[], entry_stack_top[];

/* What the processor and entry.S use before the nucleus' root is loaded and after it was left. */
#define SHARED __attribute__((section(".shared.data")))

/* --- trap.c: what entry.S calls; the result is the thread to resume --- */
u32 trap_syscall(void);
u32 trap_entry(u32 vector, u64 error);
u32 trap_resume(u32 thread);
void trap_kernel(u32 vector, u64 error, u64 pc) __attribute__((noreturn));
/* the same while boot runs; vanishes with it */
void boot_exception(void) __attribute__((noreturn));

/* --- regs.c --- */
void regs_fold(u64 *reg);       /* results of a call into their registers */
void vector_switch(u32 thread); /* before it runs: its vector state, or none */
void vector_clear(void);        /* boot: nobody's */
void bases_switch(u32 thread);  /* before it runs: its fs and gs, and no selectors */

/* --- segments.c --- */
void descriptors_load(void); /* GDT, TSS, IDT, and where syscall enters */

/* --- kernel_map.c --- */
u64 kernel_root_entry(u32 index);
u64 kernel_user_entry(u32 index); /* the same of a user's root */

static inline void console_byte(u64 console, u8 byte) { early_16550_put((u16)console, byte); }

#endif
