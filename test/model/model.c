/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real nucleus as a state machine: windows as host arrays, a small initial system, steps, and
 * the abstraction from records to the specification's state.
 *
 *      domain A (capmgr): thread 1, all capabilities      domain B: threads 2 and 3, endpoints A
 * and B, notify thread 1
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

enum {
    SLOT_EP = 1, /* and 2 */
    SLOT_NOTIFY = 3,
    SLOT_FAULT = 4,
    SLOT_VICTIM = 5, /* of B: filled and cleared by A */
    SLOT_THREAD = 5, /* + thread: 6, 7, 8 */
    SLOT_SC2 = 9,
    SLOT_B = 10,
    SLOT_CONTROL = 11,
    SLOT_IRQ = 12,
    SLOT_NEW_EP = 13 /* and 14 */
};

#define DOMAIN_A 1
#define DOMAIN_B 2
#define BOTH_BITS 3
#define WORD(t) (16u + (t))

struct nucleus nuc;
struct irq irqs[MAX_IRQS];
struct frame frames[MAX_FRAMES];
struct slot slots[MAX_DOMAINS * TABLE_STRIDE];
struct thread threads[MAX_THREADS];
struct endpoint endpoints[MAX_ENDPOINTS];
struct domain domains[MAX_DOMAINS];
struct sc scs[MAX_SCS];
struct region regions[MAX_REGIONS];

static void give(u32 domain, u32 slot, u64 key, u64 badge)
{
    slots[domain * TABLE_STRIDE + slot].key = key;
    slots[domain * TABLE_STRIDE + slot].badge = badge;
    domains[domain].caps_used++;
}

static void start_domain(u32 d)
{
    domains[d].instance = d;
    domains[d].state = DOMAIN_LIVE;
    domains[d].caps = d * TABLE_STRIDE;
    domains[d].caps_mask = TABLE_STRIDE - 1;
    domains[d].caps_pages = 1;
}

static void start_thread(u32 t, u32 d, u32 prio)
{
    threads[t].state = t == 1 ? THREAD_READY : (THREAD_READY | THREAD_STOPPED);
    threads[t].prio = (u8)prio;
    threads[t].domain = d;
    threads[t].caps = domains[d].caps;
    threads[t].caps_mask = domains[d].caps_mask;
    threads[t].token = t | (u64)1 << FUT_TOKEN_INDEX_BITS;
    threads[t].fault_slot = SLOT_FAULT;
    threads[t].home = t;
    threads[t].sc = t;
    domains[d].threads++;
    scs[t].live = 1;
    scs[t].home = t;
    scs[t].runner = t;
    scs[t].class = t == 2 ? FUT_SC_CAPPED : FUT_SC_ROUND_ROBIN;
    scs[t].budget = 1;
    scs[t].left = 1;
}

void model_start(void)
{
    u32 t, e;

    memset(&nuc, 0, sizeof nuc);
    memset(threads, 0, sizeof threads);
    memset(slots, 0, sizeof slots);
    nuc.cores = 1;
    nuc.epoch = 10;
    nuc.cpu[0].seen = 10;
    nuc.cpu[0].cur = 1;
    nuc.cpu[0].running = 1;
    nuc.cpu[0].timer_at = ~(u64)0;
    nuc.thread_pages = nuc.endpoint_pages = nuc.domain_pages = nuc.sc_pages = nuc.region_pages = 1;
    start_domain(DOMAIN_A);
    start_domain(DOMAIN_B);
    start_thread(1, DOMAIN_A, 0);
    start_thread(2, DOMAIN_B, 1);
    start_thread(3, DOMAIN_B, 1);
    irqs[0].live = 1;
    irqs[0].thread = 1;
    irqs[0].mask = 1;
    for (e = 0; e < EPS; e++) {
        endpoints[FIRST_EP + e].live = 1;
        give(DOMAIN_A, SLOT_EP + e, key_make(0, FIRST_EP + e, FUT_TYPE_ENDPOINT, 15), 0);
        give(DOMAIN_B, SLOT_EP + e, key_make(0, FIRST_EP + e, FUT_TYPE_ENDPOINT, 3), 1 + e);
    }
    for (t = 1; t < THREADS; t++)
        give(DOMAIN_A, SLOT_THREAD + t, key_make(0, t, FUT_TYPE_THREAD, 15), 0);
    give(DOMAIN_A, SLOT_NOTIFY, key_make(0, 2, FUT_TYPE_NOTIFY, 1), 1);
    give(DOMAIN_B, SLOT_NOTIFY, key_make(0, 1, FUT_TYPE_NOTIFY, 1), 2);
    give(DOMAIN_B, SLOT_FAULT, key_make(0, FIRST_EP, FUT_TYPE_ENDPOINT, 1), 9);
    give(DOMAIN_A, SLOT_SC2, key_make(0, 2, FUT_TYPE_SC, 15), 0);
    give(DOMAIN_A, SLOT_B, key_make(0, DOMAIN_B, FUT_TYPE_DOMAIN, 15), 0);
    give(DOMAIN_A, SLOT_CONTROL, key_make(0, 0, FUT_TYPE_CONTROL, 15), 0);
    give(DOMAIN_A, SLOT_IRQ, key_make(0, 0, FUT_TYPE_IRQ, 15), 0);
}

