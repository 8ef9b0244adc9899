/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions and open files. Numbers carry a generation: a handle that was closed and a session that
 * is over answer FSC_EBADF even if their places are used again.
 */
#include "vfs_impl.h"

#include <string.h>

static void *new_table(const struct vfs_config *c, size_t count, size_t size)
{
    void *p = c->env.alloc(c->env.ctx, count * size);

    if (p) memset(p, 0, count * size);
    return p;
}

static void free_table(const struct vfs_config *c, void *p, size_t size)
{
    if (p) c->env.free(c->env.ctx, p, size);
}

struct vfs *vfs_new(const struct vfs_config *c)
{
    struct vfs *v;

    if (c->handles == 0 || c->handles > 65535 || c->tasks == 0 || c->tasks > 65535 ||
        c->sessions == 0 || c->sessions > 65535)
        return NULL;
    v = new_table(c, 1, sizeof *v);
    if (!v) return NULL;
    v->config = *c;
    v->session = new_table(c, c->sessions, sizeof *v->session);
    v->handle = new_table(c, c->handles, sizeof *v->handle);
    v->task = new_table(c, c->tasks, sizeof *v->task);
    if (v->session && v->handle && v->task) return v;
    vfs_delete(v);
    return NULL;
}

void vfs_delete(struct vfs *v)
{
    struct vfs_config c = v->config;

    for (uint32_t i = 0; v->session && v->handle && v->task && i < c.sessions; i++)
        if (v->session[i].used) vfs_session_close(v, v->session[i].generation << 16 | (i + 1));
    free_table(&c, v->session, c.sessions * sizeof *v->session);
    free_table(&c, v->handle, c.handles * sizeof *v->handle);
    free_table(&c, v->task, c.tasks * sizeof *v->task);
    c.env.free(c.env.ctx, v, sizeof *v);
}

struct session *session_find(const struct vfs *v, uint32_t id)
{
    uint32_t i = (id & 0xffff) - 1;

    if ((id & 0xffff) == 0 || i >= v->config.sessions || !v->session[i].used ||
        v->session[i].generation != id >> 16)
        return NULL;
    return &v->session[i];
}

int vfs_session_open(struct vfs *v, uint32_t uid, uint32_t gid, const uint32_t *groups, uint32_t n,
                     uint32_t *session)
{
    uint32_t i = 0;
    struct session *s;

    if (n > VFS_GROUPS_MAX) return FSC_EINVAL;
    while (i < v->config.sessions && v->session[i].used)
        i++;
    if (i == v->config.sessions) return FSC_EMFILE;
    s = &v->session[i];
    s->used = true;
    s->uid = uid;
    s->gid = gid;
    s->groups = n;
    for (uint32_t k = 0; k < n; k++)
        s->group[k] = groups[k];
    s->root_mount = 0;
    s->root_ino = v->mount[0].root;
    *session = s->generation << 16 | (i + 1);
    return FSC_OK;
}

void vfs_session_close(struct vfs *v, uint32_t id)
{
    struct session *s = session_find(v, id);

    if (!s) return;
    for (uint32_t i = 0; i < v->config.handles; i++)
        if (v->handle[i].used && v->handle[i].open && v->handle[i].session == id)
            handle_release(v, (uint32_t)v->handle[i].generation << 16 | (i + 1));
    s->used = false;
    s->generation = (s->generation + 1) & 0xffff;
}

static struct handle *handle_at(const struct vfs *v, uint32_t id)
{
    uint32_t i = (id & 0xffff) - 1;

    if ((id & 0xffff) == 0 || i >= v->config.handles || !v->handle[i].used ||
        v->handle[i].generation != id >> 16)
        return NULL;
    return &v->handle[i];
}

struct handle *handle_find(const struct vfs *v, uint32_t session, uint32_t id, int *error)
{
    struct handle *h = handle_at(v, id);

    if (!h || !h->open || h->session != session) {
        *error = FSC_EBADF;
        return NULL;
    }
    *error = h->stale ? FSC_ESTALE : FSC_OK;
    return h->stale ? NULL : h;
}

uint32_t handle_reserve(struct vfs *v, uint32_t session)
{
    for (uint32_t i = 0; i < v->config.handles; i++) {
        struct handle *h = &v->handle[i];

        if (h->used) continue;
        h->used = true;
        h->open = h->stale = false;
        h->session = session;
        return (uint32_t)h->generation << 16 | (i + 1);
    }
    return 0;
}

void fs_close(struct vfs *v, uint32_t mount, uint64_t fs_handle)
{
    const struct vfs_fs_request q = {.op = VFS_FS_CLOSE, .handle = fs_handle};
    struct vfs_fs_reply r;

    v->mount[mount].ops->submit(v->mount[mount].fs, 0, &q, &r);
}

void handle_release(struct vfs *v, uint32_t id)
{
    struct handle *h = handle_at(v, id);

    if (!h) return;
    if (h->open) {
        v->mount[h->mount].opens--;
        if (!h->stale) fs_close(v, h->mount, h->fs_handle);
    }
    h->used = h->open = false;
    h->generation++;
}

int vfs_close(struct vfs *v, uint32_t session, uint32_t id)
{
    int e;

    if (!handle_find(v, session, id, &e) && e != FSC_ESTALE) return e;
    handle_release(v, id);
    return FSC_OK;
}

int vfs_where(const struct vfs *v, uint32_t session, uint32_t id, struct vfs_where *out)
{
    int e;
    const struct handle *h = handle_find(v, session, id, &e);

    if (!h) return e;
    *out = (struct vfs_where){h->mount, h->how, h->fs_handle, h->ino, h->kind};
    return FSC_OK;
}

void vfs_usage(const struct vfs *v, uint32_t *tasks, uint32_t *handles)
{
    *tasks = *handles = 0;
    for (uint32_t i = 0; i < v->config.tasks; i++)
        *tasks += v->task[i].used;
    for (uint32_t i = 0; i < v->config.handles; i++)
        *handles += v->handle[i].used;
}
