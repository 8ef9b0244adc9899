/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds of objects' lives and of capability tables: their steps. worlds.c has the list. */
#include "model.h"

static void create_step(u32 type, u64 index, u64 slot)
{
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, type, index, slot, 0);
}

static void clear_step(u32 domain_slot, u64 slot)
{
    STEP_X(FUT_SYS_CAP_CLEAR, BY_A, domain_slot, slot);
}

static void free_step(u32 type, u64 index)
{
    STEP_X(FUT_SYS_OBJ_FREE, BY_A, AT_CONTROL, type, index);
}

/* ---- objects: threads 2 and 3, contexts 2 and 3, endpoint 0 ---- */

static void steps_refused_binds(void)
{
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 2, AT_B, AT_SC + 2, PRIORITIES, 0, 0);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 2, AT_B, AT_SC + 2, 0, 8, 0);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 2, AT_B, AT_SC + 2, 0, 7, 2);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 2, AT_B, AT_SC + 2, 0, 0, FUT_BIND_VECTORS);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 4, AT_B, AT_SC + 2, 0, 0, FUT_BIND_VECTORS);
}

void steps_objects(void)
{
    u32 i, c;

    for (i = 2; i <= 3; i++) {
        create_step(FUT_TYPE_THREAD, i, AT_THREAD + i);
        create_step(FUT_TYPE_SC, i, AT_SC + i);
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_THREAD + i);
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_SC + i);
        free_step(FUT_TYPE_THREAD, i);
        free_step(FUT_TYPE_SC, i);
        clear_step(AT_A, AT_THREAD + i);
        clear_step(AT_A, AT_SC + i);
        for (c = 2; c <= 3; c++)
            STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + i, AT_B, AT_SC + c, 1, AT_FAULT, 0);
        STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + i, 1, FUT_SC_CAPPED);
        STEP(FUT_SYS_THREAD_RUN, BY_A, AT_THREAD + i);
        STEP(FUT_SYS_THREAD_STOP, BY_A, AT_THREAD + i);
        STEP(FUT_SYS_THREAD_CANCEL, BY_A, AT_THREAD + i);
        STEP_X(FUT_SYS_REPLY, BY_ALL, 0, 0)->token = token_word(i, TOKEN_SEQUENCE);
        STEP_X(FUT_SYS_REPLY, BY_ALL, 0, 0)->token = token_word(i, 0);
    }
    steps_refused_binds();
    create_step(FUT_TYPE_THREAD, 4, AT_THREAD + 4);
    create_step(FUT_TYPE_THREAD, THREADS, AT_NEW);
    create_step(FUT_TYPE_ENDPOINT, RUN_QUEUES, AT_NEW);
    create_step(FUT_TYPE_ENDPOINT, FIRST_EP, AT_NEW);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_EP);
    STEP(FUT_SYS_EP_DRAIN, BY_A, AT_EP);
    free_step(FUT_TYPE_ENDPOINT, FIRST_EP);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_NEW);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    STEP(FUT_SYS_CALL, BY_ALL, AT_EP);
    STEP(FUT_SYS_SEND, BY_A, AT_EP);
    STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP, 0, 0);
    STEP_X(FUT_SYS_RECV, BY_B, 0, 1, 0);
    STEP(OUT_FAULT, BY_B, FUT_FAULT_WRITE);
    STEP(OUT_TICK, BY_ALL, 0);
}

/* ---- domains: B has a thread, C is made; ASID 1 goes round ---- */

static void domain_steps(u32 d, u32 slot)
{
    STEP(FUT_SYS_OBJ_KILL, BY_A, slot);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, slot, 0);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, slot, SCAN_STEP);
    STEP_X(FUT_SYS_ASID_ASSIGN, BY_A, slot, 1);
    free_step(FUT_TYPE_DOMAIN, d);
    STEP_X(FUT_SYS_CAP_SET, BY_A, slot, AT_EP, AT_EP, 3, 5 + d, 0);
    clear_step(slot, AT_EP);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 3, slot, AT_SC + 3, 1, AT_EP, 0);
    clear_step(AT_A, slot);
}

void steps_domains(void)
{
    domain_steps(DOMAIN_B, AT_B);
    domain_steps(DOMAIN_C, AT_C);
    clear_step(AT_B, AT_FAULT);
    STEP_X(FUT_SYS_ASID_ASSIGN, BY_A, AT_B, 0);
    STEP_X(FUT_SYS_ASID_ASSIGN, BY_A, AT_B, MAX_ASIDS);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_B, AT_B, 3, 0, AT_RAM, 2,
           AT_NOTIFY);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_C, AT_C, 3, 0, AT_RAM, 3,
           0);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_C, AT_C, 2,
           FUT_DOMAIN_FOREIGN, AT_RAM, 2, AT_NOTIFY);
    create_step(FUT_TYPE_THREAD, 3, AT_THREAD + 3);
    create_step(FUT_TYPE_SC, 3, AT_SC + 3);
    STEP_X(FUT_SYS_SC_SET, BY_A, AT_SC + 3, 1, FUT_SC_ROUND_ROBIN);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_THREAD + 2);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_THREAD + 3);
    STEP(FUT_SYS_THREAD_RUN, BY_A, AT_THREAD + 2);
    STEP(FUT_SYS_THREAD_RUN, BY_A, AT_THREAD + 3);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    STEP(FUT_SYS_CALL, BY_ALL, AT_EP);
    STEP_X(FUT_SYS_RECV, BY_ALL, AT_EP, 0, 0);
    STEP(OUT_FAULT, BY_ALL, FUT_FAULT_EXEC);
    STEP(OUT_FOREIGN, BY_C, 9);
}

