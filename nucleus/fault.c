/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults and foreign system calls: calls that the nucleus makes in a thread's name, on the endpoint
 * in its domain's fault slot. Without a usable one the thread is FAULTED and its domain's death bit
 * is notified. A thread never queues on an endpoint that its own domain serves. A fault of capmgr
 * is recorded and resets the machine. Keeps invariants 3 and 10.
 */
#include "nucleus.h"

static void reflect(u32 thread, u32 kind)
{
    u32 domain = threads[thread].domain;
    u32 at = domains[domain].caps + threads[thread].fault_slot;

    if (!ep_deliver(thread, slots[at].key, slots[at].badge, kind)) thread_fault(thread);
}

u32 nucleus_fault(u32 kind, u64 address, u64 syndrome)
{
    u32 thread = nuc.cpu[THIS_CORE].cur;

    threads[thread].fault_kind = kind;
    threads[thread].fault_address = address;
    threads[thread].fault_syndrome = syndrome;
    if (threads[thread].domain == ROOT_DOMAIN) {
        arch_panic(0);
        arch_reset(FUT_RESET_REBOOT);
    }
    reflect(thread, MESSAGE_FAULT);
    return nucleus_leave();
}

u32 nucleus_foreign(void)
{
    reflect(nuc.cpu[THIS_CORE].cur, MESSAGE_FOREIGN);
    return nucleus_leave();
}
