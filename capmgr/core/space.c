/* SPDX-License-Identifier: Apache-2.0 */
/* A component's regions; see space.h. Invariant: the list is sorted, disjoint and merged. */
#include "capmgr/space.h"

void space_pool_init(struct space_pool *pool, struct space_region *region, uint32_t count)
{
    uint32_t i;

    pool->region = region;
    pool->count = count;
    pool->free = count == 0 ? CM_NONE : 0;
    for (i = 0; i < count; i++)
        region[i].next = i + 1 < count ? i + 1 : CM_NONE;
}

void space_init(struct space *space)
{
    *space = (struct space){.first = CM_NONE,
                            .lane_next = SPACE_LANES,
                            .lane2_next = SPACE_LANES2,
                            .device_next = SPACE_DEVICES};
}

static uint64_t region_end(const struct space_region *r)
{
    return r->start + r->pages * SPACE_PAGE;
}

const struct space_region *space_find(const struct space_pool *pool, const struct space *space,
                                      uint64_t address)
{
    uint32_t at;

    for (at = space->first; at != CM_NONE; at = pool->region[at].next) {
        const struct space_region *r = &pool->region[at];

        if (address < r->start) return NULL;
        if (address < region_end(r)) return r;
    }
    return NULL;
}

static bool space_range_is_sane(uint64_t start, uint32_t pages)
{
    return start % SPACE_PAGE == 0 && pages != 0 && start != 0 &&
           start <= UINT64_C(0x800000000000) - pages * SPACE_PAGE;
}

static bool region_is_alike(const struct space_region *a, const struct space_region *b)
{
    return a->kind == b->kind && a->map == b->map && a->tag == b->tag &&
           a->kind != SPACE_KIND_BORROWED && region_end(a) == b->start &&
           b->pages <= UINT32_MAX - a->pages;
}

static uint32_t space_take_region(struct space_pool *pool, struct space *space)
{
    uint32_t at = pool->free;

    if (at == CM_NONE || space->count == SPACE_REGIONS) return CM_NONE;
    pool->free = pool->region[at].next;
    space->count++;
    return at;
}

static void space_give_region(struct space_pool *pool, struct space *space, uint32_t at)
{
    pool->region[at].next = pool->free;
    pool->free = at;
    space->count--;
}

/* Merges `at` with its successor if they are alike. */
static void space_merge(struct space_pool *pool, struct space *space, uint32_t at)
{
    uint32_t next;

    if (at == CM_NONE) return;
    next = pool->region[at].next;
    if (next == CM_NONE || !region_is_alike(&pool->region[at], &pool->region[next])) return;
    pool->region[at].pages += pool->region[next].pages;
    pool->region[at].next = pool->region[next].next;
    space_give_region(pool, space, next);
}

/* Finds the last region before `start` (CM_NONE: none); false if the range overlaps one. */
static bool space_find_gap(const struct space_pool *pool, const struct space *space, uint64_t start,
                           uint64_t end, uint32_t *before)
{
    uint32_t at;

    *before = CM_NONE;
    for (at = space->first; at != CM_NONE; at = pool->region[at].next) {
        if (pool->region[at].start >= end) return true;
        if (region_end(&pool->region[at]) > start) return false;
        *before = at;
    }
    return true;
}

enum cm_err space_add(struct space_pool *pool, struct space *space, uint64_t start, uint32_t pages,
                      enum space_kind kind, uint8_t map, uint32_t tag)
{
    struct space_region r = {.start = start, .pages = pages, .tag = tag, .map = map};
    uint32_t before, at;

    r.kind = (uint8_t)kind;
    if (!space_range_is_sane(start, pages)) return CM_EINVAL;
    if (!space_find_gap(pool, space, start, region_end(&r), &before)) return CM_EEXIST;
    if (before != CM_NONE && region_is_alike(&pool->region[before], &r)) {
        pool->region[before].pages += pages;
        space_merge(pool, space, before);
        return CM_OK;
    }
    at = space_take_region(pool, space);
    if (at == CM_NONE) return CM_ENOSPC;
    r.next = before == CM_NONE ? space->first : pool->region[before].next;
    pool->region[at] = r;
    if (before == CM_NONE)
        space->first = at;
    else
        pool->region[before].next = at;
    space_merge(pool, space, at);
    return CM_OK;
}

