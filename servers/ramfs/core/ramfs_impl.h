/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ramfs's structures.
 *
 *   ramfs.table[index] -> inode          number = generation << 32 | index + 1
 *   directory inode: slots[] in cookie order (NULL entry = removed) and hash buckets -> dirents
 *   file inode: radix tree of pages (fan-out 64) over an optional borrowed base
 *
 * Invariants: `used` is the sum of all live allocations; an inode lives while nlink or opens is not
 * 0; a dirent is in exactly one slot and one bucket chain of its directory; a page that exists
 * hides the base; bytes of a page beyond the file's size are 0; base_len <= size.
 */
#ifndef RAMFS_IMPL_H
#define RAMFS_IMPL_H

#include "ramfs.h"

#define RADIX_BITS 6u
#define RADIX_FAN 64u
#define RADIX_LEVELS 6u /* 36 bits of page number > RAMFS_FILE_MAX */

struct inode;

struct radix_node {
    void *slot[RADIX_FAN];
    uint32_t used;
};

/* A page in the tree is a pointer whose lowest bit is set if it is one of env->pages, which may be
 * lent; others are allocations like any. */
struct pages {
    void *root; /* at height 0: page 0 itself */
    uint32_t height;
    uint64_t count;
};

struct dirent {
    struct dirent *hash_next;
    struct inode *node;
    uint32_t hash;
    uint32_t slot;
    uint16_t len;
    char name[];
};

struct dir_slot {
    uint64_t cookie;
    struct dirent *entry;
};

struct dir {
    struct inode *parent; /* NULL once the directory is removed */
    struct dirent **bucket;
    struct dir_slot *slot;
    uint32_t buckets;          /* power of two or 0 */
    uint32_t slots, slots_cap; /* used places, including removed ones */
    uint32_t count;            /* entries */
    uint64_t next_cookie;
};

struct inode {
    uint64_t ino, size;
    struct fsc_time atime, mtime, ctime;
    uint32_t uid, gid, nlink, opens;
    uint16_t mode;
    uint8_t kind;
    union {
        struct dir dir;
        struct {
            struct pages pages;
            const uint8_t *base;
            uint64_t base_len;
        } file;
        struct {
            const char *target;
            bool owned; /* the target is an allocation, not part of a boot archive */
        } link;
    } u;
};

struct ramfs_place {
    struct inode *inode; /* NULL = free */
    uint32_t generation;
    uint32_t next_free; /* index + 1 of the next free place */
};

struct ramfs {
    struct fsc_env env;
    uint64_t budget, used;
    struct ramfs_place *table;
    uint32_t table_cap, table_used, free_head, inodes;
    uint32_t key[2]; /* of the name hash; unpredictable, so that nobody can choose collisions */
};

/* ramfs_inode.c */
void *ramfs_alloc(struct ramfs *fs, size_t size); /* zeroed; NULL = over budget */
void ramfs_free(struct ramfs *fs, void *p, size_t size);
struct inode *inode_find(const struct ramfs *fs, uint64_t ino);
struct inode *inode_new(struct ramfs *fs, const struct ramfs_new_node *what);
void inode_put(struct ramfs *fs, struct inode *n); /* frees it if nothing holds it */
void inode_destroy(struct ramfs *fs, struct inode *n);
void inode_attr(const struct inode *n, struct fsc_attr *attr);
void inode_touch(struct ramfs *fs, struct inode *n); /* mtime and ctime */

/* ramfs_dir.c */
struct dirent *dir_find(const struct ramfs *fs, const struct dir *d, const char *name, size_t len);
int dir_add(struct ramfs *fs, struct dir *d, const char *name, size_t len, struct inode *n);
void dir_remove(struct ramfs *fs, struct dir *d, struct dirent *e);
void dir_clear(struct ramfs *fs, struct dir *d);
uint32_t dir_seek(const struct dir *d, uint64_t cookie); /* first slot behind `cookie` */
bool dir_check(const struct ramfs *fs, const struct dir *d);

/* ramfs_pages.c */
uint8_t *pages_get(const struct pages *p, uint64_t index);
uint8_t *pages_make(struct ramfs *fs, struct pages *p, uint64_t index); /* NULL = no memory */
/* Puts a page of env->pages in the place of whatever is there, which is given back. False: no
 * memory for the tree. */
bool pages_put(struct ramfs *fs, struct pages *p, uint64_t index, uint8_t *page);
bool pages_lendable(const struct pages *p, uint64_t index); /* it is there, and of env->pages */
void pages_cut(struct ramfs *fs, struct pages *p, uint64_t from); /* drops index >= from */
bool pages_check(const struct pages *p);

/* ramfs_lend.c: ramfs_lend */

/* ramfs_file.c */
int file_resize(struct ramfs *fs, struct inode *n, uint64_t size);
void file_copy_page(const struct inode *n, uint64_t index, uint8_t *out);

#endif
