/* SPDX-License-Identifier: Apache-2.0 */
/* Segments, the task state with its stacks, interrupt gates, and the registers of syscall. */
#include "cpu.h"

#define GATE_INTERRUPT 0x8eu
#define GATE_USER 0x60u /* int3 may come from ring 3 */
#define VECTOR_BREAKPOINT 3u
#define ENTRY_SIZE 16u
#define TSS_LIMIT 103u
#define TSS_AVAILABLE 0x89u
#define EXCEPTION_STACKS 4u

struct tss {
    u32 reserved;
    u64 stack[3];
    u64 reserved_2;
    u64 fault_stack[7];
    u64 reserved_3;
    u16 reserved_4;
    u16 ports; /* behind the limit: no port is open */
} __attribute__((packed));

struct table_register {
    u16 limit;
    const void *base;
} __attribute__((packed));

SHARED struct core core;
static SHARED struct tss tss;
static SHARED u64 idt[512];
static SHARED u64 gdt[8] = {
    0,
    0x00af9b000000ffff, /* code */
    0x00cf93000000ffff, /* data */
    0,                  /* where sysret's 32-bit code would be */
    0x00cff3000000ffff, /* user data */
    0x00affb000000ffff, /* user code */
};

/* Which of the fault stacks a vector has; 0: the core's. */
static INIT u64 gate_stack(u32 vector)
{
    switch (vector) {
    case VECTOR_DEBUG: return 1;
    case VECTOR_NMI: return 2;
    case VECTOR_DOUBLE: return 3;
    case VECTOR_MACHINE: return 4;
    default: return 0;
    }
}

static INIT void gates_make(void)
{
    u64 entry, flags;
    u32 i;

    for (i = 0; i < 256; i++) {
        entry = (u64)&entry_vectors[i * ENTRY_SIZE];
        flags = GATE_INTERRUPT | (i == VECTOR_BREAKPOINT ? GATE_USER : 0);
        idt[2 * i] = (entry & 0xffff) | SELECTOR_CODE << 16 | gate_stack(i) << 32 | flags << 40 |
                     (entry >> 16 & 0xffff) << 48;
        idt[2 * i + 1] = entry >> 32;
    }
}

static INIT void tss_make(void)
{
    u64 base = (u64)&tss;
    u32 i;

    tss.stack[0] = (u64)entry_stack_top;
    for (i = 0; i < EXCEPTION_STACKS; i++)
        tss.fault_stack[i] = (u64)&fault_stacks[(i + 1) * FAULT_STACK_SIZE];
    tss.ports = sizeof tss;
    gdt[SELECTOR_TSS / 8] =
        TSS_LIMIT | (base & 0xffffff) << 16 | (u64)TSS_AVAILABLE << 40 | (base >> 24 & 0xff) << 56;
    gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

INIT void descriptors_load(void)
{
    struct table_register g = {sizeof gdt - 1, gdt}, i = {sizeof idt - 1, idt};

    tss_make();
    gates_make();
    core.stack = (u64)kernel_stack_top;
    __asm__ volatile("lgdt %0\n\tlidt %1" : : "m"(g), "m"(i));
    __asm__ volatile("mov %0, %%ss\n\tmov %1, %%ds\n\tmov %1, %%es\n\tmov %1, %%fs\n\tmov %1, %%gs"
                     :
                     : "r"(SELECTOR_DATA), "r"(0));
    __asm__ volatile("pushq %0\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n1:"
                     :
                     : "i"(SELECTOR_CODE)
                     : "rax", "memory");
    __asm__ volatile("ltr %w0" : : "r"(SELECTOR_TSS));
    msr_write(MSR_GS_BASE, (u64)&core);
    msr_write(MSR_USER_GS_BASE, 0);
    msr_write(MSR_STAR, (u64)SELECTOR_USER_BASE << 48 | (u64)SELECTOR_CODE << 32);
    msr_write(MSR_LSTAR, (u64)entry_syscall);
    msr_write(MSR_SFMASK, FLAGS_CLEARED);
}
