/* SPDX-License-Identifier: Apache-2.0 */
/* The bump allocator. */
#include "fipc/memory.h"

void *fipc_alloc(struct fipc_arena *a, size_t n)
{
    size_t pad = (size_t)(-((uintptr_t)a->base + a->used) & 15); /* the base may be unaligned */
    size_t left = a->size - a->used;
    uint8_t *p;

    if (pad > left || n > left - pad) return NULL;
    p = a->base + a->used + pad;
    a->used += pad + n;
    return p;
}
