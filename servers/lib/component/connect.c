/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: what the runtime computes of an interface goes to capmgr as a specification, what
 * comes back becomes a struct fipc_conn. */
#include <string.h>

#include "capmgr.h"
#include "component.h"

static void spec_fill(struct capmgr_spec *spec, struct fipc_lane_spec *lane, unsigned slots,
                      uint64_t bits)
{
    struct fipc_lane_layout layout;
    unsigned i;

    memset(spec, 0, sizeof *spec);
    if (lane->slots != 0)
        lane->slots = (uint8_t)(slots == 0 ? 1 : slots > FIPC_SLOTS_MAX ? FIPC_SLOTS_MAX : slots);
    spec->slots = lane->slots;
    spec->req_class = lane->req_class;
    spec->rep_class = lane->rep_class;
    spec->rings = lane->nrings;
    for (i = 0; i < lane->nrings; i++)
        spec->depth_log2[i] = lane->ring[i].depth_log2;
    spec->depth_log2[FIPC_EVENT_RING] = lane->events ? 6 : 0;
    spec->pool_pages = lane->pool_pages;
    spec->notify_mask = bits;
    if (fipc_lane_compute(lane, &layout) == FUT_OK) {
        spec->c_pages = (uint16_t)layout.c_pages;
        spec->s_pages = (uint16_t)layout.s_pages;
    }
    /* bits of PoolAccess: client read, client write, server read, server write */
    spec->pool_access = (lane->pool_client ? 1u : 0u) | (lane->pool_client == 2 ? 2u : 0u) |
                        (lane->pool_server ? 4u : 0u) | (lane->pool_server == 2 ? 8u : 0u);
}

static void drop_ticket(void *user, uint64_t ticket)
{
    (void)user;
    capmgr_manager_ticket_drop((capmgr_manager){&component_capmgr, 0}, ticket);
}

/* What capmgr answers to a connect. */
struct connected {
    uint32_t slot, doorbell;
    struct capmgr_areas areas;
    uint8_t identity[32]; /* the server's closure */
    bool known;           /* the server knows this client's */
};

/* Versions that neither end knows of the other are refused: their messages could be misread. */
static fut_err conn_finish(struct fipc_conn *conn, const struct fipc_iface *iface,
                           const struct fipc_lane_spec *lane, const struct connected *at)
{
    struct fipc_areas areas = {at->slot, at->doorbell, (void *)at->areas.c,
                               (const void *)at->areas.s, (void *)at->areas.p};
    fut_err e = FUT_EVERSION;

    if (at->known || fipc_iface_knows(iface, at->identity))
        e = fipc_conn_init(conn, NULL, &areas, lane);
    if (e == FUT_OK)
        conn->drop_ticket = drop_ticket;
    else
        capmgr_manager_close((capmgr_manager){&component_capmgr, 0}, at->slot);
    return e;
}

/* capmgr may not answer a transport's error. */
static fut_err connect_answer(fut_err e) { return e == CAPMGR_MANAGER_VERSION ? FUT_EVERSION : e; }

static fut_err reconnect(struct fipc_conn *conn);

static fut_err connect_use(const struct fipc_origin *o, struct fipc_conn *conn)
{
    struct fipc_lane_spec lane = *o->lane;
    struct capmgr_spec spec;
    struct connected at;
    fut_err e;

    spec_fill(&spec, &lane, o->slots, o->bits);
    e = capmgr_manager_connect((capmgr_manager){&component_capmgr, 0}, o->use, &spec,
                               o->iface->closure, &at.slot, &at.doorbell, &at.areas, at.identity,
                               &at.known);
    if (e != FUT_OK) return connect_answer(e);
    e = conn_finish(conn, o->iface, &lane, &at);
    if (e != FUT_OK) return e;
    conn->reconnect = reconnect;
    conn->origin = *o;
    return FUT_OK;
}

static fut_err reconnect(struct fipc_conn *conn)
{
    const struct fipc_origin origin = conn->origin;

    component_disconnect(conn);
    conn->reconnect = reconnect;
    conn->origin = origin;
    return connect_use(&origin, conn);
}

fut_err component_connect(const char *name, const struct fipc_iface *iface,
                          const struct fipc_lane_spec *wanted, unsigned slots, uint64_t bits,
                          struct fipc_conn *conn)
{
    const struct startpage_use *use = startpage_find_use(&component_page, name);
    struct fipc_origin origin = {iface, wanted, bits, use != NULL ? use->number : 0, slots};

    return use == NULL ? FUT_ENOENT : connect_use(&origin, conn);
}

fut_err component_redeem(uint64_t ticket, const struct fipc_iface *iface,
                         const struct fipc_lane_spec *wanted, unsigned slots, uint64_t bits,
                         struct fipc_conn *conn)
{
    struct fipc_lane_spec lane = *wanted;
    struct capmgr_spec spec;
    struct connected at;
    fut_err e;

    spec_fill(&spec, &lane, slots, bits);
    e = capmgr_manager_redeem((capmgr_manager){&component_capmgr, 0}, ticket, iface->label, &spec,
                              iface->closure, &at.slot, &at.doorbell, &at.areas, at.identity,
                              &at.known);
    return e != FUT_OK ? connect_answer(e) : conn_finish(conn, iface, &lane, &at);
}

void component_disconnect(struct fipc_conn *conn)
{
    if (conn->slot != 0) capmgr_manager_close((capmgr_manager){&component_capmgr, 0}, conn->slot);
    memset(conn, 0, sizeof *conn);
}
