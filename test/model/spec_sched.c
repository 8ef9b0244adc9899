/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The specification of running: sequences, the chains along which contexts are lent, waking, and
 * the scheduler's choice. From DESIGN 3.5 ("Scheduling"): a call lends the caller's context; it
 * returns to its lender at the borrower's next receive or reply, when a lender is cancelled or
 * dies, or when it is used up; whoever loses a context goes on with its own.
 */
#include <string.h>

#include "model.h"

void sequence_drop(u8 *n, u8 *members, u32 t)
{
    u32 i, j = 0;

    for (i = 0; i < *n; i++)
        if (members[i] != t) members[j++] = members[i];
    for (i = j; i < *n; i++)
        members[i] = 0;
    *n = (u8)j;
}

void sequence_back(u8 *n, u8 *members, u32 t) { members[(*n)++] = (u8)t; }

void sequence_front(u8 *n, u8 *members, u32 t)
{
    memmove(members + 1, members, *n);
    members[0] = (u8)t;
    (*n)++;
}

void ready_drop(struct spec *s, u32 t)
{
    sequence_drop(&s->ready_n[s->t[t].prio], s->ready[s->t[t].prio], t);
}

bool spec_alive(const struct spec *s, u32 t)
{
    return s->t[t].place != THREAD_DEAD && s->t[t].place != THREAD_FREE;
}

/* ---- contexts ---- */

u32 context_of(const struct spec *s, u32 t)
{
    u32 c;

    for (c = 1; c < SCS; c++)
        if (s->c[c].n != 0 && s->c[c].chain[s->c[c].n - 1] == t) return c;
    return 0;
}

bool context_usable(const struct spec *s, u32 c)
{
    return c != 0 && s->c[c].state == 1 &&
           (s->c[c].class == FUT_SC_ROUND_ROBIN || s->c[c].left != 0);
}

void chain_set(struct spec *s, u32 c, u32 t)
{
    memset(s->c[c].chain, 0, sizeof s->c[c].chain);
    s->c[c].n = t != 0;
    s->c[c].chain[0] = (u8)t;
}

/* A ready thread that has nothing to run on waits for its budget. */
void thread_park(struct spec *s, u32 t)
{
    if (s->t[t].place != THREAD_READY || s->t[t].stopped || context_usable(s, context_of(s, t)))
        return;
    ready_drop(s, t);
    s->t[t].place = THREAD_WAIT_BUDGET;
}

/* t has lost what it ran on: its own context, or nothing. */
void context_take_home(struct spec *s, u32 t)
{
    if (s->t[t].home != 0) chain_set(s, s->t[t].home, t);
    thread_park(s, t);
}

void chain_withdraw(struct spec *s, u32 c)
{
    u32 t = s->c[c].chain[s->c[c].n - 1];

    chain_set(s, c, 0);
    context_take_home(s, t);
}

/* A used-up context is not lent: the server works on its own. */
void chain_lend(struct spec *s, u32 from, u32 to)
{
    u32 c = context_of(s, from), own = context_of(s, to);

    if (!context_usable(s, c)) return;
    if (own != 0) chain_set(s, own, 0);
    sequence_back(&s->c[c].n, s->c[c].chain, to);
}

/* The last borrower gives the context back to the one before it, as long as the chain reaches back
 * to its owner or to another lender. */
void chain_give_back(struct spec *s, u32 c)
{
    u32 n = s->c[c].n, t = s->c[c].chain[n - 1];

    if (n >= 3 || (n == 2 && s->c[c].chain[0] == s->c[c].owner)) {
        s->c[c].n--;
        s->c[c].chain[n - 1] = 0;
        context_take_home(s, t);
    } else {
        chain_withdraw(s, c);
    }
}

/* t leaves the chain of c, in which it is member i and not the last. */
static void chain_leave(struct spec *s, u32 c, u32 i, u32 t)
{
    struct spec_context *x = &s->c[c];

    if (i + 2u == x->n) {
        chain_give_back(s, c);
    } else if (i != 0 || x->owner != t) { /* what is above goes on without its lenders */
        memmove(x->chain, x->chain + i + 1, x->n - i - 1u);
        x->n = (u8)(x->n - i - 1);
        memset(x->chain + x->n, 0, THREADS - x->n);
    }
}

void chain_reclaim(struct spec *s, u32 t)
{
    u32 c, i, last, home = s->t[t].home;

    for (c = 1; c < SCS; c++)
        for (i = 0; i + 1u < s->c[c].n; i++)
            if (s->c[c].chain[i] == t) {
                chain_leave(s, c, i, t);
                break;
            }
    if (context_of(s, t) != 0 || home == 0) return;
    last = s->c[home].n ? s->c[home].chain[s->c[home].n - 1] : 0;
    chain_set(s, home, t);
    if (last != 0 && last != t) context_take_home(s, last);
}

/* ---- threads ---- */

void spec_wake(struct spec *s, u32 t)
{
    s->t[t].place = THREAD_READY;
    chain_reclaim(s, t);
    if (s->t[t].stopped || t == s->cur) return;
    if (context_usable(s, context_of(s, t)))
        sequence_back(&s->ready_n[s->t[t].prio], s->ready[s->t[t].prio], t);
    else
        s->t[t].place = THREAD_WAIT_BUDGET;
}

/* Off every sequence, with what it had queued. */
void spec_leave(struct spec *s, u32 t)
{
    u32 e;

    ready_drop(s, t);
    for (e = 0; e < EPS; e++) {
        sequence_drop(&s->e[e].n, s->e[e].list, t);
        if (s->e[e].n == 0) s->e[e].kind = ENDPOINT_IDLE;
    }
    s->t[t].kind = s->t[t].badge = s->t[t].fault = 0;
}

void spec_yield(struct spec *s)
{
    u32 t = s->cur;

    if (s->t[t].place != THREAD_READY || s->t[t].stopped) return;
    s->cur = 0;
    sequence_back(&s->ready_n[s->t[t].prio], s->ready[s->t[t].prio], t);
}

/* The best waiting thread runs if it is better than the one that runs; a thread that loses the
   processor so keeps its turn. */
void spec_schedule(struct spec *s)
{
    u32 best = 0, p, cur = s->cur;

    for (p = PRIORITIES; p-- > 0 && best == 0;)
        if (s->ready_n[p] != 0) best = s->ready[p][0];
    if (cur != 0 && (s->t[cur].place != THREAD_READY || s->t[cur].stopped)) cur = 0;
    if (cur != 0 && !context_usable(s, context_of(s, cur))) {
        s->t[cur].place = THREAD_WAIT_BUDGET;
        cur = 0;
    }
    if (cur != 0 && best != 0 && s->t[best].prio > s->t[cur].prio) {
        sequence_front(&s->ready_n[s->t[cur].prio], s->ready[s->t[cur].prio], cur);
        cur = 0;
    }
    if (cur == 0 && best != 0) {
        ready_drop(s, best);
        cur = best;
    }
    s->cur = (u8)cur;
}

/* Nobody answers its fault: for ever, and its domain's watcher hears of it. */
void spec_faulted(struct spec *s, u32 t)
{
    struct spec_domain *d = &s->d[s->t[t].domain];

    s->t[t].place = THREAD_FAULTED;
    if (d->watcher != 0 && s->t[d->watcher].life == d->watcher_life && spec_alive(s, d->watcher))
        spec_notify(s, d->watcher, d->watch_mask);
}
