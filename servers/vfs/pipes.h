/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, served as futura.fs/1.Pipe: readers and writers wait by deferred replies. */
#ifndef VFS_PIPES_H
#define VFS_PIPES_H

#include "fipc/server.h"
#include "fs.h"

/* Directory.pipe: two objects of the session. ENFILE: too many pipes. */
fut_err pipes_make(void *self, struct fipc_req *r, uint32_t *reader, uint32_t *writer);

/* One more user of an end (a ticket for it); false: no such end. */
bool pipes_keep(void *self);

/* An end as the root of a session of its own. */
extern const struct fipc_binding pipes_binding;

/* The session ends: its waiting calls are forgotten. */
void pipes_forget(struct fipc_session *session);

#endif
