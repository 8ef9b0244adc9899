/* SPDX-License-Identifier: Apache-2.0 */
/* What goes through the lane beside calls: asynchronous calls, cancels, events, deferred replies;
 * and the runtime ordinals, which need no lane. */
#include "fipc/cbor.h"
#include "server_impl.h"

/* --- runtime ordinals --- */

static fut_err describe(struct fipc_req *r, uint32_t offset)
{
    const struct fipc_iface *iface = r->binding->iface;
    uint32_t n = iface->image_size - offset;

    if (offset >= iface->image_size) return FUT_EINVAL;
    fipc_reply_plain(&r->reply, 4);
    fipc_st32(&r->reply.w[1], 0, iface->image_size);
    memcpy((uint8_t *)&r->reply.w[1] + 4, iface->image + offset, n < 28 ? n : 28);
    return FUT_OK;
}

static fut_err share(struct fipc_req *r, uint32_t rights)
{
    const struct fipc_server_hooks *hooks = r->server->config.hooks;
    uint64_t ticket = 0;
    fut_err e;

    if (!hooks || !hooks->share) return FUT_ENOSYS;
    e = hooks->share(r->session, r->object, r->binding, r->self, rights, &ticket);
    if (e != FUT_OK) return e;
    fipc_reply_plain(&r->reply, 1);
    r->reply.w[1] = ticket;
    return FUT_OK;
}

fut_err server_runtime_ordinal(struct fipc_req *r)
{
    uint32_t ordinal = fipc_req_ordinal(r);
    uint32_t required = ordinal == FIPC_DESCRIBE || ordinal == FIPC_SHARE;
    const uint64_t *root = &r->m.w[1];

    if (ordinal > FIPC_PING) return FUT_ENOSYS;
    if (!fipc_req_root(r, 1, required, &r->m.w[1])) return FUT_EBADMSG;
    fipc_reply_plain(&r->reply, 0);
    switch (ordinal) {
    case FIPC_DESCRIBE: return describe(r, (uint32_t)root[0]);
    case FIPC_RELEASE: return fipc_object_drop(r->session, r->object);
    case FIPC_SHARE: return share(r, (uint32_t)root[0]);
    default: return FUT_OK;
    }
}

/* --- doorbells --- */

static const uint32_t *lane_word(const struct fipc_session *n, uint32_t at, uint32_t slot)
{
    return (const uint32_t *)(const void *)(n->c + at) + slot;
}

/* submit[slot] must be the next number of an idle slot, or stay what it was. */
static void slot_scan(struct fipc_session *n, uint32_t slot)
{
    const struct fipc_server_hooks *hooks = n->server->config.hooks;
    bool busy = n->busy >> slot & 1;
    uint32_t submit = fipc_load_acquire(lane_word(n, FIPC_C_SUBMIT, slot));
    uint64_t w[5];

    if (busy) {
        if (fipc_load_acquire(lane_word(n, FIPC_C_CANCEL, slot)) == n->seq[slot] && hooks &&
            hooks->cancelled)
            hooks->cancelled(n->server, n, slot, n->seq[slot]);
        return;
    }
    if (submit == n->submitted[slot]) return;
    n->submitted[slot] = submit;
    if (submit != n->seq[slot] + 1 || !n->req_size) {
        fipc_session_break(n);
        return;
    }
    fipc_copy_in(w, n->c + n->req_base + slot * n->req_size, sizeof(w));
    server_async(n, slot, w);
}

void fipc_server_scan(struct fipc_server *s)
{
    const struct fipc_server_hooks *hooks = s->config.hooks;

    server_flush(s); /* scanning uses the request's memory: an answer that waits there goes first */
    for (uint32_t i = 0; i < s->config.nsessions; i++) {
        struct fipc_session *n = &s->config.sessions[i];
        uint64_t badge = n->badge;
        if (!badge || !n->c) continue;
        for (uint32_t k = 0; k < n->nslots && n->badge == badge && !n->broken; k++)
            slot_scan(n, k);
        if (n->badge == badge && !n->broken && hooks && hooks->doorbell) hooks->doorbell(s, n);
    }
    if (s->breaking) server_break_told(s);
}

static bool cancel_seen(const struct fipc_session *n, uint32_t slot, uint32_t seq)
{
    return slot != FIPC_SLOT_NONE && n->c &&
           fipc_load_acquire(lane_word(n, FIPC_C_CANCEL, slot)) == seq;
}

bool fipc_cancelled(const struct fipc_req *r) { return cancel_seen(r->session, r->slot, r->seq); }

bool fipc_deferred_cancelled(const struct fipc_deferred *d)
{
    return d->session->badge != d->badge || cancel_seen(d->session, d->slot, d->seq);
}

void fipc_ring_client(struct fipc_session *n)
{
    if (n->doorbell) (void)FIPC_SYS(n->server->config.transport, notify, n->doorbell);
}

/* --- requests and replies --- */

bool fipc_req_root_slow(struct fipc_req *r, uint32_t known, uint32_t required, uint64_t *root)
{
    uint32_t words = fipc_req_words(r), n = words < known ? words : known;

    if (words < required || (words > 4 && words * 8 > r->in.limit)) return false;
    if (words > 4)
        fipc_copy_in(root, r->in.data, n * sizeof(*root));
    else if (root != &r->m.w[1])
        memcpy(root, &r->m.w[1], n * sizeof(*root));
    memset(root + n, 0, (known - n) * sizeof(*root));
    return true;
}

