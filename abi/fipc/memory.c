/* SPDX-License-Identifier: Apache-2.0 */
/* The bump allocator. */
#include "fipc/memory.h"

void *fipc_alloc(struct fipc_arena *a, size_t n)
{
    size_t at = (a->used + 15) & ~(size_t)15;
    size_t shift = (size_t)(-(uintptr_t)a->base & 15); /* the base itself may be unaligned */

    if (at > a->size || shift > a->size - at || n > a->size - at - shift) return NULL;
    a->used = at + n;
    if (shift) a->used += 16; /* never more than 15 bytes are lost to the shift */
    if (a->used > a->size) a->used = a->size;
    return a->base + at + shift;
}
