/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors and open files. One thread at a time: native programs have one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "os.h"

struct os_fd os_fds[OS_FDS];
static struct os_open opens[OS_FDS + 8];

struct os_open *os_get(long fd)
{
    if (fd < 0 || fd >= OS_FDS) return NULL;
    return os_fds[fd].open;
}

struct os_open *os_open_new(enum os_kind kind, uint32_t flags)
{
    for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
        if (opens[i].kind != OS_FREE) continue;
        memset(&opens[i], 0, sizeof opens[i]);
        opens[i].kind = (uint8_t)kind;
        opens[i].flags = flags;
        return &opens[i];
    }
    return NULL;
}

void os_open_drop(struct os_open *o)
{
    if (o->refs > 1) {
        o->refs--;
        return;
    }
    if (o->kind == OS_TERMINAL)
        tty_release(o);
    else
        fs_release(o);
    free(o->path);
    o->path = NULL;
    o->kind = OS_FREE;
}

long os_install(struct os_open *o, long least, int cloexec)
{
    for (long fd = least; fd < OS_FDS; fd++) {
        if (os_fds[fd].open != NULL) continue;
        os_fds[fd].open = o;
        os_fds[fd].cloexec = (uint8_t)cloexec;
        o->refs++;
        return fd;
    }
    return -EMFILE;
}

long os_close(long fd)
{
    struct os_open *o = os_get(fd);

    if (o == NULL) return -EBADF;
    os_fds[fd].open = NULL;
    os_open_drop(o);
    return 0;
}

long os_dup(long fd, long least, int cloexec)
{
    struct os_open *o = os_get(fd);

    if (o == NULL) return -EBADF;
    if (least < 0 || least >= OS_FDS) return -EINVAL;
    return os_install(o, least, cloexec);
}

long os_dup_to(long from, long to, int cloexec)
{
    struct os_open *o = os_get(from);

    if (o == NULL || to < 0 || to >= OS_FDS) return -EBADF;
    if (from == to) return to;
    o->refs++;
    if (os_fds[to].open != NULL) os_open_drop(os_fds[to].open);
    os_fds[to].open = o;
    os_fds[to].cloexec = (uint8_t)cloexec;
    return to;
}

long os_read(struct os_open *o, void *to, size_t n, int64_t at)
{
    long got;

    if ((o->flags & O_ACCMODE) == O_WRONLY) return -EBADF;
    got = file_settle(o);
    if (got != 0) return got;
    switch (o->kind) {
    case OS_TERMINAL: return tty_read(o, to, n, (o->flags & O_NONBLOCK) != 0);
    case OS_FILE:
        got = fs_read(o, to, n, at < 0 ? o->offset : (uint64_t)at);
        if (got > 0 && at < 0) o->offset += (uint64_t)got;
        return got;
    case OS_PIPE_READ: return fs_read(o, to, n, 0);
    case OS_DIRECTORY: return -EISDIR;
    default: return -EBADF;
    }
}

long os_write(struct os_open *o, const void *from, size_t n, int64_t at)
{
    struct stat st;
    long put;

    if ((o->flags & O_ACCMODE) == O_RDONLY) return -EBADF;
    put = file_settle(o);
    if (put != 0) return put;
    switch (o->kind) {
    case OS_TERMINAL: return tty_write(o, from, n);
    case OS_FILE:
        if (at < 0 && (o->flags & O_APPEND) != 0 && fs_stat(o, &st) == 0)
            o->offset = (uint64_t)st.st_size;
        put = fs_write(o, from, n, at < 0 ? o->offset : (uint64_t)at);
        if (put > 0 && at < 0) o->offset += (uint64_t)put;
        return put;
    case OS_PIPE_WRITE: return fs_write(o, from, n, 0);
    default: return -EBADF;
    }
}
