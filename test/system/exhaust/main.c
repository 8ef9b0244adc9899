/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes memory until it is refused, writes to every page of it, and holds it until it is killed:
 *   exhaust heap     in blocks of 16 KiB of the C library
 *   exhaust map      in anonymous mappings of 256 KiB
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "futura/syscall.h"

#define HEAP_BLOCK (16u << 10)
#define MAP_BLOCK (256u << 10)

/* Where the newest block is: the compiler may not take an allocation away that nobody looks at. */
static void *volatile newest;

static void *block_take(size_t size)
{
    void *at;

    if (size == HEAP_BLOCK) return malloc(size);
    at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? NULL : at;
}

int main(int argc, char **argv)
{
    size_t size = argc == 2 && strcmp(argv[1], "map") == 0 ? MAP_BLOCK : HEAP_BLOCK, taken = 0;
    struct fut_msg m;
    char *at;

    printf("exhaust: start\n"); /* the way to the console costs memory too */
    fflush(stdout);
    while ((at = block_take(size)) != NULL) {
        memset(at, 0xa5, size);
        newest = at;
        taken += size;
    }
    printf("exhaust: %s after %zu KiB\n", errno == ENOMEM ? "refused" : strerror(errno),
           taken >> 10);
    fflush(stdout);
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}
