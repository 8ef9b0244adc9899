/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The abstract specification: what each step does to sequences, chains and names. It is written
 * from the ABI table and the design, not from the code, and shares nothing with it but numbers.
 */
#include <string.h>

#include "model.h"

#define A 1
#define B 2
#define BOTH 3

static u32 domain_of(u32 t) { return t == 1 ? A : B; }

static u32 prio_of(u32 t) { return t == 1 ? 0 : 1; }

static bool alive(const struct spec *s, u32 t)
{
    return s->place[t] != THREAD_DEAD && s->place[t] != THREAD_FREE;
}

static void seq_drop(u8 *n, u8 *seq, u32 t)
{
    u32 i, j = 0;

    for (i = 0; i < *n; i++)
        if (seq[i] != t) seq[j++] = seq[i];
    for (i = j; i < *n; i++)
        seq[i] = 0;
    *n = (u8)j;
}

static void seq_back(u8 *n, u8 *seq, u32 t) { seq[(*n)++] = (u8)t; }

static void seq_front(u8 *n, u8 *seq, u32 t)
{
    memmove(seq + 1, seq, *n);
    seq[0] = (u8)t;
    (*n)++;
}

static void ready_drop(struct spec *s, u32 t)
{
    seq_drop(&s->ready_n[prio_of(t)], s->ready[prio_of(t)], t);
}

/* ---- contexts ---- */

static u32 context_of(const struct spec *s, u32 t)
{
    u32 c;

    for (c = 1; c < SCS; c++)
        if (s->chain_n[c] != 0 && s->chain[c][s->chain_n[c] - 1] == t) return c;
    return 0;
}

static bool usable(const struct spec *s, u32 c)
{
    return c != 0 && (s->class[c] == FUT_SC_ROUND_ROBIN || s->left[c]);
}

static bool has_home(const struct spec *s, u32 c) { return alive(s, c); }

static void chain_set(struct spec *s, u32 c, u32 t)
{
    memset(s->chain[c], 0, sizeof s->chain[c]);
    s->chain_n[c] = t != 0;
    s->chain[c][0] = (u8)t;
}

static void park(struct spec *s, u32 t)
{
    if (s->place[t] != THREAD_READY || s->stopped[t] || usable(s, context_of(s, t))) return;
    ready_drop(s, t);
    s->place[t] = THREAD_WAIT_BUDGET;
}

static void go_home(struct spec *s, u32 t)
{
    if (has_home(s, t)) chain_set(s, t, t);
    park(s, t);
}

static void chain_withdraw(struct spec *s, u32 c)
{
    u32 t = s->chain[c][s->chain_n[c] - 1];

    chain_set(s, c, 0);
    go_home(s, t);
}

static void lend(struct spec *s, u32 from, u32 to)
{
    u32 c = context_of(s, from), own = context_of(s, to);

    if (!usable(s, c)) return;
    if (own != 0) chain_set(s, own, 0);
    seq_back(&s->chain_n[c], s->chain[c], to);
}

/* The last borrower gives the context back to the one before it, as long as the chain reaches back
 * to its owner. */
static void give_back(struct spec *s, u32 c)
{
    u32 n = s->chain_n[c], t = s->chain[c][n - 1];

    if (n >= 3 || (n == 2 && s->chain[c][0] == c && has_home(s, c))) {
        s->chain_n[c]--;
        s->chain[c][n - 1] = 0;
        go_home(s, t);
    } else {
        chain_withdraw(s, c);
    }
}

static void reclaim(struct spec *s, u32 t)
{
    u32 c, i, last;

    for (c = 1; c < SCS; c++)
        for (i = 0; i + 1u < s->chain_n[c]; i++) {
            if (s->chain[c][i] != t) continue;
            if (i + 2u == s->chain_n[c]) {
                give_back(s, c);
            } else if (i != 0 ||
                       c != t) { /* in the middle: what is above goes on without its lenders */
                memmove(s->chain[c], s->chain[c] + i + 1, s->chain_n[c] - i - 1u);
                s->chain_n[c] = (u8)(s->chain_n[c] - i - 1);
                memset(s->chain[c] + s->chain_n[c], 0, THREADS - s->chain_n[c]);
            }
            break;
        }
    if (context_of(s, t) != 0 || !has_home(s, t)) return;
    last = s->chain_n[t] ? s->chain[t][s->chain_n[t] - 1] : 0;
    chain_set(s, t, t);
    if (last != 0 && last != t) go_home(s, last);
}

