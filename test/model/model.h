/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The explorer's bounds, its steps and the state of its abstract specification. The real nucleus C
 * is compiled for the host with the bounds that CMakeLists.txt passes, and every transition is
 * compared with `spec_step`, which knows nothing of records, links or keys: queues are sequences,
 * lending is a chain per scheduling context, capabilities are (type, object, life, rights, badge).
 *
 *      world (worlds*.c)  -- the first state and the steps to try: each world explores a corner
 *      real records       -- model_abstract --> struct spec        compared after each step, whole
 *      struct spec        -- spec_step -------> struct spec
 */
#ifndef MODEL_H
#define MODEL_H

#include "nucleus.h"

#define THREADS MAX_THREADS /* records 1.. */
#define DOMAINS MAX_DOMAINS
#define SCS MAX_SCS
#define EPS 3
#define FIRST_EP (RUN_QUEUES + 1)
#define REGIONS MAX_REGIONS
#define TOKEN_SEQUENCE 4u /* every token's sequence before a step */
#define GENERATION 8u     /* every object's life before a step, where lives do not wear off */
#define NOW 0x1000u       /* the counter before a step */
#define EPOCH 10u         /* the epoch before a step */
#define NEVER 255u        /* no deadline */
#define MESSAGE_REGS 12u  /* x0 to x11 */
#define WORD(t, i) ((u64)(t) << 16 | 0x8000u | (i)) /* register i of thread t before a step */

/* Every record of the nucleus: X(type, name, [how many]). The windows are host arrays. */
#define MODEL_RECORDS(X)                                                                           \
    X(struct nucleus, nuc, )                                                                       \
    X(struct irq, irqs, [MAX_IRQS])                                                                \
    X(struct frame, frames, [MAX_FRAMES])                                                          \
    X(struct slot, slots, [MAX_DOMAINS * TABLE_STRIDE])                                            \
    X(struct thread, threads, [MAX_THREADS])                                                       \
    X(struct endpoint, endpoints, [MAX_ENDPOINTS])                                                 \
    X(struct domain, domains, [MAX_DOMAINS])                                                       \
    X(struct sc, scs, [MAX_SCS])                                                                   \
    X(struct region, regions, [MAX_REGIONS])
#define MODEL_RECORD(type, name, many) type name many;

enum { DOMAIN_A = 1, DOMAIN_B = 2, DOMAIN_C = 3 };
/* Slots of the first states. */
enum {
    AT_EP = 1, /* to 3: in A with all rights, in B and C as the world says */
    AT_FAULT = 4,
    AT_THREAD = 4, /* + thread: 5 to 8 */
    AT_SC = 8,     /* + thread: 9 to 12 */
    AT_A = 13,
    AT_B = 14,
    AT_C = 15,
    AT_CONTROL = 16,
    AT_IRQ = 17,
    AT_RAM = 18,
    AT_NOTIFY = 19, /* and 20 */
    AT_NEW = 21,    /* and above: for what is made */
    AT_B_NOTIFY = 5 /* in B and C */
};
enum { BY_A = 1, BY_B = 2, BY_C = 4, BY_ALL = 7 };

/* Steps of the world outside stand above the system calls' numbers. */
enum { OUT_FAULT = 100, OUT_FOREIGN, OUT_TICK, OUT_INTERRUPT };

/* A step: a system call of the running thread, or an event. Registers not set here hold WORD. */
struct step {
    u8 number; /* FUT_SYS_*, or OUT_* */
    u8 who;    /* domains whose threads try it: bit d-1 */
    u8 args;   /* x0 .. x(args-1) are set */
    u64 slot;  /* x8; OUT_FAULT: FUT_FAULT_* */
    u64 token; /* x9 */
    u64 x[8];
};

struct spec_thread {
    u8 place; /* enum thread_state, without the bits */
    u8 stopped, domain, prio, fault_slot, flags, home;
    u8 pending, mask;
    u8 late;   /* the reply half of its reply_recv was stale */
    u8 kind;   /* of its queued message: enum message_kind */
    u8 badge;  /* the same */
    u8 fault;  /* FUT_FAULT_* of its queued fault */
    u8 server; /* domain that must reply; 0 none */
    u8 fast;   /* what fastprio must say */
    u8 life, passed, sequence;
};

struct spec_endpoint {
    u8 state; /* 0 free, 1 live, 2 dead */
    u8 life, passed;
    u8 served; /* domain that received last */
    u8 kind, n, list[THREADS];
};

struct spec_context {
    u8 state, life, passed, class, budget, left, owner, used;
    u8 n, chain[THREADS]; /* who lent along: from the owner to the one that runs */
};

struct spec_domain {
    u8 state, life, passed, flags, scan, scanned, bits, asid, root;
    u8 watcher, watcher_life, watch_mask;
};

/* An empty slot: passed says whether it may be filled. */
struct spec_cap {
    u8 type, object, life, rights, passed;
    u8 none[3]; /* no padding: states are compared byte by byte */
    u32 badge;  /* REGION: first frame << 16 | frames */
};

struct spec_irq {
    u8 state, life, passed, masked, line_masked, edge, thread, thread_life, mask;
};

struct spec_region {
    u8 state, life, passed, kind, first, frames;
};

