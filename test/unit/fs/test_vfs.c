/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfs over two ramfs: path walk, links, mounts, permissions, O_* flags, handles. Every case runs
 * twice: with filesystems that answer at once, and with filesystems that answer late.
 */
#include "fs_env.h"
#include "fs_ramfs_adapter.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fs_env env;
static struct fs_under under[2];
static struct vfs *v;
static uint32_t root, user; /* sessions of uid 0 and uid 1000 */
static struct vfs_result res;
static uint64_t done_token;
static int done_error;

static void done(void *ctx, uint64_t token, int error, const struct vfs_result *r)
{
    (void)ctx;
    done_token = token;
    done_error = error;
    res = *r;
}

/* Runs a request to its end, whichever way the filesystems answer. */
static int run(uint32_t session, const struct vfs_request *q)
{
    static uint64_t token;
    int e = vfs_start(v, session, q, ++token, &res);

    if (e != VFS_PENDING) return e;
    while (done_token != token) {
        ck_assert_uint_eq(under[0].queued + under[1].queued, 1);
        fs_under_answer(v, &under[under[1].queued ? 1 : 0], 0);
    }
    return done_error;
}

static int op2(uint32_t s, enum vfs_op op, const char *p, const char *p2, uint32_t flags)
{
    struct vfs_request q = {
        .op = op, .path = p, .path_len = strlen(p), .flags = flags, .mode = 0755};

    q.path2 = p2;
    q.path2_len = p2 ? strlen(p2) : 0;
    return run(s, &q);
}

static int op(uint32_t s, enum vfs_op o, const char *p) { return op2(s, o, p, NULL, 0); }

static int open_how(uint32_t s, const char *p, uint32_t how, uint32_t base)
{
    struct vfs_request q = {
        .op = VFS_OPEN, .path = p, .path_len = strlen(p), .how = how, .mode = 0644, .base = base};

    return run(s, &q);
}

static int touch(uint32_t s, const char *p)
{
    int e = open_how(s, p, FSC_O_WRITE | FSC_O_CREATE, 0);

    return e == FSC_OK ? vfs_close(v, s, res.handle) : e;
}

static int symlink_to(uint32_t s, const char *target, const char *p)
{
    struct vfs_request q = {.op = VFS_SYMLINK,
                            .path = p,
                            .path_len = strlen(p),
                            .data = target,
                            .len = (uint32_t)strlen(target)};

    return run(s, &q);
}

static int chmod_to(uint32_t s, const char *p, uint16_t mode)
{
    struct fsc_set set = {.mask = FSC_SET_MODE, .mode = mode};
    struct vfs_request q = {.op = VFS_SET_ATTR, .path = p, .path_len = strlen(p), .set = &set};

    return run(s, &q);
}

static int resize_to(uint32_t s, const char *p, uint64_t size)
{
    struct fsc_set set = {.mask = FSC_SET_SIZE, .size = size};
    struct vfs_request q = {.op = VFS_SET_ATTR, .path = p, .path_len = strlen(p), .set = &set};

    return run(s, &q);
}

static uint64_t ino_of(const char *p)
{
    ck_assert_int_eq(op(root, VFS_STAT, p), FSC_OK);
    return res.attr.ino;
}

static int mount_at(uint32_t s, const char *p)
{
    struct vfs_mount_args m = {&fs_under_ops, &under[1], RAMFS_ROOT_INO, 0, "second"};
    struct vfs_request q = {.op = VFS_MOUNT, .path = p, .path_len = strlen(p), .mount = &m};

    return run(s, &q);
}

static void setup(bool late)
{
    struct fsc_env e = fs_env_make(&env, 1);
    struct vfs_config c = {e, 8, 32, 4, done, NULL};
    struct vfs_mount_args m = {&fs_under_ops, &under[0], RAMFS_ROOT_INO, 0, "first"};

    memset(under, 0, sizeof under);
    for (int i = 0; i < 2; i++) {
        under[i].fs = ramfs_new(&e, 16 << 20);
        under[i].late = late;
    }
    v = vfs_new(&c);
    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(vfs_mount_root(v, &m), FSC_OK);
    ck_assert_int_eq(vfs_session_open(v, 0, 0, NULL, 0, &root), FSC_OK);
    ck_assert_int_eq(vfs_session_open(v, 1000, 1000, (uint32_t[]){50}, 1, &user), FSC_OK);
}

