/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections; see session.h. Invariant: a session that is not FREE stands on exactly the list of
 * its service that its state says, and on its client's list while it has a client; `due` says that
 * it is on the list of those whose server owes a word, which is sorted by `since`.
 */
#include "capmgr/session.h"

void sessions_init(struct sessions *s, struct session *session, uint32_t count)
{
    uint32_t i, k;

    s->session = session;
    s->count = count;
    s->used = 0;
    s->serial = 0;
    s->due = (struct session_queue){CM_NONE, CM_NONE};
    s->free = count == 0 ? CM_NONE : 0;
    for (i = 0; i < count; i++) {
        session[i].state = SESSION_FREE;
        session[i].next = i + 1 < count ? i + 1 : CM_NONE;
    }
    for (i = 0; i < SESSION_SERVICES; i++) {
        for (k = 0; k < SESSION_LISTS; k++)
            s->queue[i][k] = (struct session_queue){CM_NONE, CM_NONE};
    }
    for (i = 0; i < SESSION_CLIENTS; i++)
        s->own[i] = CM_NONE;
}

static void session_enqueue(struct sessions *s, uint32_t index, enum session_list list)
{
    struct session *n = &s->session[index];
    struct session_queue *q = &s->queue[n->service][list];

    n->list = (uint8_t)list;
    n->next = CM_NONE;
    n->prev = q->last;
    if (q->last != CM_NONE)
        s->session[q->last].next = index;
    else
        q->first = index;
    q->last = index;
}

static void session_dequeue(struct sessions *s, uint32_t index)
{
    struct session *n = &s->session[index];
    struct session_queue *q = &s->queue[n->service][n->list];

    if (n->prev != CM_NONE)
        s->session[n->prev].next = n->next;
    else
        q->first = n->next;
    if (n->next != CM_NONE)
        s->session[n->next].prev = n->prev;
    else
        q->last = n->prev;
}

static void session_own(struct sessions *s, uint32_t index, uint32_t client)
{
    struct session *n = &s->session[index];

    n->client = client;
    n->own_prev = CM_NONE;
    n->own_next = s->own[client];
    if (n->own_next != CM_NONE) s->session[n->own_next].own_prev = index;
    s->own[client] = index;
}

static void session_disown(struct sessions *s, uint32_t index)
{
    struct session *n = &s->session[index];

    if (n->client == CM_NONE) return;
    if (n->own_prev != CM_NONE)
        s->session[n->own_prev].own_next = n->own_next;
    else
        s->own[n->client] = n->own_next;
    if (n->own_next != CM_NONE) s->session[n->own_next].own_prev = n->own_prev;
    n->client = CM_NONE;
}

static void session_owe(struct sessions *s, uint32_t index, uint64_t now)
{
    struct session *n = &s->session[index];

    n->due = true;
    n->since = now;
    n->due_next = CM_NONE;
    n->due_prev = s->due.last;
    if (s->due.last != CM_NONE)
        s->session[s->due.last].due_next = index;
    else
        s->due.first = index;
    s->due.last = index;
}

static void session_settle(struct sessions *s, uint32_t index)
{
    struct session *n = &s->session[index];

    if (!n->due) return;
    n->due = false;
    if (n->due_prev != CM_NONE)
        s->session[n->due_prev].due_next = n->due_next;
    else
        s->due.first = n->due_next;
    if (n->due_next != CM_NONE)
        s->session[n->due_next].due_prev = n->due_prev;
    else
        s->due.last = n->due_prev;
}

bool session_is_due(const struct sessions *s, uint64_t *since)
{
    if (s->due.first == CM_NONE) return false;
    *since = s->session[s->due.first].since;
    return true;
}

uint32_t session_overdue(struct sessions *s, uint64_t now, uint64_t limit)
{
    uint32_t index = s->due.first;

    if (index == CM_NONE || now - s->session[index].since < limit) return CM_NONE;
    session_settle(s, index);
    return index;
}

static void session_free(struct sessions *s, uint32_t index)
{
    session_settle(s, index);
    session_dequeue(s, index);
    session_disown(s, index);
    s->session[index].state = SESSION_FREE;
    s->session[index].badge = 0;
    s->session[index].next = s->free;
    s->free = index;
    s->used--;
}

static void session_move(struct sessions *s, uint32_t index, enum session_list list,
                         enum session_state state)
{
    session_dequeue(s, index);
    session_enqueue(s, index, list);
    s->session[index].state = (uint8_t)state;
}

enum cm_err session_open(struct sessions *s, uint32_t client, uint32_t service, uint32_t offer,
                         uint32_t use, uint32_t *out)
{
    uint32_t index = s->free;

    if (client >= SESSION_CLIENTS || service >= SESSION_SERVICES) return CM_EINVAL;
    if (index == CM_NONE || s->serial == (UINT64_C(1) << 48) - 1u) return CM_EAGAIN;
    s->free = s->session[index].next;
    s->used++;
    s->serial++;
    s->session[index] = (struct session){.badge = index | s->serial << 16,
                                         .service = service,
                                         .offer = offer,
                                         .use = use,
                                         .state = SESSION_WAITING};
    session_enqueue(s, index, SESSION_LIST_WAITING);
    session_own(s, index, client);
    *out = index;
    return CM_OK;
}

uint32_t session_waiting(const struct sessions *s, uint32_t service)
{
    return service < SESSION_SERVICES ? s->queue[service][SESSION_LIST_WAITING].first : CM_NONE;
}

uint32_t session_accept(struct sessions *s, uint32_t service)
{
    uint32_t index;

    if (service >= SESSION_SERVICES) return CM_NONE;
    index = s->queue[service][SESSION_LIST_WAITING].first;
    if (index != CM_NONE) session_move(s, index, SESSION_LIST_SERVED, SESSION_OFFERED);
    return index;
}

