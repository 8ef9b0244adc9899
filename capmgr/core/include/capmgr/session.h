/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections: from a client's wish to the server's last acknowledgement.
 *
 *              connect            accept              accepted ok
 *   FREE ----> WAITING ---------> OFFERED ----------> OPEN
 *                 |   server died    |    server died   |  \ client closes or dies
 *                 |<-----------------+      refused or |   v
 *                 | client gone      | client gone      |  CLOSING -- closed --> ACKING
 *                 v                  v                  v        server died       |
 *                FREE               GONE              DEAD                     close_ack
 *                                 (accepted)        (client closes)               |
 *                                    v                  v                         v
 *                                   FREE               FREE                      FREE
 *
 * A session waits at a *service* (an offerer that may be down and come back: its number in the
 * manifest, or above them a number of the owner's) and belongs to a server instance once offered.
 * Waiting and closed ones are FIFO lists a service; every session is on its client's list. Badges
 * are `index:16 | serial:48`, the serial never used twice, so a stale badge is noticed.
 *
 * A session whose client is gone (GONE, CLOSING, ACKING) waits for its server's word. These stand
 * on one list in the order of their clients' going, so that the oldest is looked at alone.
 */
#ifndef CAPMGR_SESSION_H
#define CAPMGR_SESSION_H

#include "capmgr/base.h"

#define SESSION_SERVICES 256u
#define SESSION_CLIENTS 256u

enum session_state {
    SESSION_FREE = 0,
    SESSION_WAITING, /* the client waits; the server has not looked yet */
    SESSION_OFFERED, /* the server has seen it */
    SESSION_OPEN,    /* the client holds the capability */
    SESSION_GONE,    /* the client went while it was offered: ends at accepted */
    SESSION_CLOSING, /* the client is gone; `closed` will tell the server */
    SESSION_ACKING,  /* told; ends at close_ack */
    SESSION_DEAD,    /* the server is gone; ends when the client closes */
};

struct session {
    uint64_t badge;
    uint32_t client;  /* client slot (list), CM_NONE once the client is gone */
    uint32_t service; /* where it waits or is served */
    uint32_t offer, use;
    uint32_t next, prev;         /* in the service's list of its state */
    uint32_t own_next, own_prev; /* in the client's list */
    uint32_t due_next, due_prev; /* in the list of those whose server owes a word */
    uint64_t since;              /* when the client went */
    bool due;
    uint8_t state;
    uint8_t list; /* which list of the service */
};

enum session_list {
    SESSION_LIST_WAITING = 0,
    SESSION_LIST_SERVED,
    SESSION_LIST_CLOSED,
    SESSION_LISTS
};

struct session_queue {
    uint32_t first, last;
};

struct sessions {
    struct session *session;
    uint32_t count, free, used;
    uint64_t serial;
    struct session_queue queue[SESSION_SERVICES][SESSION_LISTS];
    uint32_t own[SESSION_CLIENTS];
    struct session_queue due;
};

/* count <= 65,536. */
void sessions_init(struct sessions *s, struct session *session, uint32_t count);

/* A wish to connect: WAITING. CM_EAGAIN: no record is free. */
enum cm_err session_open(struct sessions *s, uint32_t client, uint32_t service, uint32_t offer,
                         uint32_t use, uint32_t *out);

/* The oldest that waits at a service, or CM_NONE. */
uint32_t session_waiting(const struct sessions *s, uint32_t service);

/* The oldest that waits at a service becomes OFFERED; CM_NONE: none waits. */
uint32_t session_accept(struct sessions *s, uint32_t service);

/* The session of a badge at this service, whatever its state; CM_NONE: stale or foreign. */
uint32_t session_find(const struct sessions *s, uint32_t service, uint64_t badge);

/* The server's decision. OFFERED becomes OPEN (ok) or FREE; GONE becomes FREE: CM_ENOENT. Otherwise
 * CM_EINVAL. */
enum cm_err session_decide(struct sessions *s, uint32_t index, bool ok);

/* The client closes or dies at time `now` (never less than before). Says what the state became:
 * FREE (it only waited, or its server was dead), GONE, CLOSING; or the state itself when there is
 * nothing to do. */
enum session_state session_leave(struct sessions *s, uint32_t index, uint64_t now);

/* The next session whose server has owed its word for `limit` or longer; each is told once.
 * CM_NONE: none. */
uint32_t session_overdue(struct sessions *s, uint64_t now, uint64_t limit);

/* Since when the oldest has been owed that was not told; false: none is. */
bool session_is_due(const struct sessions *s, uint64_t *since);

/* The server takes the oldest closed one: ACKING. CM_NONE: none. */
uint32_t session_take_closed(struct sessions *s, uint32_t service);

/* The server forgot it: FREE. False if it is not ACKING. */
bool session_acknowledge(struct sessions *s, uint32_t index);

/* The server instance died: the next session of its to settle, and what became of it: WAITING (it
 * was offered and waits for the next instance), DEAD (it was open), FREE (its client was gone).
 * False when none is left. */
bool session_server_died(struct sessions *s, uint32_t service, uint32_t *index,
                         enum session_state *became);

/* The server wants no more of an OPEN one: DEAD, as if the server had died for it alone. Otherwise
 * CM_EINVAL; CM_ENOENT: its client is gone already, which the server is told or has been. */
enum cm_err session_refuse(struct sessions *s, uint32_t index);

/* First of a client's sessions, or CM_NONE; go on by `own_next`. */
uint32_t session_first_of(const struct sessions *s, uint32_t client);

bool session_is_waited_for(const struct sessions *s, uint32_t service);
bool session_is_closed_for(const struct sessions *s, uint32_t service);

/* Lists and states agree; for tests. */
bool sessions_check(const struct sessions *s);

#endif
