/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restart policy of one component: a small state machine without clock or side effects.
 *
 * The delay before a restart is the policy's back-off, doubled for each further death up to one
 * second; it starts anew when the component has run for ten seconds. A back-off of 0 restarts at
 * once. With a limit, more than `max` restarts within the window make init give up. The window is
 * counted in steps of a 32nd of it, so that it may be up to that much longer than stated.
 * Times are monotonic nanoseconds.
 */
#ifndef RESTART_H
#define RESTART_H

#include <stdbool.h>
#include <stdint.h>

#define RESTART_STEPS 32u
#define RESTART_COUNTS (RESTART_STEPS + 1)     /* whole steps of the window and the current one */
#define RESTART_DELAY_FIRST UINT64_C(1000000)  /* 1 ms, where the policy states none */
#define RESTART_DELAY_MAX UINT64_C(1000000000) /* 1 s */
#define RESTART_CALM UINT64_C(10000000000)     /* 10 s of running reset the delay */

enum restart_decision {
    RESTART_AGAIN,   /* at the time that was returned */
    RESTART_NEVER,   /* the policy says never: the component stays down */
    RESTART_GIVE_UP, /* too many restarts */
    RESTART_FATAL    /* a critical component is down for good: the system cannot go on */
};

struct restart_policy {
    bool always, critical;
    bool has_limit; /* max, window and back-off were stated */
    uint32_t max;
    uint32_t window_ms, backoff_ms;
};

/* Fields are private. */
struct restart {
    struct restart_policy policy;
    uint64_t started, delay;
    uint64_t step;                  /* index of the newest step, counted from time 0 */
    uint32_t count[RESTART_COUNTS]; /* restarts by step, ring */
    uint32_t total;                 /* restarts ever */
};

void restart_init(struct restart *r, const struct restart_policy *policy);

/* The component runs since `now`. */
void restart_on_start(struct restart *r, uint64_t now);

/* The component died (or could not be started) at `now`; *when: start it then. A critical component
 * with policy `always` is restarted like any other; RESTART_FATAL stands for NEVER and GIVE_UP. */
enum restart_decision restart_on_death(struct restart *r, uint64_t now, uint64_t *when);

#endif
