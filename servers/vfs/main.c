/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfs: names, mounts and open files, served as futura.fs. Peers answer without waiting, so requests
 * of the core are complete when they return; only pipes keep callers waiting (pipes.c).
 *
 * An object's `self` is the core's handle of the open file, as an integer; the root object's is 0.
 */
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "fsbind.h"
#include "peer.h"
#include "pipes.h"

#define SESSIONS 64
#define OBJECTS 1024
#define HANDLES 1024
#define TASKS 4
#define ENTRIES 128

static struct vfs *vfs;
static struct fipc_server server;
static struct peer peers[] = {{.use = "ramfs", .path = "/"},
                              {.use = "devfs", .path = "/dev"},
                              {.use = "procfs", .path = "/proc"}};

static uint32_t handle_of(void *self) { return (uint32_t)(uintptr_t)self; }

/* All programs of this system are user 0: one session of the core serves them, and a handle can be
 * handed on. */
static uint32_t session;
static struct {
    uint32_t handle, refs;
} refs[HANDLES];

static bool handle_keep(uint32_t handle, bool known)
{
    int i, at = -1;

    for (i = 0; i < HANDLES; i++) {
        if (refs[i].refs != 0 && refs[i].handle == handle) {
            refs[i].refs++;
            return true;
        }
        if (refs[i].refs == 0 && at < 0) at = i;
    }
    if (known || at < 0) return false;
    refs[at].handle = handle;
    refs[at].refs = 1;
    return true;
}

static void handle_drop(uint32_t handle)
{
    int i;

    for (i = 0; i < HANDLES; i++) {
        if (refs[i].refs == 0 || refs[i].handle != handle) continue;
        if (--refs[i].refs == 0) vfs_close(vfs, session, handle);
        return;
    }
}

static fut_err run(struct fipc_req *r, const struct vfs_request *q, struct vfs_result *out)
{
    int e = vfs_start(vfs, session, q, 0, out);

    (void)r;
    return e == VFS_PENDING ? FUT_EIO : (fut_err)e;
}

/* ---- every node ---- */

static fut_err node_stat(void *self, struct fipc_req *r, struct fs_attr *attr)
{
    struct vfs_request q = {.op = VFS_FSTAT, .handle = handle_of(self)};
    struct vfs_result out;
    fut_err e;

    if (handle_of(self) == 0) {
        q.op = VFS_STAT;
        q.path = "/";
        q.path_len = 1;
    }
    e = run(r, &q, &out);
    if (e == FUT_OK) fsbind_attr(attr, &out.attr);
    return e;
}

static void set_fill(struct fsc_set *set, const uint16_t *mode, const uint32_t *uid,
                     const uint32_t *gid, const struct fs_time *atime, const struct fs_time *mtime)
{
    memset(set, 0, sizeof *set);
    set->mask = (mode ? FSC_SET_MODE : 0) | (uid ? FSC_SET_UID : 0) | (gid ? FSC_SET_GID : 0) |
                (atime ? FSC_SET_ATIME : 0) | (mtime ? FSC_SET_MTIME : 0);
    set->mode = mode ? *mode : 0;
    set->uid = uid ? *uid : 0;
    set->gid = gid ? *gid : 0;
    if (atime != NULL) set->atime = (struct fsc_time){atime->sec, atime->nsec};
    if (mtime != NULL) set->mtime = (struct fsc_time){mtime->sec, mtime->nsec};
}

static fut_err node_set_attr(void *self, struct fipc_req *r, const uint16_t *mode,
                             const uint32_t *uid, const uint32_t *gid, const struct fs_time *atime,
                             const struct fs_time *mtime)
{
    struct fsc_set set;
    struct vfs_request q = {.op = VFS_SET_ATTR, .handle = handle_of(self), .set = &set};
    struct vfs_result out;

    set_fill(&set, mode, uid, gid, atime, mtime);
    return run(r, &q, &out);
}

static fut_err node_sync(void *self, struct fipc_req *r, bool data_only)
{
    struct vfs_request q = {
        .op = VFS_SYNC, .handle = handle_of(self), .flags = data_only ? VFS_DATA_ONLY : 0};
    struct vfs_result out;

    return handle_of(self) == 0 ? FUT_OK : run(r, &q, &out);
}

static fut_err statfs_of(struct fipc_req *r, struct vfs_request *q, struct fs_statfs *stat)
{
    struct vfs_result out;
    fut_err e;

    q->op = VFS_STATFS;
    e = run(r, q, &out);
    if (e == FUT_OK) fsbind_statfs(stat, &out.statfs);
    return e;
}

