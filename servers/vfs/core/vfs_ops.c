/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What requests want once their path is walked. Every decision about permission is made here, right
 * before the operation that needs it is prepared.
 */
#include "vfs_impl.h"

#include <string.h>

static enum walk_follow ops_follow(const struct vfs_request *q)
{
    switch (q->op) {
    case VFS_MKDIR:
    case VFS_SYMLINK:
    case VFS_MKNOD:
    case VFS_UNLINK:
    case VFS_RENAME: return FOLLOW_NEVER;
    case VFS_READLINK: return NOFOLLOW;
    case VFS_OPEN:
        if ((q->how & FSC_O_NOFOLLOW) ||
            (q->how & (FSC_O_CREATE | FSC_O_EXCL)) == (FSC_O_CREATE | FSC_O_EXCL))
            return NOFOLLOW;
        return FOLLOW;
    default: return q->flags & VFS_NOFOLLOW ? NOFOLLOW : FOLLOW;
    }
}

static int open_begin(struct vfs *v, struct task *t)
{
    uint32_t how = t->req.how;

    if ((how & ~FSC_O_ALL) || !(how & (FSC_O_READ | FSC_O_WRITE)) ||
        ((how & (FSC_O_TRUNC | FSC_O_APPEND)) && !(how & FSC_O_WRITE)) ||
        ((how & FSC_O_CREATE) && (how & FSC_O_DIRECTORY)))
        return FSC_EINVAL;
    t->handle = handle_reserve(v, t->session); /* first, so that nothing is created in vain */
    return t->handle ? FSC_OK : FSC_EMFILE;
}

static bool needs_root(enum vfs_op op)
{
    return op == VFS_SET_ROOT || op == VFS_MOUNT || op == VFS_UNMOUNT;
}

int ops_begin(struct vfs *v, struct task *t)
{
    const struct vfs_request *q = &t->req;
    int e;

    if (needs_root(q->op) && session_find(v, t->session)->uid != 0) return FSC_EPERM;
    if (q->op >= VFS_FSTAT || (q->handle != 0 && (q->op == VFS_SET_ATTR || q->op == VFS_STATFS)))
        return handle_begin(v, t);
    if (q->op == VFS_OPEN && (e = open_begin(v, t)) != FSC_OK) return e;
    if ((q->op == VFS_SET_ATTR && !q->set) || (q->op == VFS_MOUNT && !q->mount)) return FSC_EINVAL;
    return walk_start(v, t, 0, ops_follow(q), q->path, q->path_len, q->base);
}

static struct vfs_fs_request *prepare_name(struct task *t, enum task_state state, enum vfs_fs_op op,
                                           const struct walk *w)
{
    struct vfs_fs_request *q = task_prepare(t, state, op, w->dir.mount, w->dir.attr.ino);

    q->name = w->path + w->name;
    q->name_len = w->name_len;
    return q;
}

static void prepare_create(struct vfs *v, struct task *t, enum task_state state, uint8_t kind)
{
    const struct session *s = session_find(v, t->session);
    const struct walk *w = &t->walk[0];
    struct vfs_fs_request *q = prepare_name(t, state, VFS_FS_CREATE, w);

    q->kind = kind;
    q->mode = kind == FSC_SYMLINK ? 0777 : t->req.mode & 07777;
    q->uid = s->uid;
    q->gid = s->gid;
    if (w->dir.attr.mode & 02000) { /* set-group-id of a directory hands its group down */
        q->gid = w->dir.attr.gid;
        if (kind == FSC_DIR) q->mode |= 02000;
    }
    q->data = t->req.data;
    q->len = kind == FSC_SYMLINK ? t->req.len : 0;
}

static int make_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    uint8_t kind = t->req.op == VFS_MKDIR     ? FSC_DIR
                   : t->req.op == VFS_SYMLINK ? FSC_SYMLINK
                                              : t->req.kind;
    int e;

    if (w->found) return FSC_EEXIST;
    if (w->slash && kind != FSC_DIR) return FSC_ENOENT;
    if (t->req.op == VFS_MKNOD && kind != FSC_FIFO && kind != FSC_SOCKET) return FSC_EPERM;
    if (kind == FSC_SYMLINK && (t->req.len == 0 || !t->req.data)) return FSC_ENOENT;
    if (kind == FSC_SYMLINK && t->req.len > FSC_PATH_MAX) return FSC_ENAMETOOLONG;
    if (kind == FSC_SYMLINK && memchr(t->req.data, 0, t->req.len)) return FSC_EINVAL;
    e = perm_change(v, session_find(v, t->session), &w->dir, NULL);
    if (e != FSC_OK) return e;
    prepare_create(v, t, T_FINAL, kind);
    return STEP_SUBMIT;
}

