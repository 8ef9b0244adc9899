/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of components: each with its own scheduling context, a time slice of SLICE_MS. */
#include "main.h"

#define SLICE_MS 10u

struct thread_rec thread_recs[THREADS];

static uint32_t regs_frame = CM_NONE;

/* The page through which registers go, mapped for ever. */
static uint64_t *regs_page(void)
{
    if (regs_frame == CM_NONE) {
        regs_frame = page_take(FUT_FRAME_USER, 0);
        if (regs_frame == CM_NONE || !own_map(OWN_REGS, regs_frame, FUT_MAP_WRITE))
            die("no page for registers");
        kernel_pages++;
    }
    return (uint64_t *)(uintptr_t)OWN_REGS;
}

uint32_t thread_find(const struct comp *c, uint32_t ordinal)
{
    uint32_t t;

    for (t = c->thread_first; t != CM_NONE && thread_recs[t].ordinal != ordinal;)
        t = thread_recs[t].next;
    return t;
}

uint32_t thread_of_record(const struct comp *c, uint32_t record)
{
    if (record >= THREADS || !thread_recs[record].live || thread_recs[record].comp != comp_index(c))
        return CM_NONE;
    return record;
}

static enum cm_err thread_bind_it(struct comp *c, uint32_t t, uint32_t priority, bool vectors)
{
    fut_status s = FUT_S_TABLE;
    uint32_t tries;

    for (tries = 0; tries < 4096 && s == FUT_S_TABLE; tries++) {
        s = fut_sys_thread_bind(thread_recs[t].slot, c->domain_slot, thread_recs[t].sc_slot,
                                priority, SLOT_FAULT, vectors ? FUT_BIND_VECTORS : 0);
        if (s == FUT_S_TABLE) nuc_grow_vectors(t);
    }
    return s == FUT_S_OK ? CM_OK : CM_ENOMEM;
}

/* Makes the nucleus' two objects for record `t`. */
static enum cm_err thread_objects(uint32_t *t, uint32_t *slot, uint32_t *sc, uint32_t *sc_slot)
{
    uint64_t used;
    enum cm_err e;

    *t = *sc = CM_NONE;
    e = nuc_create(FUT_TYPE_THREAD, t, slot, NULL);
    if (e != CM_OK) return e;
    if (*t >= THREADS) {
        nuc_destroy(FUT_TYPE_THREAD, *t, *slot);
        return CM_ENOMEM;
    }
    e = nuc_create(FUT_TYPE_SC, sc, sc_slot, NULL);
    if (e != CM_OK) {
        nuc_destroy(FUT_TYPE_THREAD, *t, *slot);
        return e;
    }
    (void)fut_sys_sc_set(*sc_slot, boot->counter_hz * SLICE_MS / 1000u, FUT_SC_ROUND_ROBIN, &used);
    return CM_OK;
}

static void thread_set_registers(uint32_t t, uint64_t pc, uint64_t sp, uint64_t tls,
                                 uint64_t argument)
{
    uint64_t *page = regs_page();
    uint32_t i;

    for (i = 0; i < PAGE / 8u; i++)
        page[i] = 0;
    page[FUT_REG_ARGUMENT] = argument;
    page[FUT_REG_SP] = sp;
    page[FUT_REG_PC] = pc;
    page[FUT_REG_TLS] = tls;
    if (fut_sys_thread_regs(thread_recs[t].slot, FUT_REGS_WRITE, FUT_BOOT_SLOT_RAM, regs_frame) !=
        FUT_S_OK)
        die("a new thread's registers cannot be set");
}

enum cm_err thread_add(struct comp *c, uint64_t pc, uint64_t sp, uint64_t tls, uint64_t argument,
                       uint8_t priority, bool vectors, uint32_t *ordinal)
{
    uint32_t t, slot, sc, sc_slot, *link;
    enum cm_err e;

    detail = priority > c->priority ? CM_MISSING_PRIORITY : CM_MISSING_THREADS;
    if (priority > c->priority || c->threads >= c->threads_max) return CM_EPERM;
    detail = 0;
    e = thread_objects(&t, &slot, &sc, &sc_slot);
    if (e != CM_OK) return e;
    thread_recs[t] = (struct thread_rec){.comp = comp_index(c),
                                         .next = CM_NONE,
                                         .ordinal = c->threads_started,
                                         .slot = slot,
                                         .sc = sc,
                                         .sc_slot = sc_slot,
                                         .live = true};
    e = caps_add_root(&caps, FUT_TYPE_THREAD, t, 15, 0, &thread_recs[t].cap);
    if (e == CM_OK) e = thread_bind_it(c, t, priority, vectors);
    for (link = &c->thread_first; *link != CM_NONE;)
        link = &thread_recs[*link].next;
    *link = t;
    c->threads++;
    c->threads_started++;
    if (e != CM_OK) {
        thread_remove(c, t);
        return CM_ENOMEM;
    }
    thread_set_registers(t, pc, sp, tls, argument);
    *ordinal = thread_recs[t].ordinal;
    return fut_sys_thread_run(slot) == FUT_S_OK ? CM_OK : CM_EINVAL;
}

