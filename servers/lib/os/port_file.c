/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files, directories and pipes.
 *
 * A file is opened by vfs and, at its first use, had from its filesystem without vfs
 * (`file_settle`); one of a filesystem where the program has a session already is there from the
 * start. Where it is:
 *
 *      volume       an object of the session with a filesystem
 *      port 0       an object of the session with vfs (directories, pipes, what cannot go directly)
 *      port 1..8    the root of a connection of its own: handed on by the parent
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "files.h"
#include "futura/spawn.h"

#define IO 65536u
#define REDEEMED 8 /* connections of handed-on files */
#define ENTRIES 128

static struct fipc_conn redeemed[REDEEMED];
static uint32_t belled[REDEEMED + 1]; /* which connection knows whom to notify: its slot */
static uint32_t belled_life;          /* of vfs, to which belled[0] belongs */

/* NULL: it was of an earlier life of vfs. */
static struct fipc_conn *conn_of(const struct os_open *o)
{
    if (o->volume != NULL) return &o->volume->conn;
    if (o->port != 0) return &redeemed[o->port - 1];
    return o->life == port_fs_life ? port_fs_conn() : NULL;
}

#define FILE_OF(o) ((fs_file){conn_of(o), (o)->object})
#define DIR_OF(o) ((fs_directory){conn_of(o), (o)->object})
#define PIPE_OF(o) ((fs_pipe){conn_of(o), (o)->object})

static bool is_pipe(const struct os_open *o)
{
    return o->kind == OS_PIPE_READ || o->kind == OS_PIPE_WRITE;
}

/* What happens to an open file whose server died: it is gone, and a pipe has no other end. */
static long gone(const struct os_open *o) { return is_pipe(o) ? -EPIPE : -ESTALE; }

#define NEED_CONN(o)                                                                               \
    do {                                                                                           \
        if (conn_of(o) == NULL) return gone(o);                                                    \
    } while (0)

/* -errno of an answer. */
static long answer(struct os_open *o, fut_err e)
{
    if (o->volume != NULL) e = fsclient_error(o->volume, e);
    if (!port_lost(e)) return port_error(e);
    if (o->port == 0 && o->volume == NULL) (void)port_fs_lost(e);
    return gone(o);
}

/* Gives up what the program holds of the file. */
static long file_leave(struct os_open *o)
{
    struct fipc_conn *c = conn_of(o);
    uint8_t tag = o->kind == OS_DIRECTORY ? fs_directory_peer.tag
                  : o->kind == OS_FILE    ? fs_file_peer.tag
                                          : fs_pipe_peer.tag;

    if (o->volume != NULL)
        fsclient_release(o->volume, o->object);
    else if (o->port != 0)
        belled[o->port] = 0, component_disconnect(c);
    else if (c != NULL && o->object != 0)
        return answer(o, fipc_release(c, tag, o->object));
    return 0;
}

long fs_release(struct os_open *o) { return file_leave(o); }

long file_settle(struct os_open *o)
{
    struct fsclient_place place;
    fut_err e;

    if (o->settled || o->kind != OS_FILE) return 0;
    NEED_CONN(o);
    o->settled = 1;
    e = fsclient_direct(FILE_OF(o), &place);
    if (e != FUT_OK) return answer(o, e);
    if (place.terminal == 0 && place.volume == NULL) return 0; /* it stays where it is */
    (void)file_leave(o);
    o->port = 0;
    o->volume = place.volume;
    o->object = place.object;
    return place.terminal != 0 ? tty_redeem(place.terminal, o) : 0;
}

/* ---- reading and writing ---- */

/* Whoever is told of the terminal's signals may not be deaf in a pipe: it waits for both. -EINTR */
static long pipe_await(struct os_open *o)
{
    struct fut_msg news;

    while (tty_is_mine() && fs_poll(o, POLLIN, 1) == 0) {
        if (tty_signal() != 0) return -EINTR;
        (void)fut_sys_recv(0, OS_BIT_TTY | OS_BIT_READY | FIPC_BIT_CAPMGR, 0, &news);
        if ((news.pending & FIPC_BIT_CAPMGR) != 0) tty_look();
    }
    return 0;
}

