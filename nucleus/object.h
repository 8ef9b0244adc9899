/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of every kernel object, and the windows (arrays at fixed addresses) that hold them.
 *
 * Records are named by index, never by pointer; index 0 is a sentinel. Frames that capmgr donates
 * back a window from its start (`window_pages`), and never leave it: a record keeps its type for
 * ever. Pages not backed yet map one frame of zeros, read-only, so that a wild index reads a dead
 * record.
 *
 *      window      record   holds
 *      frames        16 B   one entry a physical frame of RAM
 *      slots         16 B   capability tables: TABLE_STRIDE slots a domain
 *      threads     1024 B   threads
 *      endpoints     64 B   run queues (the first RUN_QUEUES records), then endpoints
 *      domains      128 B   domains
 *      scs           64 B   scheduling contexts
 *      regions       32 B   regions
 *      vectors     1024 B   vector state, same index as the thread
 */
#ifndef NUCLEUS_OBJECT_H
#define NUCLEUS_OBJECT_H

#include <assert.h>

#include "config.h"

/* A capability. key = generation:32 | object:24 | type:4 | rights:4. An empty slot has type NONE;
   its generation field then holds the epoch in which it was cleared, and its badge stays until the
   slot is used again. */
struct slot {
    u64 key;
    u64 badge;
};

/* Thread states: the low bits say where a thread is, STOPPED beside them keeps it from running. */
enum thread_state {
    THREAD_FREE = 0,       /* no thread: the record may be created */
    THREAD_READY = 1,      /* runs, or stands in the run queue of its priority */
    THREAD_WAIT_RECV = 2,  /* receives: on its endpoint's list, or on none (bits only) */
    THREAD_WAIT_SEND = 3,  /* its message is queued: on its endpoint's list */
    THREAD_WAIT_REPLY = 4, /* called: on no list */
    THREAD_WAIT_FAULT = 5, /* its fault was received */
    THREAD_WAIT_FOREIGN = 6,
    THREAD_WAIT_BUDGET = 7, /* its scheduling context is used up */
    THREAD_FAULTED = 8,     /* no usable fault endpoint: for ever */
    THREAD_INIT = 9,        /* created, not bound */
    THREAD_DEAD = 10,       /* killed: the record waits for the epoch and obj_free */
    THREAD_STATE_MASK = 15,
    THREAD_STOPPED = 16,
};

/* What a queued or received message is: it decides its words and the state that its sender waits
 * in. */
enum message_kind { MESSAGE_CALL = 0, MESSAGE_FAULT = 1, MESSAGE_FOREIGN = 2 };

enum {
    REG_X0 = 0,
    REG_X8 = 8,
    REG_X9 = 9,
    REG_X10 = 10,
    REG_X11 = 11,
    REG_SP = FUT_REG_SP,
    REG_PC = FUT_REG_PC,
    REG_PSTATE = FUT_REG_PSTATE,
    REG_TLS = FUT_REG_TLS,
    REG_WORDS = FUT_REG_WORDS,
};

struct thread {
    u32 caps;      /* first slot of its domain's table; 0 in a FOREIGN domain */
    u32 caps_mask; /* table size - 1; 0 in a FOREIGN domain: every look-up gives the empty slot 0 */
    u64 token;     /* index | sequence << 20: the reply token of its next call, less one sequence */
    u8 fastprio;   /* priority + 1 if a fast delivery may take it, else 0 (invariant 8) */
    u8 prio;       /* 0 .. PRIORITIES-1 */
    u8 core;       /* the core that it belongs to */
    u8 flags;      /* FUT_BIND_*, and what arch/ adds (single step) */
    u32 next, prev;  /* list links */
    u32 sc;          /* the scheduling context that it runs on; NIL: none now */
    u32 state;       /* enum thread_state */
    u32 wait_domain; /* who must reply (WAIT_REPLY, WAIT_FAULT, WAIT_FOREIGN) */
    u32 domain;      /* NIL until bound */
    u32 list;        /* the list that it stands on: endpoint index; NIL: none */
    u64 root;        /* table root and ASID, as the processor takes it */
    u64 pending;     /* notification word */
    u64 mask;        /* the bits that end its wait (WAIT_RECV) */
    u32 generation;
    u32 home;       /* its own scheduling context; NIL until bound */
    u32 lent;       /* the context that it lent with its call; NIL: none */
    u32 lender;     /* who lent it the context that it runs on; NIL: it is at home */
    u32 fault_slot; /* slot of its fault endpoint in its domain's table */
    u8 kind;        /* enum message_kind of its queued or delivered message */
    u8 late;        /* status of the reply half of the reply_recv that it waits in */
    u16 reserved;
    u64 badge;      /* badge of its queued message */
    u32 fault_kind; /* FUT_FAULT_* */
    u32 dead_epoch; /* epoch of its death */
    u64 fault_address;
    u64 fault_syndrome;
    u64 reg[REG_WORDS]; /* saved registers, see the ABI table */
    u64 calls;          /* calls made: for top */
    u32 inbox;          /* link of its core's inbox: what another core asks of it; NIL: nothing */
    u32 inbox_what;     /* wake, reply, stop, kill: bits of what is asked */
    u64 space[75];
};

