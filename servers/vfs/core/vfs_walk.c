/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path walk, a state machine: it prepares one filesystem operation at a time and goes on from
 * its answer. A symbolic link's target is spliced in front of the rest of the path, so nothing is
 * recursive and the length limit holds for what is left as well.
 *
 *   ENTER -> (component) -> LOOKUP -> [READLINK -> ENTER] -> [ENTER_MOUNT] -> (component) ...
 * walked
 *                        -> PARENT ("..")
 */
#include "vfs_impl.h"

#include <string.h>

static int walk_step(struct vfs *v, struct task *t);

static int walk_enter(struct task *t, enum task_state state, uint32_t mount, uint64_t ino)
{
    struct walk *w = &t->walk[t->stage];

    w->cur.mount = mount;
    task_prepare(t, state, VFS_FS_STAT, mount, ino);
    return STEP_SUBMIT;
}

static int walk_enter_root(struct vfs *v, struct task *t)
{
    const struct session *s = session_find(v, t->session);

    return s ? walk_enter(t, T_ENTER, s->root_mount, s->root_ino) : FSC_EBADF;
}

int walk_start(struct vfs *v, struct task *t, uint32_t stage, enum walk_follow follow,
               const char *path, size_t len, uint32_t base)
{
    struct walk *w = &t->walk[stage];
    const struct handle *h;
    int e;

    if (len == 0 || !path) return FSC_ENOENT;
    if (len > FSC_PATH_MAX) return FSC_ENAMETOOLONG;
    if (memchr(path, 0, len)) return FSC_EINVAL;
    if (path != w->path) memcpy(w->path, path, len);
    t->stage = stage;
    w->len = (uint32_t)len;
    w->pos = w->links = 0;
    w->follow = follow;
    w->last = LAST_ROOT;
    w->slash = w->found = false;
    if (path[0] == '/' || base == 0) return walk_enter_root(v, t);
    h = handle_find(v, t->session, base, &e);
    if (!h) return e;
    if (h->kind != FSC_DIR) return FSC_ENOTDIR;
    return walk_enter(t, T_ENTER, h->mount, h->ino);
}

static int walk_dotdot(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];
    const struct session *s = session_find(v, t->session);
    uint32_t mount = w->cur.mount;
    uint64_t ino = w->cur.attr.ino;

    w->last = LAST_DOTDOT;
    w->pos = w->end;
    if (!s) return FSC_EBADF;
    for (;;) { /* up through mounts; each round goes one mount up, so it ends */
        if (mount == s->root_mount && ino == s->root_ino) return walk_enter(t, T_ENTER, mount, ino);
        if (ino != v->mount[mount].root || mount == 0) break;
        ino = v->mount[mount].covered;
        mount = v->mount[mount].parent;
    }
    if (mount == 0 && ino == v->mount[0].root) return walk_enter(t, T_ENTER, mount, ino);
    w->cur.mount = mount;
    task_prepare(t, T_PARENT, VFS_FS_PARENT, mount, ino);
    return STEP_SUBMIT;
}

static int walk_lookup(struct task *t)
{
    struct walk *w = &t->walk[t->stage];
    struct vfs_fs_request *q;

    w->last = LAST_NORMAL;
    w->dir = w->cur;
    q = task_prepare(t, T_LOOKUP, VFS_FS_LOOKUP, w->cur.mount, w->cur.attr.ino);
    q->name = w->path + w->name;
    q->name_len = w->name_len;
    return STEP_SUBMIT;
}

int walk_again(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];

    (void)v;
    if (++w->links > VFS_LINKS_MAX) return FSC_ELOOP;
    w->cur = w->dir;
    return walk_lookup(t);
}

/* Cuts the next component out. False: none is left. */
static bool walk_cut(struct walk *w)
{
    while (w->pos < w->len && w->path[w->pos] == '/')
        w->pos++;
    if (w->pos == w->len) return false;
    w->name = w->end = w->pos;
    while (w->end < w->len && w->path[w->end] != '/')
        w->end++;
    w->name_len = w->end - w->name;
    return true;
}

