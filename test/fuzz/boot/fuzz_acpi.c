/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the ACPI reader: the input as a root pointer and as each of the tables, checksum or not.
 */
#include "boot/acpi.h"

#include <stdlib.h>
#include <string.h>

/* Reading into it makes the sanitizer see every byte. */
volatile uint64_t fuzz_sink;

static void root_visit(const uint8_t *table, size_t size)
{
    struct acpi_rsdp rsdp;
    uint32_t i, length;
    uint64_t address;

    if (acpi_rsdp_read(table, size, &rsdp) == ACPI_OK && rsdp.width != 4 && rsdp.width != 8)
        abort();
    if (size >= ACPI_HEADER_SIZE && acpi_length(table, NULL, &length) == ACPI_OK &&
        (length < ACPI_HEADER_SIZE || length > ACPI_TABLE_MAX))
        abort();
    fuzz_sink += acpi_check(table, size, NULL);
    for (i = 0; acpi_root_entry(table, size, 8, i, &address) != ACPI_E_MISSING && i < 64 &&
                size >= ACPI_HEADER_SIZE;
         i++)
        fuzz_sink += address;
}

static void madt_visit(const uint8_t *table, size_t size)
{
    struct acpi_madt m;

    if (acpi_madt_read(table, size, &m) != ACPI_OK) return;
    if (m.processor_count == 0 || m.processor_count > ACPI_PROCESSORS_MAX || m.ioapic_count == 0 ||
        m.ioapic_count > ACPI_IOAPICS_MAX || m.override_count > ACPI_OVERRIDES_MAX ||
        m.local_apic % 4096 != 0)
        abort();
}

static void rest_visit(const uint8_t *table, size_t size)
{
    struct acpi_pci_window window;
    struct acpi_remapper unit;
    struct acpi_fadt fadt;
    struct acpi_dmar dmar;
    uint8_t type[2];
    uint32_t i;

    for (i = 0; i < 8; i++) {
        if (acpi_mcfg_read(table, size, i, &window) == ACPI_OK &&
            window.last_bus < window.first_bus)
            abort();
        if (acpi_dmar_unit(table, size, i, &unit) == ACPI_OK && unit.base % 4096 != 0) abort();
    }
    if (acpi_fadt_read(table, size, &fadt) == ACPI_OK &&
        (fadt.pm1a_control > 0xffff || (fadt.reset.port && fadt.reset.address > 0xffff)))
        abort();
    if (acpi_soft_off(table, size, type) == ACPI_OK && (type[0] > 7 || type[1] > 7)) abort();
    fuzz_sink += acpi_dmar_read(table, size, &dmar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *table = malloc(size != 0 ? size : 1);

    if (size != 0) memcpy(table, data, size);
    root_visit(table, size);
    madt_visit(table, size);
    rest_visit(table, size);
    free(table);
    return 0;
}
