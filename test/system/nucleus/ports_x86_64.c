/* SPDX-License-Identifier: Apache-2.0 */
/* I/O ports: which regions of them there can be, the accesses, and that nothing else takes such a
 * region. The console's UART is the device: it has a byte (its last port) that does nothing. */
#include "suite.h"

#define FAULT_SLOT 3
#define SPARE (MACHINE_CONSOLE_PORTS - 1)
#define EMPTY 60000
#define VA 0xc0000000ull

static u32 region_slot, region_record;

/* What a region over these ports is answered; it gets no record. */
static u64 ports_refused(u64 first, u64 count)
{
    u64 argument[5] = {first, count, FUT_REGION_PORT, 0, 0};

    return fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, region_record, slot_new(), argument);
}

static void regions(void)
{
    static const uint16_t kept[] = {0x00, 0x1f,  0x20,  0x21,  0x40,  0x43,  0x61, 0x64,
                                    0x81, 0x8f,  0x92,  0xa0,  0xa1,  0xb2,  0xb3, 0xc0,
                                    0xdf, 0x4d0, 0x4d1, 0xcf8, 0xcf9, 0xcfc, 0xcff};
    u64 argument[5] = {MACHINE_CONSOLE_PORT, MACHINE_CONSOLE_PORTS, FUT_REGION_PORT, 0, 0};
    u32 i;

    check_begin("regions of ports");
    region_slot = object_new(FUT_TYPE_REGION, argument);
    region_record = last_record() + 1;
    check_is(ports_refused(0x10000, 1), FUT_S_ARG, "beyond the last port");
    check_is(ports_refused(0xffff, 2), FUT_S_ARG, "over the last port");
    check_is(ports_refused(0x1000, 0), FUT_S_ARG, "no port");
    check_is(ports_refused(0x1000, 0x10000), FUT_S_ARG, "too many");
    check_is(ports_refused(0xffffffffull << 4, 16), FUT_S_ARG, "a large number");
    check_is(ports_refused(~0ull, 2), FUT_S_ARG, "the largest number");
    for (i = 0; i < sizeof kept / sizeof kept[0]; i++)
        check_is(ports_refused(kept[i], 1), FUT_S_FRAME, "a port that is kept");
    check_is(ports_refused(0, 0x10000), FUT_S_FRAME, "all ports");
    check_is(ports_refused(0xcf0, 9), FUT_S_FRAME, "up to one that is kept");
    if (!command_has("-microvm")) { /* what ACPI names to switch off */
        check_is(ports_refused(0x604, 1), FUT_S_FRAME, "the port that switches off");
        check_is(ports_refused(0x605, 16), FUT_S_FRAME, "from its second byte");
    }
    argument[0] = 0xffff;
    argument[1] = 1;
    object_new(FUT_TYPE_REGION, argument);
    argument[2] = FUT_REGION_PORT + 1;
    EXPECT(
        fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, region_record + 1, slot_new(), argument),
        FUT_S_ARG);
    check_end();
}

static u64 port_get(u32 slot, u64 offset, u32 width)
{
    u64 value = ~0ull;

    EXPECT(fut_sys_io_port(slot, offset, width, 0, &value), FUT_S_OK);
    return value;
}

static void port_set(u32 slot, u64 offset, u32 width, u64 value)
{
    u64 read = ~0ull;

    EXPECT(fut_sys_io_port(slot, offset, width | FUT_IO_PORT_WRITE, value, &read), FUT_S_OK);
    check_is(read, 0, "result of a write");
}

static void accesses(void)
{
    u32 part = slot_new();

    check_begin("reading and writing ports");
    port_set(region_slot, SPARE, 1, 0xffffff5aull);
    check_is(port_get(region_slot, SPARE, 1), 0x5a, "a byte");
    check_is(port_get(region_slot, SPARE - 1, 2) >> 8, 0x5a, "two bytes");
    check_is(port_get(region_slot, SPARE - 3, 4) >> 24, 0x5a, "four bytes");
    port_set(region_slot, SPARE - 1, 2, 0xa500);
    check_is(port_get(region_slot, SPARE, 1), 0xa5, "after two bytes");
    port_set(region_slot, SPARE - 3, 4, 0x3c000000);
    check_is(port_get(region_slot, SPARE, 1), 0x3c, "after four bytes");
    give(SLOT_SELF, part, region_slot, 0, (u64)SPARE << 32 | 1);
    check_is(port_get(part, 0, 1), 0x3c, "through a part");
    check_end();
}