static void setup_now(void) { setup(false); }
static void setup_late(void) { setup(true); }

static void teardown(void)
{
    uint32_t tasks, handles;

    vfs_session_close(v, root);
    vfs_session_close(v, user);
    vfs_usage(v, &tasks, &handles);
    ck_assert_uint_eq(tasks, 0);
    ck_assert_uint_eq(handles, 0);
    vfs_delete(v);
    for (int i = 0; i < 2; i++) {
        ck_assert(ramfs_check(under[i].fs));
        ramfs_delete(under[i].fs);
    }
    ck_assert_uint_eq(env.live, 0);
}

START_TEST(walk_basics)
{
    char path[5000];

    ck_assert_int_eq(op(root, VFS_MKDIR, "/a"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_MKDIR, "a/b/"), FSC_OK);
    ck_assert_int_eq(touch(root, "/a/b/f"), FSC_OK);
    ck_assert_uint_eq(ino_of("//a/./b/../b/f"), ino_of("a/b/f"));
    ck_assert_uint_eq(ino_of("/../../a"), ino_of("/a"));
    ck_assert_uint_eq(ino_of("/"), RAMFS_ROOT_INO);
    ck_assert_uint_eq(ino_of("."), RAMFS_ROOT_INO);
    ck_assert_int_eq(op(root, VFS_STAT, ""), FSC_ENOENT);
    ck_assert_int_eq(op(root, VFS_STAT, "/x/y"), FSC_ENOENT);
    ck_assert_int_eq(op(root, VFS_STAT, "/a/b/f/"), FSC_ENOTDIR);
    ck_assert_int_eq(op(root, VFS_STAT, "/a/b/f/."), FSC_ENOTDIR);
    ck_assert_int_eq(op(root, VFS_STAT, "/a/b/f/.."), FSC_ENOTDIR);
    memset(path, '/', sizeof path);
    path[4095] = 0;
    ck_assert_int_eq(op(root, VFS_STAT, path), FSC_OK);
    path[4095] = '/', path[4096] = 0;
    ck_assert_int_eq(op(root, VFS_STAT, path), FSC_ENAMETOOLONG);
    memset(path, 'n', 256);
    path[256] = 0;
    ck_assert_int_eq(op(root, VFS_STAT, path), FSC_ENAMETOOLONG);
    path[255] = 0;
    ck_assert_int_eq(op(root, VFS_STAT, path), FSC_ENOENT);
    ck_assert_int_eq(
        run(root, &(struct vfs_request){.op = VFS_STAT, .path = "a\0b", .path_len = 3}),
        FSC_EINVAL);
}
END_TEST

