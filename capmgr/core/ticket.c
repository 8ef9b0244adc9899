/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets; see ticket.h. Invariants: a ticket that is not free stands on its issuer's list, and on
 * its redeemer's unless it is lost; `outstanding` counts an issuer's list, `lost` the lost in it.
 */
#include "capmgr/ticket.h"

#define INDEX_BITS 20u
#define INDEX_MASK ((UINT64_C(1) << INDEX_BITS) - 1u)
#define NONCE_MASK ((UINT64_C(1) << 44) - 1u)
enum { ISSUER = 0, REDEEMER = 1 };

void tickets_init(struct tickets *t, struct ticket *ticket, uint32_t count)
{
    uint32_t i;

    t->ticket = ticket;
    t->count = count;
    t->used = 0;
    t->losses = 0;
    t->free = count == 0 ? CM_NONE : 0;
    for (i = 0; i < count; i++) {
        ticket[i].state = TICKET_FREE;
        ticket[i].next[0] = i + 1 < count ? i + 1 : CM_NONE;
    }
    for (i = 0; i < TICKET_PARTIES; i++) {
        t->list[ISSUER][i] = t->list[REDEEMER][i] = CM_NONE;
        t->outstanding[i] = t->lost[i] = 0;
        t->tell[i] = false;
    }
}

/* The slots of the two lists that a ticket is on are kept in its `prev` of a list's first member.
 */
#define LIST_HEAD UINT32_C(0x80000000)

static void ticket_link(struct tickets *t, uint32_t at, uint32_t which, uint32_t slot)
{
    uint32_t *head = &t->list[which][slot];

    t->ticket[at].next[which] = *head;
    t->ticket[at].prev[which] = LIST_HEAD | slot;
    if (*head != CM_NONE) t->ticket[*head].prev[which] = at;
    *head = at;
}

static void ticket_unlink(struct tickets *t, uint32_t at, uint32_t which)
{
    uint32_t prev = t->ticket[at].prev[which], next = t->ticket[at].next[which];

    if ((prev & LIST_HEAD) != 0)
        t->list[which][prev & ~LIST_HEAD] = next;
    else
        t->ticket[prev].next[which] = next;
    if (next != CM_NONE) t->ticket[next].prev[which] = prev;
}

/* An issuer's tickets that were issued for `asker`. */
static uint32_t ticket_count_for(const struct tickets *t, uint32_t issuer_slot, uint32_t asker)
{
    uint32_t at, n = 0;

    for (at = t->list[ISSUER][issuer_slot]; at != CM_NONE; at = t->ticket[at].next[ISSUER])
        n += t->ticket[at].asker == asker;
    return n;
}

enum cm_err ticket_issue(struct tickets *t, struct ticket_party issuer,
                         struct ticket_party redeemer, const struct ticket_what *what, uint64_t via,
                         uint64_t nonce, uint64_t *out)
{
    uint32_t at = t->free;

    if ((nonce & NONCE_MASK) == 0 || issuer.slot >= TICKET_PARTIES ||
        redeemer.slot >= TICKET_PARTIES)
        return CM_EINVAL;
    if (at == CM_NONE || t->outstanding[issuer.slot] >= TICKET_ISSUED ||
        ticket_count_for(t, issuer.slot, redeemer.number) >= TICKET_OUTSTANDING)
        return CM_EAGAIN;
    t->free = t->ticket[at].next[0];
    t->ticket[at].what = *what;
    t->ticket[at].nonce = nonce & NONCE_MASK;
    t->ticket[at].issuer = issuer.number;
    t->ticket[at].redeemer = t->ticket[at].asker = redeemer.number;
    t->ticket[at].issuer_slot = issuer.slot;
    t->ticket[at].via = via;
    t->ticket[at].state = TICKET_LIVE;
    ticket_link(t, at, ISSUER, issuer.slot);
    ticket_link(t, at, REDEEMER, redeemer.slot);
    t->outstanding[issuer.slot]++;
    t->used++;
    *out = t->ticket[at].nonce << INDEX_BITS | at;
    return CM_OK;
}

static uint32_t ticket_find(const struct tickets *t, uint64_t ticket, enum ticket_state state)
{
    uint32_t at = (uint32_t)(ticket & INDEX_MASK);

    if (at >= t->count || t->ticket[at].state != state ||
        t->ticket[at].nonce != ticket >> INDEX_BITS)
        return CM_NONE;
    return at;
}

