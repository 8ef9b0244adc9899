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
static int src_text(void *ctx, enum procfs_what what, uint32_t component, struct procfs_text *t)
{
    (void)ctx;
    if (what == PROCFS_CAPS) {
        procfs_put_hex(t, component + 0xab);
        procfs_put(t, " ");
        procfs_put_u64(t, UINT64_MAX);
        procfs_put_cell(t, "\ta\x80", 3);
        return FSC_OK;
    }
    if (what != PROCFS_TASKS && what != PROCFS_HOSTNAME) return FSC_ENOSYS;
    for (uint32_t i = 0; i < lines; i++) {
        procfs_put_u64(t, 1000000000u + i);
        procfs_put(t, "\n");
    }
    return FSC_OK;
}

/* 3 uart, 5 a/b (no name of a file), 9 shell, 12 shell; interfaces: the first alone. */
static bool src_component(void *ctx, enum procfs_what what, uint32_t from,
                          struct procfs_component *c)
{
    static const struct procfs_component all[] = {
        {3, 4, "uart"}, {5, 3, "a/b"}, {9, 5, "shell"}, {12, 5, "shell"}};

    (void)ctx;
    for (uint32_t i = 0; i < (what == PROCFS_CAPS ? 4 : 1); i++) {
        if (all[i].number < from) continue;
        *c = all[i];
        return true;
    }
    return false;
}

static int src_writable(void *ctx, enum procfs_what what)
{
    (void)ctx;
    return what == PROCFS_POWER ? FSC_EACCES : FSC_OK;
}

static char written[16];
static int src_write(void *ctx, enum procfs_what what, const char *data, uint32_t len)
{
    (void)ctx, (void)what;
    if (len >= sizeof written) return FSC_EINVAL;
    memcpy(written, data, len);
    written[len] = 0;
    return FSC_OK;
}

static const struct procfs_source src = {.generation = src_generation,
                                         .text = src_text,
                                         .component = src_component,
                                         .writable = src_writable,
                                         .write = src_write};

static uint64_t find(struct procfs *p, uint64_t dir, const char *name)
{
    struct fsc_attr a;

    return procfs_lookup(p, dir, name, strlen(name), &a) == FSC_OK ? a.ino : 0;
}

START_TEST(generated)
{
    struct procfs p;
    struct procfs_file f;
    struct fsc_attr a;
    struct fsc_dirent de[16];
    uint64_t caps;
    char buf[64];
    uint32_t n;
    bool end;

    e = fs_env_make(&env, 3);
    procfs_init(&p, &e, &src);
    ck_assert_int_eq(procfs_readdir(&p, 1, 0, de, 16, &n, &end), FSC_OK);
    ck_assert(n == 13 && end);
    caps = find(&p, 1, "caps");
    ck_assert_int_eq(procfs_open(&p, caps, FSC_O_READ, &f), FSC_EISDIR);
    ck_assert_int_eq(procfs_readdir(&p, caps, 0, de, 1, &n, &end), FSC_OK);
    ck_assert(n == 1 && !end);
    ck_assert_int_eq(procfs_readdir(&p, caps, de[0].next, de, 16, &n, &end), FSC_OK);
    ck_assert(n == 1 && end && de[0].name_len == 5); /* one shell, no "a/b" */
    ck_assert_uint_eq(de[0].ino, find(&p, caps, "shell"));
    ck_assert_uint_eq(find(&p, caps, "none"), 0);
    ck_assert_uint_eq(find(&p, find(&p, 1, "interfaces"), "shell"), 0);
    ck_assert_int_eq(procfs_stat(&p, caps << 32 | 4, &a), FSC_ESTALE);
    ck_assert_int_eq(procfs_stat(&p, 1ull << 32 | 3, &a), FSC_ESTALE);
    ck_assert_int_eq(procfs_open(&p, find(&p, caps, "uart"), FSC_O_READ, &f), FSC_OK);
    ck_assert_int_eq(procfs_read(&f, 0, buf, 64, &n), FSC_OK);
    ck_assert(n == 26 && memcmp(buf, "ae 18446744073709551615?a?", n) == 0);
    ck_assert(procfs_read(&f, UINT64_MAX, buf, 64, &n) == FSC_OK && n == 0);
    procfs_close(&p, &f);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "memory"), FSC_O_READ, &f), FSC_ENOSYS);
    ck_assert_uint_eq(env.live, 0);
}
END_TEST

