/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of a file: a radix tree with 64 ways, as high as the largest index needs, so that small
 * files cost one pointer and sparse ones nothing for holes. No recursion: every walk is a path of
 * at most RADIX_LEVELS steps. Maintains: a node's `used` counts its slots; no node is empty;
 * `count` counts pages.
 */
#include "ramfs_impl.h"

#include <string.h>

static uint32_t radix_way(uint64_t index, uint32_t level)
{
    return (uint32_t)(index >> (RADIX_BITS * (level - 1))) & (RADIX_FAN - 1);
}

static bool radix_covers(uint32_t height, uint64_t index)
{
    return index >> (RADIX_BITS * height) == 0;
}

static void *page_tag(uint8_t *page) { return (void *)((uintptr_t)page | 1); }
static bool page_tagged(const void *slot) { return (uintptr_t)slot & 1; }
static uint8_t *page_of(void *slot) { return (uint8_t *)((uintptr_t)slot & ~(uintptr_t)1); }

static void page_free(struct ramfs *fs, void *slot)
{
    if (!page_tagged(slot)) {
        ramfs_free(fs, slot, RAMFS_PAGE);
        return;
    }
    fs->used -= RAMFS_PAGE;
    fs->env.pages_free(fs->env.ctx, page_of(slot), 1);
}

static void *pages_slot(const struct pages *p, uint64_t index)
{
    void *at = p->root;

    if (!radix_covers(p->height, index)) return NULL;
    for (uint32_t level = p->height; level > 0 && at; level--)
        at = ((struct radix_node *)at)->slot[radix_way(index, level)];
    return at;
}

uint8_t *pages_get(const struct pages *p, uint64_t index) { return page_of(pages_slot(p, index)); }

bool pages_lendable(const struct pages *p, uint64_t index)
{
    return page_tagged(pages_slot(p, index));
}

/* Removes the slot that leads to `index`, and every node that this leaves empty. The slot may be
 * empty already (a make that ran out of memory halfway). */
static void pages_drop(struct ramfs *fs, struct pages *p, uint64_t index)
{
    struct radix_node *path[RADIX_LEVELS + 1] = {0};
    void *at = p->root;
    uint32_t level;

    for (level = p->height; level > 0 && at; level--) {
        path[level] = at;
        at = path[level]->slot[radix_way(index, level)];
    }
    if (level == 0 && at) {
        page_free(fs, at);
        p->count--;
    }
    for (level++; level <= p->height; level++) {
        struct radix_node *n = path[level];
        void **slot = &n->slot[radix_way(index, level)];

        n->used -= *slot != NULL;
        *slot = NULL;
        if (n->used != 0) return;
        ramfs_free(fs, n, sizeof *n);
    }
    p->root = NULL;
    p->height = 0;
}

static bool pages_raise(struct ramfs *fs, struct pages *p, uint64_t index)
{
    while (!radix_covers(p->height, index)) {
        if (p->root) {
            struct radix_node *n = ramfs_alloc(fs, sizeof *n);

            if (!n) return false;
            n->slot[0] = p->root;
            n->used = 1;
            p->root = n;
        }
        p->height++;
    }
    return true;
}

/* The place of a page, with the nodes that lead to it; it may be empty, and is counted only by
 * whoever fills it. NULL: no memory. */
static void **pages_reach(struct ramfs *fs, struct pages *p, uint64_t index,
                          struct radix_node **above)
{
    void **slot = &p->root;

    *above = NULL;
    if (!pages_raise(fs, p, index)) return NULL;
    for (uint32_t level = p->height; level > 0; level--) {
        if (!*slot) {
            *slot = ramfs_alloc(fs, sizeof(struct radix_node));
            if (!*slot) {
                pages_drop(fs, p, index);
                return NULL;
            }
            if (*above) (*above)->used++;
        }
        *above = *slot;
        slot = &(*above)->slot[radix_way(index, level)];
    }
    return slot;
}

uint8_t *pages_make(struct ramfs *fs, struct pages *p, uint64_t index)
{
    struct radix_node *above;
    void **slot = pages_reach(fs, p, index, &above);

    if (!slot) return NULL;
    if (*slot) return page_of(*slot);
    *slot = ramfs_alloc(fs, RAMFS_PAGE);
    if (!*slot) {
        pages_drop(fs, p, index);
        return NULL;
    }
    if (above) above->used++;
    p->count++;
    return *slot;
}

bool pages_put(struct ramfs *fs, struct pages *p, uint64_t index, uint8_t *page)
{
    struct radix_node *above;
    void **slot = pages_reach(fs, p, index, &above);

    if (!slot) return false;
    if (*slot) {
        page_free(fs, *slot);
    } else {
        if (above) above->used++;
        p->count++;
    }
    *slot = page_tag(page);
    return true;
}

/* Finds the first page at or behind *index. Each restart skips one absent subtree. */
static bool pages_next(const struct pages *p, uint64_t *index)
{
    while (p->root && radix_covers(p->height, *index)) {
        void *at = p->root;
        uint32_t level = p->height;

        while (level > 0 && at)
            at = ((struct radix_node *)at)->slot[radix_way(*index, level--)];
        if (at) return true;
        *index = ((*index >> (RADIX_BITS * level)) + 1) << (RADIX_BITS * level);
    }
    return false;
}

void pages_cut(struct ramfs *fs, struct pages *p, uint64_t from)
{
    while (pages_next(p, &from))
        pages_drop(fs, p, from);
}

bool pages_check(const struct pages *p)
{
    uint64_t index = 0, n = 0;

    for (; pages_next(p, &index); index++)
        n++;
    return n == p->count && (p->root != NULL) == (n != 0);
}
