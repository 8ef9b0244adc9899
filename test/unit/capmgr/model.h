/* SPDX-License-Identifier: Apache-2.0 */
/* What the random tests share: a small generator with a printed seed, and a runner for suites. */
#ifndef TEST_CAPMGR_MODEL_H
#define TEST_CAPMGR_MODEL_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Check records every assertion that it passes, which a million operations cannot afford. */
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) ck_abort_msg("%s", #condition);                                          \
    } while (0)
#define EXPECT_EQ(a, b) EXPECT((uint64_t)(a) == (uint64_t)(b))
#define EXPECT_NE(a, b) EXPECT((uint64_t)(a) != (uint64_t)(b))
#define EXPECT_LT(a, b) EXPECT((uint64_t)(a) < (uint64_t)(b))

static uint64_t model_state;

static inline void model_seed(uint64_t seed)
{
    const char *s = getenv("CAPMGR_SEED");

    model_state = s != NULL ? strtoull(s, NULL, 0) : seed;
    printf("seed %llu\n", (unsigned long long)model_state);
    model_state = model_state * 2 + 1;
}

/* xorshift64*: a number below `n`. */
static inline uint32_t model_below(uint32_t n)
{
    model_state ^= model_state >> 12;
    model_state ^= model_state << 25;
    model_state ^= model_state >> 27;
    return (uint32_t)((model_state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

static inline int model_run(const char *name, const TTest *const *tests, size_t count)
{
    Suite *s = suite_create(name);
    TCase *c = tcase_create(name);
    SRunner *r;
    size_t i;
    int failed;

    for (i = 0; i < count; i++)
        tcase_add_test(c, tests[i]);
    tcase_set_timeout(c, 280);
    suite_add_tcase(s, c);
    r = srunner_create(s);
    srunner_set_fork_status(r, CK_NOFORK);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
