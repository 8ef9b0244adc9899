/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections: session.h's states, bound to lanes, slots, budgets and notifications.
 *
 * A lane is made when the server asks for the connection (`accept`), and remade if that server dies
 * before it decides. The client is charged until it goes, then the server until it acknowledges.
 * What is long (a large lane, many clients to refuse) goes on in `connect_step`.
 */
#include "main.h"

#define ECONNREFUSED 111u
#define RIGHTS_ALL UINT32_MAX
#define ACCEPT_TRIES 4u /* connections that cannot be given a lane, refused in one request */
#define REFUSALS_AT_ONCE 8u
#define REPORTS_AT_ONCE 8u

struct link links[SESSIONS];
struct sessions sessions;
static uint32_t offer_sessions[MANIFEST_OFFERS];
static bool service_given_up[SESSION_SERVICES];
static uint32_t clock_keeper; /* component index; 0: there is none yet */
static bool clock_is_set;     /* it will call again by itself */
static bool clock_is_rung;    /* something was closed since it called */
static bool refusing;         /* some wait at services that are given up */

static struct session session_table[SESSIONS];

void sessions_start(void) { sessions_init(&sessions, session_table, SESSIONS); }

static struct comp *server_of_service(uint32_t service)
{
    if (service < SERVICE_COMP) return comp_of_manifest(service);
    return service - SERVICE_COMP < COMPS ? &comps[service - SERVICE_COMP] : NULL;
}

