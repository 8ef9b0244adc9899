/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with two paths: rename and link. The second walk starts when the first is done; both
 * names stay in the task's path buffers until the filesystem has answered. */
#include "vfs_impl.h"

static bool same_dir(const struct walk *a, const struct walk *b)
{
    return a->dir.mount == b->dir.mount && a->dir.attr.ino == b->dir.attr.ino;
}

static int rename_check(struct vfs *v, struct task *t)
{
    const struct session *s = session_find(v, t->session);
    const struct walk *a = &t->walk[0], *b = &t->walk[1];
    int e;

    if (b->last != LAST_NORMAL) return FSC_EBUSY;
    if (a->dir.mount != b->dir.mount) return FSC_EXDEV;
    if (b->slash && a->cur.attr.kind != FSC_DIR) return FSC_ENOTDIR;
    e = perm_change(v, s, &a->dir, &a->cur.attr);
    if (e == FSC_OK) e = perm_change(v, s, &b->dir, b->found ? &b->cur.attr : NULL);
    /* A directory that moves gets another "..": that is a change of the directory itself. */
    if (e == FSC_OK && a->cur.attr.kind == FSC_DIR && !same_dir(a, b))
        e = perm_check(s, &a->cur.attr, 2);
    if (e != FSC_OK) return e;
    if (mount_over(v, a->cur.mount, a->cur.attr.ino) != NO_MOUNT ||
        (b->found && mount_over(v, b->cur.mount, b->cur.attr.ino) != NO_MOUNT))
        return FSC_EBUSY;
    return FSC_OK;
}

static int link_check(struct vfs *v, struct task *t)
{
    const struct walk *a = &t->walk[0], *b = &t->walk[1];

    if (b->found) return FSC_EEXIST;
    if (b->slash) return FSC_ENOENT;
    if (a->cur.attr.kind == FSC_DIR) return FSC_EPERM;
    if (a->cur.mount != b->dir.mount) return FSC_EXDEV;
    return perm_change(v, session_find(v, t->session), &b->dir, NULL);
}

static int first_walked(struct vfs *v, struct task *t)
{
    const struct vfs_request *q = &t->req;
    const struct walk *a = &t->walk[0];

    if (q->op == VFS_RENAME && a->last != LAST_NORMAL) return FSC_EBUSY;
    if (!a->found) return FSC_ENOENT;
    return walk_start(v, t, 1, FOLLOW_NEVER, q->path2, q->path2_len, q->base2);
}

int pairs_walked(struct vfs *v, struct task *t)
{
    const struct walk *a = &t->walk[0], *b = &t->walk[1];
    struct vfs_fs_request *q;
    int e;

    if (t->stage == 0) return first_walked(v, t);
    e = t->req.op == VFS_RENAME ? rename_check(v, t) : link_check(v, t);
    if (e != FSC_OK) return e;
    if (t->req.op == VFS_RENAME) {
        q = task_prepare(t, T_FINAL, VFS_FS_RENAME, a->dir.mount, a->dir.attr.ino);
        q->name = a->path + a->name;
        q->name_len = a->name_len;
        q->flags = (t->req.flags & VFS_REPLACE) != 0;
    } else {
        q = task_prepare(t, T_FINAL, VFS_FS_LINK, a->cur.mount, a->cur.attr.ino);
    }
    q->node2 = b->dir.attr.ino;
    q->name2 = b->path + b->name;
    q->name2_len = b->name_len;
    return STEP_SUBMIT;
}
