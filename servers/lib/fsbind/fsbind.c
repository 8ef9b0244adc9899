/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes and entries between the cores' structs and futura.fs. */
#include <string.h>

#include "component.h"
#include "fsbind.h"

_Static_assert(FSOPEN_RIGHT_READ == FS_FILE_RIGHTS_READ &&
                   FSOPEN_RIGHT_WRITE == FS_FILE_RIGHTS_WRITE &&
                   FSOPEN_RIGHT_MODE == FS_FILE_RIGHTS_MODE &&
                   FSOPEN_RIGHT_OWNER == FS_FILE_RIGHTS_OWNER &&
                   FSOPEN_RIGHT_SHARE == FS_FILE_RIGHTS_SHARE,
               "rights of records are those of futura.fs");

static struct fs_time time_to(struct fsc_time t)
{
    return (struct fs_time){.sec = t.sec, .nsec = t.nsec};
}

static struct fsc_time time_back(struct fs_time t)
{
    return (struct fsc_time){.sec = t.sec, .nsec = t.nsec};
}

void fsbind_attr(struct fs_attr *to, const struct fsc_attr *from)
{
    memset(to, 0, sizeof *to);
    to->ino = from->ino;
    to->size = from->size;
    to->blocks = from->blocks;
    to->rdev = from->rdev;
    to->atime = time_to(from->atime);
    to->mtime = time_to(from->mtime);
    to->ctime = time_to(from->ctime);
    to->mode = from->mode;
    to->kind = from->kind;
    to->nlink = from->nlink;
    to->uid = from->uid;
    to->gid = from->gid;
}

void fsbind_attr_back(struct fsc_attr *to, const struct fs_attr *from)
{
    memset(to, 0, sizeof *to);
    to->ino = from->ino;
    to->size = from->size;
    to->blocks = from->blocks;
    to->rdev = from->rdev;
    to->atime = time_back(from->atime);
    to->mtime = time_back(from->mtime);
    to->ctime = time_back(from->ctime);
    to->mode = from->mode;
    to->kind = (uint8_t)from->kind;
    to->nlink = from->nlink;
    to->uid = from->uid;
    to->gid = from->gid;
}

void fsbind_statfs(struct fs_statfs *to, const struct fsc_statfs *from)
{
    memset(to, 0, sizeof *to);
    to->block = (uint32_t)from->block_size;
    to->name_max = from->name_max;
    to->blocks = from->blocks;
    to->free = from->blocks_free;
    to->files = from->files;
    to->files_free = from->files_free;
}

struct fs_dirent *fsbind_dirents(struct fipc_req *r, const struct fsc_dirent *from, uint32_t count)
{
    struct fs_dirent *to = fipc_req_alloc(r, count * sizeof *to);
    uint32_t i;

    for (i = 0; to != NULL && i < count; i++) {
        uint8_t *name = fipc_req_alloc(r, from[i].name_len);

        if (name == NULL) return NULL;
        memset(&to[i], 0, sizeof to[i]);
        memcpy(name, from[i].name, from[i].name_len);
        to[i].ino = from[i].ino;
        to[i].next = from[i].next;
        to[i].kind = from[i].kind;
        to[i].name.data = name;
        to[i].name.len = from[i].name_len;
    }
    return to;
}

fut_err fsbind_share(struct fipc_session *session, const struct fipc_binding *binding,
                     struct fsopen *o, uint32_t rights, uint64_t *ticket)
{
    uint32_t *missing = &session->server->req.detail;
    fut_err e = (fut_err)fsopen_may_share(o, rights, missing);

    if (e != FUT_OK) return e;
    e = component_share(session, binding, o->handle, rights != 0 ? rights : fsopen_rights(o),
                        ticket);
    if (e == FUT_OK) fsopen_depart(o);
    return e;
}

struct fsopen *fsbind_shared(struct fsopen_table *t, struct fsopen *o, uint32_t rights,
                             void (*drop)(struct fsopen *o))
{
    struct fsopen *narrow;

    fsopen_arrive(o);
    if ((fsopen_rights(o) & ~rights) == 0) return o; /* so it is for COMPONENT_ALL_RIGHTS */
    narrow = fsopen_narrow(t, o, rights);
    if (narrow == NULL) drop(o);
    return narrow;
}

void fsbind_set(struct fsc_set *set, const uint16_t *mode, const uint32_t *uid, const uint32_t *gid,
                const struct fs_time *atime, const struct fs_time *mtime)
{
    memset(set, 0, sizeof *set);
    set->mask = (mode ? FSC_SET_MODE : 0) | (uid ? FSC_SET_UID : 0) | (gid ? FSC_SET_GID : 0) |
                (atime ? FSC_SET_ATIME : 0) | (mtime ? FSC_SET_MTIME : 0);
    set->mode = mode ? *mode : 0;
    set->uid = uid ? *uid : 0;
    set->gid = gid ? *gid : 0;
    if (atime != NULL) set->atime = time_back(*atime);
    if (mtime != NULL) set->mtime = time_back(*mtime);
}
