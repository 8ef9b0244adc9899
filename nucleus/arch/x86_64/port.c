/* SPDX-License-Identifier: Apache-2.0 */
/*
 * I/O ports for users: which of them a region may name, and the accesses, which the nucleus itself
 * makes. No port is ever open to ring 3: there is no bit map, and IOPL stays 0.
 */
#include "port.h"
#include "board.h"
#include "cpu.h"
#include "nucleus.h"

#define PORTS 0x10000u
#define WIDTH_MASK (FUT_IO_PORT_WRITE - 1)

/* What every PC has at fixed ports, and no user may have: what writes to memory, ends the machine,
 * or is the nucleus' own. */
static const struct {
    u16 first, last;
} kept[] = {
    {0x00, 0x1f},   {0x81, 0x8f}, {0xc0, 0xdf}, /* DMA of the ISA bus */
    {0x20, 0x21},   {0xa0, 0xa1},               /* interrupt controllers of the first PCs */
    {0x40, 0x43},   {0x61, 0x61},               /* their timer and its gate */
    {0x64, 0x64},   {0x92, 0x92},               /* reset, and the gate of address line 20 */
    {0xb2, 0xb3},                               /* calls of the firmware */
    {0x4d0, 0x4d1},                             /* how interrupt lines are wired */
    {0xcf8, 0xcff},                             /* configuration of PCI devices, and reset */
};

static bool ports_meet(u64 base, u64 count, u64 first, u64 last)
{
    return base <= last && first < base + count;
}

status arch_port_check(u64 base, u64 count)
{
    u32 i;

    if (count == 0 || count > PORTS || base > PORTS - count) return FUT_S_ARG;
    for (i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (ports_meet(base, count, kept[i].first, kept[i].last)) return FUT_S_FRAME;
    for (i = 0; i < 2; i++)
        if (board.off_port[i] != 0 &&
            ports_meet(base, count, board.off_port[i], board.off_port[i] + 1))
            return FUT_S_FRAME;
    if (board.reset_port != 0 && ports_meet(base, count, board.reset_port, board.reset_port))
        return FUT_S_FRAME;
    return FUT_S_OK;
}

static u64 port_read(u16 port, u64 width)
{
    if (width == 1) return port_read8(port);
    return width == 2 ? port_read16(port) : port_read32(port);
}

static void port_write(u16 port, u64 width, u64 value)
{
    if (width == 1)
        port_write8(port, (u8)value);
    else if (width == 2)
        port_write16(port, (u16)value);
    else
        port_write32(port, (u32)value);
}

status arch_port_access(u32 thread, u64 slot)
{
    u64 *reg = threads[thread].reg, offset = reg[REG_X0], width = reg[REG_X0 + 1] & WIDTH_MASK;
    bool write = reg[REG_X0 + 1] == (width | FUT_IO_PORT_WRITE);
    struct slot held = slots[cap_slot(thread, slot)];
    status s = cap_check(held.key, FUT_TYPE_REGION, write ? FUT_RIGHT_REGION_WRITE : 0);
    const struct region *region;
    u16 port;

    if (s != FUT_S_OK) return s;
    region = &regions[key_object(held.key)];
    if (region->kind != FUT_REGION_PORT) return FUT_S_TYPE;
    if ((width != 1 && width != 2 && width != 4) || (!write && reg[REG_X0 + 1] != width) ||
        offset >= (u32)held.badge || width > (u32)held.badge - offset)
        return FUT_S_ARG;
    port = (u16)(region->base + (held.badge >> 32) + offset);
    reg[REG_X0] = 0;
    if (write)
        port_write(port, width, reg[REG_X0 + 2]);
    else
        reg[REG_X0] = port_read(port, width);
    return FUT_S_OK;
}
