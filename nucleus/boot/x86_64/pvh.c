/* SPDX-License-Identifier: Apache-2.0 */
/* What a PVH loader left: its start information, memory map, command line and boot archive. Every
 * answer is checked. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "x86.h"

#define START_MAGIC 0x336ec578u
#define MEMORY_RAM 1u
#define MAP_ENTRIES_MAX 128u
#define LOW_MEMORY 0x100000u  /* firmware's data, and one day where other cores start */
#define FIRMWARE_FRAMES 0xa0u /* of it, what is RAM */
#define MESSAGES_PFN 0xfee00u /* where devices write to raise interrupts, local APICs included */
#define MESSAGES_FRAMES 0x100u

struct start_info {
    u32 magic, version, flags, modules;
    u64 module_list, command_line, rsdp, map;
    u32 map_entries, reserved;
};

struct start_module {
    u64 base, size, command_line, reserved;
};

struct start_memory {
    u64 base, size;
    u32 type, reserved;
};

static struct start_info start;
static char command_line[FUT_BOOT_COMMAND];

static bool address_usable(u64 pa) { return pa != 0 && pa % 4 == 0 && pa >> 46 == 0; }

/* The loader's copy may lie where boot allocates. */
static void command_copy(u64 pa)
{
    u32 i;

    for (i = 0; i < FUT_BOOT_COMMAND - 1; i++) {
        command_line[i] = *(const char *)boot_physical(pa + i, 1);
        if (command_line[i] == 0) break;
    }
    if (i == FUT_BOOT_COMMAND - 1) boot_fail("command line", "too long");
    boot.chosen.bootargs = command_line;
}

void loader_open(u64 pa)
{
    const struct start_module *module;

    early_16550_init(CONSOLE_PORT);
    boot_console(CONSOLE_PORT);
    descriptors_load();
    if (!address_usable(pa)) boot_fail("start information", "no usable address in ebx");
    start = *(const struct start_info *)boot_physical(pa, sizeof start);
    if (start.magic != START_MAGIC) boot_fail("start information", "wrong magic");
    if (start.version < 1) boot_fail("start information", "version 0 has no memory map");
    features_enable();
    entropy_read();
    if (start.command_line != 0) {
        if (start.command_line >> 46 != 0) boot_fail("command line", "its address cannot be");
        command_copy(start.command_line);
    }
    if (start.modules == 0) return; /* memory_settle says so */
    if (!address_usable(start.module_list)) boot_fail("boot archive", "no usable module list");
    module = boot_physical(start.module_list, sizeof *module);
    if (module->base >> 46 != 0 || module->size >> 40 != 0)
        boot_fail("boot archive", "its address cannot be");
    boot.chosen.initrd_start = module->base;
    boot.chosen.initrd_end = module->base + module->size;
}

void loader_console(void)
{
    boot.uart_pa = 0; /* it is at ports */
    boot.uart_irq = CONSOLE_IRQ;
    boot_text("futura: ");
    boot_text(features_text());
    boot_text("\n");
}

static void mmio_keep(u64 pfn, u64 frames)
{
    if (board.mmio_count == BOARD_MMIO_MAX)
        boot_fail("ACPI", "too many interrupt controllers and remapping units");
    board.mmio[board.mmio_count].pfn = pfn;
    board.mmio[board.mmio_count].frames = frames;
    board.mmio_count++;
}

void loader_devices(void)
{
    u32 i;

    acpi_open(start.rsdp);
    mmio_keep(0, FIRMWARE_FRAMES);
    mmio_keep(MESSAGES_PFN, MESSAGES_FRAMES);
    if (boot_acpi.madt.local_apic >> FUT_PAGE_BITS != MESSAGES_PFN)
        mmio_keep(boot_acpi.madt.local_apic >> FUT_PAGE_BITS, 1);
    for (i = 0; i < boot_acpi.madt.ioapic_count; i++)
        mmio_keep(boot_acpi.madt.ioapic[i].address >> FUT_PAGE_BITS, 1);
    if (!boot_acpi.fadt.sleep.port && boot_acpi.fadt.sleep.address != 0)
        mmio_keep(boot_acpi.fadt.sleep.address >> FUT_PAGE_BITS, 1);
    for (i = 0; i < boot_acpi.remapper_count; i++)
        mmio_keep(boot_acpi.remapper[i].base >> FUT_PAGE_BITS, 1);
}

void loader_memory(void)
{
    const struct start_memory *entry;
    u64 base, end;
    u32 i;

    if (!address_usable(start.map) || start.map_entries > MAP_ENTRIES_MAX)
        boot_fail("memory", "no usable memory map");
    entry = boot_physical(start.map, start.map_entries * sizeof *entry);
    for (i = 0; i < start.map_entries; i++) {
        base = entry[i].base < LOW_MEMORY ? LOW_MEMORY : entry[i].base;
        end = entry[i].base + entry[i].size;
        if (end < entry[i].base) boot_fail("memory", "a range wraps around");
        if (entry[i].type == MEMORY_RAM && end > base) memory_bank(base, end - base);
    }
    memory_banks_end();
    for (i = 0; i < start.map_entries; i++) /* what overlaps is not RAM */
        if (entry[i].type != MEMORY_RAM && entry[i].size != 0)
            ranges_subtract(&boot.usable, entry[i].base >> FUT_PAGE_BITS,
                            (entry[i].base + entry[i].size - 1) / FUT_PAGE_SIZE + 1);
    memory_settle();
    tree_make();
}
