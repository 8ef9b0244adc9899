/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: everything that adds, finds, moves and removes directory entries, and the open counts.
 * Each call checks first and changes last: after the first change nothing can fail.
 * Maintains: a directory's nlink is 2 + its subdirectories; parent links form a tree below the
 * root.
 */
#include "ramfs_impl.h"

#include <string.h>

static int dir_get(const struct ramfs *fs, uint64_t ino, struct inode **out)
{
    struct inode *n = inode_find(fs, ino);

    if (!n) return FSC_ESTALE;
    if (n->kind != FSC_DIR) return FSC_ENOTDIR;
    *out = n;
    return FSC_OK;
}

static int entry_get(const struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                     struct inode **d, struct dirent **entry)
{
    int e = dir_get(fs, dir, d);

    if (e == FSC_OK) e = fsc_name_check(name, len);
    if (e != FSC_OK) return e;
    *entry = dir_find(fs, &(*d)->u.dir, name, len);
    return FSC_OK;
}

int ramfs_lookup(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                 struct fsc_attr *attr)
{
    struct inode *d;
    struct dirent *entry;
    int e = entry_get(fs, dir, name, len, &d, &entry);

    if (e != FSC_OK) return e;
    if (!entry) return FSC_ENOENT;
    inode_attr(entry->node, attr);
    return FSC_OK;
}

int ramfs_parent(struct ramfs *fs, uint64_t dir, struct fsc_attr *attr)
{
    struct inode *d;
    int e = dir_get(fs, dir, &d);

    if (e != FSC_OK) return e;
    if (!d->u.dir.parent) return FSC_ENOENT;
    inode_attr(d->u.dir.parent, attr);
    return FSC_OK;
}

int ramfs_stat(struct ramfs *fs, uint64_t ino, struct fsc_attr *attr)
{
    struct inode *n = inode_find(fs, ino);

    if (!n) return FSC_ESTALE;
    inode_attr(n, attr);
    return FSC_OK;
}

/* A removed directory that somebody still has open takes no new names. */
static int dir_writable(const struct inode *d) { return d->u.dir.parent ? FSC_OK : FSC_ENOENT; }

static int node_check(const struct ramfs_new_node *what)
{
    switch (what->kind) {
    case FSC_FILE:
    case FSC_DIR:
    case FSC_FIFO:
    case FSC_SOCKET: return FSC_OK;
    case FSC_SYMLINK:
        if (!what->target || what->target_len == 0) return FSC_ENOENT;
        if (what->target_len > FSC_PATH_MAX) return FSC_ENAMETOOLONG;
        return memchr(what->target, 0, what->target_len) ? FSC_EINVAL : FSC_OK;
    default: return FSC_EOPNOTSUPP;
    }
}

int ramfs_create(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                 const struct ramfs_new_node *what, struct fsc_attr *attr)
{
    struct inode *d, *n;
    struct dirent *entry;
    int e = entry_get(fs, dir, name, len, &d, &entry);

    if (e == FSC_OK && entry) e = FSC_EEXIST;
    if (e == FSC_OK) e = dir_writable(d);
    if (e == FSC_OK) e = node_check(what);
    if (e == FSC_OK && what->kind == FSC_DIR && d->nlink >= RAMFS_LINK_MAX) e = FSC_EMLINK;
    if (e != FSC_OK) return e;
    n = inode_new(fs, what);
    if (!n) return FSC_ENOSPC;
    e = dir_add(fs, &d->u.dir, name, len, n);
    if (e != FSC_OK) {
        inode_destroy(fs, n);
        return e;
    }
    n->nlink = 1;
    if (n->kind == FSC_DIR) {
        n->nlink = 2;
        n->u.dir.parent = d;
        d->nlink++;
    }
    inode_touch(fs, d);
    inode_attr(n, attr);
    return FSC_OK;
}

int ramfs_link(struct ramfs *fs, uint64_t ino, uint64_t dir, const char *name, size_t len)
{
    struct inode *d, *n = inode_find(fs, ino);
    struct dirent *entry;
    int e = entry_get(fs, dir, name, len, &d, &entry);

    if (e != FSC_OK) return e;
    if (!n) return FSC_ESTALE;
    if (n->kind == FSC_DIR) return FSC_EPERM;
    if (entry) return FSC_EEXIST;
    if (n->nlink == 0) /* removed for good; a descriptor alone does not bring it back */
        return FSC_ENOENT;
    if (n->nlink >= RAMFS_LINK_MAX) return FSC_EMLINK;
    e = dir_writable(d);
    if (e == FSC_OK) e = dir_add(fs, &d->u.dir, name, len, n);
    if (e != FSC_OK) return e;
    n->nlink++;
    n->ctime = fs->env.now(fs->env.ctx);
    inode_touch(fs, d);
    return FSC_OK;
}

/* The node loses one name in directory `d` (the entry itself is the caller's business). */
static void node_unname(struct ramfs *fs, struct inode *d, struct inode *n)
{
    n->ctime = fs->env.now(fs->env.ctx);
    if (n->kind == FSC_DIR) {
        n->nlink = 0;
        n->u.dir.parent = NULL;
        d->nlink--;
    } else {
        n->nlink--;
    }
    inode_put(fs, n);
}

static int removable(const struct inode *n, bool directory)
{
    if (directory && n->kind != FSC_DIR) return FSC_ENOTDIR;
    if (!directory && n->kind == FSC_DIR) return FSC_EISDIR;
    return directory && n->u.dir.count != 0 ? FSC_ENOTEMPTY : FSC_OK;
}

