/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes as piecewise work; see lane.h. Invariants: a lane with work is on the list exactly once;
 * `held` counts, for each component, the lanes that it pays for and those that it is a side of.
 */
#include "capmgr/lane.h"

void lanes_init(struct lanes *l, struct lane *lane, uint32_t count)
{
    uint32_t i;

    l->lane = lane;
    l->count = count;
    l->used = 0;
    l->free = count == 0 ? CM_NONE : 0;
    l->first = l->last = CM_NONE;
    for (i = 0; i < count; i++) {
        lane[i].live = false;
        lane[i].next = i + 1 < count ? i + 1 : CM_NONE;
    }
    for (i = 0; i < LANE_PARTIES; i++)
        l->held[i] = 0;
}

static void lane_hold(struct lanes *l, uint32_t comp, bool more)
{
    if (comp >= LANE_PARTIES) return;
    if (more)
        l->held[comp]++;
    else
        l->held[comp]--;
}

bool lanes_hold(const struct lanes *l, uint32_t comp)
{
    return comp < LANE_PARTIES && l->held[comp] != 0;
}

bool lanes_pending(const struct lanes *l) { return l->first != CM_NONE; }

static void lane_enqueue(struct lanes *l, uint32_t index)
{
    if (l->lane[index].queued) return;
    l->lane[index].queued = true;
    l->lane[index].next = CM_NONE;
    l->lane[index].prev = l->last;
    if (l->last != CM_NONE)
        l->lane[l->last].next = index;
    else
        l->first = index;
    l->last = index;
}

static void lane_dequeue(struct lanes *l, uint32_t index)
{
    struct lane *n = &l->lane[index];

    if (!n->queued) return;
    if (n->prev != CM_NONE)
        l->lane[n->prev].next = n->next;
    else
        l->first = n->next;
    if (n->next != CM_NONE)
        l->lane[n->next].prev = n->prev;
    else
        l->last = n->prev;
    n->queued = false;
}

enum cm_err lane_open(struct lanes *l, uint32_t payer, uint32_t pages, uint32_t tag, uint32_t *out)
{
    uint32_t index = l->free;

    if (pages == 0 || payer >= LANE_PARTIES) return CM_EINVAL;
    if (index == CM_NONE) return CM_EAGAIN;
    l->free = l->lane[index].next;
    l->used++;
    l->lane[index] = (struct lane){.comp = {CM_NONE, CM_NONE},
                                   .pages = pages,
                                   .payer = payer,
                                   .next = CM_NONE,
                                   .tag = tag,
                                   .live = true};
    lane_hold(l, payer, true);
    *out = index;
    return CM_OK;
}

enum cm_err lane_make(struct lanes *l, uint32_t index, uint32_t client, uint64_t client_at,
                      uint32_t server, uint64_t server_at)
{
    struct lane *n = &l->lane[index];

    if (n->comp[LANE_CLIENT] != CM_NONE || n->comp[LANE_SERVER] != CM_NONE || n->dropped)
        return CM_EAGAIN;
    n->comp[LANE_CLIENT] = client;
    n->comp[LANE_SERVER] = server;
    n->at[LANE_CLIENT] = client_at;
    n->at[LANE_SERVER] = server_at;
    n->making = true;
    lane_hold(l, client, true);
    lane_hold(l, server, true);
    lane_enqueue(l, index);
    return CM_OK;
}

void lane_leave(struct lanes *l, uint32_t index, enum lane_side side)
{
    struct lane *n = &l->lane[index];

    n->making = n->made = false;
    if (n->comp[side] == CM_NONE) return;
    n->leaving[side] = true;
    lane_enqueue(l, index);
}

void lane_unmake(struct lanes *l, uint32_t index)
{
    lane_leave(l, index, LANE_CLIENT);
    lane_leave(l, index, LANE_SERVER);
}

void lane_drop(struct lanes *l, uint32_t index)
{
    lane_unmake(l, index);
    l->lane[index].dropped = true;
    lane_enqueue(l, index);
}

void lane_pay(struct lanes *l, uint32_t index, uint32_t payer, bool lent)
{
    lane_hold(l, l->lane[index].payer, false);
    l->lane[index].payer = payer;
    l->lane[index].lent = lent;
    lane_hold(l, payer, true);
}

