/* SPDX-License-Identifier: Apache-2.0 */
/* A peer filesystem: its connection, and its operations for vfs_core. */
#ifndef VFS_PEER_H
#define VFS_PEER_H

#include "component.h"
#include "fsbind.h"
#include "vfs.h"
#include "vnode.h"

struct peer {
    const char *use;   /* name of the use in the manifest */
    const char *path;  /* where it is mounted */
    uint32_t mount;    /* its number in the core */
    uint64_t instance; /* of the filesystem's present life, as it says */
    bool connected;
    bool lost;   /* it died, and the core does not know yet */
    bool unsent; /* what it died of had not reached it */
    struct fipc_conn conn;
};

extern const struct vfs_fs_ops peer_ops; /* its `fs` is a struct peer */

/* Connects, or connects again; false: it cannot be reached. */
bool peer_connect(struct peer *p);

/* What a call of the peer answered, as an error number. A transport error: it died; ESTALE. */
int peer_result(struct peer *p, fut_err e);

/* A ticket for a session of the component that asks. EAGAIN, with that limit as the request's
 * detail: it has too many of the filesystem's that it did not redeem. */
fut_err peer_session(struct peer *p, struct fipc_req *r, uint64_t *ticket);
/* The open file becomes an object of that client's session, or *terminal is a ticket for the
 * terminal that it is. ENOTCONN: the client has no session; EAGAIN as above. */
fut_err peer_lend(struct peer *p, uint64_t handle, struct fipc_req *r, uint32_t *object,
                  uint64_t *terminal);

#endif
