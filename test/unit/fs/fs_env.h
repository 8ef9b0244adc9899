/* SPDX-License-Identifier: Apache-2.0 */
/* The environment that the file-server cores get in tests: malloc that counts and can be told to
 * fail, a clock that ticks a microsecond a look, repeatable random numbers. */
#ifndef FS_ENV_H
#define FS_ENV_H

#include "fscore.h"

struct fs_env {
    size_t live;      /* bytes allocated */
    uint64_t fail_in; /* 0 = never; else the n-th allocation from now fails, once */
    uint64_t ticks, random;
};

/* Fills in an environment over `e`, which must outlive it. */
struct fsc_env fs_env_make(struct fs_env *e, uint64_t seed);
/* splitmix64. */
uint64_t fs_random(uint64_t *state);

#endif
