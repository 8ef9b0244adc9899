/* SPDX-License-Identifier: Apache-2.0 */
/* The memory functions that compilers and shared libraries expect; the capability manager has no
 * libc. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((((uintptr_t)t | (uintptr_t)f) & 7u) == 0) {
        for (; n >= 8; n -= 8, t += 8, f += 8)
            *(uint64_t *)(void *)t = *(const uint64_t *)(const void *)f;
    }
    while (n-- != 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if (t <= f || t >= f + n) return memcpy(to, from, n);
    while (n-- != 0)
        t[n] = f[n];
    return to;
}

void *memset(void *to, int value, size_t n)
{
    volatile uint8_t *t = to;
    uint64_t word = (uint8_t)value * UINT64_C(0x0101010101010101);

    for (; n >= 8 && ((uintptr_t)t & 7u) == 0; n -= 8, t += 8)
        *(volatile uint64_t *)(volatile void *)t = word;
    while (n-- != 0)
        *t++ = (uint8_t)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;

    for (; n != 0; n--, x++, y++) {
        if (*x != *y) return *x < *y ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n] != 0)
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    for (; *a != 0 && *a == *b; a++, b++)
        ;
    return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n != 0 && *a != 0 && *a == *b; n--, a++, b++)
        ;
    return n == 0 ? 0 : (uint8_t)*a - (uint8_t)*b;
}

void *memchr(const void *s, int value, size_t n)
{
    const uint8_t *p = s;

    for (; n != 0; n--, p++) {
        if (*p == (uint8_t)value) return (void *)(uintptr_t)p;
    }
    return NULL;
}