/* ---- reuse: few steps, so that the whole life of a domain's record is within reach ---- */

void steps_reuse(void)
{
    STEP(FUT_SYS_THREAD_RUN, BY_A, AT_THREAD + 2);
    STEP_X(FUT_SYS_RECV, BY_B, AT_EP, 0, 0);
    STEP(OUT_FAULT, BY_B, FUT_FAULT_READ);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_THREAD + 2);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_B);
    clear_step(AT_B, AT_EP);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, AT_B, 0);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, AT_B, SCAN_STEP);
    free_step(FUT_TYPE_DOMAIN, DOMAIN_B);
    clear_step(AT_A, AT_B);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_B, AT_B, 3, 0, AT_RAM, 2,
           0);
    free_step(FUT_TYPE_THREAD, 2);
    clear_step(AT_A, AT_THREAD + 2);
    create_step(FUT_TYPE_THREAD, 2, AT_THREAD + 2);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_THREAD + 2, AT_B, AT_SC + 2, 1, AT_EP, 0);
    STEP_X(FUT_SYS_CAP_SET, BY_A, AT_B, AT_EP, AT_EP, 3, 6, 0);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    STEP(FUT_SYS_CALL, BY_ALL, AT_EP);
    STEP_X(FUT_SYS_REPLY, BY_ALL, 0, 0)->token = token_word(1, TOKEN_SEQUENCE);
}

/* ---- caps: slots 21 and 22 of A, 6 of B are filled from all that A has ---- */

static void set_step(u32 domain_slot, u64 to, u64 from, u64 rights, u64 badge, u64 type)
{
    STEP_X(FUT_SYS_CAP_SET, BY_A, domain_slot, to, from, rights, badge, type);
}

static void steps_copies(u64 from)
{
    set_step(AT_A, AT_NEW, from, 15, 0, 0);
    set_step(AT_A, AT_NEW, from, 5, 2, 0);
    set_step(AT_A, AT_NEW, from, 10, 0, FUT_TYPE_REGION);
    set_step(AT_A, AT_NEW, from, 15, 0, FUT_TYPE_NOTIFY);
    set_step(AT_A, AT_NEW, from, 1, 6, FUT_TYPE_NOTIFY);
    set_step(AT_A, AT_NEW, from, 6, 2, FUT_TYPE_NOTIFY);
}

void steps_caps(void)
{
    static const u8 sources[] = {AT_EP,  AT_THREAD + 2, AT_SC + 2, AT_B, AT_CONTROL,
                                 AT_IRQ, AT_RAM,        AT_NOTIFY, 30};
    u32 i, first, frames_there;

    for (i = 0; i < sizeof sources; i++)
        steps_copies(sources[i]);
    for (i = 0; i < 16; i++)
        set_step(AT_A, AT_NEW + 1, AT_NEW, i, 0, 0);
    for (i = 1; i < 8; i++)
        set_step(AT_A, AT_NEW + 1, AT_NEW, 15, i, 0);
    set_step(AT_A, AT_NEW + 1, AT_NEW, 15, 1ull << 63 | 2, FUT_TYPE_NOTIFY);
    for (first = 0; first < 5; first++)
        for (frames_there = 0; frames_there < 4; frames_there++) {
            set_step(AT_A, AT_NEW, AT_RAM, 15, (u64)first << 32 | frames_there, 0);
            set_step(AT_A, AT_NEW + 1, AT_NEW, 7, (u64)first << 32 | frames_there, FUT_TYPE_REGION);
        }
    set_step(AT_A, AT_NEW, AT_RAM, 15, 2ull << 32 | 0xffffffff, 0);
    for (i = 0; i < 2; i++) {
        set_step(AT_B, 6, AT_NEW + i, 15, 0, 0);
        clear_step(AT_A, AT_NEW + i);
        STEP_X(FUT_SYS_CAP_INFO, BY_A, AT_A, AT_NEW + i);
        STEP(FUT_SYS_OBJ_KILL, BY_A, AT_NEW + i);
    }
    clear_step(AT_B, 6);
    clear_step(AT_B, 16);
    clear_step(AT_B, 0);
    STEP_X(FUT_SYS_CAP_INFO, BY_A, AT_B, 6);
    STEP_X(FUT_SYS_CAP_INFO, BY_A, AT_B, 16);
    set_step(AT_B, 0, AT_EP, 15, 0, 0);
    set_step(AT_B, 16, AT_EP, 15, 0, 0);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_EP);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_RAM);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_B);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_NOTIFY);
    free_step(FUT_TYPE_REGION, 1);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_REGION, 1, AT_NEW, 1, 3, 0);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_REGION, 1, AT_NEW, 1, MAX_FRAMES, 0);
}

