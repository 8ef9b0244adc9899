/* SPDX-License-Identifier: Apache-2.0 */
/* The server's side: sessions by badge, objects by number, checks in the order of FIPC.md 3.1,
 * dispatch, deferred replies, events, asynchronous calls. One struct fipc_server belongs to one
 * thread; all memory is the caller's, nothing is allocated.
 *
 *     static struct fipc_session sessions[8];
 *     static struct fipc_object objects[128];
 *     static uint8_t arena[FS_DIRECTORY_ARENA];
 *     static const struct fipc_server_hooks hooks = {.notified = on_bits, .closed = on_closed};
 *     static const struct fipc_binding root = {&fs_directory_iface, &directory_ops, NULL};
 *     static const struct fipc_binding file = {&fs_file_iface, &file_ops, file_release};
 *
 *     struct fipc_server_config config = {.slot = 1, .sessions = sessions, .nsessions = 8,
 *         .objects = objects, .nobjects = 128, .arena = arena, .arena_size = sizeof(arena),
 *         .hooks = &hooks, .user = state};
 *     fipc_server_init(&s, &config);
 *     fipc_server_run(&s);         waits for messages and notification bits, for ever
 *
 * The hook `notified` gets the bits that are not doorbells of sessions: interrupts, timers, and bit
 * 63, on which the server asks capmgr for connections to accept or close (fipc_session_open,
 * fipc_session_close).
 *
 * A handler gets its arguments checked and in private memory; pointers live until it returns. It
 * answers FUT_OK with its results stored, an error, or FIPC_DEFERRED after fipc_defer. Handlers
 * must not block on a client. */
#ifndef FIPC_SERVER_H
#define FIPC_SERVER_H
#include "fipc/cbor.h"
#include "fipc/iface.h"
#include "fipc/memory.h"
#include "fipc/ring.h"
#include "fipc/sys.h"
#include "fipc/type.h"

#define FIPC_DEFERRED 0x10000u /* a handler's answer: the reply comes later; never on the wire */
#define FIPC_KEPT 0x20000u     /* a dispatcher's: success of a keep method (see `lost`) */
#define FIPC_BIT_CAPMGR (1ull << 63)
/* The one beside it that servers here let their clients raise: asynchronous calls and cancels. */
#define FIPC_BIT_DOORBELL (1ull << 62)

struct fipc_server;
struct fipc_session;

/* What serves an object: an interface, its handlers, and what to do when the object is dropped
 * (released by the client, or its session closed; NULL: nothing). */
struct fipc_binding {
    const struct fipc_iface *iface;
    const void *ops; /* struct <lib>_<iface>_ops */
    void (*release)(void *self, struct fipc_session *session);
};

/* An entry of the object table; its number is index + 1 with a generation above, so that a stale
 * number is noticed. Only the functions below touch it. */
struct fipc_object {
    void *self;
    const struct fipc_binding *binding;
    struct fipc_session *session; /* NULL: free */
    uint32_t number;              /* while free: that of its next use */
    uint32_t next;                /* of the free list, index + 1 */
};

struct fipc_session {
    uint64_t badge; /* 0: free */
    uint32_t nobjects;
    struct fipc_server *server;
    void *user; /* the server's own */
    struct fipc_object root;
    const uint8_t *c; /* area C; NULL: no lane */
    uint8_t *s;
    uint8_t *pool;
    uint32_t pool_size;
    uint32_t nslots;
    uint32_t req_base, req_size, rep_base, rep_size;
    uint32_t doorbell; /* notification capability of the client; 0: none */
    uint32_t events_lost;
    uint32_t nrings;
    uint64_t busy; /* slots whose reply was deferred */
    uint32_t seq[FIPC_SLOTS_MAX];
    uint32_t submitted[FIPC_SLOTS_MAX]; /* submit[] as last seen */
    struct fipc_ring events;            /* entries NULL: none */
    struct fipc_ring ring[FIPC_RINGS_MAX];
    uint32_t component; /* the client's number, for reports */
    bool broken;        /* the client broke the protocol in its lane: to be closed */
    bool broken_told;   /* to the hook */
};

