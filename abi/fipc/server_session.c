/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions by badge and objects by number. The session table is a hash with linear probing that is
 * searched whole on a miss, which an honest capmgr never causes. An object's number is its index +
 * 1 with 8 bits of generation above 16 bits of index; a freed entry goes to the end of the free
 * list, so that a stale number stays invalid as long as possible. */
#include "server_impl.h"

struct fipc_session *server_session_slow(struct fipc_server *s, uint64_t badge)
{
    uint32_t n = s->config.nsessions, at = (uint32_t)badge & s->mask;

    if (badge == 0) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        struct fipc_session *e = &s->config.sessions[(at + i) % n];
        if (e->badge == badge) return e;
    }
    return NULL;
}

struct fipc_session *fipc_session_find(struct fipc_server *s, uint64_t badge)
{
    return server_session(s, badge);
}

static struct fipc_session *session_place(struct fipc_server *s, uint64_t badge)
{
    uint32_t n = s->config.nsessions, at = (uint32_t)badge & s->mask;

    for (uint32_t i = 0; i < n; i++) {
        struct fipc_session *e = &s->config.sessions[(at + i) % n];
        if (e->badge == 0) return e;
    }
    return NULL;
}

static bool rings_equal(const struct fipc_lane_spec *a, const struct fipc_lane_spec *b)
{
    if (a->nrings != b->nrings || a->pool_client != b->pool_client ||
        a->pool_server != b->pool_server)
        return false;
    for (unsigned i = 0; i < a->nrings; i++)
        if (a->ring[i].entry != b->ring[i].entry ||
            a->ring[i].from_server != b->ring[i].from_server ||
            a->ring[i].depth_log2 > b->ring[i].depth_log2)
            return false;
    return true;
}

/* An older client may ask for smaller halves, rings and pool than this version's interface has. */
static fut_err spec_check(const struct fipc_lane_spec *spec, const struct fipc_iface *iface)
{
    const struct fipc_lane_spec *have = iface->lane;

    if (spec->req_class > have->req_class || spec->rep_class > have->rep_class ||
        (spec->slots && !have->slots) || spec->events > have->events || !rings_equal(spec, have) ||
        spec->pool_pages > have->pool_pages)
        return FUT_EVERSION;
    return FUT_OK;
}

static void ring_attach(struct fipc_session *n, unsigned number, struct fipc_ring *r, uint32_t base,
                        const struct fipc_ring_spec *spec)
{
    uint32_t line = FIPC_RING_LINES + number * FIPC_RING_LINE;
    /* The cast drops const only for a ring that this side never writes to. */
    uint8_t *entries = spec->from_server ? n->s + base : (uint8_t *)(uintptr_t)n->c + base;

    fipc_ring_init(r, entries, n->s + line, n->c + line, 1u << spec->depth_log2, spec->entry,
                   spec->from_server);
}

static void session_fill(struct fipc_session *n, struct fipc_server *s,
                         const struct fipc_session_config *config, const struct fipc_lane_layout *l)
{
    static const struct fipc_ring_spec events = {FIPC_EVENT_SIZE, 6, 1};
    const struct fipc_lane_spec *spec = config->spec;

    memset(n, 0, sizeof(*n));
    n->badge = config->badge;
    n->server = s;
    n->user = config->user;
    n->root = (struct fipc_object){.self = config->self, .binding = config->root, .session = n};
    n->c = config->c;
    n->s = config->s;
    n->pool = config->pool;
    n->pool_size = spec->pool_pages * FIPC_PAGE;
    n->nslots = spec->slots;
    n->req_base = l->req_base;
    n->req_size = l->req_size;
    n->rep_base = l->rep_base;
    n->rep_size = l->rep_size;
    n->doorbell = config->doorbell;
    n->component = config->component;
    n->nrings = spec->nrings;
    if (spec->events) ring_attach(n, FIPC_EVENT_RING, &n->events, l->event_base, &events);
    for (unsigned i = 0; i < spec->nrings; i++)
        ring_attach(n, i, &n->ring[i], l->ring_base[i], &spec->ring[i]);
}

static void session_free(struct fipc_session *n)
{
    server_forget(n->server);
    n->badge = 0;
}

fut_err fipc_session_open(struct fipc_server *s, const struct fipc_session_config *config,
                          struct fipc_session **out)
{
    const struct fipc_server_hooks *hooks = s->config.hooks;
    struct fipc_session *n = session_place(s, config->badge);
    struct fipc_lane_layout l;
    fut_err e = fipc_lane_compute(config->spec, &l);

