/* SPDX-License-Identifier: Apache-2.0 */
/* A peer filesystem: its connection, and its operations for vfs_core. */
#ifndef VFS_PEER_H
#define VFS_PEER_H

#include "component.h"
#include "fsbind.h"
#include "vfs.h"
#include "vnode.h"

struct peer {
    const char *use;  /* name of the use in the manifest */
    const char *path; /* where it is mounted */
    bool connected;
    struct fipc_conn conn;
};

extern const struct vfs_fs_ops peer_ops; /* its `fs` is a struct peer */

/* Connects, or connects again; false: it cannot be reached. */
bool peer_connect(struct peer *p);

#endif
