/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The specification of objects' lives: a record that its maker names is FREE, lives, is dead until
 * every core has passed an epoch, and is FREE again with one life less. Every capability to it dies
 * with it. A domain's life ends when its record is freed.
 */
#include <string.h>

#include "model.h"

/* ---- creation ---- */

static void make_thread(struct spec *s, const struct step *p)
{
    struct spec_thread *t = &s->t[p->x[1]], old;

    if (p->x[1] >= THREADS) {
        spec_fail(FUT_S_TABLE);
        return;
    }
    if (t->place != THREAD_FREE) spec_fail(FUT_S_BUSY);
    if (p->x[3] >= nuc.cores) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    old = *t;
    memset(t, 0, sizeof *t);
    t->place = THREAD_INIT;
    t->life = old.life;
    t->sequence = old.sequence; /* no token of its former life may become good */
    memset(s->reg[p->x[1]], 0, sizeof s->reg[0]);
    s->other_regs[p->x[1]] = 1;
}

static void make_endpoint(struct spec *s, const struct step *p)
{
    struct spec_endpoint *e;
    u8 life;

    if (p->x[1] <= RUN_QUEUES) {
        spec_fail(FUT_S_ARG);
        return;
    }
    if (p->x[1] >= FIRST_EP + EPS) {
        spec_fail(FUT_S_TABLE);
        return;
    }
    e = &s->e[p->x[1] - FIRST_EP];
    if (e->state != 0) spec_fail(FUT_S_BUSY);
    if (p->x[3] >= nuc.cores) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    life = e->life;
    memset(e, 0, sizeof *e);
    e->state = 1;
    e->life = life;
}

static void make_context(struct spec *s, const struct step *p)
{
    struct spec_context *c = &s->c[p->x[1]];
    u8 life;

    if (p->x[1] >= SCS) {
        spec_fail(FUT_S_TABLE);
        return;
    }
    if (c->state != 0) spec_fail(FUT_S_BUSY);
    if (p->x[3] >= nuc.cores) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    life = c->life;
    memset(c, 0, sizeof *c);
    c->state = 1;
    c->life = life;
    c->class = FUT_SC_CAPPED;
}

static void domain_checks(struct spec *s, const struct step *p, u32 *frame)
{
    const struct spec_cap *region = spec_held(s, p->x[5]);

    spec_need(s, p->x[5], FUT_TYPE_REGION, FUT_RIGHT_REGION_RETYPE);
    if (spec_errors == 0 && p->x[6] >= (region->badge & 0xffff)) spec_fail(FUT_S_ARG);
    *frame = 0;
    if (spec_errors == 0) {
        *frame = s->region[region->object].first + (region->badge >> 16) + (u32)p->x[6];
        if (s->frame[*frame] != FUT_FRAME_FREE)
            spec_fail(FUT_S_FRAME);
        else if (!s->frame_passed[*frame])
            spec_fail(FUT_S_QUIESCE);
    }
    if (p->x[3] == 0 || p->x[3] > TABLE_BITS || p->x[4] > FUT_DOMAIN_FOREIGN) spec_fail(FUT_S_ARG);
    if (p->x[7] != 0) spec_need(s, p->x[7], FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);
}

static void make_domain(struct spec *s, const struct step *p)
{
    struct spec_domain *d = &s->d[p->x[1]];
    const struct spec_cap *watcher = spec_held(s, p->x[7]);
    u32 frame;
    u8 life;

    if (p->x[1] >= DOMAINS) {
        spec_fail(FUT_S_TABLE);
        return;
    }
    if (d->state != DOMAIN_FREE) spec_fail(FUT_S_BUSY);
    domain_checks(s, p, &frame);
    if (spec_errors != 0) return;
    life = d->life;
    memset(d, 0, sizeof *d);
    d->state = DOMAIN_LIVE;
    d->life = life;
    d->bits = (u8)p->x[3];
    d->flags = (u8)p->x[4];
    d->root = (u8)frame;
    if (p->x[7] != 0) {
        d->watcher = watcher->object;
        d->watcher_life = watcher->life;
        d->watch_mask = (u8)watcher->badge;
    }
    s->frame[frame] = FUT_FRAME_PT;
    s->frame_passed[frame] = 0;
}

static void make_irq(struct spec *s, const struct step *p)
{
    u8 life = s->irq.life;

    if (p->x[1] >= MAX_IRQS)
        spec_fail(FUT_S_ARG);
    else if (s->irq.state != 0)
        spec_fail(FUT_S_BUSY);
    if (spec_errors != 0) return;
    memset(&s->irq, 0, sizeof s->irq);
    s->irq.state = 1;
    s->irq.life = life;
    s->irq.masked = s->irq.line_masked = 1;
}

