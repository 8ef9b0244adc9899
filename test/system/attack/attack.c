/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile program, started from the shell like any other:
 *   attack calls COUNT SEED   random system calls with random arguments on all of its slots, also
 *                             rubbish to capmgr, vfs and the console; says how many it made, and
 *                             then dies of a wild access
 *   attack wild SEED          one access to a random address outside its memory: a fault ends it
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile_acts.h"

int main(int argc, char **argv)
{
    struct hostile_tally tally = {0};
    unsigned long count, i;

    if (argc == 4 && strcmp(argv[1], "calls") == 0) {
        hostile_seed(strtoul(argv[3], NULL, 0));
        count = strtoul(argv[2], NULL, 0);
        for (i = 0; i < count; i++)
            hostile_call(&tally);
        printf("attack: %lu calls\n", i);
        fflush(stdout);
        hostile_access();
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "wild") == 0) {
        hostile_seed(strtoul(argv[2], NULL, 0));
        hostile_access();
        printf("attack: the access went through\n");
        return 0;
    }
    fprintf(stderr, "usage: attack calls COUNT SEED | attack wild SEED\n");
    return 2;
}
