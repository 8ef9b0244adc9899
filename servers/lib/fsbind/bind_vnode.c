/* SPDX-License-Identifier: Apache-2.0 */
/* What vfs asks of a filesystem: nodes, names, open files, and their way to clients. */
#include "bind.h"
#include "capmgr.h"
#include "component.h"
#include "vnode.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

static void refresh(void)
{
    if (bind_ops->refresh != NULL) bind_ops->refresh();
}

static fut_err attr_answer(int e, const struct fsc_attr *a, struct fs_attr *attr)
{
    if (e == FSC_OK) fsbind_attr(attr, a);
    return (fut_err)e;
}

/* ---- nodes and names ---- */

static fut_err op_lookup(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    refresh();
    return attr_answer(bind_ops->lookup(dir, (const char *)name, len, &a), &a, attr);
}

static fut_err op_parent(void *self, struct fipc_req *r, uint64_t dir, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    refresh();
    return attr_answer(bind_ops->parent(dir, &a), &a, attr);
}

static fut_err op_stat(void *self, struct fipc_req *r, uint64_t node, struct fs_attr *attr)
{
    struct fsc_attr a;

    (void)self, (void)r;
    refresh();
    return attr_answer(bind_ops->stat(node, &a), &a, attr);
}

static fut_err op_create(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint8_t kind, uint16_t mode, uint32_t uid, uint32_t gid,
                         const uint8_t *target, size_t target_len, struct fs_attr *attr)
{
    const struct fsc_attr n = {.kind = kind, .mode = mode, .uid = uid, .gid = gid};
    struct fsc_attr a;

    (void)self, (void)r;
    if (bind_ops->create == NULL) return FUT_EROFS;
    return attr_answer(
        bind_ops->create(dir, (const char *)name, len, &n, (const char *)target, target_len, &a),
        &a, attr);
}

static fut_err op_link(void *self, struct fipc_req *r, uint64_t node, uint64_t dir,
                       const uint8_t *name, size_t len)
{
    (void)self, (void)r;
    if (bind_ops->link == NULL) return FUT_EROFS;
    return (fut_err)bind_ops->link(node, dir, (const char *)name, len);
}

static fut_err op_unlink(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, bool directory)
{
    (void)self, (void)r;
    if (bind_ops->unlink == NULL) return FUT_EROFS;
    return (fut_err)bind_ops->unlink(dir, (const char *)name, len, directory);
}

static fut_err op_rename(void *self, struct fipc_req *r, uint64_t dir, const uint8_t *name,
                         size_t len, uint64_t to, const uint8_t *new, size_t new_len, bool replace)
{
    (void)self, (void)r;
    if (bind_ops->rename == NULL) return FUT_EROFS;
    return (fut_err)bind_ops->rename(dir, (const char *)name, len, to, (const char *)new, new_len,
                                     replace);
}

static fut_err op_readlink(void *self, struct fipc_req *r, uint64_t node, struct fipc_out *target)
{
    const char *text;
    size_t len;
    int e;

    (void)self, (void)r;
    if (bind_ops->readlink == NULL) return FUT_EINVAL;
    e = bind_ops->readlink(node, &text, &len);
    return e != FSC_OK ? (fut_err)e : fipc_out_write(target, text, len);
}

static fut_err op_set_attr(void *self, struct fipc_req *r, uint64_t node, uint32_t mask,
                           uint16_t mode, uint32_t uid, uint32_t gid, const struct fs_time *atime,
                           const struct fs_time *mtime, uint64_t size, struct fs_attr *attr)
{
    struct fsc_set set = {.mask = mask, .uid = uid, .gid = gid, .mode = mode, .size = size};
    struct fsc_attr a;
    int e;

    (void)self, (void)r;
    refresh();
    set.atime = (struct fsc_time){atime->sec, atime->nsec};
    set.mtime = (struct fsc_time){mtime->sec, mtime->nsec};
    e = bind_ops->set_attr(node, &set);
    if (e == FSC_OK) e = bind_ops->stat(node, &a);
    return attr_answer(e, &a, attr);
}

/* ---- open files ---- */

/* The file becomes an object of the client's session, which holds it in the handle's place. */
static fut_err open_lend(struct fsopen *o, uint32_t holder, bool *has_object, uint32_t *object)
{
    struct fipc_session *client = bind_session(holder);
    uint64_t ticket;
    fut_err e;

    if (client == NULL) return FUT_OK;
    if (bind_ops->terminal != NULL && bind_ops->terminal(o, 0, &ticket) != FUT_EOPNOTSUPP)
        return FUT_OK;
    e = fipc_object_add(client, &bind_file, o, object);
    if (e != FUT_OK) return e;
    *has_object = true;
    o->owner = NULL;
    return FUT_OK;
}

static fut_err op_open(void *self, struct fipc_req *r, uint64_t node, uint32_t how,
                       const uint32_t *holder, const uint8_t *rights, uint64_t *handle,
                       struct fs_attr *attr, bool *has_object, uint32_t *object)
{
    struct fsc_attr a;
    struct fsopen *o;
    fut_err e;

