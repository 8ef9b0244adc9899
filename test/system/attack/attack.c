/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile program, started from the shell like any other:
 *   attack calls COUNT SEED   random system calls with random arguments on all of its slots: it
 * also sends rubbish to capmgr, vfs and the console attack wild SEED          one access to a
 * random address outside its memory: a fault ends it
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "futura/syscall.h"

static uint64_t state;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* One system call by its number as a run-time value: the immediate needs one instruction each. */
#define TRY(n)                                                                                     \
    case n: FUT_SVC(n); break

static void random_call(void)
{
    static const uint8_t numbers[] = {1,  4,  5,  6,  7,  8,  9,  16, 17, 18, 19, 20, 21, 22, 23,
                                      24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
                                      39, 40, 41, 42, 43, 48, 49, 50, 51, 52, 53, 60, 99};
    uint64_t r = next();
    FUT_SVC_REGISTERS;

    x0 = next(), x1 = next() & 0xff, x2 = next() & 0xff, x3 = next() & 0xff, x4 = next() & 3,
    x8 = (r >> 32) % 24, x9 = next();
    if ((r & 3) == 0) /* a well-formed request word now and then, to get further in */
        x0 = (x0 & 0xfff) % 64 | 0x10000;
    if (numbers[r % sizeof numbers] == 1 && (x0 & 0xfff) == 60)
        x0++; /* not capmgr's exit: the calls are to be counted */
    switch (numbers[r % sizeof numbers]) {
        TRY(1);
        TRY(4);
        TRY(5);
        TRY(6);
        TRY(7);
        TRY(8);
        TRY(9);
        TRY(16);
        TRY(17);
        TRY(18);
        TRY(19);
        TRY(20);
        TRY(21);
        TRY(22);
        TRY(23);
        TRY(24);
        TRY(25);
        TRY(26);
        TRY(27);
        TRY(28);
        TRY(29);
        TRY(30);
        TRY(31);
        TRY(32);
        TRY(33);
        TRY(34);
        TRY(35);
        TRY(36);
        TRY(37);
        TRY(38);
        TRY(39);
        TRY(40);
        TRY(41);
        TRY(42);
        TRY(43);
        TRY(48);
        TRY(49);
        TRY(50);
        TRY(51);
        TRY(52);
        TRY(53);
        TRY(60);
        TRY(99);
    default: x10 = x11 = 0;
    }
    (void)x10, (void)x11;
}

static void wild_access(void)
{
    static const uint64_t bases[] = {0,
                                     0xffff000000000000,
                                     0xffffffff80000000,
                                     0xffffffff90000000,
                                     0x0000ffffffff0000,
                                     0x0001000000000000,
                                     0x100000000,
                                     0x7fff00000000};
    volatile uint64_t *p =
        (volatile uint64_t *)((bases[next() % 8] + (next() & 0xffff0)) & ~(uint64_t)7);

    if ((next() & 1) != 0)
        *p = 1;
    else
        (void)*p;
}

int main(int argc, char **argv)
{
    unsigned long count, i;

    if (argc == 4 && strcmp(argv[1], "calls") == 0) {
        state = strtoul(argv[3], NULL, 0) * 2654435761u + 88172645463325252u;
        count = strtoul(argv[2], NULL, 0);
        for (i = 0; i < count; i++)
            random_call();
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "wild") == 0) {
        state = strtoul(argv[2], NULL, 0) * 2654435761u + 88172645463325252u;
        wild_access();
        printf("attack: the access went through\n");
        return 0;
    }
    fprintf(stderr, "usage: attack calls COUNT SEED | attack wild SEED\n");
    return 2;
}
