/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and page tables: typing, mapping, W^X, copying, sweeping a dead pager's tables. */
#include "suite.h"

#define VA 0x80000000ull

static void frame_types(void)
{
    struct fut_frame_info info;
    u64 frame = frame_free(), *page;

    check_begin("frame_type");
    EXPECT(fut_sys_frame_type(SLOT_CONTROL, frame, FUT_FRAME_USER, 0), FUT_S_TYPE);
    EXPECT(fut_sys_frame_type(SLOT_RAM, boot->ram_frames, FUT_FRAME_USER, 0), FUT_S_ARG);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_KOBJ, 0), FUT_S_ARG);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_PT, 0), FUT_S_ARG);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_PT, 4), FUT_S_ARG);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_USER, 1), FUT_S_ARG);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_USER, 0), FUT_S_OK);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_USER, 0), FUT_S_FRAME);
    EXPECT(fut_sys_frame_info(SLOT_RAM, frame, &info), FUT_S_OK);
    check_is(info.type, FUT_FRAME_USER, "type");
    check_is(info.references, 0, "references");
    check_end();

    check_begin("a freed frame comes back as zeros");
    page = window_of(frame);
    page[5] = 0x1234;
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_FREE, 0), FUT_S_BUSY);
    u64 removed;
    EXPECT(fut_sys_unmap(SLOT_SELF, (u64)page, 1, &removed), FUT_S_OK);
    check_is(removed, 1, "removed");
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_FREE, 0), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_FREE, 0), FUT_S_OK);
    EXPECT(fut_sys_frame_type(SLOT_RAM, frame, FUT_FRAME_USER, 0), FUT_S_OK);
    page = window_of(frame);
    check_is(page[5], 0, "old content");
    check_end();
}

static void mapping(void)
{
    u32 domain = domain_new(0, 0), ro = slot_new();
    u64 frame = frame_new(FUT_FRAME_USER, 0), level, removed, changed;

    check_begin("map");
    EXPECT(fut_sys_map(domain, VA << 12, SLOT_RAM, frame, 1, 0, &level), FUT_S_TABLE);
    check_is(level, 1, "missing level");
    EXPECT(fut_sys_map(domain, VA + 1, SLOT_RAM, frame, 1, 0, &level), FUT_S_ARG);
    EXPECT(fut_sys_map(domain, MACHINE_USER_TOP, SLOT_RAM, frame, 1, 0, &level), FUT_S_ARG);
    EXPECT(fut_sys_map(domain, VA, SLOT_RAM, frame, 33, 0, &level), FUT_S_LIMIT);
    space_map(domain, VA, frame, FUT_MAP_WRITE);
    EXPECT(fut_sys_map(domain, VA, SLOT_RAM, frame, 1, 0, &level), FUT_S_MAPPED);
    EXPECT(fut_sys_map(domain, VA + 4096, SLOT_RAM, frame, 1, FUT_MAP_WRITE | FUT_MAP_EXEC, &level),
           FUT_S_ARG);
    EXPECT(fut_sys_map(domain, VA + 4096, SLOT_RAM, frame_free(), 1, 0, &level), FUT_S_FRAME);
    EXPECT(fut_sys_map(domain, VA + 4096, SLOT_RAM, frame_new(FUT_FRAME_PT, 3), 1, 0, &level),
           FUT_S_FRAME);
    EXPECT(fut_sys_map(domain, VA + 511 * 4096, SLOT_RAM, frame, 2, 0, &level), FUT_S_ARG);
    EXPECT(fut_sys_cap_set(SLOT_SELF, ro, SLOT_RAM, 0, 0, 0), FUT_S_OK);
    EXPECT(fut_sys_map(domain, VA + 4096, ro, frame, 1, FUT_MAP_WRITE, &level), FUT_S_RIGHT);
    EXPECT(fut_sys_map(domain, VA + 4096, ro, frame, 1, FUT_MAP_EXEC, &level), FUT_S_RIGHT);
    EXPECT(fut_sys_map(domain, VA + 4096, ro, frame, 1, 0, &level), FUT_S_OK);
    check_end();

    check_begin("protect");
    EXPECT(fut_sys_protect(domain, VA, 1, 0, 0, &changed), FUT_S_OK);
    EXPECT(fut_sys_protect(domain, VA, 1, FUT_MAP_WRITE, 0, &changed), FUT_S_RIGHT);
    EXPECT(fut_sys_protect(domain, VA, 1, FUT_MAP_WRITE, ro, &changed), FUT_S_RIGHT);
    EXPECT(fut_sys_protect(domain, VA, 1, FUT_MAP_WRITE, SLOT_RAM, &changed), FUT_S_OK);
    EXPECT(fut_sys_protect(domain, VA, 1, 3, SLOT_RAM, &changed), FUT_S_ARG);
    space_map(domain, VA + 8192, frame_new(FUT_FRAME_USER_NC, 0), FUT_MAP_WRITE);
    EXPECT(fut_sys_protect(domain, VA + 8192, 1, FUT_MAP_EXEC, SLOT_RAM, &changed), FUT_S_FRAME);
    EXPECT(fut_sys_protect(domain, VA + 8192, 1, 0, SLOT_RAM, &changed), FUT_S_OK);
    check_end();

    check_begin("unmap");
    EXPECT(fut_sys_unmap(domain, VA, 2, &removed), FUT_S_OK);
    check_is(removed, 2, "removed");
    EXPECT(fut_sys_unmap(domain, VA, 2, &removed), FUT_S_OK);
    check_is(removed, 0, "removed again");
    check_end();
}

