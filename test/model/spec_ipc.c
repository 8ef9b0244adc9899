/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The specification of messages: call, send, recv, reply, reply_recv, notify, faults and foreign
 * calls, and the ends of waiting. From docs/abi.md (registers, statuses) and DESIGN 3.6 and 3.7.
 */
#include <string.h>

#include "model.h"

static void words(struct spec *s, u32 to, const u64 *from, u32 n)
{
    u32 i;

    for (i = 0; i < 8; i++)
        s->reg[to][i] = i < n ? from[i] : 0;
}

/* x8-x11 of whoever receives; what was received ends its wait. */
static void received(struct spec *s, u32 t, u32 badge, u64 token, u32 bits)
{
    s->reg[t][8] = badge;
    s->reg[t][9] = token;
    s->reg[t][10] = bits;
    s->reg[t][11] = s->t[t].late ? FUT_S_STALE : FUT_S_OK;
    s->t[t].late = 0;
    s->t[t].pending = (u8)(s->t[t].pending & ~bits);
    s->t[t].mask = 0;
}

static void received_bits(struct spec *s, u32 t, u32 bits)
{
    words(s, t, NULL, 0);
    received(s, t, 0, 0, bits);
}

/* The words of the message that `from` sends: five, or eight of a fault or a foreign call. */
static void message_into(struct spec *s, u32 from, u32 to)
{
    u64 w[8] = {0};

    if (s->t[from].kind == MESSAGE_CALL) {
        words(s, to, s->reg[from], 5);
        return;
    }
    if (s->t[from].kind == MESSAGE_FAULT) {
        w[0] = s->t[from].fault;
        w[1] = s->t[from].fault * 0x100u;
        w[2] = WORD(from, FUT_REG_PC);
        w[3] = s->t[from].fault * 0x1000u;
        w[4] = from;
        w[5] = WORD(from, FUT_REG_SP);
    } else {
        memcpy(w, s->reg[from], 6 * sizeof w[0]);
        w[6] = s->reg[from][8];
        w[7] = WORD(from, FUT_REG_PC);
    }
    words(s, to, w, 8);
}

/* A message with a reply to come: a token that was never given out, and the context is lent. */
static void delivered(struct spec *s, u32 from, u32 to, u32 badge)
{
    static const u8 waits[] = {[MESSAGE_CALL] = THREAD_WAIT_REPLY,
                               [MESSAGE_FAULT] = THREAD_WAIT_FAULT,
                               [MESSAGE_FOREIGN] = THREAD_WAIT_FOREIGN};

    s->t[from].sequence++;
    message_into(s, from, to);
    received(s, to, badge, token_word(from, s->t[from].sequence), s->t[to].pending & s->t[to].mask);
    s->t[from].place = waits[s->t[from].kind];
    s->t[from].kind = s->t[from].badge = s->t[from].fault = 0;
    s->t[from].server = s->t[to].domain;
    chain_lend(s, from, to);
}

/* Its caller gives it the processor: first of its priority. */
static void receiver_runs(struct spec *s, u32 t)
{
    s->t[t].place = THREAD_READY;
    if (s->t[t].stopped) return;
    if (context_usable(s, context_of(s, t)))
        sequence_front(&s->ready_n[s->t[t].prio], s->ready[s->t[t].prio], t);
    else
        s->t[t].place = THREAD_WAIT_BUDGET;
}

static u32 first_taken(struct spec *s, u32 e)
{
    u32 t = s->e[e].list[0];

    sequence_drop(&s->e[e].n, s->e[e].list, t);
    if (s->e[e].n == 0) s->e[e].kind = ENDPOINT_IDLE;
    return t;
}

static void sends(struct spec *s, u32 t, u32 e, u32 badge, u32 kind)
{
    u32 r;

    s->t[t].kind = (u8)kind;
    if (s->e[e].kind == ENDPOINT_RECEIVERS) {
        r = first_taken(s, e);
        delivered(s, t, r, badge);
        receiver_runs(s, r);
        return;
    }
    s->t[t].place = THREAD_WAIT_SEND;
    s->t[t].badge = (u8)badge;
    sequence_back(&s->e[e].n, s->e[e].list, t);
    s->e[e].kind = ENDPOINT_SENDERS;
}

static void call(struct spec *s, const struct step *p)
{
    u32 e = spec_need(s, p->slot, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_CALL);

    if (spec_errors == 0)
        sends(s, s->cur, e - FIRST_EP, spec_held(s, p->slot)->badge, MESSAGE_CALL);
}

/* Words without a reply: the token with them is spent, nobody waits under it. */
static void send(struct spec *s, const struct step *p)
{
    u32 e = spec_need(s, p->slot, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_CALL), r, t = s->cur;

    if (spec_errors == 0 && s->e[e - FIRST_EP].kind != ENDPOINT_RECEIVERS) spec_fail(FUT_S_AGAIN);
    if (spec_errors != 0) return;
    r = first_taken(s, e - FIRST_EP);
    words(s, r, s->reg[t], 5);
    received(s, r, spec_held(s, p->slot)->badge, token_word(t, s->t[t].sequence),
             s->t[r].pending & s->t[r].mask);
    receiver_runs(s, r);
    s->reg[t][11] = FUT_S_OK;
}

