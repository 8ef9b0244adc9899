/* SPDX-License-Identifier: Apache-2.0 */
/* See fs_ramfs_adapter.h. A handle is the inode number: ramfs counts the opens itself. */
#include "fs_ramfs_adapter.h"

#include <stdlib.h>
#include <string.h>

static int do_create(struct ramfs *fs, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    const struct ramfs_new_node what = {.kind = q->kind,
                                        .mode = q->mode,
                                        .uid = q->uid,
                                        .gid = q->gid,
                                        .target = q->data,
                                        .target_len = q->len};

    return ramfs_create(fs, q->node, q->name, q->name_len, &what, &r->attr);
}

static int do_readlink(struct ramfs *fs, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    const char *target;
    size_t len;
    int e = ramfs_readlink(fs, q->node, &target, &len);

    if (e == FSC_OK) {
        r->count = len < q->len ? (uint32_t)len : q->len;
        memcpy(q->buffer, target, r->count);
    }
    return e;
}

static int do_open(struct fs_under *u, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    struct ramfs *fs = u->fs;
    int e = ramfs_open(fs, q->node);

    u->rights = q->rights;
    if (q->client != 0 && q->client == u->client) r->object = u->object;

    if (e == FSC_OK && (q->flags & FSC_O_TRUNC)) ramfs_truncate(fs, q->node, 0);
    r->handle = q->node;
    return e == FSC_OK ? ramfs_stat(fs, q->node, &r->attr) : e;
}

static int do_io(struct fs_under *u, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    struct ramfs *fs = u->fs;

    switch (q->op) {
    case VFS_FS_OPEN: return do_open(u, q, r);
    case VFS_FS_CLOSE:
        u->closed++;
        ramfs_close(fs, q->handle);
        return FSC_OK;
    case VFS_FS_READ: return ramfs_read(fs, q->handle, q->offset, q->buffer, q->len, &r->count);
    case VFS_FS_WRITE:
        return ramfs_write(fs, q->handle, q->offset, q->flags, q->data, q->len, &r->count);
    case VFS_FS_READDIR:
        return ramfs_readdir(fs, q->handle, q->offset, q->buffer, q->len, &r->count, &r->end);
    case VFS_FS_STATFS: ramfs_statfs(fs, &r->statfs); return FSC_OK;
    default: return FSC_OK;
    }
}

static int do_op(struct fs_under *u, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    struct ramfs *fs = u->fs;
    int e;

    switch (q->op) {
    case VFS_FS_LOOKUP: return ramfs_lookup(fs, q->node, q->name, q->name_len, &r->attr);
    case VFS_FS_PARENT: return ramfs_parent(fs, q->node, &r->attr);
    case VFS_FS_STAT: return ramfs_stat(fs, q->node, &r->attr);
    case VFS_FS_CREATE: return do_create(fs, q, r);
    case VFS_FS_LINK: return ramfs_link(fs, q->node, q->node2, q->name2, q->name2_len);
    case VFS_FS_UNLINK: return ramfs_unlink(fs, q->node, q->name, q->name_len, q->flags);
    case VFS_FS_RENAME:
        return ramfs_rename(fs, q->node, q->name, q->name_len, q->node2, q->name2, q->name2_len,
                            q->flags);
    case VFS_FS_READLINK: return do_readlink(fs, q, r);
    case VFS_FS_SET_ATTR:
        e = ramfs_set_attr(fs, q->node, q->set);
        return e == FSC_OK ? ramfs_stat(fs, q->node, &r->attr) : e;
    default: return do_io(u, q, r);
    }
}

static int submit(void *fs, uint32_t id, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    struct fs_under *u = fs;

    u->submitted++;
    if (!u->late || id == 0) return do_op(u, q, r);
    if (u->queued == FS_QUEUE) abort();
    u->queue[u->queued].id = id;
    u->queue[u->queued++].q = *q;
    return VFS_PENDING;
}

const struct vfs_fs_ops fs_under_ops = {submit};

void fs_under_answer(struct vfs *v, struct fs_under *u, uint32_t n)
{
    uint32_t id = u->queue[n].id;
    struct vfs_fs_request q = u->queue[n].q;
    struct vfs_fs_reply r;
    int e;

    memset(&r, 0, sizeof r);
    u->queue[n] = u->queue[--u->queued];
    e = do_op(u, &q, &r);
    vfs_complete(v, id, e, &r);
}

void fs_under_forget(struct fs_under *u) { u->queued = 0; }
