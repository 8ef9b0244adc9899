/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities, objects, epochs: each call's success and each of its failures. */
#include "suite.h"

#define EMPTY 60000 /* a slot of the big table beyond its backed pages reads as empty */

static void capability_calls(void)
{
    u32 record, ep, domain;
    struct fut_cap_info info;

    check_begin("cap_set");
    ep = endpoint_new(&record);
    domain = domain_new(0, 0);
    EXPECT(fut_sys_cap_set(EMPTY, 4, ep, 15, 0, 0), FUT_S_EMPTY);
    EXPECT(fut_sys_cap_set(ep, 4, ep, 15, 0, 0), FUT_S_TYPE);
    EXPECT(fut_sys_cap_set(domain, 0, ep, 15, 0, 0), FUT_S_ARG);
    EXPECT(fut_sys_cap_set(domain, 256, ep, 15, 0, 0), FUT_S_ARG);
    EXPECT(fut_sys_cap_set(domain, 4, EMPTY, 15, 0, 0), FUT_S_EMPTY);
    EXPECT(fut_sys_cap_set(domain, 4, ep, 3, 77, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_set(domain, 4, ep, 3, 0, 0), FUT_S_BUSY);
    EXPECT(fut_sys_cap_set(domain, 5, ep, 3, 0, FUT_TYPE_NOTIFY), FUT_S_TYPE);
    check_end();

    check_begin("cap_info");
    EXPECT(fut_sys_cap_info(domain, 4, &info), FUT_S_OK);
    check_is(info.badge, 77, "badge");
    check_is(info.key & 15, 3, "rights");
    check_is(info.alive, 1, "alive");
    EXPECT(fut_sys_cap_info(domain, 9, &info), FUT_S_EMPTY);
    EXPECT(fut_sys_cap_info(domain, 4096, &info), FUT_S_ARG);
    check_end();

    check_begin("cap_clear");
    EXPECT(fut_sys_cap_clear(domain, 4), FUT_S_OK);
    EXPECT(fut_sys_cap_clear(domain, 4), FUT_S_EMPTY);
    EXPECT(fut_sys_cap_set(domain, 4, ep, 1, 0, 0), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_cap_set(domain, 4, ep, 1, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_clear(domain, 5000), FUT_S_ARG);
    check_end();
}

static void capabilities_attenuate(void)
{
    u32 record, ep, domain, low;

    check_begin("cap_set attenuates");
    ep = endpoint_new(&record);
    domain = domain_new(0, 0);
    low = slot_new();
    EXPECT(fut_sys_cap_set(SLOT_SELF, low, domain, FUT_RIGHT_DOMAIN_SPACE, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_set(low, 6, ep, 15, 0, 0), FUT_S_RIGHT);
    EXPECT(fut_sys_cap_clear(low, 4), FUT_S_RIGHT);
    low = slot_new();
    EXPECT(fut_sys_cap_set(SLOT_SELF, low, ep, FUT_RIGHT_ENDPOINT_CALL, 5, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_set(domain, 7, low, 15, 6, 0),
           FUT_S_ARG); /* a badge is set only from zero */
    EXPECT(fut_sys_obj_kill(low), FUT_S_RIGHT);
    check_end();
}

static void region_ranges(void)
{
    u32 part = slot_new(), wider = slot_new();

    check_begin("region ranges shrink");
    EXPECT(fut_sys_cap_set(SLOT_SELF, part, SLOT_RAM, 15, (u64)16 << 32 | 8, 0), FUT_S_OK);
    EXPECT(fut_sys_cap_set(SLOT_SELF, wider, part, 15, (u64)15 << 32 | 8, 0), FUT_S_ARG);
    EXPECT(fut_sys_cap_set(SLOT_SELF, wider, part, 15, (u64)20 << 32 | 5, 0), FUT_S_ARG);
    EXPECT(fut_sys_cap_set(SLOT_SELF, wider, part, 15, (u64)20 << 32 | 4, 0), FUT_S_OK);
    EXPECT(fut_sys_frame_type(part, 8, FUT_FRAME_USER, 0), FUT_S_ARG);
    check_end();
}

static void create_kill_free(void)
{
    u64 argument[5] = {0, 0, 0, 0, 0}, freed;
    u32 slot = slot_new(), other = slot_new(), record, ep = endpoint_new(&record);

    check_begin("obj_create");
    EXPECT(fut_sys_obj_create(ep, FUT_TYPE_ENDPOINT, record, slot, argument), FUT_S_TYPE);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, slot, argument), FUT_S_BUSY);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, 3, slot, argument), FUT_S_ARG);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, 1000000, slot, argument),
           FUT_S_TABLE);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record + 1, ep, argument),
           FUT_S_BUSY);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_NOTIFY, 3, slot, argument), FUT_S_ARG);
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_IOSPACE, 3, slot, argument), FUT_S_NOSYS);
    argument[0] = 99;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record + 1, slot, argument),
           FUT_S_ARG);
    check_end();

    check_begin("obj_kill and obj_free");
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, &freed), FUT_S_STATE);
    EXPECT(fut_sys_obj_kill(ep), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(ep), FUT_S_DEAD);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, &freed), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, &freed), FUT_S_OK);
    argument[0] = 0;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_ENDPOINT, record, other, argument), FUT_S_OK);
    EXPECT(fut_sys_cap_set(SLOT_SELF, slot_new(), ep, 15, 0, 0),
           FUT_S_DEAD); /* the old one stays dead */
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_CONTROL, 1, &freed), FUT_S_ARG);
    check_end();
}

