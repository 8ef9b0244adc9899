/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The abstraction: what the real records say, in the specification's terms. Facts that the
 * specification has no words for (counts, back references, what a thread caches of its domain) are
 * checked here: a state in which they do not hold has no abstraction.
 */
#include <string.h>

#include "model.h"

static bool whole; /* so far the state has an abstraction */

static void demand(bool fact) { whole = whole && fact; }

static void abstract_list(u32 list, u8 *n, u8 *members)
{
    u32 t, prev = NIL;

    for (t = endpoints[list].head; t != NIL && *n < THREADS; prev = t, t = threads[t].next) {
        demand(threads[t].list == list && threads[t].prev == prev);
        members[(*n)++] = (u8)t;
    }
    demand(t == NIL && endpoints[list].tail == prev);
}

static void abstract_registers(struct spec *a, u32 t)
{
    u32 i;
    bool same = true, zero = true;

    for (i = 0; i < MESSAGE_REGS; i++)
        a->reg[t][i] = threads[t].reg[i];
    for (i = MESSAGE_REGS; i < REG_WORDS; i++) {
        same = same && threads[t].reg[i] == WORD(t, i);
        zero = zero && threads[t].reg[i] == 0;
    }
    a->other_regs[t] = zero ? 1 : 0;
    demand(same || zero);
}

/* What a bound thread caches of its domain. */
static void abstract_bound(struct spec *a, u32 t)
{
    const struct thread *r = &threads[t];
    const struct domain *d = &domains[r->domain];
    bool foreign = (d->flags & FUT_DOMAIN_FOREIGN) != 0;

    a->t[t].prio = r->prio;
    a->t[t].fault_slot = (u8)r->fault_slot;
    a->t[t].flags = r->flags;
    demand(r->root == d->root && r->caps == (foreign ? 0 : d->caps) &&
           r->caps_mask == (foreign ? 0 : d->caps_mask));
}

static void abstract_thread(struct spec *a, u32 t)
{
    const struct thread *r = &threads[t];
    struct spec_thread *s = &a->t[t];
    u32 base = thread_base_state(t);

    s->place = (u8)base;
    s->stopped = (r->state & THREAD_STOPPED) != 0;
    s->domain = (u8)r->domain;
    s->home = (u8)r->home;
    s->pending = (u8)r->pending;
    s->mask = base == THREAD_WAIT_RECV ? (u8)r->mask : 0;
    s->late = base == THREAD_WAIT_RECV && r->late != 0;
    demand(r->late == 0 || (s->late && r->late == FUT_S_STALE) || !spec_alive(a, t));
    if (base == THREAD_WAIT_SEND) {
        s->kind = r->kind;
        s->badge = (u8)r->badge;
        s->fault = r->kind == MESSAGE_FAULT ? (u8)r->fault_kind : 0;
    }
    s->server = (u8)r->wait_domain;
    s->fast = r->fastprio;
    s->life = (u8)r->generation;
    s->passed = base == THREAD_DEAD && epoch_passed(r->dead_epoch);
    s->sequence = (u8)(r->token >> FUT_TOKEN_INDEX_BITS);
    demand((r->token & ((1u << FUT_TOKEN_INDEX_BITS) - 1)) == t || r->token == 0);
    demand(r->token >> FUT_TOKEN_INDEX_BITS <= TOKEN_SEQUENCE + THREADS);
    if (r->domain != NIL) abstract_bound(a, t);
    if (spec_alive(a, t)) abstract_registers(a, t);
}

static void abstract_endpoint(struct spec *a, u32 i)
{
    const struct endpoint *e = &endpoints[FIRST_EP + i];
    u32 d;

    a->e[i].state = (u8)e->live;
    a->e[i].life = (u8)(e->key >> 32);
    a->e[i].passed = e->live == 2 && epoch_passed(e->dead_epoch);
    for (d = 1; d < DOMAINS; d++)
        if (e->served == domains[d].instance &&
            (domains[d].state == DOMAIN_LIVE || domains[d].state == DOMAIN_DYING))
            a->e[i].served = (u8)d;
    a->e[i].kind = (u8)e->kind;
    abstract_list(FIRST_EP + i, &a->e[i].n, a->e[i].list);
}

/* The chain of a context: from the lenders' links backwards, ended at whoever is not really a
 * lender of it. */
static void abstract_chain(u32 c, u8 *n, u8 *members)
{
    u8 back[THREADS];
    u32 t = scs[c].runner, i, count = 0;

    if (t == NIL) return;
    back[count++] = (u8)t;
    for (t = scs[c].lender; t != NIL && count < THREADS && threads[t].lent == c;
         t = threads[t].lender) {
        back[count++] = (u8)t;
        if (scs[c].home == t) break;
    }
    for (i = 0; i < count; i++)
        members[i] = back[count - 1 - i];
    *n = (u8)count;
}

static void abstract_context(struct spec *a, u32 c)
{
    const struct sc *r = &scs[c];
    u64 spent = nuc.cpu[0].running == c ? model_now - nuc.cpu[0].charged : 0;

    a->c[c].state = r->live;
    a->c[c].life = (u8)r->generation;
    a->c[c].passed = r->live == 2 && epoch_passed(r->dead_epoch);
    if (r->live != 1) return;
    a->c[c].class = r->class;
    a->c[c].budget = (u8)r->budget;
    a->c[c].left = r->left > spent ? (u8)(r->left - spent) : 0;
    a->c[c].owner = (u8)r->home;
    a->c[c].used = (u8)(r->used + spent);
    abstract_chain(c, &a->c[c].n, a->c[c].chain);
}