static bool space_find_room_in(const struct space_pool *pool, const struct space *space,
                               uint64_t low, uint64_t top, uint32_t pages, uint64_t *start)
{
    uint64_t want = pages * SPACE_PAGE, at = low;
    uint32_t i;

    for (i = space->first; i != CM_NONE; i = pool->region[i].next) {
        const struct space_region *r = &pool->region[i];

        if (region_end(r) <= at) continue;
        if (r->start >= top || (r->start >= at && r->start - at >= want)) break;
        at = region_end(r);
    }
    *start = at;
    return at < top && top - at >= want;
}

enum cm_err space_find_room(const struct space_pool *pool, const struct space *space,
                            uint32_t pages, uint64_t *start)
{
    if (pages == 0) return CM_EINVAL;
    if (space_find_room_in(pool, space, SPACE_ANON, SPACE_ANON_TOP, pages, start) ||
        space_find_room_in(pool, space, SPACE_ANON2, SPACE_ANON2_TOP, pages, start))
        return CM_OK;
    return CM_ENOMEM;
}

/* Takes the piece [low, high) out of region `at`, whose predecessor is `before`. */
static enum cm_err space_cut_piece(struct space_pool *pool, struct space *space, uint32_t before,
                                   uint32_t at, uint64_t low, uint64_t high)
{
    struct space_region *r = &pool->region[at];
    uint64_t end = region_end(r);
    uint32_t rest;

    if (low > r->start && high < end) {
        rest = space_take_region(pool, space);
        if (rest == CM_NONE) return CM_ENOSPC;
        pool->region[rest] = *r;
        pool->region[rest].start = high;
        pool->region[rest].pages = (uint32_t)((end - high) / SPACE_PAGE);
        r->next = rest;
    }
    if (low > r->start) {
        r->pages = (uint32_t)((low - r->start) / SPACE_PAGE);
        return CM_OK;
    }
    if (high < end) {
        r->start = high;
        r->pages = (uint32_t)((end - high) / SPACE_PAGE);
        return CM_OK;
    }
    if (before == CM_NONE)
        space->first = r->next;
    else
        pool->region[before].next = r->next;
    space_give_region(pool, space, at);
    return CM_OK;
}

enum cm_err space_cut(struct space_pool *pool, struct space *space, uint64_t start, uint32_t pages,
                      struct space_region *cut)
{
    uint64_t end = start + pages * SPACE_PAGE, low, high;
    uint32_t at, before = CM_NONE;

    cut->pages = 0;
    if (!space_range_is_sane(start, pages)) return CM_EINVAL;
    for (at = space->first; at != CM_NONE; at = pool->region[at].next) {
        struct space_region r = pool->region[at];

        if (r.start >= end) return CM_OK;
        if (region_end(&r) > start) {
            low = r.start > start ? r.start : start;
            high = region_end(&r) < end ? region_end(&r) : end;
            if (space_cut_piece(pool, space, before, at, low, high) != CM_OK) return CM_ENOSPC;
            *cut = r;
            cut->start = low;
            cut->pages = (uint32_t)((high - low) / SPACE_PAGE);
            return CM_OK;
        }
        before = at;
    }
    return CM_OK;
}

bool space_cut_first(struct space_pool *pool, struct space *space, struct space_region *cut)
{
    uint32_t at = space->first;

    if (at == CM_NONE) return false;
    *cut = pool->region[at];
    space->first = cut->next;
    space_give_region(pool, space, at);
    return true;
}

static uint64_t space_bump(uint64_t *next, uint64_t top, uint32_t pages)
{
    uint64_t at = *next;

    if (pages == 0 || (top - at) / SPACE_PAGE < pages) return 0;
    *next = at + pages * SPACE_PAGE;
    return at;
}

uint64_t space_take_lane(struct space *space, uint32_t pages)
{
    uint64_t at = space_bump(&space->lane_next, SPACE_LANES_TOP, pages);

    return at != 0 ? at : space_bump(&space->lane2_next, SPACE_LANES2_TOP, pages);
}

void space_give_lane(struct space *space, uint64_t start, uint32_t pages)
{
    if (start + pages * SPACE_PAGE == space->lane_next)
        space->lane_next = start;
    else if (start + pages * SPACE_PAGE == space->lane2_next)
        space->lane2_next = start;
}

uint64_t space_take_device(struct space *space, uint32_t pages)
{
    return space_bump(&space->device_next, SPACE_DEVICES_TOP, pages);
}

bool space_check(const struct space_pool *pool, const struct space *space)
{
    uint32_t at, n = 0;
    uint64_t end = 0;

    for (at = space->first; at != CM_NONE; at = pool->region[at].next) {
        if (pool->region[at].pages == 0 || pool->region[at].start < end) return false;
        end = region_end(&pool->region[at]);
        n++;
    }
    return n == space->count && n <= SPACE_REGIONS;
}
