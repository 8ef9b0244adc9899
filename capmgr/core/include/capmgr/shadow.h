/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is mapped where: one shadow of every lowest-level page table (2 MiB of addresses), since the
 * nucleus keeps tables but answers no questions about addresses. A component's death reclaims its
 * memory by walking its shadows, CM_STEPS entries at a time.
 *
 *   entry   flags:6 | frame:26        frame: offset in the region of all RAM
 *
 * Nodes are found by a hash of (space, address) and listed by space. A node's 512 entries must be
 * backed by memory before it is taken; the owner backs them in ascending order (`backed`).
 */
#ifndef CAPMGR_SHADOW_H
#define CAPMGR_SHADOW_H

#include "capmgr/base.h"

#define SHADOW_ENTRIES 512u
#define SHADOW_SPAN (SHADOW_ENTRIES * UINT64_C(4096))

#define SHADOW_FRAME_MASK 0x03ffffffu
#define SHADOW_PRESENT 0x04000000u
#define SHADOW_WRITE 0x08000000u
#define SHADOW_EXEC 0x10000000u
#define SHADOW_BORROWED 0x20000000u /* the frame belongs to somebody else */
#define SHADOW_DEVICE 0x40000000u   /* no frame of RAM */
#define SHADOW_LANE 0x80000000u     /* a connection's memory: only its end unmaps it */

struct shadow_node {
    uint64_t base;      /* first address */
    uint32_t space;     /* whose */
    uint32_t hash_next; /* CM_NONE ends */
    uint32_t own_next, own_prev;
    uint32_t table; /* frame of the page table; CM_NONE: not linked yet */
    uint16_t used;  /* entries present */
    bool live;
};

struct shadow {
    struct shadow_node *node;
    uint32_t *entry; /* node_count * SHADOW_ENTRIES */
    uint32_t *bucket;
    uint32_t node_count, bucket_count; /* bucket_count: a power of two */
    uint32_t backed;                   /* nodes whose entries are backed */
    uint32_t free, fresh;              /* free list; nodes from `fresh` on were never used */
    uint32_t used;
};

/* A space's own list. */
struct shadow_list {
    uint32_t first;
};

void shadow_init(struct shadow *s, struct shadow_node *node, uint32_t *entry, uint32_t node_count,
                 uint32_t *bucket, uint32_t bucket_count);

/* The node for an address, or CM_NONE. */
uint32_t shadow_find(const struct shadow *s, uint32_t space, uint64_t address);

/* The same, made if need be. CM_EAGAIN: back the entries of node `s->backed` first; CM_ENOSPC. */
enum cm_err shadow_make(struct shadow *s, struct shadow_list *list, uint32_t space,
                        uint64_t address, uint32_t *node);

/* Drops a node without present entries. False otherwise. */
bool shadow_drop(struct shadow *s, struct shadow_list *list, uint32_t node);

/* The entry for an address; 0: nothing is mapped. */
uint32_t shadow_get(const struct shadow *s, uint32_t space, uint64_t address);

/* Writes one entry of a node; keeps its count. */
void shadow_set(struct shadow *s, uint32_t node, uint64_t address, uint32_t entry);

/* The next present entry of a node at or after index `from`, or SHADOW_ENTRIES. Looks at most at
 * `*steps` entries and takes them off it; stops (returning the index reached) when it is 0. */
uint32_t shadow_next(const struct shadow *s, uint32_t node, uint32_t from, uint32_t *steps);

#endif