/* All may be NULL. None may block on a client. */
struct fipc_server_hooks {
    /* Notification bits other than doorbells. */
    void (*notified)(struct fipc_server *s, uint64_t bits);
    /* After fipc_session_open; EAGAIN etc. refuse it. */
    fut_err (*opened)(struct fipc_server *s, struct fipc_session *session);
    /* In fipc_session_close, before objects are dropped: forget timers, and answer what was
     * deferred (ECANCELED): the client may live, and another thread of its wait. */
    void (*closed)(struct fipc_server *s, struct fipc_session *session);
    /* The client asks that a call end early: fipc_deferred_is tells which. Called at every
     * doorbell while the call is unanswered; it must still be answered (ECANCELED). */
    void (*cancelled)(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                      uint32_t seq);
    /* A doorbell rang: look at the session's rings. */
    void (*doorbell)(struct fipc_server *s, struct fipc_session *session);
    /* Ordinal 2: makes a ticket for the object (0: root). NULL: ENOSYS. */
    fut_err (*share)(struct fipc_session *session, uint32_t object,
                     const struct fipc_binding *binding, void *self, uint32_t rights,
                     uint64_t *ticket);
    /* A session's lane is broken: close the session here and with capmgr. Called once, between
     * messages, when nothing of the lane is being read. NULL: the configuration's. */
    void (*broken)(struct fipc_server *s, struct fipc_session *session);
};

struct fipc_server_config {
    uint32_t slot; /* the service endpoint, as a rule 1 */
    struct fipc_session *sessions;
    uint32_t nsessions; /* 1..65535 */
    struct fipc_object *objects;
    uint32_t nobjects;            /* 0..65534 in all */
    uint32_t objects_per_session; /* 0: no limit of its own */
    void *arena;
    size_t arena_size;  /* at least the largest <LIB>_<IFACE>_ARENA served */
    uint64_t doorbells; /* notification bits that clients may raise (notify_mask of `accepted`) */
    const struct fipc_server_hooks *hooks;
    /* What is done with a broken session where `hooks` does not say; component_open puts in what
     * closes it. NULL: its lane is not looked at any more, and that is all. */
    void (*broken)(struct fipc_server *s, struct fipc_session *session);
    void *user;
    const struct fipc_transport *transport; /* NULL on the target */
};

/* A reply under construction. */
struct fipc_reply {
    uint64_t w[5];
    struct fipc_put out;
};

/* A call that is being handled. */
struct fipc_req {
    struct fut_msg m; /* words, badge, token, pending */
    struct fipc_reply reply;
    struct fipc_in in; /* the request's half */
    void *self;        /* of the object */
    const struct fipc_binding *binding;
    struct fipc_session *session;
    struct fipc_server *server;
    uint32_t object; /* its number; 0: the root */
    uint32_t slot;   /* FIPC_SLOT_NONE: none */
    uint32_t seq;
    uint32_t async;  /* 1: came by submit, is answered in the lane */
    uint32_t detail; /* a handler may set it with an error */
    struct fipc_arena *arena;
    /* keep methods: called when the reply could not be delivered (the caller is gone). */
    void (*lost)(void *self, struct fipc_req *r);
    uint64_t cookie[2]; /* a handler's own, for `lost` */
};

/* The method that was called last, ready to be called again: a message with this badge and this w0
 * would pass every check up to the root, and find in the request what the last one left there. NO
 * BADGE: none, as after its object was dropped, its session closed or a reply deferred. */
struct fipc_ready {
    uint64_t badge, w0;
    fipc_method *method;
    fipc_loop *again;
    const void *ops;
    uint32_t *seq, *done; /* of the slot, if w0 has one */
};
#define FIPC_NO_BADGE (~0ull) /* of no session: capmgr does not give it */

