/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile acts, and what became of them: for the program of hostile.t and the demonstration. */
#ifndef TEST_HOSTILE_ACTS_H
#define TEST_HOSTILE_ACTS_H

#include <stdint.h>

#define HOSTILE_STATUSES 32u

struct hostile_tally {
    uint64_t made;
    uint64_t refused[HOSTILE_STATUSES]; /* by the nucleus, with that FUT_S_* */
    uint64_t servers;                   /* by the server that was called: its reply is an error */
    uint64_t done;                      /* what the caller may do */
};

/* What follows is random, but the same for the same seed. */
void hostile_seed(uint64_t seed);
uint64_t hostile_random(void);

/* One random system call on a random slot, held or not, half of them messages to servers; none that
 * would only end or stop the caller. It may take away what the caller itself holds. */
void hostile_call(struct hostile_tally *tally);

/* One access to a random address outside the caller's memory: a fault ends it. */
void hostile_access(void);

#endif
