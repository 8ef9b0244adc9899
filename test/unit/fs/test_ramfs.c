/* SPDX-License-Identifier: Apache-2.0 */
/* ramfs, case by case: each call's success, each refusal, life of open files, limits, cookies. */
#include "fs_env.h"
#include "ramfs.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fs_env env;
static struct ramfs *fs;

static void setup(void)
{
    struct fsc_env e = fs_env_make(&env, 1);

    fs = ramfs_new(&e, 64 << 20);
    ck_assert_ptr_nonnull(fs);
}

static void teardown(void)
{
    ck_assert(ramfs_check(fs));
    ramfs_delete(fs);
    ck_assert_uint_eq(env.live, 0);
}

static int make(uint64_t dir, const char *name, uint8_t kind, uint64_t *ino)
{
    struct ramfs_new_node what = {.kind = kind, .mode = 0644, .uid = 5, .gid = 6};
    struct fsc_attr a = {0};
    int e;

    if (kind == FSC_SYMLINK) what.target = "/to/here", what.target_len = 8;
    e = ramfs_create(fs, dir, name, strlen(name), &what, &a);
    if (ino) *ino = a.ino;
    return e;
}

static int rm(uint64_t dir, const char *name, bool directory)
{
    return ramfs_unlink(fs, dir, name, strlen(name), directory);
}

static int mv(uint64_t d, const char *from, uint64_t t, const char *to, bool replace)
{
    return ramfs_rename(fs, d, from, strlen(from), t, to, strlen(to), replace);
}

static int look(uint64_t dir, const char *name, struct fsc_attr *a)
{
    return ramfs_lookup(fs, dir, name, strlen(name), a);
}

START_TEST(names)
{
    char longest[257];
    struct fsc_attr a;

    memset(longest, 'x', sizeof longest);
    ck_assert_int_eq(ramfs_lookup(fs, 1, longest, 256, &a), FSC_ENAMETOOLONG);
    ck_assert_int_eq(ramfs_lookup(fs, 1, longest, 255, &a), FSC_ENOENT);
    ck_assert_int_eq(look(1, "", &a), FSC_ENOENT);
    ck_assert_int_eq(look(1, ".", &a), FSC_EINVAL);
    ck_assert_int_eq(look(1, "..", &a), FSC_EINVAL);
    ck_assert_int_eq(look(1, "a/b", &a), FSC_EINVAL);
    ck_assert_int_eq(ramfs_lookup(fs, 1, "a\0b", 3, &a), FSC_EINVAL);
    ck_assert_int_eq(make(1, "\xff\x01 \n", FSC_FILE, NULL), FSC_OK);
    ck_assert_int_eq(look(1, "\xff\x01 \n", &a), FSC_OK);
    ck_assert_int_eq(look(99, "x", &a), FSC_ESTALE);
    ck_assert_int_eq(look(0, "x", &a), FSC_ESTALE);
    ck_assert_int_eq(look(a.ino, "x", &a), FSC_ENOTDIR);
}
END_TEST

START_TEST(create_and_unlink)
{
    uint64_t f, d, again;
    struct fsc_attr a;

    ck_assert_int_eq(make(1, "f", FSC_FILE, &f), FSC_OK);
    ck_assert_int_eq(make(1, "f", FSC_FILE, NULL), FSC_EEXIST);
    ck_assert_int_eq(make(1, "c", FSC_CHAR, NULL), FSC_EOPNOTSUPP);
    ck_assert_int_eq(make(1, "d", FSC_DIR, &d), FSC_OK);
    ck_assert_int_eq(make(d, "x", FSC_FILE, NULL), FSC_OK);
    ck_assert_int_eq(ramfs_stat(fs, 1, &a), FSC_OK);
    ck_assert_uint_eq(a.nlink, 3);
    ck_assert_int_eq(rm(1, "f", true), FSC_ENOTDIR);
    ck_assert_int_eq(rm(1, "d", false), FSC_EISDIR);
    ck_assert_int_eq(rm(1, "d", true), FSC_ENOTEMPTY);
    ck_assert_int_eq(rm(d, "x", false), FSC_OK);
    ck_assert_int_eq(rm(1, "d", true), FSC_OK);
    ck_assert_int_eq(rm(1, "d", true), FSC_ENOENT);
    ck_assert_int_eq(rm(1, "f", false), FSC_OK);
    ck_assert_int_eq(ramfs_stat(fs, f, &a), FSC_ESTALE);
    ck_assert_int_eq(make(1, "f", FSC_FILE, &again), FSC_OK);
    ck_assert_uint_ne(f, again); /* a number is never used twice */
}
END_TEST