long fs_read(struct os_open *o, void *to, size_t n, uint64_t at)
{
    uint32_t count = n > IO ? IO : (uint32_t)n;
    size_t got = 0;
    fut_err e;

    NEED_CONN(o);
    if (o->kind == OS_PIPE_READ) {
        if (pipe_await(o) != 0) return -EINTR;
        NEED_CONN(o);
        e = fs_pipe_read(PIPE_OF(o), count, to, n, &got);
    } else
        e = fs_file_read(FILE_OF(o), at, count, to, n, &got);
    return e != FUT_OK ? answer(o, e) : (long)got;
}

long fs_write(struct os_open *o, const void *from, size_t n, uint64_t at)
{
    size_t count = n > IO ? IO : n;
    uint32_t put = 0;
    fut_err e;

    NEED_CONN(o);
    if (o->kind == OS_PIPE_WRITE)
        e = fs_pipe_write(PIPE_OF(o), from, count, &put);
    else
        e = fs_file_write(FILE_OF(o), at, from, count, &put);
    return e != FUT_OK ? answer(o, e) : (long)put;
}

long fs_truncate(struct os_open *o, uint64_t size)
{
    NEED_CONN(o);
    return answer(o, fs_file_truncate(FILE_OF(o), size));
}

long fs_sync(struct os_open *o, int data_only)
{
    NEED_CONN(o);
    if (o->kind == OS_DIRECTORY) return answer(o, fs_directory_sync(DIR_OF(o), data_only != 0));
    return o->kind == OS_FILE ? answer(o, fs_file_sync(FILE_OF(o), data_only != 0)) : -EINVAL;
}

/* ---- attributes, entries ---- */

void file_stat_fill(struct stat *st, const struct fs_attr *a)
{
    static const uint32_t types[] = {0,       S_IFREG, S_IFDIR, S_IFLNK,
                                     S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK};

    memset(st, 0, sizeof *st);
    st->st_ino = a->ino;
    st->st_mode = a->mode | (a->kind < sizeof types / sizeof types[0] ? types[a->kind] : 0);
    st->st_nlink = a->nlink;
    st->st_uid = a->uid;
    st->st_gid = a->gid;
    st->st_rdev = a->rdev;
    st->st_size = (off_t)a->size;
    st->st_blksize = 4096;
    st->st_blocks = (blkcnt_t)a->blocks;
    st->st_atim = (struct timespec){a->atime.sec, (long)a->atime.nsec};
    st->st_mtim = (struct timespec){a->mtime.sec, (long)a->mtime.nsec};
    st->st_ctim = (struct timespec){a->ctime.sec, (long)a->ctime.nsec};
}

long fs_stat(struct os_open *o, struct stat *st)
{
    struct fs_attr a;
    fut_err e;

    NEED_CONN(o);
    e = o->kind == OS_DIRECTORY ? fs_directory_stat(DIR_OF(o), &a) : fs_file_stat(FILE_OF(o), &a);
    if (e == FUT_OK) file_stat_fill(st, &a);
    return answer(o, e);
}

long file_set_times(struct os_open *o, const struct fs_time *atime, const struct fs_time *mtime)
{
    NEED_CONN(o);
    if (o->kind == OS_DIRECTORY)
        return answer(o, fs_directory_set_attr(DIR_OF(o), NULL, NULL, NULL, atime, mtime));
    if (o->kind != OS_FILE) return -EINVAL;
    return answer(o, fs_file_set_attr(FILE_OF(o), NULL, NULL, NULL, atime, mtime));
}

/* One linux_dirent64; its length, or 0 when it does not fit. */
static size_t dirent_put(uint8_t *to, size_t room, const struct fs_dirent *d)
{
    static const uint8_t types[] = {0, DT_REG, DT_DIR, DT_LNK, DT_CHR, DT_BLK, DT_FIFO, DT_SOCK};
    size_t n = (19 + d->name.len + 1 + 7) / 8 * 8;
    uint16_t length = (uint16_t)n;

    if (n > room) return 0;
    memset(to, 0, n);
    memcpy(to, &d->ino, 8);
    memcpy(to + 8, &d->next, 8);
    memcpy(to + 16, &length, 2);
    to[18] = d->kind < sizeof types ? types[d->kind] : 0;
    memcpy(to + 19, d->name.data, d->name.len);
    return n;
}

