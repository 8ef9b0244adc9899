/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The derivation tree; see caps.h. Invariants: a child's rights and range lie within its parent's;
 * `prev` and `next` are inverse; a node at (table, slot) is the one that table names; free nodes
 * are on one list; a node's depth is its parent's plus one.
 */
#include "capmgr/caps.h"

#define TYPE_NOTIFY 2u
#define TYPE_THREAD 3u
#define RIGHT_THREAD_BIND 4u
#define RIGHT_NOTIFY_SIGNAL 1u

void caps_init(struct caps *caps, struct caps_node *node, uint32_t node_count,
               struct caps_table *table, uint32_t table_count)
{
    uint32_t i;

    caps->node = node;
    caps->node_count = node_count;
    caps->table = table;
    caps->table_count = table_count;
    caps->used = 0;
    caps->free = node_count == 0 ? CM_NONE : 0;
    for (i = 0; i < node_count; i++) {
        node[i].live = false;
        node[i].generation = 1;
        node[i].next = i + 1 < node_count ? i + 1 : CM_NONE;
    }
    for (i = 0; i < table_count; i++)
        table[i].open = false;
}

bool caps_table_open(struct caps *caps, uint16_t table, uint32_t first)
{
    struct caps_table *t;
    uint32_t i;

    if (table >= caps->table_count || caps->table[table].open || first > CAPS_TABLE_SLOTS)
        return false;
    t = &caps->table[table];
    ids_init(&t->slots, t->storage, first, CAPS_TABLE_SLOTS);
    for (i = 0; i < CAPS_TABLE_SLOTS; i++)
        t->node[i] = CM_NONE;
    t->nodes = 0;
    t->open = true;
    return true;
}

bool caps_table_close(struct caps *caps, uint16_t table)
{
    if (table >= caps->table_count || !caps->table[table].open || caps->table[table].nodes != 0)
        return false;
    caps->table[table].open = false;
    return true;
}

uint32_t caps_slot_take(struct caps *caps, uint16_t table)
{
    if (table >= caps->table_count || !caps->table[table].open) return CM_NONE;
    return ids_take(&caps->table[table].slots);
}

bool caps_slot_give(struct caps *caps, uint16_t table, uint32_t slot)
{
    if (table >= caps->table_count || !caps->table[table].open || slot >= CAPS_TABLE_SLOTS ||
        caps->table[table].node[slot] != CM_NONE)
        return false;
    return ids_give(&caps->table[table].slots, slot);
}

caps_handle caps_handle_of(const struct caps *caps, uint32_t index)
{
    if (index >= caps->node_count || !caps->node[index].live) return 0;
    return (uint64_t)index << 32 | caps->node[index].generation;
}

static uint32_t caps_find(const struct caps *caps, caps_handle handle)
{
    uint32_t index = (uint32_t)(handle >> 32);

    if (index >= caps->node_count || !caps->node[index].live ||
        caps->node[index].generation != (uint32_t)handle)
        return CM_NONE;
    return index;
}

const struct caps_node *caps_get(const struct caps *caps, caps_handle handle)
{
    uint32_t index = caps_find(caps, handle);

    return index == CM_NONE ? NULL : &caps->node[index];
}

caps_handle caps_at(const struct caps *caps, uint16_t table, uint32_t slot)
{
    if (table >= caps->table_count || !caps->table[table].open || slot >= CAPS_TABLE_SLOTS)
        return 0;
    return caps_handle_of(caps, caps->table[table].node[slot]);
}

static uint32_t caps_node_take(struct caps *caps)
{
    uint32_t index = caps->free;
    struct caps_node *n;

    if (index == CM_NONE) return CM_NONE;
    n = &caps->node[index];
    caps->free = n->next;
    caps->used++;
    n->parent = n->child = n->next = n->prev = CM_NONE;
    n->table = CAPS_NO_TABLE;
    n->slot = 0;
    n->depth = 0;
    n->tag = 0;
    n->dying = 0;
    n->live = true;
    return index;
}

enum cm_err caps_add_root(struct caps *caps, uint8_t type, uint32_t object, uint8_t rights,
                          uint64_t badge, caps_handle *out)
{
    uint32_t index = caps_node_take(caps);

    if (index == CM_NONE) return CM_ENOSPC;
    caps->node[index].type = type;
    caps->node[index].object = object;
    caps->node[index].rights = rights;
    caps->node[index].badge = badge;
    *out = caps_handle_of(caps, index);
    return CM_OK;
}

/* Is the range `part` (offset << 32 | count) inside `whole`? */
static bool caps_range_is_within(uint64_t part, uint64_t whole)
{
    uint64_t first = part >> 32, count = (uint32_t)part;
    uint64_t low = whole >> 32, high = low + (uint32_t)whole;

    return count != 0 && first >= low && first + count <= high;
}

/* Is the badge wanted no more authority than the parent's? */
static bool caps_badge_is_less(const struct caps_node *parent, uint8_t type, uint64_t badge)
{
    if (badge == 0 || badge == parent->badge) return true;
    if (parent->type == CAPS_TYPE_REGION || parent->type == CAPS_TYPE_MEMORY)
        return caps_range_is_within(badge, parent->badge);
    if (parent->type == TYPE_NOTIFY) return (badge & ~parent->badge) == 0;
    if (parent->type == TYPE_THREAD && type == TYPE_NOTIFY) return true;
    return parent->badge == 0;
}

static enum cm_err caps_check_parent(const struct caps *caps, uint32_t parent)
{
    uint32_t at;

    for (at = parent; at != CM_NONE; at = caps->node[at].parent) {
        if (caps->node[at].dying != 0) return CM_EINVAL;
    }
    return caps->node[parent].depth + 1u > CAPS_DEPTH ? CM_ELOOP : CM_OK;
}

