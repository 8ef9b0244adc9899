/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is freed all at once. fic is a short-lived tool: running out of memory ends it. */
#ifndef FIC_ARENA_H
#define FIC_ARENA_H
#include <stddef.h>

struct fic_arena;

struct fic_arena *fic_arena_new(void);
void fic_arena_free(struct fic_arena *a); /* NULL is fine */
/* Zeroed memory, aligned for any object; never NULL. */
void *fic_arena_alloc(struct fic_arena *a, size_t size);
/* A terminated copy of n bytes. */
char *fic_arena_text(struct fic_arena *a, const char *s, size_t n);
char *fic_arena_format(struct fic_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(1, 2)));
/* Room for one more element of `size` bytes in the array *v of n elements; the array grows by
 * doubling when n is 0 or a power of two. Returns the new element, zeroed. */
void *fic_arena_push(struct fic_arena *a, void *v, size_t *n, size_t size);

#endif
