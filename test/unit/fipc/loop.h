/* SPDX-License-Identifier: Apache-2.0 */
/* A transport in one process. Two forms: `loop` runs a server in a thread of its own, with a queue
 * of callers and notification bits, as the nucleus does; `direct` runs one round of the server
 * inside the client's call, for tests that look at single messages. */
#ifndef TEST_FIPC_LOOP_H
#define TEST_FIPC_LOOP_H
#include "fipc/client.h"
#include "fipc/server.h"
#include <pthread.h>

/* A connection's shared memory and both of its ends. */
struct lane {
    struct fipc_lane_spec spec;
    struct fipc_lane_layout layout;
    uint8_t *c, *s, *pool;
};
/* Allocates zeroed areas of exactly the spec's sizes. */
void lane_make(struct lane *l, const struct fipc_lane_spec *spec, unsigned slots);
void lane_free(struct lane *l);

#define LOOP_SLOT_SERVER 1u   /* what a server receives on */
#define LOOP_SLOT_ENDPOINT 4u /* what a client calls */
#define LOOP_SLOT_BELL 5u     /* a client's doorbell capability: raises bit 0 at the server */
#define LOOP_SLOT_CLIENT 6u   /* a server's doorbell capability for the client */

struct loop_caller {
    uint64_t w[5], badge, token;
    int state; /* 0 queued, 1 delivered, 2 replied, 3 failed */
    fut_status status;
    struct loop_caller *next;
};

struct loop {
    pthread_mutex_t lock;
    pthread_cond_t change;
    struct loop_caller *queue, *waiting; /* not yet delivered; delivered */
    uint64_t server_bits, client_bits, next_token, oneway[5], oneway_badge;
    bool receiving, has_oneway;
    struct fipc_transport server;
};
struct loop_client {
    struct loop *loop;
    uint64_t badge;
    struct fipc_transport transport;
};
void loop_init(struct loop *l);
void loop_client_init(struct loop_client *c, struct loop *l, uint64_t badge);
/* Raises bits at the server. */
void loop_notify(struct loop *l, uint64_t bits);
/* Waits until the client's doorbell has rung; takes the bits. */
void loop_client_wait(struct loop *l);
/* Ends every delivered call as if the server had died (status 5), every queued one with 4. */
void loop_kill(struct loop *l);

struct direct {
    struct fipc_server *server;
    uint64_t badge;
    uint64_t w[5];
    bool full;
    bool running; /* in fipc_server_run, which ends when there is no message */
    bool replied;
    uint64_t reply[5];
    fut_status reply_status; /* what `reply` answers */
    fut_status call_status;  /* what `call` answers when it is not 0 */
    unsigned rings, client_rings;
    uint64_t pending;
    struct fipc_transport client, serving;
};
/* `server` is initialised by the caller with &d->serving as transport. */
void direct_init(struct direct *d, struct fipc_server *server, uint64_t badge);
/* Delivers one message and runs the server until it asks for another; the answer replaces w. False:
 * no answer (deferred). */
bool direct_message(struct direct *d, uint64_t badge, uint64_t w[5]);

/* A server that answers every call with the same words, whatever was asked. */
struct canned {
    uint64_t w[5];
    struct fipc_transport transport;
};
void canned_init(struct canned *c);

#endif
