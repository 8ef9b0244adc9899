/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree that the capability manager reads, made of what ACPI and the loader have said: so
 * that it and its manifests know one kind of board description. It holds what every PC has and the
 * firmware's tables name; devices behind PCI are found by who drives the bus.
 */
#include "board.h"
#include "boot/fdt.h"
#include "boot/fdt_write.h"
#include "layout.h"
#include "x86.h"

#define TREE_FRAMES 4u
#define PHANDLE_IRQS 1u
#define ISA_IO 1u
#define RISING 1u
#define RTC_PORT 0x70u
#define RTC_IRQ 8u
#define CONSOLE_CLOCK 1843200u
#define PCI_MEMORY 0x02000000u /* below 4 GiB */
#define BUS_SIZE 0x100000u     /* configuration space of one PCI bus */

static struct fdt_writer tree;

static void tree_reg(u64 base, u64 size)
{
    const u32 cells[] = {(u32)(base >> 32), (u32)base, (u32)(size >> 32), (u32)size};

    fdt_write_cells(&tree, "reg", cells, 4);
}

static void tree_chosen(void)
{
    fdt_write_node(&tree, "chosen");
    if (boot.chosen.bootargs != NULL) fdt_write_text(&tree, "bootargs", boot.chosen.bootargs);
    fdt_write_text(&tree, "stdout-path", "/isa/serial@3f8");
    fdt_write_u64(&tree, "linux,initrd-start", boot.chosen.initrd_start);
    fdt_write_u64(&tree, "linux,initrd-end", boot.chosen.initrd_end);
    if (boot.chosen.rng_seed != NULL)
        fdt_write_bytes(&tree, "rng-seed", boot.chosen.rng_seed, boot.chosen.rng_seed_len);
    fdt_write_text(&tree, "futura,processor", features_text());
    fdt_write_node_end(&tree);
}

static void tree_memory(void)
{
    u32 i;
    u64 first, end;

    for (i = 0; i < boot.banks.count; i++) {
        first = boot.banks.run[i].first << FUT_PAGE_BITS;
        end = boot.banks.run[i].end << FUT_PAGE_BITS;
        fdt_write_node_at(&tree, "memory", first);
        fdt_write_text(&tree, "device_type", "memory");
        tree_reg(first, end - first);
        fdt_write_node_end(&tree);
    }
}

static void tree_processors(void)
{
    const struct acpi_madt *madt = &boot_acpi.madt;
    u32 i;

    fdt_write_node(&tree, "cpus");
    fdt_write_u32(&tree, "#address-cells", 1);
    fdt_write_u32(&tree, "#size-cells", 0);
    for (i = 0; i < madt->processor_count; i++) {
        if (!madt->processor[i].enabled) continue;
        fdt_write_node_at(&tree, "cpu", madt->processor[i].apic_id);
        fdt_write_text(&tree, "device_type", "cpu");
        fdt_write_text(&tree, "compatible", "x86-64");
        fdt_write_u32(&tree, "reg", madt->processor[i].apic_id);
        fdt_write_node_end(&tree);
    }
    fdt_write_node_end(&tree);
}

/* One node for all I/O APICs: interrupts have global numbers. */
static void tree_interrupts(void)
{
    const struct acpi_madt *madt = &boot_acpi.madt;
    u32 cells[4 * ACPI_IOAPICS_MAX], i;

    for (i = 0; i < madt->ioapic_count; i++) {
        cells[4 * i] = 0;
        cells[4 * i + 1] = madt->ioapic[i].address;
        cells[4 * i + 2] = 0;
        cells[4 * i + 3] = FUT_PAGE_SIZE;
    }
    fdt_write_node_at(&tree, "interrupt-controller", madt->ioapic[0].address);
    fdt_write_text(&tree, "compatible", "intel,ioapic");
    fdt_write_cells(&tree, "reg", cells, 4 * madt->ioapic_count);
    fdt_write_bytes(&tree, "interrupt-controller", "", 0);
    fdt_write_u32(&tree, "#interrupt-cells", 2);
    fdt_write_u32(&tree, "phandle", PHANDLE_IRQS);
    fdt_write_node_end(&tree);
}

/* Interrupts that a device raises by a write: `futura,messages` says where, and of the first what,
 * its number, and how many there are; of the others both numbers are further by one each. */
static void tree_messages(void)
{
    const u32 messages[] = {MESSAGE_ADDRESS | board.lapic_id << 12, VECTOR_FIRST + MESSAGE_FIRST,
                            MESSAGE_FIRST, VECTOR_LINES - MESSAGE_FIRST};

    fdt_write_node_at(&tree, "msi-controller", MESSAGE_ADDRESS);
    fdt_write_text(&tree, "compatible", "intel,apic-msi");
    fdt_write_bytes(&tree, "msi-controller", "", 0);
    fdt_write_cells(&tree, "futura,messages", messages, 4);
    fdt_write_node_end(&tree);
}

/* Where an ISA interrupt arrives. */
static u32 isa_interrupt(u32 source)
{
    u32 i;

    for (i = 0; i < boot_acpi.madt.override_count; i++)
        if (boot_acpi.madt.override[i].source == source) return boot_acpi.madt.override[i].gsi;
    return source;
}

