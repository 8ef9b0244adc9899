/* SPDX-License-Identifier: Apache-2.0 */
/* See fs_env.h. */
#include "fs_env.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

uint64_t fs_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void *env_alloc(void *ctx, size_t size)
{
    struct fs_env *e = ctx;

    if (e->fail_in != 0 && --e->fail_in == 0) return NULL;
    e->live += size;
    return malloc(size);
}

static void env_free(void *ctx, void *p, size_t size)
{
    ((struct fs_env *)ctx)->live -= size;
    free(p);
}

static struct fsc_time env_now(void *ctx)
{
    uint64_t t = ((struct fs_env *)ctx)->ticks++;

    return (struct fsc_time){.sec = 1000000 + (int64_t)(t / 1000000),
                             .nsec = (uint32_t)(t % 1000000) * 1000};
}

static void env_random(void *ctx, void *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)out)[i] = (uint8_t)fs_random(&((struct fs_env *)ctx)->random);
}

/* Pages of their own, so that one that is used after it was given back is a fault. */
static void *env_pages(void *ctx, size_t count)
{
    struct fs_env *e = ctx;
    void *p;

    if (e->fail_in != 0 && --e->fail_in == 0) return NULL;
    p = mmap(NULL, count * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    e->live += count * 4096;
    return p;
}

static void env_pages_free(void *ctx, void *p, size_t count)
{
    ((struct fs_env *)ctx)->live -= count * 4096;
    munmap(p, count * 4096);
}

struct fsc_env fs_env_make(struct fs_env *e, uint64_t seed)
{
    memset(e, 0, sizeof *e);
    e->random = seed;
    return (struct fsc_env){e, env_alloc, env_free, env_now, env_random, env_pages, env_pages_free};
}
