/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfs: names, mounts, permissions and open files over filesystems that are peers, OS-neutral.
 *
 * The core never waits. A request becomes a task; each step of it is one operation of one
 * filesystem (`vfs_fs_ops.submit`), which may be answered at once or later by `vfs_complete`. A
 * request that finished at once is answered by the return value of `vfs_start`, any other through
 * `done`. Nothing is recursive: a path walk is a state machine, 40 symbolic links at most.
 *
 * Nodes are inode numbers of their filesystem (never used twice, FSC_ESTALE when gone), so a walk
 * holds no references. Single-threaded; `submit` and `done` must not call back into the core.
 */
#ifndef VFS_H
#define VFS_H

#include "fscore.h"

#define VFS_PENDING (-1)
#define VFS_LINKS_MAX 40u
#define VFS_GROUPS_MAX 16u
#define VFS_MOUNTS_MAX 32u
#define VFS_LABEL_MAX 31u

/* ---- what a filesystem does ---- */

enum vfs_fs_op {
    VFS_FS_LOOKUP,   /* node, name -> attr */
    VFS_FS_PARENT,   /* node (a directory) -> attr of the directory above */
    VFS_FS_STAT,     /* node -> attr */
    VFS_FS_CREATE,   /* node (directory), name, kind, mode, uid, gid, data/len (target) -> attr */
    VFS_FS_LINK,     /* node (file), node2 (directory), name2 */
    VFS_FS_UNLINK,   /* node (directory), name, flags: 1 = the name is a directory */
    VFS_FS_RENAME,   /* node, name, node2, name2, flags: 1 = replace */
    VFS_FS_READLINK, /* node, buffer/len -> count */
    VFS_FS_SET_ATTR, /* node, set -> attr */
    VFS_FS_STATFS,   /* -> statfs */
    VFS_FS_OPEN,     /* node, flags (FSC_O_READ WRITE APPEND TRUNC), client, rights -> handle, attr,
                        object */
    VFS_FS_CLOSE,    /* handle; the answer is not waited for (id 0) */
    VFS_FS_READ,     /* handle, offset, buffer/len -> count */
    VFS_FS_WRITE,    /* handle, offset, flags: FSC_O_APPEND, data/len -> count */
    VFS_FS_READDIR,  /* handle, offset (cookie), buffer (struct fsc_dirent[len]) -> count, end */
    VFS_FS_SYNC      /* handle, flags: 1 = data only */
};

/* One operation. Pointers stay valid until it is complete. Names are already checked. */
struct vfs_fs_request {
    enum vfs_fs_op op;
    uint64_t node, node2, handle, offset;
    const char *name, *name2;
    size_t name_len, name2_len;
    uint32_t flags, uid, gid, len;
    uint32_t client, rights;
    uint16_t mode;
    uint8_t kind;
    const struct fsc_set *set;
    const void *data;
    void *buffer;
};

struct vfs_fs_reply {
    struct fsc_attr attr;
    struct fsc_statfs statfs;
    uint64_t handle;
    uint32_t object; /* not 0: the client has the file itself, and there is no handle */
    uint32_t count;
    bool end;
};

/* Answers an error number (FSC_OK: `reply` is filled in), or VFS_PENDING and later
 * vfs_complete(id). `id` 0: nobody waits for the answer; it must not be VFS_PENDING. */
struct vfs_fs_ops {
    int (*submit)(void *fs, uint32_t id, const struct vfs_fs_request *q, struct vfs_fs_reply *r);
};

/* ---- what a client asks for ---- */

enum vfs_op {
    VFS_STAT,     /* path; NOFOLLOW -> attr */
    VFS_ACCESS,   /* path, mode (4 read, 2 write, 1 execute) */
    VFS_OPEN,     /* path, how, mode, client -> handle, attr; or object, mount, attr */
    VFS_MKDIR,    /* path, mode -> attr */
    VFS_SYMLINK,  /* path, data/len: target -> attr */
    VFS_MKNOD,    /* path, kind FIFO or SOCKET, mode -> attr */
    VFS_UNLINK,   /* path; DIRECTORY */
    VFS_RENAME,   /* path, path2; REPLACE */
    VFS_LINK,     /* path (NOFOLLOW), path2 */
    VFS_READLINK, /* path, buffer/len -> count */
    VFS_SET_ATTR, /* path (NOFOLLOW) or handle, set (size: whoever may write) -> attr */
    VFS_STATFS,   /* path or handle -> statfs */
    VFS_SET_ROOT, /* path of a directory; the session sees nothing above it any more. uid 0 only */
    VFS_MOUNT,    /* path of a directory, mount. uid 0 only -> handle: mount number */
    VFS_UNMOUNT,  /* path of a mount's root. uid 0 only; FSC_EBUSY while files are open in it */
    /* These take `handle` and no path: */
    VFS_FSTAT,    /* -> attr */
    VFS_READ,     /* offset, buffer/len -> count */
    VFS_WRITE,    /* offset (not looked at if opened for append), data/len -> count */
    VFS_TRUNCATE, /* offset: the size */
    VFS_READDIR,  /* offset: cookie, buffer: struct fsc_dirent[len] -> count, end */
    VFS_SYNC      /* flags DATA_ONLY */
};

