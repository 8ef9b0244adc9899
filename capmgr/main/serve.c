/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop and the Manager interface: decoded arguments go to the file that does the work. */
#include <assert.h>

#include "serve.h"

#define MANAGER_OBJECTS 1024u
#define OBJECTS_EACH 256u

static struct fipc_session fipc_sessions[COMPS];
static struct fipc_object fipc_objects[MANAGER_OBJECTS];
static uint8_t arena[32768];
static struct fipc_server server;

/* --- deferred connects --- */

static_assert(sizeof(struct fipc_deferred) <= sizeof(((struct deferred *)0)->word), "deferred");

static fut_err connect_defer(struct fipc_req *r, uint32_t session, bool redeem)
{
    struct fipc_deferred d;
    fut_err e = fipc_defer(r, &d);

    memcpy(links[session].answer.word, &d, sizeof(d));
    links[session].answer.used = true;
    links[session].answer.redeem = redeem;
    return e;
}

/* What the client is told of a server's error. */
static fut_err connect_error(uint32_t error)
{
    if (error == FUT_EVERSION) return CAPMGR_MANAGER_VERSION;
    return error >= FUT_TRANSPORT_FIRST ? FUT_EIO : error;
}

void serve_answer_connect(uint32_t session, uint32_t error, uint32_t error_detail,
                          const uint8_t identity[32], bool known)
{
    struct link *l = &links[session];
    struct capmgr_areas areas = {l->client.c, l->client.s, l->client.p};
    struct fipc_deferred d;

    if (!l->answer.used) return;
    l->answer.used = false;
    memcpy(&d, l->answer.word, sizeof(d));
    if (error != 0)
        (void)fipc_reply_error(&d, connect_error(error), error_detail);
    else if (l->answer.redeem)
        (void)capmgr_manager_redeem_reply(&d, l->slot, l->doorbell, &areas, identity, known);
    else
        (void)capmgr_manager_connect_reply(&d, l->slot, l->doorbell, &areas, identity, known);
}

static void spec_in(const struct capmgr_spec *from, struct spec *to)
{
    uint32_t i;

    *to = (struct spec){.slots = from->slots,
                        .req_class = from->req_class,
                        .rep_class = from->rep_class,
                        .rings = from->rings,
                        .pool_pages = from->pool_pages,
                        .notify_mask = from->notify_mask,
                        .c_pages = from->c_pages,
                        .s_pages = from->s_pages,
                        .pool_access = (uint8_t)from->pool_access};
    for (i = 0; i < 8; i++)
        to->depth_log2[i] = from->depth_log2[i];
}

static void spec_out(const struct spec *from, struct capmgr_spec *to)
{
    uint32_t i;

    memset(to, 0, sizeof(*to));
    to->slots = from->slots;
    to->req_class = from->req_class;
    to->rep_class = from->rep_class;
    to->rings = from->rings;
    to->pool_pages = from->pool_pages;
    to->notify_mask = from->notify_mask;
    to->c_pages = from->c_pages;
    to->s_pages = from->s_pages;
    to->pool_access = from->pool_access;
    for (i = 0; i < 8; i++)
        to->depth_log2[i] = from->depth_log2[i];
}

static fut_err on_connect(void *self, struct fipc_req *r, uint32_t use,
                          const struct capmgr_spec *wire, const uint8_t *identity, uint32_t *slot,
                          uint32_t *doorbell, struct capmgr_areas *areas, uint8_t *theirs,
                          bool *known)
{
    uint32_t session;
    struct spec spec;
    enum cm_err e;

    (void)self, (void)slot, (void)doorbell, (void)areas, (void)theirs, (void)known;
    spec_in(wire, &spec);
    e = connect_use(caller(r), use, &spec, identity, &session);
    return e == CM_OK ? connect_defer(r, session, false) : answer(r, e);
}

static fut_err on_redeem(void *self, struct fipc_req *r, uint64_t ticket, uint64_t label,
                         const struct capmgr_spec *wire, const uint8_t *identity, uint32_t *slot,
                         uint32_t *doorbell, struct capmgr_areas *areas, uint8_t *theirs,
                         bool *known)
{
    uint32_t session;
    struct spec spec;
    enum cm_err e;

    (void)self, (void)slot, (void)doorbell, (void)areas, (void)theirs, (void)known;
    spec_in(wire, &spec);
    e = connect_ticket(caller(r), ticket, label, &spec, identity, &session);
    return e == CM_OK ? connect_defer(r, session, true) : answer(r, e);
}