START_TEST(symlinks)
{
    char name[3] = "l0", target[3] = "l0";

    op(root, VFS_MKDIR, "/d");
    touch(root, "/d/f");
    ck_assert_int_eq(symlink_to(root, "/d", "/abs"), FSC_OK);
    ck_assert_int_eq(symlink_to(root, "../d/./f", "/d/rel"), FSC_OK);
    ck_assert_int_eq(symlink_to(root, "loop", "/loop"), FSC_OK);
    ck_assert_int_eq(symlink_to(root, "/new", "/dangling"), FSC_OK);
    ck_assert_uint_eq(ino_of("/abs/rel"), ino_of("/d/f"));
    ck_assert_int_eq(op(root, VFS_STAT, "/loop"), FSC_ELOOP);
    ck_assert_int_eq(op2(root, VFS_STAT, "/loop", NULL, VFS_NOFOLLOW), FSC_OK);
    ck_assert_uint_eq(res.attr.kind, FSC_SYMLINK);
    ck_assert_int_eq(op2(root, VFS_STAT, "/abs/", NULL, VFS_NOFOLLOW), FSC_OK);
    ck_assert_uint_eq(res.attr.kind, FSC_DIR);
    ck_assert_int_eq(open_how(root, "/abs", FSC_O_READ | FSC_O_NOFOLLOW, 0), FSC_ELOOP);
    ck_assert_int_eq(open_how(root, "/dangling", FSC_O_WRITE | FSC_O_CREATE | FSC_O_EXCL, 0),
                     FSC_EEXIST);
    ck_assert_int_eq(touch(root, "/dangling"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, "/new"), FSC_OK);
    symlink_to(root, "/d/f", "/l0");
    for (char c = '1'; c < '1' + 40; c++, target[1]++) { /* a chain of 41 links */
        name[1] = c;
        ck_assert_int_eq(symlink_to(root, target, name), FSC_OK);
    }
    name[1] = '0' + 39;
    ck_assert_int_eq(op(root, VFS_STAT, name), FSC_OK);
    name[1]++;
    ck_assert_int_eq(op(root, VFS_STAT, name), FSC_ELOOP);
}
END_TEST

START_TEST(link_targets_are_limited)
{
    static char target[FSC_PATH_MAX + 2], path[400];
    char buf[8];
    struct vfs_request q = {
        .op = VFS_READLINK, .path = "/l", .path_len = 2, .buffer = buf, .len = 8};

    memset(target, '/', FSC_PATH_MAX);
    memset(path, 'x', 100);
    memcpy(path, "/l/", 3);
    ck_assert_int_eq(symlink_to(root, target, "/l"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, path), FSC_ENAMETOOLONG);
    ck_assert_int_eq(op(root, VFS_STAT, "/l"), FSC_OK);
    ck_assert_int_eq(run(root, &q), FSC_OK);
    ck_assert_uint_eq(res.count, 8);
    target[FSC_PATH_MAX] = '/';
    ck_assert_int_eq(symlink_to(root, target, "/m"), FSC_ENAMETOOLONG);
    ck_assert_int_eq(symlink_to(root, "", "/m"), FSC_ENOENT);
}
END_TEST

START_TEST(open_flags)
{
    const uint32_t rw = FSC_O_READ | FSC_O_WRITE, cr = FSC_O_CREATE;
    char buf[8];
    uint32_t h;

    op(root, VFS_MKDIR, "/d");
    ck_assert_int_eq(open_how(root, "/f", 0, 0), FSC_EINVAL);
    ck_assert_int_eq(open_how(root, "/f", FSC_O_READ | 256, 0), FSC_EINVAL);
    ck_assert_int_eq(open_how(root, "/f", FSC_O_READ | FSC_O_TRUNC, 0), FSC_EINVAL);
    ck_assert_int_eq(open_how(root, "/f", rw, 0), FSC_ENOENT);
    ck_assert_int_eq(open_how(root, "/f/", rw | cr, 0), FSC_EISDIR);
    ck_assert_int_eq(open_how(root, "/d", FSC_O_WRITE, 0), FSC_EISDIR);
    ck_assert_int_eq(open_how(root, "/f", rw | cr | FSC_O_EXCL, 0), FSC_OK);
    h = res.handle;
    ck_assert_int_eq(open_how(root, "/f", rw | cr | FSC_O_EXCL, 0), FSC_EEXIST);
    ck_assert_int_eq(open_how(root, "/f", FSC_O_READ | FSC_O_DIRECTORY, 0), FSC_ENOTDIR);
    ck_assert_int_eq(
        run(root, &(struct vfs_request){.op = VFS_WRITE, .handle = h, .data = "hello", .len = 5}),
        FSC_OK);
    ck_assert_int_eq(run(user, &(struct vfs_request){.op = VFS_FSTAT, .handle = h}), FSC_EBADF);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/f", NULL, 0), FSC_OK);
    ck_assert_int_eq(run(root,
                         &(struct vfs_request){
                             .op = VFS_READ, .handle = h, .buffer = buf, .len = 8, .offset = 1}),
                     FSC_OK);
    ck_assert_uint_eq(res.count, 4);
    ck_assert_mem_eq(buf, "ello", 4);
    ck_assert_int_eq(run(root, &(struct vfs_request){.op = VFS_TRUNCATE, .handle = h, .offset = 2}),
                     FSC_OK);
    ck_assert_uint_eq(res.attr.size, 2);
    ck_assert_int_eq(vfs_close(v, root, h), FSC_OK);
    ck_assert_int_eq(vfs_close(v, root, h), FSC_EBADF);
    ck_assert_int_eq(run(root, &(struct vfs_request){.op = VFS_FSTAT, .handle = h}), FSC_EBADF);
    ck_assert_int_eq(open_how(root, "/d", FSC_O_READ, 0), FSC_OK);
    h = res.handle;
    ck_assert_int_eq(open_how(root, "rel", FSC_O_WRITE | cr, h), FSC_OK);
    ck_assert_int_eq(open_how(root, "rel", FSC_O_READ, res.handle), FSC_ENOTDIR);
    ck_assert_int_eq(op(root, VFS_STAT, "/d/rel"), FSC_OK);
    for (int i = 0; i < 30; i++)
        ck_assert_int_eq(open_how(root, "/d/rel", FSC_O_READ, 0), FSC_OK);
    ck_assert_int_eq(open_how(root, "/d/rel", FSC_O_READ, 0), FSC_EMFILE);
}
END_TEST