#define VFS_NOFOLLOW 1u
#define VFS_DIRECTORY 2u
#define VFS_REPLACE 4u
#define VFS_DATA_ONLY 8u

#define VFS_MOUNT_READ_ONLY 1u

struct vfs_mount_args {
    const struct vfs_fs_ops *ops;
    void *fs;
    uint64_t root;     /* inode number of its root directory */
    uint32_t flags;    /* VFS_MOUNT_* */
    const char *label; /* at most VFS_LABEL_MAX bytes, for the list of mounts */
};

/* Paths are relative to `base` (a directory's handle; 0 = the session's root) unless they start
 * with '/'. Paths are copied; data, buffer and set are borrowed until the answer. */
struct vfs_request {
    enum vfs_op op;
    uint32_t base, base2, handle, how, flags, len;
    uint32_t client; /* who opens, as filesystems know their clients; 0: the file stays with vfs */
    const char *path, *path2;
    size_t path_len, path2_len;
    uint16_t mode;
    uint8_t kind;
    uint64_t offset;
    const struct fsc_set *set;
    const struct vfs_mount_args *mount;
    const void *data;
    void *buffer;
};

struct vfs_result {
    struct fsc_attr attr;
    struct fsc_statfs statfs;
    uint32_t handle; /* fits 24 bits, never 0 */
    uint32_t count;
    uint32_t object, mount; /* not 0: the client's object at the filesystem of that mount */
    bool end;
};

struct vfs_config {
    struct fsc_env env;
    uint32_t sessions, handles, tasks; /* limits; handles at most 65,535; a task is about 13 KiB */
    /* A request that answered VFS_PENDING is over. */
    void (*done)(void *ctx, uint64_t token, int error, const struct vfs_result *r);
    void *ctx;
};

struct vfs;

/* All memory is taken here. NULL if there is not enough. The root is mounted afterwards. */
struct vfs *vfs_new(const struct vfs_config *config);
void vfs_delete(struct vfs *v);

/* Mounts the root filesystem; must come first, once. */
int vfs_mount_root(struct vfs *v, const struct vfs_mount_args *m);
/* A filesystem died: its open files answer FSC_ESTALE from now on, requests that wait for it end
 * with FSC_ESTALE, and so do new ones until vfs_mount_back. */
void vfs_mount_lost(struct vfs *v, uint32_t mount);
/* It is back, under a new connection; what is mounted on its directories stays by number. */
int vfs_mount_back(struct vfs *v, uint32_t mount, const struct vfs_mount_args *m);

struct vfs_mount_info {
    uint32_t number, flags;
    uint32_t parent;  /* number of the mount it lies on; its own for the root */
    uint64_t covered; /* inode number there */
    char label[VFS_LABEL_MAX + 1], path[FSC_PATH_MAX + 1];
    bool lost;
};
/* The first mount with a number >= `from`. FSC_ENOENT: no more. `path` is as it was mounted. */
int vfs_mount_info(const struct vfs *v, uint32_t from, struct vfs_mount_info *out);

/* Opens a session with the credentials that vfs's server vouches for. FSC_EMFILE, FSC_EINVAL. */
int vfs_session_open(struct vfs *v, uint32_t uid, uint32_t gid, const uint32_t *groups, uint32_t n,
                     uint32_t *session);
/* Closes its files; requests under way end without `done`. */
void vfs_session_close(struct vfs *v, uint32_t session);

/* An error number, with *r filled in for FSC_OK; or VFS_PENDING. FSC_EAGAIN: all tasks are busy. */
int vfs_start(struct vfs *v, uint32_t session, const struct vfs_request *q, uint64_t token,
              struct vfs_result *r);
/* A filesystem's late answer. Unknown ids (of tasks that are over) are ignored. */
void vfs_complete(struct vfs *v, uint32_t id, int error, const struct vfs_fs_reply *r);
/* What is mounted over another directory from now on: the filesystem below came back with other
 * numbers. `covered` 0: over none. FSC_EINVAL. */
int vfs_mount_cover(struct vfs *v, uint32_t mount, uint64_t covered);
/* Closes an open file at once. FSC_EBADF. */
int vfs_close(struct vfs *v, uint32_t session, uint32_t handle);

/* Where an open file lies, so that the server can hand out a session with the filesystem itself:
 * mount number, the filesystem's own handle, the inode, and the rights the file was opened with. */
struct vfs_where {
    uint32_t mount, how;
    uint64_t fs_handle, ino;
    uint8_t kind;
};
int vfs_where(const struct vfs *v, uint32_t session, uint32_t handle, struct vfs_where *out);

/* Counts for tests and `mounts`: live tasks and open files. */
void vfs_usage(const struct vfs *v, uint32_t *tasks, uint32_t *handles);

#endif