/* Only regions of RAM are made here. */
static void make_region(struct spec *s, const struct step *p)
{
    struct spec_region *r = &s->region[p->x[1]];

    if (p->x[1] >= REGIONS) {
        spec_fail(FUT_S_TABLE);
        return;
    }
    if (r->state != 0) spec_fail(FUT_S_BUSY);
    if (p->x[5] > FUT_REGION_MMIO || p->x[4] == 0 || p->x[3] >= MAX_FRAMES ||
        p->x[4] > MAX_FRAMES - p->x[3])
        spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    *r = (struct spec_region){
        1, r->life, 0, (u8)p->x[5], (u8)p->x[3], (u8)p->x[4],
    };
}

static u8 life_of(const struct spec *s, u32 type, u64 object)
{
    switch (type) {
    case FUT_TYPE_ENDPOINT: return s->e[object - FIRST_EP].life;
    case FUT_TYPE_THREAD: return s->t[object].life;
    case FUT_TYPE_DOMAIN: return s->d[object].life;
    case FUT_TYPE_SC: return s->c[object].life;
    case FUT_TYPE_IRQ: return s->irq.life;
    default: return s->region[object].life;
    }
}

/* The record, by its type; a record 0 does not exist, but interrupt 0 does. */
static void make_record(struct spec *s, const struct step *p)
{
    if (p->x[1] == 0 && p->x[0] != FUT_TYPE_IRQ) {
        spec_fail(FUT_S_ARG);
        return;
    }
    switch (p->x[0]) {
    case FUT_TYPE_ENDPOINT: make_endpoint(s, p); break;
    case FUT_TYPE_THREAD: make_thread(s, p); break;
    case FUT_TYPE_DOMAIN: make_domain(s, p); break;
    case FUT_TYPE_SC: make_context(s, p); break;
    case FUT_TYPE_IRQ: make_irq(s, p); break;
    case FUT_TYPE_REGION: make_region(s, p); break;
    case FUT_TYPE_IOSPACE: spec_fail(FUT_S_NOSYS); break;
    default: spec_fail(FUT_S_ARG);
    }
}

/* All rights to what was made go into the maker's own table. */
static void create(struct spec *s, const struct step *p)
{
    u32 d = s->t[s->cur].domain;
    struct spec_cap *to;

    spec_need(s, p->slot, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_CREATE);
    if (s->d[d].state != DOMAIN_LIVE) spec_fail(FUT_S_STATE);
    if (p->x[2] == 0 || p->x[2] >> s->d[d].bits != 0) {
        spec_fail(FUT_S_ARG);
        return;
    }
    to = &s->cap[d][p->x[2]];
    if (to->type != FUT_TYPE_NONE)
        spec_fail(FUT_S_BUSY);
    else if (!to->passed)
        spec_fail(FUT_S_QUIESCE);
    make_record(s, p);
    if (spec_errors != 0) return;
    *to = (struct spec_cap){.type = (u8)p->x[0],
                            .object = (u8)p->x[1],
                            .life = life_of(s, (u32)p->x[0], p->x[1]),
                            .rights = 15};
    if (p->x[0] == FUT_TYPE_REGION) to->badge = (u32)p->x[4];
}

/* ---- death ---- */

static void kill_thread(struct spec *s, u32 t)
{
    u32 c, home = s->t[t].home;
    struct spec_thread old;

    spec_leave(s, t);
    s->t[t].place = THREAD_WAIT_REPLY; /* anything but READY while its contexts are sorted out */
    chain_reclaim(s, t);
    c = context_of(s, t);
    if (c != 0 && c != home) chain_give_back(s, c);
    chain_reclaim(s, t);
    if (home != 0) chain_set(s, home, 0);
    if (home != 0) s->c[home].owner = 0;
    old = s->t[t];
    memset(&s->t[t], 0, sizeof s->t[t]);
    s->t[t].place = THREAD_DEAD;
    s->t[t].life = (u8)(old.life + 1);
    s->t[t].sequence = old.sequence;
    s->d[old.domain].passed = 0; /* it used the space until now */
    if (s->cur == t) s->cur = 0;
}

