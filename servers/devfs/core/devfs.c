/* SPDX-License-Identifier: Apache-2.0 */
/* The device directory. Inode number = 1 for the directory, then 2.. in the order of `nodes`. */
#include "devfs.h"

#include <string.h>

enum { NODE_NULL = 2, NODE_ZERO, NODE_FULL, NODE_RANDOM, NODE_CONSOLE, NODE_END };

/* Device numbers as programs expect them: major << 8 | minor. */
static const struct {
    const char *name;
    uint16_t rdev, mode;
} nodes[DEVFS_NODES] = {{"null", 0x103, 0666},
                        {"zero", 0x105, 0666},
                        {"full", 0x107, 0666},
                        {"random", 0x108, 0666},
                        {"console", 0x501, 0620}};

void devfs_init(struct devfs *d, const struct fsc_env *env, const struct devfs_backend *backend)
{
    memset(d, 0, sizeof *d);
    d->env = *env;
    d->backend = *backend;
    d->born = env->now(env->ctx);
    d->mode[0] = 0755;
    for (uint32_t i = 0; i < DEVFS_NODES; i++)
        d->mode[i + 1] = nodes[i].mode;
    for (uint32_t i = 0; i <= DEVFS_NODES; i++)
        d->mtime[i] = d->born;
}

int devfs_stat(const struct devfs *d, uint64_t ino, struct fsc_attr *attr)
{
    uint64_t i = ino - DEVFS_ROOT_INO;

    if (ino < DEVFS_ROOT_INO || ino >= NODE_END) return FSC_ESTALE;
    memset(attr, 0, sizeof *attr);
    attr->ino = ino;
    attr->kind = i == 0 ? FSC_DIR : FSC_CHAR;
    attr->nlink = i == 0 ? 2 : 1;
    attr->size = i == 0 ? DEVFS_NODES : 0;
    attr->rdev = i == 0 ? 0 : nodes[i - 1].rdev;
    attr->mode = d->mode[i];
    attr->uid = d->uid[i];
    attr->gid = d->gid[i];
    attr->ctime = attr->atime = d->born;
    attr->mtime = d->mtime[i];
    return FSC_OK;
}

static int dir_check(uint64_t dir)
{
    if (dir == DEVFS_ROOT_INO) return FSC_OK;
    return dir < NODE_END && dir != 0 ? FSC_ENOTDIR : FSC_ESTALE;
}

int devfs_lookup(const struct devfs *d, uint64_t dir, const char *name, size_t len,
                 struct fsc_attr *attr)
{
    int e = dir_check(dir);

    if (e == FSC_OK) e = fsc_name_check(name, len);
    if (e != FSC_OK) return e;
    for (uint32_t i = 0; i < DEVFS_NODES; i++)
        if (strlen(nodes[i].name) == len && memcmp(nodes[i].name, name, len) == 0)
            return devfs_stat(d, NODE_NULL + i, attr);
    return FSC_ENOENT;
}

int devfs_set_attr(struct devfs *d, uint64_t ino, const struct fsc_set *set)
{
    uint64_t i = ino - DEVFS_ROOT_INO;

    if (ino < DEVFS_ROOT_INO || ino >= NODE_END) return FSC_ESTALE;
    if ((set->mask & FSC_SET_SIZE) && i == 0) return FSC_EISDIR;
    if ((set->mask & FSC_SET_MTIME) && set->mtime.nsec > 999999999) return FSC_EINVAL;
    if (set->mask & FSC_SET_MODE) d->mode[i] = set->mode & 07777;
    if (set->mask & FSC_SET_UID) d->uid[i] = set->uid;
    if (set->mask & FSC_SET_GID) d->gid[i] = set->gid;
    if (set->mask & FSC_SET_MTIME) d->mtime[i] = set->mtime;
    return FSC_OK;
}

int devfs_readdir(const struct devfs *d, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                  uint32_t cap, uint32_t *count, bool *end)
{
    uint64_t i = cookie;
    uint32_t k = 0;
    int e = dir_check(dir);

    (void)d;
    if (e != FSC_OK) return e;
    for (; i < DEVFS_NODES && k < cap; i++, k++) {
        out[k].ino = NODE_NULL + i;
        out[k].next = i + 1;
        out[k].kind = FSC_CHAR;
        out[k].name_len = (uint16_t)strlen(nodes[i].name);
        memcpy(out[k].name, nodes[i].name, out[k].name_len);
    }
    *count = k;
    *end = i >= DEVFS_NODES;
    return FSC_OK;
}

int devfs_read(struct devfs *d, uint64_t ino, void *out, uint32_t len, uint32_t *got)
{
    *got = 0;
    switch (ino) {
    case DEVFS_ROOT_INO: return FSC_EISDIR;
    case NODE_NULL: return FSC_OK;
    case NODE_ZERO:
    case NODE_FULL:
        memset(out, 0, len);
        *got = len;
        return FSC_OK;
    case NODE_RANDOM:
        d->env.random(d->env.ctx, out, len);
        *got = len;
        return FSC_OK;
    case NODE_CONSOLE:
        return d->backend.read ? d->backend.read(d->backend.ctx, out, len, got) : FSC_ENXIO;
    default: return FSC_ESTALE;
    }
}

int devfs_write(struct devfs *d, uint64_t ino, const void *data, uint32_t len, uint32_t *put)
{
    *put = 0;
    switch (ino) {
    case DEVFS_ROOT_INO: return FSC_EISDIR;
    case NODE_RANDOM:
        if (d->backend.stir) d->backend.stir(d->backend.ctx, data, len);
        break;
    case NODE_NULL:
    case NODE_ZERO: break;
    case NODE_FULL: return len ? FSC_ENOSPC : FSC_OK;
    case NODE_CONSOLE:
        return d->backend.write ? d->backend.write(d->backend.ctx, data, len, put) : FSC_ENXIO;
    default: return FSC_ESTALE;
    }
    d->mtime[ino - DEVFS_ROOT_INO] = d->env.now(d->env.ctx);
    *put = len;
    return FSC_OK;
}

uint32_t devfs_poll(struct devfs *d, uint64_t ino, uint32_t mask, uint64_t token)
{
    if (ino == NODE_CONSOLE)
        return d->backend.poll ? d->backend.poll(d->backend.ctx, mask, token) : 0;
    if (ino < NODE_NULL || ino >= NODE_END) return 0;
    return mask & (FSC_READABLE | FSC_WRITABLE);
}

bool devfs_is_terminal(uint64_t ino) { return ino == NODE_CONSOLE; }
