/* SPDX-License-Identifier: Apache-2.0 */
/* The derivation tree's invariants as a function, for tests. */
#include "capmgr/caps.h"

static bool caps_node_is_sound(const struct caps *caps, uint32_t index)
{
    const struct caps_node *n = &caps->node[index], *p;

    if (n->next != CM_NONE && caps->node[n->next].prev != index) return false;
    if (n->child != CM_NONE && caps->node[n->child].parent != index) return false;
    if (n->table != CAPS_NO_TABLE && caps->table[n->table].node[n->slot] != index) return false;
    if (n->parent == CM_NONE) return n->depth == 0;
    p = &caps->node[n->parent];
    if (!p->live || n->depth != p->depth + 1 || n->object != p->object) return false;
    if (n->prev == CM_NONE && p->child != index) return false;
    return n->type != p->type || (n->rights & ~p->rights) == 0;
}

bool caps_check(const struct caps *caps)
{
    uint32_t i, live = 0, free = 0, retired = 0;

    for (i = 0; i < caps->node_count; i++) {
        if (!caps->node[i].live) {
            retired += caps->node[i].generation == UINT32_MAX;
            continue;
        }
        live++;
        if (!caps_node_is_sound(caps, i)) return false;
    }
    for (i = caps->free; i != CM_NONE && free <= caps->node_count; i = caps->node[i].next)
        free++;
    return live == caps->used && live + free + retired == caps->node_count;
}
