/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worlds: small systems, each with the steps that explore one corner. Domain A is capmgr's:
 * thread 1, of the lower priority, holds all capabilities. B and C have the other threads.
 *
 *      messages   2 servers or clients in B, everything about waiting, killing, stopping
 *      chain      4 threads in a row: lending along nested calls
 *      foreign    a foreign task and its server: faults, reflected calls, death bits
 *      devices    interrupts, the deadline, budgets of more than one tick
 *      objects    threads and contexts are made, bound, killed, freed, made again
 *      domains    domains are made, filled, killed, scanned, freed, made again; ASIDs
 *      reuse      B's record alone, through all of its life: deep
 *      retire     the same with lives that run out
 *      caps       copies of copies: rights, badges, ranges, clearing
 *      rights     every call with every capability that lacks a right
 */
#include "model.h"

static void start_manager(void)
{
    u32 i;

    build_clear();
    build_domain(DOMAIN_A, 5);
    build_thread(1, DOMAIN_A, 0, false);
    for (i = 0; i < EPS; i++) {
        build_endpoint(i);
        build_cap(DOMAIN_A, AT_EP + i, FUT_TYPE_ENDPOINT, FIRST_EP + i, 15, 0);
    }
    build_cap(DOMAIN_A, AT_THREAD + 1, FUT_TYPE_THREAD, 1, 15, 0);
    build_cap(DOMAIN_A, AT_SC + 1, FUT_TYPE_SC, 1, 15, 0);
    build_cap(DOMAIN_A, AT_A, FUT_TYPE_DOMAIN, DOMAIN_A, 15, 0);
    build_cap(DOMAIN_A, AT_CONTROL, FUT_TYPE_CONTROL, 0, 15, 0);
}

static void start_user(u32 t, u32 d, u32 prio)
{
    build_thread(t, d, prio, true);
    build_cap(DOMAIN_A, AT_THREAD + t, FUT_TYPE_THREAD, t, 15, 0);
    build_cap(DOMAIN_A, AT_SC + t, FUT_TYPE_SC, t, 15, 0);
}

static void token_step(u32 number, u32 who, u64 slot, u64 token, u64 first, u64 second)
{
    STEP_X(number, who, slot, first, second)->token = token;
}

static void steps_manage(u32 first, u32 last)
{
    u32 t;

    for (t = first; t <= last; t++) {
        STEP(FUT_SYS_THREAD_RUN, BY_A, AT_THREAD + t);
        STEP(FUT_SYS_THREAD_STOP, BY_A, AT_THREAD + t);
        STEP(FUT_SYS_THREAD_CANCEL, BY_A, AT_THREAD + t);
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_THREAD + t);
    }
    STEP(OUT_TICK, BY_ALL, 0);
    STEP(FUT_SYS_YIELD, BY_ALL, 0);
}

/* ---- messages ---- */

static void start_messages(void)
{
    start_manager();
    build_domain(DOMAIN_B, 4);
    start_user(2, DOMAIN_B, 1);
    start_user(3, DOMAIN_B, 1);
    build_cap(DOMAIN_A, AT_B, FUT_TYPE_DOMAIN, DOMAIN_B, 15, 0);
    build_cap(DOMAIN_A, AT_NOTIFY, FUT_TYPE_NOTIFY, 2, 1, 1);
    build_cap(DOMAIN_B, AT_EP, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 5);
    build_cap(DOMAIN_B, AT_EP + 1, FUT_TYPE_ENDPOINT, FIRST_EP + 1, FUT_RIGHT_ENDPOINT_RECV, 6);
    build_cap(DOMAIN_B, AT_EP + 2, FUT_TYPE_ENDPOINT, FIRST_EP + 1, FUT_RIGHT_ENDPOINT_CALL, 7);
    build_cap(DOMAIN_B, AT_FAULT, FUT_TYPE_ENDPOINT, FIRST_EP, FUT_RIGHT_ENDPOINT_CALL, 9);
    build_cap(DOMAIN_B, AT_B_NOTIFY, FUT_TYPE_NOTIFY, 1, 1, 2);
}

static void steps_replies(u32 who, u32 threads_there)
{
    u32 t, e;

    for (t = 1; t <= threads_there; t++) {
        token_step(FUT_SYS_REPLY, who, 0, token_word(t, TOKEN_SEQUENCE), 0, 0);
        for (e = 0; e < 2; e++)
            token_step(FUT_SYS_REPLY_RECV, who, AT_EP + e, token_word(t, TOKEN_SEQUENCE), 0, 0);
    }
}

