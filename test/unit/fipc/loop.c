/* SPDX-License-Identifier: Apache-2.0 */
/* See loop.h. */
#include "loop.h"
#include <stdlib.h>
#include <string.h>

void lane_make(struct lane *l, const struct fipc_lane_spec *spec, unsigned slots)
{
    memset(l, 0, sizeof(*l));
    l->spec = *spec;
    if (spec->slots) l->spec.slots = (uint8_t)slots;
    if (fipc_lane_compute(&l->spec, &l->layout) != FUT_OK) abort();
    if (l->layout.c_pages) {
        l->c = aligned_alloc(FIPC_PAGE, l->layout.c_pages * (size_t)FIPC_PAGE);
        l->s = aligned_alloc(FIPC_PAGE, l->layout.s_pages * (size_t)FIPC_PAGE);
        memset(l->c, 0, l->layout.c_pages * (size_t)FIPC_PAGE);
        memset(l->s, 0, l->layout.s_pages * (size_t)FIPC_PAGE);
    }
    if (spec->pool_pages) l->pool = calloc(spec->pool_pages, FIPC_PAGE);
}

void lane_free(struct lane *l)
{
    free(l->c);
    free(l->s);
    free(l->pool);
}

/* --- threads --- */

static fut_status loop_call(void *at, uint32_t slot, uint64_t w[5])
{
    struct loop_client *c = at;
    struct loop *l = c->loop;
    struct loop_caller me = {.badge = c->badge}, **end;

    if (slot != LOOP_SLOT_ENDPOINT) return FUT_S_EMPTY;
    memcpy(me.w, w, sizeof(me.w));
    pthread_mutex_lock(&l->lock);
    for (end = &l->queue; *end; end = &(*end)->next)
        continue;
    *end = &me;
    pthread_cond_broadcast(&l->change);
    while (me.state < 2)
        pthread_cond_wait(&l->change, &l->lock);
    pthread_mutex_unlock(&l->lock);
    memcpy(w, me.w, sizeof(me.w));
    return me.status;
}

static fut_status loop_send(void *at, uint32_t slot, const uint64_t w[5])
{
    struct loop_client *c = at;
    struct loop *l = c->loop;
    fut_status s = FUT_S_AGAIN;

    (void)slot;
    pthread_mutex_lock(&l->lock);
    if (l->receiving && !l->has_oneway) {
        memcpy(l->oneway, w, sizeof(l->oneway));
        l->oneway_badge = c->badge;
        l->has_oneway = true;
        pthread_cond_broadcast(&l->change);
        s = FUT_S_OK;
    }
    pthread_mutex_unlock(&l->lock);
    return s;
}

void loop_notify(struct loop *l, uint64_t bits)
{
    pthread_mutex_lock(&l->lock);
    l->server_bits |= bits;
    pthread_cond_broadcast(&l->change);
    pthread_mutex_unlock(&l->lock);
}

static fut_status client_notify(void *at, uint32_t slot)
{
    struct loop_client *c = at;

    (void)slot;
    loop_notify(c->loop, 1);
    return FUT_S_OK;
}

static fut_status server_notify(void *at, uint32_t slot)
{
    struct loop *l = at;

    (void)slot;
    pthread_mutex_lock(&l->lock);
    l->client_bits |= 1;
    pthread_cond_broadcast(&l->change);
    pthread_mutex_unlock(&l->lock);
    return FUT_S_OK;
}

void loop_client_wait(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    while (!l->client_bits)
        pthread_cond_wait(&l->change, &l->lock);
    l->client_bits = 0;
    pthread_mutex_unlock(&l->lock);
}

/* With the lock held. */
static fut_status reply_locked(struct loop *l, uint64_t token, const uint64_t w[5])
{
    for (struct loop_caller **c = &l->waiting; *c; c = &(*c)->next)
        if ((*c)->token == token) {
            struct loop_caller *found = *c;
            *c = found->next;
            memcpy(found->w, w, sizeof(found->w));
            found->status = FUT_S_OK;
            found->state = 2;
            pthread_cond_broadcast(&l->change);
            return FUT_S_OK;
        }
    return FUT_S_STALE;
}

static fut_status server_reply(void *at, uint64_t token, const uint64_t w[5])
{
    struct loop *l = at;
    fut_status s;

    pthread_mutex_lock(&l->lock);
    s = reply_locked(l, token, w);
    pthread_mutex_unlock(&l->lock);
    return s;
}

static void message_take(struct loop *l, struct fut_msg *m)
{
    struct loop_caller *c = l->queue;

    if (l->has_oneway) {
        memcpy(m->w, l->oneway, sizeof(l->oneway));
        m->badge = l->oneway_badge;
        m->token = 1; /* spent: nobody waits */
        l->has_oneway = false;
    } else if (c) {
        l->queue = c->next;
        c->next = l->waiting;
        l->waiting = c;
        c->state = 1;
        c->token = l->next_token++;
        memcpy(m->w, c->w, sizeof(c->w));
        m->badge = c->badge;
        m->token = c->token;
    }
}

