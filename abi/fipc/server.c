/* SPDX-License-Identifier: Apache-2.0 */
/* The server's loop: receive, check in the order of FIPC.md 3.1, dispatch, answer. A client's words
 * are believed only after their check; nothing that a client does can stop the loop, and no failure
 * of a check closes its session. */
#include "server_impl.h"

/* Answers with an error: no data, no root. */
static void answer_error(struct fipc_req *r, fut_err e)
{
    r->reply.w[0] = (e & FIPC_W0_CODE) | (uint64_t)r->detail << FIPC_W0_DETAIL_SHIFT;
    r->reply.w[1] = r->reply.w[2] = r->reply.w[3] = r->reply.w[4] = 0;
}

/* An error that may go over the wire: transport errors are the client runtime's alone. */
static fut_err wire_error(fut_err e)
{
    if (e > FUT_ERROR_LAST || (e >= FUT_TRANSPORT_FIRST && e < FUT_INTERFACE_FIRST)) return FUT_EIO;
    return e;
}

static uint32_t *done_word(struct fipc_session *n, uint32_t slot)
{
    return (uint32_t *)(void *)(n->s + FIPC_S_DONE) + slot;
}

/* The slot is in range and idle: it is the request's from now on. */
static fut_err slot_take(struct fipc_req *r, uint32_t slot)
{
    struct fipc_session *n = r->session;

    if (slot >= n->nslots || (n->busy >> slot & 1)) return FUT_EBADMSG;
    r->slot = slot;
    r->seq = ++n->seq[slot];
    if (n->req_size) {
        r->in.data = n->c + n->req_base + slot * n->req_size + FIPC_HALF_DATA;
        r->in.limit = n->req_size - FIPC_HALF_DATA;
    }
    if (n->rep_size) {
        r->reply.out.data = n->s + n->rep_base + slot * n->rep_size + FIPC_HALF_DATA;
        r->reply.out.limit = n->rep_size - FIPC_HALF_DATA;
    }
    return FUT_OK;
}

static fut_err target_find(struct fipc_req *r, uint64_t w0)
{
    uint32_t number = (uint32_t)(w0 >> FIPC_W0_OBJECT_SHIFT) & 0xffffff;
    struct fipc_object *o = &r->session->root;

    if (number) o = fipc_object_find(r->session, number, NULL);
    if (!o) return FUT_EBADF;
    r->object = number;
    r->self = o->self;
    r->binding = o->binding;
    if ((uint8_t)(w0 >> FIPC_W0_TAG_SHIFT) != o->binding->iface->tag) return FUT_EPROTO;
    return FUT_OK;
}

static void request_clean(struct fipc_req *r)
{
    r->in.limit = 0;
    r->reply.out.limit = 0;
    r->reply.out.cursor = 0;
    r->slot = FIPC_SLOT_NONE;
    r->object = 0;
    r->arena->used = 0;
}

fut_err fipc_server_init(struct fipc_server *s, const struct fipc_server_config *config)
{
    memset(s, 0, sizeof(*s));
    if (!config->sessions || config->nsessions < 1 || config->nsessions > 65535 ||
        config->nobjects > 65534 || (config->nobjects && !config->objects))
        return FUT_EINVAL;
    s->config = *config;
    memset(config->sessions, 0, config->nsessions * sizeof(*config->sessions));
    while (2 * (s->mask + 1) <= config->nsessions)
        s->mask = 2 * s->mask + 1;
    fipc_arena_init(&s->arena, config->arena, config->arena_size);
    server_objects_init(s);
    s->req.server = s;
    s->req.arena = &s->arena;
    s->req.in.arena = &s->arena;
    s->req.in.bad = FUT_EBADMSG;
    server_forget(s);
    return FUT_OK;
}

/* All checks of the target are passed: a call with the same words need not be checked again. */
static void target_ready(struct fipc_req *r, const struct fipc_way *way)
{
    struct fipc_ready *t = &r->server->ready;

    t->badge = r->m.badge;
    t->w0 = r->m.w[0];
    t->method = way->method;
    t->again = way->again;
    t->ops = r->binding->ops;
    if (r->slot != FIPC_SLOT_NONE) {
        t->seq = &r->session->seq[r->slot];
        t->done = done_word(r->session, r->slot);
    }
}

