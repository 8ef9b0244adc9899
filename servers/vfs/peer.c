/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer filesystem as vfs_core sees one: each operation is a call of futura.vnode, which answers
 * without waiting. A peer that died is ESTALE for the operation at hand and `lost`; mounts.c then
 * tells the core and connects again.
 */
#include <string.h>

#include "capmgr.h"
#include "peer.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define FS(p) ((vnode_filesystem){&(p)->conn, 0})

static int submit_names(struct peer *p, const struct vfs_fs_request *q, struct fs_attr *attr,
                        bool *has)
{
    *has = true;
    switch (q->op) {
    case VFS_FS_LOOKUP:
        return (int)vnode_filesystem_lookup(FS(p), q->node, (const uint8_t *)q->name, q->name_len,
                                            attr);
    case VFS_FS_PARENT: return (int)vnode_filesystem_parent(FS(p), q->node, attr);
    case VFS_FS_STAT: return (int)vnode_filesystem_stat(FS(p), q->node, attr);
    case VFS_FS_CREATE:
        return (int)vnode_filesystem_create(FS(p), q->node, (const uint8_t *)q->name, q->name_len,
                                            q->kind, q->mode, q->uid, q->gid, q->data, q->len,
                                            attr);
    case VFS_FS_SET_ATTR: {
        struct fs_time atime = {.sec = q->set->atime.sec, .nsec = q->set->atime.nsec};
        struct fs_time mtime = {.sec = q->set->mtime.sec, .nsec = q->set->mtime.nsec};

        return (int)vnode_filesystem_set_attr(FS(p), q->node, q->set->mask, q->set->mode,
                                              q->set->uid, q->set->gid, &atime, &mtime,
                                              q->set->size, attr);
    }
    default: *has = false; break;
    }
    switch (q->op) {
    case VFS_FS_LINK:
        return (int)vnode_filesystem_link(FS(p), q->node, q->node2, (const uint8_t *)q->name2,
                                          q->name2_len);
    case VFS_FS_UNLINK:
        return (int)vnode_filesystem_unlink(FS(p), q->node, (const uint8_t *)q->name, q->name_len,
                                            (q->flags & 1) != 0);
    case VFS_FS_RENAME:
        return (int)vnode_filesystem_rename(FS(p), q->node, (const uint8_t *)q->name, q->name_len,
                                            q->node2, (const uint8_t *)q->name2, q->name2_len,
                                            (q->flags & 1) != 0);
    default: return -1;
    }
}

static int submit_readdir(struct peer *p, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    static uint8_t memory[64 << 10];
    struct fsc_dirent *to = q->buffer;
    struct fipc_arena arena;
    const struct fs_dirent *entries;
    size_t n, i;
    fut_err e;

    fipc_arena_init(&arena, memory, sizeof memory);
    e = vnode_filesystem_readdir(FS(p), q->handle, q->offset,
                                 (uint16_t)(q->len > 128 ? 128 : q->len), &entries, &n, &r->end,
                                 &arena);
    if (e != FUT_OK) return (int)e;
    for (i = 0; i < n && i < q->len; i++) {
        size_t len = entries[i].name.len < FSC_NAME_MAX ? entries[i].name.len : FSC_NAME_MAX;

        to[i].ino = entries[i].ino;
        to[i].next = entries[i].next;
        to[i].kind = (uint8_t)entries[i].kind;
        to[i].name_len = (uint16_t)len;
        memcpy(to[i].name, entries[i].name.data, len);
    }
    r->count = (uint32_t)i;
    return FSC_OK;
}

static int submit_open(struct peer *p, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    uint8_t rights = (uint8_t)q->rights;
    struct fs_attr attr;
    bool has_object;
    fut_err e = vnode_filesystem_open(FS(p), q->node, q->flags, q->client != 0 ? &q->client : NULL,
                                      &rights, &r->handle, &attr, &has_object, &r->object);

    if (e != FUT_OK) return (int)e;
    if (!has_object) r->object = 0;
    fsbind_attr_back(&r->attr, &attr);
    return FSC_OK;
}

