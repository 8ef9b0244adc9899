/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run queues: one FIFO a priority and core, in the first endpoint records, and a bitmap beside
 * them. Keeps invariant 4 (ready bit set exactly when the list is not empty). The running thread is
 * on no queue.
 */
#include "nucleus.h"

static u32 run_queue(u32 thread)
{
    return (u32)threads[thread].core * PRIORITIES + threads[thread].prio;
}

/* The queue of priority 0 on core 0 would be record 0, the sentinel: queues stand one priority
   higher up. Priority 63 of the last core would then leave the range, so list RUN_QUEUES is
   reserved as well (obj_create refuses it). */
static u32 run_list(u32 thread) { return run_queue(thread) + 1; }

void ready_push(u32 thread)
{
    list_push_back(run_list(thread), thread);
    nuc.cpu[threads[thread].core].ready |= (u64)1 << threads[thread].prio;
}

void ready_push_front(u32 thread)
{
    list_push_front(run_list(thread), thread);
    nuc.cpu[threads[thread].core].ready |= (u64)1 << threads[thread].prio;
}

void ready_remove(u32 thread)
{
    u32 list = threads[thread].list;

    list_remove(thread);
    if (endpoints[list].head == NIL)
        nuc.cpu[threads[thread].core].ready &= ~((u64)1 << threads[thread].prio);
}

u32 ready_top(u32 core)
{
    u64 ready = nuc.cpu[core].ready;

    if (ready == 0) return NIL;
    return endpoints[core * PRIORITIES + (63u - (u32)__builtin_clzll(ready)) + 1].head;
}