/* Is the present component the last one? Slashes behind it do not count. */
static bool walk_at_last(struct walk *w)
{
    uint32_t i = w->end;

    while (i < w->len && w->path[i] == '/')
        i++;
    w->slash = i > w->end;
    return i == w->len;
}

static int walk_step(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];
    const struct session *s = session_find(v, t->session);

    while (walk_cut(w)) {
        const char *name = w->path + w->name;

        if (w->cur.attr.kind != FSC_DIR) return FSC_ENOTDIR;
        if (!s || perm_check(s, &w->cur.attr, 1) != FSC_OK) return FSC_EACCES;
        if (w->name_len > FSC_NAME_MAX) return FSC_ENAMETOOLONG;
        if (w->name_len == 2 && name[0] == '.' && name[1] == '.') return walk_dotdot(v, t);
        if (w->name_len != 1 || name[0] != '.') return walk_lookup(t);
        w->last = LAST_DOT;
        w->pos = w->end;
    }
    w->found = true;
    return ops_walked(v, t);
}

static int walk_absent(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];

    if (!walk_at_last(w)) return FSC_ENOENT;
    w->found = false;
    w->pos = w->len;
    return ops_walked(v, t);
}

static int walk_follow_link(struct task *t, bool last)
{
    struct walk *w = &t->walk[t->stage];
    struct vfs_fs_request *q;

    if (last && w->follow == NOFOLLOW && !w->slash) return FSC_OK;
    if (last && w->follow == FOLLOW_NEVER) return FSC_OK;
    if (++w->links > VFS_LINKS_MAX) return FSC_ELOOP;
    q = task_prepare(t, T_READLINK, VFS_FS_READLINK, w->cur.mount, t->fs_reply.attr.ino);
    q->buffer = t->link;
    q->len = FSC_PATH_MAX;
    return STEP_SUBMIT;
}

static int walk_found(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];
    bool last = walk_at_last(w);
    uint32_t over;

    if (t->fs_reply.attr.kind == FSC_SYMLINK) {
        int e = walk_follow_link(t, last);

        if (e != FSC_OK) return e;
    }
    w->cur.attr = t->fs_reply.attr;
    w->pos = w->end;
    if (last && w->slash && w->cur.attr.kind != FSC_DIR) return FSC_ENOTDIR;
    over =
        last && w->follow == FOLLOW_NEVER ? NO_MOUNT : mount_over(v, w->cur.mount, w->cur.attr.ino);
    if (over != NO_MOUNT) return walk_enter(t, T_ENTER_MOUNT, over, v->mount[over].root);
    return walk_step(v, t);
}

static int walk_splice(struct vfs *v, struct task *t)
{
    struct walk *w = &t->walk[t->stage];
    uint32_t n = t->fs_reply.count, rest = w->len - w->end;

    if (n == 0) return FSC_ENOENT;
    if (n > FSC_PATH_MAX || memchr(t->link, 0, n)) return FSC_EIO;
    if (n + rest > FSC_PATH_MAX) return FSC_ENAMETOOLONG;
    memmove(w->path + n, w->path + w->end, rest);
    memcpy(w->path, t->link, n);
    w->len = n + rest;
    w->pos = 0;
    w->last = LAST_ROOT;
    w->cur = w->dir;
    return w->path[0] == '/' ? walk_enter_root(v, t) : walk_step(v, t);
}

int walk_resume(struct vfs *v, struct task *t, int error)
{
    struct walk *w = &t->walk[t->stage];
    uint32_t over;

    if (t->state == T_LOOKUP && error == FSC_ENOENT) return walk_absent(v, t);
    if (error != FSC_OK) return error;
    switch (t->state) {
    case T_LOOKUP: return walk_found(v, t);
    case T_READLINK: return walk_splice(v, t);
    case T_ENTER_MOUNT:
        over = mount_over(v, w->cur.mount, t->fs_reply.attr.ino);
        if (over != NO_MOUNT) return walk_enter(t, T_ENTER_MOUNT, over, v->mount[over].root);
        break;
    default: break;
    }
    w->cur.attr = t->fs_reply.attr;
    return walk_step(v, t);
}