long fs_readdir(struct os_open *o, void *to, size_t n)
{
    static uint8_t memory[48 << 10];
    const struct fs_dirent *entries;
    struct fipc_arena arena;
    size_t count, i, used = 0, k;
    bool end;
    fut_err e;

    NEED_CONN(o);
    fipc_arena_init(&arena, memory, sizeof memory);
    e = fs_directory_readdir(DIR_OF(o), o->offset, n / 24 < ENTRIES ? (uint16_t)(n / 24) : ENTRIES,
                             &entries, &count, &end, &arena);
    if (e != FUT_OK) return answer(o, e);
    for (i = 0; i < count; i++) {
        k = dirent_put((uint8_t *)to + used, n - used, &entries[i]);
        if (k == 0) return used > 0 ? (long)used : -EINVAL;
        used += k;
        o->offset = entries[i].next;
    }
    return (long)used;
}

/* ---- pipes and readiness ---- */

long fs_make_pipe(struct os_open *reading, struct os_open *writing)
{
    fut_err e = FUT_EDEAD;

    for (int tries = 0; tries < 2 && e == FUT_EDEAD; tries++) { /* vfs may have died meanwhile */
        if (port_fs_conn() == NULL) return -ENODEV;
        e = fs_directory_pipe((fs_directory){port_fs_conn(), 0}, &reading->object,
                              &writing->object);
        if (port_fs_lost(e) && e != FUT_EDEAD) return -EPIPE;
    }
    reading->life = writing->life = port_fs_life;
    return port_error(e);
}

long port_bell(struct fipc_conn *c, uint32_t *belled_slot, uint64_t *ticket)
{
    fut_err e;

    *ticket = 0;
    if (*belled_slot == c->slot) return 0;
    e = capmgr_manager_ticket_notify(MANAGER, c->slot, OS_BIT_READY, ticket);
    if (e == FUT_OK) *belled_slot = c->slot;
    return port_error(e);
}

/* A reader or writer whose server died is to look: the next read or write says so. */
long fs_poll(struct os_open *o, int events, int wait)
{
    uint32_t ready = 0, wanted = ((events & POLLIN) != 0 ? FS_READY_READABLE : 0) |
                                 ((events & POLLOUT) != 0 ? FS_READY_WRITABLE : 0);
    struct fipc_conn *c = conn_of(o);
    uint64_t ticket;
    fut_err e;

    if (c == NULL) return POLLERR;
    if (belled_life != port_fs_life) belled[0] = 0, belled_life = port_fs_life;
    if (!wait) {
        e = fs_pipe_poll(PIPE_OF(o), &ready);
    } else {
        if (port_bell(c, &belled[o->port], &ticket) != 0) return POLLERR;
        e = fs_pipe_watch(PIPE_OF(o), wanted, ticket, &ready);
    }
    if (e != FUT_OK) {
        (void)answer(o, e);
        return POLLERR;
    }
    return ((ready & FS_READY_READABLE) != 0 ? events & POLLIN : 0) |
           ((ready & FS_READY_WRITABLE) != 0 ? events & POLLOUT : 0) |
           ((ready & FS_READY_HANGUP) != 0 ? POLLHUP : 0);
}

/* ---- handing on ---- */

long fs_share(struct os_open *o, uint32_t peer, uint64_t *ticket)
{
    uint8_t tag = o->kind == OS_FILE ? fs_file_peer.tag : fs_pipe_peer.tag;
    uint64_t mine;
    fut_err e;

    NEED_CONN(o);
    e = fipc_share(conn_of(o), tag, o->object, 0, &mine);
    if (e != FUT_OK) return answer(o, e);
    e = capmgr_manager_ticket_pass(MANAGER, mine, peer, ticket);
    if (e != FUT_OK) (void)capmgr_manager_ticket_drop(MANAGER, mine);
    return port_error(e);
}

long fs_redeem(uint64_t ticket, int pipe, struct os_open *o)
{
    const struct fipc_iface *iface = pipe ? &fs_pipe_peer : &fs_file_peer;
    const struct fipc_lane_spec *lane = pipe ? &fs_pipe_lane : &fs_file_lane;
    fut_err e;

    for (uint32_t i = 0; i < REDEEMED; i++) {
        if (redeemed[i].slot != 0) continue;
        e = component_redeem(ticket, iface, lane, 1, 0, &redeemed[i]);
        if (e == FUT_OK) o->port = i + 1;
        return port_error(e);
    }
    return -EMFILE;
}
