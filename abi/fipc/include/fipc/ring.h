/* SPDX-License-Identifier: Apache-2.0 */
/* The one ring (FIPC.md 4): single producer, single consumer, depth 2^k, free-running indices. The
 * two lines and the entries lie in the areas of their writers, so the MMU says who writes what.
 *
 * Each side keeps its own index here, privately, and only stores it; the other's is loaded once a
 * batch and checked. An entry is copied to private memory before anything in it is believed.
 *
 *   producer:  n = fipc_ring_room(r)         entries that fit
 *              fipc_ring_put(r, &entry)      at most n of them, not yet visible
 *              if (fipc_ring_publish(r))     ring the consumer's doorbell
 *   consumer:  n = fipc_ring_ready(r)        entries that wait
 *              fipc_ring_take(r, &entry)     at most n of them
 *              if (fipc_ring_consumed(r))    ring the producer's doorbell
 *   to sleep:  if (fipc_ring_park(r))        wait for the doorbell, then fipc_ring_unpark(r);
 *              else                          the condition has changed meanwhile: go on
 *
 * A broken ring (the other's index is impossible) stays broken; close the session. */
#ifndef FIPC_RING_H
#define FIPC_RING_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fipc_ring_line {
    uint32_t index;  /* producer: head; consumer: tail */
    uint32_t want;   /* 1: its writer sleeps; ring when the other index moves */
    uint32_t closed; /* 1: its writer is done for good */
    uint32_t pad[29];
};
_Static_assert(sizeof(struct fipc_ring_line) == 128, "a ring line is 128 bytes");

enum fipc_ring_state { FIPC_RING_OPEN, FIPC_RING_CLOSED, FIPC_RING_BROKEN };

struct fipc_ring {
    uint8_t *entries; /* written by the producer only */
    struct fipc_ring_line *mine;
    const struct fipc_ring_line *other;
    uint32_t index; /* my own, published by publish or consumed */
    uint32_t limit; /* producer: other's tail + depth; consumer: other's head, as last loaded */
    uint32_t depth, size;
    uint8_t producer; /* 1: this side produces */
    uint8_t state;
};

/* depth: power of two; size: bytes of an entry. Both sides call it when the lane is fresh. */
void fipc_ring_init(struct fipc_ring *r, void *entries, void *mine, const void *other,
                    uint32_t depth, uint32_t size, bool producer);

/* Producer: entries that can be put now; loads the other's index if none was known. 0: full, closed
 * or broken (see state). */
uint32_t fipc_ring_room(struct fipc_ring *r);
/* Copies one entry in. Only after room said so. */
void fipc_ring_put(struct fipc_ring *r, const void *entry);
/* Makes what was put visible. True: the consumer sleeps, ring it. */
bool fipc_ring_publish(struct fipc_ring *r);

/* Consumer: entries that wait. 0: empty, closed (nothing follows) or broken. */
uint32_t fipc_ring_ready(struct fipc_ring *r);
/* Copies one entry out, once. Only after ready said so. */
void fipc_ring_take(struct fipc_ring *r, void *entry);
/* Gives the taken places back. True: the producer sleeps, ring it. */
bool fipc_ring_consumed(struct fipc_ring *r);

/* Says that this side is about to sleep. False: there is something to do (want is off again). */
bool fipc_ring_park(struct fipc_ring *r);
void fipc_ring_unpark(struct fipc_ring *r);

/* This side is done: nothing follows head, or nothing more is taken. Ring the other's doorbell. */
void fipc_ring_close(struct fipc_ring *r);

#endif
