/* SPDX-License-Identifier: Apache-2.0 */
/* pcidriver: takes QEMU's pci-testdev, has it count writes to a register, and tries what must fail.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "capmgr.h"
#include "component.h"
#include "pci.h"

#define TESTDEV_ID 0x00051b36u

/* Of its memory BAR: write a test's number to `test`; then writes of `data` to `offset` are
 * counted. */
struct testdev {
    uint8_t test, width, pad[2];
    uint32_t offset;
    uint8_t data, pad2[3];
    uint32_t count;
    char name[16];
};

static capmgr_manager manager = {&component_capmgr, 0};
static pci_bus bus, other;

static void expect(const char *what, bool good)
{
    printf("%s - %s\n", good ? "ok" : "not ok", what);
    if (!good) exit(1);
}

/* The number of the function with that vendor and device. */
static uint32_t find(pci_bus on, uint32_t id)
{
    uint32_t value;

    for (uint32_t i = 0; pci_bus_take(on, i) == FUT_OK; i++) {
        if (pci_bus_config(on, 0, &value) == FUT_OK && value == id) return i;
        component_disconnect(on.conn);
        if (component_connect("bus", &pci_bus_iface, &pci_bus_lane, 1, 0, on.conn) != FUT_OK) break;
    }
    return UINT32_MAX;
}

static volatile struct testdev *map(void)
{
    uint64_t ticket, address;
    uint32_t pages;

    expect("region", pci_bus_region(bus, 0, 0, 1, &ticket) == FUT_OK);
    expect("redeemed",
           capmgr_manager_redeem_memory(manager, ticket, true, &address, &pages) == FUT_OK &&
               pages == 1);
    expect("spent",
           capmgr_manager_redeem_memory(manager, ticket, true, &address, &pages) == FUT_EPERM);
    return (volatile struct testdev *)address;
}

static void refusals(uint32_t number)
{
    uint64_t ticket, address;
    uint32_t pages, value;

    expect("one function a connection", pci_bus_take(bus, number) == FUT_EBUSY);
    expect("taken by another", pci_bus_take(other, number) == PCI_BUS_TAKEN);
    expect("no such function", pci_bus_take(other, 1000) == FUT_ENOENT);
    expect("nothing taken", pci_bus_region(other, 0, 0, 1, &ticket) == FUT_EINVAL &&
                                pci_bus_config(other, 0, &value) == FUT_EINVAL);
    expect("beyond the BAR", pci_bus_region(bus, 0, 1, 1, &ticket) == FUT_EINVAL &&
                                 pci_bus_region(bus, 0, 0, 2, &ticket) == FUT_EINVAL &&
                                 pci_bus_region(bus, 0, UINT32_MAX, 2, &ticket) == FUT_EINVAL &&
                                 pci_bus_region(bus, 0, 0, 0, &ticket) == FUT_EINVAL &&
                                 pci_bus_region(bus, 6, 0, 1, &ticket) == FUT_EINVAL);
    expect("ports are no memory", pci_bus_region(bus, 1, 0, 1, &ticket) == PCI_BUS_NO_MEMORY);
    expect("configuration's end", pci_bus_config(bus, 4096, &value) == FUT_EINVAL &&
                                      pci_bus_config(bus, 2, &value) == FUT_EINVAL);
    expect("mapped once",
           pci_bus_region(bus, 0, 0, 1, &ticket) == FUT_OK &&
               capmgr_manager_redeem_memory(manager, ticket, true, &address, &pages) == FUT_EBUSY);
    expect("who has no bridge gives no windows",
           capmgr_manager_ticket_device(manager, bus.conn->slot, 0, 0x10000000, 1, &ticket) ==
               FUT_EINVAL);
}

int main(void)
{
    static struct fipc_conn first, second;
    volatile struct testdev *dev;
    uint32_t number;

    bus.conn = &first;
    other.conn = &second;
    expect("connected",
           component_connect("bus", &pci_bus_iface, &pci_bus_lane, 1, 0, &first) == FUT_OK &&
               component_connect("bus", &pci_bus_iface, &pci_bus_lane, 1, 0, &second) == FUT_OK);
    number = find(bus, TESTDEV_ID);
    expect("found", number != UINT32_MAX);
    dev = map();
    dev->test = 0;
    printf("test \"%c%c%c\", %u bytes at %u\n", dev->name[0], dev->name[1], dev->name[2],
           dev->width, dev->offset);
    expect("answers", dev->width == 1 && dev->offset < 4096 && dev->count == 0);
    ((volatile uint8_t *)dev)[dev->offset] = dev->data;
    expect("counts", dev->count == 1);
    refusals(number);
    return 0;
}
