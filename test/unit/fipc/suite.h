/* SPDX-License-Identifier: Apache-2.0 */
/* The end of every test program here. */
#ifndef TEST_FIPC_SUITE_H
#define TEST_FIPC_SUITE_H
#include <check.h>
#include <stdlib.h>

/* Puts the one case of the program into the suite and runs it, as loud as the environment says; the
 * result is what main returns. */
static inline int suite_run(Suite *s, TCase *t)
{
    SRunner *r;
    int failed;

    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
