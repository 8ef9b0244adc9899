/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount table. Entry 0 is the root and its own parent. Maintains: a directory is covered at
 * most once (the walk enters what covers it before anything can be mounted there again); `opens`
 * counts the handles of a mount.
 */
#include "vfs_impl.h"

#include <string.h>

uint32_t mount_over(const struct vfs *v, uint32_t mount, uint64_t ino)
{
    for (uint32_t i = 1; i < VFS_MOUNTS_MAX; i++) {
        const struct mount *m = &v->mount[i];

        if (m->used && m->parent == mount && m->covered == ino) return i;
    }
    return NO_MOUNT;
}

int mount_add(struct vfs *v, const struct vfs_mount_args *args, uint32_t parent, uint64_t covered,
              const char *path, size_t len, uint32_t *number)
{
    size_t label = args->label ? strlen(args->label) : 0;
    uint32_t i = 0;
    struct mount *m;

    if (!args->ops || label > VFS_LABEL_MAX || len > FSC_PATH_MAX) return FSC_EINVAL;
    while (i < VFS_MOUNTS_MAX && v->mount[i].used)
        i++;
    if (i == VFS_MOUNTS_MAX) return FSC_ENOSPC;
    m = &v->mount[i];
    memset(m, 0, sizeof *m);
    m->used = true;
    m->ops = args->ops;
    m->fs = args->fs;
    m->root = args->root;
    m->flags = args->flags;
    m->parent = parent;
    m->covered = covered;
    if (label) memcpy(m->label, args->label, label);
    memcpy(m->path, path, len);
    *number = i;
    return FSC_OK;
}

static bool mount_busy(const struct vfs *v, uint32_t mount)
{
    for (uint32_t i = 0; i < VFS_MOUNTS_MAX; i++)
        if (i != mount && v->mount[i].used && v->mount[i].parent == mount) return true;
    for (uint32_t i = 0; i < v->config.sessions; i++)
        if (v->session[i].used && v->session[i].root_mount == mount) return true;
    for (uint32_t i = 0; i < v->config.tasks; i++)
        if (v->task[i].used && v->task[i].waiting)
            return true; /* a walk may be about to step into it */
    return v->mount[mount].opens != 0;
}

int mount_remove(struct vfs *v, uint32_t mount)
{
    if (mount == 0 || mount_busy(v, mount)) return FSC_EBUSY;
    v->mount[mount].used = false;
    return FSC_OK;
}

int vfs_mount_root(struct vfs *v, const struct vfs_mount_args *m)
{
    uint32_t number;

    return v->mount[0].used ? FSC_EBUSY : mount_add(v, m, 0, 0, "/", 1, &number);
}

void vfs_mount_lost(struct vfs *v, uint32_t mount)
{
    if (mount >= VFS_MOUNTS_MAX || !v->mount[mount].used) return;
    v->mount[mount].lost = true;
    for (uint32_t i = 0; i < v->config.handles; i++)
        if (v->handle[i].used && v->handle[i].open && v->handle[i].mount == mount)
            v->handle[i].stale = true;
    for (uint32_t i = 0; i < v->config.tasks; i++) {
        const struct task *t = &v->task[i];

        if (t->used && t->waiting && t->mount == mount)
            vfs_complete(v, t->generation << 16 | (i + 1), FSC_ESTALE, NULL);
    }
}

int vfs_mount_back(struct vfs *v, uint32_t mount, const struct vfs_mount_args *m)
{
    struct mount *at = mount < VFS_MOUNTS_MAX ? &v->mount[mount] : NULL;

    if (!at || !at->used || !at->lost || !m->ops) return FSC_EINVAL;
    for (uint32_t i = 0; i < v->config.sessions; i++)
        if (v->session[i].root_mount == mount && v->session[i].root_ino == at->root)
            v->session[i].root_ino = m->root;
    at->ops = m->ops;
    at->fs = m->fs;
    at->root = m->root;
    at->lost = false;
    return FSC_OK;
}

int vfs_mount_cover(struct vfs *v, uint32_t mount, uint64_t covered)
{
    if (mount == 0 || mount >= VFS_MOUNTS_MAX || !v->mount[mount].used) return FSC_EINVAL;
    v->mount[mount].covered = covered;
    return FSC_OK;
}

int vfs_mount_info(const struct vfs *v, uint32_t from, struct vfs_mount_info *out)
{
    while (from < VFS_MOUNTS_MAX && !v->mount[from].used)
        from++;
    if (from >= VFS_MOUNTS_MAX) return FSC_ENOENT;
    out->number = from;
    out->flags = v->mount[from].flags;
    out->parent = v->mount[from].parent;
    out->covered = v->mount[from].covered;
    out->lost = v->mount[from].lost;
    memcpy(out->label, v->mount[from].label, sizeof out->label);
    memcpy(out->path, v->mount[from].path, sizeof out->path);
    return FSC_OK;
}
