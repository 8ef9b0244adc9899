/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile requests against vfs over ramfs: the input is a list of operations with paths over a
 * small alphabet. Whatever comes, tasks end, nothing leaks, ramfs stays consistent, and a session
 * that is confined to /jail never gets hold of the node outside.
 *
 * Input: byte operation, byte flags, bytes of the first path up to 0, bytes of the second up to 0.
 */
#include "fs_env.h"
#include "fs_ramfs_adapter.h"

#include <stdlib.h>
#include <string.h>

static struct fs_under under;
static struct vfs *v;
static uint64_t secret;

static void done(void *ctx, uint64_t token, int error, const struct vfs_result *r)
{
    (void)ctx, (void)token;
    if (error == FSC_OK && r->attr.ino == secret) abort();
}

static int run(uint32_t session, const struct vfs_request *q, struct vfs_result *r)
{
    int e = vfs_start(v, session, q, 1, r);

    if (e == FSC_OK && q->op <= VFS_SET_ATTR && r->attr.ino == secret) abort();
    for (int steps = 0; under.queued; steps++) {
        if (steps > 200000) abort();
        fs_under_answer(v, &under, 0);
    }
    return e;
}

static const uint8_t *take_path(const uint8_t *p, const uint8_t *end, char *out, size_t *len)
{
    static const char alphabet[] = "///...abcd";

    *len = 0;
    while (p < end && *p != 0) {
        if (*len < FSC_PATH_MAX + 1) out[(*len)++] = alphabet[*p % 10];
        p++;
    }
    return p < end ? p + 1 : p;
}

static void build_jail(uint32_t root)
{
    struct vfs_result r;

    vfs_start(v, root, &(struct vfs_request){.op = VFS_MKDIR, .path = "/s", .path_len = 2}, 1, &r);
    secret = r.attr.ino;
    vfs_start(v, root, &(struct vfs_request){.op = VFS_MKDIR, .path = "/jail", .path_len = 5}, 1,
              &r);
    vfs_start(v, root, &(struct vfs_request){.op = VFS_SET_ROOT, .path = "/jail", .path_len = 5}, 1,
              &r);
}

static void requests(uint32_t s, const uint8_t *p, const uint8_t *end)
{
    static char one[FSC_PATH_MAX + 2], two[FSC_PATH_MAX + 2], buf[64];
    struct fsc_set set = {.mask = FSC_SET_MODE, .mode = 0700};

    while (end - p > 2) {
        struct vfs_request q = {.op = p[0] % (VFS_STATFS + 1),
                                .flags = p[1] & 7,
                                .how = (p[1] & 0xff) | 1,
                                .mode = 0700,
                                .kind = FSC_FIFO,
                                .path = one,
                                .path2 = two,
                                .data = two,
                                .buffer = buf,
                                .set = &set};
        struct vfs_result r;

        p = take_path(p + 2, end, one, &q.path_len);
        p = take_path(p, end, two, &q.path2_len);
        q.len = q.op == VFS_READLINK ? sizeof buf : (uint32_t)q.path2_len;
        if (run(s, &q, &r) == FSC_OK && q.op == VFS_OPEN) vfs_close(v, s, r.handle);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fs_env env;
    struct fsc_env e = fs_env_make(&env, 1);
    struct vfs_config c = {e, 2, 4, 2, done, NULL};
    struct vfs_mount_args m = {&fs_under_ops, &under, RAMFS_ROOT_INO, 0, NULL};
    uint32_t s, tasks, handles;

    memset(&under, 0, sizeof under);
    under.fs = ramfs_new(&e, 1 << 20);
    v = vfs_new(&c);
    vfs_mount_root(v, &m);
    vfs_session_open(v, 0, 0, NULL, 0, &s);
    build_jail(s);
    under.late = size > 0 && (data[0] & 0x80);
    requests(s, data, data + size);
    vfs_session_close(v, s);
    vfs_usage(v, &tasks, &handles);
    if (tasks != 0 || handles != 0 || !ramfs_check(under.fs)) abort();
    vfs_delete(v);
    ramfs_delete(under.fs);
    if (env.live != 0) abort();
    return 0;
}
