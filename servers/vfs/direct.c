/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File.direct: a client's file at the filesystem itself. vfs asks the filesystem to let the
 * client's session there have the file; a client without such a session gets a ticket for one
 * first. After that, Directory.open_direct leaves files there at once and vfs keeps nothing of
 * them.
 */
#include "direct.h"

#include "mounts.h"

fut_err direct_find(struct vfs *vfs, uint32_t session, uint32_t handle, struct fipc_req *r,
                    uint64_t *volume, uint32_t *object, uint64_t *ticket, uint64_t *terminal)
{
    struct vfs_where where;
    struct peer *p;
    fut_err e = (fut_err)vfs_where(vfs, session, handle, &where);

    *object = 0;
    *ticket = *terminal = 0;
    if (e != FUT_OK) return e;
    p = mounts_peer(where.mount);
    if (p == NULL || where.kind == FSC_DIR) return FUT_EOPNOTSUPP;
    if (!p->connected) return FUT_ESTALE;
    *volume = mounts_volume(p);
    e = peer_lend(p, where.fs_handle, r, object, terminal);
    return e == FUT_ENOTCONN ? peer_session(p, r, ticket) : e;
}