START_TEST(mounts)
{
    struct vfs_mount_info info;
    uint32_t h;

    op(root, VFS_MKDIR, "/m");
    op(root, VFS_MKDIR, "/m/hidden");
    ck_assert_int_eq(mount_at(user, "/m"), FSC_EPERM);
    ck_assert_int_eq(mount_at(root, "/m"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, "/m/hidden"), FSC_ENOENT);
    ck_assert_int_eq(op(root, VFS_MKDIR, "/m/in"), FSC_OK);
    ck_assert_uint_eq(ino_of("/m/in/../../m/.."), RAMFS_ROOT_INO);
    touch(root, "/f");
    ck_assert_int_eq(op2(root, VFS_RENAME, "/f", "/m/f", VFS_REPLACE), FSC_EXDEV);
    ck_assert_int_eq(op2(root, VFS_LINK, "/f", "/m/f", 0), FSC_EXDEV);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/m", NULL, VFS_DIRECTORY), FSC_EBUSY);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/m", "/n", VFS_REPLACE), FSC_EBUSY);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/m/in", "/m/..", VFS_REPLACE), FSC_EBUSY);
    ck_assert_int_eq(open_how(root, "/m/in", FSC_O_READ, 0), FSC_OK);
    h = res.handle;
    ck_assert_int_eq(op(root, VFS_UNMOUNT, "/m"), FSC_EBUSY);
    ck_assert_int_eq(op(root, VFS_UNMOUNT, "/m/in"), FSC_EINVAL);
    ck_assert_int_eq(vfs_mount_info(v, 1, &info), FSC_OK);
    ck_assert_str_eq(info.path, "/m");
    ck_assert_str_eq(info.label, "second");
    vfs_mount_lost(v, 1);
    ck_assert_int_eq(run(root, &(struct vfs_request){.op = VFS_FSTAT, .handle = h}), FSC_ESTALE);
    ck_assert_int_eq(op(root, VFS_STAT, "/m/in"), FSC_ESTALE);
    ck_assert_int_eq(op(root, VFS_STAT, "/f"), FSC_OK);
    ck_assert_int_eq(
        vfs_mount_back(v, 1, &(struct vfs_mount_args){&fs_under_ops, &under[1], 1, 0, NULL}),
        FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, "/m/in"), FSC_OK);
    ck_assert_int_eq(vfs_close(v, root, h), FSC_OK);
    ck_assert_int_eq(op(root, VFS_UNMOUNT, "/m"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, "/m/hidden"), FSC_OK);
    ramfs_close(under[1].fs, 2); /* the open count that died with the connection */
}
END_TEST