/* An endpoint, or (below RUN_QUEUES) a run queue. kind says which threads stand on the list. */
enum endpoint_kind { ENDPOINT_IDLE = 0, ENDPOINT_SENDERS = 1, ENDPOINT_RECEIVERS = 2 };

struct endpoint {
    u64 key; /* generation << 32 | core: one compare proves life and core */
    u32 head, tail;
    u32 kind; /* enum endpoint_kind; a run queue stays IDLE */
    u32 live; /* 1 while the record is an endpoint or waits for obj_free (2: dead) */
    u32 dead_epoch;
    u32 reserved;
    u64 served; /* instance of the domain that received last; 0: none yet */
    u64 space[3];
};

enum domain_state { DOMAIN_FREE = 0, DOMAIN_LIVE = 1, DOMAIN_DYING = 2, DOMAIN_RETIRED = 3 };

struct domain {
    u64 instance; /* never reused, as the record's number is: tells a domain from its predecessor */
    u64 root;     /* table root and ASID, as the processor takes it */
    u32 generation;
    u32 state;
    u32 flags;      /* FUT_DOMAIN_FOREIGN */
    u32 caps;       /* first slot */
    u32 caps_mask;  /* size - 1 */
    u32 caps_used;  /* non-empty slots */
    u32 caps_pages; /* backed pages of the table: type-stable, survives obj_free */
    u32 root_frame;
    u32 threads; /* bound threads */
    u32 asid;
    u32 scan;         /* first thread record that reply_scan has not looked at */
    u32 scanned;      /* 1: the scan after the kill is finished */
    u32 death_thread; /* notified when a thread of this domain is FAULTED */
    u32 death_generation;
    u64 death_mask;
    u32 dead_epoch;
    u32 reserved;
    u64 space[5];
};

struct sc {
    u32 generation;
    u8 live; /* 0 free, 1 live, 2 dead */
    u8 class;
    u8 core;
    u8 reserved;
    u32 home;   /* the thread that owns it; NIL */
    u32 runner; /* the thread that runs, or would run, on it; NIL */
    u32 lender; /* who lent it last; NIL: it is with its home thread */
    u32 dead_epoch;
    u64 budget; /* ticks of a period */
    u64 left;   /* ticks until the end of the budget */
    u64 used;   /* ticks used since creation */
    u64 space[2];
};

struct region {
    u64 base; /* first page frame number */
    u32 frames;
    u32 generation;
    u32 kind;
    u32 live; /* 0 free, 1 live, 2 dead */
    u32 dead_epoch;
    u32 reserved;
};

struct irq {
    u32 generation;
    u8 live;
    u8 masked;
    u16 flags;
    u32 thread; /* NIL: not bound */
    u32 thread_generation;
    u64 mask;
    u64 count;
    u32 dead_epoch;
    u32 reserved;
};

/* Frame flags */
#define FRAME_FROZEN 1u /* map and pt_link refuse this table */
#define FRAME_DMA 2u
#define FRAME_ROOT 4u        /* a domain's root: owner is the domain */
#define NO_FRAME 0xffffffffu /* owner of a table that is linked nowhere */

/* One entry a frame of RAM. For PT: ref counts its present entries, owner is the parent table's
   frame (for a root: the domain), index the entry there. For USER and USER_NC: ref counts the
   leaves that name it. */
struct frame {
    u32 ref;
    u32 owner;
    u32 epoch; /* of the last removal of a reference */
    u16 index;
    u8 type_level; /* FUT_FRAME_* | level << 4 */
    u8 flags;
};

