/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections: session.h's states, bound to lanes, slots, budgets and notifications.
 *
 * A lane is made when the server takes the connection (`accept`), and remade if that server dies
 * before it decides. Its frames belong to nobody's space: both sides map them as borrowed, and the
 * side that is left last gives them back. The client is charged until it goes, then the server
 * until it acknowledges.
 */
#include "main.h"

#define ECONNREFUSED 111u
#define RIGHTS_ALL UINT32_MAX
#define LANE_BATCH 32u

struct link links[SESSIONS];
struct sessions sessions;
static uint32_t offer_sessions[MANIFEST_OFFERS];
static bool service_given_up[SESSION_SERVICES];

static struct session session_table[SESSIONS];

void sessions_start(void) { sessions_init(&sessions, session_table, SESSIONS); }

static struct comp *server_of_service(uint32_t service)
{
    if (service < SERVICE_COMP) return comp_of_manifest(service);
    return service - SERVICE_COMP < COMPS ? &comps[service - SERVICE_COMP] : NULL;
}

static uint32_t *offer_count(uint32_t service, uint32_t offer)
{
    const struct manifest_component *m;

    if (service >= SERVICE_COMP || service >= manifest.component_count) return NULL;
    m = &manifest.component[service];
    return offer < m->offers.count ? &offer_sessions[m->offers.first + offer] : NULL;
}

/* A dead connection has left its service already, so that its place there is free at once. */
static void offer_leave_of(uint32_t session, uint32_t service)
{
    uint32_t *n = offer_count(service, sessions.session[session].offer);

    if (n != NULL && *n != 0) (*n)--;
}

static void offer_leave(uint32_t session)
{
    offer_leave_of(session, sessions.session[session].service);
}

static enum cm_err spec_check(const struct spec *spec)
{
    if (spec->slots > 64 || spec->req_class > 3 || spec->rep_class > 3 || spec->rings > 7 ||
        spec->pool_pages > 4096 || spec->c_pages > 8192 || spec->s_pages > 8192)
        return CM_EINVAL;
    return (spec->c_pages == 0) != (spec->s_pages == 0) ? CM_EINVAL : CM_OK;
}

static uint32_t spec_pages(const struct spec *spec)
{
    return spec->c_pages + (uint32_t)spec->s_pages + spec->pool_pages;
}

/* A wish to connect, with everything that is known of it. */
static enum cm_err connect_open(struct comp *c, uint32_t service, uint32_t offer, uint32_t use,
                                const struct spec *spec, const uint8_t identity[32],
                                uint32_t *session)
{
    uint32_t *count = offer_count(service, offer), pages = spec_pages(spec);
    struct comp *server = server_of_service(service);
    struct link *l;
    enum cm_err e = spec_check(spec);

    if (e != CM_OK) return e;
    if (service_given_up[service] && (server == NULL || server->state == COMP_DEAD))
        return ECONNREFUSED;
    if (count != NULL && *count >= manifest.offer[count - offer_sessions].max) return CM_EAGAIN;
    e = account_charge(&accounts, comp_index(c), pages);
    detail = e == CM_ENOMEM ? pages : detail;
    if (e == CM_OK) e = session_open(&sessions, comp_index(c), service, offer, use, session);
    if (e != CM_OK) {
        (void)account_refund(&accounts, comp_index(c), e == CM_ENOMEM ? 0 : pages);
        return e;
    }
    l = &links[*session];
    memset(l, 0, sizeof(*l));
    l->spec = *spec;
    l->pages = pages;
    l->rights = RIGHTS_ALL;
    l->server = CM_NONE;
    l->account = comp_index(c);
    memcpy(l->identity, identity, 32);
    if (count != NULL) (*count)++;
    if (server != NULL) nuc_notify(comp_index(server));
    return CM_OK;
}

enum cm_err connect_use(struct comp *c, uint32_t use, const struct spec *spec,
                        const uint8_t identity[32], uint32_t *session)
{
    const struct manifest_use *u;
    enum cm_err e;

    detail = CM_MISSING_USE;
    if (use >= c->use_count) return CM_EPERM;
    u = c->use[use];
    detail = CM_MISSING_INTERFACE;
    if (comp_facility(u) != FACILITY_NONE) return CM_EPERM;
    detail = 0;
    e = connect_open(c, u->component, u->offer, use, spec, identity, session);
    if (e == CM_OK) links[*session].label = random_label(u->tname.s, u->tname.len);
    return e;
}

