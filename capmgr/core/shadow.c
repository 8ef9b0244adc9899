/* SPDX-License-Identifier: Apache-2.0 */
/* Shadows of page tables; see shadow.h. Invariant: `used` counts a node's present entries. */
#include "capmgr/shadow.h"

void shadow_init(struct shadow *s, struct shadow_node *node, uint32_t *entry, uint32_t node_count,
                 uint32_t *bucket, uint32_t bucket_count)
{
    uint32_t i;

    *s = (struct shadow){.node = node,
                         .entry = entry,
                         .bucket = bucket,
                         .node_count = node_count,
                         .bucket_count = bucket_count,
                         .free = CM_NONE};
    for (i = 0; i < bucket_count; i++)
        bucket[i] = CM_NONE;
}

static uint32_t shadow_bucket(const struct shadow *s, uint32_t space, uint64_t address)
{
    uint64_t x = (address / SHADOW_SPAN + ((uint64_t)space << 40)) * UINT64_C(0x9e3779b97f4a7c15);

    return (uint32_t)(x >> 32) & (s->bucket_count - 1u);
}

uint32_t shadow_find(const struct shadow *s, uint32_t space, uint64_t address)
{
    uint64_t base = address - address % SHADOW_SPAN;
    uint32_t at = s->bucket[shadow_bucket(s, space, address)];

    while (at != CM_NONE && (s->node[at].space != space || s->node[at].base != base))
        at = s->node[at].hash_next;
    return at;
}

static uint32_t shadow_take(struct shadow *s, enum cm_err *e)
{
    uint32_t at = s->free;

    *e = CM_OK;
    if (at != CM_NONE) {
        s->free = s->node[at].own_next;
        return at;
    }
    if (s->fresh == s->node_count)
        *e = CM_ENOSPC;
    else if (s->fresh == s->backed)
        *e = CM_EAGAIN;
    else
        return s->fresh++;
    return CM_NONE;
}

static void shadow_clear(struct shadow *s, uint32_t node)
{
    uint32_t i;

    for (i = 0; i < SHADOW_ENTRIES; i++)
        s->entry[node * SHADOW_ENTRIES + i] = 0;
}

enum cm_err shadow_make(struct shadow *s, struct shadow_list *list, uint32_t space,
                        uint64_t address, uint32_t *node)
{
    uint32_t at = shadow_find(s, space, address), *bucket;
    struct shadow_node *n;
    enum cm_err e;

    *node = at;
    if (at != CM_NONE) return CM_OK;
    at = shadow_take(s, &e);
    if (e != CM_OK) return e;
    n = &s->node[at];
    bucket = &s->bucket[shadow_bucket(s, space, address)];
    *n = (struct shadow_node){.base = address - address % SHADOW_SPAN,
                              .space = space,
                              .hash_next = *bucket,
                              .own_next = list->first,
                              .own_prev = CM_NONE,
                              .table = CM_NONE,
                              .live = true};
    *bucket = at;
    if (list->first != CM_NONE) s->node[list->first].own_prev = at;
    list->first = at;
    s->used++;
    shadow_clear(s, at);
    *node = at;
    return CM_OK;
}

static void shadow_unhash(struct shadow *s, uint32_t node)
{
    uint32_t *link = &s->bucket[shadow_bucket(s, s->node[node].space, s->node[node].base)];

    while (*link != node)
        link = &s->node[*link].hash_next;
    *link = s->node[node].hash_next;
}

bool shadow_drop(struct shadow *s, struct shadow_list *list, uint32_t node)
{
    struct shadow_node *n;

    if (node >= s->fresh || !s->node[node].live || s->node[node].used != 0) return false;
    n = &s->node[node];
    shadow_unhash(s, node);
    if (n->own_prev != CM_NONE)
        s->node[n->own_prev].own_next = n->own_next;
    else
        list->first = n->own_next;
    if (n->own_next != CM_NONE) s->node[n->own_next].own_prev = n->own_prev;
    n->live = false;
    n->own_next = s->free;
    s->free = node;
    s->used--;
    return true;
}

uint32_t shadow_get(const struct shadow *s, uint32_t space, uint64_t address)
{
    uint32_t node = shadow_find(s, space, address);

    if (node == CM_NONE) return 0;
    return s->entry[node * SHADOW_ENTRIES + (uint32_t)(address % SHADOW_SPAN / 4096u)];
}

void shadow_set(struct shadow *s, uint32_t node, uint64_t address, uint32_t entry)
{
    uint32_t *at = &s->entry[node * SHADOW_ENTRIES + (uint32_t)(address % SHADOW_SPAN / 4096u)];

    if ((*at & SHADOW_PRESENT) == 0 && (entry & SHADOW_PRESENT) != 0) s->node[node].used++;
    if ((*at & SHADOW_PRESENT) != 0 && (entry & SHADOW_PRESENT) == 0) s->node[node].used--;
    *at = entry;
}

uint32_t shadow_next(const struct shadow *s, uint32_t node, uint32_t from, uint32_t *steps)
{
    while (from < SHADOW_ENTRIES && *steps != 0) {
        if ((s->entry[node * SHADOW_ENTRIES + from] & SHADOW_PRESENT) != 0) return from;
        from++;
        (*steps)--;
    }
    return from;
}
