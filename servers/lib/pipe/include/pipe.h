/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pipe: a bounded ring of bytes between counted readers and writers, with readiness.
 *
 * Nothing blocks. An operation that would have to wait answers FSC_EAGAIN; whoever wants to be told
 * registers a waiter (`pipe_wait`) and is woken once through `wake`, after which it tries again.
 * Writes of at most PIPE_ATOMIC bytes are never split. The caller owns all memory.
 */
#ifndef PIPE_H
#define PIPE_H

#include "fscore.h"

#define PIPE_ATOMIC 4096u /* POSIX's PIPE_BUF */
#define PIPE_WAITERS 32u  /* most registered waiters of one pipe */

struct pipe_waiter {
    uint64_t token; /* the caller's; 0 = free place */
    uint32_t mask;
};

/* The fields are private. */
struct pipe {
    uint8_t *ring;
    uint32_t size, head, count; /* bytes; head is where the oldest lies */
    uint32_t readers, writers;
    void (*wake)(void *ctx, uint64_t token, uint32_t ready);
    void *ctx;
    struct pipe_waiter waiters[PIPE_WAITERS];
};

/* `ring` has `size` bytes, at least PIPE_ATOMIC, and is borrowed. One reader and one writer exist
 * at first. `wake` must not call back into the pipe. FSC_EINVAL if the ring is too small. */
int pipe_init(struct pipe *p, void *ring, uint32_t size,
              void (*wake)(void *ctx, uint64_t token, uint32_t ready), void *ctx);

/* Counts one more reader (`write` false) or writer. FSC_EPIPE when that side is closed for good. */
int pipe_ref(struct pipe *p, bool write);
/* One reader or writer less; the last one wakes the other side. Answers true when both sides are
 * closed and the memory may go. */
bool pipe_unref(struct pipe *p, bool write);

/* Takes up to `cap` bytes. 0 bytes with FSC_OK: end of file. FSC_EAGAIN: empty, writers exist. */
int pipe_read(struct pipe *p, void *out, uint32_t cap, uint32_t *got);
/* Puts bytes in; *put may be less than `len` only if len > PIPE_ATOMIC. FSC_EPIPE without readers,
 * FSC_EAGAIN without room. */
int pipe_write(struct pipe *p, const void *data, uint32_t len, uint32_t *put);

/* Readiness of one end. */
uint32_t pipe_ready(const struct pipe *p, bool write_end);
/* Registers a one-shot waiter: if a bit of `mask` is ready already it is woken before this returns.
 * FSC_EAGAIN when all places are taken, FSC_EINVAL for token 0. */
int pipe_wait(struct pipe *p, bool write_end, uint32_t mask, uint64_t token);
/* Forgets a waiter; harmless if it has been woken. */
void pipe_cancel(struct pipe *p, uint64_t token);

#endif
