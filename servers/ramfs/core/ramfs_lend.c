/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of a file for others to map. Only pages of env->pages can be lent, and only together if
 * they lie together: the first time, a part of a file moves to such pages, and stays there until it
 * is cut off. Maintains: `used` counts every page once.
 */
#include "ramfs_impl.h"

/* How many pages from `index` on are lendable and lie together. */
static uint32_t lend_together(const struct pages *p, uint64_t index, uint32_t most)
{
    const uint8_t *first = pages_get(p, index);
    uint32_t n = 0;

    while (n < most && pages_lendable(p, index + n) &&
           pages_get(p, index + n) == first + (size_t)n * RAMFS_PAGE)
        n++;
    return n;
}

/* Takes pages for [index, index + n), none of which is lendable, and fills them. How many: fewer
 * when memory for the tree runs out; 0: none. */
static uint32_t lend_move(struct ramfs *fs, struct inode *f, uint64_t index, uint32_t n)
{
    uint8_t *run;
    uint32_t i;

    if ((uint64_t)n * RAMFS_PAGE > fs->budget - fs->used) return 0;
    run = fs->env.pages(fs->env.ctx, n);
    if (!run) return 0;
    fs->used += (uint64_t)n * RAMFS_PAGE;
    for (i = 0; i < n; i++) {
        uint8_t *page = run + (size_t)i * RAMFS_PAGE;

        file_copy_page(f, index + i, page);
        if (!pages_put(fs, &f->u.file.pages, index + i, page)) break;
    }
    if (i < n) {
        fs->used -= (uint64_t)(n - i) * RAMFS_PAGE;
        fs->env.pages_free(fs->env.ctx, run + (size_t)i * RAMFS_PAGE, n - i);
    }
    return i;
}

int ramfs_lend(struct ramfs *fs, uint64_t ino, uint64_t index, uint32_t most, void **pages,
               uint32_t *count)
{
    struct inode *f = inode_find(fs, ino);
    uint64_t end;
    uint32_t n = 0;

    if (!f) return FSC_ESTALE;
    if (f->kind != FSC_FILE) return f->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    if (!fs->env.pages) return FSC_ENOSYS;
    end = (f->size + RAMFS_PAGE - 1) / RAMFS_PAGE;
    if (most == 0 || index >= end) return FSC_EINVAL;
    if (most > RAMFS_LEND_MAX) most = RAMFS_LEND_MAX;
    if (most > end - index) most = (uint32_t)(end - index);
    if (pages_lendable(&f->u.file.pages, index)) {
        n = lend_together(&f->u.file.pages, index, most);
    } else {
        while (n < most && !pages_lendable(&f->u.file.pages, index + n))
            n++;
        n = lend_move(fs, f, index, n);
    }
    if (n == 0) return FSC_ENOSPC;
    *pages = pages_get(&f->u.file.pages, index);
    *count = n;
    return FSC_OK;
}
