/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI's MADT: processors, I/O APICs, and the ISA interrupts that arrive in an unusual way. */
#include "boot/acpi.h"

#include "acpi_bytes.h"

#define MADT_FIRST 44u
#define FLAG_PICS 1u
#define ENABLED 1u
#define ONLINE_CAPABLE 2u

enum entry_type {
    ENTRY_APIC = 0,
    ENTRY_IOAPIC = 1,
    ENTRY_OVERRIDE = 2,
    ENTRY_APIC_ADDRESS = 5,
    ENTRY_X2APIC = 9,
};

static void processor_add(struct acpi_madt *out, uint32_t apic_id, uint32_t flags)
{
    struct acpi_processor *p = &out->processor[out->processor_count];

    if ((flags & (ENABLED | ONLINE_CAPABLE)) == 0) return;
    if (out->processor_count == ACPI_PROCESSORS_MAX) return; /* one that is never started */
    p->apic_id = apic_id;
    p->enabled = (flags & ENABLED) != 0;
    out->processor_count++;
}

static enum acpi_error ioapic_add(struct acpi_madt *out, const uint8_t *entry)
{
    struct acpi_ioapic *io = &out->ioapic[out->ioapic_count];

    if (out->ioapic_count == ACPI_IOAPICS_MAX) return ACPI_E_TOO_MANY;
    io->id = entry[2];
    io->address = acpi_u32(entry + 4);
    io->gsi_base = acpi_u32(entry + 8);
    out->ioapic_count++;
    return io->address != 0 && io->address % 4096 == 0 ? ACPI_OK : ACPI_E_ADDRESS;
}

/* Flags: 0 as the bus does it (ISA: high, edge), 1 high or edge, 3 low or level. */
static enum acpi_error override_add(struct acpi_madt *out, const uint8_t *entry)
{
    struct acpi_override *o = &out->override[out->override_count];
    uint32_t flags = acpi_u16(entry + 8);

    if (out->override_count == ACPI_OVERRIDES_MAX) return ACPI_E_TOO_MANY;
    if (entry[2] != 0 || (flags & 3) == 2 || (flags >> 2 & 3) == 2) return ACPI_E_ENTRY;
    o->source = entry[3];
    o->gsi = acpi_u32(entry + 4);
    o->low = (flags & 3) == 3;
    o->level = (flags >> 2 & 3) == 3;
    out->override_count++;
    return ACPI_OK;
}

/* What an entry must at least hold. */
static uint32_t entry_size(uint32_t type)
{
    switch (type) {
    case ENTRY_APIC: return 8;
    case ENTRY_IOAPIC: return 12;
    case ENTRY_OVERRIDE: return 10;
    case ENTRY_APIC_ADDRESS: return 12;
    case ENTRY_X2APIC: return 16;
    default: return 2;
    }
}

static enum acpi_error entry_read(struct acpi_madt *out, const uint8_t *entry)
{
    switch (entry[0]) {
    case ENTRY_APIC: processor_add(out, entry[3], acpi_u32(entry + 4)); return ACPI_OK;
    case ENTRY_X2APIC: processor_add(out, acpi_u32(entry + 4), acpi_u32(entry + 8)); return ACPI_OK;
    case ENTRY_IOAPIC: return ioapic_add(out, entry);
    case ENTRY_OVERRIDE: return override_add(out, entry);
    case ENTRY_APIC_ADDRESS: out->local_apic = acpi_u64(entry + 4); return ACPI_OK;
    default: return ACPI_OK;
    }
}

enum acpi_error acpi_madt_read(const void *table, size_t size, struct acpi_madt *out)
{
    const uint8_t *p = table;
    size_t at;
    enum acpi_error e;

    if (size < MADT_FIRST) return ACPI_E_LENGTH;
    out->local_apic = acpi_u32(p + 36);
    out->legacy_pics = (acpi_u32(p + 40) & FLAG_PICS) != 0;
    out->processor_count = out->ioapic_count = out->override_count = 0;
    for (at = MADT_FIRST; at < size; at += p[at + 1]) {
        if (size - at < 2 || p[at + 1] > size - at || p[at + 1] < entry_size(p[at]))
            return ACPI_E_ENTRY;
        e = entry_read(out, p + at);
        if (e != ACPI_OK) return e;
    }
    if (out->local_apic == 0 || out->local_apic % 4096 != 0 || out->local_apic >> 48 != 0)
        return ACPI_E_ADDRESS;
    return out->processor_count != 0 && out->ioapic_count != 0 ? ACPI_OK : ACPI_E_MISSING;
}