static enum cm_err caps_check_place(const struct caps *caps, const struct caps_want *want)
{
    const struct caps_table *t;

    if (want->table == CAPS_NO_TABLE) return CM_OK;
    if (want->table >= caps->table_count || want->slot >= CAPS_TABLE_SLOTS) return CM_EINVAL;
    t = &caps->table[want->table];
    if (!t->open || !ids_is_taken(&t->slots, want->slot)) return CM_EINVAL;
    return t->node[want->slot] == CM_NONE ? CM_OK : CM_EBUSY;
}

static enum cm_err caps_check_less(const struct caps_node *parent, const struct caps_want *want,
                                   enum cm_missing *missing)
{
    uint8_t type = want->type == 0 ? parent->type : want->type;
    bool notify = type == TYPE_NOTIFY && parent->type == TYPE_THREAD;

    if (type != parent->type && !notify) return CM_EINVAL;
    if (notify && want->badge == 0) return CM_EINVAL;
    *missing = CM_MISSING_RIGHTS;
    if (notify ? (parent->rights & RIGHT_THREAD_BIND) == 0 || want->rights != RIGHT_NOTIFY_SIGNAL
               : (want->rights & ~parent->rights) != 0)
        return CM_EPERM;
    if (!caps_badge_is_less(parent, type, want->badge)) return CM_EPERM;
    *missing = CM_MISSING_NOTHING;
    return CM_OK;
}

static void caps_link(struct caps *caps, uint32_t parent, uint32_t index)
{
    struct caps_node *p = &caps->node[parent], *n = &caps->node[index];

    n->parent = parent;
    n->depth = (uint8_t)(p->depth + 1u);
    n->next = p->child;
    n->prev = CM_NONE;
    if (p->child != CM_NONE) caps->node[p->child].prev = index;
    p->child = index;
}

enum cm_err caps_derive(struct caps *caps, caps_handle parent, const struct caps_want *want,
                        caps_handle *out, enum cm_missing *missing)
{
    uint32_t from = caps_find(caps, parent), index;
    struct caps_node *n;
    enum cm_err e;

    *missing = CM_MISSING_NOTHING;
    if (from == CM_NONE) return CM_EINVAL;
    e = caps_check_parent(caps, from);
    if (e == CM_OK) e = caps_check_place(caps, want);
    if (e == CM_OK) e = caps_check_less(&caps->node[from], want, missing);
    if (e != CM_OK) return e;
    index = caps_node_take(caps);
    if (index == CM_NONE) return CM_ENOSPC;
    n = &caps->node[index];
    n->object = caps->node[from].object;
    n->type = want->type == 0 ? caps->node[from].type : want->type;
    n->rights = want->rights;
    n->badge = want->badge == 0 ? caps->node[from].badge : want->badge;
    n->tag = want->tag;
    caps_link(caps, from, index);
    if (want->table != CAPS_NO_TABLE) {
        n->table = want->table;
        n->slot = want->slot;
        caps->table[want->table].node[want->slot] = index;
        caps->table[want->table].nodes++;
    }
    *out = caps_handle_of(caps, index);
    return CM_OK;
}

static void caps_unlink(struct caps *caps, uint32_t index)
{
    struct caps_node *n = &caps->node[index];

    if (n->prev != CM_NONE)
        caps->node[n->prev].next = n->next;
    else if (n->parent != CM_NONE)
        caps->node[n->parent].child = n->next;
    if (n->next != CM_NONE) caps->node[n->next].prev = n->prev;
}

/* Removes a leaf. A generation never becomes 0: a saturated record is retired instead. */
static void caps_remove(struct caps *caps, uint32_t index)
{
    struct caps_node *n = &caps->node[index];

    caps_unlink(caps, index);
    if (n->table != CAPS_NO_TABLE) {
        caps->table[n->table].node[n->slot] = CM_NONE;
        caps->table[n->table].nodes--;
    }
    n->live = false;
    caps->used--;
    if (n->generation == UINT32_MAX) return;
    n->generation++;
    n->next = caps->free;
    caps->free = index;
}

bool caps_revoke(struct caps *caps, struct caps_walk *walk, caps_handle root, bool keep_root)
{
    uint32_t index = caps_find(caps, root);

    walk->active = false;
    if (index == CM_NONE) return false;
    if (caps->node[index].dying == UINT8_MAX) return false;
    caps->node[index].dying++;
    walk->root = root;
    walk->at = root;
    walk->keep_root = keep_root;
    walk->active = true;
    return true;
}

static bool caps_revoke_end(struct caps *caps, struct caps_walk *walk, uint32_t root)
{
    if (root != CM_NONE) caps->node[root].dying--;
    walk->active = false;
    return true;
}

bool caps_revoke_step(struct caps *caps, struct caps_walk *walk, struct caps_node gone[CM_STEPS],
                      uint32_t *count)
{
    uint32_t root = caps_find(caps, walk->root), step, at, up;

    *count = 0;
    if (!walk->active || root == CM_NONE) return caps_revoke_end(caps, walk, CM_NONE);
    at = caps_find(caps, walk->at);
    if (at == CM_NONE) at = root; /* another walk removed it: begin at the top again */
    for (step = 0; step < CM_STEPS; step++) {
        if (caps->node[at].child != CM_NONE) {
            at = caps->node[at].child;
            continue;
        }
        if (at == root && walk->keep_root) return caps_revoke_end(caps, walk, root);
        gone[(*count)++] = caps->node[at];
        up = caps->node[at].parent;
        caps_remove(caps, at);
        if (at == root) return caps_revoke_end(caps, walk, CM_NONE);
        at = up;
    }
    walk->at = caps_handle_of(caps, at);
    return false;
}