static void ticket_free(struct tickets *t, uint32_t at)
{
    ticket_unlink(t, at, ISSUER);
    if (t->ticket[at].state == TICKET_LOST)
        t->lost[t->ticket[at].issuer_slot]--;
    else
        ticket_unlink(t, at, REDEEMER);
    t->outstanding[t->ticket[at].issuer_slot]--;
    t->ticket[at].state = TICKET_FREE;
    t->ticket[at].next[0] = t->free;
    t->free = at;
    t->used--;
}

/* The end of a ticket that nobody redeems: its issuer keeps the record, if it wants to know. */
static void ticket_end(struct tickets *t, uint32_t at, bool tell, struct ticket_end *end)
{
    struct ticket *n = &t->ticket[at];

    end->what = n->what;
    end->issuer_slot = n->issuer_slot;
    end->lost = tell && t->tell[n->issuer_slot] && n->what.kind == TICKET_OBJECT;
    if (!end->lost) {
        ticket_free(t, at);
        return;
    }
    ticket_unlink(t, at, REDEEMER);
    n->state = TICKET_LOST;
    n->order = ++t->losses;
    t->lost[n->issuer_slot]++;
}

const struct ticket *ticket_look(const struct tickets *t, uint64_t ticket, uint32_t redeemer,
                                 uint32_t kind, enum cm_missing *missing)
{
    uint32_t at = ticket_find(t, ticket, TICKET_LIVE);

    *missing = CM_MISSING_TICKET;
    if (at == CM_NONE || t->ticket[at].redeemer != redeemer) return NULL;
    *missing = CM_MISSING_LABEL;
    if (kind != 0 && t->ticket[at].what.kind != kind) return NULL;
    *missing = CM_MISSING_NOTHING;
    return &t->ticket[at];
}

bool ticket_spend(struct tickets *t, uint64_t ticket, uint32_t redeemer, struct ticket_what *what)
{
    uint32_t at = ticket_find(t, ticket, TICKET_LIVE);

    if (at == CM_NONE || t->ticket[at].redeemer != redeemer) return false;
    *what = t->ticket[at].what;
    ticket_free(t, at);
    return true;
}

enum cm_err ticket_pass(struct tickets *t, uint64_t ticket, uint32_t redeemer,
                        struct ticket_party to, bool down, uint64_t nonce, uint64_t *out)
{
    uint32_t at = ticket_find(t, ticket, TICKET_LIVE);

    if (at == CM_NONE || t->ticket[at].redeemer != redeemer) return CM_EPERM;
    if ((nonce & NONCE_MASK) == 0 || to.slot >= TICKET_PARTIES) return CM_EINVAL;
    if (down && t->ticket[at].asker != to.number) {
        if (ticket_count_for(t, t->ticket[at].issuer_slot, to.number) >= TICKET_HANDED)
            return CM_EAGAIN;
        t->ticket[at].asker = to.number;
    }
    ticket_unlink(t, at, REDEEMER);
    ticket_link(t, at, REDEEMER, to.slot);
    t->ticket[at].redeemer = to.number;
    t->ticket[at].via = 0;
    t->ticket[at].nonce = nonce & NONCE_MASK;
    *out = t->ticket[at].nonce << INDEX_BITS | at;
    return CM_OK;
}

bool ticket_drop(struct tickets *t, uint64_t ticket, uint32_t party, struct ticket_end *end)
{
    uint32_t at = ticket_find(t, ticket, TICKET_LIVE);

    if (at == CM_NONE || (t->ticket[at].redeemer != party && t->ticket[at].issuer != party))
        return false;
    ticket_end(t, at, t->ticket[at].issuer != party, end);
    return true;
}

bool ticket_drop_next(struct tickets *t, uint32_t slot, struct ticket_end *end)
{
    uint32_t at;

    if (slot >= TICKET_PARTIES) return false;
    at = t->list[ISSUER][slot];
    if (at != CM_NONE) {
        ticket_end(t, at, false, end);
        return true;
    }
    at = t->list[REDEEMER][slot];
    if (at == CM_NONE) return false;
    ticket_end(t, at, true, end);
    return true;
}

