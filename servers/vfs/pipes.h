/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, served as futura.fs/1.Pipe: readers and writers wait by deferred replies. */
#ifndef VFS_PIPES_H
#define VFS_PIPES_H

#include "component.h"
#include "fipc/server.h"
#include "fs.h"

/* Of the server: its sessions, and a zeroed bell for each. */
void pipes_init(struct component_bell *bells, const struct fipc_session *sessions);

/* Directory.pipe: two objects of the session. ENFILE: too many pipes. */
fut_err pipes_make(void *self, struct fipc_req *r, uint32_t *reader, uint32_t *writer);

/* A ticket holds an end too; whoever redeemed one holds it (a copy of such a connection is one
 * holder more). False: there is no such end. */
bool pipes_depart(void *self);
bool pipes_arrive(void *self);

/* An end as the root of a session of its own. */
extern const struct fipc_binding pipes_binding;

/* The session ends: its waiting calls are forgotten. */
void pipes_forget(struct fipc_session *session);

#endif
