/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI's FADT and the one package of the DSDT that switching off needs; and DMAR. */
#include "boot/acpi.h"

#include "acpi_bytes.h"

#define FADT_OLD_SIZE 116u /* revision 1: up to the flags */
#define FADT_RESET_END 129u
#define FADT_DSDT_END 148u
#define FADT_SLEEP_END 256u
#define FADT_FLAG_RESET (1u << 10)
#define FADT_FLAG_REDUCED (1u << 20)
#define SPACE_MEMORY 0u
#define SPACE_PORT 1u
#define PORT_END 0x10000u

#define DMAR_FIRST 48u
#define DMAR_UNIT 0u
#define DMAR_UNIT_SIZE 16u

#define AML_PACKAGE 0x12u
#define AML_ZERO 0x00u
#define AML_ONE 0x01u
#define AML_BYTE 0x0au

static bool register_read(const uint8_t *p, struct acpi_register *out)
{
    uint64_t address = acpi_u64(p + 4);

    out->address = address;
    out->port = p[0] == SPACE_PORT;
    if (address == 0) return true;
    if (p[0] == SPACE_PORT) return address < PORT_END;
    return p[0] == SPACE_MEMORY && address >> 48 == 0;
}

enum acpi_error acpi_fadt_read(const void *table, size_t size, struct acpi_fadt *out)
{
    const uint8_t *p = table;
    const struct acpi_register none = {0, false};
    uint32_t flags;

    if (size < FADT_OLD_SIZE) return ACPI_E_LENGTH;
    flags = acpi_u32(p + 112);
    out->reduced = (flags & FADT_FLAG_REDUCED) != 0;
    out->dsdt = acpi_u32(p + 40);
    out->pm1a_control = acpi_u32(p + 64);
    out->pm1b_control = acpi_u32(p + 68);
    out->pm_timer = acpi_u32(p + 76);
    out->reset = out->sleep = none;
    out->reset_value = 0;
    if (out->pm1a_control >= PORT_END || out->pm1b_control >= PORT_END || out->pm_timer >= PORT_END)
        return ACPI_E_ADDRESS;
    if (size >= FADT_RESET_END && (flags & FADT_FLAG_RESET) != 0) {
        if (!register_read(p + 116, &out->reset)) return ACPI_E_ADDRESS;
        out->reset_value = p[128];
    }
    if (size >= FADT_DSDT_END && acpi_u64(p + 140) != 0) out->dsdt = acpi_u64(p + 140);
    if (size >= FADT_SLEEP_END && out->reduced && !register_read(p + 244, &out->sleep))
        return ACPI_E_ADDRESS;
    return out->dsdt >> 48 == 0 ? ACPI_OK : ACPI_E_ADDRESS;
}

/* A small number of AML; answers its bytes, 0: it is none. */
static uint32_t aml_number(const uint8_t *p, size_t left, uint8_t *value)
{
    if (left >= 1 && (p[0] == AML_ZERO || p[0] == AML_ONE)) {
        *value = p[0];
        return 1;
    }
    if (left < 2 || p[0] != AML_BYTE) return 0;
    *value = p[1];
    return 2;
}

/* Behind the name: package, its length in one byte, its count, two numbers. */
static bool soft_off_read(const uint8_t *p, size_t left, uint8_t type[2])
{
    uint32_t used;

    if (left < 5 || p[0] != AML_PACKAGE || p[1] >> 6 != 0 || p[2] < 2) return false;
    used = aml_number(p + 3, left - 3, &type[0]);
    return used != 0 && aml_number(p + 3 + used, left - 3 - used, &type[1]) != 0 && type[0] < 8 &&
           type[1] < 8;
}

enum acpi_error acpi_soft_off(const void *dsdt, size_t size, uint8_t type[2])
{
    const uint8_t *p = dsdt;
    size_t at;

    for (at = ACPI_HEADER_SIZE; at + 4 < size; at++)
        if (p[at] == '_' && p[at + 1] == 'S' && p[at + 2] == '5' && p[at + 3] == '_' &&
            soft_off_read(p + at + 4, size - at - 4, type))
            return ACPI_OK;
    return ACPI_E_MISSING;
}

enum acpi_error acpi_dmar_read(const void *table, size_t size, struct acpi_dmar *out)
{
    const uint8_t *p = table;

    if (size < DMAR_FIRST) return ACPI_E_LENGTH;
    out->address_bits = p[36] + 1u;
    out->interrupt_remapping = (p[37] & 1) != 0;
    return out->address_bits >= 32 && out->address_bits <= 64 ? ACPI_OK : ACPI_E_ENTRY;
}

enum acpi_error acpi_dmar_unit(const void *table, size_t size, uint32_t index,
                               struct acpi_remapper *out)
{
    const uint8_t *p = table;
    uint32_t length;
    size_t at;

    for (at = DMAR_FIRST; at < size; at += length) {
        if (size - at < 4) return ACPI_E_ENTRY;
        length = acpi_u16(p + at + 2);
        if (length < 4 || length > size - at) return ACPI_E_ENTRY;
        if (acpi_u16(p + at) != DMAR_UNIT) continue;
        if (length < DMAR_UNIT_SIZE) return ACPI_E_ENTRY;
        if (index-- != 0) continue;
        out->all = (p[at + 4] & 1) != 0;
        out->segment = acpi_u16(p + at + 6);
        out->base = acpi_u64(p + at + 8);
        return out->base != 0 && out->base % 4096 == 0 && out->base >> 48 == 0 ? ACPI_OK
                                                                               : ACPI_E_ADDRESS;
    }
    return ACPI_E_MISSING;
}
