/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a ramfs under vfs in tests, answering at once or, in any order, later: the order of late
 * answers comes from the test. */
#ifndef FS_RAMFS_ADAPTER_H
#define FS_RAMFS_ADAPTER_H

#include "ramfs.h"
#include "vfs.h"

#define FS_QUEUE 64u

struct fs_under {
    struct ramfs *fs;
    bool late;
    uint32_t submitted, closed;
    uint32_t client; /* who has a session of its own: what it opens becomes `object` */
    uint32_t object, rights;
    uint32_t queued;
    struct {
        uint32_t id;
        struct vfs_fs_request q; /* its pointers stay valid, as the contract says */
    } queue[FS_QUEUE];
};

extern const struct vfs_fs_ops fs_under_ops;

/* Answers the n-th queued operation. */
void fs_under_answer(struct vfs *v, struct fs_under *u, uint32_t n);
/* Drops what is queued, as a filesystem that dies does. */
void fs_under_forget(struct fs_under *u);

#endif