int ramfs_unlink(struct ramfs *fs, uint64_t dir, const char *name, size_t len, bool directory)
{
    struct inode *d, *n;
    struct dirent *entry;
    int e = entry_get(fs, dir, name, len, &d, &entry);

    if (e != FSC_OK) return e;
    if (!entry) return FSC_ENOENT;
    n = entry->node;
    e = removable(n, directory);
    if (e != FSC_OK) return e;
    dir_remove(fs, &d->u.dir, entry);
    inode_touch(fs, d);
    node_unname(fs, d, n);
    return FSC_OK;
}

/* Is `n` on the way from `d` up to the root? */
static bool is_above(const struct inode *n, const struct inode *d)
{
    for (; d; d = d->u.dir.parent) {
        if (d == n) return true;
        if (d->u.dir.parent == d) return false;
    }
    return false;
}

static int rename_check(const struct inode *n, const struct inode *to_dir, const struct dirent *old,
                        const struct inode *from_dir, bool replace)
{
    if (old && !replace) return FSC_EEXIST;
    if (n->kind == FSC_DIR && is_above(n, to_dir)) return FSC_EINVAL;
    if (!old && n->kind == FSC_DIR && from_dir != to_dir && to_dir->nlink >= RAMFS_LINK_MAX)
        return FSC_EMLINK;
    return old ? removable(old->node, n->kind == FSC_DIR) : dir_writable(to_dir);
}

static void rename_reparent(struct inode *n, struct inode *from, struct inode *to)
{
    if (n->kind != FSC_DIR || from == to) return;
    n->u.dir.parent = to;
    from->nlink--;
    to->nlink++;
}

int ramfs_rename(struct ramfs *fs, uint64_t from_dir, const char *from, size_t from_len,
                 uint64_t to_dir, const char *to, size_t to_len, bool replace)
{
    struct inode *fd, *td, *n;
    struct dirent *fe, *te;
    int e = entry_get(fs, from_dir, from, from_len, &fd, &fe);

    if (e == FSC_OK) e = entry_get(fs, to_dir, to, to_len, &td, &te);
    if (e != FSC_OK) return e;
    if (!fe) return FSC_ENOENT;
    n = fe->node;
    if (te && te->node == n) return replace ? FSC_OK : FSC_EEXIST;
    e = rename_check(n, td, te, fd, replace);
    if (e == FSC_OK && !te) e = dir_add(fs, &td->u.dir, to, to_len, n);
    if (e != FSC_OK) return e;
    if (te) {
        struct inode *gone = te->node;

        te->node = n; /* the new name takes the old one's place: at no time is there no `to` */
        node_unname(fs, td, gone);
    }
    dir_remove(fs, &fd->u.dir, fe);
    rename_reparent(n, fd, td);
    n->ctime = fs->env.now(fs->env.ctx);
    inode_touch(fs, fd);
    inode_touch(fs, td);
    return FSC_OK;
}

static void dirent_out(const struct dir_slot *slot, struct fsc_dirent *out)
{
    const struct dirent *e = slot->entry;

    out->ino = e->node->ino;
    out->next = slot->cookie;
    out->kind = e->node->kind;
    out->name_len = e->len;
    memcpy(out->name, e->name, e->len);
}

int ramfs_readdir(struct ramfs *fs, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                  uint32_t cap, uint32_t *count, bool *end)
{
    struct inode *n;
    uint32_t i, k = 0;
    int e = dir_get(fs, dir, &n);

    if (e != FSC_OK) return e;
    for (i = dir_seek(&n->u.dir, cookie); i < n->u.dir.slots && k < cap; i++)
        if (n->u.dir.slot[i].entry) dirent_out(&n->u.dir.slot[i], &out[k++]);
    while (i < n->u.dir.slots && !n->u.dir.slot[i].entry)
        i++;
    *count = k;
    *end = i == n->u.dir.slots;
    n->atime = fs->env.now(fs->env.ctx);
    return FSC_OK;
}

int ramfs_open(struct ramfs *fs, uint64_t ino)
{
    struct inode *n = inode_find(fs, ino);

    if (!n) return FSC_ESTALE;
    if (n->opens == UINT32_MAX) return FSC_EMFILE;
    n->opens++;
    return FSC_OK;
}

void ramfs_close(struct ramfs *fs, uint64_t ino)
{
    struct inode *n = inode_find(fs, ino);

    if (!n || n->opens == 0) return;
    n->opens--;
    inode_put(fs, n);
}

static bool inode_check(const struct ramfs *fs, const struct inode *n)
{
    uint32_t subdirs = 0;

    if (n->nlink == 0 && n->opens == 0) return false;
    if (n->kind == FSC_FILE) return pages_check(&n->u.file.pages) && n->u.file.base_len <= n->size;
    if (n->kind != FSC_DIR) return true;
    for (uint32_t i = 0; i < n->u.dir.slots; i++) {
        const struct dirent *e = n->u.dir.slot[i].entry;

        if (!e || e->node->kind != FSC_DIR) continue;
        subdirs++;
        if (e->node->u.dir.parent != n) return false;
    }
    return dir_check(fs, &n->u.dir) && n->nlink == (n->u.dir.parent ? 2 + subdirs : 0);
}

bool ramfs_check(const struct ramfs *fs)
{
    uint32_t live = 0;

    for (uint32_t i = 0; i < fs->table_used; i++) {
        if (!fs->table[i].inode) continue;
        live++;
        if (!inode_check(fs, fs->table[i].inode)) return false;
    }
    return live == fs->inodes && fs->used <= fs->budget;
}
