/* SPDX-License-Identifier: Apache-2.0 */
/* devfs and procfs: what each node does, and that a snapshot is one. */
#include "devfs.h"
#include "fs_env.h"
#include "procfs.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fs_env env;
static struct fsc_env e;

static int con_read(void *ctx, void *out, uint32_t len, uint32_t *got)
{
    (void)ctx, (void)out, (void)len;
    *got = 0;
    return FSC_EAGAIN;
}

START_TEST(devices)
{
    struct devfs_backend b = {.read = con_read};
    struct devfs d;
    struct fsc_attr a;
    struct fsc_dirent de[3];
    uint8_t x[16], y[16];
    uint32_t n;
    bool end;
    uint64_t ino[5];
    const char *names[5] = {"null", "zero", "full", "random", "console"};

    e = fs_env_make(&env, 3);
    devfs_init(&d, &e, &b);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(devfs_lookup(&d, 1, names[i], strlen(names[i]), &a), FSC_OK);
        ck_assert_uint_eq(a.kind, FSC_CHAR);
        ino[i] = a.ino;
        ck_assert_uint_eq(devfs_poll(&d, a.ino, FSC_READABLE, 0), i == 4 ? 0 : FSC_READABLE);
    }
    ck_assert_int_eq(devfs_lookup(&d, 1, "nul", 3, &a), FSC_ENOENT);
    ck_assert_int_eq(devfs_lookup(&d, 2, "nul", 3, &a), FSC_ENOTDIR);
    ck_assert_int_eq(devfs_stat(&d, 0, &a), FSC_ESTALE);
    ck_assert_int_eq(devfs_stat(&d, 7, &a), FSC_ESTALE);
    ck_assert_int_eq(devfs_readdir(&d, 1, 0, de, 3, &n, &end), FSC_OK);
    ck_assert(n == 3 && !end);
    ck_assert_int_eq(devfs_readdir(&d, 1, de[2].next, de, 3, &n, &end), FSC_OK);
    ck_assert(n == 2 && end);
    ck_assert_int_eq(devfs_readdir(&d, 1, UINT64_MAX, de, 3, &n, &end), FSC_OK);
    ck_assert(n == 0 && end);
    ck_assert(devfs_read(&d, ino[0], x, 16, &n) == FSC_OK && n == 0);
    memset(x, 1, 16);
    ck_assert(devfs_read(&d, ino[1], x, 16, &n) == FSC_OK && n == 16 && x[0] == 0 && x[15] == 0);
    ck_assert(devfs_read(&d, ino[3], x, 16, &n) == FSC_OK && n == 16);
    ck_assert(devfs_read(&d, ino[3], y, 16, &n) == FSC_OK && memcmp(x, y, 16) != 0);
    ck_assert_int_eq(devfs_read(&d, ino[4], x, 16, &n), FSC_EAGAIN);
    ck_assert_int_eq(devfs_write(&d, ino[4], x, 16, &n), FSC_ENXIO);
    ck_assert(devfs_write(&d, ino[0], x, 16, &n) == FSC_OK && n == 16);
    ck_assert(devfs_write(&d, ino[2], x, 16, &n) == FSC_ENOSPC && n == 0);
    ck_assert_int_eq(devfs_write(&d, 1, x, 16, &n), FSC_EISDIR);
}
END_TEST

static uint64_t generation, moving;

static uint64_t src_generation(void *ctx)
{
    (void)ctx;
    if (moving) {
        moving--;
        generation++;
    }
    return generation;
}

static uint32_t lines;
static int src_tasks(void *ctx, struct procfs_text *t)
{
    (void)ctx;
    for (uint32_t i = 0; i < lines; i++) {
        procfs_put_padded(t, i, 10);
        procfs_put(t, "\n");
    }
    return FSC_OK;
}

static int src_caps(void *ctx, uint32_t component, struct procfs_text *t)
{
    (void)ctx;
    procfs_put_hex(t, component + 0xab);
    procfs_put(t, " ");
    procfs_put_u64(t, UINT64_MAX);
    return FSC_OK;
}

