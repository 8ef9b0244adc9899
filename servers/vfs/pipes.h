/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes, served as futura.fs/1.Pipe: readers and writers wait by deferred replies. */
#ifndef VFS_PIPES_H
#define VFS_PIPES_H

#include "component.h"
#include "fipc/server.h"
#include "fs.h"

/* Of the server: its sessions, a zeroed bell for each, its objects. */
struct pipes_tables {
    struct component_bell *bells;
    const struct fipc_session *sessions;
    uint32_t nsessions;
    const struct fipc_object *objects;
    uint32_t nobjects, objects_each;
};
void pipes_init(const struct pipes_tables *tables);

/* Directory.pipe: two objects of the session. EMFILE: the client has too many pipes or objects,
 * ENFILE: all have; the limit is the detail. */
fut_err pipes_make(void *self, struct fipc_req *r, uint32_t *reader, uint32_t *writer);

/* A ticket holds an end too, with these of the asker's rights (0: all). EPERM: it lacks some, the
 * detail says which. EINVAL: there are no such rights. */
fut_err pipes_share(struct fipc_session *session, void *self, uint32_t rights, uint64_t *ticket);
/* What whoever redeemed it has then (a copy of such a connection is one holder more). NULL: there
 * is no such end. */
void *pipes_shared(uintptr_t cookie, uint32_t rights);

/* An end as the root of a session of its own. */
extern const struct fipc_binding pipes_binding;

/* The client asks for the end of a call: if it waits, it is answered ECANCELED. */
void pipes_cancel(const struct fipc_session *session, uint32_t slot, uint32_t seq);

/* The session ends: its waiting calls are answered and forgotten. */
void pipes_forget(struct fipc_session *session);

#endif