bool ticket_drop_via(struct tickets *t, uint32_t slot, uint64_t via, struct ticket_end *end)
{
    uint32_t at;

    if (slot >= TICKET_PARTIES || via == 0) return false;
    for (at = t->list[ISSUER][slot]; at != CM_NONE; at = t->ticket[at].next[ISSUER]) {
        if (t->ticket[at].via == via && t->ticket[at].state == TICKET_LIVE) {
            ticket_end(t, at, true, end);
            return true;
        }
    }
    return false;
}

bool ticket_hold(struct tickets *t, uint64_t ticket, uint32_t redeemer)
{
    uint32_t at = ticket_find(t, ticket, TICKET_LIVE);

    if (at == CM_NONE || t->ticket[at].redeemer != redeemer ||
        t->ticket[at].what.kind != TICKET_OBJECT)
        return false;
    t->ticket[at].state = TICKET_HELD;
    return true;
}

void ticket_settle(struct tickets *t, uint64_t ticket)
{
    uint32_t at = ticket_find(t, ticket, TICKET_HELD);

    if (at != CM_NONE) ticket_free(t, at);
}

bool ticket_lose(struct tickets *t, uint64_t ticket, struct ticket_end *end)
{
    uint32_t at = ticket_find(t, ticket, TICKET_HELD);

    if (at == CM_NONE) return false;
    ticket_end(t, at, true, end);
    return true;
}

void ticket_tell(struct tickets *t, uint32_t slot, bool tell)
{
    if (slot < TICKET_PARTIES) t->tell[slot] = tell;
}

bool ticket_take_lost(struct tickets *t, uint32_t slot, struct ticket_what *what)
{
    uint32_t at, oldest = CM_NONE;

    if (slot >= TICKET_PARTIES || t->lost[slot] == 0) return false;
    for (at = t->list[ISSUER][slot]; at != CM_NONE; at = t->ticket[at].next[ISSUER]) {
        if (t->ticket[at].state == TICKET_LOST &&
            (oldest == CM_NONE || t->ticket[at].order < t->ticket[oldest].order))
            oldest = at;
    }
    if (oldest == CM_NONE) return false;
    *what = t->ticket[oldest].what;
    ticket_free(t, oldest);
    return true;
}

bool tickets_check(const struct tickets *t)
{
    uint32_t i, at, n, lost, issued = 0, redeemed = 0, live = 0, all_lost = 0;

    for (i = 0; i < t->count; i++) {
        live += t->ticket[i].state != TICKET_FREE;
        all_lost += t->ticket[i].state == TICKET_LOST;
    }
    for (i = 0; i < TICKET_PARTIES; i++) {
        n = lost = 0;
        for (at = t->list[ISSUER][i]; at != CM_NONE; at = t->ticket[at].next[ISSUER], n++) {
            if (t->ticket[at].issuer_slot != i || t->ticket[at].state == TICKET_FREE) return false;
            lost += t->ticket[at].state == TICKET_LOST;
        }
        if (n != t->outstanding[i] || lost != t->lost[i] || n > TICKET_ISSUED) return false;
        issued += n;
        for (at = t->list[REDEEMER][i]; at != CM_NONE; at = t->ticket[at].next[REDEEMER])
            redeemed++;
    }
    return live == t->used && issued == live && redeemed == live - all_lost;
}

/* Drops the issuer's tickets of that kind for something in [low, high): a session is its number,
 * memory what it covers. */
static void issued_drop(struct tickets *t, uint32_t slot, enum ticket_kind kind, uint64_t low,
                        uint64_t high)
{
    struct ticket_what what;
    uint32_t at, next;
    uint64_t extent;

    if (slot >= TICKET_PARTIES) return;
    for (at = t->list[ISSUER][slot]; at != CM_NONE; at = next) {
        next = t->ticket[at].next[ISSUER];
        what = t->ticket[at].what;
        extent = kind == TICKET_MEMORY ? what.count * UINT64_C(4096) : 1;
        if (what.kind == kind && what.value < high && low < what.value + extent) ticket_free(t, at);
    }
}

void ticket_drop_connection(struct tickets *t, uint32_t slot, uint64_t session)
{
    issued_drop(t, slot, TICKET_CONNECTION, session, session + 1);
}

void ticket_drop_memory(struct tickets *t, uint32_t slot, uint64_t low, uint64_t high)
{
    issued_drop(t, slot, TICKET_MEMORY, low, high);
}