fut_err fipc_req_bytes(struct fipc_req *r, const void *wire, uint32_t bound, const uint8_t **data,
                       size_t *len)
{
    struct fipc_in *in = &r->in;
    uint32_t count, stride;
    const uint8_t *block;
    uint8_t *copy;
    fut_err e = fipc_in_slice(in, wire, bound, &count, &stride, &block);

    if (e == FUT_OK && stride != 1) e = in->bad;
    if (e != FUT_OK) return e;
    copy = fipc_alloc(in->arena, (size_t)count + 1);
    if (!copy) return FUT_ENOMEM;
    if (count) fipc_copy_in(copy, block, count);
    copy[count] = 0;
    *data = copy;
    *len = count;
    return FUT_OK;
}

fut_err fipc_req_string(struct fipc_req *r, const void *wire, uint32_t bound, const char **data,
                        size_t *len)
{
    const uint8_t *text;
    size_t n;
    fut_err e = fipc_req_bytes(r, wire, bound, &text, &n);

    if (e != FUT_OK) return e;
    if (!fipc_utf8_valid(text, n)) return FUT_EBADMSG;
    *data = (const char *)text;
    *len = n;
    return FUT_OK;
}

fut_err fipc_out_refused(const struct fipc_req *r)
{
    return r->reply.out.limit ? FUT_EMSGSIZE : FUT_EBADMSG;
}

fut_err fipc_reply_put_root(struct fipc_reply *o, const uint64_t *root, uint32_t words)
{
    if (words * 8 > o->out.limit) return FUT_EMSGSIZE;
    memcpy(o->out.data, root, words * 8);
    return FUT_OK;
}

fut_err fipc_defer(struct fipc_req *r, struct fipc_deferred *d)
{
    *d = (struct fipc_deferred){.session = r->session,
                                .badge = r->m.badge,
                                .token = r->m.token,
                                .slot = r->slot,
                                .seq = r->seq,
                                .async = r->async,
                                .object = r->object};
    if (r->slot != FIPC_SLOT_NONE) r->session->busy |= 1ull << r->slot;
    server_forget(r->server);
    return FIPC_DEFERRED;
}

fut_err fipc_deferred_begin(struct fipc_deferred *d, struct fipc_reply *o)
{
    const struct fipc_session *n = d->session;

    memset(o, 0, sizeof(*o));
    if (!n || n->badge != d->badge) return FUT_ECANCELED;
    if (d->slot == FIPC_SLOT_NONE || !n->rep_size) return FUT_OK;
    o->out.data = n->s + n->rep_base + d->slot * n->rep_size + FIPC_HALF_DATA;
    o->out.limit = n->rep_size - FIPC_HALF_DATA;
    return FUT_OK;
}

fut_err fipc_deferred_end(struct fipc_deferred *d, struct fipc_reply *o)
{
    struct fipc_session *n = d->session;
    const struct fipc_transport *t;

    d->session = NULL; /* answered once */
    if (!n || n->badge != d->badge) return FUT_ECANCELED;
    t = n->server->config.transport;
    if (d->async) {
        server_async_answer(n, d->slot, d->seq, o->w);
        return FUT_OK;
    }
    if (d->slot != FIPC_SLOT_NONE) server_slot_done(n, d->slot, d->seq);
    return FIPC_SYS(t, reply, d->token, o->w) == FUT_S_OK ? FUT_OK : FUT_ECANCELED;
}

fut_err fipc_reply_error(struct fipc_deferred *d, fut_err e, uint32_t detail)
{
    struct fipc_reply o;
    fut_err gone = fipc_deferred_begin(d, &o);

    if (gone != FUT_OK) return gone;
    if (e == FUT_OK || e > FUT_ERROR_LAST || (e >= FUT_TRANSPORT_FIRST && e < FUT_INTERFACE_FIRST))
        e = FUT_EIO;
    o.w[0] = e | (uint64_t)detail << FIPC_W0_DETAIL_SHIFT;
    return fipc_deferred_end(d, &o);
}

/* --- events --- */

fut_err fipc_event_send(struct fipc_session *n, uint64_t w0, uint32_t object, const uint64_t *root,
                        uint32_t words)
{
    uint64_t entry[FIPC_EVENT_SIZE / 8] = {0};
    uint32_t *lost;

    if (!n->events.entries) return FUT_EOPNOTSUPP;
    if (words > 7) return FUT_EMSGSIZE;
    if (!fipc_ring_room(&n->events)) {
        if (n->events.state == FIPC_RING_BROKEN) fipc_session_break(n);
        lost = (uint32_t *)(void *)(n->s + FIPC_S_EVENTS_LOST);
        fipc_store_release(lost, ++n->events_lost);
        return FUT_EAGAIN;
    }
    entry[0] = w0 | (uint64_t)(object & 0xffffff) << FIPC_W0_OBJECT_SHIFT;
    memcpy(&entry[1], root, words * sizeof(*root));
    fipc_ring_put(&n->events, entry);
    (void)fipc_ring_publish(&n->events);
    fipc_ring_client(n);
    return FUT_OK;
}