    if (e != FUT_OK) return e;
    if (!config->badge || config->badge == FIPC_NO_BADGE) return FUT_EINVAL;
    if (l.c_pages && (!config->c || !config->s)) return FUT_EINVAL;
    if (server_session(s, config->badge)) return FUT_EEXIST;
    if (!n) return FUT_ENFILE;
    e = spec_check(config->spec, config->root->iface);
    if (e != FUT_OK) return e;
    session_fill(n, s, config, &l);
    if (hooks && hooks->opened) e = hooks->opened(s, n);
    if (e != FUT_OK) {
        session_free(n);
        return e;
    }
    if (out) *out = n;
    return FUT_OK;
}

void fipc_session_close(struct fipc_server *s, uint64_t badge)
{
    const struct fipc_server_hooks *hooks = s->config.hooks;
    struct fipc_session *n = server_session(s, badge);

    if (!n) return;
    if (hooks && hooks->closed) hooks->closed(s, n);
    server_objects_drop(n);
    if (n->root.binding->release) n->root.binding->release(n->root.self, n);
    session_free(n);
}

/* Without a call that is ready, the next message goes the long way, at whose end the hook is. */
void fipc_session_break(struct fipc_session *n)
{
    if (n->broken) return;
    n->broken = true;
    n->server->breaking = true;
    server_forget(n->server);
}

void server_break_told(struct fipc_server *s)
{
    const struct fipc_server_hooks *hooks = s->config.hooks;

    s->breaking = false;
    for (uint32_t i = 0; i < s->config.nsessions; i++) {
        struct fipc_session *n = &s->config.sessions[i];
        if (!n->badge || !n->broken || n->broken_told) continue;
        n->broken_told = true;
        if (hooks && hooks->broken)
            hooks->broken(s, n);
        else if (s->config.broken)
            s->config.broken(s, n);
    }
}

/* --- objects --- */

void server_objects_init(struct fipc_server *s)
{
    uint32_t n = s->config.nobjects;

    for (uint32_t i = 0; i < n; i++)
        s->config.objects[i] = (struct fipc_object){.number = i + 1, .next = i + 2};
    if (n) s->config.objects[n - 1].next = 0;
    s->free_objects = n ? 1 : 0;
    s->free_last = n;
}

static void object_free(struct fipc_server *s, uint32_t index)
{
    struct fipc_object *o = &s->config.objects[index - 1];

    server_forget(s);
    o->session = NULL;
    o->next = 0;
    o->number = (o->number + (1u << 16)) & 0xffffff;
    if (s->free_last && s->free_objects)
        s->config.objects[s->free_last - 1].next = index;
    else
        s->free_objects = index;
    s->free_last = index;
}

fut_err fipc_object_add(struct fipc_session *n, const struct fipc_binding *binding, void *self,
                        uint32_t *number)
{
    struct fipc_server *s = n->server;
    uint32_t limit = s->config.objects_per_session, index = s->free_objects;
    struct fipc_object *o;

    if (limit && n->nobjects >= limit) return FUT_EMFILE;
    if (!index) return FUT_ENFILE;
    o = &s->config.objects[index - 1];
    s->free_objects = o->next;
    o->self = self;
    o->binding = binding;
    o->session = n;
    n->nobjects++;
    *number = o->number;
    return FUT_OK;
}

struct fipc_object *fipc_object_find(struct fipc_session *n, uint32_t number,
                                     const struct fipc_iface *iface)
{
    struct fipc_server *s = n->server;
    uint32_t index = number & 0xffff;
    struct fipc_object *o = &n->root;

    if (number) {
        if (index == 0 || index > s->config.nobjects) return NULL;
        o = &s->config.objects[index - 1];
        if (o->session != n || o->number != number) return NULL;
    }
    return !iface || o->binding->iface == iface ? o : NULL;
}

static void object_release(struct fipc_session *n, uint32_t index)
{
    struct fipc_object *o = &n->server->config.objects[index - 1];
    const struct fipc_binding *b = o->binding;
    void *self = o->self;

    object_free(n->server, index);
    n->nobjects--;
    if (b->release) b->release(self, n);
}

fut_err fipc_object_drop(struct fipc_session *n, uint32_t number)
{
    if (number == 0) return FUT_EINVAL;
    if (!fipc_object_find(n, number, NULL)) return FUT_EBADF;
    object_release(n, number & 0xffff);
    return FUT_OK;
}

void server_objects_drop(struct fipc_session *n)
{
    for (uint32_t i = 0; i < n->server->config.nobjects && n->nobjects; i++)
        if (n->server->config.objects[i].session == n) object_release(n, i + 1);
}
