/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets, bound to what they stand for; and slots of components' tables. */
#include "main.h"

static struct ticket ticket_table[1024];
struct tickets tickets;

void grants_init(void) { tickets_init(&tickets, ticket_table, 1024); }

/* --- slots --- */

enum cm_err slot_fill(struct comp *c, caps_handle parent, uint32_t own_slot, uint32_t rights,
                      uint64_t badge, uint8_t type, uint32_t tag, uint32_t *slot)
{
    struct caps_want want = {.table = (uint16_t)comp_index(c),
                             .type = type,
                             .rights = (uint8_t)rights,
                             .badge = badge,
                             .tag = tag};
    enum cm_missing missing;
    caps_handle handle;
    enum cm_err e;

    *slot = caps_slot_take(&caps, want.table);
    if (*slot == CM_NONE) {
        *slot = 0;
        return CM_ENOMEM;
    }
    want.slot = (uint16_t)*slot;
    e = caps_derive(&caps, parent, &want, &handle, &missing);
    detail = missing;
    if (e == CM_OK && nuc_cap_set(c->domain_slot, *slot, own_slot, rights, badge, type) != FUT_S_OK)
        e = CM_EINVAL;
    if (e != CM_OK) {
        slot_clear(c, *slot);
        *slot = 0;
    }
    return e;
}

void slot_void(struct comp *c, uint32_t slot)
{
    struct caps_node gone[CM_STEPS];
    struct caps_walk walk;
    uint32_t count;

    if (caps_revoke(&caps, &walk, caps_at(&caps, (uint16_t)comp_index(c), slot), false)) {
        while (!caps_revoke_step(&caps, &walk, gone, &count))
            ;
    }
    if (c->domain_slot != CM_NONE) (void)fut_sys_cap_clear(c->domain_slot, slot);
}

void slot_clear(struct comp *c, uint32_t slot)
{
    slot_void(c, slot);
    (void)caps_slot_give(&caps, (uint16_t)comp_index(c), slot);
}

/* --- peers --- */

/* The session that `peer` names: one of c's connections by slot, or one that it serves by badge. */
bool grant_is_client(uint64_t peer) { return peer > UINT16_MAX; }

uint32_t grant_session(struct comp *c, uint64_t peer)
{
    uint32_t session = grant_is_client(peer) ? session_find(&sessions, comp_service(c), peer)
                                             : connect_by_slot(c, (uint32_t)peer);

    if (session == CM_NONE || sessions.session[session].state != SESSION_OPEN) return CM_NONE;
    return session;
}

struct comp *grant_peer(struct comp *c, uint64_t peer)
{
    uint32_t session = grant_session(c, peer), index;

    if (session == CM_NONE) return NULL;
    index = grant_is_client(peer) ? sessions.session[session].client : links[session].server;
    return index == CM_NONE ? NULL : &comps[index];
}

static struct ticket_party party_of(const struct comp *c)
{
    return (struct ticket_party){comp_index(c), c->number};
}

static uint64_t fresh_nonce(void)
{
    uint64_t nonce;

    do {
        nonce = random_word(&entropy) & ((UINT64_C(1) << 44) - 1u);
    } while (nonce == 0);
    return nonce;
}

enum cm_err grant_issue(struct comp *c, uint64_t peer, const struct ticket_what *what,
                        uint64_t *ticket)
{
    struct comp *to = grant_peer(c, peer);

    if (to == NULL) return CM_EINVAL;
    return ticket_issue(&tickets, party_of(c), party_of(to), what,
                        sessions.session[grant_session(c, peer)].badge, fresh_nonce(), ticket);
}

enum cm_err grant_pass(struct comp *c, uint64_t ticket, struct comp *to, bool down, uint64_t *out)
{
    enum cm_missing missing;
    enum cm_err e;

    if (to == NULL) return CM_EINVAL;
    detail = CM_MISSING_TICKET;
    if (ticket_look(&tickets, ticket, c->number, 0, &missing) == NULL) return CM_EPERM;
    e = ticket_pass(&tickets, ticket, c->number, party_of(to), down, fresh_nonce(), out);
    detail = e == CM_EAGAIN ? TICKET_HANDED : 0;
    return e;
}

void grant_ended(const struct ticket_end *end)
{
    if (end->lost) nuc_notify(end->issuer_slot);
}

void grant_forget_via(const struct comp *c, uint64_t badge)
{
    struct ticket_end end;

    while (ticket_drop_via(&tickets, comp_index(c), badge, &end))
        grant_ended(&end);
}