/* Whoever ran on it goes on with its own, if it has one. */
static void kill_context(struct spec *s, u32 c)
{
    u32 n = s->c[c].n, r = n ? s->c[c].chain[n - 1] : 0, owner = s->c[c].owner;
    u8 life = s->c[c].life;

    memset(&s->c[c], 0, sizeof s->c[c]);
    s->c[c].state = 2;
    s->c[c].life = (u8)(life + 1);
    if (owner != 0) s->t[owner].home = 0;
    if (r == 0 || s->t[r].place != THREAD_READY) return;
    ready_drop(s, r);
    spec_wake(s, r);
}

static void kill(struct spec *s, const struct step *p)
{
    const struct spec_cap *cap = spec_held(s, p->slot);
    u32 o = cap->object;

    spec_need(s, p->slot, cap->type, 8);
    if (spec_errors != 0) return;
    switch (cap->type) {
    case FUT_TYPE_ENDPOINT:
        s->e[o - FIRST_EP].state = 2;
        s->e[o - FIRST_EP].life++;
        break;
    case FUT_TYPE_THREAD: kill_thread(s, o); break;
    case FUT_TYPE_SC: kill_context(s, o); break;
    case FUT_TYPE_IRQ:
        s->irq = (struct spec_irq){.state = 2, .life = (u8)(s->irq.life + 1), .line_masked = 1};
        break;
    case FUT_TYPE_REGION:
        s->region[o] = (struct spec_region){.state = 2, .life = (u8)(s->region[o].life + 1)};
        break;
    case FUT_TYPE_DOMAIN:
        if (s->d[o].state != DOMAIN_LIVE || o == ROOT_DOMAIN) spec_fail(FUT_S_STATE);
        if (spec_errors == 0) s->d[o].state = DOMAIN_DYING;
        break;
    default: spec_fail(FUT_S_TYPE);
    }
}

/* ---- reuse ---- */

static void may_free(bool dead, bool passed, u32 life)
{
    if (!dead) {
        spec_fail(FUT_S_STATE);
        return;
    }
    if (!passed) spec_fail(FUT_S_QUIESCE);
    if (life >= GENERATION_MAX) spec_fail(FUT_S_OVERFLOW); /* retired */
}

static bool domain_referred(const struct spec *s, u32 d)
{
    u32 i;

    for (i = 0; i < TABLE_STRIDE; i++)
        if (s->cap[d][i].type != FUT_TYPE_NONE) return true;
    for (i = 1; i < THREADS; i++)
        if (s->t[i].domain == d) return true;
    return !s->d[d].scanned;
}

/* Nobody waits for it, nothing is in its table: its root frame is FREE again. */
static void free_domain(struct spec *s, u32 d)
{
    u8 life = s->d[d].life, root = s->d[d].root;
    u32 e;

    if (s->d[d].state != DOMAIN_DYING) {
        spec_fail(FUT_S_STATE);
        return;
    }
    if (domain_referred(s, d)) spec_fail(FUT_S_BUSY);
    if (!s->d[d].passed) spec_fail(FUT_S_QUIESCE);
    if (spec_errors != 0) return;
    for (e = 0; e < EPS; e++) /* an endpoint that it served is served by nobody */
        if (s->e[e].served == d) s->e[e].served = 0;
    memset(&s->d[d], 0, sizeof s->d[d]);
    s->d[d].life = (u8)(life + 1);
    s->d[d].state = s->d[d].life == GENERATION_MAX ? DOMAIN_RETIRED : DOMAIN_FREE;
    s->frame[root] = FUT_FRAME_FREE;
    s->reg[s->cur][0] = 1;
}

static bool record_exists(u64 type, u64 index)
{
    if (type == FUT_TYPE_IRQ) return index < MAX_IRQS;
    if (type == FUT_TYPE_ENDPOINT) return index < FIRST_EP + EPS;
    if (type == FUT_TYPE_REGION) return index < REGIONS;
    if (type == FUT_TYPE_DOMAIN) return index < DOMAINS;
    return (type == FUT_TYPE_THREAD && index < THREADS) || (type == FUT_TYPE_SC && index < SCS);
}