START_TEST(session_root)
{
    op(root, VFS_MKDIR, "/jail");
    op(root, VFS_MKDIR, "/jail/etc");
    symlink_to(root, "/etc", "/jail/abs");
    symlink_to(root, "../../..", "/jail/up");
    ck_assert_int_eq(op(user, VFS_SET_ROOT, "/jail"), FSC_EPERM);
    ck_assert_int_eq(op(root, VFS_SET_ROOT, "/jail"), FSC_OK);
    ck_assert_int_eq(op(root, VFS_STAT, "/jail"), FSC_ENOENT);
    ck_assert_uint_eq(ino_of("/abs"), ino_of("/etc"));
    ck_assert_uint_eq(ino_of("/up/../etc/../.."), ino_of("/"));
    ck_assert_int_eq(op(user, VFS_STAT, "/jail"), FSC_OK);
}
END_TEST

START_TEST(permissions)
{
    op(root, VFS_MKDIR, "/tmp");
    chmod_to(root, "/tmp", 01777);
    op(root, VFS_MKDIR, "/closed");
    touch(root, "/closed/f");
    chmod_to(root, "/closed", 0700);
    touch(root, "/tmp/r");
    ck_assert_int_eq(op(user, VFS_STAT, "/closed/f"), FSC_EACCES);
    ck_assert_int_eq(op(user, VFS_STAT, "/closed/.."), FSC_EACCES);
    ck_assert_int_eq(op(user, VFS_MKDIR, "/x"), FSC_EACCES);
    ck_assert_int_eq(touch(user, "/tmp/u"), FSC_OK);
    ck_assert_int_eq(op2(user, VFS_UNLINK, "/tmp/r", NULL, 0), FSC_EPERM);
    ck_assert_int_eq(op2(user, VFS_RENAME, "/tmp/u", "/tmp/r", VFS_REPLACE), FSC_EPERM);
    ck_assert_int_eq(open_how(user, "/tmp/r", FSC_O_WRITE, 0), FSC_EACCES);
    ck_assert_int_eq(open_how(user, "/tmp/r", FSC_O_READ, 0), FSC_OK);
    ck_assert_int_eq(chmod_to(user, "/tmp/r", 0777), FSC_EPERM);
    ck_assert_int_eq(chmod_to(user, "/tmp/u", 07777), FSC_OK);
    ck_assert_uint_eq(res.attr.mode, 07777);
    ck_assert_int_eq(chmod_to(root, "/tmp/r", 0040), FSC_OK);
    ck_assert_int_eq(open_how(user, "/tmp/r", FSC_O_READ, 0), FSC_EACCES);
    ck_assert_int_eq(op2(user, VFS_UNLINK, "/tmp/u", NULL, 0), FSC_OK);
    ck_assert_int_eq(open_how(user, "/", FSC_O_READ, 0), FSC_OK);
    touch(root, "/tmp/s");
    ck_assert_int_eq(resize_to(user, "/tmp/s", 9), FSC_EACCES);
    ck_assert_int_eq(chmod_to(root, "/tmp/s", 0666), FSC_OK);
    ck_assert_int_eq(resize_to(user, "/tmp/s", 9), FSC_OK);
    ck_assert_uint_eq(res.attr.size, 9);
    ck_assert_int_eq(resize_to(root, "/tmp", 9), FSC_EISDIR);
}
END_TEST