static void tree_isa_device(const char *name, const char *compatible, u32 port, u32 ports, u32 irq)
{
    const u32 reg[] = {ISA_IO, port, ports}, interrupt[] = {isa_interrupt(irq), RISING};

    fdt_write_node_at(&tree, name, port);
    fdt_write_text(&tree, "compatible", compatible);
    fdt_write_cells(&tree, "reg", reg, 3);
    fdt_write_cells(&tree, "interrupts", interrupt, 2);
    if (port == CONSOLE_PORT) fdt_write_u32(&tree, "clock-frequency", CONSOLE_CLOCK);
    fdt_write_node_end(&tree);
}

static void tree_isa(void)
{
    fdt_write_node(&tree, "isa");
    fdt_write_text(&tree, "compatible", "isa");
    fdt_write_u32(&tree, "#address-cells", 2);
    fdt_write_u32(&tree, "#size-cells", 1);
    tree_isa_device("serial", "ns16550a", CONSOLE_PORT, 8, CONSOLE_IRQ);
    tree_isa_device("rtc", "motorola,mc146818", RTC_PORT, 2, RTC_IRQ);
    fdt_write_node_end(&tree);
}

/* Where the bus has its devices' memory: ACPI says it in a language that nobody here reads, so it
 * is what lies between configuration space and the I/O APIC, of which firmware uses the upper part.
 */
static void tree_pci_windows(u64 start)
{
    u64 end = boot_acpi.madt.ioapic[0].address;
    const u32 window[] = {PCI_MEMORY, 0, (u32)start, 0, (u32)start, 0, (u32)(end - start)};

    fdt_write_u32(&tree, "#address-cells", 3);
    fdt_write_u32(&tree, "#size-cells", 2);
    if (start < end) fdt_write_cells(&tree, "ranges", window, 7);
}

static void tree_pci(void)
{
    const struct acpi_pci_window *pci = &boot_acpi.pci;
    const u32 buses[] = {pci->first_bus, pci->last_bus};

    if (pci->base == 0) return;
    fdt_write_node_at(&tree, "pcie", pci->base);
    fdt_write_text(&tree, "compatible", "pci-host-ecam-generic");
    fdt_write_text(&tree, "device_type", "pci");
    tree_reg(pci->base + (u64)pci->first_bus * BUS_SIZE,
             (u64)(pci->last_bus - pci->first_bus + 1) * BUS_SIZE);
    fdt_write_cells(&tree, "bus-range", buses, 2);
    fdt_write_u32(&tree, "linux,pci-domain", pci->segment);
    tree_pci_windows(pci->base + ((u64)pci->last_bus + 1) * BUS_SIZE);
    fdt_write_node_end(&tree);
}

/* What translates the devices' accesses to memory, one node a unit. */
static void tree_remappers(void)
{
    const struct acpi_remapper *unit;
    u32 i;

    for (i = 0; i < boot_acpi.remapper_count; i++) {
        unit = &boot_acpi.remapper[i];
        fdt_write_node_at(&tree, "iommu", unit->base);
        fdt_write_text(&tree, "compatible", "intel,vt-d");
        tree_reg(unit->base, FUT_PAGE_SIZE);
        fdt_write_u32(&tree, "linux,pci-domain", unit->segment);
        if (unit->all) fdt_write_bytes(&tree, "futura,all-devices", "", 0);
        fdt_write_node_end(&tree);
    }
}

/* Frames for it, from the end of RAM, which boot's allocator reaches last. */
static u64 tree_place(void)
{
    u32 last = boot.left.count - 1;
    u64 end = boot.left.run[last].end, first = end - TREE_FRAMES;

    if (end - boot.left.run[last].first <= TREE_FRAMES) boot_fail("not enough memory", NULL);
    ranges_subtract(&boot.all, first, end);
    ranges_subtract(&boot.left, first, end);
    return first << FUT_PAGE_BITS;
}

void tree_make(void)
{
    u64 pa = tree_place();
    void *blob = boot_physical(pa, TREE_FRAMES * FUT_PAGE_SIZE);
    enum fdt_error e;

    fdt_write_begin(&tree, blob, TREE_FRAMES * FUT_PAGE_SIZE);
    fdt_write_node(&tree, "");
    fdt_write_u32(&tree, "#address-cells", 2);
    fdt_write_u32(&tree, "#size-cells", 2);
    fdt_write_u32(&tree, "interrupt-parent", PHANDLE_IRQS);
    fdt_write_text(&tree, "compatible", "pc");
    fdt_write_text(&tree, "model", "PC with ACPI");
    tree_chosen();
    tree_memory();
    tree_processors();
    tree_interrupts();
    tree_messages();
    tree_isa();
    tree_pci();
    tree_remappers();
    fdt_write_node_end(&tree);
    boot.dtb_pa = pa;
    boot.dtb_size = fdt_write_end(&tree);
    if (boot.dtb_size == 0) boot_fail("device tree", "the board's description does not fit");
    e = fdt_init(&boot.fdt, blob, boot.dtb_size);
    if (e != FDT_OK) boot_fail("device tree", fdt_strerror(e));
}
