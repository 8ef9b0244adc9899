/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the shell: entry. */
#include "test_fsh.h"

#include <stdlib.h>

int main(void)
{
    Suite *suite = suite_create("fsh");
    suite_add_tcase(suite, parse_case());
    suite_add_tcase(suite, expand_case());
    suite_add_tcase(suite, glob_case());
    suite_add_tcase(suite, edit_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
