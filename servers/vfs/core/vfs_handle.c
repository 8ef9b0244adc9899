/* SPDX-License-Identifier: Apache-2.0 */
/* Requests on an open file: what it was opened for decides, not today's permissions. */
#include "vfs_impl.h"

static int handle_check(const struct handle *h, const struct vfs_request *q)
{
    switch (q->op) {
    case VFS_READ:
        if (!(h->how & FSC_O_READ)) return FSC_EBADF;
        return h->kind == FSC_DIR ? FSC_EISDIR : FSC_OK;
    case VFS_WRITE: return h->how & FSC_O_WRITE ? FSC_OK : FSC_EBADF;
    case VFS_TRUNCATE: return h->kind == FSC_FILE && (h->how & FSC_O_WRITE) ? FSC_OK : FSC_EINVAL;
    case VFS_READDIR: return h->kind == FSC_DIR ? FSC_OK : FSC_ENOTDIR;
    default: return FSC_OK;
    }
}

static int handle_io(struct task *t, const struct handle *h, enum vfs_fs_op op)
{
    struct vfs_fs_request *q = task_prepare(t, T_FINAL, op, h->mount, h->ino);

    q->handle = h->fs_handle;
    q->offset = t->req.offset;
    q->buffer = t->req.buffer;
    q->data = t->req.data;
    q->len = t->req.len;
    if (op == VFS_FS_WRITE)
        q->flags = h->how & FSC_O_APPEND;
    else if (op == VFS_FS_SYNC)
        q->flags = (t->req.flags & VFS_DATA_ONLY) != 0;
    return STEP_SUBMIT;
}

static int handle_truncate(struct task *t, const struct handle *h)
{
    t->truncate = (struct fsc_set){.mask = FSC_SET_SIZE, .size = t->req.offset};
    task_prepare(t, T_FINAL, VFS_FS_SET_ATTR, h->mount, h->ino)->set = &t->truncate;
    return STEP_SUBMIT;
}

/* Owner and mode are the file's, not the handle's: they are looked up first, as for a path. */
static int handle_set_attr(struct task *t, const struct handle *h)
{
    struct walk *w = &t->walk[0];

    if (!t->req.set) return FSC_EINVAL;
    w->len = w->pos = 0;
    w->cur.mount = h->mount;
    task_prepare(t, T_ENTER, VFS_FS_STAT, h->mount, h->ino);
    return STEP_SUBMIT;
}

int handle_begin(struct vfs *v, struct task *t)
{
    const struct vfs_request *q = &t->req;
    const struct handle *h;
    int e;

    h = handle_find(v, t->session, q->handle, &e);
    if (!h || (e = handle_check(h, q)) != FSC_OK) return e;
    switch (q->op) {
    case VFS_FSTAT: task_prepare(t, T_FINAL, VFS_FS_STAT, h->mount, h->ino); return STEP_SUBMIT;
    case VFS_STATFS: task_prepare(t, T_FINAL, VFS_FS_STATFS, h->mount, h->ino); return STEP_SUBMIT;
    case VFS_SET_ATTR: return handle_set_attr(t, h);
    case VFS_TRUNCATE: return handle_truncate(t, h);
    case VFS_READ: return q->len == 0 ? FSC_OK : handle_io(t, h, VFS_FS_READ);
    case VFS_WRITE: return q->len == 0 ? FSC_OK : handle_io(t, h, VFS_FS_WRITE);
    case VFS_READDIR: return q->len == 0 ? FSC_EINVAL : handle_io(t, h, VFS_FS_READDIR);
    case VFS_SYNC: return handle_io(t, h, VFS_FS_SYNC);
    default: return FSC_ENOSYS;
    }
}