static void abstract_domain(struct spec *a, u32 d)
{
    const struct domain *r = &domains[d];
    u32 t, count = 0;

    a->d[d].state = (u8)r->state;
    a->d[d].life = (u8)r->generation;
    for (t = 1; t < THREADS; t++)
        count += threads[t].domain == d;
    demand(r->threads == count);
    demand(r->asid < MAX_ASIDS && (r->asid == 0 || nuc.asid_owner[r->asid] == d));
    if (r->state != DOMAIN_LIVE && r->state != DOMAIN_DYING) return;
    demand(r->instance != 0);
    a->d[d].passed = r->state == DOMAIN_DYING && epoch_passed(r->dead_epoch);
    a->d[d].flags = (u8)r->flags;
    a->d[d].scan = (u8)r->scan;
    a->d[d].scanned = (u8)r->scanned;
    while (r->caps_mask >> a->d[d].bits != 0)
        a->d[d].bits++;
    demand(r->caps == d * TABLE_STRIDE && r->caps_mask == (1u << a->d[d].bits) - 1);
    a->d[d].asid = (u8)r->asid;
    a->d[d].root = (u8)r->root_frame;
    demand(r->root == arch_root_word(r->root_frame, r->asid));
    demand(frame_kind(r->root_frame) == FUT_FRAME_PT && frames[r->root_frame].owner == d &&
           frames[r->root_frame].flags == FRAME_ROOT);
    a->d[d].watcher = (u8)r->death_thread;
    if (r->death_thread == NIL) return;
    a->d[d].watcher_life = (u8)r->death_generation;
    a->d[d].watch_mask = (u8)r->death_mask;
}

static void abstract_cap(struct spec_cap *c, const struct slot *slot)
{
    c->type = (u8)key_type(slot->key);
    if (c->type == FUT_TYPE_NONE) {
        c->passed = epoch_passed(key_generation(slot->key));
        return;
    }
    c->object = (u8)key_object(slot->key);
    c->life = (u8)key_generation(slot->key);
    c->rights = (u8)key_rights(slot->key);
    c->badge = c->type == FUT_TYPE_REGION ? (u32)(slot->badge >> 32 << 16 | (u32)slot->badge)
                                          : (u32)slot->badge;
}

static void abstract_devices(struct spec *a)
{
    const struct irq *r = &irqs[0];
    const struct cpu *c = &nuc.cpu[0];

    a->irq.state = r->live;
    a->irq.life = (u8)r->generation;
    a->irq.passed = r->live == 2 && epoch_passed(r->dead_epoch);
    a->irq.line_masked = model_line_masked;
    a->irq.masked = r->live == 1 ? r->masked : 0;
    a->irq.thread = (u8)r->thread;
    if (r->thread != NIL) {
        a->irq.thread_life = (u8)r->thread_generation;
        a->irq.mask = (u8)r->mask;
        a->irq.edge = (u8)r->flags;
    }
    a->comparator = model_armed - model_now < NEVER ? (u8)(model_armed - model_now) : NEVER;
    a->deadline = c->timer_at == ~(u64)0 ? NEVER : (u8)(c->timer_at - model_now);
    if (a->deadline == NEVER) return;
    a->timer_thread = (u8)c->timer_thread;
    a->timer_life = (u8)c->timer_generation;
    a->timer_mask = (u8)c->timer_mask;
}

static void abstract_memory(struct spec *a)
{
    u32 i;

    for (i = 0; i < MAX_FRAMES; i++) {
        a->frame[i] = (u8)frame_kind(i);
        demand(a->frame[i] != FUT_FRAME_FREE || frames[i].flags == 0);
        a->frame_passed[i] = a->frame[i] == FUT_FRAME_FREE && epoch_passed(frames[i].epoch);
    }
    for (i = 1; i < REGIONS; i++) {
        a->region[i].state = (u8)regions[i].live;
        a->region[i].life = (u8)regions[i].generation;
        a->region[i].passed = regions[i].live == 2 && epoch_passed(regions[i].dead_epoch);
        if (regions[i].live != 1) continue;
        a->region[i].kind = (u8)regions[i].kind;
        a->region[i].first = (u8)regions[i].base;
        a->region[i].frames = (u8)regions[i].frames;
    }
}

bool model_abstract(struct spec *a)
{
    u32 i, j;

    memset(a, 0, sizeof *a);
    whole = true;
    a->cur = (u8)nuc.cpu[0].cur;
    for (i = 1; i < THREADS; i++)
        abstract_thread(a, i);
    for (i = 0; i < PRIORITIES; i++)
        abstract_list(i + 1, &a->ready_n[i], a->ready[i]);
    for (i = 0; i < EPS; i++)
        abstract_endpoint(a, i);
    for (i = 1; i < SCS; i++)
        abstract_context(a, i);
    for (i = 1; i < DOMAINS; i++) {
        abstract_domain(a, i);
        for (j = 0; j < TABLE_STRIDE; j++)
            abstract_cap(&a->cap[i][j], &slots[i * TABLE_STRIDE + j]);
    }
    abstract_devices(a);
    abstract_memory(a);
    a->effect = model_effect[0];
    a->effect_a = model_effect[1];
    a->effect_b = model_effect[2];
    demand(nuc.cpu[0].seen == nuc.epoch && nuc.cpu[0].running == threads[nuc.cpu[0].cur].sc);
    for (i = 1; i < MAX_ASIDS; i++)
        demand(nuc.asid_owner[i] == NIL || domains[nuc.asid_owner[i]].asid == i);
    return whole;
}
