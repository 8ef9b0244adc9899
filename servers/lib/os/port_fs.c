/* SPDX-License-Identifier: Apache-2.0 */
/* Files, directories and pipes behind the use "fs". */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>

#include "fs.h"
#include "futura/spawn.h"
#include "ports.h"

#define IO 65536u
#define REDEEMED 8 /* connections of handed-on files */
#define TAG_FILE 0xd8
#define ENTRIES 128

static struct fipc_conn root;
static int state;
static struct fipc_conn redeemed[REDEEMED];

struct fipc_conn *port_fs_conn(void)
{
    os_start();
    if (state == 0)
        state =
            component_connect("fs", &fs_directory_iface, &fs_directory_lane, 1, 0, &root) == FUT_OK
                ? 1
                : -1;
    return state == 1 ? &root : NULL;
}

static struct fipc_conn *conn_of(const struct os_open *o)
{
    return o->port == 0 ? port_fs_conn() : &redeemed[o->port - 1];
}

#define FILE_OF(o) ((fs_file){conn_of(o), (o)->object})
#define DIR_OF(o) ((fs_directory){conn_of(o), (o)->object})
#define PIPE_OF(o) ((fs_pipe){conn_of(o), (o)->object})
#define ROOT ((fs_directory){port_fs_conn(), 0})
#define NEED_FS()                                                                                  \
    do {                                                                                           \
        if (port_fs_conn() == NULL) return -ENODEV;                                                \
    } while (0)

static uint32_t how_of(uint32_t flags)
{
    uint32_t access = flags & O_ACCMODE, how = access == O_WRONLY ? 2u : access == O_RDWR ? 3u : 1u;

    return how | ((flags & O_APPEND) != 0 ? 4u : 0) | ((flags & O_CREAT) != 0 ? 8u : 0) |
           ((flags & O_EXCL) != 0 ? 16u : 0) | ((flags & O_TRUNC) != 0 ? 32u : 0) |
           ((flags & O_DIRECTORY) != 0 ? 64u : 0) | ((flags & O_NOFOLLOW) != 0 ? 128u : 0);
}

static const uint8_t *bytes(const char *s) { return (const uint8_t *)s; }

long fs_open(const char *path, uint32_t flags, uint32_t mode, struct os_open *o)
{
    struct fs_opened node;
    fut_err e;

    NEED_FS();
    e = fs_directory_open(ROOT, bytes(path), strlen(path), how_of(flags), (uint16_t)(mode & 07777),
                          &node);
    if (e != FUT_OK) return port_error(e);
    memcpy(&o->object, &node.u, sizeof o->object);
    o->kind = node.tag == 2 ? OS_DIRECTORY : OS_FILE;
    return 0;
}

long fs_read(struct os_open *o, void *to, size_t n, uint64_t at)
{
    uint32_t count = n > IO ? IO : (uint32_t)n;
    size_t got = 0;
    fut_err e;

    NEED_FS();
    if (o->kind == OS_PIPE_READ)
        e = fs_pipe_read(PIPE_OF(o), count, to, n, &got);
    else
        e = fs_file_read(FILE_OF(o), at, count, to, n, &got);
    return e != FUT_OK ? port_error(e) : (long)got;
}

long fs_write(struct os_open *o, const void *from, size_t n, uint64_t at)
{
    size_t count = n > IO ? IO : n;
    uint32_t put = 0;
    fut_err e;

    NEED_FS();
    if (o->kind == OS_PIPE_WRITE)
        e = fs_pipe_write(PIPE_OF(o), from, count, &put);
    else
        e = fs_file_write(FILE_OF(o), at, from, count, &put);
    return e != FUT_OK ? port_error(e) : (long)put;
}

long fs_release(struct os_open *o)
{
    struct fipc_conn *c = conn_of(o);
    uint8_t tag = o->kind == OS_DIRECTORY ? fs_directory_iface.tag
                  : o->kind == OS_FILE    ? fs_file_iface.tag
                                          : fs_pipe_iface.tag;

    if (c == NULL) return -ENODEV;
    if (o->port == 0) return port_error(fipc_release(c, tag, o->object));
    component_disconnect(c);
    return 0;
}

