/* SPDX-License-Identifier: Apache-2.0 */
/* Names behind the use "fs": paths, and the connection to vfs. What is done with open files is in
 * port_file.c. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>

#include "files.h"

static struct fipc_conn root;
static enum { NEVER, CONNECTED, LOST, REFUSED } state;
uint32_t port_fs_life;

struct fipc_conn *port_fs_conn(void)
{
    fut_err e = FUT_OK;

    os_start();
    if (state == NEVER)
        e = component_connect("fs", &fs_directory_peer, &fs_directory_lane, 1, 0, &root);
    else if (state == LOST)
        e = fipc_reconnect(&root);
    if (state == NEVER || state == LOST) state = e == FUT_OK ? CONNECTED : REFUSED;
    return state == CONNECTED ? &root : NULL;
}

int port_fs_lost(fut_err e)
{
    if (!port_lost(e)) return 0;
    port_fs_life++;
    state = LOST;
    return 1;
}

#define ROOT ((fs_directory){port_fs_conn(), 0})

/* A call by path. If vfs died before it received the call, it is made once more, of its next life.
 */
#define PATH_CALL(e, call)                                                                         \
    do {                                                                                           \
        if (port_fs_conn() == NULL) return -ENODEV;                                                \
        e = call;                                                                                  \
        if (port_fs_lost(e) && e == FUT_EDEAD) {                                                   \
            if (port_fs_conn() == NULL) return -ENODEV;                                            \
            e = call;                                                                              \
            (void)port_fs_lost(e);                                                                 \
        }                                                                                          \
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
    uint64_t volume;
    bool direct;
    fut_err e;

    PATH_CALL(e, fs_directory_open_direct(ROOT, bytes(path), strlen(path), how_of(flags),
                                          (uint16_t)(mode & 07777), &node, &direct, &volume));
    if (e != FUT_OK) return port_error(e);
    memcpy(&o->object, &node.u, sizeof o->object);
    o->kind = node.tag == FS_OPENED_DIR ? OS_DIRECTORY : OS_FILE;
    o->life = port_fs_life;
    if (!direct) return 0;
    o->settled = 1;
    o->volume = fsclient_opened(volume);
    if (o->volume != NULL) return 0;
    o->object = 0; /* it went with its session */
    return -ESTALE;
}

long fs_stat_path(const char *path, int follow, struct stat *st)
{
    struct fs_attr a;
    fut_err e;

    PATH_CALL(e, fs_directory_lookup(ROOT, bytes(path), strlen(path), follow != 0, &a));
    if (e == FUT_OK) file_stat_fill(st, &a);
    return port_error(e);
}

long fs_mkdir(const char *path, uint32_t mode)
{
    fut_err e;

    PATH_CALL(e, fs_directory_mkdir(ROOT, bytes(path), strlen(path), (uint16_t)(mode & 07777)));
    return port_error(e);
}

long fs_unlink(const char *path, int directory)
{
    fut_err e;

    PATH_CALL(e, fs_directory_unlink(ROOT, bytes(path), strlen(path), directory != 0));
    return port_error(e);
}

/* A directory object that stands for the root, where the interface wants one by number. */
static fut_err root_object(uint32_t *object)
{
    struct fs_opened node;
    fut_err e = fs_directory_open(ROOT, bytes("/"), 1, FS_OPEN_FLAGS_READ | FS_OPEN_FLAGS_DIRECTORY,
                                  0, &node);

    if (e == FUT_OK) memcpy(object, &node.u, sizeof *object);
    return e;
}

long fs_rename(const char *from, const char *to, int replace)
{
    uint32_t base;
    fut_err e;

    PATH_CALL(e, root_object(&base));
    if (e != FUT_OK) return port_error(e);
    e = fs_directory_rename(ROOT, bytes(from), strlen(from), base, bytes(to), strlen(to),
                            replace != 0);
    if (!port_fs_lost(e)) fipc_release(&root, fs_directory_peer.tag, base);
    return port_error(e);
}

long fs_link(const char *from, const char *to)
{
    uint32_t base;
    fut_err e;

    PATH_CALL(e, root_object(&base));
    if (e != FUT_OK) return port_error(e);
    e = fs_directory_link(ROOT, bytes(from), strlen(from), base, bytes(to), strlen(to), false);
    if (!port_fs_lost(e)) fipc_release(&root, fs_directory_peer.tag, base);
    return port_error(e);
}

long fs_symlink(const char *target, const char *path)
{
    fut_err e;

    PATH_CALL(e,
              fs_directory_symlink(ROOT, bytes(target), strlen(target), bytes(path), strlen(path)));
    return port_error(e);
}

long fs_readlink(const char *path, char *to, size_t n)
{
    static uint8_t target[4096];
    size_t len = 0;
    fut_err e;

    PATH_CALL(e,
              fs_directory_readlink(ROOT, bytes(path), strlen(path), target, sizeof target, &len));
    if (e != FUT_OK) return port_error(e);
    if (len > n) len = n;
    memcpy(to, target, len);
    return (long)len;
}

long fs_set_mode(const char *path, uint32_t mode)
{
    uint16_t m = (uint16_t)(mode & 07777);
    fut_err e;

    PATH_CALL(e, fs_directory_set_path(ROOT, bytes(path), strlen(path), true, &m, NULL, NULL, NULL,
                                       NULL, NULL));
    return port_error(e);
}

long fs_set_owner(const char *path, uint32_t uid, uint32_t gid)
{
    fut_err e;

    PATH_CALL(e, fs_directory_set_path(ROOT, bytes(path), strlen(path), true, NULL,
                                       uid == (uint32_t)-1 ? NULL : &uid,
                                       gid == (uint32_t)-1 ? NULL : &gid, NULL, NULL, NULL));
    return port_error(e);
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
    fut_err e;

    pa = time_of(times == NULL ? NULL : &times[0], &a);
    pm = time_of(times == NULL ? NULL : &times[1], &m);
    if (o != NULL) return file_set_times(o, pa, pm);
    PATH_CALL(e, fs_directory_set_path(ROOT, bytes(path), strlen(path), true, NULL, NULL, NULL, pa,
                                       pm, NULL));
    return port_error(e);
}

long fs_statfs(const char *path, void *out)
{
    struct statfs *to = out;
    struct fs_statfs s;
    fut_err e;

    PATH_CALL(e, fs_directory_statfs_path(ROOT, bytes(path), strlen(path), &s));
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
