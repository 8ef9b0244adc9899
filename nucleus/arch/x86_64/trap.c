/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entry is, and the last steps before a thread runs. entry.S has saved the thread's
 * registers in its record; each function answers with the thread to run. The generic code knows a
 * call's arguments and results as words 0 to 11; here they move between those and the registers.
 * Keeps invariant 22: sysret only to a user's address, iret never to one that cannot be.
 */
#include "cpu.h"

#include "board.h"
#include "irqchip.h"
#include "nucleus.h"

#define NUMBER_MASK 0xffu
#define SLOT_MASK 0xffffffu
#define FOREIGN_ARGUMENTS 6

/* Bits of a page fault's error code. */
#define PAGE_WRITE 2u
#define PAGE_RESERVED 8u
#define PAGE_FETCH 16u

enum exception {
    EXCEPTION_DEBUG = 1,
    EXCEPTION_BREAKPOINT = 3,
    EXCEPTION_UNDEFINED = 6,
    EXCEPTION_VECTOR = 7,
    EXCEPTION_PAGE = 14,
    EXCEPTION_ALIGN = 17,
};

static bool number_is_wide(u32 number)
{
    return number == FUT_SYS_RECV || number == FUT_SYS_REPLY_RECV || number > FUT_SYS_CLOCK;
}

static u32 syscall_foreign(u64 *reg)
{
    reg[0] = reg[REG_RDI];
    reg[1] = reg[REG_RSI];
    reg[2] = reg[REG_RDX];
    reg[3] = reg[REG_R8 + 2];
    reg[4] = reg[REG_R8];
    reg[5] = reg[REG_R8 + 1];
    reg[REG_X8] = reg[REG_RAX];
    reg[REG_KIND] = KIND_FOREIGN;
    return nucleus_foreign();
}

u32 trap_syscall(void)
{
    u32 thread = nuc.cpu[THIS_CORE].cur, number;
    u64 *reg = threads[thread].reg;
    bool wide;

    if ((domains[threads[thread].domain].flags & FUT_DOMAIN_FOREIGN) != 0)
        return syscall_foreign(reg);
    number = (u32)reg[REG_RAX] & NUMBER_MASK;
    wide = number_is_wide(number);
    reg[0] = reg[REG_RDI];
    reg[1] = reg[REG_RSI];
    reg[2] = reg[REG_RDX];
    reg[3] = reg[REG_R8 + 2];
    reg[4] = reg[REG_R8];
    reg[5] = wide ? reg[REG_R8 + 5] : 0;
    reg[6] = wide ? reg[REG_R8 + 6] : 0;
    reg[7] = wide ? reg[REG_R8 + 7] : 0;
    reg[REG_X8] = reg[REG_RAX] >> 8 & SLOT_MASK;
    reg[REG_X9] = reg[REG_R8 + 1];
    reg[REG_X10] = 0;
    reg[REG_KIND] = wide ? KIND_WIDE : KIND_NARROW;
    return nucleus_syscall(number);
}

static u32 trap_page(u64 error, u64 syndrome)
{
    u64 address = CONTROL_READ(cr2);

    if ((error & PAGE_RESERVED) != 0) return nucleus_fault(FUT_FAULT_OTHER, address, syndrome);
    if ((error & PAGE_FETCH) != 0) return nucleus_fault(FUT_FAULT_EXEC, address, syndrome);
    return nucleus_fault((error & PAGE_WRITE) != 0 ? FUT_FAULT_WRITE : FUT_FAULT_READ, address,
                         syndrome);
}

