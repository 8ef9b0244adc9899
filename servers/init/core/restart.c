/* SPDX-License-Identifier: Apache-2.0 */
/* Restart policy: see restart.h. */
#include "restart.h"

#define MS UINT64_C(1000000)

static uint64_t delay_first(const struct restart_policy *p)
{
    return p->has_limit ? p->backoff_ms * MS : RESTART_DELAY_FIRST;
}

void restart_init(struct restart *r, const struct restart_policy *policy)
{
    *r = (struct restart){.policy = *policy};
    r->delay = delay_first(policy);
}

void restart_on_start(struct restart *r, uint64_t now) { r->started = now; }

/* Moves the ring of counts on to `now` and returns the restarts inside the window. */
static uint64_t window_count(struct restart *r, uint64_t now)
{
    uint64_t width = r->policy.window_ms * MS / RESTART_STEPS;
    uint64_t step = now / (width != 0 ? width : 1);
    uint64_t sum = 0;

    if (step > r->step + RESTART_COUNTS) r->step = step - RESTART_COUNTS;
    while (r->step < step) {
        r->step++;
        r->count[r->step % RESTART_COUNTS] = 0;
    }
    for (uint32_t i = 0; i < RESTART_COUNTS; i++)
        sum += r->count[i];
    return sum;
}

/* Restarts for ever, or another one within the limit? */
static bool window_has_room(struct restart *r, uint64_t now)
{
    if (!r->policy.has_limit) return true;
    if (window_count(r, now) >= r->policy.max) return false;
    r->count[r->step % RESTART_COUNTS]++;
    return true;
}

enum restart_decision restart_on_death(struct restart *r, uint64_t now, uint64_t *when)
{
    uint64_t first = delay_first(&r->policy);

    if (!r->policy.always) return r->policy.critical ? RESTART_FATAL : RESTART_NEVER;
    if (!window_has_room(r, now)) return r->policy.critical ? RESTART_FATAL : RESTART_GIVE_UP;
    if (now - r->started >= RESTART_CALM) r->delay = first;
    *when = now + r->delay;
    /* A first delay above the maximum is the policy's wish and stays as it is. */
    if (r->delay < RESTART_DELAY_MAX)
        r->delay = 2 * r->delay < RESTART_DELAY_MAX ? 2 * r->delay : RESTART_DELAY_MAX;
    r->total++;
    return RESTART_AGAIN;
}
