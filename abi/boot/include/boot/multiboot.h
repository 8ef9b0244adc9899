/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for what a Multiboot2 loader leaves (Multiboot2 Specification 2.0, section 3.6): memory
 * map, command line, first module and a copy of ACPI's root pointer.
 *
 * Freestanding: no libc, no allocation, no recursion. The information is hostile: it is a list of
 * tags, and none is believed that does not lie within it. The caller maps memory: first
 * MULTIBOOT_HEADER_SIZE bytes (multiboot_length()), then the whole (multiboot_read()). What lies
 * behind the addresses that are told is the caller's to check.
 */
#ifndef BOOT_MULTIBOOT_H
#define BOOT_MULTIBOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MULTIBOOT_MAGIC 0x36d76289u /* in eax at the entry */
#define MULTIBOOT_HEADER_SIZE 8u
#define MULTIBOOT_INFO_MAX 0x40000u /* larger information is refused */
#define MULTIBOOT_ALIGN 8u          /* of the information's address */
#define MULTIBOOT_RAM 1u            /* type of a range of the memory map */

enum multiboot_error {
    MULTIBOOT_OK = 0,
    MULTIBOOT_E_SIZE,     /* its size is impossible */
    MULTIBOOT_E_TAG,      /* a tag is malformed or ends outside */
    MULTIBOOT_E_END,      /* the last tag is missing */
    MULTIBOOT_E_MAP,      /* there is no memory map, or its entries have an impossible size */
    MULTIBOOT_E_TEXT,     /* the command line has no end */
    MULTIBOOT_E_SERVICES, /* EFI's boot services still run */
    MULTIBOOT_E_COUNT
};

const char *multiboot_strerror(enum multiboot_error error);

/* What the tags said. Offsets count bytes from the beginning of the information; 0: none. */
struct multiboot_info {
    uint32_t command_line; /* text, which ends within its tag */
    uint32_t rsdp;         /* ACPI's root pointer, of rsdp_size bytes; the newer one of two */
    uint32_t rsdp_size;
    uint32_t map; /* map_count entries, each map_stride bytes from the one before */
    uint32_t map_count, map_stride;
    bool has_module; /* the first one: from module_start to before module_end */
    uint64_t module_start, module_end;
};

/* The size that the information says it has: MULTIBOOT_HEADER_SIZE to MULTIBOOT_INFO_MAX. */
enum multiboot_error multiboot_length(const void *header, uint32_t *length);

enum multiboot_error multiboot_read(const void *bytes, size_t size, struct multiboot_info *out);

struct multiboot_range {
    uint64_t base, size; /* physical; may wrap around */
    uint32_t type;
};

/* Entry `index`, below map_count, of the map that multiboot_read found in the same bytes. */
struct multiboot_range multiboot_range(const void *bytes, const struct multiboot_info *info,
                                       uint32_t index);

#endif
