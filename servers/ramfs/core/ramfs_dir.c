/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories: a hash table for lookup and an array in cookie order for readdir.
 *
 *   slot[]  | c=1 a | c=2 - | c=5 b | c=6 c |      cookies rise; '-' was removed
 *   bucket[hash & mask] -> dirent -> dirent
 *
 * A cookie is given once, to one name, and rises: reading on behind a cookie neither repeats nor
 * skips names that stay, whatever happens to others. Removed places are squeezed out when they are
 * more than half, so every operation is constant on average.
 */
#include "ramfs_impl.h"

#include <string.h>

static uint32_t rotate(uint32_t v, unsigned by) { return v << by | v >> (32 - by); }

static void hash_round(uint32_t v[4])
{
    v[0] += v[1], v[1] = rotate(v[1], 5), v[1] ^= v[0], v[0] = rotate(v[0], 16);
    v[2] += v[3], v[3] = rotate(v[3], 8), v[3] ^= v[2];
    v[0] += v[3], v[3] = rotate(v[3], 7), v[3] ^= v[0];
    v[2] += v[1], v[1] = rotate(v[1], 13), v[1] ^= v[2], v[2] = rotate(v[2], 16);
}

static void hash_word(uint32_t v[4], uint32_t m)
{
    v[3] ^= m;
    hash_round(v);
    v[0] ^= m;
}

/* HalfSipHash-1-3: keyed, so that names cannot be chosen to collide. */
static uint32_t name_hash(const struct ramfs *fs, const char *name, size_t len)
{
    uint32_t v[4] = {fs->key[0], fs->key[1], 0x6c796765u ^ fs->key[0], 0x74656462u ^ fs->key[1]};
    uint32_t m = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        m |= (uint32_t)(uint8_t)name[i] << (i % 4 * 8);
        if (i % 4 == 3) {
            hash_word(v, m);
            m = 0;
        }
    }
    hash_word(v, m | (uint32_t)len << 24);
    v[2] ^= 0xff;
    for (i = 0; i < 3; i++)
        hash_round(v);
    return v[1] ^ v[3];
}

struct dirent *dir_find(const struct ramfs *fs, const struct dir *d, const char *name, size_t len)
{
    uint32_t hash;
    struct dirent *e;

    if (d->count == 0) return NULL;
    hash = name_hash(fs, name, len);
    for (e = d->bucket[hash & (d->buckets - 1)]; e; e = e->hash_next)
        if (e->hash == hash && e->len == len && memcmp(e->name, name, len) == 0) return e;
    return NULL;
}

static void dir_chain(struct dir *d, struct dirent *e)
{
    struct dirent **head = &d->bucket[e->hash & (d->buckets - 1)];

    e->hash_next = *head;
    *head = e;
}

static bool dir_grow_buckets(struct ramfs *fs, struct dir *d)
{
    uint32_t n = d->buckets ? d->buckets * 2 : 8;
    struct dirent **bucket = n < UINT32_MAX / 16 ? ramfs_alloc(fs, n * sizeof *bucket) : NULL;

    if (!bucket) return false;
    ramfs_free(fs, d->bucket, d->buckets * sizeof *bucket);
    d->bucket = bucket;
    d->buckets = n;
    for (uint32_t i = 0; i < d->slots; i++)
        if (d->slot[i].entry) dir_chain(d, d->slot[i].entry);
    return true;
}

static bool dir_grow_slots(struct ramfs *fs, struct dir *d)
{
    uint32_t n = d->slots_cap ? d->slots_cap * 2 : 8;
    struct dir_slot *slot = n < UINT32_MAX / 16 ? ramfs_alloc(fs, n * sizeof *slot) : NULL;

    if (!slot) return false;
    if (d->slot) memcpy(slot, d->slot, d->slots * sizeof *slot);
    ramfs_free(fs, d->slot, d->slots_cap * sizeof *slot);
    d->slot = slot;
    d->slots_cap = n;
    return true;
}

static void dir_squeeze(struct dir *d)
{
    uint32_t to = 0;

    for (uint32_t i = 0; i < d->slots; i++) {
        if (!d->slot[i].entry) continue;
        d->slot[to] = d->slot[i];
        d->slot[to].entry->slot = to;
        to++;
    }
    d->slots = to;
}

int dir_add(struct ramfs *fs, struct dir *d, const char *name, size_t len, struct inode *n)
{
    struct dirent *e;

    if (d->slots == d->slots_cap && !dir_grow_slots(fs, d)) return FSC_ENOSPC;
    if (d->count >= d->buckets && !dir_grow_buckets(fs, d)) return FSC_ENOSPC;
    e = ramfs_alloc(fs, sizeof *e + len);
    if (!e) return FSC_ENOSPC;
    memcpy(e->name, name, len);
    e->len = (uint16_t)len;
    e->hash = name_hash(fs, name, len);
    e->node = n;
    e->slot = d->slots++;
    d->slot[e->slot].entry = e;
    d->slot[e->slot].cookie = d->next_cookie++;
    dir_chain(d, e);
    d->count++;
    return FSC_OK;
}

void dir_remove(struct ramfs *fs, struct dir *d, struct dirent *e)
{
    struct dirent **link = &d->bucket[e->hash & (d->buckets - 1)];

    while (*link != e)
        link = &(*link)->hash_next;
    *link = e->hash_next;
    d->slot[e->slot].entry = NULL;
    d->count--;
    ramfs_free(fs, e, sizeof *e + e->len);
    if (d->count == 0)
        dir_clear(fs, d);
    else if (d->slots > 16 && d->count < d->slots / 2)
        dir_squeeze(d);
}

void dir_clear(struct ramfs *fs, struct dir *d)
{
    for (uint32_t i = 0; i < d->slots; i++)
        if (d->slot[i].entry)
            ramfs_free(fs, d->slot[i].entry, sizeof(struct dirent) + d->slot[i].entry->len);
    ramfs_free(fs, d->slot, d->slots_cap * sizeof *d->slot);
    ramfs_free(fs, d->bucket, d->buckets * sizeof *d->bucket);
    d->slot = NULL;
    d->bucket = NULL;
    d->slots = d->slots_cap = d->buckets = d->count = 0;
}

uint32_t dir_seek(const struct dir *d, uint64_t cookie)
{
    uint32_t low = 0, high = d->slots;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (d->slot[mid].cookie > cookie)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

bool dir_check(const struct ramfs *fs, const struct dir *d)
{
    uint32_t live = 0, chained = 0;

    for (uint32_t i = 0; i < d->slots; i++) {
        const struct dirent *e = d->slot[i].entry;

        if (d->slot[i].cookie >= d->next_cookie ||
            (i > 0 && d->slot[i].cookie <= d->slot[i - 1].cookie))
            return false;
        if (e && (e->slot != i || inode_find(fs, e->node->ino) != e->node || e->node->nlink == 0))
            return false;
        live += e != NULL;
    }
    for (uint32_t i = 0; i < d->buckets; i++)
        for (const struct dirent *e = d->bucket[i]; e; e = e->hash_next, chained++)
            if (d->slot[e->slot].entry != e || (e->hash & (d->buckets - 1)) != i) return false;
    return live == d->count && chained == d->count;
}
