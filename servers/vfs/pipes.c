/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes over the core of servers/lib/pipe. A waiting call is a deferred reply with what it asked
 * for. */
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "pipe.h"
#include "pipes.h"

#define PIPES 64
#define PIPES_EACH 16 /* that one client made and has an end of */
#define RING 16384u
#define WAITING 64
#define WATCHES 64

/* What an object is: an end, and what may be done through it (PipeRights). */
struct grip {
    struct end *end;
    uint32_t rights;
};

/* One end of a pipe, with a grip for each set of rights. */
struct end {
    struct open_pipe *pipe;
    bool writer;
    uint32_t tickets; /* holders that are tickets */
    struct grip grip[FS_PIPE_RIGHTS_USE + FS_PIPE_RIGHTS_SHARE + 1];
};
#define RIGHTS (FS_PIPE_RIGHTS_USE | FS_PIPE_RIGHTS_SHARE)
#define MAY_USE(self) ((((struct grip *)(self))->rights & FS_PIPE_RIGHTS_USE) != 0)

static struct end *end_of(void *self) { return ((struct grip *)self)->end; }

struct open_pipe {
    bool used;
    uint32_t maker; /* component number */
    struct pipe core;
    struct end end[2];
    uint8_t ring[RING];
};

/* A call that waits: a reader wants `count` bytes, a writer still holds `data`. */
struct waiting {
    uint64_t token; /* 0: free; index + 1 otherwise */
    struct fipc_deferred reply;
    struct end *end;
    uint32_t count, done;
    uint8_t *data; /* a writer's own copy */
};

/* A client that is to be notified when an end is ready; its token follows those of waiting calls.
 */
struct watch {
    struct end *end; /* NULL: free */
    struct fipc_session *session;
};

static struct open_pipe pipes[PIPES];
static struct watch watches[WATCHES];
static struct pipes_tables of;

static struct component_bell *bell_of(const struct fipc_session *session)
{
    return &of.bells[session - of.sessions];
}

static struct waiting waits[WAITING];
static bool any_woken; /* a waiting call may have become possible */

static void wait_free(struct waiting *w)
{
    free(w->data);
    memset(w, 0, sizeof *w);
}

/* Tries a waiting call again; true: it is answered. */
static bool wait_try(struct waiting *w)
{
    static uint8_t buffer[RING];
    struct pipe *core = &w->end->pipe->core;
    uint32_t n = 0;
    int e;

    if (!w->end->writer) {
        e = pipe_read(core, buffer, w->count < RING ? w->count : RING, &n);
        if (e == FSC_EAGAIN) return false;
        if (e == 0) fs_pipe_read_reply(&w->reply, buffer, n);
    } else {
        while ((e = pipe_write(core, w->data + w->done, w->count - w->done, &n)) == 0 &&
               (w->done += n) < w->count)
            ;
        if (e == FSC_EAGAIN) return false;
        if (e == 0) fs_pipe_write_reply(&w->reply, w->count);
    }
    if (e != 0) fipc_reply_error(&w->reply, (fut_err)e, 0);
    return true;
}

/* The core must not be called from here: calls that wait are gone on with later. */
static void woken(void *ctx, uint64_t token, uint32_t ready)
{
    struct watch *w;

    (void)ctx, (void)ready;
    if (token != 0 && token <= WAITING) {
        waits[token - 1].token |= (uint64_t)1 << 32;
        any_woken = true;
    } else if (token > WAITING && token <= WAITING + WATCHES) {
        w = &watches[token - WAITING - 1];
        w->end = NULL;
        component_bell_ring(bell_of(w->session));
    }
}

/* Answers every call that has become possible. Each step of one may wake another, also when it is
 * not finished itself: a writer that fills the pipe again and waits on has woken readers. */