/* e == EPS: bits only. */
static void receive(struct spec *s, u32 e, u32 mask, bool poll)
{
    u32 t = s->cur, c = context_of(s, t), bits = s->t[t].pending & mask, from;

    if (c != 0 && c != s->t[t].home) chain_give_back(s, c);
    s->t[t].place = THREAD_READY; /* it runs on, whatever its own context has left */
    s->t[t].mask = (u8)mask;
    if (e < EPS) {
        s->e[e].served = s->t[t].domain;
        if (s->e[e].kind == ENDPOINT_SENDERS) {
            from = first_taken(s, e);
            delivered(s, from, t, s->t[from].badge);
            return;
        }
    }
    if (bits != 0) {
        received_bits(s, t, bits);
    } else if (poll) {
        s->t[t].mask = 0;
        s->reg[t][11] = FUT_S_AGAIN;
    } else {
        s->t[t].place = THREAD_WAIT_RECV;
        if (e == EPS) return;
        sequence_front(&s->e[e].n, s->e[e].list, t);
        s->e[e].kind = ENDPOINT_RECEIVERS;
    }
}

static void recv(struct spec *s, const struct step *p)
{
    u32 e = FIRST_EP + EPS;

    if (p->x[1] > FUT_RECV_POLL) spec_fail(FUT_S_ARG);
    if (p->slot != 0) e = spec_need(s, p->slot, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_RECV);
    if (spec_errors == 0) receive(s, e - FIRST_EP, (u32)p->x[0], p->x[1] == FUT_RECV_POLL);
}

/* What a reply does to the one who waits for it, by what it waits for. */
static void answered(struct spec *s, u32 t)
{
    u32 by = s->cur, place = s->t[t].place;

    s->t[t].server = 0;
    if (place == THREAD_WAIT_REPLY) {
        words(s, t, s->reg[by], 5);
        s->reg[t][8] = s->reg[t][9] = s->reg[t][10] = 0;
        s->reg[t][11] = FUT_S_OK;
    } else if (place == THREAD_WAIT_FOREIGN) {
        if ((s->reg[by][1] & FUT_FOREIGN_KEEP) == 0) s->reg[t][0] = s->reg[by][0];
    } else if (s->reg[by][0] != FUT_FAULT_RESUME) {
        chain_reclaim(s, t);
        spec_faulted(s, t);
        return;
    }
    spec_wake(s, t);
}

/* A token is good while its thread waits, under its newest sequence, on the replier's domain. */
static bool reply(struct spec *s, u64 token)
{
    u64 t = token & ((1u << FUT_TOKEN_INDEX_BITS) - 1);

    if (t == 0 || t >= THREADS || s->t[t].server == 0) return false;
    if (s->t[t].server != s->t[s->cur].domain || token != token_word((u32)t, s->t[t].sequence))
        return false;
    answered(s, (u32)t);
    return true;
}

static void reply_recv(struct spec *s, const struct step *p)
{
    u32 e = spec_need(s, p->slot, FUT_TYPE_ENDPOINT, FUT_RIGHT_ENDPOINT_RECV);

    if (spec_errors != 0) return;
    s->t[s->cur].late = !reply(s, p->token) && p->token != 0;
    receive(s, e - FIRST_EP, 0xff, false);
}

void spec_notify(struct spec *s, u32 t, u32 mask)
{
    u32 bits;

    s->t[t].pending |= (u8)mask;
    bits = s->t[t].pending & s->t[t].mask;
    if (s->t[t].place != THREAD_WAIT_RECV || bits == 0) return;
    spec_leave(s, t);
    received_bits(s, t, bits);
    spec_wake(s, t);
}

static void notify(struct spec *s, const struct step *p)
{
    u32 t = spec_need(s, p->slot, FUT_TYPE_NOTIFY, FUT_RIGHT_NOTIFY_SIGNAL);

    if (spec_errors != 0) return;
    s->reg[s->cur][11] = FUT_S_OK;
    spec_notify(s, t, spec_held(s, p->slot)->badge);
}

/* Its wait ends with a status; a fault or foreign call that nobody will answer ends the thread. */
void spec_abort(struct spec *s, u32 t, u32 status)
{
    u32 place = s->t[t].place;
    bool plain = place == THREAD_WAIT_RECV || place == THREAD_WAIT_REPLY ||
                 (place == THREAD_WAIT_SEND && s->t[t].kind == MESSAGE_CALL);

    if (place == THREAD_WAIT_RECV) received_bits(s, t, 0);
    spec_leave(s, t);
    s->t[t].server = 0;
    if (plain) {
        s->reg[t][11] = status;
        spec_wake(s, t);
        return;
    }
    chain_reclaim(s, t);
    spec_faulted(s, t);
}

/* Faults and foreign calls go to the endpoint in the thread's fault slot, unless its own domain
   serves it. */
void spec_reflect(struct spec *s, u32 t, u32 kind)
{
    const struct spec_cap *cap = &s->cap[s->t[t].domain][s->t[t].fault_slot];
    u32 e = cap->object - FIRST_EP;

    if (cap->type == FUT_TYPE_ENDPOINT && (cap->rights & FUT_RIGHT_ENDPOINT_CALL) != 0 &&
        spec_cap_lives(s, cap) && s->e[e].served != s->t[t].domain)
        sends(s, t, e, cap->badge, kind);
    else
        spec_faulted(s, t);
}

bool spec_ipc(struct spec *s, const struct step *p)
{
    switch (p->number) {
    case FUT_SYS_CALL: call(s, p); return true;
    case FUT_SYS_SEND: send(s, p); return true;
    case FUT_SYS_RECV: recv(s, p); return true;
    case FUT_SYS_REPLY_RECV: reply_recv(s, p); return true;
    case FUT_SYS_NOTIFY: notify(s, p); return true;
    case FUT_SYS_REPLY:
        s->reg[s->cur][11] = FUT_S_OK;
        if (!reply(s, p->token)) spec_fail(FUT_S_STALE);
        return true;
    default: return false;
    }
}
