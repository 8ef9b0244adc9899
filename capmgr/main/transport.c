/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the FIPC runtime and the nucleus: the runtime sees only calls on the Manager interface.
 * Faults of components come in on the same endpoint and are handled here; and when there is work
 * left from an end of a component, thread or connection, a step of it is done between any two
 * receives.
 */
#include "main.h"

/* The runtime is built with its table of system calls; see docs/decisions. */
struct table {
    void *at;
    fut_status (*call)(void *at, uint32_t slot, uint64_t w[5]);
    fut_status (*send)(void *at, uint32_t slot, const uint64_t w[5]);
    fut_status (*notify)(void *at, uint32_t slot);
    fut_status (*reply)(void *at, uint64_t token, const uint64_t w[5]);
    fut_status (*reply_recv)(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                             struct fut_msg *m);
    fut_status (*recv)(void *at, uint32_t slot, uint64_t mask, uint32_t flags, struct fut_msg *m);
    void (*yield)(void *at);
};

static fut_status transport_call(void *at, uint32_t slot, uint64_t w[5])
{
    (void)at, (void)slot, (void)w;
    return FUT_S_NOSYS; /* the manager never waits for anybody */
}

static fut_status transport_send(void *at, uint32_t slot, const uint64_t w[5])
{
    (void)at;
    return fut_sys_send(slot, w);
}

static fut_status transport_notify(void *at, uint32_t slot)
{
    (void)at;
    return fut_sys_notify(slot);
}

static fut_status transport_reply(void *at, uint64_t token, const uint64_t w[5])
{
    (void)at;
    return fut_sys_reply(token, w);
}

/* Is it a fault? Then it is handled, and the message is over. */
static bool transport_fault(struct fut_msg *m)
{
    static const uint64_t resume[5] = {FUT_FAULT_RESUME, 0, 0, 0, 0};

    if (m->token == 0 || (m->badge & BADGE_FAULT) == 0) return false;
    if (fault_handle(m->badge, m)) (void)fut_sys_reply(m->token, resume);
    m->token = 0;
    return true;
}

static bool work_pending(void) { return reap_pending() || thread_pending() || connect_pending(); }

/* One step of everything that is under way; false: nothing is. */
static bool work_step(void)
{
    bool busy = reap_step();

    busy = thread_step() || busy;
    return connect_step() || busy;
}

/* Receives what the runtime shall see. */
static fut_status transport_next(uint32_t slot, struct fut_msg *m, fut_status first, bool received)
{
    fut_status s = first;

    for (;;) {
        if (!received) {
            bool busy = work_step() || (frames.limbo_count > FRAMES_LIMBO / 2 && pages_settle());

            s = fut_sys_recv(slot, ~UINT64_C(0), busy ? FUT_RECV_POLL : 0, m);
        }
        received = false;
        if (s == FUT_S_AGAIN) continue;
        if (!transport_fault(m)) return s;
        if (m->pending != 0) return s;
    }
}

static fut_status transport_reply_recv(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                                       struct fut_msg *m)
{
    fut_status s = FUT_S_OK, next;

    (void)at;
    if (work_pending()) {
        if (token != 0) s = fut_sys_reply(token, w);
        next = transport_next(slot, m, FUT_S_OK, false);
        return s == FUT_S_STALE ? s : next;
    }
    s = fut_sys_reply_recv(slot, token, w, m);
    next = transport_next(slot, m, s, true);
    return s == FUT_S_STALE ? s : next;
}

static fut_status transport_recv(void *at, uint32_t slot, uint64_t mask, uint32_t flags,
                                 struct fut_msg *m)
{
    (void)at;
    if (slot == 0 || (flags & FUT_RECV_POLL) != 0) return fut_sys_recv(slot, mask, flags, m);
    return transport_next(slot, m, FUT_S_OK, false);
}

static void transport_yield(void *at)
{
    (void)at;
    fut_sys_yield();
}

static const struct table table = {NULL,
                                   transport_call,
                                   transport_send,
                                   transport_notify,
                                   transport_reply,
                                   transport_reply_recv,
                                   transport_recv,
                                   transport_yield};

const void *transport_table(void) { return &table; }
