/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader left, whichever protocol it speaks: memory map, command line and boot archive.
 * Every answer is checked. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "x86.h"

#define MEMORY_RAM 1u
#define MAP_ENTRIES_MAX 512u
#define LOW_MEMORY 0x100000u  /* firmware's data, and one day where other cores start */
#define FIRMWARE_FRAMES 0xa0u /* of it, what is RAM */
#define MESSAGES_PFN 0xfee00u /* where devices write to raise interrupts, local APICs included */
#define MESSAGES_FRAMES 0x100u

/* An entry of the memory map; both protocols have the same. */
struct loader_range {
    u64 base, size;
    u32 type, reserved;
};

static struct loader_left left;
static char command_line[FUT_BOOT_COMMAND];

bool loader_address_usable(u64 pa) { return pa != 0 && pa % 4 == 0 && pa >> 46 == 0; }

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
    early_16550_init(CONSOLE_PORT);
    boot_console(CONSOLE_PORT);
    descriptors_load();
    if (boot.level == LOADER_MULTIBOOT)
        multiboot_open(pa, &left);
    else
        pvh_open(pa, &left);
    if (left.command_line != 0) {
        if (left.command_line >> 46 != 0) boot_fail("command line", "its address cannot be");
        command_copy(left.command_line);
    }
    features_enable();
    entropy_read();
    if (!left.has_archive) return; /* memory_settle says so */
    if (left.archive >> 46 != 0 || left.archive_size >> 40 != 0)
        boot_fail("boot archive", "its address cannot be");
    boot.chosen.initrd_start = left.archive;
    boot.chosen.initrd_end = left.archive + left.archive_size;
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

    acpi_open(left.rsdp);
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

static const struct loader_range *range_at(u32 index)
{
    return (const void *)((const u8 *)left.map + (u64)index * left.map_stride);
}

void loader_memory(void)
{
    const struct loader_range *range;
    u64 base, end;
    u32 i;

    if (!loader_address_usable(left.map) || left.map_entries > MAP_ENTRIES_MAX)
        boot_fail("memory", "no usable memory map");
    boot_physical(left.map, (u64)left.map_entries * left.map_stride);
    for (i = 0; i < left.map_entries; i++) {
        range = range_at(i);
        base = range->base < LOW_MEMORY ? LOW_MEMORY : range->base;
        end = range->base + range->size;
        if (end < range->base) boot_fail("memory", "a range wraps around");
        if (range->type == MEMORY_RAM && end > base) memory_bank(base, end - base);
    }
    memory_banks_end();
    for (i = 0; i < left.map_entries; i++) { /* what overlaps is not RAM */
        range = range_at(i);
        if (range->type != MEMORY_RAM && range->size != 0)
            ranges_subtract(&boot.usable, range->base >> FUT_PAGE_BITS,
                            (range->base + range->size - 1) / FUT_PAGE_SIZE + 1);
    }
    memory_settle();
    tree_make();
}
