/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks: from a request to its answer. The loop in task_run is the only place that submits and the
 * only one that ends a task. Maintains: `waiting` exactly while an operation is under way; a
 * reserved handle is released when its task does not succeed or its session is gone.
 */
#include "vfs_impl.h"

#include <string.h>

struct vfs_fs_request *task_prepare(struct task *t, enum task_state state, enum vfs_fs_op op,
                                    uint32_t mount, uint64_t node)
{
    t->state = state;
    t->mount = mount;
    memset(&t->fs_req, 0, sizeof t->fs_req);
    t->fs_req.op = op;
    t->fs_req.node = node;
    return &t->fs_req;
}

static uint32_t task_id(const struct vfs *v, const struct task *t)
{
    return t->generation << 16 | ((uint32_t)(t - v->task) + 1);
}

static int task_submit(struct vfs *v, struct task *t)
{
    const struct mount *m = &v->mount[t->mount];

    memset(&t->fs_reply, 0, sizeof t->fs_reply);
    if (!m->used || m->lost) return FSC_ESTALE;
    return m->ops->submit(m->fs, task_id(v, t), &t->fs_req, &t->fs_reply);
}

static int task_resume(struct vfs *v, struct task *t, int error)
{
    if (t->state == T_CREATE_OPEN || t->state == T_OPEN || t->state == T_FINAL)
        return ops_resume(v, t, error);
    return walk_resume(v, t, error);
}

/* Goes on as long as filesystems answer at once. */
static int task_run(struct vfs *v, struct task *t, int step)
{
    while (step == STEP_SUBMIT) {
        int e = task_submit(v, t);

        if (e == VFS_PENDING) {
            t->waiting = true;
            return VFS_PENDING;
        }
        step = session_find(v, t->session) || t->state == T_OPEN ? task_resume(v, t, e) : FSC_EBADF;
    }
    return step;
}

static void task_end(struct vfs *v, struct task *t, int error)
{
    if (t->handle != 0 && (error != FSC_OK || !session_find(v, t->session)))
        handle_release(v, t->handle);
    t->used = false;
    t->generation = (t->generation + 1) & 0xffff;
}

int vfs_start(struct vfs *v, uint32_t session, const struct vfs_request *q, uint64_t token,
              struct vfs_result *r)
{
    struct task *t = NULL;
    int e;

    if (!session_find(v, session)) return FSC_EBADF;
    for (uint32_t i = 0; i < v->config.tasks && !t; i++)
        if (!v->task[i].used) t = &v->task[i];
    if (!t) return FSC_EAGAIN;
    t->used = true;
    t->waiting = false;
    t->session = session;
    t->token = token;
    t->handle = 0;
    t->stage = 0;
    t->req = *q;
    memset(&t->result, 0, sizeof t->result);
    e = task_run(v, t, ops_begin(v, t));
    if (e == VFS_PENDING) return e;
    if (e == FSC_OK) *r = t->result;
    task_end(v, t, e);
    return e;
}

void vfs_complete(struct vfs *v, uint32_t id, int error, const struct vfs_fs_reply *r)
{
    uint32_t i = (id & 0xffff) - 1;
    struct task *t;
    int e;

    if ((id & 0xffff) == 0 || i >= v->config.tasks) return;
    t = &v->task[i];
    if (!t->used || !t->waiting || t->generation != id >> 16 || error < 0) return;
    t->waiting = false;
    if (r) t->fs_reply = *r;
    if (error == FSC_OK && !r) error = FSC_EIO;
    e = session_find(v, t->session) || t->state == T_OPEN ? task_resume(v, t, error) : FSC_EBADF;
    e = task_run(v, t, e);
    if (e == VFS_PENDING) return;
    if (session_find(v, t->session)) {
        struct vfs_result result = t->result;
        uint64_t token = t->token;

        task_end(v, t, e);
        v->config.done(v->config.ctx, token, e, &result);
    } else {
        task_end(v, t, e);
    }
}
