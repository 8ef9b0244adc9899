/* SPDX-License-Identifier: Apache-2.0 */
/* The ring's two sides. Indices run freely; `limit` caches how far the other side has come, so that
 * a batch costs one load of the shared index. */
#include "fipc/ring.h"
#include "fipc/memory.h"

void fipc_ring_init(struct fipc_ring *r, void *entries, void *mine, const void *other,
                    uint32_t depth, uint32_t size, bool producer)
{
    memset(r, 0, sizeof(*r));
    r->entries = entries;
    r->mine = mine;
    r->other = other;
    r->depth = depth;
    r->size = size;
    r->producer = producer;
    r->limit = producer ? depth : 0;
}

/* Loads the other's index, checks it, and stores how far this side may go. The closed flag is
 * loaded before the index: a producer sets it after its last entry. */
static uint32_t ring_load(struct fipc_ring *r)
{
    uint32_t closed = fipc_load_acquire(&r->other->closed);
    uint32_t other = fipc_load_acquire(&r->other->index);
    uint32_t used = r->producer ? r->index - other : other - r->index;

    if (r->state != FIPC_RING_OPEN) return 0; /* for good, whatever the peer writes now */
    if (used > r->depth) {
        r->state = FIPC_RING_BROKEN;
        r->limit = r->index;
        return 0;
    }
    r->limit = r->producer ? other + r->depth : other;
    if (closed && (r->producer || used == 0)) {
        r->state = FIPC_RING_CLOSED;
        r->limit = r->index;
    }
    return r->limit - r->index;
}

static uint32_t ring_span(struct fipc_ring *r)
{
    return r->limit != r->index ? r->limit - r->index : ring_load(r);
}

uint32_t fipc_ring_room(struct fipc_ring *r) { return ring_span(r); }
uint32_t fipc_ring_ready(struct fipc_ring *r) { return ring_span(r); }

void fipc_ring_put(struct fipc_ring *r, const void *entry)
{
    memcpy(r->entries + (size_t)(r->index & (r->depth - 1)) * r->size, entry, r->size);
    r->index++;
}

void fipc_ring_take(struct fipc_ring *r, void *entry)
{
    fipc_copy_in(entry, r->entries + (size_t)(r->index & (r->depth - 1)) * r->size, r->size);
    r->index++;
}

static bool ring_publish(struct fipc_ring *r)
{
    fipc_store_release(&r->mine->index, r->index);
    fipc_fence();
    return fipc_load_acquire(&r->other->want) != 0;
}

bool fipc_ring_publish(struct fipc_ring *r) { return ring_publish(r); }
bool fipc_ring_consumed(struct fipc_ring *r) { return ring_publish(r); }

bool fipc_ring_park(struct fipc_ring *r)
{
    if (ring_span(r)) return false;
    fipc_store_release(&r->mine->want, 1);
    fipc_fence();
    if (ring_load(r) == 0 && r->state == FIPC_RING_OPEN) return true;
    fipc_ring_unpark(r);
    return false;
}

void fipc_ring_unpark(struct fipc_ring *r) { fipc_store_release(&r->mine->want, 0); }

void fipc_ring_close(struct fipc_ring *r)
{
    fipc_store_release(&r->mine->closed, 1);
    fipc_fence();
}
