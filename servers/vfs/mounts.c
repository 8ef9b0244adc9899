/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mount table's other half: which use stands for which mount.
 *
 * A filesystem that dies is lost in the core, so that its open files answer ESTALE; it is connected
 * to again when init has restarted it. What was mounted in it is mounted there anew: its
 * directories may have other numbers now, or be missing.
 */
#include "mounts.h"

#include <string.h>

#define PEERS 8u

static struct peer peers[PEERS];
static uint32_t count;
static bool unsent;

struct peer *mounts_peer(uint32_t mount)
{
    for (uint32_t i = 0; i < count; i++)
        if (peers[i].mount == mount) return &peers[i];
    return NULL;
}

uint64_t mounts_volume(const struct peer *p) { return p->instance * PEERS + (uint64_t)(p - peers); }

bool mounts_unsent(void) { return unsent; }

/* The directory that `p` is mounted on, made if it is missing. */
static int point_make(struct vfs *vfs, uint32_t session, const struct peer *p,
                      struct vfs_result *out)
{
    struct vfs_request q = {
        .op = VFS_MKDIR, .mode = 0755, .path = p->path, .path_len = strlen(p->path)};

    (void)vfs_start(vfs, session, &q, 0, out); /* it may be there */
    q.op = VFS_STAT;
    return vfs_start(vfs, session, &q, 0, out);
}

static int mount_one(struct vfs *vfs, uint32_t session, struct peer *p)
{
    const struct vfs_mount_args m = {&peer_ops, p, 1, 0, p->use};
    struct vfs_request q = {
        .op = VFS_MOUNT, .path = p->path, .path_len = strlen(p->path), .mount = &m};
    struct vfs_result out;
    int e = point_make(vfs, session, p, &out);

    if (e == 0) e = vfs_start(vfs, session, &q, 0, &out);
    if (e == 0) p->mount = out.handle;
    return e;
}

/* "use=path"; false: it is not that. */
static bool argument_read(char *text, struct peer *p)
{
    char *mark = strchr(text, '=');

    if (mark == NULL || mark == text || mark[1] != '/') return false;
    *mark = 0;
    *p = (struct peer){.use = text, .path = mark + 1, .mount = UINT32_MAX};
    return true;
}

void mounts_make(struct vfs *vfs, int argc, char **argv, uint32_t *session)
{
    const struct vfs_mount_args m = {&peer_ops, &peers[0], 1, 0, NULL};
    struct vfs_mount_args root = m;
    int i, e;

    for (i = 1; i < argc && count < PEERS; i++) {
        if (!argument_read(argv[i], &peers[count]))
            component_fail("argument %s: not of the form use=/path", argv[i]);
        count++;
    }
    if (count == 0 || strcmp(peers[0].path, "/") != 0)
        component_fail("the first argument does not mount the root");
    root.label = peers[0].use;
    if (!peer_connect(&peers[0]) || vfs_mount_root(vfs, &root) != 0)
        component_fail("the root filesystem cannot be mounted");
    peers[0].mount = 0;
    component_log(COMPONENT_INFO, "%s is mounted on /", peers[0].use);
    vfs_session_open(vfs, 0, 0, NULL, 0, session);
    for (i = 1; i < (int)count; i++) {
        e = peer_connect(&peers[i]) ? mount_one(vfs, *session, &peers[i]) : FSC_EIO;
        if (e != 0)
            component_log(COMPONENT_WARNING, "%s is not mounted: error %d", peers[i].path, e);
        else
            component_log(COMPONENT_INFO, "%s is mounted on %s", peers[i].use, peers[i].path);
    }
}

/* The root came back: its directories are looked for without what covers them, then covered. */
static void points_mend(struct vfs *vfs, uint32_t session)
{
    struct vfs_result out;
    uint32_t i;
    int e;

    for (i = 1; i < count; i++)
        (void)vfs_mount_cover(vfs, peers[i].mount, 0);
    for (i = 1; i < count; i++) {
        if (peers[i].mount == UINT32_MAX) continue;
        e = point_make(vfs, session, &peers[i], &out);
        if (e == 0) e = vfs_mount_cover(vfs, peers[i].mount, out.attr.ino);
        if (e != 0)
            component_log(COMPONENT_WARNING, "%s is not mounted again: error %d", peers[i].path, e);
    }
}

bool mounts_mend(struct vfs *vfs, uint32_t session)
{
    bool any = false, all = true;

    for (uint32_t i = 0; i < count; i++) {
        struct peer *p = &peers[i];
        const struct vfs_mount_args m = {&peer_ops, p, 1, 0, p->use};

        if (!p->lost && p->connected) continue;
        if (p->mount == UINT32_MAX) continue; /* it never was there */
        any = true;
        if (p->lost) vfs_mount_lost(vfs, p->mount);
        unsent = p->unsent;
        p->lost = false;
        if (!peer_connect(p)) {
            all = false;
            continue;
        }
        (void)vfs_mount_back(vfs, p->mount, &m);
        component_log(COMPONENT_NOTICE, "%s is back at %s", p->use, p->path);
        if (i == 0) points_mend(vfs, session);
    }
    return any && all;
}