static int submit_files(struct peer *p, const struct vfs_fs_request *q, struct vfs_fs_reply *r)
{
    struct fs_statfs statfs;
    size_t got = 0;
    fut_err e;

    switch (q->op) {
    case VFS_FS_READLINK:
        e = vnode_filesystem_readlink(FS(p), q->node, q->buffer, q->len, &got);
        r->count = (uint32_t)got;
        return (int)e;
    case VFS_FS_STATFS:
        e = vnode_filesystem_statfs(FS(p), &statfs);
        if (e == FUT_OK)
            r->statfs = (struct fsc_statfs){statfs.block, statfs.blocks,     statfs.free,
                                            statfs.files, statfs.files_free, statfs.name_max};
        return (int)e;
    case VFS_FS_OPEN: return submit_open(p, q, r);
    case VFS_FS_CLOSE: return (int)vnode_filesystem_close(FS(p), q->handle);
    case VFS_FS_READ:
        e = vnode_filesystem_read(FS(p), q->handle, q->offset, q->len, q->buffer, q->len, &got);
        r->count = (uint32_t)got;
        return (int)e;
    case VFS_FS_WRITE:
        return (int)vnode_filesystem_write(FS(p), q->handle, q->offset,
                                           (q->flags & FSC_O_APPEND) != 0, q->data, q->len,
                                           &r->count);
    case VFS_FS_READDIR: return submit_readdir(p, q, r);
    default: return (int)vnode_filesystem_sync(FS(p), q->handle, (q->flags & 1) != 0);
    }
}

static int peer_submit(void *fs, uint32_t id, const struct vfs_fs_request *q,
                       struct vfs_fs_reply *r)
{
    struct peer *p = fs;
    struct fs_attr attr;
    bool has;
    int e;

    (void)id;
    if (!p->connected) return FSC_ESTALE;
    e = submit_names(p, q, &attr, &has);
    if (e == 0 && has) fsbind_attr_back(&r->attr, &attr);
    if (e == -1 && !has) e = submit_files(p, q, r);
    return peer_result(p, (fut_err)e);
}

const struct vfs_fs_ops peer_ops = {peer_submit};

int peer_result(struct peer *p, fut_err e)
{
    if (e < FUT_TRANSPORT_FIRST || e > FUT_TRANSPORT_LAST) return (int)e;
    p->unsent = e == FUT_EDEAD;
    p->connected = false;
    p->lost = true;
    component_disconnect(&p->conn);
    return FSC_ESTALE;
}

bool peer_connect(struct peer *p)
{
    fut_err e =
        component_connect(p->use, &vnode_filesystem_peer, &vnode_filesystem_lane, 1, 0, &p->conn);

    if (e == FUT_OK) {
        e = vnode_filesystem_instance(FS(p), &p->instance);
        if (e != FUT_OK) component_disconnect(&p->conn);
    }
    p->connected = e == FUT_OK;
    if (!p->connected)
        component_log(COMPONENT_WARNING, "filesystem %s: connect: error %u", p->use, (unsigned)e);
    return p->connected;
}

/* Hands a ticket of the peer's on to the client who asks. */
static fut_err pass(uint64_t mine, struct fipc_req *r, uint64_t *ticket)
{
    fut_err e = capmgr_manager_ticket_pass(MANAGER, mine, r->session->badge, ticket);

    if (e == FUT_OK) return e;
    r->detail = component_capmgr.detail;
    (void)capmgr_manager_ticket_drop(MANAGER, mine);
    return e;
}

fut_err peer_session(struct peer *p, struct fipc_req *r, uint64_t *ticket)
{
    uint32_t client = r->session->component;
    uint64_t mine;
    fut_err e = (fut_err)peer_result(p, vnode_filesystem_session(FS(p), client, &mine));

    return e != FUT_OK ? e : pass(mine, r, ticket);
}

fut_err peer_lend(struct peer *p, uint64_t handle, struct fipc_req *r, uint32_t *object,
                  uint64_t *terminal)
{
    uint32_t client = r->session->component;
    uint64_t mine = 0;
    fut_err e =
        (fut_err)peer_result(p, vnode_filesystem_lend(FS(p), handle, client, object, &mine));

    *terminal = 0;
    return e != FUT_OK || mine == 0 ? e : pass(mine, r, terminal);
}