uint64_t thread_ticks(uint32_t t)
{
    uint64_t used = 0;

    (void)fut_sys_sc_set(thread_recs[t].sc_slot, boot->counter_hz * SLICE_MS / 1000u,
                         FUT_SC_ROUND_ROBIN, &used);
    return used;
}

uint64_t comp_ticks(const struct comp *c)
{
    uint64_t ticks = c->ticks;
    uint32_t t;

    for (t = c->thread_first; t != CM_NONE; t = thread_recs[t].next)
        ticks += thread_ticks(t);
    return ticks;
}

/* Messages received, which the nucleus puts behind the general registers. */
uint64_t comp_calls(const struct comp *c)
{
    uint64_t words[FUT_REG_WORDS + 1u], calls = c->calls;
    uint32_t t;

    for (t = c->thread_first; t != CM_NONE; t = thread_recs[t].next) {
        regs_page()[FUT_REG_WORDS] = 0;
        if (thread_registers(t, words, FUT_REG_WORDS + 1u)) calls += words[FUT_REG_WORDS];
    }
    return calls;
}

bool thread_registers(uint32_t t, uint64_t *out, uint32_t count)
{
    uint64_t *page = regs_page();
    uint32_t i;

    if (fut_sys_thread_regs(thread_recs[t].slot, FUT_REGS_READ, FUT_BOOT_SLOT_RAM, regs_frame) !=
        FUT_S_OK)
        return false;
    for (i = 0; i < count; i++)
        out[i] = page[i];
    return true;
}

bool thread_registers_set(uint32_t t, const uint64_t words[FUT_REG_WORDS])
{
    uint64_t *page = regs_page();
    uint32_t i;

    /* The vector state in the page is the thread's own, which a read has put there. */
    if (fut_sys_thread_regs(thread_recs[t].slot, FUT_REGS_READ, FUT_BOOT_SLOT_RAM, regs_frame) !=
        FUT_S_OK)
        return false;
    for (i = 0; i < FUT_REG_WORDS; i++)
        page[i] = words[i];
    return fut_sys_thread_regs(thread_recs[t].slot, FUT_REGS_WRITE, FUT_BOOT_SLOT_RAM,
                               regs_frame) == FUT_S_OK;
}

/* --- the end of threads --- */

/* Threads that run no more and whose capabilities are being taken back, first in, first out. */
static uint32_t ending_first = CM_NONE, ending_last = CM_NONE;
static struct caps_walk ending_walk; /* over those of the first */

bool thread_pending(void) { return ending_first != CM_NONE; }

/* Notification capabilities for the thread leave the tables that they are in. */
static bool thread_revoke_step(uint32_t t)
{
    struct caps_node gone[CM_STEPS];
    uint32_t count, i;
    bool done;

    if (!ending_walk.active && !caps_revoke(&caps, &ending_walk, thread_recs[t].cap, false))
        return true;
    done = caps_revoke_step(&caps, &ending_walk, gone, &count);
    for (i = 0; i < count; i++) {
        if (gone[i].table == CAPS_NO_TABLE) continue;
        (void)fut_sys_cap_clear(comps[gone[i].table].domain_slot, gone[i].slot);
        if (gone[i].tag == 0) /* a connection's slot stays until that is closed */
            (void)caps_slot_give(&caps, gone[i].table, gone[i].slot);
    }
    return done;
}

bool thread_step(void)
{
    uint32_t t = ending_first;

    if (t == CM_NONE) return false;
    if (!thread_revoke_step(t)) return true;
    ending_first = thread_recs[t].next;
    if (ending_first == CM_NONE) ending_last = CM_NONE;
    comps[thread_recs[t].comp].threads_ending--;
    nuc_destroy(FUT_TYPE_THREAD, t, thread_recs[t].slot);
    nuc_destroy(FUT_TYPE_SC, thread_recs[t].sc, thread_recs[t].sc_slot);
    return true;
}

/* It stops at once; what it leaves behind goes in steps, the first of them now. */
void thread_remove(struct comp *c, uint32_t t)
{
    uint32_t *link;

    c->ticks += thread_ticks(t);
    for (link = &c->thread_first; *link != CM_NONE && *link != t;)
        link = &thread_recs[*link].next;
    if (*link == t) *link = thread_recs[t].next;
    c->threads--;
    c->threads_ending++;
    thread_recs[t].live = false;
    thread_recs[t].next = CM_NONE;
    (void)fut_sys_obj_kill(thread_recs[t].slot);
    if (ending_last != CM_NONE)
        thread_recs[ending_last].next = t;
    else
        ending_first = t;
    ending_last = t;
    (void)thread_step();
}