fut_err fipc_serve(const struct fipc_iface *iface, const void *ops, struct fipc_req *r)
{
    const struct fipc_way *way = iface->find(fipc_req_ordinal(r));

    return way ? way->method(ops, r) : FUT_ENOSYS;
}

/* Everything from the reserved bits to the handler. */
static fut_err request_handle(struct fipc_req *r)
{
    uint64_t w0 = r->m.w[0];
    uint32_t slot = (uint32_t)(w0 >> FIPC_W0_SLOT_SHIFT);
    const struct fipc_way *way;
    fut_err e;

    server_forget(r->server);
    request_clean(r);
    if ((w0 & FIPC_W0_ZERO) || (!(w0 & FIPC_W0_SLOT) && slot)) return FUT_EBADMSG;
    r->session = server_session(r->server, r->m.badge);
    if (!r->session) return FUT_EBADF;
    if (w0 & FIPC_W0_SLOT) {
        e = slot_take(r, slot);
        if (e != FUT_OK) return e;
    }
    e = target_find(r, w0);
    if (e != FUT_OK) return e;
    if (fipc_req_ordinal(r) < FIPC_ORDINAL_FIRST) return server_runtime_ordinal(r);
    way = r->binding->iface->find(fipc_req_ordinal(r));
    if (!way) return FUT_ENOSYS;
    if (!r->async) target_ready(r, way);
    return way->method(r->binding->ops, r);
}

/* Turns a handler's answer into reply words and gives the slot back. */
static void request_finish(struct fipc_req *r, fut_err e)
{
    if (e != FUT_OK) answer_error(r, wire_error(e));
    if (r->slot != FIPC_SLOT_NONE) server_slot_done(r->session, r->slot, r->seq);
}

void server_slot_done(struct fipc_session *n, uint32_t slot, uint32_t seq)
{
    n->busy &= ~(1ull << slot);
    fipc_store_release(done_word(n, slot), seq);
}

/* A keep method's reply must be known to have arrived, so it goes by itself. */
static void answer_kept(struct fipc_req *r)
{
    const struct fipc_transport *t = r->server->config.transport;

    if (FIPC_SYS(t, reply, r->m.token, r->reply.w) != FUT_S_OK && r->lost) r->lost(r->self, r);
    r->m.token = 0;
}

/* Sends the reply that the next receive would have sent. */
void server_flush(struct fipc_server *s)
{
    if (s->req.m.token) (void)FIPC_SYS(s->config.transport, reply, s->req.m.token, s->req.reply.w);
    s->req.m.token = 0;
}

/* What is left to do when a handler has answered `e`: the reply's words, the slot, and whose the
 * next reply is. */
static void message_finish(struct fipc_req *r, fut_err e)
{
    if (e == FIPC_DEFERRED) {
        r->m.token = 0;
    } else {
        request_finish(r, e == FIPC_KEPT ? FUT_OK : e);
        if (e == FIPC_KEPT) answer_kept(r);
    }
    r->detail = 0;
}

static void async_handle(struct fipc_session *n, uint32_t slot)
{
    struct fipc_req *r = &n->server->req;
    uint64_t expected = FIPC_W0_SLOT | (uint64_t)slot << FIPC_W0_SLOT_SHIFT;
    fut_err e;

    if ((r->m.w[0] & (FIPC_W0_SLOT | 0xffull << FIPC_W0_SLOT_SHIFT)) != expected) {
        fipc_session_break(n);
        return;
    }
    e = request_handle(r);
    if (e == FIPC_DEFERRED) return;
    if (e == FIPC_KEPT) e = FUT_OK;
    if (r->slot == FIPC_SLOT_NONE) { /* the slot was busy or the reserved bits were not zero */
        fipc_session_break(n);
        return;
    }
    if (e != FUT_OK) answer_error(r, wire_error(e));
    server_async_answer(n, r->slot, r->seq, r->reply.w);
}

void server_async(struct fipc_session *n, uint32_t slot, const uint64_t w[5])
{
    struct fipc_req *r = &n->server->req;

    memcpy(r->m.w, w, 5 * sizeof(w[0]));
    r->m.badge = n->badge;
    r->m.token = 0;
    r->async = 1;
    async_handle(n, slot);
    r->async = 0;
    r->detail = 0;
}