static int unlink_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    bool directory = t->req.flags & VFS_DIRECTORY;
    int e;

    if (w->last != LAST_NORMAL) {
        if (!directory) return FSC_EISDIR;
        return w->last == LAST_DOT      ? FSC_EINVAL
               : w->last == LAST_DOTDOT ? FSC_ENOTEMPTY
                                        : FSC_EBUSY;
    }
    if (!w->found) return FSC_ENOENT;
    e = perm_change(v, session_find(v, t->session), &w->dir, &w->cur.attr);
    if (e != FSC_OK) return e;
    if (directory != (w->cur.attr.kind == FSC_DIR)) return directory ? FSC_ENOTDIR : FSC_EISDIR;
    if (mount_over(v, w->cur.mount, w->cur.attr.ino) != NO_MOUNT) return FSC_EBUSY;
    prepare_name(t, T_FINAL, VFS_FS_UNLINK, w)->flags = directory;
    return STEP_SUBMIT;
}

static int open_prepare(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    struct vfs_fs_request *q = task_prepare(t, T_OPEN, VFS_FS_OPEN, w->cur.mount, w->cur.attr.ino);

    q->flags = t->req.how & (FSC_O_READ | FSC_O_WRITE | FSC_O_APPEND | FSC_O_TRUNC);
    q->client = w->cur.attr.kind == FSC_DIR ? 0 : t->req.client;
    q->rights = perm_rights(v, session_find(v, t->session), &w->cur);
    return STEP_SUBMIT;
}

static int open_absent(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    int e;

    if (!(t->req.how & FSC_O_CREATE)) return FSC_ENOENT;
    if (w->slash) return FSC_EISDIR;
    e = perm_change(v, session_find(v, t->session), &w->dir, NULL);
    if (e != FSC_OK) return e;
    prepare_create(v, t, T_CREATE_OPEN, FSC_FILE);
    return STEP_SUBMIT;
}

static int open_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    const struct session *s = session_find(v, t->session);
    uint32_t how = t->req.how;
    uint32_t mask = (how & FSC_O_READ ? 4 : 0) | (how & FSC_O_WRITE ? 2 : 0);

    if (!w->found) return open_absent(v, t);
    if ((how & FSC_O_CREATE) && (how & FSC_O_EXCL)) return FSC_EEXIST;
    if (w->cur.attr.kind == FSC_SYMLINK) return FSC_ELOOP;
    if ((how & FSC_O_DIRECTORY) && w->cur.attr.kind != FSC_DIR) return FSC_ENOTDIR;
    if (w->cur.attr.kind == FSC_DIR && (how & (FSC_O_WRITE | FSC_O_CREATE))) return FSC_EISDIR;
    if (w->cur.attr.kind == FSC_SOCKET) return FSC_ENXIO;
    if (perm_check(s, &w->cur.attr, mask) != FSC_OK) return FSC_EACCES;
    if ((how & FSC_O_WRITE) && w->cur.attr.kind == FSC_FILE &&
        (v->mount[w->cur.mount].flags & VFS_MOUNT_READ_ONLY))
        return FSC_EROFS;
    return open_prepare(v, t);
}

static int open_done(struct vfs *v, struct task *t)
{
    struct handle *h = &v->handle[(t->handle & 0xffff) - 1];
    const struct walk *w = &t->walk[0];

    t->result.attr = t->fs_reply.attr;
    if (t->fs_reply.object != 0 && t->fs_req.client != 0) {
        t->result.object = t->fs_reply.object;
        t->result.mount = w->cur.mount;
        handle_release(v, t->handle); /* nothing of it stays here */
        t->handle = 0;
        return FSC_OK;
    }
    h->open = true;
    h->stale = v->mount[w->cur.mount].lost;
    h->kind = w->cur.attr.kind;
    h->mount = w->cur.mount;
    h->ino = w->cur.attr.ino;
    h->how = t->req.how;
    h->fs_handle = t->fs_reply.handle;
    v->mount[h->mount].opens++;
    t->result.handle = t->handle;
    return FSC_OK;
}

