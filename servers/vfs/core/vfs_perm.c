/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: POSIX owner, group and others; uid 0 may everything but execute a file that
 * nobody may execute. Filesystems do not check; this is the only place. */
#include "vfs_impl.h"

#include "fsopen.h"

static bool in_group(const struct session *s, uint32_t gid)
{
    if (s->gid == gid) return true;
    for (uint32_t i = 0; i < s->groups; i++)
        if (s->group[i] == gid) return true;
    return false;
}

int perm_check(const struct session *s, const struct fsc_attr *a, uint32_t mask)
{
    uint32_t bits;

    if (s->uid == 0) {
        bool may = (mask & 1) == 0 || a->kind == FSC_DIR || (a->mode & 0111) != 0;

        return may ? FSC_OK : FSC_EACCES;
    }
    if (s->uid == a->uid)
        bits = a->mode >> 6;
    else if (in_group(s, a->gid))
        bits = a->mode >> 3;
    else
        bits = a->mode;
    return (mask & ~bits & 7) == 0 ? FSC_OK : FSC_EACCES;
}

int perm_change(const struct vfs *v, const struct session *s, const struct loc *dir,
                const struct fsc_attr *node)
{
    if (v->mount[dir->mount].flags & VFS_MOUNT_READ_ONLY) return FSC_EROFS;
    if (perm_check(s, &dir->attr, 3) != FSC_OK) return FSC_EACCES;
    if (node && (dir->attr.mode & 01000) && s->uid != 0 && s->uid != node->uid &&
        s->uid != dir->attr.uid)
        return FSC_EPERM;
    return FSC_OK;
}

/* What only the owner changes; the size belongs to whoever may write. */
#define OWNERS (FSC_SET_MODE | FSC_SET_UID | FSC_SET_GID | FSC_SET_ATIME | FSC_SET_MTIME)

/* `effective` is what the filesystem is to do: a change of owner by anybody but root takes the
 * set-id bits away, and so does a mode with set-group-id for a group one is not in. */
int perm_set(const struct session *s, const struct fsc_attr *a, const struct fsc_set *set,
             struct fsc_set *effective)
{
    bool owner = s->uid == 0 || s->uid == a->uid;

    *effective = *set;
    if (set->mask & ~(FSC_SET_SIZE | OWNERS)) return FSC_EINVAL;
    if ((set->mask & OWNERS) && !owner) return FSC_EPERM;
    if ((set->mask & FSC_SET_SIZE) && a->kind != FSC_FILE)
        return a->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    if ((set->mask & FSC_SET_SIZE) && perm_check(s, a, 2) != FSC_OK) return FSC_EACCES;
    if ((set->mask & FSC_SET_UID) && s->uid != 0 && set->uid != a->uid) return FSC_EPERM;
    if ((set->mask & FSC_SET_GID) && s->uid != 0 && set->gid != a->gid && !in_group(s, set->gid))
        return FSC_EPERM;
    if ((set->mask & FSC_SET_MODE) && s->uid != 0 && !in_group(s, a->gid))
        effective->mode &= (uint16_t)~02000;
    if ((set->mask & (FSC_SET_UID | FSC_SET_GID)) && s->uid != 0 && a->kind != FSC_DIR) {
        effective->mode = (set->mask & FSC_SET_MODE ? effective->mode : a->mode) & 01777;
        effective->mask |= FSC_SET_MODE;
    }
    return FSC_OK;
}

uint32_t perm_rights(const struct vfs *v, const struct session *s, const struct loc *at)
{
    if (v->mount[at->mount].flags & VFS_MOUNT_READ_ONLY) return 0;
    if (s->uid == 0) return FSOPEN_MODE | FSOPEN_OWNER;
    return s->uid == at->attr.uid ? FSOPEN_MODE : 0;
}