START_TEST(unlink_and_rename)
{
    op(root, VFS_MKDIR, "/d");
    op(root, VFS_MKDIR, "/d/e");
    touch(root, "/f");
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/d/.", NULL, VFS_DIRECTORY), FSC_EINVAL);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/d/e/..", NULL, VFS_DIRECTORY), FSC_ENOTEMPTY);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/", NULL, VFS_DIRECTORY), FSC_EBUSY);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/d", NULL, 0), FSC_EISDIR);
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/f/", NULL, 0), FSC_ENOTDIR);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/d", "/d/e/x", VFS_REPLACE), FSC_EINVAL);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/f", "/g/", VFS_REPLACE), FSC_ENOTDIR);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/d/e", "/h/", VFS_REPLACE), FSC_OK);
    ck_assert_int_eq(op2(root, VFS_LINK, "/f", "/f2", 0), FSC_OK);
    ck_assert_int_eq(op2(root, VFS_RENAME, "/f", "/f2", 0), FSC_EEXIST);
    ck_assert_int_eq(op2(root, VFS_LINK, "/d", "/d2", 0), FSC_EPERM);
    ck_assert_int_eq(op(root, VFS_MKDIR, "/d"), FSC_EEXIST);
    ck_assert_int_eq(op(root, VFS_MKDIR, "/"), FSC_EEXIST);
    ck_assert_int_eq(op(root, VFS_MKDIR, "/d/."), FSC_EEXIST);
}
END_TEST

/* A session that closes in the middle of an open leaves no open file behind in the filesystem. */
START_TEST(closing_in_the_middle)
{
    struct vfs_request q = {.op = VFS_OPEN, .path = "/f", .path_len = 2, .how = FSC_O_READ};

    touch(root, "/f");
    for (uint32_t steps = 0; steps < 4; steps++) {
        uint32_t s, before = under[0].closed, tasks, handles;

        vfs_session_open(v, 0, 0, NULL, 0, &s);
        if (vfs_start(v, s, &q, 999, &res) == VFS_PENDING) {
            for (uint32_t i = 0; i < steps && under[0].queued; i++)
                fs_under_answer(v, &under[0], 0);
        }
        vfs_session_close(v, s);
        while (under[0].queued)
            fs_under_answer(v, &under[0], 0);
        vfs_usage(v, &tasks, &handles);
        ck_assert_uint_eq(tasks, 0);
        ck_assert_uint_eq(handles, 0);
        ck_assert_uint_le(under[0].closed - before, 1);
        ck_assert_int_eq(op2(root, VFS_UNLINK, "/f", NULL, 0), FSC_OK);
        ck_assert_int_eq(touch(root, "/f"), FSC_OK);
    }
    ck_assert_int_eq(op2(root, VFS_UNLINK, "/f", NULL, 0), FSC_OK);
    ck_assert_int_eq(ramfs_open(under[0].fs, 2), FSC_ESTALE); /* nobody holds the first file */
}
END_TEST

/* Two requests create one name at once; late answers to a dead filesystem are ignored. */
START_TEST(interleaving)
{
    struct vfs_request q = {.op = VFS_OPEN,
                            .path = "/n",
                            .path_len = 2,
                            .how = FSC_O_WRITE | FSC_O_CREATE,
                            .mode = 0600};
    uint32_t tasks, handles;

    if (!under[0].late) return;
    for (uint64_t i = 0; i < 4; i++)
        ck_assert_int_eq(vfs_start(v, root, &q, 5000 + i, &res), VFS_PENDING);
    ck_assert_int_eq(vfs_start(v, root, &q, 6000, &res), FSC_EAGAIN);
    while (under[0].queued) {
        fs_under_answer(v, &under[0], 0); /* swaps the last one in: the order varies */
        if (done_token >= 5000) ck_assert_int_eq(done_error, FSC_OK);
    }
    vfs_usage(v, &tasks, &handles);
    ck_assert_uint_eq(handles, 4);
    ck_assert_int_eq(vfs_start(v, root, &q, 7000, &res), VFS_PENDING);
    vfs_mount_lost(v, 0);
    ck_assert_uint_eq(done_token, 7000);
    ck_assert_int_eq(done_error, FSC_ESTALE);
    fs_under_answer(v, &under[0], 0);
    ck_assert_int_eq(vfs_start(v, root, &q, 7001, &res), FSC_ESTALE);
}
END_TEST