static int set_attr_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    struct fsc_set effective;
    int e = perm_set(session_find(v, t->session), &w->cur.attr, t->req.set, &effective);

    if (e != FSC_OK) return e;
    if (v->mount[w->cur.mount].flags & VFS_MOUNT_READ_ONLY) return FSC_EROFS;
    t->truncate = effective;
    task_prepare(t, T_FINAL, VFS_FS_SET_ATTR, w->cur.mount, w->cur.attr.ino)->set = &t->truncate;
    return STEP_SUBMIT;
}

static int mount_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];
    uint32_t number = 0;
    int e;

    if (w->cur.attr.kind != FSC_DIR) return FSC_ENOTDIR;
    if (t->req.op == VFS_SET_ROOT) {
        struct session *s = session_find(v, t->session);

        s->root_mount = w->cur.mount;
        s->root_ino = w->cur.attr.ino;
        return FSC_OK;
    }
    if (t->req.op == VFS_UNMOUNT) {
        bool is_root = w->cur.attr.ino == v->mount[w->cur.mount].root;

        return is_root ? mount_remove(v, w->cur.mount) : FSC_EINVAL;
    }
    if (mount_over(v, w->cur.mount, w->cur.attr.ino) != NO_MOUNT)
        return FSC_EBUSY; /* somebody else mounted while this walk waited */
    e = mount_add(v, t->req.mount, w->cur.mount, w->cur.attr.ino, w->path, w->len, &number);
    t->result.handle = number;
    return e;
}

static int readlink_walked(struct task *t)
{
    const struct walk *w = &t->walk[0];
    struct vfs_fs_request *q;

    if (w->cur.attr.kind != FSC_SYMLINK || t->req.len == 0 || !t->req.buffer) return FSC_EINVAL;
    q = task_prepare(t, T_FINAL, VFS_FS_READLINK, w->cur.mount, w->cur.attr.ino);
    q->buffer = t->req.buffer;
    q->len = t->req.len;
    return STEP_SUBMIT;
}

/* Requests for which the path must name something. */
static int found_walked(struct vfs *v, struct task *t)
{
    const struct walk *w = &t->walk[0];

    if (!w->found) return FSC_ENOENT;
    switch (t->req.op) {
    case VFS_STAT: t->result.attr = w->cur.attr; return FSC_OK;
    case VFS_ACCESS:
        if ((t->req.mode & 2) && (v->mount[w->cur.mount].flags & VFS_MOUNT_READ_ONLY))
            return FSC_EROFS;
        return perm_check(session_find(v, t->session), &w->cur.attr, t->req.mode & 7);
    case VFS_READLINK: return readlink_walked(t);
    case VFS_SET_ATTR: return set_attr_walked(v, t);
    case VFS_STATFS:
        task_prepare(t, T_FINAL, VFS_FS_STATFS, w->cur.mount, w->cur.attr.ino);
        return STEP_SUBMIT;
    default: return mount_walked(v, t);
    }
}

int ops_walked(struct vfs *v, struct task *t)
{
    switch (t->req.op) {
    case VFS_OPEN: return open_walked(v, t);
    case VFS_MKDIR:
    case VFS_SYMLINK:
    case VFS_MKNOD: return make_walked(v, t);
    case VFS_UNLINK: return unlink_walked(v, t);
    case VFS_RENAME:
    case VFS_LINK: return pairs_walked(v, t);
    default: return found_walked(v, t);
    }
}

int ops_resume(struct vfs *v, struct task *t, int error)
{
    if (t->state == T_CREATE_OPEN) {
        /* Another session made it in between: then it exists, which only O_EXCL minds. */
        if (error == FSC_EEXIST && !(t->req.how & FSC_O_EXCL)) return walk_again(v, t);
        if (error != FSC_OK) return error;
        t->walk[0].cur = t->walk[0].dir;
        t->walk[0].cur.attr = t->fs_reply.attr;
        return open_prepare(v, t);
    }
    if (error != FSC_OK) return error;
    if (t->state == T_OPEN) return open_done(v, t);
    if (t->fs_req.len != 0 && t->fs_reply.count > t->fs_req.len)
        return FSC_EIO; /* a filesystem that claims to have done more than was asked for */
    t->result.attr = t->fs_reply.attr;
    t->result.statfs = t->fs_reply.statfs;
    t->result.count = t->fs_reply.count;
    t->result.end = t->fs_reply.end;
    return FSC_OK;
}
