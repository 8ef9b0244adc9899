/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that run, as futura.loader/1.Process. The status is kept until the client releases the
 * object, so that a reply that is lost costs nothing: the next wait answers the same.
 */
#include "capmgr.h"
#include "loader.h"
#include "loader_core.h"
#include "parts.h"

#define PROCESSES 256
#define SIGNAL_MAX 64u

struct process {
    struct fipc_session *session; /* NULL: free */
    uint32_t child;               /* capmgr's object; 0: it has ended */
    uint32_t signal;              /* what kill was given */
    uint32_t status;
    bool waited;
    struct fipc_deferred waiter;
};

static struct process processes[PROCESSES];

static capmgr_child child_of(const struct process *p)
{
    return (capmgr_child){&component_capmgr, p->child};
}

static void child_release(struct process *p)
{
    (void)fipc_release(&component_capmgr, capmgr_child_peer.tag, p->child);
    p->child = 0;
}

/* Has it ended? */
static bool process_look(struct process *p)
{
    static struct capmgr_death death;
    static _Alignas(16) uint8_t memory[1024];
    struct fipc_arena arena;
    fut_err e;

    if (p->child == 0) return true;
    fipc_arena_init(&arena, memory, sizeof memory);
    e = capmgr_child_ended(child_of(p), &death, &arena);
    if (e == FUT_EAGAIN) return false;
    if (e == FUT_OK) {
        p->status = loader_status(death.cause, death.code, death.kind, p->signal);
    } else {
        component_log(COMPONENT_ERROR, "the end of a program is unknown: %s",
                      fut_strerror(NULL, e));
        p->status = loader_status(LOADER_KILLED, 0, 0, p->signal);
    }
    child_release(p);
    return true;
}

void processes_look(void)
{
    for (uint32_t i = 0; i < PROCESSES; i++) {
        struct process *p = &processes[i];

        if (p->session == NULL || p->child == 0 || !process_look(p) || !p->waited) continue;
        p->waited = false;
        (void)loader_process_wait_reply(&p->waiter, p->status);
    }
}

void processes_cancel(struct fipc_session *session, uint32_t slot, uint32_t seq)
{
    for (uint32_t i = 0; i < PROCESSES; i++) {
        struct process *p = &processes[i];

        if (p->session == NULL || !p->waited || !fipc_deferred_is(&p->waiter, session, slot, seq))
            continue;
        p->waited = false;
        (void)fipc_reply_error(&p->waiter, FUT_ECANCELED, 0);
        return;
    }
}

/* Objects are dropped afterwards, which frees the entries. */
void processes_close(struct fipc_session *session)
{
    for (uint32_t i = 0; i < PROCESSES; i++) {
        struct process *p = &processes[i];

        if (p->session != session) continue;
        if (p->waited) (void)fipc_reply_error(&p->waiter, FUT_ECANCELED, 0);
        p->waited = false;
        if (p->child != 0) (void)capmgr_child_kill(child_of(p));
    }
}

static fut_err on_wait(void *self, struct fipc_req *r, uint32_t *status)
{
    struct process *p = self;

    if (process_look(p)) {
        *status = p->status;
        return FUT_OK;
    }
    if (p->waited) return FUT_EBUSY;
    if (fipc_cancelled(r)) return FUT_ECANCELED;
    p->waited = true;
    return fipc_defer(r, &p->waiter);
}

static fut_err on_kill(void *self, struct fipc_req *r, uint32_t signal)
{
    struct process *p = self;
    fut_err e;

    (void)r;
    if (signal == 0 || signal > SIGNAL_MAX) return FUT_EINVAL;
    if (process_look(p)) return FUT_ESRCH;
    e = capmgr_child_kill(child_of(p));
    if (e == FUT_OK && p->signal == 0) p->signal = signal;
    return e;
}

static fut_err on_ended(void *self, struct fipc_req *r, uint32_t *status)
{
    struct process *p = self;

    (void)r;
    if (!process_look(p)) return FUT_EAGAIN;
    *status = p->status;
    return FUT_OK;
}

/* A program whose object is dropped lives on, until its parent ends. */
static void on_release(void *self, struct fipc_session *session)
{
    struct process *p = self;

    (void)session;
    if (p->waited) (void)fipc_reply_error(&p->waiter, FUT_EBADF, 0);
    p->waited = false;
    if (p->child != 0) child_release(p);
    p->session = NULL;
}

static const struct loader_process_ops ops = {.wait = on_wait, .kill = on_kill, .ended = on_ended};
static const struct fipc_binding binding = {&loader_process_iface, &ops, on_release};

fut_err process_add(struct fipc_session *session, uint32_t child, uint32_t *object)
{
    struct process *p = NULL;
    uint32_t i;
    fut_err e;

    for (i = 0; i < PROCESSES && p == NULL; i++)
        p = processes[i].session == NULL ? &processes[i] : NULL;
    e = p == NULL ? FUT_EAGAIN : fipc_object_add(session, &binding, p, object);
    if (e == FUT_OK) *p = (struct process){.session = session, .child = child};
    return e;
}
