/* SPDX-License-Identifier: Apache-2.0 */
/* Boot, Process, Child and Supervise: making components, ending them, and learning of their end. */
#include "serve.h"

#define SIGNAL_MAX 64u

/* Who waits for a component's end: at most one call each. */
static struct {
    struct fipc_deferred answer;
    bool used;
} waiters[COMPS];

static void death_fill(const struct comp *c, struct capmgr_death *d)
{
    uint32_t i;

    memset(d, 0, sizeof(*d));
    d->component = c->number;
    d->cause = c->death.cause;
    d->code = c->death.code;
    d->kind = c->death.kind;
    d->address = c->death.address;
    d->pc = c->death.pc;
    d->sp = c->death.sp;
    d->syndrome = c->death.syndrome;
    for (i = 0; i < CRASH_KEEP; i++)
        d->registers[i] = c->death.registers[i];
    d->name = name_of(c->name);
}

void child_ended(struct comp *c)
{
    struct capmgr_death death;
    uint32_t i = comp_index(c);

    if (!waiters[i].used) return;
    waiters[i].used = false;
    death_fill(c, &death);
    (void)capmgr_child_wait_reply(&waiters[i].answer, &death);
}

/* A component is gone: it waits for nobody any more. */
void child_forget(struct comp *waiting)
{
    uint32_t i;

    for (i = 0; i < COMPS; i++) {
        if (waiters[i].used && waiters[i].answer.session->user == waiting) waiters[i].used = false;
    }
}

fut_err child_object(struct fipc_req *r, struct comp *c, uint32_t *number)
{
    fut_err e = fipc_object_add(r->session, &child_binding, c, number);

    if (e != FUT_OK) {
        c->released = true;
        reap_begin(c, CAUSE_KILLED, 0);
    }
    return e;
}

static void on_release(void *self, struct fipc_session *session)
{
    struct comp *c = self;

    (void)session;
    waiters[comp_index(c)].used = false;
    c->released = true;
    if (c->state == COMP_NEW) reap_begin(c, CAUSE_KILLED, 0);
    reap_finish_creator(c);
}

/* --- Boot --- */

static fut_err on_boot_create(void *self, struct fipc_req *r, uint32_t component, uint32_t *child,
                              uint32_t *number)
{
    struct comp *c;
    enum cm_err e = comp_create_manifest(comp_index(self), component, &c);

    if (e != CM_OK) return answer(r, e);
    *number = c->number;
    return child_object(r, c, child);
}

static fut_err on_given_up(void *self, struct fipc_req *r, uint32_t component)
{
    (void)self;
    if (component >= manifest.component_count) return answer(r, CM_EINVAL);
    if (comp_of_manifest(component) != NULL) return answer(r, CM_EEXIST);
    connect_refuse(component);
    return FUT_OK;
}

static const struct capmgr_boot_ops boot_ops = {.create = on_boot_create, .given_up = on_given_up};
const struct fipc_binding boot_binding = {&capmgr_boot_iface, &boot_ops, NULL};

/* --- Process --- */

static fut_err on_process_create(void *self, struct fipc_req *r, uint64_t ticket, const char *name,
                                 size_t len, uint8_t priority, uint32_t *child, uint32_t *number,
                                 uint32_t *parent)
{
    struct comp *c;
    enum cm_err e = grant_child(self, ticket, name, len, priority, &c, parent);

    if (e != CM_OK) return answer(r, e);
    *number = c->number;
    return child_object(r, c, child);
}

static const struct capmgr_process_ops process_ops = {.create = on_process_create};
const struct fipc_binding process_binding = {&capmgr_process_iface, &process_ops, NULL};

/* --- Child --- */

static fut_err on_give(void *self, struct fipc_req *r, uint64_t at, uint64_t to, uint32_t pages,
                       uint32_t map)
{
    struct comp *c = self;

    if (c->state != COMP_NEW) return answer(r, CM_EBUSY);
    return answer(r, memory_give(caller(r), at, c, to, pages, map));
}

static fut_err on_reserve(void *self, struct fipc_req *r, uint64_t to, uint32_t pages, uint32_t map)
{
    struct comp *c = self;

    if (c->state != COMP_NEW) return answer(r, CM_EBUSY);
    return answer(r, memory_reserve(c, to, pages, map));
}

