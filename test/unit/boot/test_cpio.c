/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the cpio reader. */
#include "boot/cpio.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t archive[8192];
static size_t archive_len;

static void archive_add(const char *name, unsigned mode, const char *data)
{
    size_t n = strlen(name) + 1, size = strlen(data);

    archive_len += (size_t)sprintf(
        (char *)archive + archive_len, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
        7u, mode, 1u, 2u, 1u, 1000000u, (unsigned)size, 0u, 0u, 4u, 5u, (unsigned)n, 0u);
    memcpy(archive + archive_len, name, n);
    archive_len = (archive_len + n + 3) & ~(size_t)3;
    memcpy(archive + archive_len, data, size);
    archive_len = (archive_len + size + 3) & ~(size_t)3;
}

static void archive_start(void)
{
    memset(archive, 0, sizeof(archive));
    archive_len = 0;
}

/* Checks a copy of exactly `size` bytes, so that the sanitizer sees any overrun. */
static enum cpio_error check_exact(size_t size, uint32_t *count)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    enum cpio_error e;

    memcpy(copy, archive, size);
    e = cpio_check(copy, size, count);
    free(copy);
    return e;
}

static void setup(void)
{
    archive_start();
    archive_add(".", 040755, "");
    archive_add("./bin", 040755, "");
    archive_add("bin/fsh", 0100755, "hello");
    archive_add("link", 0120777, "bin/fsh");
    archive_add("empty", 0100644, "");
    archive_add("TRAILER!!!", 0, "");
}

START_TEST(iterates)
{
    struct cpio_entry e;
    struct cpio c;
    uint32_t count = 0;

    ck_assert_int_eq(check_exact(archive_len, &count), CPIO_OK);
    ck_assert_uint_eq(count, 5);
    cpio_init(&c, archive, archive_len);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_OK);
    ck_assert_str_eq(e.name, ".");
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_OK);
    ck_assert_str_eq(e.name, "bin");
    ck_assert_uint_eq(e.mode, 040755);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_OK);
    ck_assert_str_eq(e.name, "bin/fsh");
    ck_assert_uint_eq(e.name_len, 7);
    ck_assert_uint_eq(e.size, 5);
    ck_assert_mem_eq(e.data, "hello", 5);
    ck_assert_uint_eq(e.mtime, 1000000);
    ck_assert_uint_eq(e.uid, 1);
    ck_assert_uint_eq(e.gid, 2);
    ck_assert_uint_eq(e.rdev_major, 4);
    ck_assert_uint_eq(e.rdev_minor, 5);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_OK);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_OK);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_END);
    ck_assert_int_eq(cpio_next(&c, &e), CPIO_END);
}
END_TEST

START_TEST(finds)
{
    struct cpio_entry e;

    ck_assert_int_eq(cpio_find(archive, archive_len, "bin/fsh", &e), CPIO_OK);
    ck_assert_mem_eq(e.data, "hello", 5);
    ck_assert_int_eq(cpio_find(archive, archive_len, "empty", &e), CPIO_OK);
    ck_assert_uint_eq(e.size, 0);
    ck_assert_int_eq(cpio_find(archive, archive_len, "bin/fs", &e), CPIO_E_MISSING);
    ck_assert_int_eq(cpio_find(archive, archive_len, "TRAILER!!!", &e), CPIO_E_MISSING);
}
END_TEST

START_TEST(refuses_truncation)
{
    /* The last entry is complete with its name: padding behind it may be missing. */
    size_t least = archive_len - 124 + 110 + 11;

    for (size_t n = 0; n < least; n++)
        ck_assert_msg(check_exact(n, NULL) == CPIO_E_TRUNCATED, "length %zu", n);
    ck_assert_int_eq(check_exact(least, NULL), CPIO_OK);
}
END_TEST

START_TEST(refuses_bad_headers)
{
    archive[5] = '2';
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_MAGIC);
    setup();
    archive[20] = 'g';
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_HEX);
    setup();
    archive[20] = '+';
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_HEX);
    setup();
    memcpy(archive + 94, "00000000", 8); /* name size */
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_NAME);
    setup();
    memcpy(archive + 94, "00000401", 8);
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_NAME);
    setup();
    memcpy(archive + 94, "FFFFFFFF", 8);
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_NAME);
    setup();
    memcpy(archive + 94, "00000001", 8); /* no NUL there */
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_NAME);
    setup();
    memcpy(archive + 54, "00000001", 8); /* a directory with data */
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_TYPE);
    archive_start();
    archive_add("x", 0100644, "data");
    memcpy(archive + 54, "FFFFFFFF", 8);
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_TRUNCATED);
}
END_TEST

START_TEST(refuses_bad_paths)
{
    static const char *const bad[] = {"/etc", "..",  "../x", "a/..", "a/../b", "a//b",
                                      "a/",   "./.", "./..", "a/.",  "./",     ".//a"};
    static const char *const good[] = {"a", "./a", "...", "a/..b", ".a/b."};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        archive_start();
        archive_add(bad[i], 0100644, "");
        archive_add("TRAILER!!!", 0, "");
        ck_assert_msg(check_exact(archive_len, NULL) == CPIO_E_PATH, "%s", bad[i]);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        archive_start();
        archive_add(good[i], 0100644, "");
        archive_add("TRAILER!!!", 0, "");
        ck_assert_msg(check_exact(archive_len, NULL) == CPIO_OK, "%s", good[i]);
    }
    archive_start();
    archive_add("", 0100644, "");
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_NAME);
    archive_start();
    archive_add("t", 0140644, "");
    ck_assert_int_eq(check_exact(archive_len, NULL), CPIO_E_TYPE);
}
END_TEST

START_TEST(names_every_error)
{
    for (int e = 0; e < CPIO_E_COUNT; e++)
        ck_assert_str_ne(cpio_strerror(e), "unknown boot archive error");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cpio");
    TCase *t = tcase_create("cpio");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, iterates);
    tcase_add_test(t, finds);
    tcase_add_test(t, refuses_truncation);
    tcase_add_test(t, refuses_bad_headers);
    tcase_add_test(t, refuses_bad_paths);
    tcase_add_test(t, names_every_error);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