struct fipc_server {
    struct fipc_server_config config;
    struct fipc_arena arena;
    struct fipc_ready ready;
    uint32_t mask;         /* of the session hash */
    uint32_t free_objects; /* list, index + 1 */
    uint32_t free_last;
    bool stop;     /* set by a hook (not by a handler): fipc_server_run returns */
    bool breaking; /* a session is broken and its hook not called yet */
    /* Between rounds req.m.token is that of the reply that the next receive sends; 0: none. */
    struct fipc_req req;
};

/* Calls the handler of a request whose words are in place. ENOSYS: no such ordinal. */
fut_err fipc_serve(const struct fipc_iface *iface, const void *ops, struct fipc_req *r);
/* EINVAL: a number out of its range. */
fut_err fipc_server_init(struct fipc_server *s, const struct fipc_server_config *config);
/* Serves until `stop` is set. */
void fipc_server_run(struct fipc_server *s);
/* One round: answers what was left, receives, handles. For servers with a loop of their own, tests.
 */
void fipc_server_step(struct fipc_server *s);
/* Looks for asynchronous calls, cancels and ring activity in every session. `run` does it when a
 * doorbell bit rings. */
void fipc_server_scan(struct fipc_server *s);

/* --- sessions --- */

/* Makes a session of what capmgr's accept told. The root object is served by `root` with `self`.
 * ENFILE: no room; EVERSION: spec does not fit the interface; EINVAL: spec malformed. */
struct fipc_session_config {
    uint64_t badge;
    const struct fipc_lane_spec *spec;
    const void *c;
    void *s, *pool;
    uint32_t doorbell;
    uint32_t component;
    const struct fipc_binding *root;
    void *self;
    void *user;
};
fut_err fipc_session_open(struct fipc_server *s, const struct fipc_session_config *config,
                          struct fipc_session **out);
/* Drops everything of the session: rings, objects (their release is called), then itself. Unknown
 * badges are ignored. Acknowledge to capmgr afterwards. */
void fipc_session_close(struct fipc_server *s, uint64_t badge);
struct fipc_session *fipc_session_find(struct fipc_server *s, uint64_t badge);
/* The client broke the protocol in its lane, as in a ring that the server reads itself: nothing
 * more is read of it, and before the next message but one the hook `broken` is called. The runtime
 * does the same for what it reads. */
void fipc_session_break(struct fipc_session *session);

/* --- objects --- */

/* A new object of the session. EMFILE: the session has its limit, ENFILE: the table is full. */
fut_err fipc_object_add(struct fipc_session *session, const struct fipc_binding *binding,
                        void *self, uint32_t *number);
/* The object with this number, if it is of this interface (NULL: any); else NULL. 0 is the root. */
struct fipc_object *fipc_object_find(struct fipc_session *session, uint32_t number,
                                     const struct fipc_iface *iface);
/* Drops it and calls its release. EBADF: no such object; EINVAL: the root. */
fut_err fipc_object_drop(struct fipc_session *session, uint32_t number);

/* --- replies later --- */

struct fipc_deferred {
    struct fipc_session *session;
    uint64_t badge;
    uint64_t token;
    uint32_t slot, seq;
    uint32_t async;
    uint32_t object;
};

/* Keeps what is needed to answer later; the handler then returns FIPC_DEFERRED (which is what this
 * returns). Answer exactly once, with <method>_reply or fipc_reply_error. */
fut_err fipc_defer(struct fipc_req *r, struct fipc_deferred *d);
/* Answers with an error. ECANCELED: the caller was gone. */
fut_err fipc_reply_error(struct fipc_deferred *d, fut_err e, uint32_t detail);
/* The client has asked to cancel this call (blocking methods look before and while they wait). */
bool fipc_cancelled(const struct fipc_req *r);
bool fipc_deferred_cancelled(const struct fipc_deferred *d);
static inline bool fipc_deferred_is(const struct fipc_deferred *d,
                                    const struct fipc_session *session, uint32_t slot, uint32_t seq)
{
    return d->session == session && d->badge == session->badge && d->slot == slot && d->seq == seq;
}

