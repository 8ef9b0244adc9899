/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poll and select. Every descriptor that is not ready is watched by its server, which raises
 * OS_BIT_READY once when it may have become so; then all are looked at again. A time-out is an
 * alarm of the timer server, OS_BIT_ALARM. Waiting costs nothing. A bit that is left over from an
 * earlier wait only makes for one more look.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "futura/syscall.h"
#include "ports.h"

#define SECOND 1000000000u

static long poll_one(const struct pollfd *p, int wait)
{
    struct os_open *o = os_get(p->fd);

    if (p->fd < 0) return 0;
    if (o == NULL) return POLLNVAL;
    if (file_settle(o) != 0) return POLLERR;
    if (o->kind == OS_TERMINAL) return tty_poll(o, p->events, wait);
    if (o->kind == OS_PIPE_READ || o->kind == OS_PIPE_WRITE) return fs_poll(o, p->events, wait);
    return p->events & (POLLIN | POLLOUT); /* files and directories never keep anybody waiting */
}

static long poll_all(struct pollfd *fds, unsigned long n, int wait)
{
    long ready = 0;

    for (unsigned long i = 0; i < n; i++) {
        fds[i].revents = (short)poll_one(&fds[i], wait && ready == 0);
        ready += fds[i].revents != 0;
    }
    return ready;
}

/* 0 or -errno; `until` 0: no time-out. Bit 63: a server died, or capmgr has something else to say.
 */
static long poll_wait(uint64_t until)
{
    struct fut_msg m;
    long e = until != 0 ? time_alarm(until) : 0;
    fut_status s;

    if (e != 0) return e;
    s = fut_sys_recv(0, OS_BIT_READY | OS_BIT_ALARM | FIPC_BIT_CAPMGR, 0, &m);
    if (until != 0) (void)time_alarm(0);
    return s == FUT_S_OK ? 0 : -EINTR;
}

long os_poll(struct pollfd *fds, unsigned long n, const struct timespec *timeout)
{
    bool wait = timeout == NULL || timeout->tv_sec != 0 || timeout->tv_nsec != 0;
    uint64_t until = 0;
    long ready, e;

    if (n > OS_FDS) return -EINVAL;
    if (timeout != NULL) {
        if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= SECOND)
            return -EINVAL;
        until =
            component_now_ns() + (uint64_t)timeout->tv_sec * SECOND + (uint64_t)timeout->tv_nsec;
    }
    for (;;) {
        ready = poll_all(fds, n, wait);
        if (ready != 0 || !wait) return ready;
        if (timeout != NULL && component_now_ns() >= until) return 0;
        e = poll_wait(until);
        if (e != 0) return e;
    }
}

/* Adds the members of a set as descriptors to poll. */
static void select_add(struct pollfd *fds, long n, const fd_set *set, short events)
{
    for (long i = 0; set != NULL && i < n; i++)
        if (FD_ISSET(i, set)) fds[i].events |= events;
}

static long select_take(const struct pollfd *fds, long n, fd_set *set, short events)
{
    long count = 0;

    for (long i = 0; set != NULL && i < n; i++) {
        if (!FD_ISSET(i, set)) continue;
        if ((fds[i].revents & events) == 0)
            FD_CLR(i, set);
        else
            count++;
    }
    return count;
}

long os_select(long n, void *in, void *out, void *except, const struct timespec *timeout)
{
    struct pollfd fds[OS_FDS];
    long r;

    if (n < 0 || n > OS_FDS) return -EINVAL;
    for (long i = 0; i < n; i++)
        fds[i] = (struct pollfd){.fd = (int)i};
    select_add(fds, n, in, POLLIN);
    select_add(fds, n, out, POLLOUT);
    select_add(fds, n, except, POLLPRI);
    for (long i = 0; i < n; i++)
        if (fds[i].events == 0)
            fds[i].fd = -1;
        else if (os_get(i) == NULL)
            return -EBADF;
    r = os_poll(fds, (unsigned long)n, timeout);
    if (r < 0) return r;
    r = select_take(fds, n, in, POLLIN | POLLHUP | POLLERR);
    r += select_take(fds, n, out, POLLOUT | POLLERR);
    return r + select_take(fds, n, except, POLLPRI);
}
