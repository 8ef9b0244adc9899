/* SPDX-License-Identifier: Apache-2.0 */
/* Open files as clients have them, without vfs: what a file was opened for decides, since vfs has
 * asked for permission when it opened it. */
#include "bind.h"
#include "capmgr.h"
#include "component.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

void bind_drop(struct fsopen *o)
{
    while (o != NULL && fsopen_drop(o)) {
        struct fsopen *origin = o->origin;

        if (origin == NULL && bind_ops->close != NULL) bind_ops->close(o);
        fsopen_free(&bind_files, o);
        o = origin;
    }
}

static void file_release(void *self, struct fipc_session *session)
{
    (void)session;
    bind_drop(self);
}

static int file_attr(const struct fsopen *o, struct fsc_attr *a)
{
    if (bind_ops->refresh != NULL) bind_ops->refresh();
    return bind_ops->stat(o->node, a);
}

static fut_err file_stat(void *self, struct fipc_req *r, struct fs_attr *attr)
{
    struct fsc_attr a;
    int e = file_attr(self, &a);

    (void)r;
    if (e == FSC_OK) fsbind_attr(attr, &a);
    return (fut_err)e;
}

static fut_err file_set_attr(void *self, struct fipc_req *r, const uint16_t *mode,
                             const uint32_t *uid, const uint32_t *gid, const struct fs_time *atime,
                             const struct fs_time *mtime)
{
    struct fsopen *o = self;
    struct fsc_set set;
    int e;

    (void)r;
    fsbind_set(&set, mode, uid, gid, atime, mtime);
    e = fsopen_may_set(o, set.mask);
    return (fut_err)(e == FSC_OK ? bind_ops->set_attr(o->node, &set) : e);
}

/* Nothing that these filesystems take is anywhere but in them. */
static fut_err file_sync(void *self, struct fipc_req *r, bool data_only)
{
    (void)self, (void)r, (void)data_only;
    return FUT_OK;
}

fut_err bind_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat)
{
    struct fsc_statfs s;

    (void)self, (void)r;
    bind_ops->statfs(&s);
    fsbind_statfs(stat, &s);
    return FUT_OK;
}

static fut_err file_read(void *self, struct fipc_req *r, uint64_t offset, uint32_t count,
                         struct fipc_out *data)
{
    struct fsopen *o = self;
    uint32_t got = 0;
    int e = fsopen_may_read(o, FSC_FILE);

    (void)r;
    if (e == FSC_OK)
        e = bind_ops->read(fsopen_base(o), offset, data->data,
                           count < data->cap ? count : data->cap, &got);
    if (e == FSC_OK) data->len = got;
    return (fut_err)e;
}

static bool view_source(const void *ctx, uint32_t at, void *to, uint32_t n)
{
    return fipc_view_copy(ctx, at, to, n) == FUT_OK;
}

fut_err bind_write(struct fsopen *o, struct fipc_req *r, uint64_t offset, bool append,
                   const struct fipc_view *data, uint32_t *count)
{
    const struct fsc_source from = {view_source, data};
    uint8_t *copy;
    fut_err e;

    if (bind_ops->write_from != NULL)
        return (fut_err)bind_ops->write_from(o, offset, append, &from, data->len, count);
    copy = fipc_req_alloc(r, data->len);
    if (copy == NULL) return FUT_ENOMEM;
    e = fipc_view_copy(data, 0, copy, data->len);
    return e != FUT_OK ? e : (fut_err)bind_ops->write(o, offset, append, copy, data->len, count);
}

static fut_err file_write(void *self, struct fipc_req *r, uint64_t offset,
                          const struct fipc_view *data, uint32_t *count)
{
    struct fsopen *o = self;
    int may = fsopen_may_write(o);

    if (may != FSC_OK) return (fut_err)may;
    return bind_write(fsopen_base(o), r, offset, (o->how & FSC_O_APPEND) != 0, data, count);
}

static fut_err file_truncate(void *self, struct fipc_req *r, uint64_t size)
{
    const struct fsc_set set = {.mask = FSC_SET_SIZE, .size = size};
    struct fsopen *o = self;
    struct fsc_attr a;
    int e = file_attr(o, &a);

    (void)r;
    if (e == FSC_OK) e = fsopen_may_cut(o, a.kind);
    return (fut_err)(e == FSC_OK ? bind_ops->set_attr(o->node, &set) : e);
}

static fut_err file_map(void *self, struct fipc_req *r, uint64_t offset, uint64_t length,
                        bool writable, uint64_t *pages)
{
    struct fsopen *o = self;
    int e = fsopen_may_read(o, FSC_FILE);

    if (bind_ops->map == NULL) return FUT_ENOSYS;
    if (e != FSC_OK) return (fut_err)e;
    if (writable) return FUT_EOPNOTSUPP;
    return bind_ops->map(fsopen_base(o), r->session->badge, offset, length, pages);
}

/* These files are always ready for what they were opened for, so no notification is ever wanted. */
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

static fut_err file_access(void *self, struct fipc_req *r, uint32_t *rights)
{
    (void)r;
    *rights = fsopen_rights(self);
    return FUT_OK;
}

static const struct fs_file_ops file_ops = {.stat = file_stat,
                                            .set_attr = file_set_attr,
                                            .sync = file_sync,
                                            .statfs = bind_statfs,
                                            .read = file_read,
                                            .write = file_write,
                                            .truncate = file_truncate,
                                            .map = file_map,
                                            .watch = file_watch,
                                            .access = file_access};
const struct fipc_binding bind_file = {&fs_file_iface, &file_ops, file_release};

/* ---- the client's session ---- */

static fut_err volume_duplicate(void *self, struct fipc_req *r, uint32_t file, uint32_t *copy)
{
    struct fipc_object *object = fipc_object_find(r->session, file, &fs_file_iface);
    fut_err e;

    (void)self;
    if (object == NULL || file == 0) return FUT_EBADF;
    e = fipc_object_add(r->session, &bind_file, object->self, copy);
    if (e == FUT_OK) fsopen_keep(object->self);
    return e;
}

static const struct fs_volume_ops volume_ops = {.duplicate = volume_duplicate,
                                                .statfs = bind_statfs};
const struct fipc_binding bind_volume = {&fs_volume_iface, &volume_ops, NULL};
