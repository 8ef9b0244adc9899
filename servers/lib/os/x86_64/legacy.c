/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls that Linux has kept on x86-64 from before their successors, and that the C library
 * prefers there: each becomes its successor.
 */
#include "legacy.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

#include "os.h"

#define CALL(name, a, b, c, d, e) __os_syscall(SYS_##name, (long)(a), (long)(b), c, d, e, 0)

long __os_syscall(long number, long a, long b, long c, long d, long e, long f);

static long poll_call(long fds, long n, int ms)
{
    struct timespec timeout = {ms / 1000, ms % 1000 * 1000000l};

    return os_poll((struct pollfd *)fds, (unsigned long)n, ms < 0 ? NULL : &timeout);
}

static long select_call(long n, long in, long out, long except, const struct timeval *wait)
{
    struct timespec timeout = {0, 0};

    if (wait != NULL) {
        if (wait->tv_sec < 0 || wait->tv_usec < 0 || wait->tv_usec >= 1000000) return -EINVAL;
        timeout = (struct timespec){wait->tv_sec, wait->tv_usec * 1000};
    }
    return os_select(n, (void *)in, (void *)out, (void *)except, wait != NULL ? &timeout : NULL);
}

static long dup2_call(long from, long to)
{
    if (from != to) return CALL(dup3, from, to, 0, 0, 0);
    return os_get(from) == NULL ? -EBADF : to;
}

static long path_call(long number, long a, long b, long c)
{
    switch (number) {
    case SYS_open: return CALL(openat, AT_FDCWD, a, b, c, 0);
    case SYS_creat: return CALL(openat, AT_FDCWD, a, O_WRONLY | O_CREAT | O_TRUNC, b, 0);
    case SYS_stat: return CALL(newfstatat, AT_FDCWD, a, b, 0, 0);
    case SYS_lstat: return CALL(newfstatat, AT_FDCWD, a, b, AT_SYMLINK_NOFOLLOW, 0);
    case SYS_access: return CALL(faccessat, AT_FDCWD, a, b, 0, 0);
    case SYS_mkdir: return CALL(mkdirat, AT_FDCWD, a, b, 0, 0);
    case SYS_rmdir: return CALL(unlinkat, AT_FDCWD, a, AT_REMOVEDIR, 0, 0);
    case SYS_unlink: return CALL(unlinkat, AT_FDCWD, a, 0, 0, 0);
    case SYS_rename: return CALL(renameat, AT_FDCWD, a, AT_FDCWD, b, 0);
    case SYS_link: return CALL(linkat, AT_FDCWD, a, AT_FDCWD, b, 0);
    case SYS_symlink: return CALL(symlinkat, a, AT_FDCWD, b, 0, 0);
    case SYS_readlink: return CALL(readlinkat, AT_FDCWD, a, b, c, 0);
    case SYS_chmod: return CALL(fchmodat, AT_FDCWD, a, b, 0, 0);
    case SYS_chown: return CALL(fchownat, AT_FDCWD, a, b, c, 0);
    case SYS_lchown: return CALL(fchownat, AT_FDCWD, a, b, c, AT_SYMLINK_NOFOLLOW);
    default: return -ENOSYS;
    }
}

long os_legacy(long number, long a, long b, long c, long d, long e)
{
    switch (number) {
    case SYS_poll: return poll_call(a, b, (int)c);
    case SYS_select: return select_call(a, b, c, d, (const struct timeval *)e);
    case SYS_dup2: return dup2_call(a, b);
    case SYS_pipe: return CALL(pipe2, a, 0, 0, 0, 0);
    case SYS_pause: return os_poll(NULL, 0, NULL);
    default: return path_call(number, a, b, c);
    }
}