static void steps_messages(void)
{
    u32 e, i;

    for (e = AT_EP; e < AT_EP + 3; e++) {
        STEP(FUT_SYS_CALL, BY_ALL, e);
        STEP(FUT_SYS_SEND, BY_ALL, e);
        STEP_X(FUT_SYS_RECV, BY_ALL, e, 0, 0);
        STEP_X(FUT_SYS_RECV, BY_ALL, e, 2, 0);
        STEP_X(FUT_SYS_RECV, BY_ALL, e, 3, FUT_RECV_POLL);
        token_step(FUT_SYS_REPLY_RECV, BY_ALL, e, 0, 0, 0);
    }
    for (i = 0; i < 4; i++)
        STEP_X(FUT_SYS_RECV, BY_ALL, 0, i & 1 ? 3 : 0, i >> 1);
    steps_replies(BY_ALL, 3);
    token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(2, TOKEN_SEQUENCE - 1), 0, 0);
    token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(1, TOKEN_SEQUENCE + 1), 0, 0);
    token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(THREADS, TOKEN_SEQUENCE), 0, 0);
    token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(2, TOKEN_SEQUENCE), 1, 0);
    token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, token_word(2, TOKEN_SEQUENCE - 1), 0, 0);
    STEP(FUT_SYS_NOTIFY, BY_A, AT_NOTIFY);
    STEP(FUT_SYS_NOTIFY, BY_B, AT_B_NOTIFY);
    STEP(OUT_FAULT, BY_ALL, FUT_FAULT_READ);
    steps_manage(1, 3);
    for (e = 0; e < 2; e++) {
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_EP + e);
        STEP(FUT_SYS_EP_DRAIN, BY_A, AT_EP + e);
        STEP_X(FUT_SYS_OBJ_FREE, BY_A, AT_CONTROL, FUT_TYPE_ENDPOINT, FIRST_EP + e);
    }
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_B);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, AT_B, 0);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, AT_B, SCAN_STEP);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 2, 0, FUT_SC_CAPPED);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 2, 1, FUT_SC_CAPPED);
    STEP(FUT_SYS_SYNC, BY_A, 0);
}

/* ---- chain ---- */

static void start_chain(void)
{
    u32 e;

    start_manager();
    build_domain(DOMAIN_B, 4);
    build_domain(DOMAIN_C, 4);
    start_user(2, DOMAIN_B, 1);
    start_user(3, DOMAIN_C, 1);
    start_user(4, DOMAIN_C, 1);
    for (e = 0; e < EPS; e++) {
        build_cap(DOMAIN_B, AT_EP + e, FUT_TYPE_ENDPOINT, FIRST_EP + e, 3, 5 + e);
        build_cap(DOMAIN_C, AT_EP + e, FUT_TYPE_ENDPOINT, FIRST_EP + e, 3, 8 + e);
    }
    for (e = 2; e < THREADS; e++) {
        threads[e].state = THREAD_READY;
        ready_push(e);
    }
    (void)nucleus_leave();
}

static void steps_chain(void)
{
    u32 i;

    for (i = 0; i < EPS; i++) {
        STEP(FUT_SYS_CALL, BY_ALL, AT_EP + i);
        STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP + i, 0, 0);
    }
    STEP_X(FUT_SYS_RECV, BY_ALL, 0, 0, FUT_RECV_POLL);
    for (i = 1; i < THREADS; i++)
        token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(i, TOKEN_SEQUENCE), 0, 0);
    for (i = 1; i < THREADS; i++)
        token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, token_word(i, TOKEN_SEQUENCE), 0, 0);
    steps_manage(2, 4);
    for (i = 1; i < SCS; i++)
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_SC + i);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 2, 0, FUT_SC_CAPPED);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 2, 1, FUT_SC_CAPPED);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 3, 0, FUT_SC_CAPPED);
}

/* ---- foreign ---- */

static void start_foreign(void)
{
    start_manager();
    build_domain(DOMAIN_B, 4);
    build_domain(DOMAIN_C, 3);
    domains[DOMAIN_C].flags = FUT_DOMAIN_FOREIGN;
    domains[DOMAIN_C].death_thread = 1;
    domains[DOMAIN_C].death_mask = 4;
    start_user(2, DOMAIN_B, 1);
    start_user(3, DOMAIN_C, 1);
    build_region(0, MAX_FRAMES);
    build_cap(DOMAIN_A, AT_RAM, FUT_TYPE_REGION, 1, 15, MAX_FRAMES);
    build_cap(DOMAIN_A, AT_C, FUT_TYPE_DOMAIN, DOMAIN_C, 15, 0);
    build_cap(DOMAIN_B, AT_EP, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 5);
    build_cap(DOMAIN_B, AT_EP + 1, FUT_TYPE_ENDPOINT, FIRST_EP + 1, 3, 6);
    build_cap(DOMAIN_B, AT_FAULT, FUT_TYPE_ENDPOINT, FIRST_EP + 1, 3, 8);
    build_cap(DOMAIN_C, AT_FAULT, FUT_TYPE_ENDPOINT, FIRST_EP, FUT_RIGHT_ENDPOINT_CALL, 9);
    build_cap(DOMAIN_C, AT_EP, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 7); /* it can name nothing */
}

