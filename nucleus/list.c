/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one list: FIFO of threads, head and tail in an endpoint record, links in the thread records.
 *
 *      endpoints[l].head -> t1 <-> t2 <-> t3 <- endpoints[l].tail       t.list == l for each member
 *
 * Keeps invariants 1 (indices), 3 (a thread is on the list that its record says, or on none) and 5
 * (next and prev inverse, acyclic). Clients see only this contract: push requires list == NIL,
 * remove requires list != NIL.
 */
#include "nucleus.h"

void list_push_back(u32 list, u32 thread)
{
    u32 tail = endpoints[list].tail;

    TOUCH(FUT_TYPE_ENDPOINT, list);
    TOUCH(FUT_TYPE_THREAD, thread);
    TOUCH(FUT_TYPE_THREAD, tail);
    threads[thread].next = NIL;
    threads[thread].prev = tail;
    threads[thread].list = list;
    if (tail == NIL)
        endpoints[list].head = thread;
    else
        threads[tail].next = thread;
    endpoints[list].tail = thread;
}

void list_push_front(u32 list, u32 thread)
{
    u32 head = endpoints[list].head;

    TOUCH(FUT_TYPE_ENDPOINT, list);
    TOUCH(FUT_TYPE_THREAD, thread);
    TOUCH(FUT_TYPE_THREAD, head);
    threads[thread].next = head;
    threads[thread].prev = NIL;
    threads[thread].list = list;
    if (head == NIL)
        endpoints[list].tail = thread;
    else
        threads[head].prev = thread;
    endpoints[list].head = thread;
}

void list_remove(u32 thread)
{
    u32 list = threads[thread].list;
    u32 next = threads[thread].next;
    u32 prev = threads[thread].prev;

    TOUCH(FUT_TYPE_ENDPOINT, list);
    TOUCH(FUT_TYPE_THREAD, thread);
    TOUCH(FUT_TYPE_THREAD, next);
    TOUCH(FUT_TYPE_THREAD, prev);
    if (prev == NIL)
        endpoints[list].head = next;
    else
        threads[prev].next = next;
    if (next == NIL)
        endpoints[list].tail = prev;
    else
        threads[next].prev = prev;
    threads[thread].next = NIL;
    threads[thread].prev = NIL;
    threads[thread].list = NIL;
}