static void copying(void)
{
    u32 from = domain_new(0, 0), to = domain_new(0, 0), i;
    u64 frame = frame_new(FUT_FRAME_USER, 0), other = frame_new(FUT_FRAME_USER, 0), copied, changed;
    struct fut_frame_info info;

    check_begin("map_copy");
    space_map(from, VA, frame, FUT_MAP_WRITE);
    space_map(to, VA + 0x10000, other, 0);
    for (i = 0; i < 1; i++)
        EXPECT(fut_sys_map_copy(from, VA, to, VA, 4, FUT_MAP_WRITE | FUT_MAP_COPY_RO, &copied),
               FUT_S_OK);
    check_is(copied, 1, "copied");
    EXPECT(fut_sys_frame_info(SLOT_RAM, frame, &info), FUT_S_OK);
    check_is(info.references, 2, "references");
    EXPECT(fut_sys_protect(from, VA, 1, FUT_MAP_WRITE, 0, &changed),
           FUT_S_RIGHT); /* the source lost write */
    EXPECT(fut_sys_map_copy(from, VA, to, VA, 1, 0, &copied), FUT_S_MAPPED);
    EXPECT(fut_sys_map_copy(from, VA, from, VA + 4096, 1, 0, &copied), FUT_S_ARG);
    EXPECT(fut_sys_map_copy(from, VA, to, VA, 33, 0, &copied), FUT_S_LIMIT);
    check_end();
}

