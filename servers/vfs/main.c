/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfs: names, mounts and open files, served as futura.fs. Peers answer without waiting, so requests
 * of the core are complete when they return; only pipes keep callers waiting (pipes.c).
 *
 * An object's `self` is the record of the open file; the root object's is NULL.
 */
#include <stdlib.h>
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "direct.h"
#include "fsbind.h"
#include "mounts.h"
#include "pipes.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define SESSIONS 256
#define OBJECTS 1024
#define OBJECTS_EACH 128 /* of one session: open directories, pipe ends, files that stay here */
#define HANDLES 1024
#define TASKS 4
#define ENTRIES 128

static struct vfs *vfs;
static struct fipc_server server;

/* All programs of this system are user 0: one session of the core serves them, and an open file can
 * be handed on. Its holders are counted here; `state` is the core's handle. */
static uint32_t session;
static struct fsopen records[HANDLES];
static struct fsopen_table opens;

/* An object's `self` is its record; the root directory has none, and handle 0. */
static uint32_t handle_of(void *self)
{
    return self != NULL ? (uint32_t)fsopen_base(self)->state : 0;
}

static void handle_drop(struct fsopen *o)
{
    while (o != NULL && fsopen_drop(o)) {
        struct fsopen *origin = o->origin;

        if (origin == NULL) vfs_close(vfs, session, (uint32_t)o->state);
        fsopen_free(&opens, o);
        o = origin;
    }
}

/* Filesystems that died are connected to again first; a request that one of them did not receive is
 * made once more. A request on an open file of theirs is not: that file is gone. */
