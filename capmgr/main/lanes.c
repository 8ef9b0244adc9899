/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pieces of work on lanes that the core deals out (capmgr/lane.h), done in the spaces of both
 * sides. A lane's frames belong to nobody's space: both sides map them as borrowed.
 *
 *   area C (client writes) | area S (server writes) | pool        one range of addresses a side
 */
#include "main.h"

#define PIECES_AT_ONCE 4u /* 128 pages: any lane of up to three slots without a pool */

struct lanes lanes;
static struct lane lane_table[SESSIONS];

void lanes_start(void) { lanes_init(&lanes, lane_table, SESSIONS); }

uint32_t spec_pages(const struct spec *spec)
{
    return spec->c_pages + (uint32_t)spec->s_pages + spec->pool_pages;
}

static uint32_t pool_entry(const struct spec *spec, bool server)
{
    uint32_t bits = server ? spec->pool_access >> 2 : spec->pool_access & 3u;

    return (bits & 2u) != 0 ? SHADOW_WRITE : 0;
}

/* How both sides map page `at`, and how many from it on are alike. */
static uint32_t lane_area(const struct spec *spec, uint32_t at, uint32_t entry[2])
{
    uint32_t s = spec->c_pages, p = s + spec->s_pages;

    entry[LANE_CLIENT] = at < s ? SHADOW_WRITE : at < p ? 0 : pool_entry(spec, false);
    entry[LANE_SERVER] = at < s ? 0 : at < p ? SHADOW_WRITE : pool_entry(spec, true);
    return at < s ? s - at : at < p ? p - at : spec_pages(spec) - at;
}

static void lane_places(const struct spec *spec, uint64_t base, struct areas *out)
{
    *out = (struct areas){0, 0, 0};
    if (spec->c_pages != 0) out->c = base, out->s = base + spec->c_pages * PAGE;
    if (spec->pool_pages != 0) out->p = base + ((uint64_t)spec->c_pages + spec->s_pages) * PAGE;
}

enum cm_err lane_begin(struct link *l, struct comp *client, struct comp *server)
{
    uint32_t pages = spec_pages(&l->spec);
    uint64_t at = space_take_lane(&client->space, pages);
    uint64_t server_at = space_take_lane(&server->space, pages);
    enum cm_err e = at == 0 || server_at == 0 ? CM_ENOMEM : CM_OK;

    if (e == CM_OK)
        e = lane_make(&lanes, l->lane, comp_index(client), at, comp_index(server), server_at);
    if (e != CM_OK) {
        if (at != 0) space_give_lane(&client->space, at, pages);
        if (server_at != 0) space_give_lane(&server->space, server_at, pages);
        return e;
    }
    lane_places(&l->spec, at, &l->client);
    lane_places(&l->spec, server_at, &l->server_areas);
    l->server = comp_index(server);
    return CM_OK;
}

/* Maps as many new frames in both spaces as lie together, `pages` at most; how many, 0: no memory.
 */
static uint32_t lane_run(const struct lane *n, uint32_t at, const uint32_t entry[2], uint32_t pages)
{
    struct comp *client = &comps[n->comp[LANE_CLIENT]], *server = &comps[n->comp[LANE_SERVER]];
    uint32_t order, frame, count, i;
    enum cm_err e;

    for (order = 0; order < 5 && 2u << order <= pages; order++)
        ;
    frame = page_take_run(FUT_FRAME_USER, &order);
    if (frame == CM_NONE) return 0;
    count = 1u << order;
    e = vm_map(client, n->at[LANE_CLIENT] + at * PAGE, frame, count,
               entry[LANE_CLIENT] | SHADOW_BORROWED | SHADOW_LANE);
    if (e == CM_OK) {
        e = vm_map(server, n->at[LANE_SERVER] + at * PAGE, frame, count,
                   entry[LANE_SERVER] | SHADOW_BORROWED | SHADOW_LANE);
        if (e != CM_OK) (void)vm_unmap(client, n->at[LANE_CLIENT] + at * PAGE, count);
    }
    if (e == CM_OK) return count;
    for (i = 0; i < count; i++)
        page_retire(frame + i);
    return 0;
}

static bool lane_is_alive(const struct lane *n)
{
    uint32_t side;

    for (side = 0; side < 2; side++) {
        uint8_t state = comps[n->comp[side]].state;

        if (state != COMP_NEW && state != COMP_RUNNING) return false;
    }
    return true;
}

static enum lane_news lane_map(const struct lane_work *w)
{
    const struct lane *n = &lanes.lane[w->lane];
    uint32_t done = 0, alike, count, entry[2];

    if (!lane_is_alive(n)) { /* its end is under way, and will be told */
        lanes_did(&lanes, w, 0);
        return LANE_NO_NEWS;
    }
    while (done < w->n) {
        alike = lane_area(&links[n->tag].spec, w->from + done, entry);
        count = w->n - done < alike ? w->n - done : alike;
        count = lane_run(n, w->from + done, entry, count);
        if (count == 0) break;
        done += count;
    }
    lanes_did(&lanes, w, done);
    if (done < w->n) return LANE_HAS_FAILED;
    return n->made ? LANE_IS_MADE : LANE_NO_NEWS;
}

/* Takes pages out of one space; where they were the last mapping, the frames go back. */
static void lane_unmap(const struct lane_work *w)
{
    const struct lane *n = &lanes.lane[w->lane];
    struct comp *c = &comps[n->comp[w->side]];
    uint64_t base = n->at[w->side], at = base + w->from * PAGE;
    uint32_t frame[LANE_STEP], count = 0, i;

    for (i = 0; w->last && i < w->n; i++) {
        uint32_t entry = vm_get(c, at + i * PAGE);

        if ((entry & SHADOW_PRESENT) != 0) frame[count++] = entry & SHADOW_FRAME_MASK;
    }
    if (w->n != 0) (void)vm_unmap(c, at, w->n);
    while (count != 0)
        page_retire(frame[--count]);
    lanes_did(&lanes, w, w->n);
    if (n->comp[w->side] == CM_NONE) space_give_lane(&c->space, base, n->pages);
}

static void lane_free(const struct lane_work *w)
{
    const struct lane *n = &lanes.lane[w->lane];

    if (n->lent)
        (void)account_lend_end(&accounts, n->payer, n->pages);
    else
        (void)account_refund(&accounts, n->payer, n->pages);
    lanes_did(&lanes, w, 0);
}

enum lane_news lane_piece(uint32_t lane)
{
    struct lane_work w = lane_next(&lanes, lane);

    switch (w.op) {
    case LANE_MAP: return lane_map(&w);
    case LANE_UNMAP: lane_unmap(&w); return LANE_NO_NEWS;
    case LANE_FREE: lane_free(&w); return LANE_NO_NEWS;
    case LANE_CLEAR: lanes_did(&lanes, &w, 0); return LANE_IS_CLEAR;
    default: return LANE_NO_NEWS;
    }
}

enum lane_news lane_hurry(uint32_t lane)
{
    enum lane_news news = LANE_NO_NEWS;
    uint32_t i;

    for (i = 0; i < PIECES_AT_ONCE && news == LANE_NO_NEWS && lanes.lane[lane].live; i++)
        news = lane_piece(lane);
    return news;
}
