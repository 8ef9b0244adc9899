/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a component, in bounded steps between receives. What makes it stop comes first, then
 * what others wait for, then its memory. Each stage is repeated until it says that it is done.
 *
 *   children -> endpoint -> threads -> scan -> connections -> tickets -> devices -> loans ->
 *   table -> space -> lane -> (children gone) -> domain -> account -> DEAD
 */
#include "main.h"

enum stage {
    STAGE_CHILDREN,
    STAGE_ENDPOINT,
    STAGE_DRAIN,
    STAGE_THREADS,
    STAGE_SCAN,
    STAGE_CLIENT,
    STAGE_SERVER,
    STAGE_TICKETS,
    STAGE_DEVICES,
    STAGE_LOANS,
    STAGE_TABLE,
    STAGE_SPACE,
    STAGE_LANE,
    STAGE_DOMAIN,
    STAGE_END
};

static uint32_t dying[COMPS];
static uint32_t dying_count;
uint64_t ended_ticks;

void reap_begin(struct comp *c, uint32_t cause, int32_t code)
{
    if (c->state != COMP_NEW && c->state != COMP_RUNNING) return;
    c->state = COMP_DYING;
    c->reap = STAGE_CHILDREN;
    c->death.cause = cause;
    c->death.code = code;
    dying[dying_count++] = comp_index(c);
}

static bool reap_children(struct comp *c)
{
    uint32_t i;

    /* Not before: the call that ended it may be one of its own, and still be at work then. */
    serve_forget(c);
    if (c->domain_slot != CM_NONE) (void)fut_sys_obj_kill(c->domain_slot);
    for (i = c->child; i != CM_NONE; i = comps[i].sibling)
        reap_begin(&comps[i], CAUSE_KILLED, 0);
    /* What it created for others dies with them; what it created and did not start, with it. */
    for (i = 1; i < COMPS; i++) {
        if (comps[i].state != COMP_FREE && comps[i].creator == comp_index(c)) {
            comps[i].released = true;
            comps[i].creator = CM_NONE; /* the index may soon be another's */
            if (comps[i].state == COMP_NEW) reap_begin(&comps[i], CAUSE_KILLED, 0);
            reap_finish_creator(&comps[i]);
        }
    }
    return true;
}

/* Everything derived from a root goes; slots of other tables are cleared unless their owner must
 * see that the object is dead (a connection's slot stays until it is closed). */
void caps_forget(caps_handle root)
{
    struct caps_node gone[CM_STEPS];
    struct caps_walk walk;
    uint32_t count;
    bool done = !caps_revoke(&caps, &walk, root, false);

    while (!done)
        done = caps_revoke_step(&caps, &walk, gone, &count);
}

static bool reap_endpoint(struct comp *c)
{
    struct caps_node gone[CM_STEPS];
    uint32_t count;

    if (c->endpoint_slot == CM_NONE) return true;
    if (c->endpoint_cap != 0) {
        (void)fut_sys_obj_kill(c->endpoint_slot);
        if (!caps_revoke(&caps, &c->reap_walk, c->endpoint_cap, false)) return true;
        c->endpoint_cap = 0;
    }
    return caps_revoke_step(&caps, &c->reap_walk, gone, &count);
}

static bool reap_drain(struct comp *c)
{
    uint32_t step;

    if (c->endpoint_slot == CM_NONE) return true;
    for (step = 0; step < CM_STEPS; step++) {
        if (fut_sys_ep_drain(c->endpoint_slot) != FUT_S_MORE) {
            own_slot_clear(c->endpoint_slot);
            c->endpoint_slot = CM_NONE;
            nuc_free_record(FUT_TYPE_ENDPOINT, c->endpoint);
            return true;
        }
    }
    return false;
}

static bool reap_threads(struct comp *c)
{
    nuc_drop_bell(c);
    if (c->thread_first != CM_NONE) thread_remove(c, c->thread_first);
    c->reap_at = 0;
    return c->thread_first == CM_NONE && c->threads_ending == 0;
}

static bool reap_scan(struct comp *c)
{
    uint64_t next = 0;

    if (c->domain_slot == CM_NONE) return true;
    if (fut_sys_reply_scan(c->domain_slot, c->reap_at, &next) != FUT_S_OK) next = 0;
    c->reap_at = (uint32_t)next;
    return next == 0;
}

static bool reap_tickets(struct comp *c)
{
    struct ticket_end end;
    uint32_t step;

    ticket_tell(&tickets, comp_index(c), false);
    for (step = 0; step < CM_STEPS; step++) {
        if (!ticket_drop_next(&tickets, comp_index(c), &end)) return true;
        grant_ended(&end);
    }
    return false;
}

static bool reap_loans(struct comp *c)
{
    if (memory_end_loan(c)) return false;
    c->reap_at = 1;
    return true;
}