static fut_err on_close(void *self, struct fipc_req *r, uint32_t slot)
{
    (void)self;
    return answer(r, connect_close(caller(r), slot));
}

static fut_err on_facility(void *self, struct fipc_req *r, uint32_t use,
                           struct capmgr_facility *facility)
{
    static const struct fipc_binding *const bindings[] = {
        NULL,         &boot_binding,  &process_binding, &info_binding,
        &log_binding, &power_binding, &clock_binding,   &supervise_binding};
    struct comp *c = caller(r);
    enum facility kind;
    uint32_t number;
    fut_err e;

    (void)self;
    detail = CM_MISSING_USE;
    if (use >= c->use_count) return answer(r, CM_EPERM);
    kind = comp_facility(c->use[use]);
    detail = CM_MISSING_INTERFACE;
    if (kind == FACILITY_NONE) return answer(r, CM_EPERM);
    detail = 0;
    e = fipc_object_add(r->session, bindings[kind], c, &number);
    if (e != FUT_OK) return e;
    memset(facility, 0, sizeof(*facility));
    facility->tag = kind;
    memcpy(&facility->u, &number, sizeof(number));
    return FUT_OK;
}

static fut_err on_accept(void *self, struct fipc_req *r, uint64_t *badge, uint32_t *offer,
                         uint32_t *component, uint64_t *label, uint64_t *cookie, uint32_t *rights,
                         uint32_t *doorbell, struct capmgr_spec *spec, struct capmgr_areas *areas,
                         uint8_t *identity)
{
    uint32_t session;
    const struct link *l;
    enum cm_err e = connect_accept(caller(r), &session);

    (void)self;
    if (e != CM_OK) return answer(r, e);
    l = &links[session];
    *badge = sessions.session[session].badge;
    *offer = sessions.session[session].offer;
    *component = comps[sessions.session[session].client].number;
    *label = l->label;
    *cookie = l->cookie;
    *rights = l->rights;
    *doorbell = l->server_doorbell;
    spec_out(&l->spec, spec);
    *areas = (struct capmgr_areas){l->server_areas.c, l->server_areas.s, l->server_areas.p};
    memcpy(identity, l->identity, 32);
    return FUT_OK;
}

static fut_err on_accepted(void *self, struct fipc_req *r, uint64_t badge, uint32_t error,
                           uint64_t mask, const uint8_t *identity, bool known)
{
    (void)self;
    return answer(r, connect_accepted(caller(r), badge, error, mask, identity, known));
}

static fut_err on_closed(void *self, struct fipc_req *r, uint64_t *badge)
{
    (void)self;
    return answer(r, connect_closed(caller(r), badge));
}

static fut_err on_close_ack(void *self, struct fipc_req *r, uint64_t badge)
{
    (void)self;
    return answer(r, connect_ack(caller(r), badge));
}

static fut_err on_refuse(void *self, struct fipc_req *r, uint64_t badge)
{
    (void)self;
    return answer(r, connect_refuse_client(caller(r), badge));
}

/* --- tickets --- */

static fut_err on_ticket_connection(void *self, struct fipc_req *r, uint64_t peer, uint32_t slot,
                                    uint32_t rights, uint64_t *ticket)
{
    uint32_t session = connect_by_slot(caller(r), slot);
    struct ticket_what what = {.kind = TICKET_CONNECTION, .value = session};

    (void)self;
    if (session == CM_NONE || sessions.session[session].state != SESSION_OPEN)
        return answer(r, CM_EINVAL);
    what.label = links[session].label;
    what.rights = rights == 0 ? links[session].rights : rights;
    detail = CM_MISSING_RIGHTS;
    if ((what.rights & ~links[session].rights) != 0) return answer(r, CM_EPERM);
    detail = 0;
    return answer(r, grant_issue(caller(r), peer, &what, ticket));
}

static fut_err on_ticket_object(void *self, struct fipc_req *r, uint64_t peer, uint64_t label,
                                uint64_t cookie, uint32_t rights, uint64_t *ticket)
{
    struct comp *c = caller(r);
    uint32_t session = grant_session(c, peer);
    struct ticket_what what = {
        .kind = TICKET_OBJECT, .label = label, .value = cookie, .rights = rights, .count = 0};

    (void)self;
    if (session != CM_NONE && sessions.session[session].service == comp_service(c))
        what.count = sessions.session[session].offer;
    return answer(r, grant_issue(c, peer, &what, ticket));
}