static u32 syscall(u32 number, u64 slot)
{
    u32 t = nuc.cpu[0].cur;

    threads[t].reg[REG_X8] = slot;
    threads[t].reg[REG_X11] = 0;
    nucleus_syscall(number);
    return (u32)threads[t].reg[REG_X11];
}

static void arg(u32 n, u64 value) { threads[nuc.cpu[0].cur].reg[REG_X0 + n] = value; }

static u64 token_of(u32 t, u32 stale)
{
    return t == 0 ? 0 : threads[t].token + ((u64)stale << FUT_TOKEN_INDEX_BITS);
}

/* Calls that only thread 1, in capmgr's domain, has capabilities for. */
static u32 manage(struct step s)
{
    switch (s.op) {
    case OP_RUN: return syscall(FUT_SYS_THREAD_RUN, SLOT_THREAD + s.a);
    case OP_STOP: return syscall(FUT_SYS_THREAD_STOP, SLOT_THREAD + s.a);
    case OP_CANCEL: return syscall(FUT_SYS_THREAD_CANCEL, SLOT_THREAD + s.a);
    case OP_SC_SET:
        arg(0, s.a);
        arg(1, s.b);
        return syscall(FUT_SYS_SC_SET, SLOT_SC2);
    case OP_KILL_EP: return syscall(FUT_SYS_OBJ_KILL, SLOT_EP + s.a);
    case OP_FREE_EP:
        arg(0, FUT_TYPE_ENDPOINT);
        arg(1, FIRST_EP + s.a);
        return syscall(FUT_SYS_OBJ_FREE, SLOT_CONTROL);
    case OP_CREATE_EP:
        arg(0, FUT_TYPE_ENDPOINT);
        arg(1, FIRST_EP + s.a);
        arg(2, SLOT_NEW_EP + s.a);
        arg(3, 0);
        return syscall(FUT_SYS_OBJ_CREATE, SLOT_CONTROL);
    case OP_DRAIN: return syscall(FUT_SYS_EP_DRAIN, SLOT_EP + s.a);
    case OP_KILL_THREAD: return syscall(FUT_SYS_OBJ_KILL, SLOT_THREAD + s.a);
    case OP_FREE_THREAD:
        arg(0, FUT_TYPE_THREAD);
        arg(1, s.a);
        return syscall(FUT_SYS_OBJ_FREE, SLOT_CONTROL);
    case OP_KILL_DOMAIN: return syscall(FUT_SYS_OBJ_KILL, SLOT_B);
    case OP_SCAN: arg(0, 0); return syscall(FUT_SYS_REPLY_SCAN, SLOT_B);
    case OP_CAP_SET:
        arg(0, SLOT_VICTIM);
        arg(1, SLOT_EP);
        arg(2, s.a);
        arg(3, 0);
        arg(4, 0);
        return syscall(FUT_SYS_CAP_SET, SLOT_B);
    case OP_CAP_CLEAR: arg(0, SLOT_VICTIM); return syscall(FUT_SYS_CAP_CLEAR, SLOT_B);
    case OP_SYNC: return syscall(FUT_SYS_SYNC, 0);
    default: return syscall(FUT_SYS_IRQ_ACK, SLOT_IRQ);
    }
}

