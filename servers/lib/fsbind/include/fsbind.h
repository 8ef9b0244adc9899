/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the file servers' mains share: attributes between the cores' structs and futura.fs, the
 * cores' environment, and the whole binding of a filesystem: futura.vnode for vfs, futura.fs/1.File
 * and Volume for clients, open files, tickets.
 *
 *      static const struct fsbind_ops ops = {.lookup = ..., .read = ...};
 *      component_start();  ...make the core...
 *      fsbind_serve(&ops);
 */
#ifndef FSBIND_H
#define FSBIND_H

#include "fipc/server.h"
#include "fs.h"
#include "fscore.h"
#include "fsopen.h"

void fsbind_attr(struct fs_attr *to, const struct fsc_attr *from);
void fsbind_attr_back(struct fsc_attr *to, const struct fs_attr *from);
void fsbind_statfs(struct fs_statfs *to, const struct fsc_statfs *from);

/* Directory entries as the interface wants them: names are copied into the request's arena. NULL:
 * no room. */
struct fs_dirent *fsbind_dirents(struct fipc_req *r, const struct fsc_dirent *from, uint32_t count);

/* What set_attr with these optional values changes. */
void fsbind_set(struct fsc_set *set, const uint16_t *mode, const uint32_t *uid, const uint32_t *gid,
                const struct fs_time *atime, const struct fs_time *mtime);

/* For hooks.share of whoever serves open files as futura.fs/1.File: a ticket for the record, which
 * holds it, with these of its rights (0: all). */
fut_err fsbind_share(struct fipc_session *session, const struct fipc_binding *binding,
                     struct fsopen *o, uint32_t rights, uint64_t *ticket);
/* What the redeemer of such a ticket gets: the record, or a narrower one. NULL: there is no room,
 * and the ticket's holding was dropped. */
struct fsopen *fsbind_shared(struct fsopen_table *t, struct fsopen *o, uint32_t rights,
                             void (*drop)(struct fsopen *o));

/* Memory from malloc, time from the wall clock (seconds since start where nobody set it),
 * randomness from capmgr; where the board gave no seed, numbers that can be guessed, and the log
 * says so. A device of random bytes must not be made of it. */
extern const struct fsc_env fsbind_env;

/*
 * A filesystem. Functions answer FSC_OK or an error number and never wait. A record of an open file
 * carries its node, how it was opened, and `state`, which is the filesystem's. Optional functions:
 * without create, link, unlink and rename nothing can be changed (EROFS), without readlink there
 * are no symbolic links, without close, sync, map and terminal there is nothing to do or to have.
 */
struct fsbind_ops {
    void (*refresh)(void); /* optional: before nodes are looked at */
    int (*lookup)(uint64_t dir, const char *name, size_t len, struct fsc_attr *attr);
    int (*parent)(uint64_t dir, struct fsc_attr *attr);
    int (*stat)(uint64_t node, struct fsc_attr *attr);
    int (*set_attr)(uint64_t node, const struct fsc_set *set);
    void (*statfs)(struct fsc_statfs *out);
    /* `n` is the new node; its ino is not set. */
    int (*create)(uint64_t dir, const char *name, size_t len, const struct fsc_attr *n,
                  const char *target, size_t target_len, struct fsc_attr *attr);
    int (*link)(uint64_t node, uint64_t dir, const char *name, size_t len);
    int (*unlink)(uint64_t dir, const char *name, size_t len, bool directory);
    int (*rename)(uint64_t dir, const char *name, size_t len, uint64_t to, const char *new,
                  size_t new_len, bool replace);
    int (*readlink)(uint64_t node, const char **target, size_t *len);
    int (*readdir)(uint64_t dir, uint64_t cookie, struct fsc_dirent *out, uint32_t cap,
                   uint32_t *count, bool *end);
    /* The record is filled in but for `state`; `attr` is what stat said; FSC_O_TRUNC is in `how`
     * too. */
    int (*open)(struct fsopen *o, const struct fsc_attr *attr);
    void (*close)(struct fsopen *o);
    int (*read)(struct fsopen *o, uint64_t offset, void *out, uint32_t len, uint32_t *got);
    int (*write)(struct fsopen *o, uint64_t offset, bool append, const void *data, uint32_t len,
                 uint32_t *put);
    /* Optional: the same of bytes that still are in a client's lane. */
    int (*write_from)(struct fsopen *o, uint64_t offset, bool append, const struct fsc_source *from,
                      uint32_t len, uint32_t *put);
    /* Pages of the file for the client with that badge: a ticket for them. */
    fut_err (*map)(struct fsopen *o, uint64_t badge, uint64_t offset, uint64_t length,
                   uint64_t *ticket);
    /* The file is a terminal: a ticket for it for the client with that badge (0: none is wanted).
     * EOPNOTSUPP: it is no terminal. */
    fut_err (*terminal)(const struct fsopen *o, uint64_t badge, uint64_t *ticket);
};

/* Serves the filesystem as the component's only offer, for ever. */
void fsbind_serve(const struct fsbind_ops *ops) __attribute__((noreturn));

#endif
