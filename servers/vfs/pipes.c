/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes over the core of servers/lib/pipe. A waiting call is a deferred reply with what it asked
 * for. */
#include <stdlib.h>
#include <string.h>

#include "pipe.h"
#include "pipes.h"

#define PIPES 32
#define RING 16384u
#define WAITING 64

/* One end, as an object: the pipe and which end. */
struct end {
    struct open_pipe *pipe;
    bool writer;
};

struct open_pipe {
    bool used;
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

static struct open_pipe pipes[PIPES];
static struct waiting waits[WAITING];

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

static void woken(void *ctx, uint64_t token, uint32_t ready)
{
    (void)ctx, (void)ready;
    if (token != 0 && token <= WAITING)
        waits[token - 1].token |= (uint64_t)1
                                  << 32; /* the core must not be called from here: run later */
}

/* Answers every call that has become possible. */
static void run_woken(void)
{
    bool again = true;

    while (again) {
        again = false;
        for (unsigned i = 0; i < WAITING; i++) {
            struct waiting *w = &waits[i];

            if (w->token >> 32 == 0) continue;
            w->token = i + 1;
            if (wait_try(w)) {
                wait_free(w);
                again = true;
            } else {
                pipe_wait(&w->end->pipe->core, w->end->writer,
                          w->end->writer ? FSC_WRITABLE : FSC_READABLE, w->token);
            }
        }
    }
}

static fut_err wait_new(struct fipc_req *r, struct end *end, uint32_t count, uint32_t done,
                        uint8_t *data)
{
    for (unsigned i = 0; i < WAITING; i++) {
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
    return FUT_EAGAIN;
}

static fut_err op_read(void *self, struct fipc_req *r, uint32_t count, struct fipc_out *data)
{
    struct end *end = self;
    uint32_t got;
    int e;

    if (end->writer) return FUT_EBADF;
    e = pipe_read(&end->pipe->core, data->data, count < data->cap ? count : data->cap, &got);
    if (e == FSC_EAGAIN) return wait_new(r, end, count, 0, NULL);
    if (e == 0) data->len = got;
    run_woken();
    return (fut_err)e;
}

static fut_err op_write(void *self, struct fipc_req *r, const struct fipc_view *view,
                        uint32_t *count)
{
    struct end *end = self;
    uint8_t *copy = malloc(view->len ? view->len : 1);
    uint32_t done = 0, n = 0;
    int e = 0;

    if (copy == NULL || !end->writer || fipc_view_copy(view, 0, copy, view->len) != FUT_OK) {
        free(copy);
        return copy == NULL ? FUT_ENOMEM : FUT_EBADF;
    }
    while (done < view->len &&
           (e = pipe_write(&end->pipe->core, copy + done, view->len - done, &n)) == 0)
        done += n;
    run_woken();
    if (e == FSC_EAGAIN) return wait_new(r, end, view->len, done, copy);
    free(copy);
    *count = done;
    return (fut_err)e;
}

static fut_err op_poll(void *self, struct fipc_req *r, uint32_t *ready)
{
    struct end *end = self;

    (void)r;
    *ready = pipe_ready(&end->pipe->core, end->writer);
    return FUT_OK;
}

static void release(void *self, struct fipc_session *session)
{
    struct end *end = self;

    (void)session;
    if (pipe_unref(&end->pipe->core, end->writer)) end->pipe->used = false;
    run_woken();
}

static const struct fs_pipe_ops ops = {.read = op_read, .write = op_write, .poll = op_poll};
const struct fipc_binding pipes_binding = {&fs_pipe_iface, &ops, release};

fut_err pipes_make(void *self, struct fipc_req *r, uint32_t *reader, uint32_t *writer)
{
    struct open_pipe *p = NULL;
    fut_err e;

    (void)self;
    for (unsigned i = 0; i < PIPES && p == NULL; i++)
        if (!pipes[i].used) p = &pipes[i];
    if (p == NULL || pipe_init(&p->core, p->ring, RING, woken, NULL) != 0) return FUT_ENFILE;
    p->end[0] = (struct end){p, false};
    p->end[1] = (struct end){p, true};
    e = fipc_object_add(r->session, &pipes_binding, &p->end[0], reader);
    if (e != FUT_OK) return e;
    p->used = true;
    e = fipc_object_add(r->session, &pipes_binding, &p->end[1], writer);
    if (e != FUT_OK) {
        pipe_unref(&p->core, true);
        fipc_object_drop(r->session, *reader);
    }
    return e;
}

bool pipes_keep(void *self)
{
    for (unsigned i = 0; i < PIPES; i++)
        if (pipes[i].used && (self == &pipes[i].end[0] || self == &pipes[i].end[1]))
            return pipe_ref(&pipes[i].core, self == &pipes[i].end[1]) == 0;
    return false;
}

void pipes_forget(struct fipc_session *session)
{
    for (unsigned i = 0; i < WAITING; i++) {
        if (waits[i].token == 0 || waits[i].reply.session != session) continue;
        pipe_cancel(&waits[i].end->pipe->core, i + 1);
        wait_free(&waits[i]);
    }
}
