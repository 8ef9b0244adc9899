/* SPDX-License-Identifier: Apache-2.0 */
/* Domains that die: what a dying one may still do, and what its successor in the same record is not
 * taken for. */
#include "suite.h"

#define FAULT_SLOT 3
#define SERVE 4
#define CONTROL 4
#define REPORT 6
#define VA 0xb0000000ull

CHILD static void child_creator(u64 record)
{
    u64 argument[5], w[5];
    struct fut_msg m;

    argument[0] = argument[1] = argument[2] = argument[3] = argument[4] = 0;
    fut_sys_recv(0, 1, 0, &m);
    w[0] = fut_sys_obj_create(CONTROL, FUT_TYPE_ENDPOINT, record, 9, argument);
    w[1] = w[2] = w[3] = w[4] = 0;
    fut_sys_call(REPORT, w);
    for (;;)
        fut_sys_recv(0, 0, 0, &m);
}

/* A table that is being emptied is not filled. */
static void creating_in_a_dying_domain(void)
{
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0), note = slot_new();
    struct fut_msg m;
    struct task t;

    check_begin("a dying domain creates nothing");
    give(domain, CONTROL, SLOT_CONTROL, FUT_RIGHT_CONTROL_CREATE, 0);
    give(domain, REPORT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    t = task_new(domain, child_creator, record + 1, PRIORITY_SUITE + 1, 0);
    EXPECT(fut_sys_cap_set(SLOT_SELF, note, t.thread, 15, 1, FUT_TYPE_NOTIFY), FUT_S_OK);
    task_run(&t);
    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    EXPECT(fut_sys_notify(note), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_OK);
    outcome_is(FUT_SYS_OBJ_CREATE, m.w[0], FUT_S_STATE);
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

static u32 thread_at(u32 domain, u64 pc)
{
    u64 none[5] = {0}, words[FUT_REG_WORDS] = {0};
    u32 thread = object_new(FUT_TYPE_THREAD, none);

    MACHINE_RECV_REGISTERS(words, SERVE);
    words[FUT_REG_PC] = pc;
    regs_set(thread, words);
    EXPECT(fut_sys_thread_bind(thread, domain, sc_new(boot->counter_hz, FUT_SC_ROUND_ROBIN),
                               PRIORITY_SUITE + 1, FAULT_SLOT, 0),
           FUT_S_OK);
    EXPECT(fut_sys_thread_run(thread), FUT_S_OK);
    return thread;
}

/* A domain whose one thread receives on `ep`, and then all of it goes. */
static void server_lives_and_dies(u32 ep, u32 domain, u32 record)
{
    u64 code = frame_new(FUT_FRAME_USER, 0), tables[4], next = 0, removed, freed, level;
    volatile u32 *words = window_of(code);
    u32 thread, i;

    MACHINE_RECV_CODE(words);
    EXPECT(fut_sys_icache_sync(SLOT_RAM, code), FUT_S_OK);
    for (i = 1; i <= 3; i++) {
        tables[i] = frame_new(FUT_FRAME_PT, i);
        EXPECT(fut_sys_pt_link(domain, VA, SLOT_RAM, tables[i]), FUT_S_OK);
    }
    EXPECT(fut_sys_map(domain, VA, SLOT_RAM, code, 1, FUT_MAP_EXEC, &level), FUT_S_OK);
    give(domain, SERVE, ep, FUT_RIGHT_ENDPOINT_RECV, 0);
    thread = thread_at(domain, VA);
    EXPECT(fut_sys_unmap(domain, VA, 1, &removed), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    EXPECT(fut_sys_cap_clear(domain, SERVE), FUT_S_OK);
    for (i = 3; i >= 1; i--)
        EXPECT(fut_sys_pt_unlink(SLOT_RAM, tables[i]), FUT_S_OK);
    quiesce();
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    do
        EXPECT(fut_sys_reply_scan(domain, next, &next), FUT_S_OK);
    while (next != 0);
    /* Its thread used the space until after that epoch. */
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, &freed), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, &freed), FUT_S_OK);
}

/* A thread never queues its fault where its own domain serves; a dead domain in the same record was
 * another one. */
static void successor(void)
{
    u64 argument[5] = {8, 0, SLOT_RAM, frame_free(), 0};
    u32 record, ep = endpoint_new(&record), first = object_new(FUT_TYPE_DOMAIN, argument), again,
                thread;
    struct fut_msg m;

    record = last_record();
    check_begin("a domain in a record that was another's");
    server_lives_and_dies(ep, first, record);
    again = slot_new();
    argument[3] = frame_free();
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, again, argument), FUT_S_OK);
    give(again, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 5);
    thread = thread_at(again, VA); /* nothing is mapped there */
    EXPECT(fut_sys_recv(ep, 0, FUT_RECV_POLL, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_EXEC, "kind");
    check_is(m.badge, 5, "badge");
    EXPECT(fut_sys_obj_kill(thread), FUT_S_OK);
    check_end();
}

void suite_lives(void)
{
    creating_in_a_dying_domain();
    successor();
}