static void stat_fill(struct stat *st, const struct fs_attr *a)
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

    NEED_FS();
    e = o->kind == OS_DIRECTORY ? fs_directory_stat(DIR_OF(o), &a) : fs_file_stat(FILE_OF(o), &a);
    if (e == FUT_OK) stat_fill(st, &a);
    return port_error(e);
}

long fs_stat_path(const char *path, int follow, struct stat *st)
{
    struct fs_attr a;
    fut_err e;

    NEED_FS();
    e = fs_directory_lookup(ROOT, bytes(path), strlen(path), follow != 0, &a);
    if (e == FUT_OK) stat_fill(st, &a);
    return port_error(e);
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

    NEED_FS();
    fipc_arena_init(&arena, memory, sizeof memory);
    e = fs_directory_readdir(DIR_OF(o), o->offset, n / 24 < ENTRIES ? (uint16_t)(n / 24) : ENTRIES,
                             &entries, &count, &end, &arena);
    if (e != FUT_OK) return port_error(e);
    for (i = 0; i < count; i++) {
        k = dirent_put((uint8_t *)to + used, n - used, &entries[i]);
        if (k == 0) return used > 0 ? (long)used : -EINVAL;
        used += k;
        o->offset = entries[i].next;
    }
    return (long)used;
}

long fs_truncate(struct os_open *o, uint64_t size)
{
    NEED_FS();
    return port_error(fs_file_truncate(FILE_OF(o), size));
}

long fs_sync(struct os_open *o, int data_only)
{
    NEED_FS();
    return port_error(fs_file_sync(FILE_OF(o), data_only != 0));
}

long fs_mkdir(const char *path, uint32_t mode)
{
    NEED_FS();
    return port_error(
        fs_directory_mkdir(ROOT, bytes(path), strlen(path), (uint16_t)(mode & 07777)));
}

long fs_unlink(const char *path, int directory)
{
    NEED_FS();
    return port_error(fs_directory_unlink(ROOT, bytes(path), strlen(path), directory != 0));
}

/* A directory object that stands for the root, where the interface wants one by number. */
static long root_object(uint32_t *object)
{
    struct fs_opened node;
    fut_err e = fs_directory_open(ROOT, bytes("/"), 1, 1u | 64u, 0, &node);

    if (e == FUT_OK) memcpy(object, &node.u, sizeof *object);
    return port_error(e);
}

long fs_rename(const char *from, const char *to, int replace)
{
    uint32_t base;
    long r;

    NEED_FS();
    r = root_object(&base);
    if (r != 0) return r;
    r = port_error(fs_directory_rename(ROOT, bytes(from), strlen(from), base, bytes(to), strlen(to),
                                       replace != 0));
    fipc_release(&root, fs_directory_iface.tag, base);
    return r;
}

long fs_link(const char *from, const char *to)
{
    uint32_t base;
    long r;

    NEED_FS();
    r = root_object(&base);
    if (r != 0) return r;
    r = port_error(
        fs_directory_link(ROOT, bytes(from), strlen(from), base, bytes(to), strlen(to), false));
    fipc_release(&root, fs_directory_iface.tag, base);
    return r;
}

long fs_symlink(const char *target, const char *path)
{
    NEED_FS();
    return port_error(
        fs_directory_symlink(ROOT, bytes(target), strlen(target), bytes(path), strlen(path)));
}

long fs_readlink(const char *path, char *to, size_t n)
{
    static uint8_t target[4096];
    size_t len = 0;
    fut_err e;

    NEED_FS();
    e = fs_directory_readlink(ROOT, bytes(path), strlen(path), target, sizeof target, &len);
    if (e != FUT_OK) return port_error(e);
    if (len > n) len = n;
    memcpy(to, target, len);
    return (long)len;
}

