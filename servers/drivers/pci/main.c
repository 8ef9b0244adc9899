/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PCI bus server: offers futura.pci/1.List, what there is, and futura.pci/1.Bus, to drivers. It
 * looks at the bus once, when it starts: nobody else can reach configuration space, so that nothing
 * changes behind its back.
 *
 * The window of configuration space is an ECAM: 4 KiB a function, 1 MiB a bus, from bus 0 on. As
 * many buses are looked at as it holds.
 */
#include <stdint.h>

#include "capmgr.h"
#include "component.h"
#include "mmio.h"
#include "pci.h"
#include "pcibus.h"

#define SESSIONS 32u      /* of both offers */
#define FUNCTIONS_EACH 8u /* of one reply: the interface's bound */
#define BUSES_MAX 256u
#define DEVICE 0u /* the bridge, among the devices of this component */
#define WINDOWS 8u
#define PAGES_MAX 256u /* of one region */
#define NOTHING UINT32_MAX
#define FUNCTION_BYTES (sizeof(struct pci_function) + PCIBUS_BARS * sizeof(struct pci_bar))

static struct pcibus bus;
static const struct startpage_reg *window;

/* The bridge's windows: addresses on the bus, and what to add for the processor's. */
static struct pcibus_window place[WINDOWS];
static uint64_t to_processor[WINDOWS];
static uint32_t windows;

static uint32_t taken[SESSIONS]; /* the function that a session has, or NOTHING */

static struct fipc_server server;
static struct fipc_session sessions[SESSIONS];
static _Alignas(16) uint8_t arena[PCI_ARENA + FUNCTIONS_EACH * (FUNCTION_BYTES + 32)];

/* --- the bus --- */

static uint32_t on_read32(void *ctx, uint32_t offset)
{
    (void)ctx;
    return mmio_read32(window, offset);
}

static void on_write32(void *ctx, uint32_t offset, uint32_t value)
{
    (void)ctx;
    mmio_write32(window, offset, value);
}

static const struct pcibus_ops bus_ops = {on_read32, on_write32};

static void windows_read(void)
{
    const capmgr_manager manager = {&component_capmgr, 0};
    uint64_t address, bytes;

    for (; windows < WINDOWS; windows++) {
        struct pcibus_window *w = &place[windows];

        if (capmgr_manager_device_window(manager, DEVICE, windows, &w->address, &address, &bytes) !=
            FUT_OK)
            return;
        w->size = bytes;
        to_processor[windows] = address - w->address;
    }
}

static void bus_start(void)
{
    uint64_t buses;

    window = &component_device("pci-host-ecam-generic")->reg[0];
    buses = window->bytes / PCIBUS_BUS_BYTES;
    if (buses == 0) component_fail("the window of configuration space is too small for a bus");
    pcibus_scan(&bus, &bus_ops, NULL, 0, (uint32_t)(buses < BUSES_MAX ? buses : BUSES_MAX));
    windows_read();
    pcibus_place(&bus, place, windows);
    component_log(COMPONENT_INFO, "%u functions", bus.count);
    if (bus.left_out != 0)
        component_log(COMPONENT_WARNING, "%u functions and bridges are left out", bus.left_out);
    if (bus.refused != 0)
        component_log(COMPONENT_WARNING, "%u registers contradict themselves", bus.refused);
    if (bus.unplaced != 0) component_log(COMPONENT_WARNING, "no room for %u BARs", bus.unplaced);
    for (uint32_t i = 0; i < SESSIONS; i++)
        taken[i] = NOTHING;
}

/* --- futura.pci/1.List --- */

static bool bars_fill(struct fipc_req *r, const struct pcibus_function *f, struct pci_function *out)
{
    struct pci_bar *bar = fipc_req_alloc(r, PCIBUS_BARS * sizeof *bar);

    if (bar == NULL) return false;
    for (uint32_t i = 0; i < PCIBUS_BARS; i++) {
        const struct pcibus_bar *b = &f->bar[i];

        bar[i] = (struct pci_bar){.address = b->address,
                                  .size = b->size,
                                  .kind = (uint8_t)b->kind,
                                  .prefetchable = b->is_prefetchable};
    }
    out->bars.v = bar;
    out->bars.n = PCIBUS_BARS;
    return true;
}

static bool function_fill(struct fipc_req *r, const struct pcibus_function *f,
                          struct pci_function *out)
{
    *out = (struct pci_function){.bus = f->bus,
                                 .device = f->device,
                                 .function = f->function,
                                 .pin = f->interrupt_pin,
                                 .vendor = f->vendor,
                                 .device_id = f->device_id,
                                 .class_code = f->class_code,
                                 .revision = f->revision,
                                 .first_bus = f->secondary,
                                 .last_bus = f->last,
                                 .msi = f->msi_vectors,
                                 .msix = f->msix_vectors};
    return bars_fill(r, f, out);
}

