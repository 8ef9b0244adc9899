/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one syntax tree. */
#include "ast.h"

#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

struct arena_chunk {
    struct arena_chunk *next;
    _Alignas(16) char data[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (arena->chunks == NULL || arena->size - arena->used < size) {
        arena->size = size > 2048 ? size : 2048;
        struct arena_chunk *chunk = tool_alloc(sizeof *chunk + arena->size);
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->used = 0;
    }
    void *data = arena->chunks->data + arena->used;
    arena->used += size;
    return memset(data, 0, size);
}

char *arena_text(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

void arena_free(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    *arena = (struct arena){0};
}
