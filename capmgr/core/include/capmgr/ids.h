/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocator of small numbers: record indices of the nucleus, slots of a capability table. Lowest
 * number first, so that windows of the nucleus are backed from their start.
 *
 *   top    one bit a word of `mid` that has a free number      (up to 64 words)
 *   mid    one bit a word of `low` that has a free number      (up to 4,096 words)
 *   low    one bit a number, set while it is free
 */
#ifndef CAPMGR_IDS_H
#define CAPMGR_IDS_H

#include "capmgr/base.h"

#define IDS_MAX 262144u
#define IDS_LOW_WORDS(n) (((n) + 63u) / 64u)
#define IDS_MID_WORDS(n) ((IDS_LOW_WORDS(n) + 63u) / 64u)
/* Words of storage for numbers 0..n-1. */
#define IDS_WORDS(n) (IDS_LOW_WORDS(n) + IDS_MID_WORDS(n))

struct ids {
    uint64_t top;
    uint64_t *mid, *low;
    uint32_t count; /* numbers 0..count-1 exist */
    uint32_t used;
};

/* All numbers from `first` to `count`-1 become free, those below are taken for ever. `storage` has
 * IDS_WORDS(count) words; count <= IDS_MAX. Not bounded: for start and new tables. */
void ids_init(struct ids *ids, uint64_t *storage, uint32_t first, uint32_t count);

/* The lowest free number, or CM_NONE. */
uint32_t ids_take(struct ids *ids);

/* Takes this number; false if it is taken or does not exist. */
bool ids_take_this(struct ids *ids, uint32_t id);

/* Gives a number back; false (and no change) if it is free or does not exist. */
bool ids_give(struct ids *ids, uint32_t id);

bool ids_is_taken(const struct ids *ids, uint32_t id);

#endif
