/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The specification of threads and of what makes them run: bind, run, stop, cancel, registers,
 * single step, budgets, the clock, the deadline, interrupts and sync.
 */
#include <string.h>

#include "model.h"

static void bind_checks(struct spec *s, const struct step *p, u32 t, u32 d, u32 c)
{
    if (s->d[d].state != DOMAIN_LIVE || s->t[t].place != THREAD_INIT || s->c[c].owner != 0)
        spec_fail(FUT_S_STATE);
    if (p->x[2] >= PRIORITIES || p->x[3] >> s->d[d].bits != 0 || p->x[4] > FUT_BIND_VECTORS)
        spec_fail(FUT_S_ARG);
    else if (p->x[4] == FUT_BIND_VECTORS && t >= 4 * nuc.vector_pages)
        spec_fail(FUT_S_TABLE); /* no page for its vector state */
}

/* A thread becomes part of a domain, on a context of its own; it does not run yet. */
static void bind(struct spec *s, const struct step *p)
{
    u32 t = spec_need(s, p->slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_BIND);
    u32 d = spec_need(s, p->x[0], FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_BIND);
    u32 c = spec_need(s, p->x[1], FUT_TYPE_SC, FUT_RIGHT_SC_BIND);

    if (spec_errors == 0) bind_checks(s, p, t, d, c);
    if (spec_errors != 0) return;
    s->t[t].place = THREAD_READY;
    s->t[t].stopped = 1;
    s->t[t].domain = (u8)d;
    s->t[t].prio = (u8)p->x[2];
    s->t[t].fault_slot = (u8)p->x[3];
    s->t[t].flags = (u8)p->x[4];
    s->t[t].home = (u8)c;
    s->c[c].owner = (u8)t;
    chain_set(s, c, t);
}

static void run(struct spec *s, u32 t)
{
    if (!s->t[t].stopped) {
        spec_fail(FUT_S_STATE);
        return;
    }
    s->t[t].stopped = 0;
    if (s->t[t].place == THREAD_READY) spec_wake(s, t);
}

/* It keeps its place, but does not run; results still reach it. */
static void stop(struct spec *s, u32 t)
{
    if (s->t[t].place == THREAD_INIT) {
        spec_fail(FUT_S_STATE);
        return;
    }
    if (s->t[t].place == THREAD_READY) ready_drop(s, t);
    s->t[t].stopped = 1;
}

static void cancel(struct spec *s, u32 t)
{
    u32 place = s->t[t].place;

    if (place == THREAD_WAIT_RECV)
        spec_abort(s, t, FUT_S_CANCEL_RECV);
    else if (place == THREAD_WAIT_REPLY)
        spec_abort(s, t, FUT_S_CANCEL_WAIT);
    else if (place == THREAD_WAIT_SEND && s->t[t].kind == MESSAGE_CALL)
        spec_abort(s, t, FUT_S_CANCEL_SEND);
    else
        spec_fail(FUT_S_STATE);
}

static void thread_call(struct spec *s, const struct step *p)
{
    u32 t = spec_need(s, p->slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_RUN);

    if (spec_errors != 0) return;
    if (p->number == FUT_SYS_THREAD_RUN) run(s, t);
    if (p->number == FUT_SYS_THREAD_STOP) stop(s, t);
    if (p->number == FUT_SYS_THREAD_CANCEL) cancel(s, t);
}

static void regs(struct spec *s, const struct step *p)
{
    const struct spec_cap *held = spec_held(s, p->x[1]);
    u32 t = spec_need(s, p->slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_REGS), frame;

    spec_need(s, p->x[1], FUT_TYPE_REGION, FUT_RIGHT_REGION_WRITE);
    if (p->x[0] > FUT_REGS_WRITE) spec_fail(FUT_S_ARG);
    if (spec_errors == 0 && p->x[2] >= (held->badge & 0xffff)) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    frame = s->region[held->object].first + (held->badge >> 16) + (u32)p->x[2];
    if (s->frame[frame] != FUT_FRAME_USER) spec_fail(FUT_S_FRAME);
    if (t == s->cur) spec_fail(FUT_S_STATE);
    if (spec_errors != 0) return;
    s->effect = p->x[0] == FUT_REGS_READ ? EFFECT_REGS_READ : EFFECT_REGS_WRITE;
    s->effect_a = (u8)t;
    s->effect_b = (u8)frame;
}

static void debug(struct spec *s, const struct step *p)
{
    u32 t = spec_need(s, p->slot, FUT_TYPE_THREAD, FUT_RIGHT_THREAD_REGS);

    if (p->x[0] > 1) spec_fail(FUT_S_ARG);
    if (spec_errors == 0 && t == s->cur) spec_fail(FUT_S_STATE);
    if (spec_errors != 0) return;
    s->effect = p->x[0] == 1 ? EFFECT_STEP_ON : EFFECT_STEP_OFF;
    s->effect_a = (u8)t;
}

/* A new budget, from now. Who borrowed a context that becomes useless goes home; its owner runs
   again when it becomes useful. */