enum cm_err connect_ticket(struct comp *c, uint64_t ticket, uint64_t label, const struct spec *spec,
                           const uint8_t identity[32], uint32_t *session)
{
    enum cm_missing missing;
    const struct ticket *t = ticket_look(&tickets, ticket, c->number, 0, &missing);
    struct ticket_what what;
    const struct session *s;
    enum cm_err e;

    detail = missing;
    if (t == NULL) return CM_EPERM;
    what = t->what;
    detail = CM_MISSING_LABEL;
    if ((what.kind != TICKET_CONNECTION && what.kind != TICKET_OBJECT) || what.label != label)
        return CM_EPERM;
    detail = 0;
    if (what.kind == TICKET_CONNECTION) {
        s = &sessions.session[what.value];
        e = connect_open(c, s->service, s->offer, CM_NONE, spec, identity, session);
    } else {
        e = connect_open(c, comp_service(&comps[t->issuer_slot]), what.count, CM_NONE, spec,
                         identity, session);
    }
    if (e != CM_OK) return e;
    links[*session].label = label;
    links[*session].rights = what.rights;
    links[*session].cookie = what.kind == TICKET_CONNECTION ? links[what.value].cookie : what.value;
    (void)ticket_spend(&tickets, ticket, c->number, &what);
    return CM_OK;
}

/* --- lanes --- */

static uint32_t pool_entry(const struct spec *spec, bool server)
{
    uint32_t bits = server ? spec->pool_access >> 2 : spec->pool_access & 3u;

    return (bits & 2u) != 0 ? SHADOW_WRITE : 0;
}

/* Maps as many new frames in both spaces as lie together, `pages` at most; how many, 0: no memory.
 */
static uint32_t lane_run(struct comp *client, uint64_t at, uint32_t entry, struct comp *server,
                         uint64_t server_at, uint32_t server_entry, uint32_t pages)
{
    uint32_t order, frame, n, i;
    enum cm_err e;

    for (order = 0; order < 5 && 2u << order <= pages; order++)
        ;
    frame = page_take_run(FUT_FRAME_USER, &order);
    if (frame == CM_NONE) return 0;
    n = 1u << order;
    e = vm_map(client, at, frame, n, entry | SHADOW_BORROWED | SHADOW_LANE);
    if (e == CM_OK) {
        e = vm_map(server, server_at, frame, n, server_entry | SHADOW_BORROWED | SHADOW_LANE);
        if (e != CM_OK) (void)vm_unmap(client, at, n);
    }
    if (e == CM_OK) return n;
    for (i = 0; i < n; i++)
        page_retire(frame + i);
    return 0;
}

/* One area of a lane: the same access for all of its pages. */
static enum cm_err lane_area(struct comp *client, uint64_t at, uint32_t entry, struct comp *server,
                             uint64_t server_at, uint32_t server_entry, uint32_t pages)
{
    uint32_t done, n;

    for (done = 0; done < pages; done += n) {
        n = lane_run(client, at + done * PAGE, entry, server, server_at + done * PAGE, server_entry,
                     pages - done);
        if (n == 0) return CM_ENOMEM;
    }
    return CM_OK;
}

static uint64_t lane_base(const struct areas *a) { return a->c != 0 ? a->c : a->p; }

static void lane_places(const struct spec *spec, uint64_t base, struct areas *out)
{
    *out = (struct areas){0, 0, 0};
    if (spec->c_pages != 0) out->c = base, out->s = base + spec->c_pages * PAGE;
    if (spec->pool_pages != 0) out->p = base + ((uint64_t)spec->c_pages + spec->s_pages) * PAGE;
}

/* Takes the lane out of one space; the frames live on. */
static void lane_unmap(struct comp *c, struct areas *a, uint32_t pages)
{
    if (pages == 0 || lane_base(a) == 0) return;
    (void)vm_unmap(c, lane_base(a), pages);
    space_give_lane(&c->space, lane_base(a), pages);
    *a = (struct areas){0, 0, 0};
}

/* Takes the lane out of the last space that has it, and gives its frames back. */
static void lane_free(struct comp *c, struct areas *a, uint32_t pages)
{
    uint32_t frame[LANE_BATCH], done, n, i, count;
    uint64_t base = lane_base(a);

    for (done = 0; base != 0 && done < pages; done += n) {
        n = pages - done < LANE_BATCH ? pages - done : LANE_BATCH;
        for (i = count = 0; i < n; i++) {
            uint32_t entry = vm_get(c, base + (done + i) * PAGE);

            if ((entry & SHADOW_PRESENT) != 0) frame[count++] = entry & SHADOW_FRAME_MASK;
        }
        (void)vm_unmap(c, base + done * PAGE, n);
        while (count != 0)
            page_retire(frame[--count]);
    }
    if (pages != 0 && base != 0) space_give_lane(&c->space, base, pages);
    *a = (struct areas){0, 0, 0};
}

static enum cm_err lane_make(struct link *l, struct comp *client, struct comp *server)
{
    const struct spec *spec = &l->spec;
    struct areas *ours = &l->client, *theirs = &l->server_areas;
    uint64_t at, server_at;
    enum cm_err e;