START_TEST(writable_files)
{
    struct procfs p;
    struct procfs_file f;
    char buf[16];
    uint32_t n;

    e = fs_env_make(&env, 3);
    procfs_init(&p, &e, &src);
    lines = moving = 0;
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "tasks"), FSC_O_WRITE, &f), FSC_EACCES);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "power"), FSC_O_READ, &f), FSC_EACCES);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "power"), FSC_O_WRITE, &f), FSC_EACCES);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "hostname"), 0, &f), FSC_EINVAL);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "hostname"), FSC_O_WRITE, &f), FSC_OK);
    ck_assert_int_eq(procfs_write(&p, &f, "name", 4), FSC_OK);
    ck_assert_str_eq(written, "name");
    ck_assert_int_eq(procfs_write(&p, &f, buf, PROCFS_WRITE_MAX + 1), FSC_EINVAL);
    ck_assert_int_eq(procfs_read(&f, 0, buf, 16, &n), FSC_EBADF);
    procfs_close(&p, &f);
    ck_assert_int_eq(procfs_open(&p, find(&p, 1, "hostname"), FSC_O_READ, &f), FSC_OK);
    ck_assert_int_eq(procfs_write(&p, &f, "x", 1), FSC_EBADF);
    procfs_close(&p, &f);
    ck_assert_uint_eq(env.live, 0);
}
END_TEST

START_TEST(words)
{
    const char *text = "uart\tdebug\nx y\terror\n", *name;
    size_t at = 0, len;
    unsigned severity;

    ck_assert(procfs_word_is("off", 3, "off") && procfs_word_is("off\n", 4, "off"));
    ck_assert(!procfs_word_is("off\n\n", 5, "off") && !procfs_word_is("of", 2, "off"));
    ck_assert(!procfs_word_is("", 0, "off"));
    ck_assert_uint_eq(procfs_hostname_length("a-1.b\n", 6), 5);
    ck_assert_uint_eq(procfs_hostname_length("-a", 2), 0);
    ck_assert_uint_eq(procfs_hostname_length("a.", 2), 0);
    ck_assert_uint_eq(procfs_hostname_length("a\tb", 3), 0);
    ck_assert_uint_eq(procfs_hostname_length("\n", 1), 0);
    ck_assert_int_eq(procfs_level_read(text, strlen(text), &at, &name, &len, &severity), FSC_OK);
    ck_assert(len == 4 && severity == 0 && at == 11);
    ck_assert_int_eq(procfs_level_read(text, strlen(text), &at, &name, &len, &severity), FSC_OK);
    ck_assert(len == 3 && severity == 4 && at == strlen(text));
    for (at = 0; at < 11; at++) { /* every cut is refused */
        size_t start = 0;

        ck_assert_int_eq(procfs_level_read(text, at, &start, &name, &len, &severity), FSC_EINVAL);
    }
    at = 0;
    ck_assert_int_eq(procfs_level_read("a\tloud\n", 7, &at, &name, &len, &severity), FSC_EINVAL);
    ck_assert_int_eq(procfs_level_read("\tinfo\n", 6, &at, &name, &len, &severity), FSC_EINVAL);
}
END_TEST

START_TEST(snapshots)
{
    struct procfs p;
    struct procfs_file f;
    char one[12], x;
    uint32_t n;

    e = fs_env_make(&env, 3);
    procfs_init(&p, &e, &src);
    lines = 2000;
    moving = 3;
    ck_assert_int_eq(procfs_open(&p, 2, FSC_O_READ, &f), FSC_OK); /* it settles in time */
    lines = 1;                                                    /* later changes do not show */
    ck_assert(procfs_read(&f, 1999 * 11, one, 12, &n) == FSC_OK && n == 11);
    ck_assert_mem_eq(one, "1000001999\n", 11);
    ck_assert(procfs_read(&f, 2000 * 11, &x, 1, &n) == FSC_OK && n == 0);
    procfs_close(&p, &f);
    moving = 100;
    ck_assert_int_eq(procfs_open(&p, 2, FSC_O_READ, &f), FSC_EAGAIN);
    moving = 0;
    lines = PROCFS_TEXT_MAX / 11 + 1;
    ck_assert_int_eq(procfs_open(&p, 2, FSC_O_READ, &f), FSC_EOVERFLOW);
    env.fail_in = 2;
    ck_assert_int_eq(procfs_open(&p, 2, FSC_O_READ, &f), FSC_ENOMEM);
    ck_assert_uint_eq(env.live, 0);
}
END_TEST

