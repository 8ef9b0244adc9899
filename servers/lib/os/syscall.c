/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatch of Linux's system calls, by the architecture's own numbers. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>

#include "futura/processor.h"
#include "legacy.h"
#include "os.h"

long __os_syscall(long number, long a, long b, long c, long d, long e, long f);

static long sys_openat(long dirfd, const char *path, long flags, long mode)
{
    char full[OS_PATH];
    struct os_open *o;
    long e = os_path(dirfd, path, full), fd;

    if (e != 0) return e;
    o = os_open_new(OS_FILE, (uint32_t)flags);
    if (o == NULL) return -ENFILE;
    e = fs_open(full, (uint32_t)flags, (uint32_t)mode & ~os_umask, o);
    if (e == 0 && o->kind == OS_DIRECTORY) {
        o->path = strdup(full);
        if (o->path == NULL) e = -ENOMEM;
    }
    if (e != 0) {
        os_open_drop(o);
        return e;
    }
    fd = os_install(o, 0, (flags & O_CLOEXEC) != 0);
    if (fd < 0) os_open_drop(o);
    return fd;
}

static long sys_vector(long fd, const struct iovec *iov, long count, int writing)
{
    struct os_open *o = os_get(fd);
    long total = 0, n;

    if (o == NULL) return -EBADF;
    if (count < 0 || count > 1024) return -EINVAL;
    for (long i = 0; i < count; i++) {
        if (iov[i].iov_len == 0) continue;
        n = writing ? os_write(o, iov[i].iov_base, iov[i].iov_len, -1)
                    : os_read(o, iov[i].iov_base, iov[i].iov_len, -1);
        if (n < 0) return total > 0 ? total : n;
        total += n;
        if ((size_t)n < iov[i].iov_len) break;
    }
    return total;
}

static long sys_lseek(long fd, long offset, long whence)
{
    struct os_open *o = os_get(fd);
    struct stat st;
    long base = 0, e;

    if (o == NULL) return -EBADF;
    if (o->kind != OS_FILE && o->kind != OS_DIRECTORY) return -ESPIPE;
    if (whence == SEEK_CUR) {
        base = (long)o->offset;
    } else if (whence == SEEK_END) {
        e = fs_stat(o, &st);
        if (e != 0) return e;
        base = st.st_size;
    } else if (whence != SEEK_SET) {
        return -EINVAL;
    }
    if (base + offset < 0) return -EINVAL;
    o->offset = (uint64_t)(base + offset);
    return base + offset;
}

static void terminal_stat(struct stat *st, uint32_t type)
{
    memset(st, 0, sizeof *st);
    st->st_mode = type | 0620;
    st->st_nlink = 1;
    st->st_blksize = 4096;
}

static long sys_fstat(long fd, struct stat *st)
{
    struct os_open *o = os_get(fd);

    if (o == NULL) return -EBADF;
    if (o->kind == OS_TERMINAL || o->kind == OS_PIPE_READ || o->kind == OS_PIPE_WRITE) {
        terminal_stat(st, o->kind == OS_TERMINAL ? S_IFCHR : S_IFIFO);
        return 0;
    }
    return fs_stat(o, st);
}

static long sys_fstatat(long dirfd, const char *path, struct stat *st, long flags)
{
    char full[OS_PATH];
    long e;

    if ((flags & AT_EMPTY_PATH) != 0 && path[0] == 0) return sys_fstat(dirfd, st);
    e = os_path(dirfd, path, full);
    return e != 0 ? e : fs_stat_path(full, (flags & AT_SYMLINK_NOFOLLOW) == 0, st);
}

static long sys_access(long dirfd, const char *path, long mode)
{
    struct stat st;
    long e = sys_fstatat(dirfd, path, &st, 0);

    if (e != 0) return e;
    return (mode & 1) != 0 && (st.st_mode & 0111) == 0 ? -EACCES : 0;
}

static long sys_fcntl(long fd, long command, long argument)
{
    struct os_open *o = os_get(fd);

    if (o == NULL) return -EBADF;
    switch (command) {
    case F_DUPFD: return os_dup(fd, argument, 0);
    case F_DUPFD_CLOEXEC: return os_dup(fd, argument, 1);
    case F_GETFD: return os_fds[fd].cloexec ? FD_CLOEXEC : 0;
    case F_SETFD: os_fds[fd].cloexec = (argument & FD_CLOEXEC) != 0; return 0;
    case F_GETFL: return o->flags;
    case F_SETFL:
        o->flags = (o->flags & ~(uint32_t)(O_APPEND | O_NONBLOCK)) |
                   ((uint32_t)argument & (O_APPEND | O_NONBLOCK));
        return 0;
    default: return -EINVAL;
    }
}