/* --- results --- */

/* Room for a string or bytes result. Write at most cap bytes at data, once, in any order, never
 * read back (it may be shared memory), and set len; data stays what it is. */
struct fipc_out {
    uint8_t *data;
    uint32_t cap, len;
};
/* Appends. EMSGSIZE: does not fit; nothing is written. */
static inline fut_err fipc_out_write(struct fipc_out *o, const void *data, size_t n)
{
    if (n > o->cap - o->len) return FUT_EMSGSIZE;
    if (n) memcpy(o->data + o->len, data, n);
    o->len += (uint32_t)n;
    return FUT_OK;
}
/* Memory for results with pointers in them, until the reply is encoded. NULL: the arena is full. */
static inline void *fipc_req_alloc(struct fipc_req *r, size_t n) { return fipc_alloc(r->arena, n); }

/* --- events --- */

/* Queues an event and rings the client. EAGAIN: the ring is full, the event was counted as lost;
 * EOPNOTSUPP: the connection has no event ring. Generated <lib>_<iface>_<event>_event call it. */
fut_err fipc_event_send(struct fipc_session *session, uint64_t w0, uint32_t object,
                        const uint64_t *root, uint32_t words);
/* Rings the client's doorbell. */
void fipc_ring_client(struct fipc_session *session);

/* --- for generated code --- */

FIPC_INLINE uint32_t fipc_req_ordinal(const struct fipc_req *r) { return r->m.w[0] & FIPC_W0_CODE; }
FIPC_INLINE uint32_t fipc_req_words(const struct fipc_req *r)
{
    return (uint32_t)(r->m.w[0] >> FIPC_W0_WORDS_SHIFT) & 0xff;
}
bool fipc_req_root_slow(struct fipc_req *r, uint32_t known, uint32_t required, uint64_t *root);
/* The request's root: `known` words, zero-filled, into `root`, which is w1 for known up to 4.
 * False: shorter than required or misplaced. */
FIPC_INLINE bool fipc_req_root(struct fipc_req *r, uint32_t known, uint32_t required,
                               uint64_t *root)
{
    if (FIPC_LIKELY(fipc_req_words(r) == known && known <= 4)) return true;
    return fipc_req_root_slow(r, known, required, root);
}
/* Out-of-line data is read from after a root that lies in the half too. */
FIPC_INLINE struct fipc_in *fipc_req_in(struct fipc_req *r)
{
    uint32_t words = fipc_req_words(r);

    r->arena->used = 0;
    r->in.cursor = words > 4 ? words * 8 : 0;
    r->in.loose = 0;
    return &r->in;
}
FIPC_INLINE void fipc_reply_start(struct fipc_reply *o, uint32_t words)
{
    o->w[1] = o->w[2] = o->w[3] = o->w[4] = 0;
    o->out.cursor = words > 4 ? words * 8 : 0;
}
/* The reply's first word, when all else is in place. */
FIPC_INLINE void fipc_reply_seal(struct fipc_reply *o, uint32_t words)
{
    o->w[0] = (uint64_t)words << FIPC_W0_WORDS_SHIFT | (o->out.cursor ? FIPC_W0_SLOT : 0);
}
/* Of a reply without out-of-line data. */
FIPC_INLINE void fipc_reply_plain(struct fipc_reply *o, uint32_t words)
{
    o->w[0] = (uint64_t)words << FIPC_W0_WORDS_SHIFT;
    o->w[1] = o->w[2] = o->w[3] = o->w[4] = 0;
}
/* A loop for a method whose shape is not one of those below. */
fut_status fipc_server_again(struct fipc_server *s);
/* What a loop returns when the handler has not succeeded: answers as the long way does. */
fut_status fipc_again_failed(struct fipc_server *s, fut_err e);
/* When a message that is for the method needs more than the loop can do: hands it to the long way.
 * w: the message's words after the first. */
