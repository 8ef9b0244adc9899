/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside fsbind: one filesystem behind three bindings.
 *
 *      vfs --- vnode ---\
 *      client - Volume ---> open files (fsopen) --> struct fsbind_ops
 *            \-- File --/
 *
 * An object of interface File has its record as `self` and holds it once.
 */
#ifndef FSBIND_BIND_H
#define FSBIND_BIND_H

#include "fsbind.h"

#define BIND_SESSIONS 136u
#define BIND_FILES 1024u
#define BIND_OBJECTS_EACH 128u /* files that one client may have here at a time */
#define BIND_ENTRIES 128u

extern const struct fsbind_ops *bind_ops;
extern struct fsopen_table bind_files;

extern uint64_t bind_born; /* ns since start: when this life began */

/* bind_vnode.c */
extern const struct fipc_binding bind_vnode;

/* bind_file.c */
extern const struct fipc_binding bind_file, bind_volume;
/* One holder of the file less. */
void bind_drop(struct fsopen *o);
/* A client's bytes go to the file, straight from the lane where the filesystem can. */
fut_err bind_write(struct fsopen *o, struct fipc_req *r, uint64_t offset, bool append,
                   const struct fipc_view *data, uint32_t *count);
fut_err bind_statfs(void *self, struct fipc_req *r, struct fs_statfs *stat);

/* bind_serve.c */
/* The Volume session of a component; NULL: it has none. */
struct fipc_session *bind_session(uint32_t component);

#endif