static fut_status server_reply_recv(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                                    struct fut_msg *m)
{
    struct loop *l = at;
    fut_status s = FUT_S_OK;

    (void)slot;
    memset(m, 0, sizeof(*m));
    pthread_mutex_lock(&l->lock);
    if (token) s = reply_locked(l, token, w);
    l->receiving = true;
    while (!l->queue && !l->server_bits && !l->has_oneway)
        pthread_cond_wait(&l->change, &l->lock);
    l->receiving = false;
    message_take(l, m);
    m->pending = l->server_bits;
    l->server_bits = 0;
    pthread_mutex_unlock(&l->lock);
    return s;
}

void loop_init(struct loop *l)
{
    memset(l, 0, sizeof(*l));
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->change, NULL);
    l->next_token = 2;
    l->server = (struct fipc_transport){
        .at = l, .notify = server_notify, .reply = server_reply, .reply_recv = server_reply_recv};
}

void loop_client_init(struct loop_client *c, struct loop *l, uint64_t badge)
{
    c->loop = l;
    c->badge = badge;
    c->transport = (struct fipc_transport){
        .at = c, .call = loop_call, .send = loop_send, .notify = client_notify};
}

static void callers_fail(struct loop_caller **list, fut_status s)
{
    for (struct loop_caller *c = *list, *next; c; c = next) {
        next = c->next;
        c->status = s;
        c->state = 3;
    }
    *list = NULL;
}

void loop_kill(struct loop *l)
{
    pthread_mutex_lock(&l->lock);
    callers_fail(&l->queue, FUT_S_DEAD);
    callers_fail(&l->waiting, FUT_S_NOREPLY);
    pthread_cond_broadcast(&l->change);
    pthread_mutex_unlock(&l->lock);
}

/* --- one thread --- */

static fut_status direct_reply(void *at, uint64_t token, const uint64_t w[5])
{
    struct direct *d = at;

    (void)token;
    if (d->reply_status != FUT_S_OK) return d->reply_status;
    memcpy(d->reply, w, sizeof(d->reply));
    d->replied = true;
    return FUT_S_OK;
}

static fut_status direct_reply_recv(void *at, uint32_t slot, uint64_t token, const uint64_t w[5],
                                    struct fut_msg *m)
{
    struct direct *d = at;

    (void)slot;
    if (token) (void)direct_reply(d, token, w);
    memset(m, 0, sizeof(*m));
    if (d->running && !d->full) return FUT_S_DEAD; /* ends fipc_server_run */
    m->pending = d->pending;
    d->pending = 0;
    if (!d->full) return FUT_S_OK;
    d->full = false;
    memcpy(m->w, d->w, sizeof(d->w));
    m->badge = d->badge;
    m->token = 9;
    return FUT_S_OK;
}

bool direct_message(struct direct *d, uint64_t badge, uint64_t w[5])
{
    uint64_t mine = d->badge;

    d->badge = badge;
    memcpy(d->w, w, sizeof(d->w));
    d->full = true;
    d->replied = false;
    d->running = true;
    fipc_server_run(d->server);
    d->running = false;
    d->badge = mine;
    if (d->replied) memcpy(w, d->reply, sizeof(d->reply));
    return d->replied;
}

static fut_status direct_call(void *at, uint32_t slot, uint64_t w[5])
{
    struct direct *d = at;

    (void)slot;
    if (d->call_status == FUT_S_DEAD) return d->call_status;
    if (!direct_message(d, d->badge, w)) return FUT_S_NOREPLY;
    return d->call_status;
}

static fut_status direct_send(void *at, uint32_t slot, const uint64_t w[5])
{
    struct direct *d = at;
    uint64_t copy[5];

    (void)slot;
    memcpy(copy, w, sizeof(copy));
    direct_message(d, d->badge, copy);
    return FUT_S_OK;
}

static fut_status direct_ring(void *at, uint32_t slot)
{
    struct direct *d = at;

    if (slot == LOOP_SLOT_CLIENT)
        d->client_rings++;
    else
        d->rings++;
    return FUT_S_OK;
}

void direct_init(struct direct *d, struct fipc_server *server, uint64_t badge)
{
    memset(d, 0, sizeof(*d));
    d->server = server;
    d->badge = badge;
    d->client = (struct fipc_transport){
        .at = d, .call = direct_call, .send = direct_send, .notify = direct_ring};
    d->serving = (struct fipc_transport){
        .at = d, .reply = direct_reply, .reply_recv = direct_reply_recv, .notify = direct_ring};
}

/* --- no server at all --- */

static fut_status canned_call(void *at, uint32_t slot, uint64_t w[5])
{
    const struct canned *c = at;

    (void)slot;
    memcpy(w, c->w, sizeof(c->w));
    return FUT_S_OK;
}

void canned_init(struct canned *c)
{
    memset(c, 0, sizeof(*c));
    c->transport = (struct fipc_transport){.at = c, .call = canned_call};
}