    if (l->pages == 0) return CM_OK;
    at = space_take_lane(&client->space, l->pages);
    server_at = space_take_lane(&server->space, l->pages);
    if (at == 0 || server_at == 0) return CM_ENOMEM;
    lane_places(spec, at, ours);
    lane_places(spec, server_at, theirs);
    e = lane_area(client, ours->c, SHADOW_WRITE, server, theirs->c, 0, spec->c_pages);
    if (e == CM_OK)
        e = lane_area(client, ours->s, 0, server, theirs->s, SHADOW_WRITE, spec->s_pages);
    if (e == CM_OK)
        e = lane_area(client, ours->p, pool_entry(spec, false), server, theirs->p,
                      pool_entry(spec, true), spec->pool_pages);
    if (e != CM_OK) {
        lane_unmap(client, &l->client, l->pages);
        lane_free(server, &l->server_areas, l->pages);
    }
    return e;
}

/* --- the server's side --- */

/* Ends a connection that never came to be, with an answer to its client. */
static void connect_fail(uint32_t session, uint32_t error)
{
    static const uint8_t nobody[32];

    offer_leave(session);
    (void)account_refund(&accounts, links[session].account, links[session].pages);
    serve_answer_connect(session, error, 0, nobody, false);
}

enum cm_err connect_accept(struct comp *c, uint32_t *out)
{
    struct comp *client;
    struct link *l;
    uint32_t session = session_accept(&sessions, comp_service(c));
    enum cm_err e;

    if (session == CM_NONE) return CM_EAGAIN;
    client = &comps[sessions.session[session].client];
    l = &links[session];
    l->server = comp_index(c);
    l->server_doorbell = 0;
    e = lane_make(l, client, c);
    if (e == CM_OK && l->spec.notify_mask != 0 && client->thread_first != CM_NONE)
        e = slot_fill(c, thread_recs[client->thread_first].cap,
                      thread_recs[client->thread_first].slot, FUT_RIGHT_NOTIFY_SIGNAL,
                      l->spec.notify_mask & ~BIT_MANAGER, FUT_TYPE_NOTIFY, session + 1u,
                      &l->server_doorbell);
    if (e != CM_OK) {
        lane_unmap(client, &l->client, l->pages);
        lane_free(c, &l->server_areas, l->pages);
        connect_fail(session, CM_ENOMEM);
        (void)session_decide(&sessions, session, false);
        return connect_is_waited_for(c) ? CM_EBUSY : CM_EAGAIN;
    }
    *out = session;
    return CM_OK;
}

bool connect_is_waited_for(const struct comp *c)
{
    return session_is_waited_for(&sessions, comp_service(c));
}

static void server_doorbell_drop(struct comp *server, struct link *l)
{
    if (l->server_doorbell != 0) slot_clear(server, l->server_doorbell);
    l->server_doorbell = 0;
}

/* The client's slots: only now may it send. */
static enum cm_err connect_place(uint32_t session, struct comp *client, struct comp *server,
                                 uint64_t mask)
{
    struct link *l = &links[session];
    uint32_t first = server->thread_first;
    enum cm_err e =
        slot_fill(client, server->endpoint_cap, server->endpoint_slot, FUT_RIGHT_ENDPOINT_CALL,
                  sessions.session[session].badge, 0, session + 1u, &l->slot);

    l->doorbell = 0;
    if (e != CM_OK || (mask & ~BIT_MANAGER) == 0 || first == CM_NONE) return e;
    e = slot_fill(client, thread_recs[first].cap, thread_recs[first].slot, FUT_RIGHT_NOTIFY_SIGNAL,
                  mask & ~BIT_MANAGER, FUT_TYPE_NOTIFY, session + 1u, &l->doorbell);
    if (e != CM_OK) slot_clear(client, l->slot);
    return e;
}

enum cm_err connect_accepted(struct comp *c, uint64_t badge, uint32_t error, uint64_t mask,
                             const uint8_t identity[32], bool known)
{
    uint32_t session = session_find(&sessions, comp_service(c), badge);
    struct comp *client;
    struct link *l;
    enum cm_err e;

    if (session == CM_NONE || error > 4095) return CM_EINVAL;
    l = &links[session];
    if (sessions.session[session].state == SESSION_GONE) {
        server_doorbell_drop(c, l);
        lane_free(c, &l->server_areas, l->pages);
        (void)account_lend_end(&accounts, comp_index(c), l->pages);
        offer_leave(session);
        return session_decide(&sessions, session, error == 0);
    }
    if (sessions.session[session].state != SESSION_OFFERED) return CM_EINVAL;
    client = &comps[sessions.session[session].client];
    if (error == 0 && (e = connect_place(session, client, c, mask)) != CM_OK) error = e;
    if (error == 0) {
        serve_answer_connect(session, 0, 0, identity, known);
        return session_decide(&sessions, session, true);
    }
    server_doorbell_drop(c, l);
    lane_unmap(client, &l->client, l->pages);
    lane_free(c, &l->server_areas, l->pages);
    connect_fail(session, error);
    (void)session_decide(&sessions, session, false);
    return CM_OK;
}