static fut_err on_ticket_memory(void *self, struct fipc_req *r, uint64_t peer, uint64_t address,
                                uint32_t pages, bool writable, uint64_t *ticket)
{
    struct ticket_what what = {
        .kind = TICKET_MEMORY, .value = address, .count = pages, .rights = writable};
    enum cm_err e = CM_EINVAL;

    (void)self;
    if (address % PAGE == 0 && pages != 0 && grant_peer(caller(r), peer) != NULL)
        e = memory_populate(caller(r), address, pages, writable);
    if (e == CM_OK) e = grant_issue(caller(r), peer, &what, ticket);
    return answer(r, e);
}

static fut_err on_ticket_notify(void *self, struct fipc_req *r, uint64_t peer, uint64_t mask,
                                uint64_t *ticket)
{
    struct ticket_what what = {.kind = TICKET_NOTIFY, .value = mask};

    (void)self;
    if (mask == 0 || (mask & BIT_MANAGER) != 0) return answer(r, CM_EINVAL);
    return answer(r, grant_issue(caller(r), peer, &what, ticket));
}

static fut_err on_ticket_grant(void *self, struct fipc_req *r, uint64_t peer, uint32_t pages,
                               const uint32_t *uses, size_t count, uint64_t *ticket)
{
    (void)self;
    return answer(r, grant_component(caller(r), peer, pages, uses, (uint32_t)count, ticket));
}

static fut_err on_ticket_pass(void *self, struct fipc_req *r, uint64_t ticket, uint64_t peer,
                              uint64_t *out)
{
    (void)self;
    return answer(
        r, grant_pass(caller(r), ticket, grant_peer(caller(r), peer), grant_is_client(peer), out));
}

static fut_err on_tickets_drop(void *self, struct fipc_req *r, const uint64_t *tickets, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++)
        (void)grant_drop(caller(r), tickets[i]);
    return answer(r, CM_OK);
}

static fut_err on_ticket_drop(void *self, struct fipc_req *r, uint64_t ticket)
{
    (void)self;
    return answer(r, grant_drop(caller(r), ticket));
}

static fut_err on_device_window(void *self, struct fipc_req *r, uint32_t device, uint32_t index,
                                uint64_t *bus, uint64_t *address, uint64_t *bytes)
{
    struct fdt_pci_window window;
    enum cm_err e = device_window(caller(r), device, index, &window);

    (void)self;
    if (e != CM_OK) return answer(r, e);
    *bus = window.bus;
    *address = window.cpu.base;
    *bytes = window.cpu.size;
    return FUT_OK;
}

static fut_err on_ticket_device(void *self, struct fipc_req *r, uint64_t peer, uint32_t device,
                                uint64_t address, uint32_t pages, uint64_t *ticket)
{
    struct ticket_what what = {
        .kind = TICKET_DEVICE, .value = address, .count = pages, .rights = 1};

    (void)self;
    detail = MEMORY_PAGES;
    if (pages > MEMORY_PAGES) return answer(r, CM_EMSGSIZE);
    detail = 0;
    if (!device_window_holds(caller(r), device, address, pages)) return answer(r, CM_EINVAL);
    return answer(r, grant_issue(caller(r), peer, &what, ticket));
}

static fut_err on_redeem_memory(void *self, struct fipc_req *r, uint64_t ticket, bool writable,
                                uint64_t *address, uint32_t *pages)
{
    (void)self;
    return answer(r, grant_memory(caller(r), ticket, writable, address, pages));
}

static fut_err on_redeem_notify(void *self, struct fipc_req *r, uint64_t ticket, uint32_t *slot)
{
    (void)self;
    return answer(r, grant_notify(caller(r), ticket, slot));
}

static fut_err on_ticket_lost(void *self, struct fipc_req *r, uint64_t *cookie, uint64_t *label)
{
    (void)self;
    return answer(r, grant_lost(caller(r), cookie, label));
}

/* --- memory and threads --- */

static fut_err on_alloc(void *self, struct fipc_req *r, uint32_t pages, uint32_t map, uint64_t near,
                        uint64_t *address)
{
    (void)self;
    return answer(r, memory_alloc(caller(r), pages, map, near, address));
}

