/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI tables: root pointer, root table, headers and checksums, MCFG. */
#include "boot/acpi.h"

#include "acpi_bytes.h"

#define RSDP_OLD_SIZE 20u
#define RSDP_REVISION 15u
#define RSDP_RSDT 16u
#define RSDP_XSDT 24u
#define HEADER_LENGTH 4u
#define MCFG_FIRST 44u
#define MCFG_ENTRY 16u

static bool bytes_add_up(const uint8_t *p, size_t size)
{
    uint8_t sum = 0;
    size_t i;

    for (i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);
    return sum == 0;
}

static bool signature_is(const uint8_t *p, const char *text, uint32_t length)
{
    uint32_t i;

    for (i = 0; i < length; i++)
        if (p[i] != (uint8_t)text[i]) return false;
    return true;
}

enum acpi_error acpi_rsdp_read(const void *bytes, size_t size, struct acpi_rsdp *out)
{
    const uint8_t *p = bytes;

    if (size < RSDP_OLD_SIZE) return ACPI_E_SHORT;
    if (!signature_is(p, "RSD PTR ", 8)) return ACPI_E_SIGNATURE;
    if (!bytes_add_up(p, RSDP_OLD_SIZE)) return ACPI_E_CHECKSUM;
    out->root = acpi_u32(p + RSDP_RSDT);
    out->width = 4;
    if (p[RSDP_REVISION] >= 2) {
        if (size < ACPI_RSDP_SIZE) return ACPI_E_SHORT;
        if (!bytes_add_up(p, ACPI_RSDP_SIZE)) return ACPI_E_CHECKSUM;
        if (acpi_u64(p + RSDP_XSDT) != 0) {
            out->root = acpi_u64(p + RSDP_XSDT);
            out->width = 8;
        }
    }
    return out->root != 0 && out->root >> 48 == 0 ? ACPI_OK : ACPI_E_ADDRESS;
}

const char *acpi_root_signature(uint32_t width) { return width == 8 ? "XSDT" : "RSDT"; }

enum acpi_error acpi_length(const void *header, const char *signature, uint32_t *length)
{
    const uint8_t *p = header;

    if (signature != NULL && !signature_is(p, signature, 4)) return ACPI_E_SIGNATURE;
    *length = acpi_u32(p + HEADER_LENGTH);
    return *length >= ACPI_HEADER_SIZE && *length <= ACPI_TABLE_MAX ? ACPI_OK : ACPI_E_LENGTH;
}

enum acpi_error acpi_check(const void *table, size_t size, const char *signature)
{
    uint32_t length;
    enum acpi_error e;

    if (size < ACPI_HEADER_SIZE) return ACPI_E_SHORT;
    e = acpi_length(table, signature, &length);
    if (e != ACPI_OK) return e;
    if (length > size) return ACPI_E_SHORT;
    return bytes_add_up(table, length) ? ACPI_OK : ACPI_E_CHECKSUM;
}

enum acpi_error acpi_root_entry(const void *root, size_t size, uint32_t width, uint32_t index,
                                uint64_t *address)
{
    const uint8_t *p = root;

    if (size < ACPI_HEADER_SIZE) return ACPI_E_SHORT;
    if (index >= (size - ACPI_HEADER_SIZE) / width) return ACPI_E_MISSING;
    p += ACPI_HEADER_SIZE + (size_t)index * width;
    *address = width == 8 ? acpi_u64(p) : acpi_u32(p);
    return *address != 0 && *address >> 48 == 0 ? ACPI_OK : ACPI_E_ADDRESS;
}

enum acpi_error acpi_mcfg_read(const void *table, size_t size, uint32_t index,
                               struct acpi_pci_window *out)
{
    const uint8_t *p = table;

    if (size < MCFG_FIRST) return ACPI_E_LENGTH;
    if (index >= (size - MCFG_FIRST) / MCFG_ENTRY) return ACPI_E_MISSING;
    p += MCFG_FIRST + (size_t)index * MCFG_ENTRY;
    out->base = acpi_u64(p);
    out->segment = acpi_u16(p + 8);
    out->first_bus = p[10];
    out->last_bus = p[11];
    if (out->last_bus < out->first_bus) return ACPI_E_ENTRY;
    return out->base != 0 && out->base % 0x100000 == 0 && out->base >> 48 == 0 ? ACPI_OK
                                                                               : ACPI_E_ADDRESS;
}
