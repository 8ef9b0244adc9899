/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks and sleeping: the counter for monotonic time, the timer server for the rest. */
#include <errno.h>
#include <time.h>

#include "ports.h"
#include "timer.h"

static struct fipc_conn conn;
static int state; /* 0 not tried, 1 connected, -1 not to be had */

static struct fipc_conn *timer_conn(void)
{
    os_start();
    if (state == 0)
        state = component_connect("timer", &timer_timer_peer, &timer_timer_lane, 1, OS_BIT_ALARM,
                                  &conn) == FUT_OK
                    ? 1
                    : -1;
    return state == 1 ? &conn : NULL;
}

static bool wall_now(struct timespec *out)
{
    struct fipc_conn *c = timer_conn();
    int64_t sec;
    uint32_t nsec;

    if (c == NULL || timer_timer_wall((timer_timer){c, 0}, &sec, &nsec) != FUT_OK) return false;
    out->tv_sec = sec;
    out->tv_nsec = (long)nsec;
    return true;
}

/* A clock that is not set is EINVAL; time(2), which cannot say so, gets the time since start. */
long time_now(long clock, struct timespec *out)
{
    bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    uint64_t ns;

    if (clock < 0 || clock > CLOCK_BOOTTIME) return -EINVAL;
    if (wall && wall_now(out)) return 0;
    ns = component_now_ns();
    out->tv_sec = (time_t)(ns / 1000000000u);
    out->tv_nsec = (long)(ns % 1000000000u);
    return wall ? -EINVAL : 0;
}

long time_sleep(long clock, int absolute, const struct timespec *until)
{
    struct fipc_conn *c = timer_conn();
    uint64_t ns = (uint64_t)until->tv_sec * 1000000000u + (uint64_t)until->tv_nsec;

    if (until->tv_sec < 0 || until->tv_nsec < 0 || until->tv_nsec >= 1000000000) return -EINVAL;
    if (absolute && clock == CLOCK_REALTIME) return -ENOSYS;
    if (c == NULL) return -ENOSYS;
    if (!absolute) ns += component_now_ns();
    return port_error(timer_timer_sleep((timer_timer){c, 0}, ns));
}

long time_set(const struct timespec *to)
{
    struct fipc_conn *c = timer_conn();

    return c == NULL ? -EPERM
                     : port_error(timer_timer_set_wall((timer_timer){c, 0}, to->tv_sec,
                                                       (uint32_t)to->tv_nsec));
}

/* What earlier alarms have said is taken out first, so that the ring of events never fills. */
long time_alarm(uint64_t ns)
{
    struct fipc_conn *c = timer_conn();
    struct fipc_event event;
    uint32_t lost;

    if (c == NULL) return -ENOSYS;
    while (fipc_event_next(c, &event, &lost) == FUT_OK)
        ;
    return port_error(timer_timer_alarm((timer_timer){c, 0}, ns));
}