static fut_err node_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat)
{
    struct vfs_request q = {.handle = handle_of(self)};

    if (handle_of(self) == 0) {
        q.path = "/";
        q.path_len = 1;
    }
    return statfs_of(r, &q, stat);
}

/* ---- files ---- */

static fut_err file_read(void *self, struct fipc_req *r, uint64_t offset, uint32_t count,
                         struct fipc_out *data)
{
    struct vfs_request q = {
        .op = VFS_READ, .handle = handle_of(self), .offset = offset, .buffer = data->data};
    struct vfs_result out;
    fut_err e;

    q.len = count < data->cap ? count : data->cap;
    e = run(r, &q, &out);
    if (e == FUT_OK) data->len = out.count;
    return e;
}

static fut_err file_write(void *self, struct fipc_req *r, uint64_t offset,
                          const struct fipc_view *data, uint32_t *count)
{
    uint8_t *copy = fipc_req_alloc(r, data->len);
    struct vfs_request q = {.op = VFS_WRITE,
                            .handle = handle_of(self),
                            .offset = offset,
                            .data = copy,
                            .len = data->len};
    struct vfs_result out;
    fut_err e = copy == NULL ? FUT_ENOMEM : fipc_view_copy(data, 0, copy, data->len);

    if (e == FUT_OK) e = run(r, &q, &out);
    if (e == FUT_OK) *count = out.count;
    return e;
}

static fut_err file_truncate(void *self, struct fipc_req *r, uint64_t size)
{
    struct vfs_request q = {.op = VFS_TRUNCATE, .handle = handle_of(self), .offset = size};
    struct vfs_result out;

    return run(r, &q, &out);
}

static const struct fs_file_ops file_ops = {
    .stat = node_stat,
    .set_attr = node_set_attr,
    .sync = node_sync,
    .statfs = node_statfs,
    .read = file_read,
    .write = file_write,
    .truncate = file_truncate,
};

/* ---- directories ---- */

static struct vfs_request path_request(void *self, enum vfs_op op, const uint8_t *path, size_t len)
{
    return (struct vfs_request){
        .op = op, .base = handle_of(self), .path = (const char *)path, .path_len = len};
}

static void handle_release(void *self, struct fipc_session *client)
{
    (void)client;
    if (handle_of(self) != 0) handle_drop(handle_of(self));
}

extern const struct fipc_binding directory_binding;
static const struct fipc_binding file_binding = {&fs_file_iface, &file_ops, handle_release};

static fut_err dir_open(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                        uint32_t how, uint16_t mode, struct fs_opened *node)
{
    struct vfs_request q = path_request(self, VFS_OPEN, path, len);
    struct vfs_result out;
    uint32_t number;
    bool directory;
    fut_err e;

    q.how = how;
    q.mode = mode;
    e = run(r, &q, &out);
    if (e != FUT_OK) return e;
    directory = out.attr.kind == FSC_DIR;
    if (!handle_keep(out.handle, false)) {
        vfs_close(vfs, session, out.handle);
        return FUT_ENFILE;
    }
    e = fipc_object_add(r->session, directory ? &directory_binding : &file_binding,
                        (void *)(uintptr_t)out.handle, &number);
    if (e != FUT_OK) {
        handle_drop(out.handle);
        return e;
    }
    node->tag = directory ? 2 : 1;
    memcpy(&node->u, &number, sizeof number);
    return FUT_OK;
}

static fut_err dir_readdir(void *self, struct fipc_req *r, uint64_t cookie, uint16_t limit,
                           const struct fs_dirent **entries, size_t *n, bool *end)
{
    static struct fsc_dirent found[ENTRIES];
    struct vfs_request q = {
        .op = VFS_READDIR, .handle = handle_of(self), .offset = cookie, .buffer = found};
    struct vfs_result out;
    fut_err e;

    if (handle_of(self) == 0) return FUT_EBADF; /* a listing needs an open directory */
    q.len = limit < ENTRIES ? limit : ENTRIES;
    e = run(r, &q, &out);
    if (e != FUT_OK) return e;
    *entries = fsbind_dirents(r, found, out.count);
    *n = out.count;
    *end = out.end;
    return *entries == NULL ? FUT_ENOMEM : FUT_OK;
}

static fut_err dir_mkdir(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                         uint16_t mode)
{
    struct vfs_request q = path_request(self, VFS_MKDIR, path, len);
    struct vfs_result out;

    q.mode = mode;
    return run(r, &q, &out);
}

static fut_err dir_unlink(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                          bool directory)
{
    struct vfs_request q = path_request(self, VFS_UNLINK, path, len);
    struct vfs_result out;

    q.flags = directory ? VFS_DIRECTORY : 0;
    return run(r, &q, &out);
}