static void steps_foreign(void)
{
    u32 t, e;

    STEP(OUT_FOREIGN, BY_C, AT_EP);
    STEP_X(OUT_FOREIGN, BY_C, 0, 1, 2, 3);
    STEP(OUT_FAULT, BY_ALL, FUT_FAULT_READ);
    STEP(OUT_FAULT, BY_ALL, FUT_FAULT_UNDEFINED);
    for (e = 0; e < 2; e++) {
        STEP(FUT_SYS_CALL, BY_ALL, AT_EP + e);
        STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP + e, 4, 0);
        STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP + e, 0, FUT_RECV_POLL);
        STEP(FUT_SYS_EP_DRAIN, BY_A, AT_EP + e);
    }
    for (t = 1; t <= 3; t++) {
        token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(t, TOKEN_SEQUENCE), 0, 0);
        token_step(FUT_SYS_REPLY, BY_ALL, 0, token_word(t, TOKEN_SEQUENCE), 7, FUT_FOREIGN_KEEP);
        token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, token_word(t, TOKEN_SEQUENCE), 7, 0);
        token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, token_word(t, TOKEN_SEQUENCE), 0, 3);
    }
    STEP_X(FUT_SYS_RECV, BY_A, 0, 4, 0);
    STEP_X(FUT_SYS_RECV, BY_A, 0, 6, FUT_RECV_POLL);
    steps_manage(1, 3);
    for (t = 1; t <= 3; t++) {
        STEP_X(FUT_SYS_THREAD_REGS, BY_A, AT_THREAD + t, FUT_REGS_READ, AT_RAM, 0);
        STEP_X(FUT_SYS_THREAD_REGS, BY_A, AT_THREAD + t, FUT_REGS_WRITE, AT_RAM, t - 1);
        STEP_X(FUT_SYS_THREAD_DEBUG, BY_A, AT_THREAD + t, t & 1);
    }
    STEP_X(FUT_SYS_THREAD_REGS, BY_A, AT_THREAD + 3, 2, AT_RAM, 0);
    STEP_X(FUT_SYS_THREAD_REGS, BY_A, AT_THREAD + 3, 0, AT_RAM, MAX_FRAMES);
    STEP_X(FUT_SYS_THREAD_DEBUG, BY_A, AT_THREAD + 3, 2);
    STEP_X(FUT_SYS_CAP_CLEAR, BY_A, AT_C, AT_FAULT);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_EP);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_C);
}

/* ---- devices ---- */

static void start_devices(void)
{
    start_manager();
    build_domain(DOMAIN_B, 4);
    start_user(2, DOMAIN_B, 1);
    start_user(3, DOMAIN_B, 0);
    irqs[0].live = 1;
    irqs[0].masked = 1;
    scs[1].budget = scs[1].left = 2;
    scs[2].budget = scs[2].left = 2;
    model_armed = NOW + 2;
    build_cap(DOMAIN_A, AT_IRQ, FUT_TYPE_IRQ, 0, 15, 0);
    build_cap(DOMAIN_A, AT_NOTIFY, FUT_TYPE_NOTIFY, 2, 1, 1);
    build_cap(DOMAIN_A, AT_NOTIFY + 1, FUT_TYPE_NOTIFY, 1, 1, 2);
    build_cap(DOMAIN_B, AT_EP, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 5);
    build_cap(DOMAIN_B, AT_B_NOTIFY, FUT_TYPE_NOTIFY, 1, 1, 2);
}

