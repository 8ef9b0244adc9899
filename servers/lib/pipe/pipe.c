/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipe's ring and its waiters. Invariants: count <= size, head < size, ring bytes outside
 * [head, head + count) are never read; a waiter is removed before it is woken, so it is woken once.
 */
#include "pipe.h"

#include <string.h>

#define WRITE_END 0x80000000u /* in a waiter's mask: it waits for the write end */

int pipe_init(struct pipe *p, void *ring, uint32_t size,
              void (*wake)(void *ctx, uint64_t token, uint32_t ready), void *ctx)
{
    if (size < PIPE_ATOMIC || size > 0x40000000u) return FSC_EINVAL;
    memset(p, 0, sizeof *p);
    p->ring = ring;
    p->size = size;
    p->readers = p->writers = 1;
    p->wake = wake;
    p->ctx = ctx;
    return FSC_OK;
}

static void pipe_wake(struct pipe *p)
{
    for (uint32_t i = 0; i < PIPE_WAITERS; i++) {
        struct pipe_waiter w = p->waiters[i];
        uint32_t ready;

        if (w.token == 0) continue;
        ready = pipe_ready(p, w.mask & WRITE_END) & (w.mask | FSC_HANGUP);
        if (ready == 0) continue;
        p->waiters[i].token = 0;
        p->wake(p->ctx, w.token, ready);
    }
}

int pipe_ref(struct pipe *p, bool write)
{
    uint32_t *n = write ? &p->writers : &p->readers;

    if (*n == 0 || *n == UINT32_MAX) return FSC_EPIPE;
    (*n)++;
    return FSC_OK;
}

bool pipe_unref(struct pipe *p, bool write)
{
    uint32_t *n = write ? &p->writers : &p->readers;

    if (*n != 0 && --*n == 0) pipe_wake(p);
    return p->readers == 0 && p->writers == 0;
}

int pipe_read(struct pipe *p, void *out, uint32_t cap, uint32_t *got)
{
    uint32_t n = cap < p->count ? cap : p->count;
    uint32_t first = n < p->size - p->head ? n : p->size - p->head;

    *got = 0;
    if (cap == 0) return FSC_OK;
    if (p->count == 0) return p->writers ? FSC_EAGAIN : FSC_OK;
    memcpy(out, p->ring + p->head, first);
    memcpy((uint8_t *)out + first, p->ring, n - first);
    p->head = (p->head + n) % p->size;
    p->count -= n;
    *got = n;
    pipe_wake(p);
    return FSC_OK;
}

int pipe_write(struct pipe *p, const void *data, uint32_t len, uint32_t *put)
{
    uint32_t room = p->size - p->count;
    uint32_t n = len < room ? len : room;
    uint32_t tail = (p->head + p->count) % p->size;
    uint32_t first = n < p->size - tail ? n : p->size - tail;

    *put = 0;
    if (p->readers == 0) return FSC_EPIPE;
    if (len == 0) return FSC_OK;
    if (room == 0 || (len <= PIPE_ATOMIC && room < len)) return FSC_EAGAIN;
    memcpy(p->ring + tail, data, first);
    memcpy(p->ring, (const uint8_t *)data + first, n - first);
    p->count += n;
    *put = n;
    pipe_wake(p);
    return FSC_OK;
}

/* The write end is ready when a write of PIPE_ATOMIC bytes cannot fail: poll must not promise what
 * an atomic write then refuses. */
uint32_t pipe_ready(const struct pipe *p, bool write_end)
{
    if (write_end)
        return (p->readers == 0 ? FSC_HANGUP : 0) |
               (p->readers == 0 || p->size - p->count >= PIPE_ATOMIC ? FSC_WRITABLE : 0);
    return (p->writers == 0 ? FSC_HANGUP : 0) |
           (p->writers == 0 || p->count != 0 ? FSC_READABLE : 0);
}

int pipe_wait(struct pipe *p, bool write_end, uint32_t mask, uint64_t token)
{
    if (token == 0) return FSC_EINVAL;
    for (uint32_t i = 0; i < PIPE_WAITERS; i++) {
        if (p->waiters[i].token != 0) continue;
        p->waiters[i].token = token;
        p->waiters[i].mask = (mask & ~WRITE_END) | (write_end ? WRITE_END : 0);
        pipe_wake(p);
        return FSC_OK;
    }
    return FSC_EAGAIN;
}

void pipe_cancel(struct pipe *p, uint64_t token)
{
    for (uint32_t i = 0; i < PIPE_WAITERS; i++)
        if (token != 0 && p->waiters[i].token == token) p->waiters[i].token = 0;
}
