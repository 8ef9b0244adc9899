/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The abstract specification: what each step does to sequences, chains and names. It is written
 * from docs/abi.md and the design, not from the code, and shares nothing with it but numbers. Where
 * several reasons forbid a call, the ABI does not say which one is reported: each is permitted, and
 * then nothing at all may have changed.
 *
 *      spec.c           registers before a step, look-up of capabilities, one step
 *      spec_sched.c     contexts, chains, waking, the scheduler
 *      spec_ipc.c       messages, notifications, faults
 *      spec_threads.c   threads, budgets, time, interrupts
 *      spec_objects.c   creation, death, reuse
 *      spec_caps.c      capability tables
 */
#include <string.h>

#include "model.h"

u32 spec_errors;

void spec_fail(u32 status) { spec_errors |= 1u << status; }

u64 token_word(u32 thread, u32 sequence) { return thread | (u64)sequence << FUT_TOKEN_INDEX_BITS; }

/* All registers hold words that name their thread and place; the running thread has put its
   arguments. */
void spec_prepare(struct spec *s, const struct step *p)
{
    u32 t, i;

    memset(s->other_regs, 0, sizeof s->other_regs);
    for (t = 1; t < THREADS; t++)
        for (i = 0; i < MESSAGE_REGS; i++)
            s->reg[t][i] = spec_alive(s, t) ? WORD(t, i) : 0;
    if (s->cur == 0 || p->number == OUT_TICK || p->number == OUT_INTERRUPT ||
        p->number == OUT_FAULT)
        return;
    for (i = 0; i < p->args; i++)
        s->reg[s->cur][i] = p->x[i];
    s->reg[s->cur][8] = p->slot;
    s->reg[s->cur][9] = p->token;
}

bool spec_cap_lives(const struct spec *s, const struct spec_cap *cap)
{
    switch (cap->type) {
    case FUT_TYPE_ENDPOINT: return s->e[cap->object - FIRST_EP].life == cap->life;
    case FUT_TYPE_NOTIFY:
    case FUT_TYPE_THREAD: return s->t[cap->object].life == cap->life;
    case FUT_TYPE_DOMAIN: return s->d[cap->object].life == cap->life;
    case FUT_TYPE_SC: return s->c[cap->object].life == cap->life;
    case FUT_TYPE_IRQ: return s->irq.life == cap->life;
    case FUT_TYPE_REGION: return s->region[cap->object].life == cap->life;
    default: return cap->type == FUT_TYPE_CONTROL;
    }
}

/* What the running thread holds under a slot number: numbers wrap at the size of its table. */
const struct spec_cap *spec_held(const struct spec *s, u64 slot)
{
    u32 d = s->t[s->cur].domain;

    return &s->cap[d][slot & ((1u << s->d[d].bits) - 1)];
}

u32 spec_need(struct spec *s, u64 slot, u32 type, u32 rights)
{
    const struct spec_cap *cap = spec_held(s, slot);

    if (cap->type == FUT_TYPE_NONE) {
        spec_fail(FUT_S_EMPTY);
    } else if (cap->type != type) {
        spec_fail(FUT_S_TYPE);
    } else {
        if ((cap->rights & rights) != rights) spec_fail(FUT_S_RIGHT);
        if (!spec_cap_lives(s, cap)) spec_fail(FUT_S_DEAD);
    }
    return cap->object;
}

/* Time passes: the running context is charged; at the comparator's time the deadline's bits are
   set and a used-up context ends. */
static void tick(struct spec *s)
{
    u32 c = s->cur ? context_of(s, s->cur) : 0;
    bool due = s->comparator <= 1;

    if (c != 0 && s->c[c].left != 0) s->c[c].left--;
    if (c != 0) s->c[c].used++;
    if (s->deadline != NEVER && s->deadline != 0) s->deadline--;
    if (!due) return;
    if (s->deadline == 0) {
        s->deadline = NEVER;
        if (s->timer_thread != 0 && s->t[s->timer_thread].life == s->timer_life)
            spec_notify(s, s->timer_thread, s->timer_mask);
        s->timer_thread = s->timer_life = s->timer_mask = 0;
    }
    if (c == 0 || s->c[c].left != 0) return;
    if (s->c[c].class == FUT_SC_ROUND_ROBIN) s->c[c].left = s->c[c].budget;
    if (c != s->t[s->cur].home)
        chain_withdraw(s, c);
    else if (s->c[c].class == FUT_SC_ROUND_ROBIN)
        spec_yield(s);
    else
        s->t[s->cur].place = THREAD_WAIT_BUDGET;
}

/* Mask, set the bits, wake; the line stays masked until irq_ack. */
static void interrupt(struct spec *s)
{
    struct spec_irq *irq = &s->irq;

    irq->line_masked = 1;
    if (irq->state != 1 || irq->thread == 0) return;
    irq->masked = 1;
    if (s->t[irq->thread].life == irq->thread_life) spec_notify(s, irq->thread, irq->mask);
}

static void outside(struct spec *s, const struct step *p)
{
    switch (p->number) {
    case OUT_TICK: tick(s); break;
    case OUT_INTERRUPT: interrupt(s); break;
    case OUT_FOREIGN: spec_reflect(s, s->cur, MESSAGE_FOREIGN); break;
    default:
        s->t[s->cur].fault = (u8)p->slot;
        spec_reflect(s, s->cur, MESSAGE_FAULT);
        if (s->t[s->cur].kind != MESSAGE_FAULT) s->t[s->cur].fault = 0;
    }
}

/* What follows from the rest: who may be taken by the fast path, and the comparator. */
static void derive(struct spec *s)
{
    u32 t, e, i, c = s->cur ? context_of(s, s->cur) : 0;

    for (t = 1; t < THREADS; t++) {
        s->t[t].fast = 0;
        if (!spec_alive(s, t)) memset(s->reg[t], 0, sizeof s->reg[t]);
        if (!spec_alive(s, t)) s->other_regs[t] = 0;
    }
    for (e = 0; e < EPS; e++)
        for (i = 0; s->e[e].kind == ENDPOINT_RECEIVERS && i < s->e[e].n; i++) {
            t = s->e[e].list[i];
            if (!s->t[t].stopped && s->t[t].pending == 0 && !s->t[t].late)
                s->t[t].fast = (u8)(s->t[t].prio + 1);
        }
    s->comparator = s->deadline;
    if (c != 0 && s->c[c].left < s->comparator) s->comparator = s->c[c].left;
}

u32 spec_step(struct spec *s, const struct step *p)
{
    u32 t = s->cur;

    spec_errors = 0;
    s->effect = s->effect_a = s->effect_b = 0;
    if (p->number >= OUT_FAULT)
        outside(s, p);
    else if (!spec_ipc(s, p)) {
        s->reg[t][11] = FUT_S_OK;
        if (!spec_threads(s, p) && !spec_objects(s, p) && !spec_capabilities(s, p))
            spec_fail(FUT_S_NOSYS);
    }
    spec_schedule(s);
    derive(s);
    return spec_errors;
}
