/* SPDX-License-Identifier: Apache-2.0 */
/* The ABI table and everything derived from it agree. Run from the source folder. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

static char made[TEXT_MAX], kept[TEXT_MAX];

static size_t text_read(FILE *from, char *to)
{
    size_t size = fread(to, 1, TEXT_MAX - 1, from);

    ck_assert_msg(size < TEXT_MAX - 1, "text is longer than the test's buffer");
    to[size] = 0;
    return size;
}

static void file_read(const char *path, char *to)
{
    FILE *file = fopen(path, "r");

    ck_assert_msg(file != NULL, "%s cannot be read", path);
    ck_assert_msg(text_read(file, to) != 0, "%s is empty", path);
    fclose(file);
}

/* The generator's output must equal the committed file; the message names the first line that
 * differs. */
static void made_compare(const char *command, const char *path)
{
    unsigned line = 1;
    size_t i;
    FILE *pipe;

    pipe = popen(command, "r");
    ck_assert_msg(pipe != NULL, "awk cannot be started");
    text_read(pipe, made);
    ck_assert_msg(pclose(pipe) == 0, "%s reports an error", command);
    file_read(path, kept);
    for (i = 0; made[i] == kept[i] && made[i] != 0; i++)
        line += made[i] == '\n';
    ck_assert_msg(made[i] == kept[i], "%s differs from the table at line %u: make it again", path,
                  line);
}

static void derived_compare(const char *out, const char *path)
{
    char command[128];

    snprintf(command, sizeof command, "awk -v out=%s -f abi/generate.awk abi/abi.tab", out);
    made_compare(command, path);
}

START_TEST(errors_are_current)
{
    made_compare("LC_ALL=C; export LC_ALL; awk -f abi/errors.awk abi/errors.tab "
                 "abi/include/futura/errors.h abi/interfaces/*.fi",
                 "docs/errors.md");
}
END_TEST

START_TEST(header_is_current) { derived_compare("h", "abi/include/futura/abi.h"); }
END_TEST

START_TEST(outcomes_are_current) { derived_compare("c", "abi/include/futura/outcomes.h"); }
END_TEST

START_TEST(page_is_current) { derived_compare("md", "docs/abi.md"); }
END_TEST

START_TEST(every_call_has_a_wrapper)
{
    char *row, *save = NULL, name[64], wrapper[80];
    unsigned number, calls = 0;

    file_read("abi/abi.tab", made);
    file_read("abi/include/futura/syscall.h", kept);
    for (row = strtok_r(made, "\n", &save); row != NULL; row = strtok_r(NULL, "\n", &save)) {
        if (sscanf(row, "syscall\t%u\t%63[a-z_]", &number, name) != 2) continue;
        snprintf(wrapper, sizeof wrapper, " fut_sys_%s(", name);
        ck_assert_msg(strstr(kept, wrapper) != NULL, "system call %s has no wrapper", name);
        calls++;
    }
    ck_assert_uint_gt(calls, 40);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("abi");
    TCase *cases = tcase_create("table");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(cases, header_is_current);
    tcase_add_test(cases, outcomes_are_current);
    tcase_add_test(cases, page_is_current);
    tcase_add_test(cases, errors_are_current);
    tcase_add_test(cases, every_call_has_a_wrapper);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