static void refusals(void)
{
    static const u32 flags[] = {0, 3, 5, 8, 16, 255, 256, 256 | 3, 512 | 1, 768 | 1, 0x80000001};
    u64 device[5] = {MACHINE_DEVICE_PFN, 1, FUT_REGION_MMIO, 0, 0}, read, freed;
    u32 mmio = object_new(FUT_TYPE_REGION, device), part = slot_new(), i;

    check_begin("accesses to ports that are refused");
    give(SLOT_SELF, part, region_slot, 0, (u64)(SPARE - 1) << 32 | 2);
    EXPECT(fut_sys_io_port(part, 0, 1 | FUT_IO_PORT_WRITE, 0, &read), FUT_S_RIGHT);
    EXPECT(fut_sys_io_port(part, 2, 1, 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(part, 1, 2, 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(part, 0, 4, 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(part, ~0ull, 1, 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(part, ~0ull, 2, 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(part, 1ull << 32, 1, 0, &read), FUT_S_ARG);
    for (i = 0; i < sizeof flags / sizeof flags[0]; i++)
        EXPECT(fut_sys_io_port(region_slot, 0, flags[i], 0, &read), FUT_S_ARG);
    EXPECT(fut_sys_io_port(EMPTY, 0, 1, 0, &read), FUT_S_EMPTY);
    EXPECT(fut_sys_io_port(SLOT_CONTROL, 0, 1, 0, &read), FUT_S_TYPE);
    EXPECT(fut_sys_io_port(SLOT_RAM, 0, 1, 0, &read), FUT_S_TYPE);
    EXPECT(fut_sys_io_port(mmio, 0, 1, 0, &read), FUT_S_TYPE);
    EXPECT(fut_sys_obj_kill(mmio), FUT_S_OK);
    quiesce();
    EXPECT(fut_sys_obj_free(SLOT_CONTROL, FUT_TYPE_REGION, last_record(), &freed), FUT_S_OK);
    EXPECT(fut_sys_io_port(mmio, 0, 1, 0, &read), FUT_S_DEAD);
    check_end();
}

/* Whatever takes the frames of a region. */
static void no_frames(void)
{
    u64 table = frame_new(FUT_FRAME_PT, 3), page = frame_new(FUT_FRAME_USER, 0), x;
    u64 none[5] = {0}, bare[5] = {8, 0, region_slot, 0, 0};
    struct fut_frame_info info;
    u32 thread = object_new(FUT_TYPE_THREAD, none);

    check_begin("ports are no frames");
    EXPECT(fut_sys_frame_info(region_slot, 0, &info), FUT_S_TYPE);
    EXPECT(fut_sys_frame_type(region_slot, 0, FUT_FRAME_USER, 0), FUT_S_TYPE);
    EXPECT(fut_sys_icache_sync(region_slot, 0), FUT_S_TYPE);
    EXPECT(fut_sys_map(SLOT_SELF, VA, region_slot, 0, 1, 0, &x), FUT_S_TYPE);
    space_map(SLOT_SELF, VA, page, 0);
    EXPECT(fut_sys_protect(SLOT_SELF, VA, 1, FUT_MAP_WRITE, region_slot, &x), FUT_S_TYPE);
    EXPECT(fut_sys_pt_link(SLOT_SELF, VA, region_slot, 0), FUT_S_TYPE);
    EXPECT(fut_sys_pt_unlink(region_slot, 0), FUT_S_TYPE);
    EXPECT(fut_sys_pt_sweep(region_slot, 0, 0, SLOT_RAM, &x), FUT_S_TYPE);
    EXPECT(fut_sys_pt_sweep(SLOT_RAM, table, 0, region_slot, &x), FUT_S_TYPE);
    EXPECT(fut_sys_pt_thaw(region_slot, 0), FUT_S_TYPE);
    EXPECT(fut_sys_thread_regs(thread, FUT_REGS_READ, region_slot, 0), FUT_S_TYPE);
    EXPECT(fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_SC, 0, region_slot, 0, 0), FUT_S_TYPE);
    domain_new(0, 0); /* its record is backed */
    EXPECT(fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_DOMAIN, last_record(), slot_new(), bare),
           FUT_S_TYPE);
    check_end();
}

CHILD static void child_port(u64 port)
{
    u8 value;

    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"(port));
    __asm__ volatile("ud2");
}

/* An instruction of its own reaches no port, and no flag opens them. */
static void own_instructions(void)
{
    u32 record, ep = endpoint_new(&record), domain = domain_new(0, 0);
    u64 words[FUT_REG_WORDS], w[5] = {FUT_FAULT_RESUME};
    struct fut_msg m;
    struct task t;

    check_begin("no port without the nucleus");
    give(domain, FAULT_SLOT, ep, FUT_RIGHT_ENDPOINT_CALL, 1);
    give(domain, FAULT_SLOT + 1, region_slot, FUT_RIGHT_REGION_WRITE, 0);
    t = task_new(domain, child_port, MACHINE_CONSOLE_PORT, PRIORITY_SUITE + 1, 0);
    task_run(&t);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_OTHER, "kind");
    regs_get(t.thread, words);
    words[FUT_REG_PSTATE] |= 3u << 12; /* I/O privilege level 3 */
    regs_set(t.thread, words);
    EXPECT(fut_sys_reply(m.token, w), FUT_S_OK);
    EXPECT(fut_sys_recv(ep, 0, 0, &m), FUT_S_OK);
    check_is(m.w[0], FUT_FAULT_OTHER, "kind with a privilege level of 3");
    EXPECT(fut_sys_obj_kill(t.thread), FUT_S_OK);
    check_end();
}

void suite_ports(void)
{
    regions();
    accesses();
    refusals();
    no_frames();
    own_instructions();
}