/* Nobody is there, and nobody will come. */
static bool service_is_gone(uint32_t service)
{
    const struct comp *server = server_of_service(service);

    return service_given_up[service] &&
           (server == NULL || (server->state != COMP_NEW && server->state != COMP_RUNNING));
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

/* The client's budget bears the lane from the start. */
static enum cm_err connect_pay(struct comp *c, struct link *l, uint32_t pages, uint32_t session)
{
    enum cm_err e;

    l->lane = CM_NONE;
    if (pages == 0) return CM_OK;
    e = account_charge(&accounts, comp_index(c), pages);
    detail = e == CM_ENOMEM ? pages : detail;
    if (e != CM_OK) return e;
    e = lane_open(&lanes, comp_index(c), pages, session, &l->lane);
    if (e != CM_OK) (void)account_refund(&accounts, comp_index(c), pages);
    return e;
}

static void connect_drop_lane(struct link *l)
{
    if (l->lane == CM_NONE) return;
    lane_drop(&lanes, l->lane);
    (void)lane_hurry(l->lane);
    l->lane = CM_NONE;
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
    if (service_is_gone(service)) return ECONNREFUSED;
    if (count != NULL && *count >= manifest.offer[count - offer_sessions].max) return CM_EAGAIN;
    e = session_open(&sessions, comp_index(c), service, offer, use, session);
    if (e != CM_OK) return e;
    l = &links[*session];
    memset(l, 0, sizeof(*l));
    l->spec = *spec;
    l->rights = RIGHTS_ALL;
    l->server = CM_NONE;
    l->client_number = c->number;
    e = connect_pay(c, l, pages, *session);
    if (e != CM_OK) {
        (void)session_leave(&sessions, *session, nuc_ticks());
        return e;
    }
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
    detail = CM_MISSING_SLOTS;
    if (spec->slots > u->slots) return CM_EPERM;
    detail = 0;
    e = connect_open(c, u->component, u->offer, use, spec, identity, session);
    if (e == CM_OK) links[*session].label = random_label(u->tname.s, u->tname.len);
    return e;
}

/* What a ticket for an interface asks for: a copy of the issuer's connection, or an object. */
static enum cm_err connect_by_ticket(struct comp *c, const struct ticket *t,
                                     const struct spec *spec, const uint8_t identity[32],
                                     uint32_t *session)
{
    const struct ticket_what *what = &t->what;
    const struct session *s;
    enum cm_err e;

    if (what->kind == TICKET_OBJECT) {
        e = connect_open(c, comp_service(&comps[t->issuer_slot]), what->count, CM_NONE, spec,
                         identity, session);
        if (e != CM_OK) return e;
        links[*session].cookie = what->value;
        links[*session].instance = t->issuer;
        return CM_OK;
    }
    s = &sessions.session[what->value];
    e = connect_open(c, s->service, s->offer, CM_NONE, spec, identity, session);
    if (e != CM_OK) return e;
    links[*session].cookie = links[what->value].cookie;
    links[*session].instance = links[what->value].instance;
    return CM_OK;
}

enum cm_err connect_ticket(struct comp *c, uint64_t ticket, uint64_t label, const struct spec *spec,
                           const uint8_t identity[32], uint32_t *session)
{
    enum cm_missing missing;
    const struct ticket *t = ticket_look(&tickets, ticket, c->number, 0, &missing);
    struct ticket_what what;
    enum cm_err e;

    detail = missing;
    if (t == NULL) return CM_EPERM;
    what = t->what;
    detail = CM_MISSING_LABEL;
    if ((what.kind != TICKET_CONNECTION && what.kind != TICKET_OBJECT) || what.label != label)
        return CM_EPERM;
    detail = 0;
    e = connect_by_ticket(c, t, spec, identity, session);
    if (e != CM_OK) return e;
    links[*session].label = label;
    links[*session].rights = what.rights;
    /* What the issuer keeps for it is not lost before the issuer has heard of it. */
    if (what.kind == TICKET_OBJECT && ticket_hold(&tickets, ticket, c->number))
        links[*session].ticket = ticket;
    else
        (void)ticket_spend(&tickets, ticket, c->number, &what);
    return CM_OK;
}

/* It ends before its server has heard of it: what that keeps for the ticket is lost. */
static void connect_lose_ticket(struct link *l)
{
    struct ticket_end end;

    if (l->ticket != 0 && ticket_lose(&tickets, l->ticket, &end)) grant_ended(&end);
    l->ticket = 0;
}

/* --- the server's side --- */

/* Ends a connection that never came to be, with an answer to its client. */
static void connect_fail(uint32_t session, uint32_t error)
{
    static const uint8_t nobody[32];

    offer_leave(session);
    connect_drop_lane(&links[session]);
    connect_lose_ticket(&links[session]);
    serve_answer_connect(session, error, 0, nobody, false);
    if (sessions.session[session].state == SESSION_WAITING)
        (void)session_leave(&sessions, session, nuc_ticks());
    else
        (void)session_decide(&sessions, session, false);
}

/* The lane of the connection whose turn it is, as far as one request goes. CM_EAGAIN: it is still
 * being made. */
static enum cm_err connect_prepare(struct comp *c, uint32_t session)
{
    struct link *l = &links[session];
    enum lane_news news;
    enum cm_err e;

    if (l->lane == CM_NONE || lanes.lane[l->lane].made) return CM_OK;
    if (lanes.lane[l->lane].making) return CM_EAGAIN;
    e = lane_begin(l, &comps[sessions.session[session].client], c);
    if (e != CM_OK) return e;
    news = lane_hurry(l->lane);
    if (news == LANE_HAS_FAILED) return CM_ENOMEM;
    return news == LANE_IS_MADE ? CM_OK : CM_EAGAIN;
}

/* CM_EBUSY: that connection could not be had and is refused; there may be another. */
static enum cm_err connect_accept_one(struct comp *c, uint32_t *out)
{
    uint32_t session = session_waiting(&sessions, comp_service(c));
    struct comp *client;
    struct link *l;
    enum cm_err e;

    if (session == CM_NONE) return CM_EAGAIN;
    client = &comps[sessions.session[session].client];
    l = &links[session];
    if (l->cookie != 0 && l->instance != c->number) { /* an object of its predecessor's */
        connect_fail(session, ECONNREFUSED);
        return CM_EBUSY;
    }
    e = connect_prepare(c, session);
    if (e == CM_EAGAIN) return e;
    l->server = comp_index(c);
    l->server_doorbell = 0;
    if (e == CM_OK && l->spec.notify_mask != 0 && client->thread_first != CM_NONE)
        e = slot_fill(c, thread_recs[client->thread_first].cap,
                      thread_recs[client->thread_first].slot, FUT_RIGHT_NOTIFY_SIGNAL,
                      l->spec.notify_mask & ~BIT_MANAGER, FUT_TYPE_NOTIFY, session + 1u,
                      &l->server_doorbell);
    if (e != CM_OK) {
        connect_fail(session, CM_ENOMEM);
        return CM_EBUSY;
    }
    ticket_settle(&tickets, l->ticket);
    l->ticket = 0;
    *out = session_accept(&sessions, comp_service(c));
    return CM_OK;
}

enum cm_err connect_accept(struct comp *c, uint32_t *out)
{
    uint32_t tries;
    enum cm_err e = CM_EBUSY;

    for (tries = 0; tries < ACCEPT_TRIES && e == CM_EBUSY; tries++)
        e = connect_accept_one(c, out);
    if (e == CM_EBUSY) nuc_notify(comp_index(c)); /* it shall ask again */
    return e == CM_OK ? CM_OK : CM_EAGAIN;
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
        connect_drop_lane(l);
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
    connect_fail(session, error);
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
    connect_drop_lane(l);
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

/* The server of an open connection is gone, for this client at least. The client's slots keep their
 * numbers until it closes the connection. */
static void connect_lose_server(uint32_t session, uint32_t service, struct comp *server)
{
    struct link *l = &links[session];
    uint32_t client = sessions.session[session].client;

    server_doorbell_drop(server, l);
    if (l->lane != CM_NONE) lane_leave(&lanes, l->lane, LANE_SERVER);
    offer_leave_of(session, service);
    ticket_drop_connection(&tickets, client, session);
    /* A client may have nothing but an asynchronous call under way: it has to look. */
    nuc_notify(client);
    l->server = CM_NONE;
}

enum cm_err connect_refuse_client(struct comp *c, uint64_t badge)
{
    uint32_t session = session_find(&sessions, comp_service(c), badge);
    struct comp *client;
    struct link *l;
    enum cm_err e = session == CM_NONE ? CM_EINVAL : session_refuse(&sessions, session);

    if (e != CM_OK) return e;
    l = &links[session];
    client = &comps[sessions.session[session].client];
    if (l->slot != 0) slot_void(client, l->slot);
    if (l->doorbell != 0) slot_void(client, l->doorbell);
    grant_forget_via(client, badge);
    grant_forget_via(c, badge);
    connect_lose_server(session, comp_service(c), c);
    if (l->lane != CM_NONE) (void)lane_hurry(l->lane);
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

/* The lane is the server's burden from now on. */
static void connect_lend(struct link *l, uint32_t client)
{
    if (l->lane == CM_NONE) return;
    if (account_lend(&accounts, client, l->server, lanes.lane[l->lane].pages))
        lane_pay(&lanes, l->lane, l->server, true);
    lane_leave(&lanes, l->lane, LANE_CLIENT);
    (void)lane_hurry(l->lane);
}

/* The client leaves one of its connections, in whatever state that is. */
void connect_leave(struct comp *c, uint32_t session)
{
    struct link *l = &links[session];
    uint32_t server = l->server;
    enum session_state was = (enum session_state)sessions.session[session].state;

    if (l->slot != 0) slot_clear(c, l->slot);
    if (l->doorbell != 0) slot_clear(c, l->doorbell);
    ticket_drop_connection(&tickets, comp_index(c), session);
    grant_forget_via(c, sessions.session[session].badge);
    if (server != CM_NONE) grant_forget_via(&comps[server], sessions.session[session].badge);
    l->slot = l->doorbell = 0;
    if (was == SESSION_WAITING || was == SESSION_DEAD) {
        connect_drop_lane(l);
        connect_lose_ticket(l);
        offer_leave(session);
        (void)session_leave(&sessions, session, nuc_ticks());
        return;
    }
    connect_lend(l, comp_index(c));
    if (!clock_is_set) nuc_notify(clock_keeper);
    clock_is_rung = true;
    (void)session_leave(&sessions, session, nuc_ticks());
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

/* The lane that the server had begun to make for whoever waits first. */
static bool connect_unmake_waiting(const struct comp *server)
{
    uint32_t session = session_waiting(&sessions, comp_service(server)), lane;

    if (session == CM_NONE) return false;
    lane = links[session].lane;
    if (lane == CM_NONE || (!lanes.lane[lane].making && !lanes.lane[lane].made)) return false;
    lane_unmake(&lanes, lane);
    return true;
}

bool connect_reap_server(struct comp *c)
{
    enum session_state became;
    uint32_t session, service = comp_service(c);
    struct link *l;

    if (connect_unmake_waiting(c)) return true;
    if (!session_server_died(&sessions, service, &session, &became)) {
        if (service >= SERVICE_COMP && session_is_waited_for(&sessions, service))
            connect_refuse(service);
        return false;
    }
    l = &links[session];
    if (became == SESSION_FREE) {
        connect_forget(session, c);
        return true;
    }
    if (became == SESSION_DEAD) {
        connect_lose_server(session, service, c);
        return true;
    }
    server_doorbell_drop(c, l);
    if (l->lane != CM_NONE) lane_unmake(&lanes, l->lane);
    l->server = CM_NONE;
    return true;
}

/* --- servers that owe their word --- */

uint64_t connect_watch(struct comp *keeper)
{
    uint64_t now = nuc_ticks(), since;
    uint32_t session, reports = 0;

    while (reports++ < REPORTS_AT_ONCE &&
           (session = session_overdue(&sessions, now, boot->counter_hz)) != CM_NONE) {
        const struct link *l = &links[session];

        log_about(LOG_WARNING, &comps[l->server], ") does not acknowledge a close: connection ",
                  sessions.session[session].badge >> 16, " of component ", l->client_number);
    }
    clock_keeper = comp_index(keeper);
    /* Most ends are acknowledged at once: however many there are, one look a second will do. */
    if (!session_is_due(&sessions, &since)) since = now;
    clock_is_set = clock_is_rung || since != now;
    clock_is_rung = false;
    return clock_is_set ? since + boot->counter_hz : 0;
}

/* --- what goes on between requests --- */

void connect_refuse(uint32_t service)
{
    service_given_up[service] = true;
    refusing = true;
}

static bool connect_refuse_step(void)
{
    uint32_t service, session, n = 0;

    if (!refusing) return false;
    for (service = 0; service < SESSION_SERVICES; service++) {
        if (!service_is_gone(service)) continue;
        while ((session = session_waiting(&sessions, service)) != CM_NONE) {
            if (n++ == REFUSALS_AT_ONCE) return true;
            connect_fail(session, ECONNREFUSED);
        }
    }
    refusing = false;
    return n != 0;
}

bool connect_pending(void) { return refusing || lanes_pending(&lanes); }

bool connect_step(void)
{
    struct lane_work w = lanes_next(&lanes);
    uint32_t session;
    struct comp *server;

    if (w.op == LANE_NOTHING) return connect_refuse_step();
    session = lanes.lane[w.lane].tag;
    switch (lane_piece(w.lane)) {
    case LANE_HAS_FAILED: connect_fail(session, CM_ENOMEM); break;
    case LANE_IS_MADE:
    case LANE_IS_CLEAR:
        server = server_of_service(sessions.session[session].service);
        if (server != NULL) nuc_notify(comp_index(server));
        break;
    default: break;
    }
    (void)connect_refuse_step();
    return true;
}

/* A component runs: whoever waits for what it offers is announced. */
void connect_started(struct comp *c)
{
    service_given_up[comp_service(c)] = false;
    if (session_is_waited_for(&sessions, comp_service(c))) nuc_notify(comp_index(c));
}