/* A client with a session at the filesystem gets the file there, and vfs keeps nothing. */
START_TEST(direct)
{
    struct vfs_request q = {.op = VFS_OPEN, .path = "/f", .path_len = 2, .how = FSC_O_READ};
    const struct vfs_request dir = {.op = VFS_MKDIR, .path = "/pub", .path_len = 4, .mode = 0777};
    uint32_t tasks, handles;

    ck_assert_int_eq(run(root, &dir), FSC_OK);
    touch(user, "/pub/own");
    touch(root, "/f");
    under[0].client = 7;
    under[0].object = 4711;
    q.client = 8; /* it has none there */
    ck_assert_int_eq(run(root, &q), FSC_OK);
    ck_assert_uint_eq(res.object, 0);
    ck_assert_uint_eq(under[0].rights, 3);
    ck_assert_int_eq(vfs_close(v, root, res.handle), FSC_OK);
    q.client = 7;
    ck_assert_int_eq(run(root, &q), FSC_OK);
    ck_assert_uint_eq(res.object, 4711);
    ck_assert_uint_eq(res.mount, 0);
    ck_assert_uint_eq(res.handle, 0);
    ck_assert_uint_ne(res.attr.ino, 0);
    vfs_usage(v, &tasks, &handles);
    ck_assert_uint_eq(handles, 0);
    ck_assert_int_eq(run(user, &q), FSC_OK);
    ck_assert_uint_eq(under[0].rights, 0); /* not its file */
    q.path = "/pub/own";
    q.path_len = 8;
    ck_assert_int_eq(run(user, &q), FSC_OK);
    ck_assert_uint_eq(under[0].rights, 1);
    q.path = "/pub"; /* directories stay with vfs */
    q.path_len = 4;
    ck_assert_int_eq(run(root, &q), FSC_OK);
    ck_assert_uint_eq(res.object, 0);
    ck_assert_int_eq(vfs_close(v, root, res.handle), FSC_OK);
}
END_TEST

/* The filesystem below came back with other numbers: what it had mounted is put over them. */
START_TEST(mounted_again)
{
    struct vfs_mount_args m = {&fs_under_ops, &under[1], 1, 0, "second"};
    struct vfs_request q = {.op = VFS_MOUNT, .path = "/m", .path_len = 2, .mount = &m};
    uint64_t covered;

    op(root, VFS_MKDIR, "/m");
    covered = ino_of("/m");
    ck_assert_int_eq(run(root, &q), FSC_OK);
    ck_assert_uint_eq(ino_of("/m"), 1);
    ck_assert_int_eq(vfs_mount_cover(v, 0, 0), FSC_EINVAL);
    ck_assert_int_eq(vfs_mount_cover(v, 5, 0), FSC_EINVAL);
    ck_assert_int_eq(vfs_mount_cover(v, 1, 0), FSC_OK);
    ck_assert_uint_eq(ino_of("/m"), covered);
    op(root, VFS_MKDIR, "/n");
    ck_assert_int_eq(vfs_mount_cover(v, 1, ino_of("/n")), FSC_OK);
    ck_assert_uint_eq(ino_of("/m"), covered);
    ck_assert_uint_eq(ino_of("/n"), 1);
    ck_assert_uint_eq(ino_of("/n/.."), RAMFS_ROOT_INO);
}
END_TEST

static TCase *cases(const char *name, void (*up)(void))
{
    TCase *t = tcase_create(name);

    tcase_add_checked_fixture(t, up, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, walk_basics);
    tcase_add_test(t, symlinks);
    tcase_add_test(t, link_targets_are_limited);
    tcase_add_test(t, open_flags);
    tcase_add_test(t, mounts);
    tcase_add_test(t, session_root);
    tcase_add_test(t, permissions);
    tcase_add_test(t, unlink_and_rename);
    tcase_add_test(t, closing_in_the_middle);
    tcase_add_test(t, interleaving);
    tcase_add_test(t, direct);
    tcase_add_test(t, mounted_again);
    return t;
}

int main(void)
{
    Suite *s = suite_create("vfs");
    SRunner *r;
    int failed;

    suite_add_tcase(s, cases("at_once", setup_now));
    suite_add_tcase(s, cases("late", setup_late));
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
