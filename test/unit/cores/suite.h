/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a list of Check tests as one suite, with a set-up before each. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <stddef.h>

#define TEST_COUNT(tests) (sizeof(tests) / sizeof((tests)[0]))

static inline int suite_run(const char *name, const TTest *const *tests, size_t count,
                            void (*setup)(void))
{
    Suite *s = suite_create(name);
    TCase *t = tcase_create(name);
    SRunner *r;
    int failed;

    if (setup != NULL) tcase_add_checked_fixture(t, setup, NULL);
    tcase_set_timeout(t, 120);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

#endif