enum cm_err connect_closed(struct comp *c, uint64_t *badge)
{
    uint32_t session = session_take_closed(&sessions, comp_service(c));

    if (session == CM_NONE) return CM_EAGAIN;
    *badge = sessions.session[session].badge;
    return CM_OK;
}

/* The server's part of a connection whose client is gone ends: its lane goes. */
static void connect_forget(uint32_t session, struct comp *server)
{
    struct link *l = &links[session];

    server_doorbell_drop(server, l);
    lane_free(server, &l->server_areas, l->pages);
    if (l->lent) (void)account_lend_end(&accounts, comp_index(server), l->pages);
    offer_leave(session);
}

enum cm_err connect_ack(struct comp *c, uint64_t badge)
{
    uint32_t session = session_find(&sessions, comp_service(c), badge);

    if (session == CM_NONE || sessions.session[session].state != SESSION_ACKING) return CM_EINVAL;
    connect_forget(session, c);
    (void)session_acknowledge(&sessions, session);
    return CM_OK;
}

/* --- the client's side --- */

uint32_t connect_by_slot(const struct comp *c, uint32_t slot)
{
    uint32_t at = session_first_of(&sessions, comp_index(c));

    for (; at != CM_NONE; at = sessions.session[at].own_next) {
        if (links[at].slot == slot && slot != 0) return at;
    }
    return CM_NONE;
}

/* The client leaves one of its connections, in whatever state that is. */
void connect_leave(struct comp *c, uint32_t session)
{
    struct link *l = &links[session];
    uint32_t server = l->server;
    enum session_state was = (enum session_state)sessions.session[session].state;

    if (l->slot != 0) slot_clear(c, l->slot);
    if (l->doorbell != 0) slot_clear(c, l->doorbell);
    while (ticket_drop_value(&tickets, comp_index(c), TICKET_CONNECTION, session, session + 1u))
        ;
    l->slot = l->doorbell = 0;
    if (was == SESSION_WAITING || was == SESSION_DEAD) {
        lane_free(c, &l->client, l->pages);
        (void)account_refund(&accounts, comp_index(c), l->pages);
        offer_leave(session);
        (void)session_leave(&sessions, session);
        return;
    }
    lane_unmap(c, &l->client, l->pages);
    l->lent = account_lend(&accounts, comp_index(c), server, l->pages);
    (void)session_leave(&sessions, session);
    if (was == SESSION_OPEN) nuc_notify(server);
}

enum cm_err connect_close(struct comp *c, uint32_t slot)
{
    uint32_t session = connect_by_slot(c, slot);

    if (session == CM_NONE) return CM_EINVAL;
    connect_leave(c, session);
    return CM_OK;
}

/* --- death of either --- */

bool connect_reap_client(struct comp *c)
{
    uint32_t session = session_first_of(&sessions, comp_index(c));

    if (session == CM_NONE) return false;
    connect_leave(c, session);
    return true;
}

bool connect_reap_server(struct comp *c)
{
    enum session_state became;
    uint32_t session, service = comp_service(c);
    struct link *l;

    if (!session_server_died(&sessions, service, &session, &became)) {
        if (service < SERVICE_COMP || !session_is_waited_for(&sessions, service)) return false;
        connect_refuse(service);
        return true;
    }
    l = &links[session];
    if (became == SESSION_FREE) {
        connect_forget(session, c);
        return true;
    }
    server_doorbell_drop(c, l);
    if (became == SESSION_WAITING)
        lane_unmap(&comps[sessions.session[session].client], &l->client, l->pages);
    if (became == SESSION_WAITING)
        lane_free(c, &l->server_areas, l->pages);
    else
        offer_leave_of(session, service);
    /* A client may have nothing but an asynchronous call under way: it has to look. */
    if (became == SESSION_DEAD) nuc_notify(sessions.session[session].client);
    l->server = CM_NONE;
    return true;
}

void connect_refuse(uint32_t service)
{
    uint32_t session;

    service_given_up[service] = true;
    while ((session = sessions.queue[service][SESSION_LIST_WAITING].first) != CM_NONE) {
        connect_fail(session, ECONNREFUSED);
        (void)session_refuse_next(&sessions, service);
    }
}

/* A component runs: whoever waits for what it offers is announced. */
void connect_started(struct comp *c)
{
    service_given_up[comp_service(c)] = false;
    if (session_is_waited_for(&sessions, comp_service(c))) nuc_notify(comp_index(c));
}
