/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breadth-first exploration: every step from every reached state, the real C beside the
 * specification. After each step the status, the whole abstract state and all invariants must
 * agree; on a difference the shortest trace is printed as C. Usage: explorer [--transitions N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"

#define STEPS_MAX 160

/* What one state is made of, without what is constant or normalised (token sequences, epochs,
 * time). */
struct packed_thread {
    u8 state, next, prev, list, sc, wait, domain, pending, mask, home, lent, lender, kind, badge,
        late, fastprio;
    u8 generation, passed, fault;
};
struct packed {
    struct packed_thread t[THREADS - 1];
    struct {
        u8 head, tail, kind, live, domain, generation, passed;
    } e[PRIORITIES + EPS];
    struct {
        u8 live, class, home, runner, lender, left, budget, generation;
    } s[SCS - 1];
    struct {
        u8 state, used, threads, scanned;
    } d[2];
    u8 cur, ready, running, irq_masked;
    u8 victim_type, victim_rights, victim_generation, victim_passed, created[EPS];
    u8 epoch_needed;
    u8 pad[1];
};

static struct packed *states;
static u32 *parents, *table, count = 1;
static u8 *parent_step;
static u64 capacity, buckets;
static struct step steps[STEPS_MAX];
static u32 step_count;

static void pack_thread(struct packed_thread *p, u32 t)
{
    struct thread *r = &threads[t];

    *p = (struct packed_thread){(u8)r->state,
                                (u8)r->next,
                                (u8)r->prev,
                                (u8)r->list,
                                (u8)r->sc,
                                (u8)r->wait_domain,
                                (u8)r->domain,
                                (u8)r->pending,
                                (u8)(thread_base_state(t) == THREAD_WAIT_RECV ? r->mask & 3 : 0),
                                (u8)r->home,
                                (u8)r->lent,
                                (u8)r->lender,
                                (u8)(thread_base_state(t) == THREAD_WAIT_SEND ? r->kind : 0),
                                (u8)(thread_base_state(t) == THREAD_WAIT_SEND ? r->badge : 0),
                                r->late,
                                r->fastprio,
                                (u8)r->generation,
                                thread_base_state(t) == THREAD_DEAD && epoch_passed(r->dead_epoch),
                                (u8)(r->fault_kind != 0)};
    p->fault = 0;
}

static void pack(struct packed *p)
{
    u32 i;
    u64 victim = slots[2 * TABLE_STRIDE + 5].key;

    memset(p, 0, sizeof *p);
    for (i = 1; i < THREADS; i++)
        pack_thread(&p->t[i - 1], i);
    for (i = 0; i < PRIORITIES + EPS; i++) {
        struct endpoint *e = &endpoints[i + 1];
        p->e[i].head = (u8)e->head;
        p->e[i].tail = (u8)e->tail;
        p->e[i].kind = (u8)e->kind;
        p->e[i].live = (u8)e->live;
        p->e[i].domain = (u8)e->domain;
        p->e[i].generation = (u8)(e->key >> 32);
        p->e[i].passed = e->live == 2 && epoch_passed(e->dead_epoch);
    }
    for (i = 1; i < SCS; i++) {
        p->s[i - 1].live = scs[i].live;
        p->s[i - 1].class = scs[i].class;
        p->s[i - 1].home = (u8)scs[i].home;
        p->s[i - 1].runner = (u8)scs[i].runner;
        p->s[i - 1].lender = (u8)scs[i].lender;
        p->s[i - 1].left = scs[i].left != 0;
        p->s[i - 1].budget = scs[i].budget != 0;
        p->s[i - 1].generation = (u8)scs[i].generation;
    }
    for (i = 1; i < 3; i++) {
        p->d[i - 1].state = (u8)domains[i].state;
        p->d[i - 1].used = (u8)domains[i].caps_used;
        p->d[i - 1].threads = (u8)domains[i].threads;
        p->d[i - 1].scanned = (u8)domains[i].scanned;
    }
    p->cur = (u8)nuc.cpu[0].cur;
    p->ready = (u8)nuc.cpu[0].ready;
    p->running = (u8)nuc.cpu[0].running;
    p->irq_masked = irqs[0].masked;
    p->epoch_needed = (u8)nuc.epoch_needed;
    p->victim_type = (u8)key_type(victim);
    p->victim_rights = (u8)key_rights(victim);
    p->victim_generation = p->victim_type ? (u8)key_generation(victim) : 0;
    p->victim_passed = !p->victim_type && epoch_passed(key_generation(victim));
    for (i = 0; i < EPS; i++)
        p->created[i] = key_type(slots[TABLE_STRIDE + 13 + i].key) != 0;
}

static void unpack_thread(const struct packed_thread *p, u32 t)
{
    struct thread *r = &threads[t];

    r->state = p->state;
    r->next = p->next;
    r->prev = p->prev;
    r->list = p->list;
    r->sc = p->sc;
    r->wait_domain = p->wait;
    r->domain = p->domain;
    r->caps = p->domain * (u32)TABLE_STRIDE;
    r->caps_mask = p->domain ? TABLE_STRIDE - 1 : 0;
    r->pending = p->pending;
    r->mask = p->mask;
    r->home = p->home;
    r->lent = p->lent;
    r->lender = p->lender;
    r->kind = p->kind;
    r->badge = p->badge;
    r->late = p->late ? FUT_S_STALE : 0;
    r->fastprio = p->fastprio;
    r->generation = p->generation;
    r->dead_epoch = p->passed ? 0 : nuc.epoch;
    r->token = t | (u64)1 << FUT_TOKEN_INDEX_BITS;
}

static void unpack(const struct packed *p)
{
    u32 i;

    nuc.epoch = 10;
    nuc.cpu[0].seen = 10;
    nuc.epoch_needed = p->epoch_needed;
    for (i = 1; i < THREADS; i++)
        unpack_thread(&p->t[i - 1], i);
    for (i = 0; i < PRIORITIES + EPS; i++) {
        struct endpoint *e = &endpoints[i + 1];
        e->head = p->e[i].head;
        e->tail = p->e[i].tail;
        e->kind = p->e[i].kind;
        e->live = p->e[i].live;
        e->domain = p->e[i].domain;
        e->key = (u64)p->e[i].generation << 32;
        e->dead_epoch = p->e[i].passed ? 0 : nuc.epoch;
    }
    for (i = 1; i < SCS; i++) {
        scs[i].live = p->s[i - 1].live;
        scs[i].class = p->s[i - 1].class;
        scs[i].home = p->s[i - 1].home;
        scs[i].runner = p->s[i - 1].runner;
        scs[i].lender = p->s[i - 1].lender;
        scs[i].left = p->s[i - 1].left;
        scs[i].budget = p->s[i - 1].budget;
        scs[i].generation = p->s[i - 1].generation;
    }
    for (i = 1; i < 3; i++) {
        domains[i].state = p->d[i - 1].state;
        domains[i].caps_used = p->d[i - 1].used;
        domains[i].threads = p->d[i - 1].threads;
        domains[i].scanned = p->d[i - 1].scanned;
        domains[i].scan = 0;
    }
    nuc.cpu[0].cur = p->cur;
    nuc.cpu[0].ready = p->ready;
    nuc.cpu[0].running = p->running;
    irqs[0].masked = p->irq_masked;
    slots[2 * TABLE_STRIDE + 5].key =
        p->victim_type ? key_make(p->victim_generation, FIRST_EP, p->victim_type, p->victim_rights)
                       : (u64)(p->victim_passed ? 0 : nuc.epoch) << 32;
    for (i = 0; i < EPS; i++)
        slots[TABLE_STRIDE + 13 + i].key =
            p->created[i] ? key_make(1, FIRST_EP + i, FUT_TYPE_ENDPOINT, 15) : 0;
}

static u64 hash(const struct packed *p)
{
    const u8 *b = (const u8 *)p;
    u64 h = 1469598103934665603ull;
    size_t i;

    for (i = 0; i < sizeof *p; i++)
        h = (h ^ b[i]) * 1099511628211ull;
    return h ^ h >> 29;
}

/* The state's number; a new one is added, with how it was reached. 0: no room. */
static u32 intern(const struct packed *p, u32 parent, u32 step)
{
    u64 at = hash(p) & (buckets - 1);

    while (table[at] != 0 && memcmp(&states[table[at]], p, sizeof *p) != 0)
        at = (at + 1) & (buckets - 1);
    if (table[at] == 0) {
        if (count >= capacity) return 0;
        states[count] = *p;
        parents[count] = parent;
        parent_step[count] = (u8)step;
        table[at] = count++;
    }
    return table[at];
}

static void print_trace(u32 state, u32 last)
{
    u32 trace[4096], n = 0;

    for (trace[n++] = last; state > 1 && n < 4096; state = parents[state])
        trace[n++] = parent_step[state];
    printf("static const struct step trace[] = {\n");
    while (n-- > 0)
        step_print(steps[trace[n]]);
    printf("};\n");
}

static void print_difference(const struct spec *real, const struct spec *wanted)
{
    size_t i;

    for (i = 0; i < sizeof *real; i++)
        if (((const u8 *)real)[i] != ((const u8 *)wanted)[i])
            printf("  byte %zu of struct spec: real %u, specification %u\n", i,
                   ((const u8 *)real)[i], ((const u8 *)wanted)[i]);
}

/* One transition. false: a violation, printed. */
static bool transition(u32 from, u32 step)
{
    struct spec before, wanted, real;
    struct packed next;
    u32 result, expected;

    unpack(&states[from]);
    model_abstract(&before);
    wanted = before;
    expected = spec_step(&wanted, steps[step]);
    touched_before();
    result = model_step(steps[step]);
    if (result == 99 && expected == 99) return true;
    if (!model_abstract(&real) || result != expected || memcmp(&real, &wanted, sizeof real) != 0) {
        printf("explorer: VIOLATION: status %u, specification %u, invariant %u\n", result, expected,
               check_objects());
        print_difference(&real, &wanted);
        print_trace(from, step);
        return false;
    }
    if (!touched_after()) {
        print_trace(from, step);
        return false;
    }
    pack(&next);
    intern(&next, from, step);
    return true;
}

int main(int argc, char **argv)
{
    u64 most = 12000000, done = 0;
    u32 state, step;
    struct packed first;
    clock_t start = clock();
    double seconds;

    if (argc == 3 && strcmp(argv[1], "--transitions") == 0) most = strtoull(argv[2], NULL, 10);
    capacity = most / 8 + 100000;
    for (buckets = 1; buckets < capacity * 2; buckets *= 2)
        ;
    states = malloc(capacity * sizeof *states);
    parents = malloc(capacity * sizeof *parents);
    parent_step = malloc(capacity);
    table = calloc(buckets, sizeof *table);
    if (states == NULL || parents == NULL || parent_step == NULL || table == NULL) {
        fprintf(stderr, "explorer: not enough memory for %llu states\n",
                (unsigned long long)capacity);
        return 2;
    }
    step_count = model_steps(steps, STEPS_MAX);
    model_start();
    pack(&first);
    intern(&first, 0, 0);
    for (state = 1; state < count && done < most; state++)
        for (step = 0; step < step_count; step++, done++)
            if (!transition(state, step)) return 1;
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("explorer: %u states, %llu transitions, %s, %.1f s, %.0f transitions/s, state %zu "
           "bytes, 0 violations\n",
           count - 1, (unsigned long long)done, state == count ? "exhausted" : "bounded", seconds,
           (double)done / (seconds > 0 ? seconds : 1), sizeof(struct packed));
    printf("record explorer.%s %llu\n", CONFIG_DEBUG ? "touched" : "transitions",
           (unsigned long long)done);
    printf("record explorer.%sviolations 0\n", CONFIG_DEBUG ? "touched_" : "");
    return 0;
}
