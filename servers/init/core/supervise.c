/* SPDX-License-Identifier: Apache-2.0 */
/* Supervision of the manifest's components: see supervise.h. */
#include "supervise.h"
#include "strict_cbor.h"

static void policy_from_manifest(const struct manifest_component *c, struct restart_policy *p)
{
    p->always = c->restart.always;
    p->critical = c->critical || scbor_str_is(c->name, SUPERVISE_SHELL);
    p->has_limit = c->restart.max != 0;
    p->max = c->restart.max;
    p->window_ms = c->restart.window_ms;
    p->backoff_ms = c->restart.backoff_ms;
}

void supervise_init(struct supervise *s, const struct manifest *m, const struct supervise_ops *ops,
                    void *ctx)
{
    s->ops = ops;
    s->ctx = ctx;
    s->count = m->component_count;
    s->has_failed = false;
    for (uint32_t i = 0; i < s->count; i++) {
        struct restart_policy p;

        policy_from_manifest(&m->component[i], &p);
        restart_init(&s->component[i].restart, &p);
        s->component[i].state = SUPERVISE_NEW;
        s->component[i].when = SUPERVISE_NEVER;
    }
}

static void component_set_state(struct supervise *s, uint32_t index, enum supervise_state state,
                                uint64_t when)
{
    s->component[index].state = state;
    s->component[index].when = when;
    s->ops->changed(s->ctx, index, state, when);
}

/* Applies the policy to a component that is down. */
static void component_judge(struct supervise *s, uint32_t index, uint64_t now)
{
    uint64_t when = SUPERVISE_NEVER;

    switch (restart_on_death(&s->component[index].restart, now, &when)) {
    case RESTART_AGAIN: component_set_state(s, index, SUPERVISE_DELAYED, when); break;
    case RESTART_NEVER: component_set_state(s, index, SUPERVISE_DOWN, SUPERVISE_NEVER); break;
    case RESTART_GIVE_UP: component_set_state(s, index, SUPERVISE_FAILED, SUPERVISE_NEVER); break;
    case RESTART_FATAL:
        component_set_state(s, index, SUPERVISE_FAILED, SUPERVISE_NEVER);
        s->has_failed = true;
        s->ops->fatal(s->ctx, index);
        break;
    }
}

static void component_start(struct supervise *s, uint32_t index, uint64_t now)
{
    restart_on_start(&s->component[index].restart, now);
    if (s->ops->start(s->ctx, index))
        component_set_state(s, index, SUPERVISE_RUNNING, SUPERVISE_NEVER);
    else
        component_judge(s, index, now);
}

void supervise_start_all(struct supervise *s, uint64_t now)
{
    for (uint32_t i = 0; i < s->count && !s->has_failed; i++) {
        if (s->component[i].state == SUPERVISE_NEW) component_start(s, i, now);
    }
}

bool supervise_on_death(struct supervise *s, uint32_t index, uint64_t now)
{
    if (index >= s->count || s->component[index].state != SUPERVISE_RUNNING) return false;
    component_judge(s, index, now);
    if (s->component[index].state == SUPERVISE_DELAYED && s->component[index].when <= now)
        component_start(s, index, now);
    return true;
}

void supervise_on_time(struct supervise *s, uint64_t now)
{
    for (uint32_t i = 0; i < s->count && !s->has_failed; i++) {
        if (s->component[i].state == SUPERVISE_DELAYED && s->component[i].when <= now)
            component_start(s, i, now);
    }
}

uint64_t supervise_next(const struct supervise *s)
{
    uint64_t next = SUPERVISE_NEVER;

    for (uint32_t i = 0; i < s->count; i++) {
        if (s->component[i].state == SUPERVISE_DELAYED && s->component[i].when < next)
            next = s->component[i].when;
    }
    return next;
}
