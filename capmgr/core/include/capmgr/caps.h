/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The derivation tree: one node a capability that exists outside the capability manager's own
 * table. The nucleus keeps no tree; revocation is a walk here, CM_STEPS steps at a time.
 *
 *   root (an object; the capability manager's own slot)
 *    +- child  rights and range a subset of the parent's
 *    |   +- child ...
 *    +- child
 *
 * A node is found by handle (index and generation, so a stale handle is noticed) or by its place
 * (table, slot). Depth is at most CAPS_DEPTH, so that "is an ancestor being revoked?" is bounded.
 */
#ifndef CAPMGR_CAPS_H
#define CAPMGR_CAPS_H

#include "capmgr/ids.h"

#define CAPS_DEPTH 16u
#define CAPS_TABLE_SLOTS 256u
#define CAPS_NO_TABLE UINT16_MAX
/* Types beyond the nucleus' own: a range of borrowed memory, which has no slot. */
#define CAPS_TYPE_MEMORY 100u
#define CAPS_TYPE_REGION 7u

/* index:32 | generation:32; 0 is never a node. */
typedef uint64_t caps_handle;

struct caps_node {
    uint32_t parent, child, next, prev; /* node indices; CM_NONE: none */
    uint32_t generation;
    uint32_t object;
    uint64_t badge; /* badge, notification mask, or offset << 32 | count of a range */
    uint16_t table, slot;
    uint8_t type, rights, depth;
    uint8_t dying; /* walks that have it as their root */
    bool live;
    uint32_t tag; /* the owner's: which session, region, ... */
};

/* The slots of one capability table. */
struct caps_table {
    struct ids slots;
    uint64_t storage[IDS_WORDS(CAPS_TABLE_SLOTS)];
    uint32_t node[CAPS_TABLE_SLOTS]; /* CM_NONE: empty or unknown to the tree */
    uint32_t nodes;                  /* slots with a node */
    bool open;
};

struct caps {
    struct caps_node *node;
    struct caps_table *table;
    uint32_t node_count, table_count;
    uint32_t free; /* first free node, linked by `next` */
    uint32_t used;
};

/* What a new capability is to be. Rights and range must lie within its parent's. */
struct caps_want {
    uint16_t table, slot; /* CAPS_NO_TABLE: it has no slot */
    uint8_t type;         /* 0: the parent's (a NOTIFY may come from a THREAD) */
    uint8_t rights;
    uint64_t badge; /* 0: the parent's */
    uint32_t tag;
};

/* A walk that removes a subtree. */
struct caps_walk {
    caps_handle root, at;
    bool keep_root, active;
};

void caps_init(struct caps *caps, struct caps_node *node, uint32_t node_count,
               struct caps_table *table, uint32_t table_count);

/* Opens table `table`; slots below `first` are taken. False: out of range or open already. */
bool caps_table_open(struct caps *caps, uint16_t table, uint32_t first);
/* False while nodes are in it. */
bool caps_table_close(struct caps *caps, uint16_t table);
/* A free slot, or CM_NONE. */
uint32_t caps_slot_take(struct caps *caps, uint16_t table);
bool caps_slot_give(struct caps *caps, uint16_t table, uint32_t slot);

/* A new object's own capability. CM_ENOSPC. */
enum cm_err caps_add_root(struct caps *caps, uint8_t type, uint32_t object, uint8_t rights,
                          uint64_t badge, caps_handle *out);

/* Derives. CM_EINVAL: parent is gone or being revoked, or place out of range; CM_EPERM with
 * *missing; CM_EBUSY: a node is at that place; CM_ELOOP: too deep; CM_ENOSPC. */
enum cm_err caps_derive(struct caps *caps, caps_handle parent, const struct caps_want *want,
                        caps_handle *out, enum cm_missing *missing);

/* NULL if the handle is stale. Valid until the next operation. */
const struct caps_node *caps_get(const struct caps *caps, caps_handle handle);
caps_handle caps_at(const struct caps *caps, uint16_t table, uint32_t slot);
caps_handle caps_handle_of(const struct caps *caps, uint32_t index);

/* Starts to remove everything below `root`, and `root` unless keep_root. False if stale. From now
 * on nothing can be derived in that subtree. */
bool caps_revoke(struct caps *caps, struct caps_walk *walk, caps_handle root, bool keep_root);

/* Goes on: at most CM_STEPS steps; fills `gone` with copies of the nodes removed, leaves first, and
 * *count. Their slots stay taken until caps_slot_give (the nucleus must be told first). True when
 * the walk is finished. */
bool caps_revoke_step(struct caps *caps, struct caps_walk *walk, struct caps_node gone[CM_STEPS],
                      uint32_t *count);

/* All structural invariants, for tests; not bounded. */
bool caps_check(const struct caps *caps);

#endif