/* Types and records that do not exist; some of the types are numbers that debug builds use inside.
 */
static void free_nonsense(void)
{
    static const u32 types[] = {FUT_TYPE_ENDPOINT, FUT_TYPE_THREAD, FUT_TYPE_DOMAIN,
                                FUT_TYPE_SC,       FUT_TYPE_IRQ,    FUT_TYPE_REGION};
    u64 freed;
    u32 i;

    check_begin("obj_free of nonsense");
    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        EXPECT(fut_sys_obj_free(SLOT_CONTROL, types[i], 0xffffff, &freed), FUT_S_ARG);
    for (i = FUT_TYPE_CONTROL; i < 32; i++)
        EXPECT(fut_sys_obj_free(SLOT_CONTROL, i, 0xffffff, &freed), FUT_S_ARG);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_THREAD, 0x1000000, &freed), FUT_S_ARG);
    check_end();
}

static void domain_life(void)
{
    u32 domain = domain_new(0, 0), record = last_record();
    u64 freed = 0, removed, next;

    check_begin("domain life");
    EXPECT(fut_sys_reply_scan(domain, 0, &next), FUT_S_STATE);
    EXPECT(fut_sys_cap_set(domain, 4, SLOT_ME, 1, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(domain), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(domain), FUT_S_STATE);
    EXPECT(fut_sys_cap_set(domain, 5, SLOT_ME, 1, 0, 0), FUT_S_STATE);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, &freed), FUT_S_BUSY);
    EXPECT(fut_sys_cap_clear(domain, 4), FUT_S_OK);
    next = 0;
    do
        check_is(fut_sys_reply_scan(domain, next, &next), FUT_S_OK, "reply_scan");
    while (next != 0);
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_DOMAIN, record, &freed),
           FUT_S_BUSY); /* tables are linked */
    EXPECT(fut_sys_unmap(domain, 0x200000, 1, &removed), FUT_S_OK);
    check_end();
}

static void control_calls(void)
{
    u64 level;

    check_begin("calls that this board lacks");
    EXPECT(fut_sys_io_link(SLOT_CONTROL), FUT_S_NOSYS);
    EXPECT(fut_sys_io_map(SLOT_CONTROL), FUT_S_NOSYS);
    EXPECT(fut_sys_io_unmap(SLOT_CONTROL), FUT_S_NOSYS);
    EXPECT(fut_sys_cpu_start(SLOT_CONTROL), FUT_S_NOSYS);
    check_end();

    check_begin("window_grow");
    EXPECT(fut_sys_window_grow(SLOT_ME, FUT_TYPE_THREAD, 0, SLOT_RAM, frame_free(), 0), FUT_S_TYPE);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_IRQ, 0, SLOT_RAM, frame_free(), 0),
           FUT_S_ARG);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, SLOT_RAM, frame_free(), 1), FUT_S_ARG);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, SLOT_RAM, frame_new(FUT_FRAME_USER, 0),
                               0),
           FUT_S_FRAME);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, SLOT_CONTROL, 0, 0), FUT_S_TYPE);
    check_end();
    (void)level;
}

static void asids(void)
{
    u32 a = domain_new(0, 0), b = domain_new(0, 0);

    check_begin("asid_assign");
    EXPECT(fut_sys_asid_assign(a, 300), FUT_S_ARG);
    EXPECT(fut_sys_asid_assign(a, 7), FUT_S_OK);
    EXPECT(fut_sys_asid_assign(b, 7), FUT_S_OK);            /* a falls back on 0 */
    EXPECT(fut_sys_asid_assign(SLOT_SELF, 7), FUT_S_STATE); /* it has a thread */
    EXPECT(fut_sys_asid_assign(SLOT_ME, 7), FUT_S_TYPE);
    check_end();
}

void suite_objects(void)
{
    capability_calls();
    capabilities_attenuate();
    region_ranges();
    create_kill_free();
    free_nonsense();
    domain_life();
    control_calls();
    asids();
}