static void free_record(struct spec *s, u32 type, u32 i)
{
    if (type == FUT_TYPE_ENDPOINT && i >= FIRST_EP) {
        may_free(s->e[i - FIRST_EP].state == 2, s->e[i - FIRST_EP].passed, s->e[i - FIRST_EP].life);
        if (s->e[i - FIRST_EP].n != 0) spec_fail(FUT_S_BUSY);
        if (spec_errors == 0) s->e[i - FIRST_EP].state = s->e[i - FIRST_EP].passed = 0;
    } else if (type == FUT_TYPE_THREAD) {
        may_free(s->t[i].place == THREAD_DEAD, s->t[i].passed, s->t[i].life);
        if (spec_errors == 0) s->t[i].place = THREAD_FREE, s->t[i].passed = 0;
    } else if (type == FUT_TYPE_SC) {
        may_free(s->c[i].state == 2, s->c[i].passed, s->c[i].life);
        if (spec_errors == 0) s->c[i].state = s->c[i].passed = 0;
    } else if (type == FUT_TYPE_REGION) {
        may_free(s->region[i].state == 2, s->region[i].passed, s->region[i].life);
        if (spec_errors == 0) s->region[i].state = s->region[i].passed = 0;
    } else if (type == FUT_TYPE_IRQ) {
        may_free(s->irq.state == 2, s->irq.passed, s->irq.life);
        if (spec_errors == 0) s->irq.state = s->irq.passed = 0;
    } else if (type == FUT_TYPE_DOMAIN) {
        free_domain(s, i);
    } else {
        spec_fail(FUT_S_STATE);
    }
}

/* ---- what ends waiting ---- */

static void drain(struct spec *s, const struct step *p)
{
    const struct spec_cap *cap = spec_held(s, p->slot);
    struct spec_endpoint *e = &s->e[cap->object - FIRST_EP];
    bool dead;

    spec_need(s, p->slot, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_DRAIN);
    dead = spec_errors == 1u << FUT_S_DEAD; /* killed and not yet freed: still drained */
    if (dead && e->state == 2 && cap->life + 1 == e->life) spec_errors = 0;
    if (spec_errors != 0 || e->n == 0) return;
    spec_abort(s, e->list[0], FUT_S_DEAD);
    if (e->n == 0) return;
    s->reg[s->cur][11] = FUT_S_MORE;
}

/* In steps of SCAN_STEP records, whoever waits for a reply of a dying domain without threads is
   told that none will come. */
static void scan(struct spec *s, const struct step *p)
{
    u32 d = spec_need(s, p->slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_KILL), t, end;

    if (spec_errors != 0) return;
    if (s->d[d].state != DOMAIN_DYING) spec_fail(FUT_S_STATE);
    for (t = 1; t < THREADS; t++)
        if (s->t[t].domain == d) spec_fail(FUT_S_STATE);
    if (p->x[0] != s->d[d].scan) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    end = s->d[d].scan + SCAN_STEP < THREADS ? s->d[d].scan + SCAN_STEP : THREADS;
    for (t = s->d[d].scan; t < end; t++)
        if (t != 0 && s->t[t].server == d) spec_abort(s, t, FUT_S_NOREPLY);
    s->d[d].scanned = end == THREADS;
    s->d[d].scan = end == THREADS ? 0 : (u8)end;
    s->reg[s->cur][0] = s->d[d].scan;
}

static bool has_threads(const struct spec *s, u32 d)
{
    u32 t;

    for (t = 1; t < THREADS; t++)
        if (s->t[t].domain == d) return true;
    return false;
}

/* An ASID has one domain; it changes hands while neither domain has threads. */
static void asid(struct spec *s, const struct step *p)
{
    u32 d = spec_need(s, p->slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_KILL), other, from = 0;

    if (p->x[0] >= MAX_ASIDS) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    if (s->d[d].state != DOMAIN_LIVE || has_threads(s, d)) spec_fail(FUT_S_STATE);
    for (other = 1; other < DOMAINS; other++)
        if (p->x[0] != 0 && other != d && s->d[other].asid == p->x[0]) from = other;
    if (from != 0 && has_threads(s, from)) spec_fail(FUT_S_BUSY);
    if (spec_errors != 0) return;
    if (from != 0) s->d[from].asid = 0;
    s->d[d].asid = (u8)p->x[0];
}

bool spec_objects(struct spec *s, const struct step *p)
{
    switch (p->number) {
    case FUT_SYS_OBJ_CREATE: create(s, p); return true;
    case FUT_SYS_OBJ_KILL: kill(s, p); return true;
    case FUT_SYS_OBJ_FREE:
        spec_need(s, p->slot, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_CREATE);
        if (!record_exists(p->x[0], p->x[1])) spec_fail(FUT_S_ARG);
        if (spec_errors == 0) free_record(s, (u32)p->x[0], (u32)p->x[1]);
        return true;
    case FUT_SYS_EP_DRAIN: drain(s, p); return true;
    case FUT_SYS_REPLY_SCAN: scan(s, p); return true;
    case FUT_SYS_ASID_ASSIGN: asid(s, p); return true;
    default: return false;
    }
}
