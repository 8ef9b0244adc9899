/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timer core: deadlines and the wall clock, OS-neutral.
 *
 * Deadlines lie in a bounded heap; the earliest is kept in the one hardware comparator through
 * `arm`. Times are nanoseconds of a monotonic clock that starts at 0. Nothing blocks. Operations
 * must not call back into the core, `expire` excepted, which may add deadlines.
 */
#ifndef TIMER_CORE_H
#define TIMER_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMER_ENTRIES 1024u  /* deadlines in all */
#define TIMER_PER_CLIENT 64u /* deadlines of one client */
#define TIMER_BATCH 32u      /* most expiries of one timer_expire() */
#define TIMER_NEVER UINT64_MAX

enum timer_error {
    TIMER_OK = 0,
    TIMER_E_FULL,    /* TIMER_ENTRIES wait already */
    TIMER_E_LIMIT,   /* this client has TIMER_PER_CLIENT already */
    TIMER_E_EXISTS,  /* this client waits on that token already */
    TIMER_E_MISSING, /* no such deadline: expired, cancelled or never set */
    TIMER_E_NOT_SET, /* the wall clock is not set */
    TIMER_E_RANGE    /* a time that cannot be represented */
};

struct timer_ops {
    /* Asks for timer_expire() at `deadline`; TIMER_NEVER: not at all. */
    void (*arm)(void *ctx, uint64_t deadline);
    /* A deadline has passed; `now` >= `deadline`. */
    void (*expire)(void *ctx, uint64_t owner, uint64_t token, uint64_t deadline, uint64_t now);
};

struct timer_entry {
    uint64_t deadline, order; /* equal deadlines expire in the order of their setting */
    uint64_t owner, token;
};

/* Fields are private. About 32 KiB. */
struct timer {
    const struct timer_ops *ops;
    void *ctx;
    struct timer_entry heap[TIMER_ENTRIES];
    uint32_t count;
    uint64_t next_order, armed;
};

void timer_init(struct timer *t, const struct timer_ops *ops, void *ctx);

/* `token` names the deadline among those of `owner`. A deadline in the past expires at the next
 * timer_expire(), which the core asks for by arming it. */
enum timer_error timer_add(struct timer *t, uint64_t owner, uint64_t token, uint64_t deadline);
enum timer_error timer_cancel(struct timer *t, uint64_t owner, uint64_t token);

/* Forgets all deadlines of a client that is gone. */
void timer_drop(struct timer *t, uint64_t owner);

/* Expires what is due at `now`, at most TIMER_BATCH, and arms the next; returns how many. */
uint32_t timer_expire(struct timer *t, uint64_t now);

/* The earliest deadline, or TIMER_NEVER. */
uint64_t timer_next(const struct timer *t);

/* --- wall clock (wall.c) --- */

/* Before this second (2020-01-01) a clock is taken as not set. */
#define WALL_EARLIEST INT64_C(1577836800)
/* Years up to 9999. */
#define WALL_LATEST INT64_C(253402300799)

struct wall {
    bool is_set;
    int64_t base_sec; /* wall time at monotonic time 0 */
    uint32_t base_nsec;
};

void wall_init(struct wall *w);

/* Sets the clock: it is `sec`, `nsec` after 1970 UTC at monotonic time `mono`. TIMER_E_RANGE for
 * nsec >= 10^9 or a second outside [WALL_EARLIEST, WALL_LATEST]; the clock then stays as it was. */
enum timer_error wall_set(struct wall *w, int64_t sec, uint32_t nsec, uint64_t mono);

/* The time at `mono`; TIMER_E_NOT_SET without a clock. */
enum timer_error wall_get(const struct wall *w, uint64_t mono, int64_t *sec, uint32_t *nsec);

const char *timer_strerror(enum timer_error error);

#endif