static fut_err on_functions(void *self, struct fipc_req *r, uint32_t first,
                            const struct pci_function **entries, size_t *count, uint32_t *next)
{
    struct pci_function *out = fipc_req_alloc(r, FUNCTIONS_EACH * sizeof *out);
    uint32_t n = 0;

    (void)self;
    if (out == NULL) return FUT_ENOMEM;
    for (; n < FUNCTIONS_EACH && first < bus.count; n++, first++)
        if (!function_fill(r, &bus.function[first], &out[n])) return FUT_ENOMEM;
    *entries = out;
    *count = n;
    *next = first < bus.count ? first : 0;
    return FUT_OK;
}

static fut_err on_omitted(void *self, struct fipc_req *r, uint32_t *functions, uint32_t *registers,
                          uint32_t *bars)
{
    (void)self;
    (void)r;
    *functions = bus.left_out;
    *registers = bus.refused;
    *bars = bus.unplaced;
    return FUT_OK;
}

/* --- futura.pci/1.Bus --- */

static uint32_t *taken_of(const struct fipc_session *session) { return &taken[session - sessions]; }

static fut_err on_take(void *self, struct fipc_req *r, uint32_t number)
{
    (void)self;
    if (number >= bus.count) return FUT_ENOENT;
    if (*taken_of(r->session) != NOTHING) return FUT_EBUSY;
    for (uint32_t i = 0; i < SESSIONS; i++)
        if (taken[i] == number) return PCI_BUS_TAKEN;
    *taken_of(r->session) = number;
    /* A bridge decodes for what is behind it, and goes on doing so. */
    if (!bus.function[number].is_bridge) pcibus_enable(&bus, number, true, false);
    return FUT_OK;
}

/* The processor's address for the bus's; 0: it is in no window. */
static uint64_t processor_address(uint64_t at)
{
    for (uint32_t i = 0; i < windows; i++)
        if (at >= place[i].address && at - place[i].address < place[i].size)
            return at + to_processor[i];
    return 0;
}

static fut_err on_region(void *self, struct fipc_req *r, uint8_t bar, uint32_t first,
                         uint32_t pages, uint64_t *ticket)
{
    const capmgr_manager manager = {&component_capmgr, 0};
    uint32_t number = *taken_of(r->session);
    uint64_t room, at;

    (void)self;
    if (number == NOTHING || bar >= PCIBUS_BARS) return FUT_EINVAL;
    room = pcibus_room(&bus.function[number], bar) / PCIBUS_PAGE;
    at = processor_address(bus.function[number].bar[bar].address);
    if (room == 0 || at == 0) return PCI_BUS_NO_MEMORY;
    if (pages == 0 || pages > PAGES_MAX || first >= room || pages > room - first) return FUT_EINVAL;
    return capmgr_manager_ticket_device(manager, r->session->badge, DEVICE,
                                        at + (uint64_t)first * PCIBUS_PAGE, pages, ticket);
}

static fut_err on_config(void *self, struct fipc_req *r, uint32_t offset, uint32_t *value)
{
    uint32_t number = *taken_of(r->session);

    (void)self;
    if (number == NOTHING || offset % 4 != 0 || offset >= PCIBUS_PAGE) return FUT_EINVAL;
    *value = pcibus_config(&bus, number, offset);
    return FUT_OK;
}

/* --- the server --- */

static const struct pci_list_ops list_ops = {.functions = on_functions, .omitted = on_omitted};
static const struct pci_bus_ops bus_methods = {
    .take = on_take, .region = on_region, .config = on_config};
static const struct fipc_binding list = {&pci_list_iface, &list_ops, NULL};
static const struct fipc_binding driver = {&pci_bus_iface, &bus_methods, NULL};
static const struct component_offer offers[] = {{"list", &list, NULL}, {"bus", &driver, NULL}};
#define OFFERS (sizeof offers / sizeof offers[0])

static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, OFFERS);
}

static void on_closed(struct fipc_server *s, struct fipc_session *session)
{
    uint32_t number = *taken_of(session);

    (void)s;
    *taken_of(session) = NOTHING;
    if (number != NOTHING && !bus.function[number].is_bridge)
        pcibus_enable(&bus, number, false, false);
}

static const struct fipc_server_hooks hooks = {.notified = on_notified, .closed = on_closed};

int main(void)
{
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof(arena),
                                              .doorbells = FIPC_BIT_DOORBELL,
                                              .hooks = &hooks};

    component_start();
    bus_start();
    component_run(&server, &config, offers, OFFERS);
}