static fut_err on_free(void *self, struct fipc_req *r, uint64_t address, uint32_t pages)
{
    (void)self;
    return answer(r, memory_free(caller(r), address, pages));
}

static fut_err on_protect(void *self, struct fipc_req *r, uint64_t address, uint32_t pages,
                          uint32_t map)
{
    (void)self;
    return answer(r, memory_protect(caller(r), address, pages, map));
}

static fut_err on_usage(void *self, struct fipc_req *r, uint32_t *budget, uint32_t *charged,
                        uint32_t *lent)
{
    const struct account *a = &accounts.account[comp_index(caller(r))];

    (void)self;
    *budget = a->limit;
    *charged = a->charged;
    *lent = a->lent;
    return FUT_OK;
}

static fut_err on_thread_start(void *self, struct fipc_req *r, uint64_t pc, uint64_t sp,
                               uint64_t tls, uint64_t argument, uint8_t priority, bool vectors,
                               uint32_t *thread)
{
    (void)self;
    return answer(r, thread_add(caller(r), pc, sp, tls, argument, priority, vectors, thread));
}

static fut_err on_thread_end(void *self, struct fipc_req *r, uint32_t ordinal)
{
    struct comp *c = caller(r);
    uint32_t thread = thread_find(c, ordinal);

    (void)self;
    if (thread == CM_NONE) return answer(r, CM_EINVAL);
    if (c->threads == 1)
        reap_begin(c, CAUSE_EXIT, 0);
    else
        thread_remove(c, thread);
    return FUT_OK; /* nobody is told if it was the caller's own thread */
}

static fut_err on_thread_notify(void *self, struct fipc_req *r, uint32_t ordinal, uint64_t mask,
                                uint32_t *slot)
{
    struct comp *c = caller(r);
    uint32_t thread = thread_find(c, ordinal);

    (void)self;
    if (thread == CM_NONE || mask == 0 || (mask & BIT_MANAGER) != 0) return answer(r, CM_EINVAL);
    return answer(r, slot_fill(c, thread_recs[thread].cap, thread_recs[thread].slot,
                               FUT_RIGHT_NOTIFY_SIGNAL, mask, FUT_TYPE_NOTIFY, 0, slot));
}

static fut_err on_slot_drop(void *self, struct fipc_req *r, uint32_t slot)
{
    struct comp *c = caller(r);
    const struct caps_node *n = caps_get(&caps, caps_at(&caps, (uint16_t)comp_index(c), slot));
    uint32_t s;

    (void)self;
    if (n == NULL || n->type != FUT_TYPE_NOTIFY) return answer(r, CM_EINVAL);
    for (s = session_first_of(&sessions, comp_index(c)); s != CM_NONE;
         s = sessions.session[s].own_next) {
        if (links[s].doorbell == slot) return answer(r, CM_EBUSY); /* a connection's */
    }
    slot_clear(c, slot);
    return FUT_OK;
}

/* --- the rest --- */

static fut_err on_exit(void *self, struct fipc_req *r, int32_t code)
{
    struct fipc_deferred d;

    (void)self;
    reap_begin(caller(r), CAUSE_EXIT, code);
    return fipc_defer(r, &d); /* nobody will ask for the answer */
}

static fut_err on_random(void *self, struct fipc_req *r, uint8_t *data)
{
    (void)self;
    if (!entropy.seeded) return answer(r, CM_EAGAIN);
    random_take(&entropy, data, 32);
    return FUT_OK;
}

static fut_err on_stir(void *self, struct fipc_req *r, const uint8_t *data)
{
    const struct comp *c = caller(r);
    bool device = c->manifest != CM_NONE && manifest.component[c->manifest].devices.count != 0;

    (void)self;
    random_stir(&entropy, data, 32, device);
    return FUT_OK;
}

static fut_err on_log(void *self, struct fipc_req *r, uint8_t severity, const uint8_t *text,
                      size_t len)
{
    (void)self;
    log_of(caller(r), (enum log_severity)severity, (const char *)text, len);
    return FUT_OK;
}

static fut_err on_time_used(void *self, struct fipc_req *r, uint64_t *ticks)
{
    (void)self;
    *ticks = comp_ticks(caller(r));
    return FUT_OK;
}

