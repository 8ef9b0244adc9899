/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device directory, OS-neutral: one flat directory of `null zero full random console`.
 *
 *   null     reads end of file, takes every write
 *   zero     reads zeros, takes every write
 *   full     reads zeros, every write is FSC_ENOSPC
 *   random   reads unpredictable bytes from the environment; a write is mixed in (`stir`)
 *   console  a terminal (`devfs_is_terminal`), which a binding sends its opener on to; who reads or
 *            writes it here all the same gets the backend, if there is one
 *
 * Nothing waits. The node set and the inode numbers are fixed, so a restarted devfs is the old one.
 */
#ifndef DEVFS_H
#define DEVFS_H

#include "fscore.h"

#define DEVFS_ROOT_INO 1u

/* What lies behind /dev/console, and random's pool. Absent functions: FSC_ENXIO; stir: ignored.
 * `poll` answers readiness and, for a token that is not 0, tells the backend to report once through
 * whatever the binding uses when a bit of `mask` becomes ready. */
struct devfs_backend {
    void *ctx;
    int (*read)(void *ctx, void *out, uint32_t len, uint32_t *got);
    int (*write)(void *ctx, const void *data, uint32_t len, uint32_t *put);
    uint32_t (*poll)(void *ctx, uint32_t mask, uint64_t token);
    void (*stir)(void *ctx, const void *data, uint32_t len);
};

#define DEVFS_NODES 5u
struct devfs {
    struct fsc_env env;
    struct devfs_backend backend;
    struct fsc_time born, mtime[DEVFS_NODES + 1];
    uint32_t uid[DEVFS_NODES + 1], gid[DEVFS_NODES + 1];
    uint16_t mode[DEVFS_NODES + 1];
};

/* Neither allocates; `env` needs `now` and `random` only. */
void devfs_init(struct devfs *d, const struct fsc_env *env, const struct devfs_backend *backend);

int devfs_lookup(const struct devfs *d, uint64_t dir, const char *name, size_t len,
                 struct fsc_attr *attr);
int devfs_stat(const struct devfs *d, uint64_t ino, struct fsc_attr *attr);
/* Mode, owner and times; FSC_EINVAL for a size of the directory, else a size is ignored as POSIX
 * does for devices. */
int devfs_set_attr(struct devfs *d, uint64_t ino, const struct fsc_set *set);
int devfs_readdir(const struct devfs *d, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                  uint32_t cap, uint32_t *count, bool *end);
/* Offsets mean nothing to devices. */
int devfs_read(struct devfs *d, uint64_t ino, void *out, uint32_t len, uint32_t *got);
int devfs_write(struct devfs *d, uint64_t ino, const void *data, uint32_t len, uint32_t *put);
/* The node stands for a terminal that another server has. */
bool devfs_is_terminal(uint64_t ino);
/* Readiness now; see devfs_backend.poll for the token. 0 for what is not there. */
uint32_t devfs_poll(struct devfs *d, uint64_t ino, uint32_t mask, uint64_t token);

#endif