static void run_woken(void)
{
    while (any_woken) {
        any_woken = false;
        for (unsigned i = 0; i < WAITING; i++) {
            struct waiting *w = &waits[i];

            if (w->token >> 32 == 0) continue;
            w->token = i + 1;
            if (wait_try(w))
                wait_free(w);
            else
                pipe_wait(&w->end->pipe->core, w->end->writer,
                          w->end->writer ? FSC_WRITABLE : FSC_READABLE, w->token);
        }
    }
}

/* The call waits; one that is cancelled already does not. Only after a try that answered FSC_EAGAIN
 * with nothing run since: what is ready already would wake it before it can be answered. */
static fut_err wait_new(struct fipc_req *r, struct end *end, uint32_t count, uint32_t done,
                        uint8_t *data)
{
    for (unsigned i = 0; i < WAITING && !fipc_cancelled(r); i++) {
        struct waiting *w = &waits[i];

        if (w->token != 0) continue;
        w->token = i + 1;
        w->end = end;
        w->count = count;
        w->done = done;
        w->data = data;
        if (pipe_wait(&end->pipe->core, end->writer, end->writer ? FSC_WRITABLE : FSC_READABLE,
                      w->token) != 0) {
            wait_free(w);
            return FUT_EAGAIN;
        }
        return fipc_defer(r, &w->reply);
    }
    free(data);
    return fipc_cancelled(r) ? FUT_ECANCELED : FUT_EAGAIN;
}

/* A writer whose data went in part is told how much. */
static void wait_cancel(struct waiting *w)
{
    pipe_cancel(&w->end->pipe->core, (uint64_t)(w - waits) + 1);
    if (w->done != 0)
        (void)fs_pipe_write_reply(&w->reply, w->done);
    else
        (void)fipc_reply_error(&w->reply, FUT_ECANCELED, 0);
    wait_free(w);
}

static fut_err op_read(void *self, struct fipc_req *r, uint32_t count, struct fipc_out *data)
{
    struct end *end = end_of(self);
    uint32_t got;
    int e;

    if (end->writer || !MAY_USE(self)) return FUT_EBADF;
    e = pipe_read(&end->pipe->core, data->data, count < data->cap ? count : data->cap, &got);
    if (e == FSC_EAGAIN) return wait_new(r, end, count, 0, NULL);
    if (e == 0) data->len = got;
    run_woken();
    return (fut_err)e;
}

static fut_err op_write(void *self, struct fipc_req *r, const struct fipc_view *view,
                        uint32_t *count)
{
    struct end *end = end_of(self);
    uint8_t *copy = malloc(view->len ? view->len : 1);
    uint32_t done = 0, n = 0;
    int e = 0;

    if (copy == NULL || !end->writer || !MAY_USE(self) ||
        fipc_view_copy(view, 0, copy, view->len) != FUT_OK) {
        free(copy);
        return copy == NULL ? FUT_ENOMEM : FUT_EBADF;
    }
    while (done < view->len) {
        e = pipe_write(&end->pipe->core, copy + done, view->len - done, &n);
        if (e != 0) break;
        done += n;
        run_woken(); /* readers make room again */
    }
    if (e == FSC_EAGAIN) return wait_new(r, end, view->len, done, copy);
    free(copy);
    *count = done;
    return (fut_err)e;
}

static fut_err op_poll(void *self, struct fipc_req *r, uint32_t *ready)
{
    struct end *end = end_of(self);

    (void)r;
    *ready = pipe_ready(&end->pipe->core, end->writer);
    return FUT_OK;
}

/* ---- watching ---- */

static void watch_end(struct watch *w)
{
    pipe_cancel(&w->end->pipe->core, (uint64_t)(w - watches) + WAITING + 1);
    w->end = NULL;
}

/* The place of a watch of this session on this end, or a free one. */
static struct watch *watch_place(const struct end *end, const struct fipc_session *session)
{
    struct watch *found = NULL;

    for (struct watch *w = watches; w < watches + WATCHES; w++) {
        if (w->end == end && w->session == session) return w;
        if (w->end == NULL && found == NULL) found = w;
    }
    return found;
}