/* Clears slots of its own table, tree node and nucleus slot alike. */
static bool reap_table(struct comp *c)
{
    uint32_t step;

    if (c->domain_slot == CM_NONE) return true;
    for (step = 0; step < CM_STEPS && c->reap_at < CAPS_TABLE_SLOTS; step++, c->reap_at++) {
        caps_handle h = caps_at(&caps, (uint16_t)comp_index(c), c->reap_at);

        if (h != 0) caps_forget(h);
        (void)fut_sys_cap_clear(c->domain_slot, c->reap_at);
    }
    if (c->reap_at < CAPS_TABLE_SLOTS) return false;
    (void)caps_table_close(&caps, (uint16_t)comp_index(c));
    c->reap_at = 0;
    return true;
}

/* Pages first; then what regions have charged (a stack's pages were charged one by one). */
static bool reap_space(struct comp *c)
{
    struct space_region cut;

    if (lanes_hold(&lanes, comp_index(c))) return false;
    if (c->domain_slot != CM_NONE && !vm_reap(c)) return false;
    while (space_cut_first(&regions, &c->space, &cut))
        ;
    return true;
}

static bool reap_lane(struct comp *c)
{
    uint64_t own = OWN_LANES + comp_index(c) * OWN_LANE_STRIDE;
    uint32_t side, i;

    for (side = 0; side < 2; side++) {
        for (i = 0; i < MANAGER_AREA; i++) {
            if (c->lane[side][i] == CM_NONE) continue;
            own_unmap(own + side * OWN_LANE_S + i * PAGE);
            page_retire(c->lane[side][i]);
        }
    }
    if (c->start_frame != CM_NONE) page_retire(c->start_frame);
    return true;
}

static bool reap_domain(struct comp *c)
{
    if (c->child != CM_NONE) return false;
    if (c->domain_slot != CM_NONE) {
        own_slot_clear(c->domain_slot);
        c->domain_slot = CM_NONE;
        nuc_free_record(FUT_TYPE_DOMAIN, c->domain);
        page_give_free(c->root_frame);
    } else if (c->root_frame != CM_NONE) {
        page_give_free(c->root_frame);
    }
    return true;
}

static void reap_account(struct comp *c)
{
    struct account *a = &accounts.account[comp_index(c)];

    if (!a->open) return;
    /* All that was charged is gone by now: frames, tables, lanes. */
    (void)account_refund(&accounts, comp_index(c), a->charged - a->carved);
    if (a->lent != 0) (void)account_lend_end(&accounts, comp_index(c), a->lent);
    if (account_close(&accounts, comp_index(c)) != CM_OK)
        log_say2(LOG_ERROR, "a budget could not be closed: ", c->name, c->number);
}

static void reap_unlink(struct comp *c)
{
    uint32_t *link;

    for (link = &comps[c->parent].child; *link != comp_index(c);)
        link = &comps[*link].sibling;
    *link = c->sibling;
}

/* Its creator's interest has ended: a dead component's record is free. */
void reap_finish_creator(struct comp *c)
{
    if (c->state == COMP_DEAD && c->released) c->state = COMP_FREE;
}

static bool reap_end(struct comp *c)
{
    ended_ticks += c->ticks;
    reap_account(c);
    reap_unlink(c);
    c->state = COMP_DEAD;
    serve_ended(c);
    c->released = c->released || c->creator == 0;
    if (!c->released) nuc_notify(c->creator);
    reap_finish_creator(c);
    return true;
}

static bool reap_stage(struct comp *c)
{
    switch (c->reap) {
    case STAGE_CHILDREN: return reap_children(c);
    case STAGE_ENDPOINT: return reap_endpoint(c);
    case STAGE_DRAIN: return reap_drain(c);
    case STAGE_THREADS: return reap_threads(c);
    case STAGE_SCAN: return reap_scan(c);
    case STAGE_CLIENT: return !connect_reap_client(c);
    case STAGE_SERVER: return !connect_reap_server(c);
    case STAGE_TICKETS: return reap_tickets(c);
    case STAGE_DEVICES: device_release(c); return true;
    case STAGE_LOANS: return reap_loans(c);
    case STAGE_TABLE: return reap_table(c);
    case STAGE_SPACE: return reap_space(c);
    case STAGE_LANE: return reap_lane(c);
    case STAGE_DOMAIN: return reap_domain(c);
    default: return reap_end(c);
    }
}

bool reap_pending(void) { return dying_count != 0; }

bool reap_step(void)
{
    static uint32_t turn;
    struct comp *c;

    if (dying_count == 0) return false;
    turn = turn + 1 < dying_count ? turn + 1 : 0;
    c = &comps[dying[turn]];
    if (!reap_stage(c)) return true;
    if (c->reap == STAGE_END)
        dying[turn] = dying[--dying_count];
    else
        c->reap++;
    return true;
}