START_TEST(open_files_outlive_their_names)
{
    uint64_t f, d;
    uint32_t n;
    char buf[4];
    struct fsc_attr a;

    make(1, "f", FSC_FILE, &f);
    make(1, "d", FSC_DIR, &d);
    ck_assert_int_eq(ramfs_open(fs, f), FSC_OK);
    ck_assert_int_eq(ramfs_open(fs, d), FSC_OK);
    ck_assert_int_eq(ramfs_write(fs, f, 0, false, "data", 4, &n), FSC_OK);
    rm(1, "f", false);
    rm(1, "d", true);
    ck_assert_int_eq(ramfs_stat(fs, f, &a), FSC_OK);
    ck_assert_uint_eq(a.nlink, 0);
    ck_assert_int_eq(ramfs_read(fs, f, 0, buf, 4, &n), FSC_OK);
    ck_assert_mem_eq(buf, "data", 4);
    ck_assert_int_eq(ramfs_link(fs, f, 1, "back", 4), FSC_ENOENT);
    ck_assert_int_eq(make(d, "x", FSC_FILE, NULL), FSC_ENOENT);
    ck_assert_int_eq(ramfs_parent(fs, d, &a), FSC_ENOENT);
    ck_assert(ramfs_check(fs));
    ramfs_close(fs, f);
    ramfs_close(fs, d);
    ck_assert_int_eq(ramfs_stat(fs, f, &a), FSC_ESTALE);
    ck_assert_int_eq(ramfs_stat(fs, d, &a), FSC_ESTALE);
}
END_TEST

START_TEST(rename_rules)
{
    uint64_t a, b, c, f, g;
    struct fsc_attr at;

    make(1, "a", FSC_DIR, &a);
    make(a, "b", FSC_DIR, &b);
    make(b, "c", FSC_DIR, &c);
    make(1, "f", FSC_FILE, &f);
    make(1, "g", FSC_FILE, &g);
    ck_assert_int_eq(mv(1, "a", c, "x", true), FSC_EINVAL);
    ck_assert_int_eq(mv(1, "a", a, "x", true), FSC_EINVAL);
    ck_assert_int_eq(mv(1, "none", 1, "x", true), FSC_ENOENT);
    ck_assert_int_eq(mv(1, "f", 1, "g", false), FSC_EEXIST);
    ck_assert_int_eq(mv(1, "f", 1, "a", true), FSC_EISDIR);
    ck_assert_int_eq(mv(1, "a", 1, "f", true), FSC_ENOTDIR);
    ck_assert_int_eq(mv(b, "c", 1, "a", true), FSC_ENOTEMPTY);
    ck_assert_int_eq(mv(1, "f", 1, "f", true), FSC_OK);
    ck_assert_int_eq(mv(1, "f", 1, "g", true), FSC_OK);
    ck_assert_int_eq(ramfs_stat(fs, g, &at), FSC_ESTALE);
    ck_assert_int_eq(look(1, "g", &at), FSC_OK);
    ck_assert_uint_eq(at.ino, f);
    ck_assert_int_eq(mv(a, "b", 1, "b2", true), FSC_OK);
    ck_assert_int_eq(ramfs_parent(fs, b, &at), FSC_OK);
    ck_assert_uint_eq(at.ino, 1);
    ck_assert_int_eq(mv(1, "b2", 1, "a", true), FSC_OK); /* over an empty directory */
    ck_assert_int_eq(ramfs_link(fs, f, 1, "g2", 2), FSC_OK);
    ck_assert_int_eq(mv(1, "g", 1, "g2", true), FSC_OK); /* one node: both names stay */
    ck_assert_int_eq(look(1, "g", &at), FSC_OK);
    ck_assert_uint_eq(at.nlink, 2);
}
END_TEST