long fs_set_mode(const char *path, uint32_t mode)
{
    uint16_t m = (uint16_t)(mode & 07777);

    NEED_FS();
    return port_error(fs_directory_set_path(ROOT, bytes(path), strlen(path), true, &m, NULL, NULL,
                                            NULL, NULL, NULL));
}

long fs_set_owner(const char *path, uint32_t uid, uint32_t gid)
{
    NEED_FS();
    return port_error(fs_directory_set_path(ROOT, bytes(path), strlen(path), true, NULL,
                                            uid == (uint32_t)-1 ? NULL : &uid,
                                            gid == (uint32_t)-1 ? NULL : &gid, NULL, NULL, NULL));
}

/* UTIME_NOW and UTIME_OMIT are resolved here; NULL: both now. */
static const struct fs_time *time_of(const struct timespec *t, struct fs_time *out)
{
    struct timespec now;

    if (t != NULL && t->tv_nsec == UTIME_OMIT) return NULL;
    if (t == NULL || t->tv_nsec == UTIME_NOW) {
        time_now(CLOCK_REALTIME, &now);
        t = &now;
    }
    *out = (struct fs_time){.sec = t->tv_sec, .nsec = (uint32_t)t->tv_nsec};
    return out;
}

long fs_set_times(const char *path, struct os_open *o, const struct timespec times[2])
{
    struct fs_time a, m;
    const struct fs_time *pa, *pm;

    NEED_FS();
    pa = time_of(times == NULL ? NULL : &times[0], &a);
    pm = time_of(times == NULL ? NULL : &times[1], &m);
    if (o != NULL) return port_error(fs_file_set_attr(FILE_OF(o), NULL, NULL, NULL, pa, pm));
    return port_error(fs_directory_set_path(ROOT, bytes(path), strlen(path), true, NULL, NULL, NULL,
                                            pa, pm, NULL));
}

long fs_statfs(const char *path, void *out)
{
    struct statfs *to = out;
    struct fs_statfs s;
    fut_err e;

    NEED_FS();
    e = fs_directory_statfs_path(ROOT, bytes(path), strlen(path), &s);
    if (e != FUT_OK) return port_error(e);
    memset(to, 0, sizeof *to);
    to->f_bsize = s.block;
    to->f_blocks = s.blocks;
    to->f_bfree = to->f_bavail = s.free;
    to->f_files = s.files;
    to->f_ffree = s.files_free;
    to->f_namelen = s.name_max;
    return 0;
}

long fs_make_pipe(struct os_open *reading, struct os_open *writing)
{
    NEED_FS();
    return port_error(fs_directory_pipe(ROOT, &reading->object, &writing->object));
}

long fs_poll(struct os_open *o, int events)
{
    uint32_t ready = 0;

    if (port_fs_conn() == NULL || fs_pipe_poll(PIPE_OF(o), &ready) != FUT_OK) return POLLERR;
    return ((ready & 1u) != 0 ? events & POLLIN : 0) | ((ready & 2u) != 0 ? events & POLLOUT : 0) |
           ((ready & 4u) != 0 ? POLLHUP : 0);
}

long fs_share(struct os_open *o, uint32_t peer, uint64_t *ticket)
{
    uint8_t tag = o->kind == OS_FILE ? fs_file_iface.tag : fs_pipe_iface.tag;
    uint64_t mine;
    fut_err e;

    NEED_FS();
    e = fipc_share(conn_of(o), tag, o->object, 0, &mine);
    if (e == FUT_OK) e = capmgr_manager_ticket_pass(MANAGER, mine, peer, ticket);
    return port_error(e);
}

long fs_redeem(uint64_t ticket, int pipe, struct os_open *o)
{
    const struct fipc_iface *iface = pipe ? &fs_pipe_iface : &fs_file_iface;
    const struct fipc_lane_spec *lane = pipe ? &fs_pipe_lane : &fs_file_lane;

    for (uint32_t i = 0; i < REDEEMED; i++) {
        if (redeemed[i].slot != 0) continue;
        o->port = i + 1;
        o->object = 0;
        return port_error(component_redeem(ticket, iface, lane, 1, 0, &redeemed[i]));
    }
    return -EMFILE;
}
