/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an exception is, and the last steps before a thread runs. entry.S has saved the thread's
 * registers in its record; each function answers with the thread to run. Keeps invariant 22: of the
 * processor state only what EL0 may set by itself and a wanted step come back.
 */
#include "cpu.h"

#include "board.h"
#include "irqchip.h"
#include "nucleus.h"

#define ESR_CLASS(esr) BITS(esr, 26, 6)
#define MDSCR_TDCC (1u << 12) /* EL0 does not reach the debug channel */
#define MDSCR_STEP 1u

#define SCRATCH_FIRST 12 /* x12 to x18 are no part of a native call */
#define SCRATCH_LAST 18

/* Exception classes */
enum {
    CLASS_VECTOR = 0x07,
    CLASS_SVC = 0x15,
    CLASS_INSTRUCTION = 0x20,
    CLASS_PC_ALIGN = 0x22,
    CLASS_DATA = 0x24,
    CLASS_SP_ALIGN = 0x26,
    CLASS_BREAKPOINT = 0x30,
    CLASS_STEP = 0x32,
    CLASS_WATCHPOINT = 0x34,
    CLASS_BRK = 0x3c,
};

static u32 trap_syscall(u32 thread, u32 number)
{
    u32 i;

    if ((domains[threads[thread].domain].flags & FUT_DOMAIN_FOREIGN) != 0) return nucleus_foreign();
    for (i = SCRATCH_FIRST; i <= SCRATCH_LAST; i++)
        threads[thread].reg[REG_X0 + i] = 0;
    return nucleus_syscall(number);
}

/* An abort's fault status: translation, access flag or permission, or something else. */
static u32 data_kind(u64 esr)
{
    u32 code = BITS(esr, 0, 6);
    bool write = BITS(esr, 6, 1) != 0 && BITS(esr, 8, 1) == 0; /* cache maintenance reads */

    if (code == 0x21) return FUT_FAULT_ALIGN;
    if (code >= 0x10) return FUT_FAULT_OTHER;
    return write ? FUT_FAULT_WRITE : FUT_FAULT_READ;
}

static u32 trap_vector(u32 thread, u64 esr)
{
    if (vector_acquire(thread)) return thread;
    return nucleus_fault(FUT_FAULT_VECTOR, threads[thread].reg[REG_PC], esr);
}

static u32 trap_fault(u32 thread, u64 esr)
{
    u64 pc = threads[thread].reg[REG_PC];

    switch (ESR_CLASS(esr)) {
    case CLASS_INSTRUCTION:
        return nucleus_fault(BITS(esr, 0, 6) >= 0x10 ? FUT_FAULT_OTHER : FUT_FAULT_EXEC,
                             SYSREG_READ(far_el1), esr);
    case CLASS_DATA: return nucleus_fault(data_kind(esr), SYSREG_READ(far_el1), esr);
    case CLASS_PC_ALIGN:
    case CLASS_SP_ALIGN: return nucleus_fault(FUT_FAULT_ALIGN, pc, esr);
    case CLASS_WATCHPOINT: return nucleus_fault(FUT_FAULT_DEBUG, SYSREG_READ(far_el1), esr);
    case CLASS_STEP: /* the bit was used up by the instruction that ran: one more for the next */
        threads[thread].reg[REG_PSTATE] |= PSTATE_STEP;
        return nucleus_fault(FUT_FAULT_DEBUG, pc, esr);
    case CLASS_BREAKPOINT:
    case CLASS_BRK: return nucleus_fault(FUT_FAULT_DEBUG, pc, esr);
    case 0x00: /* unknown */
    case 0x01: /* WFI, WFE */
    case 0x0d: /* branch target */
    case 0x0e: /* illegal state */
    case 0x18: /* system register */
    case 0x19: /* SVE */
    case 0x1c: /* pointer authentication */
    case 0x1d: /* SME */ return nucleus_fault(FUT_FAULT_UNDEFINED, pc, esr);
    default: return nucleus_fault(FUT_FAULT_OTHER, pc, esr);
    }
}

u32 trap_sync(u64 esr)
{
    u32 thread = nuc.cpu[THIS_CORE].cur;

    if (ESR_CLASS(esr) == CLASS_SVC) return trap_syscall(thread, BITS(esr, 0, 16));
    if (ESR_CLASS(esr) == CLASS_VECTOR) return trap_vector(thread, esr);
    return trap_fault(thread, esr);
}

u32 trap_serror(u64 esr)
{
    return nucleus_fault(FUT_FAULT_OTHER, threads[nuc.cpu[THIS_CORE].cur].reg[REG_PC], esr);
}

u32 trap_irq(void)
{
    u32 claim = irqchip_claim();
    u32 irq = irqchip_number(claim), next;

    if (irq >= board.irq_lines) /* spurious: nothing is pending any more */
        return nuc.cpu[THIS_CORE].cur;
    if (irq == board.timer_irq) {
        arch_timer_arm(~(u64)0); /* the comparator stays level-asserted until it is moved */
        next = nucleus_timer();
    } else {
        next = nucleus_interrupt(irq);
    }
    irqchip_finish(claim);
    return next;
}

/* Nothing to run: an interrupt ends the wait although it is masked, and is then taken by asking the
 * controller. */
static u32 trap_idle(void)
{
    BARRIER(sy);
    __asm__ volatile("wfi" : : : "memory");
    return trap_irq();
}

static void root_load(u64 root)
{
    SYSREG_WRITE(ttbr0_el1, root);
    ISB();
    if (root >> 48 == 0) /* the shared ASID */
        arch_tlb_space(root);
    nuc.cpu[THIS_CORE].loaded_root = root;
}

static void step_apply(u32 thread)
{
    bool step = (threads[thread].flags & THREAD_STEP) != 0;

    threads[thread].reg[REG_PSTATE] &= PSTATE_KEPT | (step ? PSTATE_STEP : 0);
    if (step == (nuc.cpu[THIS_CORE].stepping != 0)) return;
    SYSREG_WRITE(mdscr_el1, step ? MDSCR_TDCC | MDSCR_STEP : MDSCR_TDCC);
    ISB();
    nuc.cpu[THIS_CORE].stepping = step;
}

u32 trap_resume(u32 thread)
{
    while (thread == NIL)
        thread = trap_idle();
    if (threads[thread].root != nuc.cpu[THIS_CORE].loaded_root) root_load(threads[thread].root);
    vector_allow(thread);
    step_apply(thread);
    return thread;
}

void trap_kernel(u64 esr, u64 elr, u64 far)
{
#if CONFIG_DEBUG
    static bool again;

    if (again) power_off();
    again = true;
    console_text("\nfutura: panic: exception in the nucleus, esr ");
    console_number(esr);
    console_text(" pc ");
    console_number(elr);
    console_text(" address ");
    console_number(far);
    console_text("\n");
    if (nuc.boot_done == 0) boot_exception();
    power_off(); /* not the reset of a release build: somebody wants to read this */
#else
    (void)esr, (void)elr, (void)far;
    if (nuc.boot_done == 0) boot_exception();
    for (;;)
        arch_reset(FUT_RESET_REBOOT);
#endif
}