uint32_t session_find(const struct sessions *s, uint32_t service, uint64_t badge)
{
    uint32_t index = (uint32_t)(badge & 0xffffu);

    if (index >= s->count || s->session[index].state == SESSION_FREE ||
        s->session[index].badge != badge || s->session[index].service != service)
        return CM_NONE;
    return index;
}

enum cm_err session_decide(struct sessions *s, uint32_t index, bool ok)
{
    struct session *n = &s->session[index];

    if (n->state == SESSION_GONE) {
        session_free(s, index);
        return CM_ENOENT;
    }
    if (n->state != SESSION_OFFERED) return CM_EINVAL;
    if (ok)
        n->state = SESSION_OPEN;
    else
        session_free(s, index);
    return CM_OK;
}

enum session_state session_leave(struct sessions *s, uint32_t index, uint64_t now)
{
    switch (s->session[index].state) {
    case SESSION_WAITING:
    case SESSION_DEAD: session_free(s, index); return SESSION_FREE;
    case SESSION_OFFERED:
        session_disown(s, index);
        s->session[index].state = SESSION_GONE;
        session_owe(s, index, now);
        return SESSION_GONE;
    case SESSION_OPEN:
        session_disown(s, index);
        session_move(s, index, SESSION_LIST_CLOSED, SESSION_CLOSING);
        session_owe(s, index, now);
        return SESSION_CLOSING;
    default: return (enum session_state)s->session[index].state;
    }
}

uint32_t session_take_closed(struct sessions *s, uint32_t service)
{
    uint32_t index;

    if (service >= SESSION_SERVICES) return CM_NONE;
    index = s->queue[service][SESSION_LIST_CLOSED].first;
    if (index != CM_NONE) session_move(s, index, SESSION_LIST_SERVED, SESSION_ACKING);
    return index;
}

bool session_acknowledge(struct sessions *s, uint32_t index)
{
    if (index >= s->count || s->session[index].state != SESSION_ACKING) return false;
    session_free(s, index);
    return true;
}

/* An open one has no server any more; it waits for its client to close it. */
static void session_die(struct sessions *s, uint32_t index)
{
    session_dequeue(s, index);
    s->session[index].service = SESSION_SERVICES - 1u;
    session_enqueue(s, index, SESSION_LIST_SERVED);
    s->session[index].state = SESSION_DEAD;
}

enum cm_err session_refuse(struct sessions *s, uint32_t index)
{
    switch (s->session[index].state) {
    case SESSION_OPEN: session_die(s, index); return CM_OK;
    case SESSION_GONE:
    case SESSION_CLOSING:
    case SESSION_ACKING: return CM_ENOENT;
    default: return CM_EINVAL;
    }
}

bool session_server_died(struct sessions *s, uint32_t service, uint32_t *index,
                         enum session_state *became)
{
    uint32_t at = s->queue[service][SESSION_LIST_CLOSED].first;

    if (at == CM_NONE) at = s->queue[service][SESSION_LIST_SERVED].first;
    if (at == CM_NONE) return false;
    *index = at;
    if (s->session[at].state == SESSION_OFFERED) {
        session_move(s, at, SESSION_LIST_WAITING, SESSION_WAITING);
        *became = SESSION_WAITING;
    } else if (s->session[at].state == SESSION_OPEN) {
        session_die(s, at);
        *became = SESSION_DEAD;
    } else {
        session_free(s, at);
        *became = SESSION_FREE;
    }
    return true;
}

uint32_t session_first_of(const struct sessions *s, uint32_t client)
{
    return client < SESSION_CLIENTS ? s->own[client] : CM_NONE;
}

bool session_is_waited_for(const struct sessions *s, uint32_t service)
{
    return s->queue[service][SESSION_LIST_WAITING].first != CM_NONE;
}

bool session_is_closed_for(const struct sessions *s, uint32_t service)
{
    return s->queue[service][SESSION_LIST_CLOSED].first != CM_NONE;
}

static bool session_list_is_right(const struct session *n)
{
    switch (n->state) {
    case SESSION_WAITING: return n->list == SESSION_LIST_WAITING && n->client != CM_NONE;
    case SESSION_CLOSING: return n->list == SESSION_LIST_CLOSED && n->client == CM_NONE;
    case SESSION_GONE:
    case SESSION_ACKING: return n->list == SESSION_LIST_SERVED && n->client == CM_NONE;
    default: return n->list == SESSION_LIST_SERVED && n->client != CM_NONE;
    }
}

bool sessions_check(const struct sessions *s)
{
    uint32_t i, k, at, queued = 0, owned = 0, live = 0, clients = 0, owing = 0;
    uint64_t since = 0;

    for (i = 0; i < s->count; i++) {
        if (s->session[i].state == SESSION_FREE) continue;
        live++;
        clients += s->session[i].client != CM_NONE;
        owing += s->session[i].due;
        if (s->session[i].due && s->session[i].client != CM_NONE) return false;
        if (!session_list_is_right(&s->session[i])) return false;
    }
    for (i = 0; i < SESSION_SERVICES; i++) {
        for (k = 0; k < SESSION_LISTS; k++) {
            for (at = s->queue[i][k].first; at != CM_NONE; at = s->session[at].next)
                queued++;
        }
    }
    for (i = 0; i < SESSION_CLIENTS; i++) {
        for (at = s->own[i]; at != CM_NONE; at = s->session[at].own_next)
            owned++;
    }
    for (at = s->due.first; at != CM_NONE; at = s->session[at].due_next, owing--) {
        if (!s->session[at].due || s->session[at].since < since) return false;
        since = s->session[at].since;
    }
    return live == s->used && queued == live && owned == clients && owing == 0;
}
