/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Population from a boot archive. Data and link targets stay in the archive (files are copy on
 * write); the archive is hostile all the same, it only lives long enough.
 */
#include "ramfs_impl.h"

#include <boot/cpio.h>
#include <string.h>

/* A conflict inside the archive (a file where a directory is needed) is the archive's flaw. */
static int as_archive_error(int e) { return e == FSC_ENOSPC ? e : FSC_EBADMSG; }

static int cpio_descend(struct ramfs *fs, uint64_t *dir, const char *name, size_t len)
{
    const struct ramfs_new_node what = {.kind = FSC_DIR, .mode = 0755};
    struct fsc_attr attr;
    int e = ramfs_lookup(fs, *dir, name, len, &attr);

    if (e == FSC_ENOENT) e = ramfs_create(fs, *dir, name, len, &what, &attr);
    if (e == FSC_OK) *dir = attr.ino;
    return e;
}

static uint8_t cpio_kind(uint32_t mode)
{
    switch (mode & CPIO_TYPE_MASK) {
    case CPIO_TYPE_FILE: return FSC_FILE;
    case CPIO_TYPE_DIR: return FSC_DIR;
    case CPIO_TYPE_LINK: return FSC_SYMLINK;
    default: return 0;
    }
}

static bool target_ok(const struct cpio_entry *c)
{
    return c->size > 0 && c->size <= FSC_PATH_MAX && !memchr(c->data, 0, c->size);
}

static void cpio_attributes(struct inode *n, const struct cpio_entry *c)
{
    n->mode = c->mode & 07777;
    n->uid = c->uid;
    n->gid = c->gid;
    n->atime = n->mtime = n->ctime = (struct fsc_time){.sec = c->mtime};
}

/* Makes room for the entry: an older one goes, unless both are directories. */
static int cpio_displace(struct ramfs *fs, uint64_t dir, const char *name, size_t len, uint8_t kind,
                         uint64_t *kept)
{
    struct fsc_attr old;
    int e = ramfs_lookup(fs, dir, name, len, &old);

    *kept = 0;
    if (e != FSC_OK) return e == FSC_ENOENT ? FSC_OK : e;
    if (old.kind == FSC_DIR && kind == FSC_DIR) {
        *kept = old.ino;
        return FSC_OK;
    }
    return ramfs_unlink(fs, dir, name, len, old.kind == FSC_DIR);
}

/* A link without a target of its own: ramfs_create would copy it. */
static int cpio_add_link(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                         struct inode **out)
{
    const struct ramfs_new_node what = {.kind = FSC_SYMLINK};
    struct inode *d = inode_find(fs, dir), *n;
    int e;

    if (!d || d->kind != FSC_DIR || fsc_name_check(name, len) != FSC_OK) return FSC_EBADMSG;
    n = inode_new(fs, &what);
    if (!n) return FSC_ENOSPC;
    e = dir_add(fs, &d->u.dir, name, len, n);
    if (e != FSC_OK) {
        inode_destroy(fs, n);
        return e;
    }
    n->nlink = 1;
    *out = n;
    return FSC_OK;
}

static int cpio_add_node(struct ramfs *fs, uint64_t dir, const char *name, size_t len, uint8_t kind,
                         struct inode **out)
{
    const struct ramfs_new_node what = {.kind = kind};
    struct fsc_attr attr;
    int e;

    if (kind == FSC_SYMLINK) return cpio_add_link(fs, dir, name, len, out);
    e = ramfs_create(fs, dir, name, len, &what, &attr);
    if (e == FSC_OK) *out = inode_find(fs, attr.ino);
    return e;
}

static int cpio_add(struct ramfs *fs, uint64_t dir, const char *name, size_t len,
                    const struct cpio_entry *c)
{
    struct inode *n = NULL;
    uint64_t kept;
    int e = cpio_displace(fs, dir, name, len, cpio_kind(c->mode), &kept);

    if (e == FSC_OK && kept) {
        cpio_attributes(inode_find(fs, kept), c);
        return FSC_OK;
    }
    if (e == FSC_OK) e = cpio_add_node(fs, dir, name, len, cpio_kind(c->mode), &n);
    if (e != FSC_OK) return e;
    cpio_attributes(n, c);
    if (n->kind == FSC_FILE) {
        n->u.file.base = c->data;
        n->u.file.base_len = n->size = c->size;
    } else if (n->kind == FSC_SYMLINK) {
        n->u.link.target = (const char *)c->data;
        n->size = c->size;
    }
    return FSC_OK;
}

static int cpio_enter(struct ramfs *fs, const struct cpio_entry *c)
{
    const char *name = c->name, *end = c->name + c->name_len, *slash;
    uint64_t dir = RAMFS_ROOT_INO;
    int e;

    if (cpio_kind(c->mode) == 0) return FSC_OK;
    if (c->name_len == 1 && *name == '.') {
        if (cpio_kind(c->mode) != FSC_DIR) return FSC_EBADMSG;
        cpio_attributes(inode_find(fs, dir), c);
        return FSC_OK;
    }
    if (cpio_kind(c->mode) == FSC_SYMLINK && !target_ok(c)) return FSC_EBADMSG;
    while ((slash = memchr(name, '/', (size_t)(end - name)))) {
        e = cpio_descend(fs, &dir, name, (size_t)(slash - name));
        if (e != FSC_OK) return as_archive_error(e);
        name = slash + 1;
    }
    e = cpio_add(fs, dir, name, (size_t)(end - name), c);
    return e == FSC_OK ? e : as_archive_error(e);
}

int ramfs_load_cpio(struct ramfs *fs, const void *data, size_t size, size_t *offset)
{
    struct cpio archive;
    struct cpio_entry entry;
    enum cpio_error c;
    size_t at;
    int e = FSC_OK;

    cpio_init(&archive, data, size);
    do {
        at = cpio_offset(&archive);
        c = cpio_next(&archive, &entry);
        if (c == CPIO_OK)
            e = cpio_enter(fs, &entry);
        else if (c != CPIO_END)
            e = FSC_EBADMSG;
    } while (c == CPIO_OK && e == FSC_OK);
    if (offset) *offset = at;
    return e;
}
