/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ramfs: the core behind futura.vnode. The boot archive, where the component is given it, is the
 * initial content; its file data stay where they are. Handles are inode numbers: the core counts
 * opens.
 */
#include "component.h"
#include "fsbind.h"
#include "ramfs.h"
#include "vnode.h"

#define SESSIONS 4
#define BUDGET (14u << 20)
#define ENTRIES 128

static struct ramfs *fs;
static struct fipc_server server;

static fut_err op_lookup(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = ramfs_lookup(fs, dir, (const char *)name, len, &a);

    (void)self, (void)r;
    if (e == 0) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err op_parent(void *self, struct fipc_req *r, uint64_t dir, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = ramfs_parent(fs, dir, &a);

    (void)self, (void)r;
    if (e == 0) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err op_stat(void *self, struct fipc_req *r, uint64_t node, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = ramfs_stat(fs, node, &a);

    (void)self, (void)r;
    if (e == 0) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err op_create(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint8_t kind, uint16_t mode, uint32_t uid, uint32_t gid,
                         const uint8_t *target, size_t target_len, struct fs_attr *attr)
{
    struct ramfs_new_node node = {kind, mode, uid, gid, (const char *)target, target_len};
    struct fsc_attr a;
    int e = ramfs_create(fs, dir, (const char *)name, len, &node, &a);

    (void)self, (void)r;
    if (e == 0) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err op_link(void *self, struct fipc_req *r, uint64_t node, uint64_t dir,
                       const uint8_t *name, size_t len)
{
    (void)self, (void)r;
    return (fut_err)ramfs_link(fs, node, dir, (const char *)name, len);
}

static fut_err op_unlink(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, bool directory)
{
    (void)self, (void)r;
    return (fut_err)ramfs_unlink(fs, dir, (const char *)name, len, directory);
}

static fut_err op_rename(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint64_t to, const uint8_t *new, size_t new_len, bool replace)
{
    (void)self, (void)r;
    return (fut_err)ramfs_rename(fs, dir, (const char *)name, len, to, (const char *)new, new_len,
                                 replace);
}

static fut_err op_readlink(void *self, struct fipc_req *r, uint64_t node, struct fipc_out *target)
{
    const char *text;
    size_t len;
    int e = ramfs_readlink(fs, node, &text, &len);

    (void)self, (void)r;
    return e != 0 ? (fut_err)e : fipc_out_write(target, text, len);
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
    e = ramfs_set_attr(fs, node, &set);
    if (e == 0) e = ramfs_stat(fs, node, &a);
    if (e == 0) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err op_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat)
{
    struct fsc_statfs s;

    (void)self, (void)r;
    ramfs_statfs(fs, &s);
    fsbind_statfs(stat, &s);
    return FUT_OK;
}

static fut_err op_open(void *self, struct fipc_req *r, uint64_t node, uint32_t how,
                       uint64_t *handle, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = ramfs_open(fs, node);

    (void)self, (void)r;
    if (e == 0 && (how & FSC_O_TRUNC) != 0) {
        e = ramfs_truncate(fs, node, 0);
        if (e != 0) ramfs_close(fs, node);
    }
    if (e == 0) e = ramfs_stat(fs, node, &a);
    if (e == 0) {
        *handle = node;
        fsbind_attr(attr, &a);
    }
    return (fut_err)e;
}

static fut_err op_close(void *self, struct fipc_req *r, uint64_t handle)
{
    (void)self, (void)r;
    ramfs_close(fs, handle);
    return FUT_OK;
}

static fut_err op_read(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                       uint32_t count, struct fipc_out *data)
{
    uint32_t got;
    int e = ramfs_read(fs, handle, offset, data->data, count < data->cap ? count : data->cap, &got);

    (void)self, (void)r;
    if (e == 0) data->len = got;
    return (fut_err)e;
}

/* The data are copied out of the shared page before the core sees them. */
static fut_err op_write(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                        bool append, const struct fipc_view *data, uint32_t *count)
{
    uint8_t *copy = fipc_req_alloc(r, data->len);
    fut_err e;

    (void)self;
    if (copy == NULL) return FUT_ENOMEM;
    e = fipc_view_copy(data, 0, copy, data->len);
    return e != FUT_OK ? e
                       : (fut_err)ramfs_write(fs, handle, offset, append, copy, data->len, count);
}

static fut_err op_readdir(void *self, struct fipc_req *r, uint64_t handle, uint64_t cookie,
                          uint16_t limit, const struct fs_dirent **entries, size_t *n, bool *end)
{
    static struct fsc_dirent found[ENTRIES];
    uint32_t count;
    int e =
        ramfs_readdir(fs, handle, cookie, found, limit < ENTRIES ? limit : ENTRIES, &count, end);

    (void)self;
    if (e != 0) return (fut_err)e;
    *entries = fsbind_dirents(r, found, count);
    *n = count;
    return *entries == NULL ? FUT_ENOMEM : FUT_OK;
}

static fut_err op_sync(void *self, struct fipc_req *r, uint64_t handle, bool data_only)
{
    (void)self, (void)r, (void)handle, (void)data_only;
    return FUT_OK; /* memory is as durable as it gets */
}

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

static void load_archive(void)
{
    const struct startpage_window *window = startpage_find_window(&component_page, "boot");
    size_t offset = 0;
    int e;

    if (window == NULL) return;
    e = ramfs_load_cpio(fs, (const void *)window->area.address, window->area.bytes, &offset);
    if (e != 0)
        component_log(COMPONENT_ERROR, "boot archive: error %d at byte %lu", e,
                      (unsigned long)offset);
}

int main(void)
{
    static struct fipc_session sessions[SESSIONS];
    static uint8_t arena[VNODE_FILESYSTEM_ARENA];
    static const struct fipc_server_hooks hooks = {.notified = notified};
    struct fipc_server_config config = {.slot = 1,
                                        .sessions = sessions,
                                        .nsessions = SESSIONS,
                                        .arena = arena,
                                        .arena_size = sizeof arena,
                                        .hooks = &hooks};

    component_start();
    fs = ramfs_new(&fsbind_env, BUDGET);
    if (fs == NULL) component_fail("no memory for a root directory");
    load_archive();
    if (fipc_server_init(&server, &config) != FUT_OK)
        component_fail("the server cannot be initialised");
    component_serve(&server, offers, 1);
    fipc_server_run(&server);
    return 0;
}