/* The handle of a directory object that a client names beside the one it calls; 0 is the root. */
static fut_err base_of(struct fipc_req *r, uint32_t object, uint32_t *base)
{
    struct fipc_object *o = fipc_object_find(r->session, object, &fs_directory_iface);

    if (o == NULL) return FUT_EBADF;
    *base = handle_of(o->self);
    return FUT_OK;
}

static fut_err dir_rename(void *self, struct fipc_req *r, const uint8_t *old, size_t old_len,
                          uint32_t to, const uint8_t *new, size_t new_len, bool replace)
{
    struct vfs_request q = path_request(self, VFS_RENAME, old, old_len);
    struct vfs_result out;
    fut_err e = base_of(r, to, &q.base2);

    q.path2 = (const char *)new;
    q.path2_len = new_len;
    q.flags = replace ? VFS_REPLACE : 0;
    return e != FUT_OK ? e : run(r, &q, &out);
}

static fut_err dir_symlink(void *self, struct fipc_req *r, const uint8_t *target, size_t target_len,
                           const uint8_t *path, size_t len)
{
    struct vfs_request q = path_request(self, VFS_SYMLINK, path, len);
    struct vfs_result out;

    q.data = target;
    q.len = (uint32_t)target_len;
    return run(r, &q, &out);
}

static fut_err dir_link(void *self, struct fipc_req *r, const uint8_t *old, size_t old_len,
                        uint32_t to, const uint8_t *new, size_t new_len, bool follow)
{
    struct vfs_request q = path_request(self, VFS_LINK, old, old_len);
    struct vfs_result out;
    fut_err e = base_of(r, to, &q.base2);

    q.path2 = (const char *)new;
    q.path2_len = new_len;
    q.flags = follow ? 0 : VFS_NOFOLLOW;
    return e != FUT_OK ? e : run(r, &q, &out);
}

static fut_err dir_readlink(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                            struct fipc_out *target)
{
    struct vfs_request q = path_request(self, VFS_READLINK, path, len);
    struct vfs_result out;
    fut_err e;

    q.buffer = target->data;
    q.len = target->cap;
    e = run(r, &q, &out);
    if (e == FUT_OK) target->len = out.count;
    return e;
}

static fut_err dir_lookup(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                          bool follow, struct fs_attr *attr)
{
    struct vfs_request q = path_request(self, VFS_STAT, path, len);
    struct vfs_result out;
    fut_err e;

    q.flags = follow ? 0 : VFS_NOFOLLOW;
    e = run(r, &q, &out);
    if (e == FUT_OK) fsbind_attr(attr, &out.attr);
    return e;
}

static fut_err dir_set_path(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                            bool follow, const uint16_t *mode, const uint32_t *uid,
                            const uint32_t *gid, const struct fs_time *atime,
                            const struct fs_time *mtime, const uint64_t *size)
{
    struct vfs_request q = path_request(self, VFS_SET_ATTR, path, len);
    struct vfs_result out;
    struct fsc_set set;

    set_fill(&set, mode, uid, gid, atime, mtime);
    if (size != NULL) {
        set.mask |= FSC_SET_SIZE;
        set.size = *size;
    }
    q.set = &set;
    q.flags = follow ? 0 : VFS_NOFOLLOW;
    return run(r, &q, &out);
}

static fut_err dir_statfs_path(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                               struct fs_statfs *stat)
{
    struct vfs_request q = path_request(self, VFS_STATFS, path, len);

    return statfs_of(r, &q, stat);
}

static fut_err dir_mounts(void *self, struct fipc_req *r, uint32_t first,
                          const struct fs_mount **entries, size_t *n, uint32_t *next)
{
    struct fs_mount *to = fipc_req_alloc(r, 4 * sizeof *to);
    struct vfs_mount_info *info = fipc_req_alloc(r, 4 * sizeof *info);
    size_t i;

    (void)self;
    if (to == NULL || info == NULL) return FUT_ENOMEM;
    *next = 0;
    for (i = 0; i < 4 && vfs_mount_info(vfs, first, &info[i]) == 0; i++) {
        memset(&to[i], 0, sizeof to[i]);
        to[i].number = info[i].number;
        to[i].read_only = (info[i].flags & VFS_MOUNT_READ_ONLY) != 0;
        to[i].label.data = (const uint8_t *)info[i].label;
        to[i].label.len = strlen(info[i].label);
        to[i].path.data = (const uint8_t *)info[i].path;
        to[i].path.len = strlen(info[i].path);
        first = info[i].number + 1;
        *next = first;
    }
    if (i < 4) *next = 0;
    *entries = to;
    *n = i;
    return FUT_OK;
}