static void steps_devices(void)
{
    u32 t, i;

    STEP(OUT_INTERRUPT, BY_ALL, 0);
    STEP(FUT_SYS_IRQ_ACK, BY_ALL, AT_IRQ);
    for (t = 1; t <= 3; t++)
        STEP_X(FUT_SYS_IRQ_BIND, BY_A, AT_IRQ, AT_THREAD + t, 1u << t, t & 1);
    STEP_X(FUT_SYS_IRQ_BIND, BY_A, AT_IRQ, AT_THREAD + 2, 0, 0);
    STEP_X(FUT_SYS_IRQ_BIND, BY_A, AT_IRQ, AT_THREAD + 2, 1, 2);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_IRQ);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_NEW);
    STEP_X(FUT_SYS_OBJ_FREE, BY_A, AT_CONTROL, FUT_TYPE_IRQ, 0);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_IRQ, 0, AT_NEW);
    STEP_X(FUT_SYS_IRQ_BIND, BY_A, AT_NEW, AT_THREAD + 2, 4, 0);
    STEP(FUT_SYS_IRQ_ACK, BY_A, AT_NEW);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    STEP_X(FUT_SYS_TIMER_SET, BY_A, AT_CONTROL, 0, 0);
    for (i = 1; i <= 3; i++)
        STEP_X(FUT_SYS_TIMER_SET, BY_A, AT_CONTROL, NOW + i, AT_NOTIFY + (i & 1));
    for (i = 0; i < 3; i++) {
        STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 1 + i, 1 + i, i & 1);
        STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 1 + i, i, FUT_SC_CAPPED);
    }
    STEP_X(FUT_SYS_RECV, BY_ALL, 0, 4, 0);
    STEP_X(FUT_SYS_RECV, BY_ALL, 0, 2, FUT_RECV_POLL);
    STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP, 3, 0);
    STEP(FUT_SYS_CALL, BY_ALL, AT_EP);
    token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, 0, 0, 0);
    for (i = 1; i <= 3; i++)
        token_step(FUT_SYS_REPLY_RECV, BY_ALL, AT_EP, token_word(i, TOKEN_SEQUENCE), 0, 0);
    STEP(FUT_SYS_NOTIFY, BY_A, AT_NOTIFY);
    STEP(FUT_SYS_CLOCK, BY_ALL, 0);
    steps_manage(1, 3);
}

/* What the worlds of worlds_life.c start from. */
void start_objects(void)
{
    start_manager();
    build_domain(DOMAIN_B, 3);
    build_cap(DOMAIN_A, AT_B, FUT_TYPE_DOMAIN, DOMAIN_B, 15, 0);
    build_cap(DOMAIN_B, AT_EP, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 5);
    build_cap(DOMAIN_B, AT_FAULT, FUT_TYPE_ENDPOINT, FIRST_EP, 3, 9);
}

void start_retire(void)
{
    u32 i;

    start_objects();
    for (i = 0; i < THREADS; i++) {
        threads[i].generation = GENERATION_MAX - 2;
        scs[i].generation = GENERATION_MAX - 2;
    }
    for (i = 0; i < EPS; i++)
        endpoints[FIRST_EP + i].key = (u64)(GENERATION_MAX - 2) << 32;
    for (i = 1; i < DOMAINS; i++)
        domains[i].generation = GENERATION_MAX - 2;
    for (i = DOMAIN_A * TABLE_STRIDE; i < MAX_DOMAINS * TABLE_STRIDE; i++)
        if (key_type(slots[i].key) != FUT_TYPE_NONE && key_type(slots[i].key) != FUT_TYPE_CONTROL)
            slots[i].key |= (u64)(GENERATION_MAX - 2) << 32;
}

void start_domains(void)
{
    start_objects();
    start_user(2, DOMAIN_B, 1);
    build_region(0, MAX_FRAMES);
    build_cap(DOMAIN_A, AT_RAM, FUT_TYPE_REGION, 1, 15, MAX_FRAMES);
    build_cap(DOMAIN_A, AT_NOTIFY, FUT_TYPE_NOTIFY, 1, 1, 4);
}

/* B has nothing but its endpoint, and serves it. */
void start_reuse(void)
{
    start_domains();
    slots[DOMAIN_B * TABLE_STRIDE + AT_FAULT].key = 0;
    domains[DOMAIN_B].caps_used--;
}

void start_caps(void)
{
    start_manager();
    build_domain(DOMAIN_B, 4);
    start_user(2, DOMAIN_B, 1);
    build_region(1, 4);
    irqs[0].live = 1;
    irqs[0].masked = 1;
    build_cap(DOMAIN_A, AT_B, FUT_TYPE_DOMAIN, DOMAIN_B, 15, 0);
    build_cap(DOMAIN_A, AT_IRQ, FUT_TYPE_IRQ, 0, 15, 0);
    build_cap(DOMAIN_A, AT_RAM, FUT_TYPE_REGION, 1, 15, 1ull << 32 | 3);
    build_cap(DOMAIN_A, AT_NOTIFY, FUT_TYPE_NOTIFY, 2, 1, 6);
    domains[DOMAIN_B].caps_pages = 1;
}

const struct world worlds[] = {
    {"messages", false, start_messages, steps_messages, 18},
    {"chain", false, start_chain, steps_chain, 20},
    {"foreign", false, start_foreign, steps_foreign, 10},
    {"devices", false, start_devices, steps_devices, 10},
    {"objects", false, start_objects, steps_objects, 12},
    {"domains", false, start_domains, steps_domains, 12},
    {"reuse", false, start_reuse, steps_reuse, 5},
    {"retire", true, start_retire, steps_objects, 8},
    {"caps", false, start_caps, steps_caps, 5},
    {"rights", false, start_caps, steps_rights, 5},
};
const u32 world_count = sizeof worlds / sizeof worlds[0];
