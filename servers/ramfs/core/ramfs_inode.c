/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inodes: numbers, life and attributes; the memory budget; making and deleting a filesystem.
 * Maintains: `used`, the inode table and its free list, "an inode lives while nlink or opens".
 */
#include "ramfs_impl.h"

#include <string.h>

void *ramfs_alloc(struct ramfs *fs, size_t size)
{
    void *p;

    if (size > fs->budget - fs->used) return NULL;
    p = fs->env.alloc(fs->env.ctx, size);
    if (!p) return NULL;
    fs->used += size;
    memset(p, 0, size);
    return p;
}

void ramfs_free(struct ramfs *fs, void *p, size_t size)
{
    if (!p) return;
    fs->used -= size;
    fs->env.free(fs->env.ctx, p, size);
}

struct inode *inode_find(const struct ramfs *fs, uint64_t ino)
{
    uint64_t index = (ino & UINT32_MAX) - 1;
    const struct ramfs_place *place;

    if ((ino & UINT32_MAX) == 0 || index >= fs->table_used) return NULL;
    place = &fs->table[index];
    return place->inode && place->inode->ino == ino ? place->inode : NULL;
}

static bool table_grow(struct ramfs *fs)
{
    uint32_t cap = fs->table_cap ? fs->table_cap * 2 : 64;
    struct ramfs_place *table;

    if (cap > UINT32_MAX / 4) return false;
    table = ramfs_alloc(fs, cap * sizeof *table);
    if (!table) return false;
    if (fs->table) memcpy(table, fs->table, fs->table_used * sizeof *table);
    ramfs_free(fs, fs->table, fs->table_cap * sizeof *table);
    fs->table = table;
    fs->table_cap = cap;
    return true;
}

static bool inode_enter(struct ramfs *fs, struct inode *n)
{
    uint32_t index;

    if (fs->free_head == 0 && fs->table_used == fs->table_cap && !table_grow(fs)) return false;
    if (fs->free_head != 0) {
        index = fs->free_head - 1;
        fs->free_head = fs->table[index].next_free;
    } else {
        index = fs->table_used++;
    }
    fs->table[index].inode = n;
    n->ino = (uint64_t)fs->table[index].generation << 32 | (index + 1);
    fs->inodes++;
    return true;
}

/* A place whose generations are used up is never used again: numbers stay unique. */
static void inode_leave(struct ramfs *fs, struct inode *n)
{
    uint32_t index = (uint32_t)(n->ino & UINT32_MAX) - 1;
    struct ramfs_place *place = &fs->table[index];

    place->inode = NULL;
    fs->inodes--;
    if (place->generation == UINT32_MAX) return;
    place->generation++;
    place->next_free = fs->free_head;
    fs->free_head = index + 1;
}

static bool inode_set_target(struct ramfs *fs, struct inode *n, const struct ramfs_new_node *what)
{
    char *target = ramfs_alloc(fs, what->target_len);

    if (!target) return false;
    memcpy(target, what->target, what->target_len);
    n->u.link.target = target;
    n->u.link.owned = true;
    n->size = what->target_len;
    return true;
}

/* The new inode has no name yet: nlink is 0 and the caller links or destroys it. */
struct inode *inode_new(struct ramfs *fs, const struct ramfs_new_node *what)
{
    struct inode *n = ramfs_alloc(fs, sizeof *n);

    if (!n) return NULL;
    n->kind = what->kind;
    n->mode = what->mode & 07777;
    n->uid = what->uid;
    n->gid = what->gid;
    n->atime = n->mtime = n->ctime = fs->env.now(fs->env.ctx);
    if (n->kind == FSC_DIR) n->u.dir.next_cookie = 1;
    if (n->kind == FSC_SYMLINK && what->target && !inode_set_target(fs, n, what)) {
        ramfs_free(fs, n, sizeof *n);
        return NULL;
    }
    if (!inode_enter(fs, n)) {
        if (n->kind == FSC_SYMLINK && n->u.link.owned)
            ramfs_free(fs, (char *)n->u.link.target, n->size);
        ramfs_free(fs, n, sizeof *n);
        return NULL;
    }
    return n;
}

void inode_destroy(struct ramfs *fs, struct inode *n)
{
    if (n->kind == FSC_FILE)
        pages_cut(fs, &n->u.file.pages, 0);
    else if (n->kind == FSC_DIR)
        dir_clear(fs, &n->u.dir);
    else if (n->kind == FSC_SYMLINK && n->u.link.owned)
        ramfs_free(fs, (char *)n->u.link.target, n->size);
    inode_leave(fs, n);
    ramfs_free(fs, n, sizeof *n);
}

void inode_put(struct ramfs *fs, struct inode *n)
{
    if (n->nlink == 0 && n->opens == 0) inode_destroy(fs, n);
}

void inode_touch(struct ramfs *fs, struct inode *n)
{
    n->mtime = n->ctime = fs->env.now(fs->env.ctx);
}

void inode_attr(const struct inode *n, struct fsc_attr *attr)
{
    memset(attr, 0, sizeof *attr);
    attr->ino = n->ino;
    attr->size = n->kind == FSC_DIR ? n->u.dir.count : n->size;
    if (n->kind == FSC_FILE)
        attr->blocks =
            n->u.file.pages.count * (RAMFS_PAGE / 512) + (n->u.file.base_len + 511) / 512;
    attr->atime = n->atime;
    attr->mtime = n->mtime;
    attr->ctime = n->ctime;
    attr->uid = n->uid;
    attr->gid = n->gid;
    attr->nlink = n->nlink;
    attr->mode = n->mode;
    attr->kind = n->kind;
}

struct ramfs *ramfs_new(const struct fsc_env *env, uint64_t budget)
{
    const struct ramfs_new_node what = {.kind = FSC_DIR, .mode = 0755};
    struct ramfs *fs;
    struct inode *root;

    if (budget < sizeof *fs || !(fs = env->alloc(env->ctx, sizeof *fs))) return NULL;
    memset(fs, 0, sizeof *fs);
    fs->env = *env;
    fs->budget = budget;
    fs->used = sizeof *fs;
    env->random(env->ctx, fs->key, sizeof fs->key);
    root = inode_new(fs, &what);
    if (!root) {
        ramfs_delete(fs);
        return NULL;
    }
    root->nlink = 2;
    root->u.dir.parent = root;
    return fs;
}

void ramfs_delete(struct ramfs *fs)
{
    struct fsc_env env = fs->env;

    for (uint32_t i = 0; i < fs->table_used; i++)
        if (fs->table[i].inode) inode_destroy(fs, fs->table[i].inode);
    ramfs_free(fs, fs->table, fs->table_cap * sizeof *fs->table);
    env.free(env.ctx, fs, sizeof *fs);
}

void ramfs_statfs(const struct ramfs *fs, struct fsc_statfs *out)
{
    uint64_t left = fs->budget - fs->used;

    out->block_size = RAMFS_PAGE;
    out->blocks = fs->budget / RAMFS_PAGE;
    out->blocks_free = left / RAMFS_PAGE;
    out->files_free = left / (sizeof(struct inode) + sizeof(struct dirent) + 16);
    out->files = fs->inodes + out->files_free;
    out->name_max = FSC_NAME_MAX;
}