/* ---- threads ---- */

static void wake(struct spec *s, u32 t)
{
    s->place[t] = THREAD_READY;
    reclaim(s, t);
    if (s->stopped[t] || t == s->cur) return;
    if (usable(s, context_of(s, t)))
        seq_back(&s->ready_n[prio_of(t)], s->ready[prio_of(t)], t);
    else
        s->place[t] = THREAD_WAIT_BUDGET;
}

static void leave(struct spec *s, u32 t)
{
    u32 e;

    ready_drop(s, t);
    for (e = 0; e < EPS; e++) {
        seq_drop(&s->list_n[e], s->list[e], t);
        if (s->list_n[e] == 0) s->kind[e] = ENDPOINT_IDLE;
    }
    s->fault[t] = 0;
    s->badge[t] = 0;
}

static void receive_done(struct spec *s, u32 t, u32 bits)
{
    s->pending[t] = (u8)(s->pending[t] & ~bits);
    s->mask[t] = 0;
    s->late[t] = 0;
}

static void schedule_(struct spec *s)
{
    u32 best = s->ready_n[1] ? s->ready[1][0] : s->ready_n[0] ? s->ready[0][0] : 0;

    if (s->cur != 0 && (s->place[s->cur] != THREAD_READY || s->stopped[s->cur])) s->cur = 0;
    if (s->cur != 0 && !usable(s, context_of(s, s->cur))) {
        s->place[s->cur] = THREAD_WAIT_BUDGET;
        s->cur = 0;
    }
    if (s->cur != 0 && best != 0 && prio_of(best) > prio_of(s->cur)) {
        seq_front(&s->ready_n[prio_of(s->cur)], s->ready[prio_of(s->cur)], s->cur);
        s->cur = 0;
    }
    if (s->cur == 0 && best != 0) {
        ready_drop(s, best);
        s->cur = (u8)best;
    }
}

static void yield(struct spec *s)
{
    u32 t = s->cur;

    if (s->place[t] != THREAD_READY || s->stopped[t]) return;
    s->cur = 0;
    seq_back(&s->ready_n[prio_of(t)], s->ready[prio_of(t)], t);
}

static void notify(struct spec *s, u32 t, u32 mask)
{
    u32 bits;

    s->pending[t] |= (u8)mask;
    bits = s->pending[t] & s->mask[t];
    if (s->place[t] != THREAD_WAIT_RECV || bits == 0) return;
    leave(s, t);
    receive_done(s, t, bits);
    wake(s, t);
}

/* ---- messages ---- */

static bool ep_alive(const struct spec *s, u32 e) { return s->ep_caps[e] && s->ep_life[e] == 1; }

static void message(struct spec *s, u32 from, u32 to, bool fault)
{
    receive_done(s, to, s->pending[to] & s->mask[to]);
    s->place[from] = fault ? THREAD_WAIT_FAULT : THREAD_WAIT_REPLY;
    s->server[from] = (u8)domain_of(to);
    lend(s, from, to);
}

static void receiver_runs(struct spec *s, u32 t)
{
    s->place[t] = THREAD_READY;
    if (s->stopped[t]) return;
    if (usable(s, context_of(s, t)))
        seq_front(&s->ready_n[prio_of(t)], s->ready[prio_of(t)], t);
    else
        s->place[t] = THREAD_WAIT_BUDGET;
}

static u32 take(struct spec *s, u32 e)
{
    u32 t = s->list[e][0];

    seq_drop(&s->list_n[e], s->list[e], t);
    if (s->list_n[e] == 0) s->kind[e] = ENDPOINT_IDLE;
    return t;
}

static void queue_or_deliver(struct spec *s, u32 t, u32 e, u32 badge, bool fault)
{
    u32 r;

    if (s->kind[e] == ENDPOINT_RECEIVERS) {
        r = take(s, e);
        message(s, t, r, fault);
        receiver_runs(s, r);
        return;
    }
    s->place[t] = THREAD_WAIT_SEND;
    s->fault[t] = fault;
    s->badge[t] = (u8)badge;
    seq_back(&s->list_n[e], s->list[e], t);
    s->kind[e] = ENDPOINT_SENDERS;
}

