/* SPDX-License-Identifier: Apache-2.0 */
/* A list of blocks; small requests share a block. */
#include "arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 16384u

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(16) unsigned char data[];
};

struct fic_arena {
    struct block *blocks;
};

static void *must(void *p)
{
    if (!p) {
        fputs("fic: out of memory\n", stderr);
        abort();
    }
    return p;
}

struct fic_arena *fic_arena_new(void) { return must(calloc(1, sizeof(struct fic_arena))); }

void fic_arena_free(struct fic_arena *a)
{
    if (!a) return;
    while (a->blocks) {
        struct block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    free(a);
}

void *fic_arena_alloc(struct fic_arena *a, size_t size)
{
    struct block *b = a->blocks;
    void *p;

    size = (size + 15) & ~(size_t)15;
    if (!b || b->size - b->used < size) {
        size_t want = size > BLOCK ? size : BLOCK;
        b = must(malloc(sizeof(*b) + want));
        b->size = want;
        b->used = 0;
        b->next = a->blocks;
        a->blocks = b;
    }
    p = b->data + b->used;
    b->used += size;
    return memset(p, 0, size);
}

char *fic_arena_text(struct fic_arena *a, const char *s, size_t n)
{
    char *p = fic_arena_alloc(a, n + 1);

    memcpy(p, s, n);
    return p;
}

char *fic_arena_format(struct fic_arena *a, const char *fmt, ...)
{
    va_list ap;
    char *p;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    p = fic_arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return p;
}

void *fic_arena_push(struct fic_arena *a, void *v, size_t *n, size_t size)
{
    void **array = v;

    if (*n == 0 || (*n & (*n - 1)) == 0) {
        void *bigger = fic_arena_alloc(a, (*n ? 2 * *n : 1) * size);
        if (*n) memcpy(bigger, *array, *n * size);
        *array = bigger;
    }
    return (char *)*array + size * (*n)++;
}
