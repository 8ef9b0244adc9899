/* SPDX-License-Identifier: Apache-2.0 */
/* Wall clock: a base in front of the monotonic clock. See timer_core.h. */
#include "timer_core.h"

#define NSEC UINT64_C(1000000000)

void wall_init(struct wall *w)
{
    w->is_set = false;
    w->base_sec = 0;
    w->base_nsec = 0;
}

enum timer_error wall_set(struct wall *w, int64_t sec, uint32_t nsec, uint64_t mono)
{
    uint32_t part = (uint32_t)(mono % NSEC);

    if (nsec >= NSEC || sec < WALL_EARLIEST || sec > WALL_LATEST) return TIMER_E_RANGE;
    w->base_sec = sec - (int64_t)(mono / NSEC) - (nsec < part);
    w->base_nsec = nsec + (nsec < part ? (uint32_t)NSEC : 0) - part;
    w->is_set = true;
    return TIMER_OK;
}

enum timer_error wall_get(const struct wall *w, uint64_t mono, int64_t *sec, uint32_t *nsec)
{
    uint64_t part = w->base_nsec + mono % NSEC;

    if (!w->is_set) return TIMER_E_NOT_SET;
    *sec = w->base_sec + (int64_t)(mono / NSEC) + (int64_t)(part / NSEC);
    *nsec = (uint32_t)(part % NSEC);
    return TIMER_OK;
}