enum cm_err grant_lost(struct comp *c, uint64_t *cookie, uint64_t *label)
{
    struct ticket_what what;

    ticket_tell(&tickets, comp_index(c), true);
    if (!ticket_take_lost(&tickets, comp_index(c), &what)) return CM_EAGAIN;
    *cookie = what.value;
    *label = what.label;
    return CM_OK;
}

enum cm_err grant_component(struct comp *c, uint64_t peer, uint32_t pages, const uint32_t *uses,
                            uint32_t count, uint64_t *ticket)
{
    struct ticket_what what = {.kind = TICKET_GRANT, .count = pages};
    uint32_t i;

    if (count > TICKET_USES) return CM_EINVAL;
    detail = CM_MISSING_USE;
    for (i = 0; i < count; i++) {
        if (uses[i] >= c->use_count) return CM_EPERM;
        what.use[what.use_count++] = (uint8_t)uses[i];
    }
    detail = pages;
    if (pages > account_left(&accounts, comp_index(c))) return CM_ENOMEM;
    detail = 0;
    return grant_issue(c, peer, &what, ticket);
}

/* Looks at a ticket of c of that kind and takes it. */
static enum cm_err grant_spend(struct comp *c, uint64_t ticket, uint32_t kind,
                               struct ticket_what *what, struct comp **issuer)
{
    enum cm_missing missing;
    const struct ticket *t;

    t = ticket_look(&tickets, ticket, c->number, kind, &missing);
    detail = missing;
    if (t == NULL) return CM_EPERM;
    *issuer = &comps[t->issuer_slot];
    return ticket_spend(&tickets, ticket, c->number, what) ? CM_OK : CM_EPERM;
}

enum cm_err grant_notify(struct comp *c, uint64_t ticket, uint32_t *slot)
{
    struct ticket_what what;
    struct comp *issuer;
    enum cm_err e = grant_spend(c, ticket, TICKET_NOTIFY, &what, &issuer);

    if (e != CM_OK) return e;
    if (issuer->thread_first == CM_NONE) return CM_ENOENT;
    return slot_fill(c, thread_recs[issuer->thread_first].cap,
                     thread_recs[issuer->thread_first].slot, FUT_RIGHT_NOTIFY_SIGNAL, what.value,
                     FUT_TYPE_NOTIFY, 0, slot);
}

enum cm_err grant_memory(struct comp *c, uint64_t ticket, bool writable, uint64_t *at,
                         uint32_t *pages)
{
    enum cm_missing missing;
    const struct ticket *t = ticket_look(&tickets, ticket, c->number, 0, &missing);
    struct ticket_what what;
    enum cm_err e;

    detail = t == NULL ? missing : CM_MISSING_TICKET;
    if (t == NULL || (t->what.kind != TICKET_MEMORY && t->what.kind != TICKET_DEVICE))
        return CM_EPERM;
    detail = CM_MISSING_WRITE;
    if (writable && t->what.rights == 0) return CM_EPERM;
    detail = 0;
    *pages = t->what.count;
    if (t->what.kind == TICKET_DEVICE)
        e = device_lend(c, t->what.value, *pages, at);
    else
        e = memory_borrow(&comps[t->issuer_slot], t->what.value, *pages, writable, c, at);
    if (e == CM_OK) (void)ticket_spend(&tickets, ticket, c->number, &what);
    return e;
}

enum cm_err grant_child(struct comp *c, uint64_t ticket, const char *name, size_t len,
                        uint8_t priority, struct comp **child, uint32_t *parent)
{
    enum cm_missing missing;
    const struct ticket *t;
    struct ticket_what what;
    enum cm_err e;
    uint32_t issuer;

    t = ticket_look(&tickets, ticket, c->number, TICKET_GRANT, &missing);
    detail = missing;
    if (t == NULL) return CM_EPERM;
    issuer = t->issuer_slot;
    what = t->what;
    e = comp_create_child(comp_index(c), issuer, &what, name, len, priority, child);
    if (e == CM_EPERM || e == CM_EAGAIN) return e; /* nothing was made: the ticket is still good */
    *parent = comps[issuer].number;
    (void)ticket_spend(&tickets, ticket, c->number, &what);
    return e;
}

enum cm_err grant_drop(struct comp *c, uint64_t ticket)
{
    struct ticket_end end;

    detail = CM_MISSING_TICKET;
    if (!ticket_drop(&tickets, ticket, c->number, &end)) return CM_EPERM;
    detail = 0;
    grant_ended(&end);
    return CM_OK;
}
