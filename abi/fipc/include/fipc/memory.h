/* SPDX-License-Identifier: Apache-2.0 */
/* Access to memory that another domain may write at any moment. A value is copied to private
 * memory first and looked at there; the barrier keeps the compiler from fetching it a second time.
 * Nothing here is ever called on memory whose length has not been checked. */
#ifndef FIPC_MEMORY_H
#define FIPC_MEMORY_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FIPC_INLINE static inline __attribute__((always_inline))
#define FIPC_APART static __attribute__((noinline))
#define FIPC_COLD static __attribute__((noinline, cold))
#define FIPC_LIKELY(x) __builtin_expect(!!(x), 1)

/* What was loaded before must not be loaded again after it. */
FIPC_INLINE void fipc_barrier(void) { __asm__ volatile("" ::: "memory"); }

/* Copies n bytes that a peer may be changing. */
FIPC_INLINE void fipc_copy_in(void *dst, const void *shared, size_t n)
{
    __builtin_memcpy(dst, shared, n);
    fipc_barrier();
}

FIPC_INLINE uint32_t fipc_load_acquire(const uint32_t *p)
{
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
FIPC_INLINE void fipc_store_release(uint32_t *p, uint32_t v)
{
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
}
/* Full barrier, stores before it to loads after it. */
FIPC_INLINE void fipc_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

/* Fields of a root by byte offset; offsets are constants, so that these are single instructions
 * (the builtin, because a freestanding compiler takes a plain memcpy for a call). */
FIPC_INLINE uint8_t fipc_ld8(const void *p, size_t at) { return ((const uint8_t *)p)[at]; }
#define FIPC_ACCESS(bits)                                                                          \
    FIPC_INLINE uint##bits##_t fipc_ld##bits(const void *p, size_t at)                             \
    {                                                                                              \
        uint##bits##_t v;                                                                          \
        __builtin_memcpy(&v, (const uint8_t *)p + at, sizeof(v));                                  \
        return v;                                                                                  \
    }                                                                                              \
    FIPC_INLINE void fipc_st##bits(void *p, size_t at, uint##bits##_t v)                           \
    {                                                                                              \
        __builtin_memcpy((uint8_t *)p + at, &v, sizeof(v));                                        \
    }
FIPC_ACCESS(16)
FIPC_ACCESS(32)
FIPC_ACCESS(64)
#undef FIPC_ACCESS
FIPC_INLINE void fipc_st8(void *p, size_t at, uint8_t v) { ((uint8_t *)p)[at] = v; }

/* Fields of a root of words that shall stay in registers: by shifts, since a byte's address would
 * send the words to memory. `at` as above; put takes a word that is zero there. */
#define FIPC_IN_WORDS(bits)                                                                        \
    FIPC_INLINE uint##bits##_t fipc_get##bits(const uint64_t *w, size_t at)                        \
    {                                                                                              \
        return (uint##bits##_t)(w[at / 8] >> at % 8 * 8);                                          \
    }                                                                                              \
    FIPC_INLINE void fipc_put##bits(uint64_t *w, size_t at, uint##bits##_t v)                      \
    {                                                                                              \
        w[at / 8] |= (uint64_t)v << at % 8 * 8;                                                    \
    }
FIPC_IN_WORDS(8)
FIPC_IN_WORDS(16)
FIPC_IN_WORDS(32)
FIPC_IN_WORDS(64)
#undef FIPC_IN_WORDS

/* Success, made where it is returned. The compiler must not see that a status it holds is the same
 * number: it would keep that from before a call to after it. */
FIPC_INLINE uint32_t fipc_fine(void)
{
    uint32_t e = 0;

    __asm__ volatile("" : "+r"(e));
    return e;
}

/* A bump allocator over memory of the owner's; reset all at once. Base, size and used are multiples
 * of 16. */
struct fipc_arena {
    uint8_t *base;
    size_t size, used;
};

/* At most 30 of the bytes are lost to alignment. */
FIPC_INLINE void fipc_arena_init(struct fipc_arena *a, void *base, size_t size)
{
    size_t pad = (size_t)(-(uintptr_t)base & 15);

    if (pad > size) pad = size;
    a->base = pad ? (uint8_t *)base + pad : base;
    a->size = (size - pad) & ~(size_t)15;
    a->used = 0;
}

/* n bytes aligned to 16, not zeroed; NULL: the arena is full. n = 0 yields a valid pointer. */
FIPC_INLINE void *fipc_alloc(struct fipc_arena *a, size_t n)
{
    size_t used = a->used;

    if (n > a->size - used) return NULL;
    a->used = used + ((n + 15) & ~(size_t)15);
    return a->base + used;
}

#endif