static u32 outside(struct step s)
{
    u32 t = nuc.cpu[0].cur;

    if (s.op == OP_INTERRUPT) {
        if (irqs[0].masked) return 99;
        nucleus_interrupt(0);
        return 0;
    }
    if (t == NIL) return 99;
    if (s.op == OP_FAULT) {
        if (t == 1) return 99; /* a fault of capmgr ends the machine */
        nucleus_fault(FUT_FAULT_READ, 0, 0);
        return 0;
    }
    scs[threads[t].sc].left = 0;
    nucleus_timer();
    return 0;
}

/* Registers carry nothing from step to step but the words of queued calls. */
static void clear_registers(void)
{
    u32 t;

    for (t = 1; t < THREADS; t++) {
        memset(threads[t].reg, 0, sizeof threads[t].reg);
        threads[t].reg[REG_X0] = WORD(t);
    }
}

u32 model_step(struct step s)
{
    u32 t = nuc.cpu[0].cur;

    clear_registers();
    if (s.op == OP_FAULT || s.op == OP_EXHAUST || s.op == OP_INTERRUPT) return outside(s);
    if (t == NIL) return 99;
    switch (s.op) {
    case OP_CALL: return syscall(FUT_SYS_CALL, SLOT_EP + s.a);
    case OP_SEND: return syscall(FUT_SYS_SEND, SLOT_EP + s.a);
    case OP_RECV:
        arg(0, s.b ? BOTH_BITS : 0);
        arg(1, s.c);
        return syscall(FUT_SYS_RECV, s.a < EPS ? (u32)SLOT_EP + s.a : 0u);
    case OP_REPLY:
        threads[t].reg[REG_X9] = token_of(s.a, s.b);
        threads[t].reg[REG_X0] = 0;
        return syscall(FUT_SYS_REPLY, 0);
    case OP_REPLY_RECV:
        threads[t].reg[REG_X9] = token_of(s.b, s.c);
        threads[t].reg[REG_X0] = 0;
        return syscall(FUT_SYS_REPLY_RECV, SLOT_EP + s.a);
    case OP_NOTIFY: return syscall(FUT_SYS_NOTIFY, SLOT_NOTIFY);
    case OP_YIELD: return syscall(FUT_SYS_YIELD, 0);
    default: return threads[t].domain == DOMAIN_A ? manage(s) : 99;
    }
}

static bool abstract_list(u32 list, u8 *n, u8 *members)
{
    u32 t, prev = NIL;

    *n = 0;
    for (t = endpoints[list].head; t != NIL; prev = t, t = threads[t].next) {
        if (*n >= THREADS || threads[t].list != list || threads[t].prev != prev) return false;
        members[(*n)++] = (u8)t;
    }
    return endpoints[list].tail == prev;
}

/* The chain of a context: from the lenders' links backwards, ended at whoever is not really a
 * lender of it. */
static void abstract_chain(u32 s, u8 *n, u8 *members)
{
    u8 back[THREADS];
    u32 t = scs[s].runner, i, count = 0;

    *n = 0;
    if (scs[s].live != 1 || t == NIL) return;
    back[count++] = (u8)t;
    for (t = scs[s].lender; t != NIL && count < THREADS && threads[t].lent == s;
         t = threads[t].lender) {
        back[count++] = (u8)t;
        if (scs[s].home == t) break;
    }
    for (i = 0; i < count; i++)
        members[i] = back[count - 1 - i];
    *n = (u8)count;
}

static void abstract_thread(struct spec *a, u32 t)
{
    u32 base = thread_base_state(t);

    a->place[t] = (u8)base;
    a->stopped[t] = (threads[t].state & THREAD_STOPPED) != 0;
    a->pending[t] = (u8)threads[t].pending;
    a->mask[t] = base == THREAD_WAIT_RECV ? (u8)(threads[t].mask & BOTH_BITS) : 0;
    a->late[t] = base == THREAD_WAIT_RECV ? threads[t].late != 0 : 0;
    a->fault[t] = base == THREAD_WAIT_SEND && threads[t].kind == MESSAGE_FAULT;
    a->badge[t] = base == THREAD_WAIT_SEND ? (u8)threads[t].badge : 0;
    a->server[t] = (u8)threads[t].wait_domain;
    a->thread_epoch[t] = base == THREAD_DEAD ? epoch_passed(threads[t].dead_epoch) : 0;
}