    (void)self;
    refresh();
    e = (fut_err)bind_ops->stat(node, &a);
    if (e != FUT_OK) return e;
    if (a.kind == FSC_DIR && (how & FSC_O_WRITE) != 0) return FUT_EISDIR;
    o = fsopen_take(&bind_files, r->session);
    if (o == NULL) return FUT_ENFILE;
    o->node = node;
    o->how = how;
    o->rights = FSOPEN_SHARE | (rights != NULL ? *rights & (FSOPEN_MODE | FSOPEN_OWNER) : 0);
    e = (fut_err)bind_ops->open(o, &a);
    if (e != FUT_OK) {
        fsopen_free(&bind_files, o);
        return e;
    }
    if ((how & FSC_O_TRUNC) != 0) e = (fut_err)bind_ops->stat(node, &a);
    if (e == FUT_OK && holder != NULL && a.kind != FSC_DIR)
        e = open_lend(o, *holder, has_object, object);
    if (e != FUT_OK) {
        bind_drop(o);
        return e;
    }
    *handle = *has_object ? 0 : o->handle;
    fsbind_attr(attr, &a);
    return FUT_OK;
}

static struct fsopen *open_find(const struct fipc_req *r, uint64_t handle)
{
    struct fsopen *o = fsopen_find(&bind_files, handle);

    return o != NULL && o->owner == r->session ? o : NULL;
}

static fut_err op_close(void *self, struct fipc_req *r, uint64_t handle)
{
    struct fsopen *o = open_find(r, handle);

    (void)self;
    if (o == NULL) return FUT_EBADF;
    o->owner = NULL;
    bind_drop(o);
    return FUT_OK;
}

static fut_err op_read(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                       uint32_t count, struct fipc_out *data)
{
    struct fsopen *o = open_find(r, handle);
    uint32_t got = 0;
    int e;

    (void)self;
    if (o == NULL) return FUT_EBADF;
    e = bind_ops->read(o, offset, data->data, count < data->cap ? count : data->cap, &got);
    if (e == FSC_OK) data->len = got;
    return (fut_err)e;
}

static fut_err op_write(void *self, struct fipc_req *r, uint64_t handle, uint64_t offset,
                        bool append, const struct fipc_view *data, uint32_t *count)
{
    struct fsopen *o = open_find(r, handle);

    (void)self;
    return o == NULL ? FUT_EBADF : bind_write(o, r, offset, append, data, count);
}

static fut_err op_readdir(void *self, struct fipc_req *r, uint64_t handle, uint64_t cookie,
                          uint16_t limit, const struct fs_dirent **entries, size_t *n, bool *end)
{
    static struct fsc_dirent found[BIND_ENTRIES];
    struct fsopen *o = open_find(r, handle);
    uint32_t count;
    int e;

    (void)self;
    if (o == NULL) return FUT_EBADF;
    refresh();
    e = bind_ops->readdir(o->node, cookie, found, limit < BIND_ENTRIES ? limit : BIND_ENTRIES,
                          &count, end);
    if (e != FSC_OK) return (fut_err)e;
    *entries = fsbind_dirents(r, found, count);
    *n = count;
    return *entries == NULL ? FUT_ENOMEM : FUT_OK;
}

/* Nothing that these filesystems take is anywhere but in them. */
static fut_err op_sync(void *self, struct fipc_req *r, uint64_t handle, bool data_only)
{
    (void)self, (void)data_only;
    return open_find(r, handle) != NULL ? FUT_OK : FUT_EBADF;
}

/* ---- clients ---- */

/* The ticket is vfs's to pass on; which component redeems it is seen when it connects. */
static fut_err op_session(void *self, struct fipc_req *r, uint32_t holder, uint64_t *session)
{
    (void)self;
    if (holder == 0) return FUT_EINVAL;
    return capmgr_manager_ticket_object(MANAGER, r->session->badge, fs_volume_iface.label, holder,
                                        COMPONENT_ALL_RIGHTS, session);
}

static fut_err op_lend(void *self, struct fipc_req *r, uint64_t handle, uint32_t holder,
                       uint32_t *object, uint64_t *terminal)
{
    struct fsopen *o = open_find(r, handle);
    struct fipc_session *client = bind_session(holder);
    fut_err e;

    (void)self;
    *object = 0;
    *terminal = 0;
    if (o == NULL) return FUT_EBADF;
    if (bind_ops->terminal != NULL) {
        e = bind_ops->terminal(o, r->session->badge, terminal);
        if (e != FUT_EOPNOTSUPP) return e;
    }
    if (client == NULL) return FUT_ENOTCONN;
    e = fipc_object_add(client, &bind_file, o, object);
    if (e == FUT_OK) fsopen_keep(o);
    return e;
}

/* Nothing starts twice in one nanosecond. */
static fut_err op_instance(void *self, struct fipc_req *r, uint64_t *number)
{
    (void)self, (void)r;
    *number = bind_born;
    return FUT_OK;
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
    .statfs = bind_statfs,
    .open = op_open,
    .close = op_close,
    .read = op_read,
    .write = op_write,
    .readdir = op_readdir,
    .sync = op_sync,
    .session = op_session,
    .lend = op_lend,
    .instance = op_instance,
};
const struct fipc_binding bind_vnode = {&vnode_filesystem_iface, &ops, NULL};
