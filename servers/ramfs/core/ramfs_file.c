/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content of files. A page is either in the tree, or below base_len in the borrowed base, or a
 * hole. Maintains: bytes of a page beyond the file's size are 0, and base_len <= size, so that
 * growing a file again never shows what was cut off.
 */
#include "ramfs_impl.h"

#include <string.h>

static uint32_t min_u32(uint64_t a, uint32_t b) { return a < b ? (uint32_t)a : b; }

/* How many bytes of the base lie in the page. */
static uint32_t base_in_page(const struct inode *n, uint64_t index)
{
    uint64_t start = index * RAMFS_PAGE;

    return start >= n->u.file.base_len ? 0 : min_u32(n->u.file.base_len - start, RAMFS_PAGE);
}

static void file_copy_out(const struct inode *n, uint64_t offset, uint8_t *out, uint32_t len)
{
    while (len > 0) {
        uint64_t index = offset / RAMFS_PAGE;
        uint32_t in = (uint32_t)(offset % RAMFS_PAGE);
        uint32_t k = min_u32(len, RAMFS_PAGE - in);
        const uint8_t *page = pages_get(&n->u.file.pages, index);
        uint32_t based = base_in_page(n, index);

        if (page) {
            memcpy(out, page + in, k);
        } else {
            uint32_t from_base = based > in ? min_u32(k, based - in) : 0;

            if (from_base) memcpy(out, n->u.file.base + offset, from_base);
            memset(out + from_base, 0, k - from_base);
        }
        offset += k, out += k, len -= k;
    }
}

void file_copy_page(const struct inode *n, uint64_t index, uint8_t *out)
{
    file_copy_out(n, index * RAMFS_PAGE, out, RAMFS_PAGE);
}

static bool time_before(struct fsc_time a, struct fsc_time b)
{
    return a.sec < b.sec || (a.sec == b.sec && a.nsec < b.nsec);
}

int ramfs_read(struct ramfs *fs, uint64_t ino, uint64_t offset, void *out, uint32_t len,
               uint32_t *got)
{
    struct inode *n = inode_find(fs, ino);

    *got = 0;
    if (!n) return FSC_ESTALE;
    if (n->kind != FSC_FILE) return n->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    if (offset < n->size && len > 0) {
        struct fsc_time now = fs->env.now(fs->env.ctx);

        *got = min_u32(n->size - offset, len);
        file_copy_out(n, offset, out, *got);
        if (!time_before(n->mtime, n->atime) || now.sec - n->atime.sec >= 86400) n->atime = now;
    }
    return FSC_OK;
}

/* The page, ready to be written: it takes over what the base holds there. */
static uint8_t *file_own_page(struct ramfs *fs, struct inode *n, uint64_t index)
{
    uint8_t *page = pages_get(&n->u.file.pages, index);
    uint32_t based = base_in_page(n, index);

    if (page) return page;
    page = pages_make(fs, &n->u.file.pages, index);
    if (page && based) memcpy(page, n->u.file.base + index * RAMFS_PAGE, based);
    return page;
}

static bool memory_copy(const void *ctx, uint32_t at, void *to, uint32_t n)
{
    memcpy(to, (const uint8_t *)ctx + at, n);
    return true;
}

int ramfs_write(struct ramfs *fs, uint64_t ino, uint64_t offset, bool append, const void *data,
                uint32_t len, uint32_t *put)
{
    const struct fsc_source from = {memory_copy, data};

    return ramfs_write_from(fs, ino, offset, append, &from, len, put);
}

int ramfs_write_from(struct ramfs *fs, uint64_t ino, uint64_t offset, bool append,
                     const struct fsc_source *from, uint32_t len, uint32_t *put)
{
    struct inode *n = inode_find(fs, ino);
    int none = FSC_ENOSPC;

    *put = 0;
    if (!n) return FSC_ESTALE;
    if (n->kind != FSC_FILE) return n->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    if (append) offset = n->size;
    if (len == 0) return FSC_OK;
    if (offset >= RAMFS_FILE_MAX) return FSC_EFBIG;
    len = min_u32(RAMFS_FILE_MAX - offset, len);
    while (*put < len) {
        uint64_t at = offset + *put;
        uint32_t in = (uint32_t)(at % RAMFS_PAGE);
        uint32_t k = min_u32(len - *put, RAMFS_PAGE - in);
        uint8_t *page = file_own_page(fs, n, at / RAMFS_PAGE);

        if (!page) break;
        if (!from->copy(from->ctx, *put, page + in, k)) {
            none = FSC_EIO;
            break;
        }
        *put += k;
    }
    if (*put == 0) return none;
    if (offset + *put > n->size) n->size = offset + *put;
    n->mode &= (uint16_t) ~(n->mode & 010 ? 06000 : 04000);
    inode_touch(fs, n);
    return FSC_OK;
}

int file_resize(struct ramfs *fs, struct inode *n, uint64_t size)
{
    uint64_t last = size / RAMFS_PAGE;
    uint32_t in = (uint32_t)(size % RAMFS_PAGE);
    uint8_t *page;

    if (size > RAMFS_FILE_MAX) return FSC_EFBIG;
    if (size < n->size) {
        pages_cut(fs, &n->u.file.pages, last + (in != 0));
        page = in ? pages_get(&n->u.file.pages, last) : NULL;
        if (page) memset(page + in, 0, RAMFS_PAGE - in);
        if (n->u.file.base_len > size) n->u.file.base_len = size;
    }
    n->size = size;
    inode_touch(fs, n);
    return FSC_OK;
}

int ramfs_truncate(struct ramfs *fs, uint64_t ino, uint64_t size)
{
    struct inode *n = inode_find(fs, ino);

    if (!n) return FSC_ESTALE;
    if (n->kind != FSC_FILE) return n->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    return file_resize(fs, n, size);
}

int ramfs_readlink(struct ramfs *fs, uint64_t ino, const char **target, size_t *len)
{
    struct inode *n = inode_find(fs, ino);

    if (!n) return FSC_ESTALE;
    if (n->kind != FSC_SYMLINK) return FSC_EINVAL;
    *target = n->u.link.target;
    *len = n->size;
    return FSC_OK;
}

int ramfs_set_attr(struct ramfs *fs, uint64_t ino, const struct fsc_set *set)
{
    struct inode *n = inode_find(fs, ino);
    int e;

    if (!n) return FSC_ESTALE;
    if (((set->mask & FSC_SET_ATIME) && set->atime.nsec > 999999999) ||
        ((set->mask & FSC_SET_MTIME) && set->mtime.nsec > 999999999))
        return FSC_EINVAL;
    if ((set->mask & FSC_SET_SIZE) && (e = ramfs_truncate(fs, ino, set->size)) != FSC_OK) return e;
    if (set->mask & FSC_SET_MODE) n->mode = set->mode & 07777;
    if (set->mask & FSC_SET_UID) n->uid = set->uid;
    if (set->mask & FSC_SET_GID) n->gid = set->gid;
    if (set->mask & FSC_SET_ATIME) n->atime = set->atime;
    if (set->mask & FSC_SET_MTIME) n->mtime = set->mtime;
    n->ctime = fs->env.now(fs->env.ctx);
    return FSC_OK;
}
