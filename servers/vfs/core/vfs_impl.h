/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vfs's structures and the seams between its files.
 *
 *   vfs_start -> task -> walk (vfs_walk.c) -> what the request wants (vfs_ops.c) -> task_end
 *                 ^------ one submit at a time, completed at once or later -------'
 *
 * Invariants: a task has at most one operation under way, and only then `waiting`; a handle of kind
 * reserved belongs to a live task; `opens` of a mount counts its handles; a number handed out
 * (session, handle, task id) carries a generation and is refused when it is out of date.
 */
#ifndef VFS_IMPL_H
#define VFS_IMPL_H

#include "vfs.h"

/* What a step answers, beside error numbers (>= 0). */
#define STEP_SUBMIT (-2) /* task->fs_req is ready */

#define NO_MOUNT UINT32_MAX

struct loc {
    uint32_t mount;
    struct fsc_attr attr; /* attr.ino names the node */
};

enum walk_follow {
    FOLLOW,      /* the last name too */
    NOFOLLOW,    /* not the last name, unless a slash follows it */
    FOLLOW_NEVER /* nor does it enter a mount: the name itself is meant */
};
enum walk_last { LAST_NORMAL, LAST_DOT, LAST_DOTDOT, LAST_ROOT };

struct walk {
    char path[FSC_PATH_MAX + 1];
    uint32_t len, pos, end; /* pos: next to look at; end: behind the present name */
    uint32_t name, name_len, links;
    enum walk_follow follow;
    enum walk_last last;
    bool slash;     /* slashes follow the last name */
    bool found;     /* `cur` is what the path names; else only its directory exists */
    struct loc dir; /* where the last name is (LAST_NORMAL) */
    struct loc cur;
};

enum task_state {
    T_ENTER, /* stat of where a walk starts, or of a mount's root */
    T_LOOKUP,
    T_PARENT,
    T_READLINK,
    T_ENTER_MOUNT,
    T_CREATE_OPEN, /* the file of an open is being made */
    T_OPEN,
    T_FINAL /* the answer is the request's answer */
};

struct task {
    bool used, waiting;
    uint32_t generation, session, handle, mount;
    uint64_t token;
    enum task_state state;
    uint32_t stage; /* which of the two paths is walked */
    struct vfs_request req;
    struct fsc_set truncate; /* of VFS_TRUNCATE */
    struct vfs_fs_request fs_req;
    struct vfs_fs_reply fs_reply;
    struct vfs_result result;
    struct walk walk[2];
    char link[FSC_PATH_MAX + 1];
};

struct session {
    bool used;
    uint32_t generation, uid, gid, groups;
    uint32_t group[VFS_GROUPS_MAX];
    uint32_t root_mount;
    uint64_t root_ino;
};

struct handle {
    bool used, open, stale; /* not open: reserved by a task */
    uint8_t generation, kind;
    uint32_t session, mount, how;
    uint64_t fs_handle, ino;
};

struct mount {
    bool used, lost;
    const struct vfs_fs_ops *ops;
    void *fs;
    uint64_t root, covered;
    uint32_t parent, flags, opens;
    char label[VFS_LABEL_MAX + 1], path[FSC_PATH_MAX + 1];
};

struct vfs {
    struct vfs_config config;
    struct session *session;
    struct handle *handle;
    struct task *task;
    struct mount mount[VFS_MOUNTS_MAX];
};

/* vfs_perm.c: FSC_OK or FSC_EACCES; mask 4 read, 2 write, 1 execute or search. */
int perm_check(const struct session *s, const struct fsc_attr *a, uint32_t mask);
/* May a name that leads to `node` be changed in `dir`? Mount read-only, write and search, sticky.
 */
int perm_change(const struct vfs *v, const struct session *s, const struct loc *dir,
                const struct fsc_attr *node);
int perm_set(const struct session *s, const struct fsc_attr *a, const struct fsc_set *set,
             struct fsc_set *effective);

/* What the opener of a file may change of its attributes: FSOPEN_* of fsopen.h. */
uint32_t perm_rights(const struct vfs *v, const struct session *s, const struct loc *at);

/* vfs_mount.c */
uint32_t mount_over(const struct vfs *v, uint32_t mount, uint64_t ino); /* NO_MOUNT: nothing */
int mount_add(struct vfs *v, const struct vfs_mount_args *m, uint32_t parent, uint64_t covered,
              const char *path, size_t len, uint32_t *number);
int mount_remove(struct vfs *v, uint32_t mount);

/* vfs_session.c */
struct session *session_find(const struct vfs *v, uint32_t id);
struct handle *handle_find(const struct vfs *v, uint32_t session, uint32_t id, int *error);
uint32_t handle_reserve(struct vfs *v, uint32_t session); /* 0 = none left */
void handle_release(struct vfs *v, uint32_t id);          /* closes it if it is open */
void fs_close(struct vfs *v, uint32_t mount, uint64_t fs_handle);

/* vfs_walk.c: each answers STEP_SUBMIT or an error; a finished walk goes on in ops_walked. */
int walk_start(struct vfs *v, struct task *t, uint32_t stage, enum walk_follow follow,
               const char *path, size_t len, uint32_t base);
int walk_resume(struct vfs *v, struct task *t, int error);
int walk_again(struct vfs *v, struct task *t); /* looks the last name up once more */

/* vfs_ops.c */
int ops_begin(struct vfs *v, struct task *t);
int ops_walked(struct vfs *v, struct task *t);
int ops_resume(struct vfs *v, struct task *t, int error);
/* vfs_pairs.c: requests with two paths */
int pairs_walked(struct vfs *v, struct task *t);
/* vfs_handle.c: requests on an open file */
int handle_begin(struct vfs *v, struct task *t);

/* Prepares task->fs_req, zeroed but for its operation, mount and node. */
struct vfs_fs_request *task_prepare(struct task *t, enum task_state state, enum vfs_fs_op op,
                                    uint32_t mount, uint64_t node);

#endif
