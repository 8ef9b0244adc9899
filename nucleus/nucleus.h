/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that one nucleus file offers to another, and the entries that arch/ calls. Grouped
 * by file; each file's head names the invariants (docs/nucleus-in-an-afternoon.md, 1 to 23) that
 * its functions keep.
 *
 * Entry protocol: assembly saves the registers of nuc.cpu[core].cur into its record, calls one
 * nucleus_* function with interrupts masked, and then resumes whatever nucleus_* returned as the
 * thread to run (NIL: idle).
 */
#ifndef NUCLEUS_NUCLEUS_H
#define NUCLEUS_NUCLEUS_H

#include "arch.h"

/* --- entries (syscall.c, fault.c, irq.c): the result is the thread to run now --- */
u32 nucleus_syscall(u32 number);                        /* native: number from the trap */
u32 nucleus_foreign(void);                              /* a system call in a FOREIGN domain */
u32 nucleus_fault(u32 kind, u64 address, u64 syndrome); /* a fault of cur */
u32 nucleus_interrupt(u32 irq); /* a device's interrupt, already acknowledged at the chip */
u32 nucleus_timer(void);        /* the comparator fired */

/* --- list.c: the one list. A list is an endpoint record's head and tail; members are threads. ---
 */
void list_push_back(u32 list, u32 thread);
void list_push_front(u32 list, u32 thread);
void list_remove(u32 thread);

/* --- cap.c --- */
u32 key_type(u64 key);
u32 key_rights(u64 key);
u32 key_object(u64 key);
u32 key_generation(u64 key);
u64 key_make(u32 generation, u32 object, u32 type, u32 rights);
u32 cap_slot(u32 thread, u64 slot); /* index into slots[] */
bool cap_alive(u64 key);            /* its generation matches a live object */
status cap_check(u64 key, u32 type, u32 rights);
status cap_named(u32 thread, u64 slot, u32 type, u32 rights, u32 *object); /* the same of a slot */
status cap_set(u32 thread, u64 domain_slot, u64 slot, u64 source, u64 rights, u64 badge, u64 type);
status cap_clear(u32 thread, u64 domain_slot, u64 slot);
status cap_info(u32 thread, u64 domain_slot, u64 slot);
/* commit into an empty slot of a table */
void cap_place(u32 domain, u32 index, u64 key, u64 badge);
status cap_place_check(u32 domain, u64 slot); /* may slot of domain be filled? */

/* --- ready.c: run queues --- */
void ready_push(u32 thread);       /* to the end of its priority */
void ready_push_front(u32 thread); /* it was preempted: keeps its turn */
void ready_remove(u32 thread);
u32 ready_top(u32 core); /* best waiting thread; NIL */

/* --- sc.c --- */
void sc_lend(u32 from, u32 to);
void sc_return(u32 sc); /* back to its lender */
/* a thread about to run again takes back what it lent, or its home context */
void sc_reclaim(u32 thread);
void sc_exhausted(u32 core); /* cur's context is used up */
bool sc_usable(u32 sc);
void sc_release(u32 thread); /* the thread dies: undo both directions of lending */
void sc_charge(u32 core);    /* charge cur's context with the time since the last charge */
status sc_set(u32 thread, u64 slot, u64 budget, u64 class);

/* --- thread.c: states, wake, the scheduler's choice --- */
u32 thread_base_state(u32 thread);
void thread_wake(u32 thread); /* READY: into its queue unless stopped or out of budget */
void thread_result(u32 thread, status result); /* the status register */
u32 nucleus_leave(void);                       /* schedule: the thread to run now */
void thread_set_state(u32 thread, u32 state);  /* its base state; STOPPED stays */
void thread_yield(void);                       /* cur goes to the end of its queue */
void thread_fault(u32 thread);                 /* FAULTED, and its domain's death bit */
void thread_leave(u32 thread);                 /* off the list that it stands on, if any */
void thread_timer_arm(void); /* the comparator, after a change of the running budget */
void thread_refresh_fastprio(u32 thread);
status thread_bind(u32 thread, u64 slot, u64 domain, u64 sc, u64 priority, u64 fault_slot,
                   u64 flags);