static u32 badge_of(u32 t, u32 e) { return domain_of(t) == A ? 0 : 1 + e; }

static u32 send(struct spec *s, u32 e)
{
    u32 r;

    if (!ep_alive(s, e)) return FUT_S_DEAD;
    if (s->kind[e] != ENDPOINT_RECEIVERS) return FUT_S_AGAIN;
    r = take(s, e);
    receive_done(s, r, s->pending[r] & s->mask[r]);
    receiver_runs(s, r);
    return FUT_S_OK;
}

/* e == EPS: bits only. */
static u32 receive(struct spec *s, u32 e, u32 mask, bool poll)
{
    u32 t = s->cur, c = context_of(s, t), bits = s->pending[t] & mask, from;
    bool fault;

    if (c != 0 && c != t) give_back(s, c);
    if (e < EPS) {
        s->ep_served[e] = (u8)domain_of(t);
        if (s->kind[e] == ENDPOINT_SENDERS) {
            from = take(s, e);
            fault = s->fault[from];
            s->fault[from] = 0;
            s->badge[from] = 0;
            s->mask[t] = (u8)mask;
            message(s, from, t, fault);
            if (s->place[t] == THREAD_WAIT_BUDGET && usable(s, context_of(s, t)))
                s->place[t] = THREAD_READY; /* parked at home, and lent another context at once */
            return FUT_S_OK;
        }
    }
    if (bits != 0) {
        receive_done(s, t, bits);
        return FUT_S_OK;
    }
    if (poll) return FUT_S_AGAIN;
    s->mask[t] = (u8)mask;
    s->place[t] = THREAD_WAIT_RECV;
    if (e < EPS) {
        seq_front(&s->list_n[e], s->list[e], t);
        s->kind[e] = ENDPOINT_RECEIVERS;
    }
    return FUT_S_OK;
}

static bool reply(struct spec *s, u32 waiter, bool stale)
{
    if (waiter == 0 || stale || s->server[waiter] != domain_of(s->cur)) return false;
    s->server[waiter] = 0;
    wake(s, waiter);
    return true;
}

static u32 reply_recv(struct spec *s, struct step p)
{
    u32 t = s->cur, result;
    bool late = false;

    if (!ep_alive(s, p.a)) return FUT_S_DEAD;
    if (!reply(s, p.b, p.c)) late = p.b != 0;
    s->late[t] = late;
    result = receive(s, p.a, BOTH, false);
    if (s->place[t] != THREAD_WAIT_RECV && late) result = FUT_S_STALE;
    return result;
}

static void abort_wait(struct spec *s, u32 t)
{
    bool plain = s->place[t] == THREAD_WAIT_RECV || s->place[t] == THREAD_WAIT_REPLY ||
                 (s->place[t] == THREAD_WAIT_SEND && !s->fault[t]);

    if (s->place[t] == THREAD_WAIT_RECV) receive_done(s, t, 0);
    leave(s, t);
    s->server[t] = 0;
    if (plain) {
        wake(s, t);
        return;
    }
    reclaim(s, t);
    s->place[t] = THREAD_FAULTED;
}

/* ---- management, by thread 1 ---- */

static u32 cancel(struct spec *s, u32 t)
{
    if (!alive(s, t)) return FUT_S_DEAD;
    if (s->place[t] != THREAD_WAIT_RECV && s->place[t] != THREAD_WAIT_REPLY &&
        (s->place[t] != THREAD_WAIT_SEND || s->fault[t]))
        return FUT_S_STATE;
    abort_wait(s, t);
    return FUT_S_OK;
}

static u32 run(struct spec *s, u32 t)
{
    if (!alive(s, t)) return FUT_S_DEAD;
    if (!s->stopped[t]) return FUT_S_STATE;
    s->stopped[t] = 0;
    if (s->place[t] == THREAD_READY) wake(s, t);
    return FUT_S_OK;
}

