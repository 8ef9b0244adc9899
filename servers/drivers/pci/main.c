/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PCI bus server: offers futura.pci/1.List. It looks at the bus once, when it starts: nobody
 * else can reach configuration space, so that nothing changes behind its back.
 *
 * The window of configuration space is an ECAM: 4 KiB a function, 1 MiB a bus, from bus 0 on. As
 * many buses are looked at as it holds.
 */
#include <stdint.h>

#include "component.h"
#include "mmio.h"
#include "pci.h"
#include "pcibus.h"

#define SESSIONS 16u
#define FUNCTIONS_EACH 8u /* of one reply: the interface's bound */
#define BUSES_MAX 256u

static struct pcibus bus;
static const struct startpage_reg *window;

static struct fipc_server server;
static struct fipc_session sessions[SESSIONS];
static _Alignas(
    16) uint8_t arena[PCI_ARENA + FUNCTIONS_EACH * (sizeof(struct pci_function) +
                                                    PCIBUS_BARS * sizeof(struct pci_bar))];

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

static void bus_start(void)
{
    uint64_t buses;

    window = &component_device("pci-host-ecam-generic")->reg[0];
    buses = window->bytes / PCIBUS_BUS_BYTES;
    if (buses == 0) component_fail("the window of configuration space is too small for a bus");
    pcibus_scan(&bus, &bus_ops, NULL, 0, (uint32_t)(buses < BUSES_MAX ? buses : BUSES_MAX));
    component_log(COMPONENT_INFO, "%u functions", bus.count);
    if (bus.left_out != 0)
        component_log(COMPONENT_WARNING, "%u functions and bridges are left out", bus.left_out);
    if (bus.refused != 0)
        component_log(COMPONENT_WARNING, "%u registers contradict themselves", bus.refused);
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

/* --- the server --- */

static const struct pci_list_ops list_ops = {.functions = on_functions, .omitted = on_omitted};
static const struct fipc_binding list = {&pci_list_iface, &list_ops, NULL};
static const struct component_offer offers[] = {{"list", &list, NULL}};

static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

static const struct fipc_server_hooks hooks = {.notified = on_notified};

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
    component_run(&server, &config, offers, 1);
}
