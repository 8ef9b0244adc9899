/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page allocator over the frames of RAM. Numbers are offsets in the region of all RAM.
 *
 * A word of the map stands for 64 neighbouring frames, a bit set is a free one. For each order k
 * (2^k frames, 0..6) a summary says which words hold an aligned free run of that size, and a
 * summary above it which words of the summary are not zero; so taking and giving runs costs a few
 * words, whatever the size of memory. Fuller words are preferred only in that lower ones come
 * first.
 *
 * A frame given back passes through limbo: it may be used again only when every core has passed the
 * epoch of its removal. Limbo is first in, first out; when it is full, `frames_retire` says so, and
 * the caller makes the epoch pass and settles some first.
 */
#ifndef CAPMGR_FRAMES_H
#define CAPMGR_FRAMES_H

#include "capmgr/base.h"

#define FRAMES_ORDERS 7u
#define FRAMES_LIMBO 256u
#define FRAMES_MAP_WORDS(n) (((uint64_t)(n) + 63u) / 64u)
#define FRAMES_MID_WORDS(n) ((FRAMES_MAP_WORDS(n) + 63u) / 64u)
#define FRAMES_TOP_WORDS(n) ((FRAMES_MID_WORDS(n) + 63u) / 64u)
/* Words of storage for n frames (0.16 % of the frames' bitmap's size more than one bit a frame). */
#define FRAMES_WORDS(n)                                                                            \
    (FRAMES_MAP_WORDS(n) + FRAMES_ORDERS * (FRAMES_MID_WORDS(n) + FRAMES_TOP_WORDS(n)))
/* 64 words of `top` are scanned at most: 2^24 frames, 64 GiB. */
#define FRAMES_MAX (64u * 64u * 64u * 64u)

struct frames_order {
    uint64_t *mid, *top;
};

struct frames {
    uint64_t *map;
    struct frames_order order[FRAMES_ORDERS];
    uint32_t count, top_words;
    uint32_t free, total; /* frames free now; frames that were ever added */
    uint32_t limbo_first, limbo_count;
    struct {
        uint32_t frame, epoch;
    } limbo[FRAMES_LIMBO];
};

/* No frame is free at first. `storage` has FRAMES_WORDS(count) words; count <= FRAMES_MAX. */
void frames_init(struct frames *f, uint64_t *storage, uint32_t count);

/* Adds the range [first, first + n) at start; not bounded. Frames out of range or free are skipped.
 */
void frames_add(struct frames *f, uint32_t first, uint32_t n);

/* Takes an aligned run of 2^order frames; CM_NONE if there is none (a smaller order may succeed).
 */
uint32_t frames_take(struct frames *f, uint32_t order);

/* Takes one particular frame; false if it is not free. */
bool frames_take_this(struct frames *f, uint32_t frame);

/* Takes `n` (up to 4,096) neighbouring frames, starting to look at *cursor (0 at first) and giving
 * up after CM_STEPS words: CM_EAGAIN, go on. CM_ENOMEM at the end. For device memory. */
enum cm_err frames_take_run(struct frames *f, uint32_t n, uint32_t *cursor, uint32_t *first);

/* Gives frames back that no mapping ever named (or whose epoch has passed). False (and no change)
 * if the first of them is free or out of range. n <= 64 and within one word. */
bool frames_give(struct frames *f, uint32_t first, uint32_t n);

/* Puts a frame that was unmapped in `epoch` into limbo. False: limbo is full. */
bool frames_retire(struct frames *f, uint32_t frame, uint32_t epoch);

/* The next frame of limbo whose epoch is not after `passed`, or CM_NONE; the caller makes it FREE
 * in the nucleus and then calls frames_give. */
uint32_t frames_settle(struct frames *f, uint32_t passed);

bool frames_is_free(const struct frames *f, uint32_t frame);

/* Do the summaries say what the map says? For tests; not bounded. */
bool frames_check(const struct frames *f);

#endif