/* { 0: 1, 1: "x.y", 2: 3, 3: "I", 4: [{0: 2, 1: "x.y/3.T", 3: [{0: "a", 1: 4}]}, {0: 0, 1: "z/1.E",
 *   2: 1, 3: {0: "n", -1: "m"}}], 5: {16: {0: "go", 1: [{0: "t", 1: [24, 0], 2: 1}], 2: [{0: "l",
 *   1: [18, [24, 1], 9]}], 3: 3}, 17: null, 18: {0: "do", 1: []},
 *   20: {0: "no", 1: [], 2: []}}, 6: {19: {0: "ev", 1: [{0: "b",
 *   1: 0}, {0: "r", 1: [24, 2]}]}} }, and a third type {0: 1, 1: "x.y/3.GoRights", 2: 1,
 *   3: {0: "A", 1: null, 2: "B"}} */
static const uint8_t image[] =
    "\xa7\x00\x01\x01\x63x.y\x02\x03\x03\x61I\x04\x83\xa3\x00\x02\x01\x67x.y/3.T\x03\x81\xa2\x00"
    "\x61\x61\x01\x04\xa4\x00\x00\x01\x65z/"
    "1.E\x02\x01\x03\xa2\x00\x61n\x20\x61m"
    "\xa4\x00\x01\x01\x6ex.y/3.GoRights\x02\x01\x03\xa3\x00\x61"
    "A\x01\xf6\x02\x61"
    "B\x05\xa4\x10\xa4\x00"
    "\x62go\x01\x81\xa3\x00\x61t\x01\x82\x18\x18\x00\x02\x01\x02\x81\xa2\x00\x61l\x01\x83\x12\x82"
    "\x18\x18\x01\x09\x03\x03\x11\xf6\x12\xa2\x00\x62"
    "do\x01\x80\x14\xa3\x00\x62no\x01\x80\x02\x80\x06\xa1\x13\xa2\x00\x62\x65v\x01\x82\xa2\x00\x61"
    "\x62\x01\x00\xa2\x00\x61r\x01\x82\x18\x18\x02";
#define IMAGE (sizeof image - 1)

START_TEST(interfaces)
{
    static const char expected[] =
        "x.y.I\t3\t0\tgo\t0x10\t(optional t: T) -> (l: vector<z/1.E, 9>)\tblocking,idempotent\ts\n"
        "x.y.I\t3\t0\tdo\t0x12\t()\toneway\ts\n"
        "x.y.I\t3\t0\tno\t0x14\t()\t\ts\n"
        "x.y.I\t3\t0\tev\t0x13\t(b: bool, r: GoRights{A, B})\tevent\ts\n";
    char buf[1024];
    struct procfs_text t = {.data = buf, .cap = sizeof buf};
    uint8_t bad[IMAGE];

    ck_assert_int_eq(procfs_put_interface(&t, image, IMAGE, "s"), FSC_OK);
    ck_assert_uint_eq(t.len, sizeof expected - 1);
    ck_assert_mem_eq(buf, expected, t.len);
    for (size_t n = 0; n < IMAGE; n++) { /* nothing is kept of a cut image */
        t.len = 5;
        ck_assert_int_eq(procfs_put_interface(&t, image, n, "s"), FSC_EBADMSG);
        ck_assert_uint_eq(t.len, 5);
    }
    for (size_t i = 0; i < IMAGE; i++) { /* and no wrong byte does harm */
        for (unsigned v = 0; v < 256; v++) {
            memcpy(bad, image, IMAGE);
            bad[i] = (uint8_t)v;
            t = (struct procfs_text){.data = buf, .cap = sizeof buf};
            (void)procfs_put_interface(&t, bad, IMAGE, "s");
        }
    }
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
    tcase_add_test(t, writable_files);
    tcase_add_test(t, words);
    tcase_add_test(t, snapshots);
    tcase_add_test(t, interfaces);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