status thread_run(u32 thread, u64 slot);
status thread_stop(u32 thread, u64 slot);
status thread_cancel(u32 thread, u64 slot);
status thread_regs(u32 thread, u64 slot, u64 direction, u64 region, u64 offset);
status thread_debug(u32 thread, u64 slot, u64 on);
void thread_kill(u32 thread);

/* --- ep.c: rendezvous --- */
status ipc_call(u32 thread, u64 slot);
status ipc_send(u32 thread, u64 slot);
status ipc_recv(u32 thread, u64 slot, u64 mask, u64 flags);
status ipc_reply(u32 thread, u64 token);
status ipc_reply_recv(u32 thread, u64 slot, u64 token);
status ipc_notify(u32 thread, u64 slot);
void ipc_abort(u32 thread, status result); /* end its wait with a status (cancel, drain, scan) */
void notify_thread(u32 thread, u64 mask);
status ep_drain(u32 thread, u64 slot);
status reply_scan(u32 thread, u64 slot, u64 first);
/* faults and foreign calls; false: no usable endpoint */
bool ep_deliver(u32 sender, u64 key, u64 badge, u32 kind);

/* --- object.c: life of objects (domain.c: of domains) --- */
status domain_create(u32 thread, u32 domain);
status domain_free(u32 thread, u32 domain);
status asid_assign(u32 thread, u64 slot, u64 asid);
/* x3-x7 from the record */
status obj_create(u32 thread, u64 slot, u64 type, u64 index, u64 destination);
status obj_kill(u32 thread, u64 slot);
status obj_free(u32 thread, u64 slot, u64 type, u64 index);
status window_grow(u32 thread, u64 slot);
u32 window_records(u32 type); /* backed records of a type: indices below it may be used */

/* --- frame.c --- */
u32 frame_kind(u32 frame);
u32 frame_level(u32 frame);
void frame_set(u32 frame, u32 type, u32 level);
bool frame_of_pfn(u64 pfn, u32 *frame); /* false: not RAM */
/* a RAM frame that a capability names */
status region_frame(u32 thread, u64 slot, u64 offset, u32 rights, u32 *frame);
status region_span(u32 thread, u64 slot, u64 offset, u64 count, u32 rights, u64 *pfn, u32 *kind,
                   u32 *held);
status frame_type(u32 thread, u64 slot, u64 offset, u64 type, u64 level);
status frame_info(u32 thread, u64 slot, u64 offset);
status icache_sync(u32 thread, u64 slot, u64 offset);

/* --- map.c --- */
status pt_link(u32 thread, u64 slot, u64 address, u64 region, u64 offset);
status pt_unlink(u32 thread, u64 slot, u64 offset);
status pt_sweep(u32 thread, u64 slot, u64 offset, u64 first, u64 victim);
status pt_thaw(u32 thread, u64 slot, u64 offset);
status map(u32 thread, u64 slot, u64 address, u64 region, u64 offset, u64 count, u64 flags);
status map_copy(u32 thread, u64 slot, u64 address, u64 to, u64 to_address, u64 count, u64 flags);
status unmap(u32 thread, u64 slot, u64 address, u64 count);
status protect(u32 thread, u64 slot, u64 address, u64 count, u64 flags, u64 region);

/* --- irq.c, timer --- */
status irq_bind(u32 thread, u64 slot, u64 target, u64 mask, u64 flags);
status irq_ack(u32 thread, u64 slot);
status timer_set(u32 thread, u64 slot, u64 counter, u64 notify);

/* --- epoch.c --- */
bool epoch_passed(u32 stamp); /* has every core passed the epoch in which stamp was taken? */
u32 epoch_stamp(void);        /* the stamp of what is taken away now */
void epoch_need(void);        /* a call was refused with QUIESCE: sync may begin an epoch */
void epoch_sync(void);

/* --- spec/check.c (debug): 0, or the number of the broken invariant --- */
enum { TOUCH_SLOT = 16, TOUCH_FRAME = 17, TOUCH_ALL = 18 }; /* beside the object types */
void touch(u32 type, u32 index);
bool touched(u32 type, u32 index); /* by the last entry */
void check_leave(bool idle);       /* panics with the number */
u32 check_objects(void);           /* all but frames */
u32 check_all(void);

#endif
