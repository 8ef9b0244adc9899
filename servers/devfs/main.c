/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devfs: the core behind futura.vnode. Handles are inode numbers: the node set is fixed, so an open
 * holds nothing. Randomness is the capability manager's; /dev/console has no backend and answers
 * ENXIO.
 */
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "devfs.h"
#include "fsbind.h"
#include "vnode.h"

#define SESSIONS 4
#define MANAGER ((capmgr_manager){&component_capmgr, 0})

static struct devfs fs;
static struct fipc_server server;
static fut_err random_error; /* of the last read that wanted random bytes */

/* ---- the environment ---- */

static void random_fill(void *ctx, void *out, size_t size)
{
    uint8_t block[32], *to = out;
    size_t n;

    (void)ctx;
    for (; size != 0 && random_error == FUT_OK; size -= n, to += n) {
        n = size < sizeof block ? size : sizeof block;
        random_error = capmgr_manager_random(MANAGER, block);
        if (random_error == FUT_OK) memcpy(to, block, n);
    }
    memset(block, 0, sizeof block);
}

static void random_stir(void *ctx, const void *data, uint32_t len)
{
    const uint8_t *from = data;
    uint8_t block[32];
    uint32_t n;

    (void)ctx;
    for (; len != 0; len -= n, from += n) {
        n = len < sizeof block ? len : sizeof block;
        memset(block, 0, sizeof block);
        memcpy(block, from, n);
        (void)capmgr_manager_stir(MANAGER, block); /* what is refused harms nobody */
    }
}

/* ---- nodes ---- */

static fut_err attr_answer(int e, const struct fsc_attr *a, struct fs_attr *attr)
{
    if (e == FSC_OK) fsbind_attr(attr, a);
    return (fut_err)e;
}

static fut_err op_lookup(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    return attr_answer(devfs_lookup(&fs, dir, (const char *)name, len, &a), &a, attr);
}

/* The only directory is the root. */
static fut_err op_parent(void *self, struct fipc_req *r, uint64_t dir, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = devfs_stat(&fs, dir, &a);

    (void)self, (void)r;
    if (e == FSC_OK && a.kind != FSC_DIR) e = FSC_ENOTDIR;
    return attr_answer(e, &a, attr);
}

static fut_err op_stat(void *self, struct fipc_req *r, uint64_t node, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    return attr_answer(devfs_stat(&fs, node, &a), &a, attr);
}

static fut_err op_set_attr(void *self, struct fipc_req *r, uint64_t node, uint32_t mask,
                           uint16_t mode, uint32_t uid, uint32_t gid, const struct fs_time *atime,
                           const struct fs_time *mtime, uint64_t size, struct fs_attr *attr)
{
    struct fsc_set set = {.mask = mask, .uid = uid, .gid = gid, .mode = mode, .size = size};
    struct fsc_attr a;
    int e;

    (void)self, (void)r;
    set.atime = (struct fsc_time){atime->sec, atime->nsec};
    set.mtime = (struct fsc_time){mtime->sec, mtime->nsec};
    e = devfs_set_attr(&fs, node, &set);
    if (e == FSC_OK) e = devfs_stat(&fs, node, &a);
    return attr_answer(e, &a, attr);
}

static fut_err op_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat)
{
    const struct fsc_statfs s = {
        .block_size = 4096, .files = DEVFS_NODES + 1, .name_max = FSC_NAME_MAX};

    (void)self, (void)r;
    fsbind_statfs(stat, &s);
    return FUT_OK;
}

/* The set of nodes does not change. */
static fut_err op_create(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint8_t kind, uint16_t mode, uint32_t uid, uint32_t gid,
                         const uint8_t *target, size_t target_len, struct fs_attr *attr)
{
    (void)self, (void)r, (void)dir, (void)name, (void)len, (void)kind, (void)mode, (void)uid;
    (void)gid, (void)target, (void)target_len, (void)attr;
    return FUT_EROFS;
}

static fut_err op_link(void *self, struct fipc_req *r, uint64_t node, uint64_t dir,
                       const uint8_t *name, size_t len)
{
    (void)self, (void)r, (void)node, (void)dir, (void)name, (void)len;
    return FUT_EROFS;
}

static fut_err op_unlink(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, bool directory)
{
    (void)self, (void)r, (void)dir, (void)name, (void)len, (void)directory;
    return FUT_EROFS;
}