static u32 stop(struct spec *s, u32 t)
{
    if (!alive(s, t)) return FUT_S_DEAD;
    if (s->place[t] == THREAD_READY) ready_drop(s, t);
    s->stopped[t] = 1;
    return FUT_S_OK;
}

static u32 kill(struct spec *s, u32 t)
{
    u32 c;

    if (!alive(s, t)) return FUT_S_DEAD;
    leave(s, t);
    s->place[t] = THREAD_WAIT_REPLY; /* anything but READY while its contexts are sorted out */
    reclaim(s, t);
    c = context_of(s, t);
    if (c != 0 && c != t) give_back(s, c);
    reclaim(s, t);
    chain_set(s, t, 0);
    s->place[t] = THREAD_DEAD;
    s->stopped[t] = s->pending[t] = s->mask[t] = s->late[t] = s->server[t] = s->thread_epoch[t] = 0;
    if (s->cur == t) s->cur = 0;
    return FUT_S_OK;
}

static u32 sc2_set(struct spec *s, u32 budget, u32 class)
{
    u32 n;

    if (budget == 0 && class == FUT_SC_ROUND_ROBIN) return FUT_S_ARG;
    s->left[2] = budget != 0;
    s->class[2] = (u8) class;
    n = s->chain_n[2];
    if (!usable(s, 2) && n != 0 && s->chain[2][n - 1] != 2)
        chain_withdraw(s, 2);
    else if (!usable(s, 2) && n != 0)
        park(s, 2);
    else if (usable(s, 2) && s->place[2] == THREAD_WAIT_BUDGET)
        wake(s, 2);
    return FUT_S_OK;
}

static u32 drain(struct spec *s, u32 e)
{
    if (!s->ep_caps[e] && s->ep_life[e] != 2) return FUT_S_DEAD;
    if (s->list_n[e] == 0) return FUT_S_OK;
    abort_wait(s, s->list[e][0]);
    return s->list_n[e] == 0 ? FUT_S_OK : FUT_S_MORE;
}

static u32 endpoint_life(struct spec *s, struct step p)
{
    u32 e = p.a;

    if (p.op == OP_KILL_EP) {
        if (!ep_alive(s, e)) return FUT_S_DEAD;
        s->ep_life[e] = 2;
        s->ep_caps[e] = 0;
        s->ep_epoch[e] = 0;
        return FUT_S_OK;
    }
    if (p.op == OP_CREATE_EP) {
        if (s->ep_life[e] != 0) return FUT_S_BUSY;
        s->ep_life[e] = 1;
        s->ep_served[e] = 0;
        return FUT_S_OK;
    }
    if (s->ep_life[e] != 2) return FUT_S_STATE;
    if (!s->ep_epoch[e]) return FUT_S_QUIESCE;
    if (s->list_n[e] != 0) return FUT_S_BUSY;
    s->ep_life[e] = s->ep_epoch[e] = 0;
    return FUT_S_OK;
}

static u32 domain_step(struct spec *s, u32 op)
{
    u32 t;

    if (op == OP_KILL_DOMAIN) {
        if (s->domain[B] != DOMAIN_LIVE) return FUT_S_STATE;
        s->domain[B] = DOMAIN_DYING;
        return FUT_S_OK;
    }
    if (s->domain[B] != DOMAIN_DYING || alive(s, 2) || alive(s, 3)) return FUT_S_STATE;
    for (t = 1; t < THREADS; t++)
        if (s->server[t] == B) abort_wait(s, t);
    s->scanned[B] = 1;
    return FUT_S_OK;
}

static u32 slot_step(struct spec *s, struct step p)
{
    if (p.op == OP_CAP_CLEAR) {
        if (!s->slot_used) return FUT_S_EMPTY;
        s->slot_used = s->slot_rights = s->slot_epoch = 0;
        return FUT_S_OK;
    }
    if (s->domain[B] != DOMAIN_LIVE) return FUT_S_STATE;
    if (s->slot_used) return FUT_S_BUSY;
    if (!s->slot_epoch) return FUT_S_QUIESCE;
    if (!ep_alive(s, 0)) return FUT_S_DEAD;
    s->slot_used = 1;
    s->slot_rights = p.a;
    s->slot_epoch = 0;
    return FUT_S_OK;
}

