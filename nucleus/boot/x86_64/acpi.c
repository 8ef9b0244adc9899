/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware's tables: found, mapped, checked and read once. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "x86.h"

#define TABLES_MAX 64u
#define SLEEP_ENABLE (1u << 13)
#define SLEEP_TYPE_SHIFT 10u
#define REDUCED_ENABLE (1u << 5) /* of the register that hardware-reduced boards have */
#define REDUCED_TYPE_SHIFT 2u

struct boot_acpi boot_acpi;

static const char *table_name(const char *signature)
{
    static char text[] = "ACPI table ....";
    u32 i;

    for (i = 0; i < 4; i++)
        text[11 + i] = signature[i];
    return text;
}

static void table_refuse(const char *signature, enum acpi_error e)
{
    boot_fail(table_name(signature), acpi_strerror(e));
}

/* A whole, checked table. */
static const void *table_map(u64 pa, const char *signature, u32 *size)
{
    const void *table;
    enum acpi_error e;

    e = acpi_length(boot_physical(pa, ACPI_HEADER_SIZE), signature, size);
    if (e != ACPI_OK) table_refuse(signature, e);
    table = boot_physical(pa, *size);
    e = acpi_check(table, *size, signature);
    if (e != ACPI_OK) table_refuse(signature, e);
    return table;
}

/* What switches the machine off, from what the DSDT says of `soft off`. */
static void power_read(void)
{
    const struct acpi_fadt *f = &boot_acpi.fadt;
    const void *dsdt;
    u8 type[2];
    u32 size;

    if (f->reset.port && f->reset.address != 0) {
        board.reset_port = (u32)f->reset.address;
        board.reset_value = f->reset_value;
    }
    if (f->dsdt == 0) return;
    dsdt = table_map(f->dsdt, "DSDT", &size);
    if (acpi_soft_off(dsdt, size, type) != ACPI_OK) return;
    if (f->reduced) {
        board.sleep_value = REDUCED_ENABLE | (u32)type[0] << REDUCED_TYPE_SHIFT;
        return;
    }
    board.off_port[0] = f->pm1a_control;
    board.off_port[1] = f->pm1b_control;
    board.off_value[0] = SLEEP_ENABLE | (u32)type[0] << SLEEP_TYPE_SHIFT;
    board.off_value[1] = SLEEP_ENABLE | (u32)type[1] << SLEEP_TYPE_SHIFT;
}

static void remappers_read(const void *table, u32 size)
{
    enum acpi_error e;
    struct acpi_dmar dmar;

    e = acpi_dmar_read(table, size, &dmar);
    while (e == ACPI_OK && boot_acpi.remapper_count < BOOT_REMAPPERS_MAX) {
        e = acpi_dmar_unit(table, size, boot_acpi.remapper_count,
                           &boot_acpi.remapper[boot_acpi.remapper_count]);
        if (e == ACPI_OK) boot_acpi.remapper_count++;
    }
    if (e == ACPI_OK) table_refuse("DMAR", ACPI_E_TOO_MANY);
    if (e != ACPI_E_MISSING) table_refuse("DMAR", e);
}

static bool table_is(u64 pa, const char *signature)
{
    u32 length;

    return acpi_length(boot_physical(pa, ACPI_HEADER_SIZE), signature, &length) != ACPI_E_SIGNATURE;
}

/* One table of the root's list: those that boot does not know stay unread. */
static void table_read(u64 pa)
{
    const void *table;
    enum acpi_error e;
    u32 size;

    if (table_is(pa, "APIC")) {
        table = table_map(pa, "APIC", &size);
        e = acpi_madt_read(table, size, &boot_acpi.madt);
        if (e != ACPI_OK) table_refuse("APIC", e);
    } else if (table_is(pa, "MCFG")) {
        table = table_map(pa, "MCFG", &size);
        e = acpi_mcfg_read(table, size, 0, &boot_acpi.pci);
        if (e == ACPI_E_MISSING) boot_acpi.pci.base = 0;
        if (e != ACPI_OK && e != ACPI_E_MISSING) table_refuse("MCFG", e);
    } else if (table_is(pa, "DMAR")) {
        table = table_map(pa, "DMAR", &size);
        remappers_read(table, size);
    } else if (table_is(pa, "FACP")) {
        table = table_map(pa, "FACP", &size);
        e = acpi_fadt_read(table, size, &boot_acpi.fadt);
        if (e != ACPI_OK) table_refuse("FACP", e);
        power_read();
    }
}

void acpi_open(u64 rsdp_pa)
{
    struct acpi_rsdp rsdp;
    enum acpi_error e;
    const void *root;
    u32 size, i;
    u64 pa;

    if (rsdp_pa == 0 || rsdp_pa >> 46 != 0) boot_fail("ACPI root pointer", "the loader gave none");
    e = acpi_rsdp_read(boot_physical(rsdp_pa, ACPI_RSDP_SIZE), ACPI_RSDP_SIZE, &rsdp);
    if (e != ACPI_OK) boot_fail("ACPI root pointer", acpi_strerror(e));
    root = table_map(rsdp.root, acpi_root_signature(rsdp.width), &size);
    for (i = 0; i < TABLES_MAX; i++) {
        e = acpi_root_entry(root, size, rsdp.width, i, &pa);
        if (e == ACPI_E_MISSING) break;
        if (e != ACPI_OK) table_refuse(acpi_root_signature(rsdp.width), e);
        table_read(pa);
    }
    if (boot_acpi.madt.ioapic_count == 0) table_refuse("APIC", ACPI_E_MISSING);
}