static bool src_name(void *ctx, uint32_t n, char *name, size_t *len)
{
    (void)ctx;
    memcpy(name, "uart", 4);
    name[3] = (char)('0' + n);
    *len = 4;
    return n < 3;
}

START_TEST(generated)
{
    const struct procfs_source s = {.generation = src_generation,
                                    .tasks = src_tasks,
                                    .capabilities = src_caps,
                                    .component_name = src_name};
    struct procfs p;
    struct procfs_file f;
    struct fsc_attr a;
    struct fsc_dirent de[8];
    char buf[64];
    uint32_t n;
    bool end;

    e = fs_env_make(&env, 3);
    procfs_init(&p, &e, &s);
    ck_assert_int_eq(procfs_readdir(&p, 1, 0, de, 8, &n, &end), FSC_OK);
    ck_assert(n == 7 && end);
    ck_assert_int_eq(procfs_lookup(&p, 1, "capabilities", 12, &a), FSC_OK);
    ck_assert_int_eq(procfs_open(&p, a.ino, &f), FSC_EISDIR);
    ck_assert_int_eq(procfs_readdir(&p, a.ino, 1, de, 1, &n, &end), FSC_OK);
    ck_assert(n == 1 && !end);
    ck_assert_int_eq(procfs_lookup(&p, a.ino, "uar3", 4, &a), FSC_ENOENT);
    ck_assert_int_eq(procfs_lookup(&p, 15, "uar2", 4, &a), FSC_OK);
    ck_assert_int_eq(procfs_stat(&p, a.ino + 1, &a), FSC_ESTALE);
    ck_assert_int_eq(procfs_open(&p, a.ino, &f), FSC_OK);
    ck_assert_int_eq(procfs_read(&f, 0, buf, 64, &n), FSC_OK);
    ck_assert(n == 23 && memcmp(buf, "ad 18446744073709551615", n) == 0);
    ck_assert(procfs_read(&f, UINT64_MAX, buf, 64, &n) == FSC_OK && n == 0);
    procfs_close(&p, &f);
    ck_assert_int_eq(procfs_lookup(&p, 1, "memory", 6, &a), FSC_OK);
    ck_assert_int_eq(procfs_open(&p, a.ino, &f), FSC_ENOSYS);
    ck_assert_uint_eq(env.live, 0);
}
END_TEST

START_TEST(snapshots)
{
    const struct procfs_source s = {.generation = src_generation, .tasks = src_tasks};
    struct procfs p;
    struct procfs_file f;
    char one[12], x;
    uint32_t n;

    e = fs_env_make(&env, 3);
    procfs_init(&p, &e, &s);
    lines = 2000;
    moving = 3;
    ck_assert_int_eq(procfs_open(&p, 2, &f), FSC_OK); /* the source settles in time */
    lines = 1;                                        /* later changes do not show */
    ck_assert(procfs_read(&f, 1999 * 11, one, 12, &n) == FSC_OK && n == 11);
    ck_assert_mem_eq(one, "      1999\n", 11);
    ck_assert(procfs_read(&f, 2000 * 11, &x, 1, &n) == FSC_OK && n == 0);
    procfs_close(&p, &f);
    moving = 100;
    ck_assert_int_eq(procfs_open(&p, 2, &f), FSC_EAGAIN);
    moving = 0;
    lines = PROCFS_TEXT_MAX / 11 + 1;
    ck_assert_int_eq(procfs_open(&p, 2, &f), FSC_EOVERFLOW);
    env.fail_in = 2;
    ck_assert_int_eq(procfs_open(&p, 2, &f), FSC_ENOMEM);
    ck_assert_uint_eq(env.live, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("generated");
    TCase *t = tcase_create("cases");
    SRunner *r;
    int failed;

    tcase_add_test(t, devices);
    tcase_add_test(t, generated);
    tcase_add_test(t, snapshots);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
