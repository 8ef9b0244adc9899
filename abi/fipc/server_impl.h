/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the server runtime share. */
#ifndef SERVER_IMPL_H
#define SERVER_IMPL_H
#include "fipc/server.h"

/* Sends the reply that the next receive would have sent. */
void server_flush(struct fipc_server *s);
void server_objects_init(struct fipc_server *s);
void server_objects_drop(struct fipc_session *n);
fut_err server_runtime_ordinal(struct fipc_req *r);
/* Handles an asynchronous call whose words are in private memory. */
void server_async(struct fipc_session *n, uint32_t slot, const uint64_t w[5]);
/* Puts a reply into the lane and rings the client. */
void server_async_answer(struct fipc_session *n, uint32_t slot, uint32_t seq, const uint64_t w[5]);
/* The slot is idle again, and the client may know. */
void server_slot_done(struct fipc_session *n, uint32_t slot, uint32_t seq);
/* The next call finds its target anew. */
FIPC_INLINE void server_forget(struct fipc_server *s) { s->ready.badge = FIPC_NO_BADGE; }
/* Calls the hook of every session that is broken since. Only between messages. */
void server_break_told(struct fipc_server *s);
struct fipc_session *server_session_slow(struct fipc_server *s, uint64_t badge);

/* Sessions lie at the hash of their badge, or after it. */
FIPC_INLINE struct fipc_session *server_session(struct fipc_server *s, uint64_t badge)
{
    struct fipc_session *n = &s->config.sessions[badge & s->mask];

    if (FIPC_LIKELY(n->badge == badge && badge)) return n;
    return server_session_slow(s, badge);
}

#endif
