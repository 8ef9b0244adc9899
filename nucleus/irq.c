/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts: mask, set a bit in the bound thread's notification word, wake it; irq_ack unmasks.
 * And the one deadline of the timer server. Keeps invariant 21 (masked exactly while an
 * acknowledgement is pending).
 */
#include "nucleus.h"

u32 nucleus_interrupt(u32 irq)
{
    u32 thread;

    if (irq >= MAX_IRQS) return nucleus_leave();
    arch_irq_mask(irq);
    thread = irqs[irq].thread;
    if (irqs[irq].live == 1 && thread != NIL) {
        TOUCH(FUT_TYPE_IRQ, irq);
        irqs[irq].masked = 1; /* also for a dead thread: irq_bind or irq_ack unmasks the line */
        irqs[irq].count++;
        if (threads[thread].generation == irqs[irq].thread_generation)
            notify_thread(thread, irqs[irq].mask);
    }
    return nucleus_leave();
}

status irq_bind(u32 thread, u64 slot, u64 target, u64 mask, u64 flags)
{
    u32 irq, bound;
    status s = cap_named(thread, slot, FUT_TYPE_IRQ, FUT_RIGHT_IRQ_BIND, &irq);

    if (s == FUT_S_OK)
        s = cap_named(thread, target, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_BIND, &bound);
    if (s != FUT_S_OK) return s;
    if (mask == 0 || flags > FUT_IRQ_EDGE) return FUT_S_ARG;
    TOUCH(FUT_TYPE_IRQ, irq);
    arch_irq_mask(irq);
    arch_irq_configure(irq, flags == FUT_IRQ_EDGE);
    irqs[irq].thread = bound;
    irqs[irq].thread_generation = threads[bound].generation;
    irqs[irq].mask = mask;
    irqs[irq].flags = (u16)flags;
    irqs[irq].masked = 0;
    arch_irq_unmask(irq);
    return FUT_S_OK;
}

status irq_ack(u32 thread, u64 slot)
{
    u32 irq;
    status s = cap_named(thread, slot, FUT_TYPE_IRQ, FUT_RIGHT_IRQ_ACK, &irq);

    if (s != FUT_S_OK) return s;
    if (irqs[irq].masked == 0 || irqs[irq].thread == NIL) return FUT_S_STATE;
    TOUCH(FUT_TYPE_IRQ, irq);
    irqs[irq].masked = 0;
    arch_irq_unmask(irq);
    return FUT_S_OK;
}

status timer_set(u32 thread, u64 slot, u64 counter, u64 notify)
{
    u32 at = cap_slot(thread, notify);
    status s =
        cap_check(slots[cap_slot(thread, slot)].key, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_TIMER);

    if (s == FUT_S_OK && counter != 0)
        s = cap_check(slots[at].key, FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);
    if (s != FUT_S_OK) return s;
    nuc.cpu[THIS_CORE].timer_at = counter == 0 ? ~(u64)0 : counter;
    nuc.cpu[THIS_CORE].timer_thread = counter == 0 ? NIL : key_object(slots[at].key);
    nuc.cpu[THIS_CORE].timer_generation = key_generation(slots[at].key);
    nuc.cpu[THIS_CORE].timer_mask = slots[at].badge;
    sc_charge(THIS_CORE);
    nuc.cpu[THIS_CORE].running = NIL; /* schedule() arms the comparator anew */
    return FUT_S_OK;
}