static void budget(struct spec *s, const struct step *p)
{
    u32 c = spec_need(s, p->slot, FUT_TYPE_SC, FUT_RIGHT_SC_SET), owner, n;

    if (p->x[1] > FUT_SC_CAPPED || (p->x[0] == 0 && p->x[1] == FUT_SC_ROUND_ROBIN) ||
        p->x[0] >> 62 != 0)
        spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    s->c[c].budget = s->c[c].left = (u8)p->x[0];
    s->c[c].class = (u8)p->x[1];
    s->reg[s->cur][0] = s->c[c].used;
    owner = s->c[c].owner;
    n = s->c[c].n;
    if (!context_usable(s, c) && n != 0 && s->c[c].chain[n - 1] != owner)
        chain_withdraw(s, c);
    else if (!context_usable(s, c) && n != 0)
        thread_park(s, owner);
    else if (context_usable(s, c) && owner != 0 && s->t[owner].place == THREAD_WAIT_BUDGET)
        spec_wake(s, owner);
}

static void bind_irq(struct spec *s, const struct step *p)
{
    u32 t;

    spec_need(s, p->slot, FUT_TYPE_IRQ, FUT_RIGHT_IRQ_BIND);
    t = spec_need(s, p->x[0], FUT_TYPE_THREAD, FUT_RIGHT_THREAD_BIND);
    if (p->x[1] == 0 || p->x[2] > FUT_IRQ_EDGE) spec_fail(FUT_S_ARG);
    if (spec_errors != 0) return;
    s->irq.thread = (u8)t;
    s->irq.thread_life = s->t[t].life;
    s->irq.mask = (u8)p->x[1];
    s->irq.edge = (u8)p->x[2];
    s->irq.masked = s->irq.line_masked = 0;
}

static void ack_irq(struct spec *s, const struct step *p)
{
    spec_need(s, p->slot, FUT_TYPE_IRQ, FUT_RIGHT_IRQ_ACK);
    if (spec_errors == 0 && (!s->irq.masked || s->irq.thread == 0)) spec_fail(FUT_S_STATE);
    if (spec_errors == 0) s->irq.masked = s->irq.line_masked = 0;
}

static void deadline(struct spec *s, const struct step *p)
{
    const struct spec_cap *cap = spec_held(s, p->x[1]);

    spec_need(s, p->slot, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_TIMER);
    if (p->x[0] != 0) spec_need(s, p->x[1], FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);
    if (spec_errors != 0) return;
    s->deadline = p->x[0] == 0 ? NEVER : (u8)(p->x[0] - NOW);
    s->timer_thread = p->x[0] == 0 ? 0 : cap->object;
    s->timer_life = p->x[0] == 0 ? 0 : cap->life;
    s->timer_mask = p->x[0] == 0 ? 0 : (u8)cap->badge;
}

/* Every core passes an epoch: whatever was taken away before may be used again. */
static void sync(struct spec *s)
{
    u32 i, d;

    for (i = 0; i < EPS; i++)
        s->e[i].passed = s->e[i].state == 2;
    for (i = 1; i < THREADS; i++)
        s->t[i].passed = s->t[i].place == THREAD_DEAD;
    for (i = 1; i < SCS; i++)
        s->c[i].passed = s->c[i].state == 2;
    for (i = 1; i < REGIONS; i++)
        s->region[i].passed = s->region[i].state == 2;
    s->irq.passed = s->irq.state == 2;
    for (i = 0; i < MAX_FRAMES; i++)
        s->frame_passed[i] = s->frame[i] == FUT_FRAME_FREE;
    for (d = 1; d < DOMAINS; d++) {
        s->d[d].passed = s->d[d].state == DOMAIN_DYING;
        for (i = 0; i < TABLE_STRIDE; i++)
            s->cap[d][i].passed = s->cap[d][i].type == FUT_TYPE_NONE;
    }
}

bool spec_threads(struct spec *s, const struct step *p)
{
    switch (p->number) {
    case FUT_SYS_THREAD_BIND: bind(s, p); return true;
    case FUT_SYS_THREAD_RUN:
    case FUT_SYS_THREAD_STOP:
    case FUT_SYS_THREAD_CANCEL: thread_call(s, p); return true;
    case FUT_SYS_THREAD_REGS: regs(s, p); return true;
    case FUT_SYS_THREAD_DEBUG: debug(s, p); return true;
    case FUT_SYS_SC_SET: budget(s, p); return true;
    case FUT_SYS_IRQ_BIND: bind_irq(s, p); return true;
    case FUT_SYS_IRQ_ACK: ack_irq(s, p); return true;
    case FUT_SYS_TIMER_SET: deadline(s, p); return true;
    case FUT_SYS_SYNC: sync(s); return true;
    case FUT_SYS_YIELD: spec_yield(s); return true;
    case FUT_SYS_CLOCK:
        s->reg[s->cur][0] = NOW;
        s->reg[s->cur][1] = 1;
        return true;
    default: return false;
    }
}