START_TEST(links)
{
    uint64_t f, s, d;
    const char *t;
    size_t len;
    struct ramfs_new_node bad = {.kind = FSC_SYMLINK, .target = "a\0b", .target_len = 3};
    struct fsc_attr a;

    make(1, "f", FSC_FILE, &f);
    make(1, "d", FSC_DIR, &d);
    make(1, "s", FSC_SYMLINK, &s);
    ck_assert_int_eq(ramfs_readlink(fs, s, &t, &len), FSC_OK);
    ck_assert_uint_eq(len, 8);
    ck_assert_mem_eq(t, "/to/here", 8);
    ck_assert_int_eq(ramfs_readlink(fs, f, &t, &len), FSC_EINVAL);
    ck_assert_int_eq(ramfs_link(fs, d, 1, "e", 1), FSC_EPERM);
    ck_assert_int_eq(ramfs_link(fs, f, 1, "s", 1), FSC_EEXIST);
    ck_assert_int_eq(ramfs_create(fs, 1, "n", 1, &bad, &a), FSC_EINVAL);
    bad.target_len = 0;
    ck_assert_int_eq(ramfs_create(fs, 1, "n", 1, &bad, &a), FSC_ENOENT);
}
END_TEST

START_TEST(sparse_and_truncate)
{
    uint64_t f;
    uint32_t n;
    char buf[16];
    struct fsc_attr a;

    make(1, "f", FSC_FILE, &f);
    ck_assert_int_eq(ramfs_write(fs, f, RAMFS_FILE_MAX - 2, false, "abc", 3, &n), FSC_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(ramfs_write(fs, f, RAMFS_FILE_MAX, false, "a", 1, &n), FSC_EFBIG);
    ck_assert_int_eq(ramfs_truncate(fs, f, RAMFS_FILE_MAX + 1), FSC_EFBIG);
    ck_assert_int_eq(ramfs_read(fs, f, UINT64_MAX, buf, 4, &n), FSC_OK);
    ck_assert_uint_eq(n, 0);
    ramfs_stat(fs, f, &a);
    ck_assert_uint_eq(a.blocks, 8);
    ck_assert_int_eq(ramfs_truncate(fs, f, 0), FSC_OK);
    ck_assert_int_eq(ramfs_write(fs, f, 4090, false, "0123456789", 10, &n), FSC_OK);
    ck_assert_int_eq(ramfs_truncate(fs, f, 4092), FSC_OK);
    ck_assert_int_eq(ramfs_truncate(fs, f, 8000), FSC_OK);
    ck_assert_int_eq(ramfs_read(fs, f, 4090, buf, 10, &n), FSC_OK);
    ck_assert_mem_eq(buf, "01\0\0\0\0\0\0\0\0", 10);
    ck_assert_int_eq(ramfs_write(fs, f, 1, true, "z", 1, &n), FSC_OK);
    ramfs_stat(fs, f, &a);
    ck_assert_uint_eq(a.size, 8001);
    ck_assert_int_eq(ramfs_write(fs, 1, 0, false, "z", 1, &n), FSC_EISDIR);
    ck_assert_int_eq(ramfs_read(fs, 1, 0, buf, 1, &n), FSC_EISDIR);
}
END_TEST

/* Lent pages show what is written, end where the file ends, and lie together from the first on. */
START_TEST(lending)
{
    uint64_t ino;
    uint32_t n, got;
    void *at, *again;
    uint8_t buf[16];

    ck_assert_int_eq(make(1, "f", FSC_FILE, &ino), FSC_OK);
    ck_assert_int_eq(ramfs_lend(fs, ino, 0, 1, &at, &n), FSC_EINVAL); /* it is empty */
    ck_assert_int_eq(ramfs_lend(fs, 1, 0, 1, &at, &n), FSC_EISDIR);
    ck_assert_int_eq(ramfs_lend(fs, 77, 0, 1, &at, &n), FSC_ESTALE);
    ck_assert_int_eq(ramfs_write(fs, ino, 3 * 4096, false, "third", 5, &got), FSC_OK);
    ck_assert_int_eq(ramfs_lend(fs, ino, 4, 1, &at, &n), FSC_EINVAL);
    ck_assert_int_eq(ramfs_lend(fs, ino, 0, 0, &at, &n), FSC_EINVAL);
    ck_assert_int_eq(ramfs_lend(fs, ino, 2, 9, &at, &n), FSC_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq((uintptr_t)at % 4096, 0);
    ck_assert_mem_eq((uint8_t *)at + 4096, "third", 6);
    ck_assert_int_eq(ramfs_lend(fs, ino, 0, 9, &again, &n), FSC_OK); /* up to those lent already */
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(ramfs_lend(fs, ino, 3, 9, &again, &n), FSC_OK);
    ck_assert_uint_eq(n, 1);
    ck_assert_ptr_eq(again, (uint8_t *)at + 4096);
    ck_assert_int_eq(ramfs_write(fs, ino, 3 * 4096 + 1, false, "HI", 2, &got), FSC_OK);
    ck_assert_mem_eq(again, "tHIrd", 6);
    ck_assert_int_eq(ramfs_read(fs, ino, 3 * 4096, buf, sizeof buf, &got), FSC_OK);
    ck_assert_mem_eq(buf, "tHIrd", 5);
    ck_assert_int_eq(ramfs_truncate(fs, ino, 3 * 4096 + 2), FSC_OK);
    ck_assert_mem_eq(again, "tH\0\0\0", 5);
    ck_assert_int_eq(ramfs_truncate(fs, ino, 2 * 4096), FSC_OK); /* both lent pages go back */
    ck_assert_int_eq(ramfs_truncate(fs, ino, 3 * 4096), FSC_OK);
    ck_assert_int_eq(ramfs_lend(fs, ino, 2, 1, &at, &n), FSC_OK);
    ck_assert_int_eq(((uint8_t *)at)[0], 0);
}
END_TEST

START_TEST(attributes)
{
    uint64_t f;
    struct fsc_attr a;
    struct fsc_set set = {.mask = FSC_SET_MODE | FSC_SET_UID | FSC_SET_MTIME,
                          .mode = 07755,
                          .uid = 9,
                          .mtime = {-5, 7}};
    uint32_t n;

    make(1, "f", FSC_FILE, &f);
    ck_assert_int_eq(ramfs_set_attr(fs, f, &set), FSC_OK);
    ramfs_stat(fs, f, &a);
    ck_assert_uint_eq(a.mode, 07755);
    ck_assert_uint_eq(a.uid, 9);
    ck_assert_uint_eq(a.gid, 6);
    ck_assert_int_eq(a.mtime.sec, -5);
    set.mtime.nsec = 1000000000;
    ck_assert_int_eq(ramfs_set_attr(fs, f, &set), FSC_EINVAL);
    ck_assert_int_eq(ramfs_write(fs, f, 0, false, "x", 1, &n), FSC_OK);
    ramfs_stat(fs, f, &a);
    ck_assert_uint_eq(a.mode, 01755); /* a write takes set-uid and set-gid away */
    ck_assert_int_gt(a.mtime.sec, 0);
}
END_TEST

START_TEST(big_directory)
{
    char name[16];
    struct fsc_attr a;
    struct fsc_dirent de[100];
    uint64_t cookie = 0;
    uint32_t n, seen = 0;
    bool end = false;

    for (int i = 0; i < 100000; i++) {
        snprintf(name, sizeof name, "n%d", i);
        ck_assert_int_eq(make(1, name, FSC_FILE, NULL), FSC_OK);
    }
    ck_assert_int_eq(look(1, "n99999", &a), FSC_OK);
    while (!end) {
        ck_assert_int_eq(ramfs_readdir(fs, 1, cookie, de, 100, &n, &end), FSC_OK);
        ck_assert(n > 0 || end);
        for (uint32_t i = 0; i < n; i++, seen++) {
            snprintf(name, sizeof name, "%.*s", (int)de[i].name_len, de[i].name);
            ck_assert_int_eq(rm(1, name, false), FSC_OK); /* removing while reading skips nothing */
        }
        cookie = n ? de[n - 1].next : cookie;
    }
    ck_assert_uint_eq(seen, 100000);
    ramfs_stat(fs, 1, &a);
    ck_assert_uint_eq(a.size, 0);
}
END_TEST

/* Fills the filesystem to its budget with what `step` makes; everything must still work then. */
START_TEST(budget)
{
    struct fsc_env e = fs_env_make(&env, 2);
    struct fsc_statfs st;
    static char page[65536];
    uint64_t f;
    uint32_t n;
    char name[16];
    int r = FSC_OK;

    ramfs_delete(fs);
    fs_env_make(&env, 2);
    fs = ramfs_new(&e, 300000);
    make(1, "f", FSC_FILE, &f);
    for (uint64_t at = 0; r == FSC_OK; at += n)
        r = ramfs_write(fs, f, at, false, page, sizeof page, &n);
    ck_assert_int_eq(r, FSC_ENOSPC);
    for (int i = 0;
         (r = (snprintf(name, sizeof name, "%d", i), make(1, name, FSC_DIR, NULL))) == 0;)
        i++;
    ck_assert_int_eq(r, FSC_ENOSPC);
    ck_assert(ramfs_check(fs));
    ramfs_statfs(fs, &st);
    ck_assert_uint_eq(st.blocks_free, 0);
    ck_assert_uint_le(env.live, 300000);
    ck_assert_int_eq(ramfs_truncate(fs, f, 0), FSC_OK);
    ck_assert_int_eq(ramfs_write(fs, f, 0, false, page, 4096, &n), FSC_OK);
}
END_TEST

/* Every allocation of a small story fails once; nothing leaks and nothing is half done. */
START_TEST(allocation_failures)
{
    for (uint64_t k = 1; k < 60; k++) {
        uint64_t d, f;
        uint32_t n;
        void *lent;

        env.fail_in = k;
        if (make(1, "d", FSC_DIR, &d) == FSC_OK && make(d, "f", FSC_FILE, &f) == FSC_OK) {
            ramfs_write(fs, f, 1 << 30, false, "abc", 3, &n);
            ramfs_write(fs, f, 0, false, "abc", 3, &n);
            ramfs_lend(fs, f, 0, 2, &lent, &n);
            ramfs_lend(fs, f, (1 << 18) - 2, 3, &lent, &n);
            for (char c = 'a'; c < 'z'; c++)
                ramfs_link(fs, f, d, &c, 1);
            mv(d, "f", 1, "g", true);
        }
        env.fail_in = 0;
        ck_assert(ramfs_check(fs));
        ramfs_delete(fs);
        ck_assert_uint_eq(env.live, 0);
        setup();
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ramfs");
    TCase *t = tcase_create("cases");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, names);
    tcase_add_test(t, create_and_unlink);
    tcase_add_test(t, open_files_outlive_their_names);
    tcase_add_test(t, rename_rules);
    tcase_add_test(t, links);
    tcase_add_test(t, sparse_and_truncate);
    tcase_add_test(t, lending);
    tcase_add_test(t, attributes);
    tcase_add_test(t, big_directory);
    tcase_add_test(t, budget);
    tcase_add_test(t, allocation_failures);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