/* What a core runs. */
struct cpu {
    u32 cur; /* NIL: idle */
    u32 id;
    u64 ready;        /* bit p: the run queue of priority p is not empty */
    u64 charged;      /* counter at the last charge of `running` */
    u32 running;      /* the context that time is charged to; NIL: idle */
    u32 syscalls;     /* since start: paces the full check of debug builds */
    u64 timer_at;     /* timer_set: counter value; ~0: none */
    u32 timer_thread; /* notified then */
    u32 timer_generation;
    u64 timer_mask;
    u32 seen;         /* the newest epoch that this core has passed */
    u32 vector_owner; /* whose vector state the processor holds; NIL: nobody's */
    u64 loaded_root;  /* what the table register holds */
    u32 inbox;        /* first thread of which another core asks something; NIL: none */
    u8 vectors_open;  /* arch: the vector registers may be used */
    u8 stepping;      /* arch: the processor steps */
    u16 reserved;
    u64 idle_ticks;
};

/* Everything that is not in a window. */
struct nucleus {
    struct cpu cpu[MAX_CORES];
    u64 next_instance;
    u64 ram_base; /* page frame number of frame 0 */
    u32 ram_frames;
    u32 epoch;
    u32 epoch_needed; /* 1: something was stamped in this epoch, or refused for the lack of one */
    u32 cores;
    u32 boot_done;
    u32 thread_pages, endpoint_pages, domain_pages, sc_pages, region_pages,
        vector_pages;          /* backed, from the start */
    u32 lock_next, lock_owner; /* the ticket lock of memory and capability control: both stay 0 */
    u32 asid_owner[MAX_ASIDS]; /* NIL: free */
};

extern struct nucleus nuc;
extern struct irq irqs[MAX_IRQS];
extern struct frame frames[MAX_FRAMES];
extern struct slot slots[MAX_DOMAINS * TABLE_STRIDE];
extern struct thread threads[MAX_THREADS];
extern struct endpoint endpoints[MAX_ENDPOINTS];
extern struct domain domains[MAX_DOMAINS];
extern struct sc scs[MAX_SCS];
extern struct region regions[MAX_REGIONS];

static_assert(sizeof(struct slot) == FUT_SIZE_SLOT, "slot size");
static_assert(sizeof(struct thread) == FUT_SIZE_THREAD, "thread size");
static_assert(sizeof(struct endpoint) == FUT_SIZE_ENDPOINT, "endpoint size");
static_assert(sizeof(struct frame) == FUT_SIZE_FRAME, "frame size");
static_assert(sizeof(struct domain) == 128 && sizeof(struct sc) == 64 &&
                  sizeof(struct region) == 32,
              "record sizes");
static_assert(offsetof(struct thread, caps) == FUT_OFF_THREAD_CAPS, "caps");
static_assert(offsetof(struct thread, caps_mask) == FUT_OFF_THREAD_CAPS_MASK, "caps_mask");
static_assert(offsetof(struct thread, token) == FUT_OFF_THREAD_TOKEN, "token");
static_assert(offsetof(struct thread, fastprio) == FUT_OFF_THREAD_FASTPRIO, "fastprio");
static_assert(offsetof(struct thread, prio) == FUT_OFF_THREAD_PRIO, "prio");
static_assert(offsetof(struct thread, next) == FUT_OFF_THREAD_NEXT, "next");
static_assert(offsetof(struct thread, prev) == FUT_OFF_THREAD_PREV, "prev");
static_assert(offsetof(struct thread, sc) == FUT_OFF_THREAD_SC, "sc");
static_assert(offsetof(struct thread, state) == FUT_OFF_THREAD_STATE, "state");
static_assert(offsetof(struct thread, wait_domain) == FUT_OFF_THREAD_WAIT_DOMAIN, "wait_domain");
static_assert(offsetof(struct thread, domain) == FUT_OFF_THREAD_DOMAIN, "domain");
static_assert(offsetof(struct thread, root) == FUT_OFF_THREAD_ROOT, "root");
static_assert(offsetof(struct thread, pending) == FUT_OFF_THREAD_PENDING, "pending");
static_assert(offsetof(struct thread, reg) == FUT_OFF_THREAD_REG, "reg");
static_assert(offsetof(struct endpoint, key) == FUT_OFF_ENDPOINT_KEY, "key");
static_assert(offsetof(struct endpoint, head) == FUT_OFF_ENDPOINT_HEAD, "head");
static_assert(offsetof(struct endpoint, tail) == FUT_OFF_ENDPOINT_TAIL, "tail");

#endif
