/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Supervision: starts the manifest's components in their order and restarts them by their policy.
 *
 * OS-neutral: what it needs is a table of operations; time comes in with each event. Nothing
 * blocks. Operations must not call back into this core.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include "manifest.h"
#include "restart.h"

#define SUPERVISE_NEVER UINT64_MAX
/* A system without it is of no use to anybody: it counts as critical, without being trusted so. */
#define SUPERVISE_SHELL "shell"

enum supervise_state {
    SUPERVISE_NEW = 0, /* not started yet */
    SUPERVISE_RUNNING,
    SUPERVISE_DELAYED, /* down, to be started at a known time */
    SUPERVISE_DOWN,    /* down for good: policy never */
    SUPERVISE_FAILED   /* down for good: too many restarts */
};

struct supervise_ops {
    /* Starts component `index`; false if that failed, which counts as a death. */
    bool (*start)(void *ctx, uint32_t index);
    /* A component changed its state; for the log. `when` is the time of the next start. */
    void (*changed)(void *ctx, uint32_t index, enum supervise_state state, uint64_t when);
    /* A critical component is down for good. */
    void (*fatal)(void *ctx, uint32_t index);
};

struct supervise_component {
    enum supervise_state state;
    struct restart restart;
    uint64_t when; /* DELAYED: time of the next start */
};

struct supervise {
    const struct supervise_ops *ops;
    void *ctx;
    uint32_t count;
    bool has_failed; /* fatal was called */
    struct supervise_component component[MANIFEST_COMPONENTS];
};

void supervise_init(struct supervise *s, const struct manifest *m, const struct supervise_ops *ops,
                    void *ctx);

/* Starts every component that is new, in declared order. */
void supervise_start_all(struct supervise *s, uint64_t now);

/* Component `index` died. Reports about a component that does not run are ignored (false). */
bool supervise_on_death(struct supervise *s, uint32_t index, uint64_t now);

/* Starts what is due; call it when the deadline of supervise_next() has passed. */
void supervise_on_time(struct supervise *s, uint64_t now);

/* Time of the next start, or SUPERVISE_NEVER. */
uint64_t supervise_next(const struct supervise *s);

#endif