static const struct fs_directory_ops directory_ops = {
    .stat = node_stat,
    .set_attr = node_set_attr,
    .sync = node_sync,
    .statfs = node_statfs,
    .open = dir_open,
    .readdir = dir_readdir,
    .mkdir = dir_mkdir,
    .unlink = dir_unlink,
    .rename = dir_rename,
    .symlink = dir_symlink,
    .link = dir_link,
    .readlink = dir_readlink,
    .lookup = dir_lookup,
    .set_path = dir_set_path,
    .statfs_path = dir_statfs_path,
    .pipe = pipes_make,
    .mounts = dir_mounts,
};
const struct fipc_binding directory_binding = {&fs_directory_iface, &directory_ops, handle_release};
static const struct component_offer offers[] = {{"root", &directory_binding, NULL}};

/* ---- sessions and start ---- */

static void closed(struct fipc_server *s, struct fipc_session *client)
{
    (void)s;
    pipes_forget(client);
}

/* Handing on: the object is kept from the making of the ticket until the session that redeems it
 * ends. */
static fut_err share(struct fipc_session *client, uint32_t object,
                     const struct fipc_binding *binding, void *self, uint32_t rights,
                     uint64_t *ticket)
{
    fut_err e;

    if (binding->iface == &fs_directory_iface) return FUT_EOPNOTSUPP;
    if (binding->iface == &fs_pipe_iface ? !pipes_keep(self) : !handle_keep(handle_of(self), true))
        return FUT_EBADF;
    e = component_share(client, object, binding, self, rights, ticket);
    if (e != FUT_OK) binding->release(self, client);
    return e;
}

static fut_err shared(uint64_t label, uint64_t cookie, uint32_t rights,
                      struct component_offer *offer)
{
    (void)rights;
    offer->self = (void *)(uintptr_t)cookie;
    offer->root = label == fs_pipe_iface.label   ? &pipes_binding
                  : label == fs_file_iface.label ? &file_binding
                                                 : NULL;
    return offer->root != NULL ? FUT_OK : FUT_EPERM;
}

static void notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

static void done(void *ctx, uint64_t token, int error, const struct vfs_result *r)
{
    (void)ctx, (void)token, (void)error, (void)r; /* no request is ever left pending */
}

static void mount_all(void)
{
    struct vfs_request q = {.op = VFS_MKDIR, .mode = 0755};
    struct vfs_result out;
    int e;

    if (!peer_connect(&peers[0]) ||
        vfs_mount_root(vfs, &(struct vfs_mount_args){&peer_ops, &peers[0], 1, 0, peers[0].use}) !=
            0)
        component_fail("the root filesystem cannot be mounted");
    vfs_session_open(vfs, 0, 0, NULL, 0, &session);
    for (size_t i = 1; i < sizeof peers / sizeof peers[0]; i++) {
        struct vfs_mount_args m = {&peer_ops, &peers[i], 1, 0, peers[i].use};

        q.op = VFS_MKDIR;
        q.path = peers[i].path;
        q.path_len = strlen(q.path);
        (void)vfs_start(vfs, session, &q, 0, &out); /* it may be there */
        q.op = VFS_MOUNT;
        q.mount = &m;
        e = peer_connect(&peers[i]) ? vfs_start(vfs, session, &q, 0, &out) : FSC_EIO;
        if (e != 0)
            component_log(COMPONENT_WARNING, "%s is not mounted: error %d", peers[i].path, e);
    }
}

int main(void)
{
    static struct fipc_session sessions[SESSIONS];
    static struct fipc_object objects[OBJECTS];
    static uint8_t arena[FS_DIRECTORY_ARENA > FS_FILE_ARENA ? FS_DIRECTORY_ARENA : FS_FILE_ARENA];
    static const struct fipc_server_hooks hooks = {
        .notified = notified, .closed = closed, .share = share};
    struct fipc_server_config config = {.slot = 1,
                                        .sessions = sessions,
                                        .nsessions = SESSIONS,
                                        .objects = objects,
                                        .nobjects = OBJECTS,
                                        .arena = arena,
                                        .arena_size = sizeof arena,
                                        .hooks = &hooks};
    struct vfs_config core = {.env = fsbind_env,
                              .sessions = SESSIONS + 1,
                              .handles = HANDLES,
                              .tasks = TASKS,
                              .done = done};

    component_start();
    vfs = vfs_new(&core);
    if (vfs == NULL || fipc_server_init(&server, &config) != FUT_OK)
        component_fail("not enough memory");
    component_shared = shared;
    mount_all();
    component_serve(&server, offers, 1);
    fipc_server_run(&server);
    return 0;
}