/* ---- rights: slot 21 holds something with some rights; every call tries it ---- */

static void steps_use(u64 slot)
{
    static const u8 plain[] = {FUT_SYS_CALL,       FUT_SYS_SEND,        FUT_SYS_NOTIFY,
                               FUT_SYS_IRQ_ACK,    FUT_SYS_OBJ_KILL,    FUT_SYS_EP_DRAIN,
                               FUT_SYS_THREAD_RUN, FUT_SYS_THREAD_STOP, FUT_SYS_THREAD_CANCEL};
    u32 i;

    for (i = 0; i < sizeof plain; i++)
        STEP(plain[i], BY_A, slot);
    STEP_X(FUT_SYS_RECV, BY_A, slot, 0, FUT_RECV_POLL);
    STEP_X(FUT_SYS_REPLY_RECV, BY_A, slot, 0);
    STEP_X(FUT_SYS_CAP_SET, BY_A, slot, 7, AT_EP, 3, 0, 0);
    STEP_X(FUT_SYS_CAP_CLEAR, BY_A, slot, 7);
    STEP_X(FUT_SYS_CAP_INFO, BY_A, slot, 7);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, slot, FUT_TYPE_THREAD, 3, AT_NEW + 1, 0);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_C, AT_NEW + 2, 2, 0, slot,
           2, AT_NOTIFY);
    STEP_X(FUT_SYS_OBJ_CREATE, BY_A, AT_CONTROL, FUT_TYPE_DOMAIN, DOMAIN_C, AT_NEW + 2, 2, 0,
           AT_RAM, 2, slot);
    STEP_X(FUT_SYS_OBJ_FREE, BY_A, slot, FUT_TYPE_SC, 3);
    STEP_X(FUT_SYS_REPLY_SCAN, BY_A, slot, 0);
    STEP_X(FUT_SYS_ASID_ASSIGN, BY_A, slot, 1);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, slot, AT_B, AT_SC + 3, 1, 0, 0);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_NEW + 1, slot, AT_SC + 3, 1, 0, 0);
    STEP_X(FUT_SYS_THREAD_BIND, BY_A, AT_NEW + 1, AT_B, slot, 1, 0, 0);
    STEP_X(FUT_SYS_THREAD_REGS, BY_A, slot, 0, AT_RAM, 0);
    STEP_X(FUT_SYS_THREAD_REGS, BY_A, AT_THREAD + 2, 0, slot, 0);
    STEP_X(FUT_SYS_THREAD_DEBUG, BY_A, slot, 1);
    STEP_X(FUT_SYS_SC_SET, BY_A, slot, 1, FUT_SC_CAPPED);
    STEP_X(FUT_SYS_IRQ_BIND, BY_A, slot, AT_THREAD + 2, 1, 0);
    STEP_X(FUT_SYS_IRQ_BIND, BY_A, AT_IRQ, slot, 1, 0);
    STEP_X(FUT_SYS_TIMER_SET, BY_A, slot, NOW + 2, AT_NOTIFY);
    STEP_X(FUT_SYS_TIMER_SET, BY_A, AT_CONTROL, NOW + 2, slot);
}

void steps_rights(void)
{
    static const u8 sources[] = {AT_EP,      AT_THREAD + 2, AT_SC + 2, AT_SC + 3, AT_B,
                                 AT_CONTROL, AT_IRQ,        AT_RAM,    AT_NOTIFY, AT_NEW + 1};
    u32 i;

    for (i = 0; i < sizeof sources; i++) {
        set_step(AT_A, AT_NEW, sources[i], 15, 0, 0);
        set_step(AT_A, AT_NEW, sources[i], 14, 0, 0);
        set_step(AT_A, AT_NEW, sources[i], 13, 0, 0);
        set_step(AT_A, AT_NEW, sources[i], 11, 0, 0);
        set_step(AT_A, AT_NEW, sources[i], 7, 0, 0);
    }
    set_step(AT_A, AT_NEW + 3, AT_NEW, 15, 1, FUT_TYPE_NOTIFY);
    clear_step(AT_A, AT_NEW);
    STEP(FUT_SYS_SYNC, BY_A, 0);
    steps_use(AT_NEW);
    create_step(FUT_TYPE_SC, 3, AT_SC + 3);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_SC + 3);
    STEP(FUT_SYS_OBJ_KILL, BY_A, AT_EP);
}