static u32 free_thread(struct spec *s, u32 t)
{
    if (s->place[t] != THREAD_DEAD) return FUT_S_STATE;
    if (!s->thread_epoch[t]) return FUT_S_QUIESCE;
    s->place[t] = THREAD_FREE;
    s->thread_epoch[t] = 0;
    return FUT_S_OK;
}

static u32 sync(struct spec *s)
{
    u32 i;

    for (i = 0; i < EPS; i++)
        s->ep_epoch[i] = s->ep_life[i] == 2;
    for (i = 1; i < THREADS; i++)
        s->thread_epoch[i] = s->place[i] == THREAD_DEAD;
    s->slot_epoch = !s->slot_used;
    return FUT_S_OK;
}

static u32 manage(struct spec *s, struct step p)
{
    if (domain_of(s->cur) != A) return 99;
    switch (p.op) {
    case OP_RUN: return run(s, p.a);
    case OP_STOP: return stop(s, p.a);
    case OP_CANCEL: return cancel(s, p.a);
    case OP_SC_SET: return sc2_set(s, p.a, p.b);
    case OP_KILL_EP:
    case OP_FREE_EP:
    case OP_CREATE_EP: return endpoint_life(s, p);
    case OP_DRAIN: return drain(s, p.a);
    case OP_KILL_THREAD: return kill(s, p.a);
    case OP_FREE_THREAD: return free_thread(s, p.a);
    case OP_KILL_DOMAIN:
    case OP_SCAN: return domain_step(s, p.op);
    case OP_CAP_SET:
    case OP_CAP_CLEAR: return slot_step(s, p);
    case OP_SYNC: return sync(s);
    default:
        if (!s->irq_masked) return FUT_S_STATE;
        s->irq_masked = 0;
        return FUT_S_OK;
    }
}

static u32 outside(struct spec *s, u32 op)
{
    u32 t = s->cur, c;

    if (op == OP_INTERRUPT) {
        if (s->irq_masked) return 99;
        if (alive(s, 1)) {
            s->irq_masked = 1;
            notify(s, 1, 1);
        }
        return 0;
    }
    if (t == 0 || (op == OP_FAULT && t == 1)) return 99;
    if (op == OP_FAULT) {
        if (ep_alive(s, 0) && s->ep_served[0] != B)
            queue_or_deliver(s, t, 0, 9, true);
        else
            s->place[t] = THREAD_FAULTED;
        return 0;
    }
    c = context_of(s, t);
    s->left[c] = s->class[c] == FUT_SC_ROUND_ROBIN;
    if (c != t)
        chain_withdraw(s, c);
    else if (s->class[c] == FUT_SC_ROUND_ROBIN)
        yield(s);
    else
        s->place[t] = THREAD_WAIT_BUDGET;
    return 0;
}

static u32 apply(struct spec *s, struct step p)
{
    u32 target;

    switch (p.op) {
    case OP_CALL:
        if (!ep_alive(s, p.a)) return FUT_S_DEAD;
        queue_or_deliver(s, s->cur, p.a, badge_of(s->cur, p.a), false);
        return FUT_S_OK;
    case OP_SEND: return send(s, p.a);
    case OP_RECV:
        if (p.a < EPS && !ep_alive(s, p.a)) return FUT_S_DEAD;
        return receive(s, p.a, p.b ? BOTH : 0, p.c);
    case OP_REPLY: return reply(s, p.a, p.b) ? FUT_S_OK : FUT_S_STALE;
    case OP_REPLY_RECV: return reply_recv(s, p);
    case OP_NOTIFY:
        target = domain_of(s->cur) == A ? 2 : 1;
        if (!alive(s, target)) return FUT_S_DEAD;
        notify(s, target, domain_of(s->cur) == A ? 1 : 2);
        return FUT_S_OK;
    case OP_YIELD: yield(s); return FUT_S_OK;
    default: return manage(s, p);
    }
}

u32 spec_step(struct spec *s, struct step p)
{
    u32 result;

    if (p.op == OP_FAULT || p.op == OP_EXHAUST || p.op == OP_INTERRUPT)
        result = outside(s, p.op);
    else
        result = s->cur == 0 ? 99 : apply(s, p);
    if (result != 99) schedule_(s);
    return result;
}