bool model_abstract(struct spec *a)
{
    u32 i;
    u64 victim = slots[DOMAIN_B * TABLE_STRIDE + SLOT_VICTIM].key;

    memset(a, 0, sizeof *a);
    a->cur = (u8)nuc.cpu[0].cur;
    for (i = 1; i < THREADS; i++)
        abstract_thread(a, i);
    for (i = 0; i < PRIORITIES; i++)
        if (!abstract_list(i + 1, &a->ready_n[i], a->ready[i])) return false;
    for (i = 0; i < EPS; i++) {
        if (!abstract_list(FIRST_EP + i, &a->list_n[i], a->list[i])) return false;
        a->kind[i] = (u8)endpoints[FIRST_EP + i].kind;
        a->ep_life[i] = (u8)endpoints[FIRST_EP + i].live;
        a->ep_served[i] = (u8)endpoints[FIRST_EP + i].domain;
        a->ep_caps[i] = endpoints[FIRST_EP + i].key >> 32 == 0;
        a->ep_epoch[i] =
            endpoints[FIRST_EP + i].live == 2 && epoch_passed(endpoints[FIRST_EP + i].dead_epoch);
    }
    for (i = 1; i < SCS; i++) {
        abstract_chain(i, &a->chain_n[i], a->chain[i]);
        a->class[i] = scs[i].class;
        a->left[i] = scs[i].left != 0;
    }
    a->domain[DOMAIN_B] = (u8)domains[DOMAIN_B].state;
    a->scanned[DOMAIN_B] = (u8)domains[DOMAIN_B].scanned;
    a->slot_used = key_type(victim) != FUT_TYPE_NONE;
    a->slot_rights = a->slot_used ? (u8)key_rights(victim) : 0;
    a->slot_epoch = a->slot_used ? 0 : epoch_passed(key_generation(victim));
    a->irq_masked = irqs[0].masked;
    return check_objects() == 0;
}

u32 model_steps(struct step *out, u32 most)
{
    static const struct {
        u8 op, a_first, a, b, c;
    } table[] = {
        {OP_CALL, 0, EPS, 1, 1},      {OP_SEND, 0, EPS, 1, 1},       {OP_RECV, 0, EPS + 1, 2, 2},
        {OP_REPLY, 1, 3, 2, 1},       {OP_REPLY_RECV, 0, EPS, 4, 2}, {OP_NOTIFY, 0, 1, 1, 1},
        {OP_YIELD, 0, 1, 1, 1},       {OP_RUN, 1, 3, 1, 1},          {OP_STOP, 1, 3, 1, 1},
        {OP_CANCEL, 1, 3, 1, 1},      {OP_SC_SET, 0, 2, 2, 1},       {OP_KILL_EP, 0, EPS, 1, 1},
        {OP_FREE_EP, 0, EPS, 1, 1},   {OP_CREATE_EP, 0, EPS, 1, 1},  {OP_DRAIN, 0, EPS, 1, 1},
        {OP_KILL_THREAD, 1, 3, 1, 1}, {OP_FREE_THREAD, 2, 2, 1, 1},  {OP_KILL_DOMAIN, 0, 1, 1, 1},
        {OP_SCAN, 0, 1, 1, 1},        {OP_CAP_SET, 1, 3, 1, 1},      {OP_CAP_CLEAR, 0, 1, 1, 1},
        {OP_SYNC, 0, 1, 1, 1},        {OP_FAULT, 0, 1, 1, 1},        {OP_EXHAUST, 0, 1, 1, 1},
        {OP_INTERRUPT, 0, 1, 1, 1},   {OP_ACK, 0, 1, 1, 1},
    };
    u32 i, a, b, c, n = 0;

    for (i = 0; i < sizeof table / sizeof table[0]; i++)
        for (a = 0; a < table[i].a; a++)
            for (b = 0; b < table[i].b; b++)
                for (c = 0; c < table[i].c && n < most; c++)
                    out[n++] = (struct step){table[i].op, (u8)(table[i].a_first + a), (u8)b, (u8)c};
    return n;
}

void step_print(struct step s)
{
    static const char *const names[OP_COUNT] = {
        "call",  "send",  "recv",    "reply",       "reply_recv", "notify",  "yield",
        "run",   "stop",  "cancel",  "sc_set",      "kill_ep",    "free_ep", "create_ep",
        "drain", "kill",  "free",    "kill_domain", "scan",       "cap_set", "cap_clear",
        "sync",  "fault", "exhaust", "interrupt",   "ack",
    };

    printf("    {OP_%s, %u, %u, %u},\n", names[s.op], s.a, s.b, s.c);
}