fut_status fipc_again_unusual(struct fipc_server *s, uint64_t w1, uint64_t w2, uint64_t w3,
                              uint64_t w4);
/* Whether the loop of a method fits the call that is ready: a root of so many words, a slot if it
 * counts calls, and as many bytes in the halves and in the arena as it may need. It does not fit a
 * server on the target that has a transport of its own, as the manager does: its stubs are those of
 * everybody, and know the system calls alone. */
FIPC_INLINE bool fipc_again_fits(const struct fipc_server *s, uint32_t words, bool slot,
                                 uint32_t in, uint32_t out, uint32_t arena)
{
    const struct fipc_req *r = &s->req;

    return (!FIPC_DIRECT || !s->config.transport) &&
           (s->ready.w0 >> FIPC_W0_WORDS_SHIFT & 0xff) == words &&
           !(s->ready.w0 & FIPC_W0_SLOT) == !slot && r->in.limit >= in &&
           r->reply.out.limit >= out && r->arena->size >= arena;
}
/* The reply that is left to send, into the words of a loop. */
FIPC_INLINE void fipc_again_left(const struct fipc_server *s, uint64_t w[5])
{
    const uint64_t *left = s->req.reply.w;

    w[0] = left[0], w[1] = left[1], w[2] = left[2], w[3] = left[3], w[4] = left[4];
}
/* Replies w and receives into it. False: not the call that is ready, or not that alone; the message
 * is in s->req. */
FIPC_INLINE bool fipc_again(struct fipc_server *s, uint64_t w[5], fut_status *status)
{
    struct fut_msg m;
    fut_status got =
        FIPC_SYS(s->config.transport, reply_recv, s->config.slot, s->req.m.token, w, &m);

    if (FIPC_LIKELY(!(got | m.pending)) && FIPC_LIKELY(m.badge == s->ready.badge) &&
        FIPC_LIKELY(m.w[0] == s->ready.w0)) {
        s->req.m.token = m.token;
        w[1] = m.w[1], w[2] = m.w[2], w[3] = m.w[3], w[4] = m.w[4];
        return true;
    }
    s->req.m = m;
    *status = got;
    return false;
}
/* A request's one block, its length checked, to the arena's base. */
FIPC_INLINE void fipc_again_copy(struct fipc_arena *arena, uint8_t *base, const uint8_t *half,
                                 size_t len)
{
    fipc_copy_in(base, half, len);
    base[len] = 0;
    arena->used = (len + 16) & ~(size_t)15; /* with the NUL */
}

/* Strings and bytes from the lane into the arena, checked there. */
fut_err fipc_req_bytes(struct fipc_req *r, const void *wire, uint32_t bound, const uint8_t **data,
                       size_t *len);
fut_err fipc_req_string(struct fipc_req *r, const void *wire, uint32_t bound, const char **data,
                        size_t *len);
fut_err fipc_out_refused(const struct fipc_req *r);
/* Room for a result: in the half itself if `direct`, else in the arena. */
FIPC_INLINE fut_err fipc_out_init(struct fipc_out *o, struct fipc_req *r, uint32_t bound,
                                  uint32_t words, bool direct)
{
    uint32_t start = words > 4 ? words * 8 : 0;

    if (!FIPC_LIKELY(r->reply.out.limit >= start + bound)) return fipc_out_refused(r);
    o->len = 0;
    o->cap = bound;
    o->data = direct ? r->reply.out.data + start : fipc_alloc(r->arena, bound);
    return direct || o->data ? FUT_OK : FUT_ENOMEM;
}
/* Puts a root of more than four words at the start of the half. */
fut_err fipc_reply_put_root(struct fipc_reply *o, const uint64_t *root, uint32_t words);
/* Begins and ends a deferred reply. begin: ECANCELED when the session is gone. */
fut_err fipc_deferred_begin(struct fipc_deferred *d, struct fipc_reply *o);
fut_err fipc_deferred_end(struct fipc_deferred *d, struct fipc_reply *o);

#endif
