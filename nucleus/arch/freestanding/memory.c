/* SPDX-License-Identifier: Apache-2.0 */
/* The memory functions that a compiler may call by itself. Plain loops: the nucleus has no large
 * copies. */
#include <stddef.h>

void *memset(void *to, int byte, size_t size)
{
    unsigned char *p = to;

    while (size-- != 0)
        *p++ = (unsigned char)byte;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *p = to;
    const unsigned char *q = from;

    while (size-- != 0)
        *p++ = *q++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *p = to;
    const unsigned char *q = from;

    if (p < q) return memcpy(to, from, size);
    while (size-- != 0)
        p[size] = q[size];
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *p = a, *q = b;

    for (; size != 0; size--, p++, q++)
        if (*p != *q) return *p - *q;
    return 0;
}
