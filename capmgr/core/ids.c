/* SPDX-License-Identifier: Apache-2.0 */
/* Allocator of small numbers; see ids.h. A summary bit is set exactly while its word is not zero.
 */
#include "capmgr/ids.h"

static void ids_mark_free(struct ids *ids, uint32_t id)
{
    uint32_t word = id / 64u;

    ids->low[word] |= UINT64_C(1) << (id % 64u);
    ids->mid[word / 64u] |= UINT64_C(1) << (word % 64u);
    ids->top |= UINT64_C(1) << (word / 64u);
}

static void ids_mark_taken(struct ids *ids, uint32_t id)
{
    uint32_t word = id / 64u;

    ids->low[word] &= ~(UINT64_C(1) << (id % 64u));
    if (ids->low[word] != 0) return;
    ids->mid[word / 64u] &= ~(UINT64_C(1) << (word % 64u));
    if (ids->mid[word / 64u] == 0) ids->top &= ~(UINT64_C(1) << (word / 64u));
}

void ids_init(struct ids *ids, uint64_t *storage, uint32_t first, uint32_t count)
{
    uint32_t i;

    ids->low = storage;
    ids->mid = storage + IDS_LOW_WORDS(count);
    ids->top = 0;
    ids->count = count;
    ids->used = first;
    for (i = 0; i < IDS_WORDS(count); i++)
        storage[i] = 0;
    for (i = first; i < count; i++)
        ids_mark_free(ids, i);
}

uint32_t ids_take(struct ids *ids)
{
    uint32_t mid, low, id;

    if (ids->top == 0) return CM_NONE;
    mid = (uint32_t)__builtin_ctzll(ids->top);
    low = mid * 64u + (uint32_t)__builtin_ctzll(ids->mid[mid]);
    id = low * 64u + (uint32_t)__builtin_ctzll(ids->low[low]);
    ids_mark_taken(ids, id);
    ids->used++;
    return id;
}

bool ids_is_taken(const struct ids *ids, uint32_t id)
{
    return id < ids->count && (ids->low[id / 64u] >> (id % 64u) & 1u) == 0;
}

bool ids_take_this(struct ids *ids, uint32_t id)
{
    if (id >= ids->count || ids_is_taken(ids, id)) return false;
    ids_mark_taken(ids, id);
    ids->used++;
    return true;
}

bool ids_give(struct ids *ids, uint32_t id)
{
    if (!ids_is_taken(ids, id)) return false;
    ids_mark_free(ids, id);
    ids->used--;
    return true;
}
