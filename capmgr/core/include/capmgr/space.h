/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout of a component's address space, and its list of regions. All components have the same
 * layout, chosen so that a small one needs few page tables:
 *
 *   0x0020_0000  program: ELF segments                                     ( 254 MiB)
 *   0x1000_0000  anonymous memory, first window                            ( 512 MiB)
 *   0x3000_0000  start page, then the lane of the capability manager's     (   2 MiB, one table)
 *   0x3002_0000  stack, growing down from 0x3020_0000
 *   0x3020_0000  lanes of connections, first window                        ( 206 MiB)
 *   0x3d00_0000  device registers and DMA memory                           (  48 MiB)
 *   0x40_0000_0000   anonymous memory, second window
 *   0x4000_0000_0000 lanes, second window
 *
 * Regions are what a component may touch without owning a frame yet: a fault inside one is answered
 * with a zeroed frame. They are sorted and disjoint; neighbours alike are merged; a component has
 * at most SPACE_REGIONS of them, which bounds every walk.
 */
#ifndef CAPMGR_SPACE_H
#define CAPMGR_SPACE_H

#include "capmgr/base.h"

#define SPACE_PAGE UINT64_C(4096)
#define SPACE_PROGRAM UINT64_C(0x00200000)
#define SPACE_PROGRAM_TOP UINT64_C(0x10000000)
#define SPACE_ANON UINT64_C(0x10000000)
#define SPACE_ANON_TOP UINT64_C(0x30000000)
#define SPACE_START_PAGE UINT64_C(0x30000000)
#define SPACE_MANAGER_C UINT64_C(0x30001000)
#define SPACE_MANAGER_S UINT64_C(0x30010000)
#define SPACE_STACK_LOW UINT64_C(0x30020000)
#define SPACE_STACK_TOP UINT64_C(0x30200000)
#define SPACE_LANES UINT64_C(0x30200000)
#define SPACE_LANES_TOP UINT64_C(0x3d000000)
#define SPACE_DEVICES UINT64_C(0x3d000000)
#define SPACE_DEVICES_TOP UINT64_C(0x40000000)
#define SPACE_ANON2 UINT64_C(0x4000000000)
#define SPACE_ANON2_TOP UINT64_C(0x400000000000)
#define SPACE_LANES2 UINT64_C(0x400000000000)
#define SPACE_LANES2_TOP UINT64_C(0x7f0000000000)

#define SPACE_REGIONS 64u

enum space_kind {
    SPACE_KIND_NONE = 0,
    SPACE_KIND_OWN,      /* charged when reserved; frames at first touch */
    SPACE_KIND_STACK,    /* charged at touch */
    SPACE_KIND_BORROWED, /* another component's frames, by ticket; `tag` says which */
};

struct space_region {
    uint64_t start;
    uint32_t pages;
    uint32_t next; /* in the space's list or the free list */
    uint32_t tag;
    uint8_t kind, map; /* map: bit 0 write, bit 1 execute */
};

/* The pool that all spaces share. */
struct space_pool {
    struct space_region *region;
    uint32_t count, free;
};

struct space {
    uint32_t first, count;
    uint64_t lane_next, lane2_next, device_next;
};

void space_pool_init(struct space_pool *pool, struct space_region *region, uint32_t count);
void space_init(struct space *space);

/* The region that holds an address, or NULL. */
const struct space_region *space_find(const struct space_pool *pool, const struct space *space,
                                      uint64_t address);

/* Adds a region. CM_EINVAL: not page-aligned or wraps; CM_EEXIST: overlaps another; CM_ENOSPC: too
 * many regions. */
enum cm_err space_add(struct space_pool *pool, struct space *space, uint64_t start, uint32_t pages,
                      enum space_kind kind, uint8_t map, uint32_t tag);

/* Finds room for `pages` of anonymous memory, lowest address first. CM_ENOMEM. */
enum cm_err space_find_room(const struct space_pool *pool, const struct space *space,
                            uint32_t pages, uint64_t *start);

/* Cuts [start, start + pages) out of the first region that it overlaps, and says what it cut in
 * `cut` (pages 0: it overlaps none). CM_ENOSPC, with no change: the region would become two and
 * there are too many. Call again with the rest until nothing is cut. */
enum cm_err space_cut(struct space_pool *pool, struct space *space, uint64_t start, uint32_t pages,
                      struct space_region *cut);

/* Removes the first region and copies it to `cut`; false if there is none. For a component's end.
 */
bool space_cut_first(struct space_pool *pool, struct space *space, struct space_region *cut);

/* Addresses for a lane or a device; 0 when the window is used up. A lane that was the last one
 * taken can be given back. */
uint64_t space_take_lane(struct space *space, uint32_t pages);
void space_give_lane(struct space *space, uint64_t start, uint32_t pages);
uint64_t space_take_device(struct space *space, uint32_t pages);

/* Sorted, disjoint, counted; for tests. */
bool space_check(const struct space_pool *pool, const struct space *space);

#endif