/* A piece from the end of what the side has; its frames go back where the other has none. */
static struct lane_work lane_unmap(const struct lane *n, uint32_t index, enum lane_side side)
{
    uint32_t have = n->have[side], other = n->have[side == LANE_CLIENT ? LANE_SERVER : LANE_CLIENT];
    bool last = have > other;
    uint32_t low = last ? other : 0;
    uint32_t pages = have - low < LANE_STEP ? have - low : LANE_STEP;

    return (struct lane_work){.lane = index,
                              .from = have - pages,
                              .n = pages,
                              .op = LANE_UNMAP,
                              .side = (uint8_t)side,
                              .last = last};
}

struct lane_work lane_next(const struct lanes *l, uint32_t index)
{
    const struct lane *n = &l->lane[index];
    struct lane_work w = {.lane = index, .op = LANE_NOTHING};
    uint32_t rest;

    if (n->leaving[LANE_CLIENT]) return lane_unmap(n, index, LANE_CLIENT);
    if (n->leaving[LANE_SERVER]) return lane_unmap(n, index, LANE_SERVER);
    if (n->making) {
        rest = n->pages - n->have[LANE_CLIENT];
        w.op = LANE_MAP;
        w.from = n->have[LANE_CLIENT];
        w.n = rest < LANE_STEP ? rest : LANE_STEP;
    } else if (n->comp[LANE_CLIENT] == CM_NONE && n->comp[LANE_SERVER] == CM_NONE) {
        w.op = n->dropped ? LANE_FREE : LANE_CLEAR;
    }
    return w;
}

struct lane_work lanes_next(const struct lanes *l)
{
    if (l->first == CM_NONE) return (struct lane_work){.lane = CM_NONE, .op = LANE_NOTHING};
    return lane_next(l, l->first);
}

/* A side that has nothing left is out of it. */
static void lane_let_go(struct lanes *l, struct lane *n, uint32_t side)
{
    lane_hold(l, n->comp[side], false);
    n->comp[side] = CM_NONE;
    n->leaving[side] = false;
}

void lanes_did(struct lanes *l, const struct lane_work *w, uint32_t pages)
{
    struct lane *n = &l->lane[w->lane];

    lane_dequeue(l, w->lane);
    switch (w->op) {
    case LANE_MAP:
        n->have[LANE_CLIENT] += pages;
        n->have[LANE_SERVER] += pages;
        n->making = n->have[LANE_CLIENT] != n->pages;
        n->made = !n->making;
        if (n->making) lane_enqueue(l, w->lane);
        break;
    case LANE_UNMAP:
        n->have[w->side] -= pages;
        if (n->have[w->side] == 0) lane_let_go(l, n, w->side);
        if (lane_next(l, w->lane).op != LANE_NOTHING) lane_enqueue(l, w->lane);
        break;
    case LANE_FREE:
        lane_hold(l, n->payer, false);
        n->live = false;
        n->next = l->free;
        l->free = w->lane;
        l->used--;
        break;
    default: break;
    }
}

static bool lane_is_sound(const struct lane *n)
{
    uint32_t side;

    for (side = 0; side < 2; side++) {
        if (n->comp[side] == CM_NONE && (n->have[side] != 0 || n->leaving[side])) return false;
        if (n->have[side] > n->pages) return false;
    }
    if (n->making && (n->made || n->dropped)) return false;
    return !n->made || (n->have[LANE_CLIENT] == n->pages && n->have[LANE_SERVER] == n->pages);
}

bool lanes_check(const struct lanes *l)
{
    uint32_t held[LANE_PARTIES] = {0}, i, side, live = 0, queued = 0, at;

    for (i = 0; i < l->count; i++) {
        const struct lane *n = &l->lane[i];

        if (!n->live) continue;
        live++;
        held[n->payer]++;
        queued += n->queued;
        for (side = 0; side < 2; side++) {
            if (n->comp[side] != CM_NONE) held[n->comp[side]]++;
        }
        if (!lane_is_sound(n)) return false;
        if ((n->making || n->leaving[0] || n->leaving[1] || n->dropped) && !n->queued) return false;
    }
    for (i = 0; i < LANE_PARTIES; i++) {
        if (held[i] != l->held[i]) return false;
    }
    for (at = l->first; at != CM_NONE; at = l->lane[at].next)
        queued--;
    return live == l->used && queued == 0;
}