static long sys_ioctl(long fd, long request, void *argument)
{
    struct os_open *o = os_get(fd);

    long e;

    if (o == NULL) return -EBADF;
    e = file_settle(o);
    if (e != 0) return e;
    return o->kind == OS_TERMINAL ? tty_ioctl(o, (unsigned long)request, argument) : -ENOTTY;
}

static long sys_pipe(int fds[2], long flags)
{
    struct os_open *r = os_open_new(OS_PIPE_READ, O_RDONLY),
                   *w = os_open_new(OS_PIPE_WRITE, O_WRONLY);
    long e = r == NULL || w == NULL ? -ENFILE : fs_make_pipe(r, w), a = -1, b = -1;

    if (e == 0) {
        a = os_install(r, 0, (flags & O_CLOEXEC) != 0);
        b = os_install(w, 0, (flags & O_CLOEXEC) != 0);
        e = a < 0 ? a : b < 0 ? b : 0;
    }
    if (e == 0) {
        fds[0] = (int)a;
        fds[1] = (int)b;
        return 0;
    }
    if (a >= 0)
        os_close(a);
    else if (r != NULL)
        os_open_drop(r);
    if (w != NULL) os_open_drop(w);
    return e;
}

static long sys_uname(struct utsname *u)
{
    static const struct utsname self = {.sysname = "Futura",
                                        .nodename = "futura",
                                        .release = "0.1",
                                        .version = "1",
                                        .machine = FUT_PROCESSOR_NAME};

    *u = self;
    return 0;
}

/* linkat, renameat and renameat2; `e` are the flags of the last. */
static long two_paths_call(long number, long a, long b, long c, long d, long e)
{
    char one[OS_PATH], two[OS_PATH];
    long r = os_path(a, (const char *)b, one);

    if (r == 0) r = os_path(c, (const char *)d, two);
    if (r != 0) return r;
    if (number == SYS_linkat) return fs_link(one, two);
    return fs_rename(one, two, number == SYS_renameat || (e & 1) == 0);
}

static long path_call(long number, long a, long b, long c, long d, long e)
{
    char one[OS_PATH];
    long r;

    switch (number) {
    case SYS_mkdirat:
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_mkdir(one, (uint32_t)c & ~os_umask);
    case SYS_unlinkat:
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_unlink(one, (c & AT_REMOVEDIR) != 0);
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_linkat: return two_paths_call(number, a, b, c, d, e);
    case SYS_symlinkat:
        r = os_path(b, (const char *)c, one);
        return r ? r : fs_symlink((const char *)a, one);
    case SYS_readlinkat:
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_readlink(one, (char *)c, (size_t)d);
    case SYS_fchmodat:
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_set_mode(one, (uint32_t)c);
    case SYS_fchownat:
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_set_owner(one, (uint32_t)c, (uint32_t)d);
    case SYS_utimensat:
        if (b == 0) {
            struct os_open *o = os_get(a);
            return o == NULL ? -EBADF : fs_set_times(NULL, o, (const struct timespec *)c);
        }
        r = os_path(a, (const char *)b, one);
        return r ? r : fs_set_times(one, NULL, (const struct timespec *)c);
    case SYS_truncate: return -ENOSYS;
    case SYS_statfs:
        r = os_path(AT_FDCWD, (const char *)a, one);
        return r ? r : fs_statfs(one, (void *)b);
    default: return -ENOSYS;
    }
}