/* The abstract state. */
struct spec {
    u64 reg[THREADS][MESSAGE_REGS];
    struct spec_cap cap[DOMAINS][TABLE_STRIDE];
    struct spec_thread t[THREADS];
    u8 other_regs[THREADS]; /* registers that no step may touch: 0 as before, 1 zero (new record) */
    u8 cur;
    u8 ready_n[PRIORITIES], ready[PRIORITIES][THREADS];
    struct spec_endpoint e[EPS];
    struct spec_context c[SCS];
    struct spec_domain d[DOMAINS];
    struct spec_irq irq;
    struct spec_region region[REGIONS];
    u8 frame[MAX_FRAMES], frame_passed[MAX_FRAMES]; /* FUT_FRAME_* */
    u8 deadline, timer_thread, timer_life, timer_mask;
    u8 comparator;                 /* ticks until the comparator fires */
    u8 effect, effect_a, effect_b; /* what the machine was asked for */
};

enum { EFFECT_NONE, EFFECT_REGS_READ, EFFECT_REGS_WRITE, EFFECT_STEP_ON, EFFECT_STEP_OFF };

struct world {
    const char *name;
    bool retires; /* lives are counted towards GENERATION_MAX, and not made equal between steps */
    void (*start)(void);
    void (*steps)(void);
    u64 share; /* of the transitions, in per cent */
};

/* worlds.c; worlds_life.c has the start and the steps of some of them */
extern const struct world worlds[];
extern const u32 world_count;
void start_objects(void), steps_objects(void);
void start_domains(void), steps_domains(void);
void start_retire(void);
void start_reuse(void), steps_reuse(void);
void start_caps(void), steps_caps(void);
void start_rights(void), steps_rights(void);

/* build.c: what worlds are made of */
void build_clear(void);
void build_domain(u32 d, u32 table_bits);
void build_thread(u32 t, u32 d, u32 prio, bool stopped); /* with context t */
void build_cap(u32 d, u32 slot, u32 type, u32 object, u32 rights, u64 badge);
void build_endpoint(u32 e);
void build_region(u32 first, u32 count);
struct step *step_add(u32 number, u32 who, u64 slot, u32 args, const u64 *x);
#define STEP(number, who, slot) ((void)step_add(number, who, slot, 0, NULL))
#define STEP_X(number, who, slot, ...)                                                             \
    step_add(number, who, slot, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64),                  \
             (const u64[]){__VA_ARGS__})
u64 token_word(u32 thread, u32 sequence);
#define STEPS_MAX 1024
extern struct step steps[STEPS_MAX];
extern u32 step_count;

/* model.c: the real C */
bool model_applicable(const struct spec *spec, const struct step *step);
void model_step(const struct spec *before, const struct step *step);
void step_print(const struct step *step);

/* abstract.c: the real state's abstraction; false: it has none (a broken structure) */
bool model_abstract(struct spec *spec);

/* pack.c */
#define PACKED_MAX 640
extern u32 packed_size;
void state_pack(u8 *bytes, bool retires);
void state_unpack(const u8 *bytes);

/* spec.c. spec_step: 0 if the step succeeds, else the set of statuses (bit n: status n) with one of
   which it must fail, having done nothing. */
u32 spec_step(struct spec *spec, const struct step *step);
void spec_prepare(struct spec *spec, const struct step *step); /* registers, before the step */

/* spec_ipc.c, spec_objects.c, and what they share (spec_sched.c) */
extern u32 spec_errors;
void spec_fail(u32 status);
bool spec_alive(const struct spec *s, u32 t);
bool spec_cap_lives(const struct spec *s, const struct spec_cap *cap);
const struct spec_cap *spec_held(const struct spec *s, u64 slot);
u32 spec_need(struct spec *s, u64 slot, u32 type, u32 rights); /* object, or an error is noted */
u32 context_of(const struct spec *s, u32 t);
bool context_usable(const struct spec *s, u32 c);
void context_take_home(struct spec *s, u32 t);
void chain_set(struct spec *s, u32 c, u32 t);
void chain_lend(struct spec *s, u32 from, u32 to);
void chain_give_back(struct spec *s, u32 c);
void chain_withdraw(struct spec *s, u32 c);
void chain_reclaim(struct spec *s, u32 t);
void thread_park(struct spec *s, u32 t);
void sequence_drop(u8 *n, u8 *members, u32 t);
void sequence_back(u8 *n, u8 *members, u32 t);
void sequence_front(u8 *n, u8 *members, u32 t);
void ready_drop(struct spec *s, u32 t);
void spec_wake(struct spec *s, u32 t);
void spec_leave(struct spec *s, u32 t);
void spec_schedule(struct spec *s);
void spec_yield(struct spec *s);
void spec_faulted(struct spec *s, u32 t);
void spec_notify(struct spec *s, u32 t, u32 bits);
void spec_abort(struct spec *s, u32 t, u32 status);
void spec_reflect(struct spec *s, u32 t, u32 kind);
bool spec_ipc(struct spec *s, const struct step *p);     /* false: not a call of this file */
bool spec_threads(struct spec *s, const struct step *p); /* threads, contexts, devices */
bool spec_objects(struct spec *s, const struct step *p);
bool spec_capabilities(struct spec *s, const struct step *p);

void touched_before(void); /* touched.c: every record that a step changes must be noted (TOUCH) */
bool touched_after(void);

/* arch_model.c */
extern u64 model_now, model_armed;
extern bool model_line_masked;
extern bool model_root_wrong; /* the kernel half of every root has changed */
extern u32 model_unsafe;      /* a thread whose saved registers may not be resumed; NIL: none */
extern u8 model_effect[3];

#endif