static fut_err run(struct fipc_req *r, const struct vfs_request *q, struct vfs_result *out)
{
    int e;

    (void)r; /* handlers have nothing else to do with it */
    (void)mounts_mend(vfs, session);
    e = vfs_start(vfs, session, q, 0, out);
    if (e == FSC_ESTALE && mounts_mend(vfs, session) && mounts_unsent() && q->handle == 0)
        e = vfs_start(vfs, session, q, 0, out);
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

static fut_err node_set_attr(void *self, struct fipc_req *r, const uint16_t *mode,
                             const uint32_t *uid, const uint32_t *gid, const struct fs_time *atime,
                             const struct fs_time *mtime)
{
    struct fsc_set set;
    struct vfs_request q = {.op = VFS_SET_ATTR, .handle = handle_of(self), .set = &set};
    struct vfs_result out;

    fsbind_set(&set, mode, uid, gid, atime, mtime);
    if (self != NULL && fsopen_may_set(self, set.mask) != FSC_OK) return FUT_EPERM;
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

    e = (fut_err)fsopen_may_read(self, FSC_FILE);
    q.len = count < data->cap ? count : data->cap;
    if (e == FUT_OK) e = run(r, &q, &out);
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
    fut_err e = copy == NULL ? FUT_ENOMEM : (fut_err)fsopen_may_write(self);

    if (e == FUT_OK) e = fipc_view_copy(data, 0, copy, data->len);
    if (e == FUT_OK) e = run(r, &q, &out);
    if (e == FUT_OK) *count = out.count;
    return e;
}

static fut_err file_truncate(void *self, struct fipc_req *r, uint64_t size)
{
    struct vfs_request q = {.op = VFS_TRUNCATE, .handle = handle_of(self), .offset = size};
    struct vfs_result out;
    int e = fsopen_may_cut(self, FSC_FILE);

    return e != FSC_OK ? (fut_err)e : run(r, &q, &out);
}

static fut_err file_access(void *self, struct fipc_req *r, uint32_t *rights)
{
    (void)r;
    *rights = fsopen_rights(self);
    return FUT_OK;
}

/* The filesystem knows nothing of fewer rights: such a file stays here. */
static fut_err file_direct(void *self, struct fipc_req *r, uint64_t *volume, uint32_t *object,
                           uint64_t *ticket, uint64_t *terminal)
{
    if (((struct fsopen *)self)->origin != NULL) return FUT_EOPNOTSUPP;
    (void)mounts_mend(vfs, session);
    return direct_find(vfs, session, handle_of(self), r, volume, object, ticket, terminal);
}

/* Files of vfs itself there are none: those of filesystems are always ready. */
static fut_err file_watch(void *self, struct fipc_req *r, uint32_t events, uint64_t notify,
                          uint32_t *ready)
{
    const struct fsopen *o = self;

    (void)r;
    if (notify != 0) (void)capmgr_manager_ticket_drop(MANAGER, notify);
    *ready = events & (((o->how & FSC_O_READ) ? FSC_READABLE : 0) |
                       ((o->how & FSC_O_WRITE) ? FSC_WRITABLE : 0));
    return FUT_OK;
}

static const struct fs_file_ops file_ops = {
    .stat = node_stat,
    .set_attr = node_set_attr,
    .sync = node_sync,
    .statfs = node_statfs,
    .read = file_read,
    .write = file_write,
    .truncate = file_truncate,
    .direct = file_direct,
    .watch = file_watch,
    .access = file_access,
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
    if (self != NULL) handle_drop(self);
}

extern const struct fipc_binding directory_binding;
static const struct fipc_binding file_binding = {&fs_file_iface, &file_ops, handle_release};

/* An open file as an object of the client's session here. */
static fut_err open_object(struct fipc_req *r, uint32_t how, const struct vfs_result *out,
                           struct fs_opened *node)
{
    bool directory = out->attr.kind == FSC_DIR;
    struct fsopen *o = fsopen_take(&opens, NULL);
    uint32_t number;
    fut_err e;

    if (o == NULL) {
        vfs_close(vfs, session, out->handle);
        return FUT_ENFILE;
    }
    o->state = out->handle;
    o->how = how;
    o->rights = FSOPEN_MODE | FSOPEN_OWNER | FSOPEN_SHARE; /* the core asks for permission itself */
    e = fipc_object_add(r->session, directory ? &directory_binding : &file_binding, o, &number);
    if (e != FUT_OK) {
        r->detail = e == FUT_EMFILE ? OBJECTS_EACH : OBJECTS;
        handle_drop(o);
        return e;
    }
    node->tag = directory ? FS_OPENED_DIR : FS_OPENED_FILE;
    memcpy(&node->u, &number, sizeof number);
    return FUT_OK;
}

static fut_err dir_open(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                        uint32_t how, uint16_t mode, struct fs_opened *node)
{
    struct vfs_request q = path_request(self, VFS_OPEN, path, len);
    struct vfs_result out;
    fut_err e;

    q.how = how;
    q.mode = mode;
    e = run(r, &q, &out);
    return e != FUT_OK ? e : open_object(r, how, &out, node);
}

static fut_err dir_open_direct(void *self, struct fipc_req *r, const uint8_t *path, size_t len,
                               uint32_t how, uint16_t mode, struct fs_opened *node,
                               bool *has_volume, uint64_t *volume)
{
    struct vfs_request q = path_request(self, VFS_OPEN, path, len);
    struct vfs_result out;
    fut_err e;

    q.how = how;
    q.mode = mode;
    q.client = r->session->component;
    e = run(r, &q, &out);
    if (e != FUT_OK) return e;
    if (out.object == 0) return open_object(r, how, &out, node);
    *has_volume = true;
    *volume = mounts_volume(mounts_peer(out.mount));
    node->tag = FS_OPENED_FILE;
    node->u.file = out.object;
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

    fsbind_set(&set, mode, uid, gid, atime, mtime);
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
    .open_direct = dir_open_direct,
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

/* Handing on: the ticket holds the object, then the session that redeems it. */
static fut_err share(struct fipc_session *client, uint32_t object,
                     const struct fipc_binding *binding, void *self, uint32_t rights,
                     uint64_t *ticket)
{
    (void)object;
    if (binding->iface == &fs_pipe_iface) return pipes_share(client, self, rights, ticket);
    if (binding->iface != &fs_file_iface) return FUT_EOPNOTSUPP;
    return fsbind_share(client, binding, self, rights, ticket);
}

static fut_err shared(uint64_t label, uint64_t cookie, uint32_t rights,
                      struct component_offer *offer)
{
    struct fsopen *o;

    if (label == fs_pipe_iface.label) {
        offer->root = &pipes_binding;
        offer->self = pipes_shared((uintptr_t)cookie, rights);
        return offer->self != NULL ? FUT_OK : FUT_ESTALE;
    }
    if (label != fs_file_iface.label) return FUT_EPERM;
    o = fsopen_find(&opens, cookie);
    if (o == NULL) return FUT_ESTALE;
    offer->root = &file_binding;
    offer->self = o = fsbind_shared(&opens, o, rights, handle_drop);
    return o != NULL ? FUT_OK : FUT_ENFILE;
}

static void cancelled(struct fipc_server *s, struct fipc_session *client, uint32_t slot,
                      uint32_t seq)
{
    (void)s;
    pipes_cancel(client, slot, seq);
}

static void notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

static void done(void *ctx, uint64_t token, int error, const struct vfs_result *r)
{
    (void)ctx, (void)token, (void)error, (void)r; /* no request is ever left pending */
}

int main(int argc, char **argv)
{
    static struct fipc_session sessions[SESSIONS];
    static struct component_bell bells[SESSIONS];
    static struct fipc_object objects[OBJECTS];
    static uint8_t arena[FS_DIRECTORY_ARENA > FS_FILE_ARENA ? FS_DIRECTORY_ARENA : FS_FILE_ARENA];
    static const struct fipc_server_hooks hooks = {
        .notified = notified, .closed = closed, .cancelled = cancelled, .share = share};
    struct fipc_server_config config = {.slot = 1,
                                        .sessions = sessions,
                                        .nsessions = SESSIONS,
                                        .objects = objects,
                                        .nobjects = OBJECTS,
                                        .objects_per_session = OBJECTS_EACH,
                                        .doorbells = FIPC_BIT_DOORBELL,
                                        .arena = arena,
                                        .arena_size = sizeof arena,
                                        .hooks = &hooks};
    struct vfs_config core = {.env = fsbind_env,
                              .sessions = SESSIONS + 1,
                              .handles = HANDLES,
                              .tasks = TASKS,
                              .done = done};

    component_start();
    fsopen_init(&opens, records, HANDLES);
    vfs = vfs_new(&core);
    if (vfs == NULL) component_fail("not enough memory");
    component_shared = shared;
    pipes_init(&(struct pipes_tables){bells, sessions, SESSIONS, objects, OBJECTS, OBJECTS_EACH});
    mounts_make(vfs, argc, argv, &session);
    component_run(&server, &config, offers, 1);
}
