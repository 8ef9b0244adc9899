/* SPDX-License-Identifier: Apache-2.0 */
/* The way from a client to the filesystem itself (File.direct). */
#ifndef VFS_DIRECT_H
#define VFS_DIRECT_H

#include "fipc/server.h"
#include "vfs.h"

/* Where the open file `handle` may be had without vfs, for the caller of the request: File.direct.
 */
fut_err direct_find(struct vfs *vfs, uint32_t session, uint32_t handle, struct fipc_req *r,
                    uint64_t *volume, uint32_t *object, uint64_t *ticket, uint64_t *terminal);

#endif