static fut_err op_watch(void *self, struct fipc_req *r, uint32_t events, uint64_t notify,
                        uint32_t *ready)
{
    struct end *end = end_of(self);
    struct watch *w;
    fut_err e = component_bell_take(bell_of(r->session), notify);

    if (e != FUT_OK) return e;
    *ready = pipe_ready(&end->pipe->core, end->writer) & (events | FSC_HANGUP);
    if (*ready != 0) return FUT_OK;
    w = watch_place(end, r->session);
    if (w == NULL) return FUT_EAGAIN;
    if (w->end != NULL) watch_end(w);
    w->end = end;
    w->session = r->session;
    e = (fut_err)pipe_wait(&end->pipe->core, end->writer, events,
                           (uint64_t)(w - watches) + WAITING + 1);
    if (e != FUT_OK) w->end = NULL;
    return e;
}

/* The last holder of an end that goes takes all watches of it along, another one only its own
 * session's. */
static void release(void *self, struct fipc_session *session)
{
    struct end *end = end_of(self);
    bool over = pipe_unref(&end->pipe->core, end->writer);

    for (struct watch *w = watches; w < watches + WATCHES; w++) {
        if (w->end == NULL || w->end->pipe != end->pipe) continue;
        if (over || (w->end == end && w->session == session)) watch_end(w);
    }
    if (over) end->pipe->used = false;
    run_woken();
}

static fut_err op_access(void *self, struct fipc_req *r, uint32_t *rights)
{
    (void)r;
    *rights = ((struct grip *)self)->rights;
    return FUT_OK;
}

static const struct fs_pipe_ops ops = {
    .read = op_read, .write = op_write, .poll = op_poll, .watch = op_watch, .access = op_access};
const struct fipc_binding pipes_binding = {&fs_pipe_iface, &ops, release};

/* The object is an end that the client has of a pipe that it made. */
static bool is_held(const struct fipc_object *o, const struct fipc_session *session,
                    uint32_t client)
{
    const struct open_pipe *pipe = o->binding == &pipes_binding ? end_of(o->self)->pipe : NULL;

    return session != NULL && session->badge != 0 && session->component == client && pipe != NULL &&
           pipe->maker == client;
}

/* How many pipes the client made of which it has an end; what it has handed on and let go of is
 * others'. */
static unsigned pipes_held(uint32_t client)
{
    bool held[PIPES] = {false};
    unsigned n = 0;

    for (uint32_t i = 0; i < of.nobjects; i++)
        if (is_held(&of.objects[i], of.objects[i].session, client))
            held[end_of(of.objects[i].self)->pipe - pipes] = true;
    for (uint32_t i = 0; i < of.nsessions; i++)
        if (is_held(&of.sessions[i].root, &of.sessions[i], client))
            held[end_of(of.sessions[i].root.self)->pipe - pipes] = true;
    for (unsigned i = 0; i < PIPES; i++)
        n += held[i];
    return n;
}

/* A place for one more pipe of that client; NULL: *e says whose limit it is, *limit how much. */
static struct open_pipe *pipe_place(uint32_t client, fut_err *e, uint32_t *limit)
{
    struct open_pipe *p = NULL;
    unsigned made = 0;

    for (unsigned i = 0; i < PIPES; i++) {
        made += pipes[i].used && pipes[i].maker == client;
        if (!pipes[i].used && p == NULL) p = &pipes[i];
    }
    *e = made >= PIPES_EACH && pipes_held(client) >= PIPES_EACH ? FUT_EMFILE : FUT_ENFILE;
    *limit = *e == FUT_EMFILE ? PIPES_EACH : PIPES;
    return *e == FUT_EMFILE ? NULL : p;
}

static void end_init(struct end *end, struct open_pipe *pipe, bool writer)
{
    *end = (struct end){.pipe = pipe, .writer = writer};
    for (uint32_t rights = 0; rights <= RIGHTS; rights++)
        end->grip[rights] = (struct grip){end, rights};
}

