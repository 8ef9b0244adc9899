/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers at any address, for the ACPI readers. */
#ifndef BOOT_ACPI_BYTES_H
#define BOOT_ACPI_BYTES_H

#include <stdint.h>

static inline uint32_t acpi_u16(const uint8_t *p) { return p[0] | (uint32_t)p[1] << 8; }

static inline uint32_t acpi_u32(const uint8_t *p) { return acpi_u16(p) | acpi_u16(p + 2) << 16; }

static inline uint64_t acpi_u64(const uint8_t *p)
{
    return acpi_u32(p) | (uint64_t)acpi_u32(p + 4) << 32;
}

#endif