/* A pager that is dead or hostile: its tables are emptied without a capability to its space. */
static void sweeping(void)
{
    u32 domain = domain_new(0, 0), victim = slot_new();
    u64 frame = frame_new(FUT_FRAME_USER, 0), cleared, removed, level;
    u64 tables[4] = {0}, i;
    struct fut_frame_info info;

    check_begin("pt_sweep, pt_unlink, pt_thaw");
    for (i = 3; i >= 1; i--)
        tables[i] = frame_new(FUT_FRAME_PT, (u32)i);
    EXPECT(fut_sys_pt_link(domain, VA << 8, SLOT_RAM, tables[2]), FUT_S_TABLE);
    for (i = 1; i <= 3; i++)
        check_is(fut_sys_pt_link(domain, VA << 8, SLOT_RAM, tables[i]), FUT_S_OK, "pt_link");
    EXPECT(fut_sys_pt_link(domain, VA << 8, SLOT_RAM, tables[3]), FUT_S_BUSY);
    EXPECT(fut_sys_pt_link(domain, VA << 8, SLOT_RAM, frame_new(FUT_FRAME_PT, 3)), FUT_S_MAPPED);
    EXPECT(fut_sys_pt_link(domain, VA << 8, SLOT_RAM, frame), FUT_S_FRAME);
    EXPECT(fut_sys_map(domain, VA << 8, SLOT_RAM, frame, 1, 0, &level), FUT_S_OK);
    EXPECT(fut_sys_cap_set(SLOT_SELF, victim, SLOT_RAM, 15, frame << 32 | 1, 0), FUT_S_OK);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, tables[3]), FUT_S_BUSY);
    EXPECT(fut_sys_pt_sweep(SLOT_RAM, frame, 0, victim, &cleared), FUT_S_FRAME);
    EXPECT(fut_sys_pt_sweep(SLOT_RAM, tables[3], 512, victim, &cleared), FUT_S_ARG);
    EXPECT(fut_sys_pt_sweep(SLOT_RAM, tables[3], 0, victim, &cleared), FUT_S_OK);
    check_is(cleared, 1, "cleared");
    EXPECT(fut_sys_map(domain, VA << 8, SLOT_RAM, frame, 1, 0, &level), FUT_S_FROZEN);
    EXPECT(fut_sys_frame_info(SLOT_RAM, frame, &info), FUT_S_OK);
    check_is(info.references, 0, "references after the sweep");
    EXPECT(fut_sys_pt_thaw(SLOT_RAM, tables[3]), FUT_S_OK);
    EXPECT(fut_sys_pt_thaw(SLOT_RAM, tables[3]), FUT_S_STATE);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, tables[3]), FUT_S_OK);
    EXPECT(fut_sys_pt_unlink(SLOT_RAM, tables[3]), FUT_S_STATE);
    EXPECT(fut_sys_unmap(domain, VA << 8, 1, &removed), FUT_S_TABLE);
    EXPECT(fut_sys_frame_type(SLOT_RAM, tables[3], FUT_FRAME_FREE, 0), FUT_S_QUIESCE);
    quiesce();
    EXPECT(fut_sys_frame_type(SLOT_RAM, tables[3], FUT_FRAME_FREE, 0), FUT_S_OK);
    check_end();
}

static void devices(void)
{
    u64 argument[5] = {boot->ram_base + boot->extent[0].frame, 1, FUT_REGION_MMIO, 0, 0};
    u32 slot = slot_new();
    u64 record = 60, level;

    check_begin("regions over devices");
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_ARG);
    if (boot->mmio_count > 0) {
        argument[0] = boot->mmio[0].base;
        EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument),
               FUT_S_FRAME);
    }
    argument[0] = MACHINE_DEVICE_PFN;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_OK);
    EXPECT(fut_sys_map(SLOT_SELF, VA, slot, 0, 1, FUT_MAP_EXEC, &level), FUT_S_RIGHT);
    EXPECT(fut_sys_icache_sync(slot, 0), FUT_S_FRAME);
    EXPECT(fut_sys_obj_kill(slot), FUT_S_OK);
    EXPECT(fut_sys_map(SLOT_SELF, VA, slot, 0, 1, 0, &level), FUT_S_DEAD);
    check_end();
}

/* A frame of the nucleus' own, for the attempts to map it. */
static u64 kernel_frame(void)
{
    struct fut_frame_info info;
    u64 frame;

    for (frame = 0; frame < boot->ram_frames; frame++)
        if (fut_sys_frame_info(SLOT_RAM, frame, &info) == FUT_S_OK && info.type == FUT_FRAME_KOBJ)
            break;
    return boot->ram_base + frame;
}

/* A physical address has 48 bits. A region beyond them would be cut to other frames where its leaf
 * is written. */
static void regions_beyond_memory(void)
{
    u64 argument[5] = {(1ull << 36) | kernel_frame(), 1, FUT_REGION_MMIO, 0, 0}, level;
    u32 slot = slot_new(), record = 61;

    check_begin("regions beyond physical memory");
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_ARG);
    EXPECT(fut_sys_map(SLOT_SELF, VA, slot, 0, 1, FUT_MAP_WRITE, &level), FUT_S_EMPTY);
    argument[0] = ~0ull;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_ARG);
    argument[0] = (1ull << 36) - 1;
    argument[1] = 2;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_ARG);
    argument[1] = 1;
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, record, slot, argument), FUT_S_OK);
    EXPECT(fut_sys_obj_kill(slot), FUT_S_OK);
    check_end();
}

void suite_memory(void)
{
    frame_types();
    mapping();
    copying();
    sweeping();
    devices();
    regions_beyond_memory();
}
