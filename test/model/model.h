/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explorer's bounds and its abstract specification. The real nucleus C is compiled for the host
 * with the bounds below (CMakeLists.txt passes them), and every transition is compared with
 * `spec_step`, which knows nothing of records, links or generations: queues are sequences, lending
 * is a chain per scheduling context, capabilities are names.
 */
#ifndef MODEL_H
#define MODEL_H

#include "nucleus.h"

#define THREADS 4 /* records 1..3 */
#define EPS 2     /* endpoints A and B */
#define SCS 4     /* contexts 1..3 */
#define FIRST_EP (RUN_QUEUES + 1)

/* A step: an operation with its arguments, always made by the running thread (or by the world
 * outside). */
enum operation {
    OP_CALL,
    OP_SEND,
    OP_RECV,
    OP_REPLY,
    OP_REPLY_RECV,
    OP_NOTIFY,
    OP_YIELD,
    OP_RUN,
    OP_STOP,
    OP_CANCEL,
    OP_SC_SET,
    OP_KILL_EP,
    OP_FREE_EP,
    OP_CREATE_EP,
    OP_DRAIN,
    OP_KILL_THREAD,
    OP_FREE_THREAD,
    OP_KILL_DOMAIN,
    OP_SCAN,
    OP_CAP_SET,
    OP_CAP_CLEAR,
    OP_SYNC,
    OP_FAULT,     /* the running thread faults */
    OP_EXHAUST,   /* the running context's budget ends */
    OP_INTERRUPT, /* a device's interrupt, bound to thread 1 */
    OP_ACK,
    OP_COUNT
};

struct step {
    u8 op, a, b, c;
};

enum { WAIT_NONE, WAIT_RECV_, WAIT_SEND_, WAIT_REPLY_ };

/* The abstract state: a page of it a kind of object. */
struct spec {
    /* threads */
    u8 place[THREADS]; /* enum thread_state, without the bits */
    u8 stopped[THREADS];
    u8 pending[THREADS], mask[THREADS];
    u8 late[THREADS];  /* the reply half of its reply_recv was stale */
    u8 fault[THREADS]; /* its message is a fault */
    u8 badge[THREADS];
    u8 server[THREADS]; /* domain that must reply; 0 none */
    u8 status[THREADS]; /* status register of a thread that is not running a call */
    u8 cur;
    /* ready queues and endpoints, as sequences */
    u8 ready_n[PRIORITIES], ready[PRIORITIES][THREADS];
    u8 kind[EPS], list_n[EPS], list[EPS][THREADS];
    u8 ep_life[EPS];   /* 0 free, 1 live, 2 dead */
    u8 ep_served[EPS]; /* domain that received last */
    u8 ep_caps[EPS];   /* 1: the boot capabilities to it still live */
    u8 ep_epoch[EPS];  /* its death has passed an epoch */
    /* contexts: who lent along, from the home thread to the one that runs */
    u8 chain_n[SCS], chain[SCS][THREADS];
    u8 class[SCS], left[SCS];
    /* domains: B dies */
    u8 domain[3], scanned[3];
    u8 thread_epoch[THREADS];
    /* one slot of B's table that capmgr (domain A) fills and clears */
    u8 slot_used, slot_rights, slot_epoch;
    u8 irq_masked;
};

void model_start(void);           /* the initial state, in the real records */
u32 model_step(struct step step); /* run it in the real C; the status, or 99: not applicable here */
bool model_abstract(
    struct spec *spec); /* the real state's abstraction; false: it has none (a broken structure) */
u32 spec_step(struct spec *spec, struct step step);
u32 model_steps(struct step *out, u32 most); /* all steps, in order */
void step_print(struct step step);
void touched_before(void); /* touched.c: every record that a step changes must be noted (TOUCH) */
bool touched_after(void);

#endif
