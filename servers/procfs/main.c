/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs: the core behind futura.vnode. A handle names an entry of the table of open files and how
 * often the entry was used, so that an old handle is EBADF and not somebody else's file.
 * Directories are open without a snapshot.
 */
#include "component.h"
#include "fsbind.h"
#include "procfs.h"
#include "source.h"
#include "vnode.h"

#define SESSIONS 4
#define FILES 64u
#define ENTRIES 128u

static struct procfs fs;
static struct fipc_server server;
static struct open {
    struct fipc_session *session; /* NULL: free */
    uint64_t handle, ino;
    bool directory;
    struct procfs_file file;
} files[FILES];

static struct open *file_find(struct fipc_session *session, uint64_t handle)
{
    struct open *f = &files[handle % FILES];

    return f->session == session && f->handle == handle ? f : NULL;
}

static void file_drop(struct open *f)
{
    if (!f->directory) procfs_close(&fs, &f->file);
    f->session = NULL;
}

static void closed(struct fipc_server *s, struct fipc_session *session)
{
    (void)s;
    for (uint32_t i = 0; i < FILES; i++)
        if (files[i].session == session) file_drop(&files[i]);
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
    source_refresh();
    return attr_answer(procfs_lookup(&fs, dir, (const char *)name, len, &a), &a, attr);
}

static fut_err op_parent(void *self, struct fipc_req *r, uint64_t dir, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    source_refresh();
    return attr_answer(procfs_parent(&fs, dir, &a), &a, attr);
}

static fut_err op_stat(void *self, struct fipc_req *r, uint64_t node, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    source_refresh();
    return attr_answer(procfs_stat(&fs, node, &a), &a, attr);
}

/* Truncating means nothing to a generated file and is taken; nothing else can be changed. */
static fut_err op_set_attr(void *self, struct fipc_req *r, uint64_t node, uint32_t mask,
                           uint16_t mode, uint32_t uid, uint32_t gid, const struct fs_time *atime,
                           const struct fs_time *mtime, uint64_t size, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e;

    (void)self, (void)r, (void)mode, (void)uid, (void)gid, (void)atime, (void)mtime, (void)size;
    source_refresh();
    e = procfs_stat(&fs, node, &a);
    if (e == FSC_OK && (mask & FSC_SET_SIZE) != 0 && (a.mode & 0200) == 0)
        e = a.kind == FSC_DIR ? FSC_EISDIR : FSC_EACCES;
    if (e == FSC_OK && (mask & ~FSC_SET_SIZE) != 0) e = FSC_EPERM;
    return attr_answer(e, &a, attr);
}

static fut_err op_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat)
{
    const struct fsc_statfs s = {.block_size = 4096, .name_max = FSC_NAME_MAX};

    (void)self, (void)r;
    fsbind_statfs(stat, &s);
    return FUT_OK;
}

/* Nobody adds or removes files here. */
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

/* A free entry under a handle that was never given before; NULL: all are taken. */
static struct open *file_take(struct fipc_session *session, uint64_t ino)
{
    for (uint32_t i = 0; i < FILES; i++) {
        struct open *f = &files[i];

        if (f->session != NULL) continue;
        f->handle = f->handle == 0 ? FILES + i : f->handle + FILES;
        f->session = session;
        f->ino = ino;
        f->directory = true;
        return f;
    }
    return NULL;
}

static fut_err op_open(void *self, struct fipc_req *r, uint64_t node, uint32_t how,
                       uint64_t *handle, struct fs_attr *attr)
{
    struct fsc_attr a;
    struct open *f;
    int e;

    (void)self;
    source_refresh();
    e = procfs_stat(&fs, node, &a);
    if (e != FSC_OK) return (fut_err)e;
    if (a.kind == FSC_DIR && (how & FSC_O_WRITE) != 0) return FUT_EISDIR;
    f = file_take(r->session, node);
    if (f == NULL) return FUT_ENFILE;
    if (a.kind != FSC_DIR) {
        e = procfs_open(&fs, node, how, &f->file);
        f->directory = e != FSC_OK;
    }
    if (e != FSC_OK) file_drop(f);
    *handle = f->handle;
    return attr_answer(e, &a, attr);
}

static fut_err op_close(void *self, struct fipc_req *r, uint64_t handle)
{
    struct open *f = file_find(r->session, handle);

    (void)self;
    if (f == NULL) return FUT_EBADF;
    file_drop(f);
    return FUT_OK;
}

static fut_err op_read(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                       uint32_t count, struct fipc_out *data)
{
    struct open *f = file_find(r->session, handle);
    uint32_t got;
    int e;

    (void)self;
    if (f == NULL) return FUT_EBADF;
    if (f->directory) return FUT_EISDIR;
    e = procfs_read(&f->file, offset, data->data, count < data->cap ? count : data->cap, &got);
    if (e == FSC_OK) data->len = got;
    return (fut_err)e;
}

/* The data are copied out of the shared page before anybody looks at them. */
static fut_err op_write(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                        bool append, const struct fipc_view *data, uint32_t *count)
{
    struct open *f = file_find(r->session, handle);
    uint8_t *copy;
    fut_err e;

    (void)self, (void)offset, (void)append;
    if (f == NULL) return FUT_EBADF;
    if (f->directory) return FUT_EISDIR;
    copy = fipc_req_alloc(r, data->len);
    if (copy == NULL) return FUT_ENOMEM;
    e = fipc_view_copy(data, 0, copy, data->len);
    if (e == FUT_OK) e = (fut_err)procfs_write(&fs, &f->file, copy, data->len);
    *count = e == FUT_OK ? data->len : 0;
    return e;
}

static fut_err op_readdir(void *self, struct fipc_req *r, uint64_t handle, uint64_t cookie,
                          uint16_t limit, const struct fs_dirent **entries, size_t *n, bool *end)
{
    static struct fsc_dirent found[ENTRIES];
    struct open *f = file_find(r->session, handle);
    uint32_t count;
    int e;

    (void)self;
    if (f == NULL) return FUT_EBADF;
    source_refresh();
    e = procfs_readdir(&fs, f->ino, cookie, found, limit < ENTRIES ? limit : ENTRIES, &count, end);
    if (e != FSC_OK) return (fut_err)e;
    *entries = fsbind_dirents(r, found, count);
    *n = count;
    return *entries == NULL ? FUT_ENOMEM : FUT_OK;
}

static fut_err op_sync(void *self, struct fipc_req *r, uint64_t handle, bool data_only)
{
    (void)self, (void)r, (void)handle, (void)data_only;
    return FUT_OK; /* what is written is in force at once */
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
    static const struct fipc_server_hooks hooks = {.notified = notified, .closed = closed};
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof arena,
                                              .hooks = &hooks};

    component_start();
    source_start();
    procfs_init(&fs, &fsbind_env, &source);
    if (fipc_server_init(&server, &config) != FUT_OK)
        component_fail("the server cannot be initialised");
    component_serve(&server, offers, 1);
    fipc_server_run(&server);
    return 0;
}