static long fd_call(long number, long a, long b, long c, long d)
{
    struct os_open *o = os_get(a);

    switch (number) {
    case SYS_read: return o == NULL ? -EBADF : os_read(o, (void *)b, (size_t)c, -1);
    case SYS_write: return o == NULL ? -EBADF : os_write(o, (const void *)b, (size_t)c, -1);
    case SYS_pread64: return o == NULL ? -EBADF : os_read(o, (void *)b, (size_t)c, d);
    case SYS_pwrite64: return o == NULL ? -EBADF : os_write(o, (const void *)b, (size_t)c, d);
    case SYS_readv: return sys_vector(a, (const struct iovec *)b, c, 0);
    case SYS_writev: return sys_vector(a, (const struct iovec *)b, c, 1);
    case SYS_close: return os_close(a);
    case SYS_lseek: return sys_lseek(a, b, c);
    case SYS_fstat: return sys_fstat(a, (struct stat *)b);
    case SYS_getdents64:
        return o == NULL                 ? -EBADF
               : o->kind != OS_DIRECTORY ? -ENOTDIR
                                         : fs_readdir(o, (void *)b, (size_t)c);
    case SYS_ftruncate:
        return o == NULL ? -EBADF : o->kind != OS_FILE ? -EINVAL : fs_truncate(o, (uint64_t)b);
    case SYS_fsync:
    case SYS_fdatasync: return o == NULL ? -EBADF : fs_sync(o, number == SYS_fdatasync);
    case SYS_dup: return os_dup(a, 0, 0);
    case SYS_dup3: return a == b ? -EINVAL : os_dup_to(a, b, (c & O_CLOEXEC) != 0);
    case SYS_fcntl: return sys_fcntl(a, b, c);
    case SYS_ioctl: return sys_ioctl(a, b, (void *)c);
    case SYS_pipe2: return sys_pipe((int *)a, b);
    default: return -ENOSYS;
    }
}

static long system_call(long number, long a, long b, long c, long d, long e, long f)
{
    switch (number) {
    case SYS_exit:
    case SYS_exit_group: cm_exit((int)a);
    case SYS_mmap: return os_mmap(a, b, c, d, e, f);
    case SYS_munmap: return os_munmap(a, b);
    case SYS_mprotect: return os_mprotect(a, b, c);
    case SYS_brk: /* no break: the allocator falls back on mmap */ return 0;
    case SYS_madvise: return 0;
    case SYS_clock_gettime: return time_now(a, (struct timespec *)b);
    case SYS_clock_settime:
        return a == CLOCK_REALTIME ? time_set((const struct timespec *)b) : -EINVAL;
    case SYS_clock_nanosleep: return time_sleep(a, (int)b, (const struct timespec *)c);
    case SYS_nanosleep: return time_sleep(CLOCK_MONOTONIC, 0, (const struct timespec *)a);
    case SYS_ppoll:
        return os_poll((struct pollfd *)a, (unsigned long)b, (const struct timespec *)c);
    case SYS_pselect6:
        return os_select(a, (void *)b, (void *)c, (void *)d, (const struct timespec *)e);
    case SYS_umask: {
        long before = os_umask;

        os_umask = (uint32_t)a & 0777u;
        return before;
    }
    case SYS_getrandom: return cm_random((void *)a, (size_t)b);
    case SYS_uname: return sys_uname((struct utsname *)a);
    case SYS_set_tid_address: /* before there is an auxiliary vector to start with */ return 1;
    case SYS_getpid:
    case SYS_gettid: return cm_number();
    case SYS_getppid: return cm_parent();
    case SYS_getuid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getegid: return 0;
    case SYS_rt_sigprocmask: /* no signals are delivered to native programs: nothing to mask */
        return 0;
    default: return os_legacy(number, a, b, c, d, e);
    }
}

long __os_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    if (number != SYS_set_tid_address && number != SYS_exit_group) os_start();
    switch (number) {
    case SYS_openat: return sys_openat(a, (const char *)b, c, d);
    case SYS_newfstatat: return sys_fstatat(a, (const char *)b, (struct stat *)c, d);
    case SYS_faccessat: return sys_access(a, (const char *)b, c);
    case SYS_chdir: return os_chdir((const char *)a);
    case SYS_fchdir:
        return os_get(a) == NULL         ? -EBADF
               : os_get(a)->path == NULL ? -ENOTDIR
                                         : os_chdir(os_get(a)->path);
    case SYS_getcwd: return os_getcwd((char *)a, (size_t)b);
    case SYS_mkdirat:
    case SYS_unlinkat:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_linkat:
    case SYS_symlinkat:
    case SYS_readlinkat:
    case SYS_fchmodat:
    case SYS_fchownat:
    case SYS_utimensat:
    case SYS_statfs: return path_call(number, a, b, c, d, e);
    default: break;
    }
    if (number == SYS_mmap || number == SYS_munmap) return system_call(number, a, b, c, d, e, f);
    {
        long r = fd_call(number, a, b, c, d);

        return r == -ENOSYS ? system_call(number, a, b, c, d, e, f) : r;
    }
}