void server_async_answer(struct fipc_session *n, uint32_t slot, uint32_t seq, const uint64_t w[5])
{
    uint8_t *half = n->s + n->rep_base + slot * n->rep_size;

    if (n->rep_size) memcpy(half, w, 5 * sizeof(w[0]));
    server_slot_done(n, slot, seq);
    fipc_ring_client(n);
}

/* The shortest way: what was called last, called again. False: nothing was done, the long way must
 * decide. */
FIPC_INLINE bool message_ready(struct fipc_server *s)
{
    struct fipc_req *r = &s->req;
    uint64_t w0 = r->m.w[0];
    fut_err e;

    if ((r->m.badge ^ s->ready.badge) | (w0 ^ s->ready.w0)) return false;
    if (w0 & FIPC_W0_SLOT) r->seq = ++*s->ready.seq;
    e = s->ready.method(s->ready.ops, r);
    if (FIPC_LIKELY(e == FUT_OK)) {
        if (w0 & FIPC_W0_SLOT) fipc_store_release(s->ready.done, r->seq);
        return true;
    }
    message_finish(r, e);
    return true;
}

/* A receive that did not work: without an endpoint there is nothing to serve. */
static void receive_failed(struct fipc_server *s, fut_status status)
{
    s->req.m.token = 0;
    if (status == FUT_S_EMPTY || status == FUT_S_TYPE || status == FUT_S_RIGHT ||
        status == FUT_S_DEAD)
        s->stop = true;
}

/* Notifications, and messages that are not for the shortest way. STALE: only the reply failed. A
 * receive without bits has a message, even if its token is 0 (a one-way need not have one). */
static __attribute__((noinline, cold)) void step_slow(struct fipc_server *s, fut_status status)
{
    const struct fipc_server_hooks *hooks = s->config.hooks;
    struct fipc_req *r = &s->req;
    uint64_t bits = r->m.pending;

    if (status != FUT_S_OK && status != FUT_S_STALE) {
        receive_failed(s, status);
        return;
    }
    if (r->m.token || !bits) message_finish(r, request_handle(r));
    if (FIPC_LIKELY(!bits && !s->breaking)) return;
    server_flush(s); /* hooks may take long */
    if (bits & s->config.doorbells) fipc_server_scan(s);
    if ((bits & ~s->config.doorbells) && hooks && hooks->notified)
        hooks->notified(s, bits & ~s->config.doorbells);
    if (s->breaking) server_break_told(s);
}

static fut_status receive(struct fipc_server *s)
{
    struct fut_msg *m = &s->req.m;

    return FIPC_SYS(s->config.transport, reply_recv, s->config.slot, m->token, s->req.reply.w, m);
}

/* False: the long way must decide. */
FIPC_INLINE bool message_usual(struct fipc_server *s, fut_status status)
{
    return FIPC_LIKELY(status == FUT_S_OK) && FIPC_LIKELY(s->req.m.pending == 0) &&
           FIPC_LIKELY(message_ready(s));
}

void fipc_server_step(struct fipc_server *s)
{
    fut_status status = receive(s);

    if (!message_usual(s, status)) step_slow(s, status);
}

fut_status fipc_server_again(struct fipc_server *s)
{
    fut_status status;

    do {
        status = receive(s);
    } while (message_usual(s, status));
    return status;
}

fut_status fipc_again_failed(struct fipc_server *s, fut_err e)
{
    message_finish(&s->req, e);
    return FIPC_NOTHING;
}

fut_status fipc_again_unusual(struct fipc_server *s, uint64_t w1, uint64_t w2, uint64_t w3,
                              uint64_t w4)
{
    struct fut_msg *m = &s->req.m;

    *m = (struct fut_msg){
        .w = {s->ready.w0, w1, w2, w3, w4}, .badge = s->ready.badge, .token = m->token};
    return FUT_S_OK;
}

void fipc_server_run(struct fipc_server *s)
{
    s->stop = false;
    while (!s->stop) {
        bool ready = s->ready.badge != FIPC_NO_BADGE;
        fut_status status = ready ? s->ready.again(s) : fipc_server_again(s);
        if (status != FIPC_NOTHING) step_slow(s, status);
    }
    server_flush(s);
}