static fut_err op_rename(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint64_t to, const uint8_t *new, size_t new_len, bool replace)
{
    (void)self, (void)r, (void)dir, (void)name, (void)len, (void)to, (void)new, (void)new_len;
    (void)replace;
    return FUT_EROFS;
}

static fut_err op_readlink(void *self, struct fipc_req *r, uint64_t node, struct fipc_out *target)
{
    (void)self, (void)r, (void)node, (void)target;
    return FUT_EINVAL; /* there are no symbolic links */
}

/* ---- open files ---- */

static fut_err op_open(void *self, struct fipc_req *r, uint64_t node, uint32_t how,
                       uint64_t *handle, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = devfs_stat(&fs, node, &a);

    (void)self, (void)r, (void)how;
    *handle = node;
    return attr_answer(e, &a, attr);
}

static fut_err op_close(void *self, struct fipc_req *r, uint64_t handle)
{
    (void)self, (void)r, (void)handle;
    return FUT_OK;
}

static fut_err op_read(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                       uint32_t count, struct fipc_out *data)
{
    uint32_t got = 0;
    int e;

    (void)self, (void)r, (void)offset;
    random_error = FUT_OK;
    e = devfs_read(&fs, handle, data->data, count < data->cap ? count : data->cap, &got);
    if (e == FSC_OK && random_error != FUT_OK) return random_error;
    if (e == FSC_OK) data->len = got;
    return (fut_err)e;
}

/* The data are copied out of the shared page before the core sees them. */
static fut_err op_write(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                        bool append, const struct fipc_view *data, uint32_t *count)
{
    uint8_t *copy = fipc_req_alloc(r, data->len);
    fut_err e;

    (void)self, (void)offset, (void)append;
    if (copy == NULL) return FUT_ENOMEM;
    e = fipc_view_copy(data, 0, copy, data->len);
    return e != FUT_OK ? e : (fut_err)devfs_write(&fs, handle, copy, data->len, count);
}

static fut_err op_readdir(void *self, struct fipc_req *r, uint64_t handle, uint64_t cookie,
                          uint16_t limit, const struct fs_dirent **entries, size_t *n, bool *end)
{
    static struct fsc_dirent found[DEVFS_NODES];
    uint32_t count;
    int e = devfs_readdir(&fs, handle, cookie, found, limit < DEVFS_NODES ? limit : DEVFS_NODES,
                          &count, end);

    (void)self;
    if (e != FSC_OK) return (fut_err)e;
    *entries = fsbind_dirents(r, found, count);
    *n = count;
    return *entries == NULL ? FUT_ENOMEM : FUT_OK;
}

static fut_err op_sync(void *self, struct fipc_req *r, uint64_t handle, bool data_only)
{
    (void)self, (void)r, (void)handle, (void)data_only;
    return FUT_OK; /* nothing is kept */
}

/* ---- the server ---- */

static const struct vnode_filesystem_ops ops = {
    .lookup = op_lookup,
    .parent = op_parent,
    .stat = op_stat,
    .create = op_create,
    .link = op_link,
    .unlink = op_unlink,
    .rename = op_rename,
    .readlink = op_readlink,
    .set_attr = op_set_attr,
    .statfs = op_statfs,
    .open = op_open,
    .close = op_close,
    .read = op_read,
    .write = op_write,
    .readdir = op_readdir,
    .sync = op_sync,
};
static const struct fipc_binding root = {&vnode_filesystem_iface, &ops, NULL};
static const struct component_offer offers[] = {{"root", &root, NULL}};

static void notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

int main(void)
{
    static struct fipc_session sessions[SESSIONS];
    static _Alignas(16) uint8_t arena[VNODE_FILESYSTEM_ARENA];
    static const struct fipc_server_hooks hooks = {.notified = notified};
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof arena,
                                              .hooks = &hooks};
    const struct devfs_backend backend = {.stir = random_stir};
    struct fsc_env env = fsbind_env;

    component_start();
    env.random = random_fill;
    devfs_init(&fs, &env, &backend);
    if (fipc_server_init(&server, &config) != FUT_OK)
        component_fail("the server cannot be initialised");
    component_serve(&server, offers, 1);
    fipc_server_run(&server);
    return 0;
}