static u32 trap_fault(u32 thread, u32 vector, u64 error)
{
    u64 pc = threads[thread].reg[REG_PC], syndrome = error | (u64)vector << 32;

    switch (vector) {
    case EXCEPTION_PAGE: return trap_page(error, syndrome);
    case EXCEPTION_DEBUG:
        __asm__ volatile("mov %0, %%dr6" : : "r"((u64)0xffff0ff0));
        return nucleus_fault(FUT_FAULT_DEBUG, pc, syndrome);
    case EXCEPTION_BREAKPOINT: return nucleus_fault(FUT_FAULT_DEBUG, pc, syndrome);
    case EXCEPTION_UNDEFINED: return nucleus_fault(FUT_FAULT_UNDEFINED, pc, syndrome);
    case EXCEPTION_VECTOR: return nucleus_fault(FUT_FAULT_VECTOR, pc, syndrome);
    case EXCEPTION_ALIGN: return nucleus_fault(FUT_FAULT_ALIGN, pc, syndrome);
    case VECTOR_DOUBLE:
    case VECTOR_MACHINE: trap_kernel(vector, error, pc);
    default: return nucleus_fault(FUT_FAULT_OTHER, pc, syndrome);
    }
}

static u32 trap_interrupt(u32 vector)
{
    u32 next;

    if (vector == VECTOR_SPURIOUS) return nuc.cpu[THIS_CORE].cur;
    next = vector == VECTOR_TIMER ? nucleus_timer() : nucleus_interrupt(vector - VECTOR_FIRST);
    irqchip_finish();
    return next;
}

u32 trap_entry(u32 vector, u64 error)
{
    if (vector >= VECTOR_FIRST) return trap_interrupt(vector);
    return trap_fault(nuc.cpu[THIS_CORE].cur, vector, error);
}

static u32 trap_idle(void)
{
    u32 vector = entry_idle();

    return vector != 0 ? trap_interrupt(vector) : NIL;
}

/* The root's low bits are its ASID: the processor's PCID, where it has them. ASID 0 flushes. */
static void root_load(u64 root)
{
    u64 value = root & ENTRY_ADDRESS;

    if (board_has(FEATURE_PCID)) {
        value = root;
        if ((root & ~(u64)ENTRY_ADDRESS) != 0) value |= (u64)1 << 63;
    }
    if (board_has(FEATURE_ISOLATED))
        core.user_root = value; /* loaded on the way out */
    else
        CONTROL_WRITE(cr3, value);
    nuc.cpu[THIS_CORE].loaded_root = root;
}

/* iret to an address that is not canonical would fault in the nucleus: the thread faults instead,
 * at the page that is never mapped. */
static void address_settle(u64 *reg)
{
    if (reg[REG_PC] < USER_TOP) return;
    reg[REG_KIND] = KIND_FULL;
    if ((u64)((int64_t)(reg[REG_PC] << 16) >> 16) != reg[REG_PC]) reg[REG_PC] = USER_TOP;
}

/* 22, at the last moment: not every emulator of a processor refuses what a processor would. */
static bool address_safe(const u64 *reg)
{
    if (reg[REG_KIND] != KIND_FULL) return reg[REG_PC] < USER_TOP;
    return (u64)((int64_t)(reg[REG_PC] << 16) >> 16) == reg[REG_PC];
}

u32 trap_resume(u32 thread)
{
    u64 *reg;

    while (thread == NIL)
        thread = trap_idle();
    reg = threads[thread].reg;
    if (threads[thread].root != nuc.cpu[THIS_CORE].loaded_root) root_load(threads[thread].root);
    vector_switch(thread);
    bases_switch(thread);
    if ((threads[thread].flags & THREAD_STEP) != 0) reg[REG_PSTATE] |= FLAGS_TF;
    regs_fold(reg);
    address_settle(reg);
    if (CONFIG_DEBUG != 0 && !address_safe(reg)) arch_panic(22);
    return thread;
}

void trap_kernel(u32 vector, u64 error, u64 pc)
{
#if CONFIG_DEBUG
    static bool again;

    if (again) power_off();
    again = true;
    console_text("\nfutura: panic: exception in the nucleus, vector ");
    console_number(vector);
    console_text(" error ");
    console_number(error);
    console_text(" pc ");
    console_number(pc);
    console_text(" address ");
    console_number(CONTROL_READ(cr2));
    console_text("\n");
    if (nuc.boot_done == 0) boot_exception();
    power_off(); /* not the reset of a release build: somebody wants to read this */
#else
    (void)vector, (void)error, (void)pc;
    if (nuc.boot_done == 0) boot_exception();
    for (;;)
        arch_reset(FUT_RESET_REBOOT);
#endif
}