static const struct capmgr_manager_ops manager_ops = {
    .connect = on_connect,
    .close = on_close,
    .facility = on_facility,
    .accept = on_accept,
    .accepted = on_accepted,
    .closed = on_closed,
    .close_ack = on_close_ack,
    .refuse = on_refuse,
    .ticket_connection = on_ticket_connection,
    .ticket_object = on_ticket_object,
    .ticket_memory = on_ticket_memory,
    .ticket_notify = on_ticket_notify,
    .ticket_grant = on_ticket_grant,
    .ticket_pass = on_ticket_pass,
    .ticket_drop = on_ticket_drop,
    .tickets_drop = on_tickets_drop,
    .ticket_lost = on_ticket_lost,
    .redeem = on_redeem,
    .redeem_memory = on_redeem_memory,
    .device_window = on_device_window,
    .ticket_device = on_ticket_device,
    .redeem_notify = on_redeem_notify,
    .alloc = on_alloc,
    .free = on_free,
    .protect = on_protect,
    .usage = on_usage,
    .thread_start = on_thread_start,
    .thread_end = on_thread_end,
    .thread_notify = on_thread_notify,
    .slot_drop = on_slot_drop,
    .exit = on_exit,
    .random = on_random,
    .stir = on_stir,
    .log = on_log,
    .time_used = on_time_used,
};

static const struct fipc_binding manager_binding = {&capmgr_manager_iface, &manager_ops, NULL};

/* --- sessions of components --- */

static uint64_t badge_of(const struct comp *c) { return comp_index(c) | (uint64_t)c->number << 16; }

bool serve_attach(struct comp *c)
{
    uint64_t own = OWN_LANES + comp_index(c) * OWN_LANE_STRIDE;
    struct fipc_lane_spec spec = capmgr_manager_lane;
    struct fipc_session_config config = {.badge = badge_of(c),
                                         .spec = &spec,
                                         .c = (const void *)(uintptr_t)own,
                                         .s = (void *)(uintptr_t)(own + OWN_LANE_S),
                                         .component = c->number,
                                         .root = &manager_binding,
                                         .self = c,
                                         .user = c};
    struct fipc_session *session;

    spec.slots = MANAGER_SLOTS;
    return fipc_session_open(&server, &config, &session) == FUT_OK;
}

void serve_forget(struct comp *c)
{
    child_forget(c);
    if (log_watcher == comp_index(c)) log_watcher = CM_NONE;
    fipc_session_close(&server, badge_of(c));
}

void serve_ended(struct comp *c)
{
    child_ended(c);
    if (c->creator == 0) boot_ended(c);
}

/* A client asks that a connect end early: it leaves, and gets its answer. */
static void on_cancelled(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                         uint32_t seq)
{
    struct comp *c = session->user;
    uint32_t at;

    (void)s;
    for (at = session_first_of(&sessions, comp_index(c)); at != CM_NONE;
         at = sessions.session[at].own_next) {
        struct fipc_deferred d;

        memcpy(&d, links[at].answer.word, sizeof(d));
        if (!links[at].answer.used || !fipc_deferred_is(&d, session, slot, seq)) continue;
        links[at].answer.used = false;
        connect_leave(c, at);
        (void)fipc_reply_error(&d, FUT_ECANCELED, 0);
        return;
    }
}

/* It wrote nonsense into the lane of its connection to the manager: it cannot be served any more.
 */
static void on_broken(struct fipc_server *s, struct fipc_session *session)
{
    struct comp *c = session->user;

    (void)s;
    log_say2(LOG_ERROR, "broke the protocol with the manager: ", c->name, c->number);
    reap_begin(c, CAUSE_KILLED, 0);
}

bool serve_init(void)
{
    static const struct fipc_server_hooks hooks = {.cancelled = on_cancelled, .broken = on_broken};
    struct fipc_server_config config = {.slot = manager_slot,
                                        .sessions = fipc_sessions,
                                        .nsessions = COMPS,
                                        .objects = fipc_objects,
                                        .nobjects = MANAGER_OBJECTS,
                                        .objects_per_session = OBJECTS_EACH,
                                        .arena = arena,
                                        .arena_size = sizeof(arena),
                                        .hooks = &hooks,
                                        .transport = transport_table()};

    return fipc_server_init(&server, &config) == FUT_OK;
}

_Noreturn void serve(void)
{
    for (;;)
        fipc_server_run(&server);
}
