/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side of connecting: accept, check, answer; close, forget, acknowledge. */
#include <string.h>

#include "capmgr.h"
#include "component.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

fut_err (*component_shared)(uint64_t label, uint64_t cookie, uint32_t rights,
                            struct component_offer *offer);

/* Who may do what in a pool is the interface's to say: bits of PoolAccess. */
static unsigned pool_access(const struct fipc_lane_spec *lane)
{
    return (lane->pool_client ? CAPMGR_POOL_ACCESS_CLIENT_READ : 0u) |
           (lane->pool_client == 2 ? CAPMGR_POOL_ACCESS_CLIENT_WRITE : 0u) |
           (lane->pool_server ? CAPMGR_POOL_ACCESS_SERVER_READ : 0u) |
           (lane->pool_server == 2 ? CAPMGR_POOL_ACCESS_SERVER_WRITE : 0u);
}

/* The lane specification that a client asked for, beside what the interface says. A client of an
 * older version may ask for less; fipc_session_open refuses more. */
static fut_err spec_read(const struct capmgr_spec *spec, const struct fipc_iface *iface,
                         struct fipc_lane_spec *lane)
{
    struct fipc_lane_layout layout;
    unsigned i;

    *lane = *iface->lane;
    if (spec->slots > FIPC_SLOTS_MAX || spec->rings != lane->nrings ||
        spec->pool_access != pool_access(lane))
        return FUT_EVERSION;
    for (i = 0; i < lane->nrings; i++)
        lane->ring[i].depth_log2 = spec->depth_log2[i];
    lane->slots = spec->slots;
    lane->req_class = spec->req_class;
    lane->rep_class = spec->rep_class;
    lane->events = spec->depth_log2[FIPC_EVENT_RING] != 0;
    lane->pool_pages = spec->pool_pages;
    if (fipc_lane_compute(lane, &layout) != FUT_OK || layout.c_pages != spec->c_pages ||
        layout.s_pages != spec->s_pages)
        return FUT_EVERSION;
    return FUT_OK;
}

/* One connection that waits: everything that capmgr says of it. */
struct waiting {
    uint64_t badge, label, cookie;
    uint32_t offer, component, rights, doorbell;
    struct capmgr_spec spec;
    struct capmgr_areas areas;
    uint8_t identity[32];
};

static fut_err session_open(struct fipc_server *server, const struct component_offer *offer,
                            const struct waiting *w, bool *known)
{
    const struct fipc_iface *iface = offer->root->iface;
    struct fipc_session_config config;
    struct fipc_session *session;
    struct fipc_lane_spec lane;
    fut_err e = spec_read(&w->spec, iface, &lane);

    if (e != FUT_OK) return e;
    *known = fipc_iface_knows(iface, w->identity);
    memset(&config, 0, sizeof config);
    config.badge = w->badge;
    config.spec = &lane;
    config.c = (const void *)w->areas.c;
    config.s = (void *)w->areas.s;
    config.pool = (void *)w->areas.p;
    config.doorbell = w->doorbell;
    config.component = w->component;
    config.root = offer->root;
    config.self = offer->self;
    return fipc_session_open(server, &config, &session);
}

static void accept_one(struct fipc_server *server, const struct component_offer *offers,
                       unsigned count, const struct waiting *w)
{
    struct component_offer offer = {NULL, NULL, NULL};
    fut_err e = FUT_OK;
    bool known = false;

    if (w->cookie != 0)
        e = component_shared != NULL ? component_shared(w->label, w->cookie, w->rights, &offer)
                                     : FUT_EPERM;
    else if (w->offer < count)
        offer = offers[w->offer];
    else
        e = FUT_ENOENT;
    if (e == FUT_OK) {
        e = session_open(server, &offer, w, &known);
        /* What the ticket held nobody holds now. */
        if (e != FUT_OK && w->cookie != 0 && offer.root->release != NULL)
            offer.root->release(offer.self, NULL);
    }
    if (capmgr_manager_accepted(MANAGER, w->badge, e, server->config.doorbells,
                                e == FUT_OK ? offer.root->iface->closure : w->identity,
                                known) != FUT_OK &&
        e == FUT_OK)
        fipc_session_close(server, w->badge);
}

/* Tickets that nobody can redeem any more: as if they had been redeemed and closed at once. */
static void forget_lost(void)
{
    struct component_offer offer = {NULL, NULL, NULL};
    uint64_t cookie, label;

    while (capmgr_manager_ticket_lost(MANAGER, &cookie, &label) == FUT_OK) {
        if (component_shared(label, cookie, COMPONENT_ALL_RIGHTS, &offer) == FUT_OK &&
            offer.root->release != NULL)
            offer.root->release(offer.self, NULL);
    }
}

void component_serve(struct fipc_server *server, const struct component_offer *offers,
                     unsigned count)
{
    struct waiting w;
    uint64_t badge;

    while (capmgr_manager_closed(MANAGER, &badge) == FUT_OK) {
        fipc_session_close(server, badge);
        capmgr_manager_close_ack(MANAGER, badge);
    }
    if (component_shared != NULL) forget_lost();
    while (capmgr_manager_accept(MANAGER, &w.badge, &w.offer, &w.component, &w.label, &w.cookie,
                                 &w.rights, &w.doorbell, &w.spec, &w.areas, w.identity) == FUT_OK)
        accept_one(server, offers, count, &w);
}

/* The client broke the protocol in its lane: its session ends here, then with capmgr. */
static void session_refuse(struct fipc_server *server, struct fipc_session *session)
{
    uint64_t badge = session->badge;

    component_log(COMPONENT_WARNING, "component %u broke the protocol in its lane: refused",
                  session->component);
    fipc_session_close(server, badge);
    /* A client that went meanwhile is told by `closed`. */
    (void)capmgr_manager_refuse(MANAGER, badge);
}

void component_open(struct fipc_server *server, const struct fipc_server_config *config,
                    const struct component_offer *offers, unsigned count)
{
    fut_err e = fipc_server_init(server, config);

    if (server->config.broken == NULL) server->config.broken = session_refuse;
    if (e != FUT_OK) component_fail("the server does not start (error %u)", e);
    for (unsigned i = 0; i < count; i++)
        component_log(COMPONENT_INFO, "offers %s", offers[i].name);
    component_serve(server, offers, count);
}

void component_run(struct fipc_server *server, const struct fipc_server_config *config,
                   const struct component_offer *offers, unsigned count)
{
    component_open(server, config, offers, count);
    fipc_server_run(server);
    component_fail("the service endpoint is gone");
}

fut_err component_share(struct fipc_session *session, const struct fipc_binding *binding,
                        uint64_t cookie, uint32_t rights, uint64_t *ticket)
{
    return capmgr_manager_ticket_object(MANAGER, session->badge, binding->iface->label, cookie,
                                        rights == 0 ? COMPONENT_ALL_RIGHTS : rights, ticket);
}