static fut_err on_layout(void *self, struct fipc_req *r, uint64_t *start_page, uint64_t *stack_top,
                         uint64_t *stack_low)
{
    (void)self, (void)r;
    *start_page = SPACE_START_PAGE;
    *stack_top = SPACE_STACK_TOP;
    *stack_low = SPACE_STACK_LOW;
    return FUT_OK;
}

static fut_err on_start(void *self, struct fipc_req *r, uint64_t pc, uint64_t sp, bool vectors)
{
    return answer(r, comp_start(self, pc, sp, vectors));
}

static fut_err on_kill(void *self, struct fipc_req *r)
{
    (void)r;
    reap_begin(self, CAUSE_KILLED, 0);
    return FUT_OK;
}

static fut_err on_wait(void *self, struct fipc_req *r, struct capmgr_death *death)
{
    struct comp *c = self;

    if (c->state == COMP_DEAD) {
        death_fill(c, death);
        return FUT_OK;
    }
    if (waiters[comp_index(c)].used) return answer(r, CM_EBUSY);
    waiters[comp_index(c)].used = true;
    return fipc_defer(r, &waiters[comp_index(c)].answer);
}

static fut_err on_ended(void *self, struct fipc_req *r, struct capmgr_death *death)
{
    const struct comp *c = self;

    if (c->state != COMP_DEAD) return answer(r, CM_EAGAIN);
    death_fill(c, death);
    return FUT_OK;
}

static fut_err on_pass(void *self, struct fipc_req *r, uint64_t ticket, uint64_t *out)
{
    return answer(r, grant_pass(caller(r), ticket, self, false, out));
}

static fut_err on_pass_all(void *self, struct fipc_req *r, const uint64_t *tickets, size_t n,
                           const uint64_t **out, size_t *out_n)
{
    uint64_t *passed = fipc_req_alloc(r, n * sizeof(*passed));
    enum cm_err e = CM_OK;

    if (passed == NULL) return FUT_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        passed[i] = 0;
        if (tickets[i] != 0) e = grant_pass(caller(r), tickets[i], self, false, &passed[i]);
        detail = (uint32_t)i;
        if (e != CM_OK) return answer(r, e);
    }
    *out = passed;
    *out_n = n;
    return answer(r, CM_OK);
}

static const struct capmgr_child_ops child_ops = {.give = on_give,
                                                  .reserve = on_reserve,
                                                  .layout = on_layout,
                                                  .start = on_start,
                                                  .kill = on_kill,
                                                  .wait = on_wait,
                                                  .ended = on_ended,
                                                  .pass = on_pass,
                                                  .pass_all = on_pass_all};
const struct fipc_binding child_binding = {&capmgr_child_iface, &child_ops, on_release};

/* --- Supervise --- */

/* The component of the manifest by which the end of `c` is judged. */
static uint32_t declared_of(const struct comp *c)
{
    uint32_t steps;

    for (steps = 0; c->manifest == CM_NONE && c->parent != 0 && steps < COMPS; steps++)
        c = &comps[c->parent];
    return c->manifest;
}

/* Who asked is as much worth knowing as what ended. */
static void end_log(const struct comp *by, const struct comp *c)
{
    static const char verb[] = " ends ";
    char text[NAME_MAX + sizeof(verb)];
    size_t n = strlen(by->name);

    memcpy(text, by->name, n);
    memcpy(text + n, verb, sizeof(verb));
    log_say2(LOG_NOTICE, text, c->name, c->number);
}

static fut_err on_supervise_kill(void *self, struct fipc_req *r, uint32_t component,
                                 uint32_t signal)
{
    struct comp *c = comp_of_number(component);
    const struct comp *by = self;

    if (signal > SIGNAL_MAX) return answer(r, CM_EINVAL);
    if (c == NULL || c->state == COMP_DEAD) return answer(r, CM_ENOENT);
    detail = CM_MISSING_RESTART;
    if (!manifest_may_end(&manifest, declared_of(c))) return answer(r, CM_EPERM);
    detail = 0;
    if (signal == 0) return FUT_OK;
    end_log(by, c);
    reap_begin(c, CAUSE_KILLED, (int32_t)signal);
    return FUT_OK;
}

static const struct capmgr_supervise_ops supervise_ops = {.kill = on_supervise_kill};
const struct fipc_binding supervise_binding = {&capmgr_supervise_iface, &supervise_ops, NULL};