/* An end becomes an object of the client's; an error's detail is the limit. */
static fut_err end_add(struct fipc_req *r, struct end *end, uint32_t *number)
{
    fut_err e = fipc_object_add(r->session, &pipes_binding, &end->grip[RIGHTS], number);

    if (e != FUT_OK) r->detail = e == FUT_EMFILE ? of.objects_each : of.nobjects;
    return e;
}

fut_err pipes_make(void *self, struct fipc_req *r, uint32_t *reader, uint32_t *writer)
{
    fut_err e;
    struct open_pipe *p = pipe_place(r->session->component, &e, &r->detail);

    (void)self;
    if (p == NULL || pipe_init(&p->core, p->ring, RING, woken, NULL) != 0) return e;
    p->maker = r->session->component;
    r->detail = 0;
    end_init(&p->end[0], p, false);
    end_init(&p->end[1], p, true);
    e = end_add(r, &p->end[0], reader);
    if (e != FUT_OK) return e;
    p->used = true;
    e = end_add(r, &p->end[1], writer);
    if (e != FUT_OK) {
        pipe_unref(&p->core, true);
        fipc_object_drop(r->session, *reader);
    }
    return e;
}

/* The grip that a cookie names, of an end that is in use; NULL: there is none. */
static struct grip *grip_find(uintptr_t cookie)
{
    for (unsigned i = 0; i < PIPES; i++)
        for (unsigned k = 0; k < 2 * (RIGHTS + 1) && pipes[i].used; k++) {
            struct grip *grip = &pipes[i].end[k & 1].grip[k >> 1];

            if ((uintptr_t)grip == cookie) return grip;
        }
    return NULL;
}

static void grip_drop(struct grip *grip) { release(grip, NULL); }

fut_err pipes_share(struct fipc_session *session, void *self, uint32_t rights, uint64_t *ticket)
{
    struct grip *grip = self;
    struct end *end = grip->end;
    fut_err e;

    if ((rights & ~RIGHTS) != 0) return FUT_EINVAL;
    session->server->req.detail = (rights | FS_PIPE_RIGHTS_SHARE) & ~grip->rights;
    if (session->server->req.detail != 0) return FUT_EPERM;
    if (pipe_ref(&end->pipe->core, end->writer) != 0) return FUT_EBADF;
    e = component_share(session, &pipes_binding, (uintptr_t)grip,
                        rights != 0 ? rights : grip->rights, ticket);
    if (e == FUT_OK)
        end->tickets++;
    else
        grip_drop(grip);
    return e;
}

void *pipes_shared(uintptr_t cookie, uint32_t rights)
{
    struct grip *grip = grip_find(cookie);
    struct end *end = grip != NULL ? grip->end : NULL;

    if (end == NULL) return NULL;
    if (end->tickets != 0)
        end->tickets--;
    else if (pipe_ref(&end->pipe->core, end->writer) != 0)
        return NULL;
    return &end->grip[grip->rights & rights];
}

void pipes_cancel(const struct fipc_session *session, uint32_t slot, uint32_t seq)
{
    for (struct waiting *w = waits; w < waits + WAITING; w++) {
        if (w->token == 0 || !fipc_deferred_is(&w->reply, session, slot, seq)) continue;
        wait_cancel(w);
        return;
    }
}

void pipes_forget(struct fipc_session *session)
{
    for (unsigned i = 0; i < WAITING; i++) {
        if (waits[i].token == 0 || waits[i].reply.session != session) continue;
        wait_cancel(&waits[i]);
    }
    for (struct watch *w = watches; w < watches + WATCHES; w++)
        if (w->end != NULL && w->session == session) watch_end(w);
    component_bell_drop(bell_of(session));
}

void pipes_init(const struct pipes_tables *tables) { of = *tables; }
