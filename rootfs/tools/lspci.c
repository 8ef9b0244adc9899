/* SPDX-License-Identifier: Apache-2.0 */
/* lspci: lists what is on the PCI bus, as the bus server found it. */
#include <futura/tool.h>

#include "component.h"
#include "pci.h"

/* What a function is for; the list of PCI's class codes, so far as boards have such. */
static const struct {
    uint16_t class_code; /* class and subclass */
    const char *name;
} classes[] = {{0x0100, "SCSI controller"},
               {0x0101, "IDE controller"},
               {0x0106, "SATA controller"},
               {0x0108, "NVMe controller"},
               {0x0180, "storage"},
               {0x0200, "Ethernet controller"},
               {0x0280, "network controller"},
               {0x0300, "VGA controller"},
               {0x0380, "display controller"},
               {0x0403, "audio device"},
               {0x0500, "memory"},
               {0x0600, "host bridge"},
               {0x0601, "ISA bridge"},
               {0x0604, "PCI bridge"},
               {0x0700, "serial port"},
               {0x0900, "keyboard"},
               {0x0980, "input device"},
               {0x0c03, "USB controller"},
               {0x0c05, "SMBus"},
               {0x00ff, "virtio device"}};

static const char *class_name(uint32_t class_code)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (classes[i].class_code == class_code >> 8) return classes[i].name;
    return "device";
}

/* Sizes are powers of two. */
static void size_print(uint64_t size)
{
    static const char unit[] = " KMGT";
    uint32_t u = 0;

    for (; size >= 1024 && u < 4; u++)
        size /= 1024;
    out_fmt("%lu", (unsigned long)size);
    if (u != 0) out_fmt("%c", unit[u]);
}

static void bars_print(const struct pci_function *f)
{
    static const char *const kinds[] = {"", "I/O ports", "memory", "memory, 64 bits"};

    for (size_t i = 0; i < f->bars.n; i++) {
        const struct pci_bar *b = &f->bars.v[i];

        if (b->kind == PCI_BAR_KIND_NONE || b->kind > PCI_BAR_KIND_MEM64) continue;
        out_fmt("        BAR %lu: %s%s, size ", (unsigned long)i, kinds[b->kind],
                b->prefetchable ? ", prefetchable" : "");
        size_print(b->size);
        if (b->address != 0)
            out_fmt(" at 0x%lx\n", (unsigned long)b->address);
        else
            out_str(", no address\n");
    }
}

static void function_print(const struct pci_function *f, bool verbose)
{
    out_fmt("%02x:%02x.%u %04x:%04x %s", f->bus, f->device, f->function, f->vendor, f->device_id,
            class_name(f->class_code));
    if (f->first_bus != 0) out_fmt(" to %02x-%02x", f->first_bus, f->last_bus);
    out_str("\n");
    if (!verbose) return;
    out_fmt("        class %06x, revision %02x, MSI-X %u, MSI %u\n", f->class_code, f->revision,
            f->msix, f->msi);
    bars_print(f);
}

static fut_err functions_print(pci_list list, bool verbose)
{
    static _Alignas(16) uint8_t memory[2 * PCI_ARENA];
    const struct pci_function *found;
    uint32_t first = 0;
    size_t n;

    do {
        struct fipc_arena arena = {memory, sizeof memory, 0};
        fut_err e = pci_list_functions(list, first, &found, &n, &first, &arena);

        if (e != FUT_OK) return e;
        for (size_t i = 0; i < n; i++)
            function_print(&found[i], verbose);
    } while (first != 0);
    return FUT_OK;
}

int main(int argc, char **argv)
{
    struct fipc_conn conn;
    bool verbose = false;
    int option;
    fut_err e;

    tool_begin(argc, argv, "lspci [-v]\nLists what is on the PCI bus. -v: with registers.\n");
    while ((option = tool_option(argc, argv, "v")) != -1) {
        if (option == '?') return tool_usage();
        verbose = true;
    }
    e = component_connect("pci", &pci_list_iface, &pci_list_lane, 1, 0, &conn);
    if (e == FUT_OK) e = functions_print((pci_list){&conn, 0}, verbose);
    if (e != FUT_OK) {
        tool_fail("the bus", fut_strerror(&pci_list_iface, e));
        return tool_end(1);
    }
    return tool_end(0);
}
