/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filesystem in memory, OS-neutral. Nothing waits: every call is complete when it returns.
 *
 * Nodes are named by 64-bit inode numbers that are never used again within one life of the
 * filesystem, so a caller may keep a number without holding a reference: a number whose node is
 * gone answers FSC_ESTALE. Paths, permissions and mount points are the business of vfs; here are
 * only single names inside a directory, already checked by vfs and checked again.
 *
 * All memory is accounted against one budget; what does not fit is FSC_ENOSPC and leaves everything
 * as it was. File data is sparse in pages of 4 KiB. Data of a boot archive stays where it is and is
 * copied a page at a time when it is written to.
 */
#ifndef RAMFS_H
#define RAMFS_H

#include "fscore.h"

#define RAMFS_ROOT_INO 1u
#define RAMFS_PAGE 4096u
#define RAMFS_FILE_MAX (UINT64_C(1) << 44) /* bytes of one file */
#define RAMFS_LINK_MAX 65000u

struct ramfs;

/* Makes an empty filesystem whose root belongs to 0:0 with mode 0755. `budget` in bytes bounds what
 * is taken from env->alloc (the environment is copied). NULL if even the root does not fit. */
struct ramfs *ramfs_new(const struct fsc_env *env, uint64_t budget);
/* Gives everything back, open files included. */
void ramfs_delete(struct ramfs *fs);

/* Adds the entries of a newc archive below the root. Directories that are missing on the way are
 * made with mode 0755; an existing entry is kept for a directory and replaced otherwise; device
 * nodes are skipped. `data` must stay valid and unchanged as long as the filesystem. FSC_EBADMSG:
 * the archive is malformed (entries before the flaw have been added; `offset`, may be NULL, says
 * where); FSC_ENOSPC. */
int ramfs_load_cpio(struct ramfs *fs, const void *data, size_t size, size_t *offset);

/* Finds a name in a directory. "." and ".." are not names here; `ramfs_parent` answers "..". */
int ramfs_lookup(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                 struct fsc_attr *attr);
int ramfs_parent(struct ramfs *fs, uint64_t dir, struct fsc_attr *attr);
int ramfs_stat(struct ramfs *fs, uint64_t ino, struct fsc_attr *attr);

/* What a new node is. `kind`: FSC_FILE, FSC_DIR, FSC_SYMLINK, FSC_FIFO or FSC_SOCKET (the last two
 * are names only). Target (1..4095 bytes without NUL) for symbolic links. */
struct ramfs_new_node {
    uint8_t kind;
    uint16_t mode; /* 07777 */
    uint32_t uid, gid;
    const char *target;
    size_t target_len;
};
/* FSC_EEXIST if the name is taken. */
int ramfs_create(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                 const struct ramfs_new_node *node, struct fsc_attr *attr);
/* Another name for a node that is not a directory. FSC_EPERM, FSC_EMLINK, FSC_EEXIST. */
int ramfs_link(struct ramfs *fs, uint64_t ino, uint64_t dir, const char *name, size_t len);
/* `directory`: the name must be an empty directory (FSC_ENOTDIR, FSC_ENOTEMPTY), else it must not
 * be one (FSC_EISDIR). A file that is open lives until its last ramfs_close. */
int ramfs_unlink(struct ramfs *fs, uint64_t dir, const char *name, size_t len, bool directory);
/* POSIX rename; without `replace` an existing `to` is FSC_EEXIST. FSC_EINVAL if a directory would
 * come below itself. Two names of one node: nothing happens. */
int ramfs_rename(struct ramfs *fs, uint64_t from_dir, const char *from, size_t from_len,
                 uint64_t to_dir, const char *to, size_t to_len, bool replace);
/* Fills up to `cap` entries that follow `cookie` (0 = from the start), in an order that insertions
 * and removals do not change. *count < cap: `*end` says whether the directory ended. */
int ramfs_readdir(struct ramfs *fs, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                  uint32_t cap, uint32_t *count, bool *end);

/* Counts an open file or directory; every success needs one ramfs_close. */
int ramfs_open(struct ramfs *fs, uint64_t ino);
void ramfs_close(struct ramfs *fs, uint64_t ino);

/* *got < len only at the end of the file. Reading updates atime (relatime's rule). */
int ramfs_read(struct ramfs *fs, uint64_t ino, uint64_t offset, void *out, uint32_t len,
               uint32_t *got);
/* `append` writes at the end and ignores `offset`. A write that runs out of memory answers how much
 * it wrote, and FSC_ENOSPC only if that is nothing. */
int ramfs_write(struct ramfs *fs, uint64_t ino, uint64_t offset, bool append, const void *data,
                uint32_t len, uint32_t *put);
/* The same of bytes that are copied straight into the file's pages. FSC_EIO: they are not there. */
int ramfs_write_from(struct ramfs *fs, uint64_t ino, uint64_t offset, bool append,
                     const struct fsc_source *from, uint32_t len, uint32_t *put);
int ramfs_truncate(struct ramfs *fs, uint64_t ino, uint64_t size);
/* Pages of a file, to be lent: up to `most` from page number `index` on that lie together at
 * *pages, at least one; what is written to the file shows in them. They are the file's until it is
 * cut off there or destroyed, and then go back to env->pages_free. FSC_ENOSYS: the environment has
 * no pages; FSC_EINVAL: behind the end, or `most` is 0; FSC_ENOSPC. */
#define RAMFS_LEND_MAX 256u
int ramfs_lend(struct ramfs *fs, uint64_t ino, uint64_t index, uint32_t most, void **pages,
               uint32_t *count);
/* Target of a symbolic link, without a NUL. FSC_EINVAL for anything else. Valid until the node
 * goes. */
int ramfs_readlink(struct ramfs *fs, uint64_t ino, const char **target, size_t *len);
/* Changes attributes; who may is vfs's decision. Includes size (as ramfs_truncate). */
int ramfs_set_attr(struct ramfs *fs, uint64_t ino, const struct fsc_set *set);
void ramfs_statfs(const struct ramfs *fs, struct fsc_statfs *out);

/* Checks every invariant that the code relies on; false = a bug. For tests; not bounded. */
bool ramfs_check(const struct ramfs *fs);

#endif
