/* SPDX-License-Identifier: Apache-2.0 */
/* What is mounted where, as the manifest says in vfs's arguments, and what becomes of it when a
 * filesystem dies. */
#ifndef VFS_MOUNTS_H
#define VFS_MOUNTS_H

#include "peer.h"

/* Mounts what each argument "use=path" says, the root first, and opens *session in the core. Fails
 * the component if there is no root. */
void mounts_make(struct vfs *vfs, int argc, char **argv, uint32_t *session);

/* Tells the core of every filesystem that died since the last time, and connects to it again. True:
 * one did, and all are back. Nothing of the core's may be under way. */
bool mounts_mend(struct vfs *vfs, uint32_t session);

/* What died last had not received what was asked of it. */
bool mounts_unsent(void);

/* The filesystem of a mount; NULL: none. */
struct peer *mounts_peer(uint32_t mount);

/* The number by which clients know a filesystem in its present life; also after a restart of vfs.
 */
uint64_t mounts_volume(const struct peer *p);

#endif
