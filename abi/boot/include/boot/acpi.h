/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for ACPI tables: the root pointer, the root table, and what a kernel needs of MADT
 * (interrupt controllers, processors), MCFG (PCI configuration windows), FADT (power) and DMAR
 * (remapping units).
 *
 * Freestanding: no libc, no allocation, no recursion. The tables are hostile: lengths are checked
 * before anything behind them is read, and checksums before anything is believed. The caller maps
 * memory: first the header (ACPI_HEADER_SIZE bytes, acpi_length()), then the whole table
 * (acpi_check()), then one of the readers, with the same size. Tables need no alignment.
 */
#ifndef BOOT_ACPI_H
#define BOOT_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACPI_RSDP_SIZE 36u /* bytes to map for acpi_rsdp_read */
#define ACPI_HEADER_SIZE 36u
#define ACPI_TABLE_MAX 0x100000u /* larger tables are refused */
#define ACPI_PROCESSORS_MAX 64u
#define ACPI_IOAPICS_MAX 8u
#define ACPI_OVERRIDES_MAX 24u

enum acpi_error {
    ACPI_OK = 0,
    ACPI_E_SHORT,     /* memory ends before the table does */
    ACPI_E_SIGNATURE, /* not the table that was looked for */
    ACPI_E_LENGTH,    /* its length is impossible for what it is */
    ACPI_E_CHECKSUM,  /* its bytes do not add up to zero */
    ACPI_E_ENTRY,     /* an entry is malformed or ends outside the table */
    ACPI_E_ADDRESS,   /* an address is zero, misaligned or wraps around */
    ACPI_E_MISSING,   /* the table lacks what was asked for */
    ACPI_E_TOO_MANY,  /* more entries of a kind than the reader holds */
    ACPI_E_COUNT
};

/* The message of an error, without the table's name. */
const char *acpi_strerror(enum acpi_error error);

/* Where the root table is. */
struct acpi_rsdp {
    uint64_t root;  /* physical address, not zero */
    uint32_t width; /* bytes of an entry: 4 (RSDT) or 8 (XSDT) */
};

enum acpi_error acpi_rsdp_read(const void *bytes, size_t size, struct acpi_rsdp *out);

/* The signature of the root table of that width. */
const char *acpi_root_signature(uint32_t width);

/* The length that a table's header gives; *length is at least ACPI_HEADER_SIZE and at most
   ACPI_TABLE_MAX. `signature` has four characters; NULL: any. */
enum acpi_error acpi_length(const void *header, const char *signature, uint32_t *length);

/* Signature, length and checksum of a table that is wholly in memory; `size` as acpi_length said.
 */
enum acpi_error acpi_check(const void *table, size_t size, const char *signature);

/* Entry `index` of a checked root table; ACPI_E_MISSING behind the last. */
enum acpi_error acpi_root_entry(const void *root, size_t size, uint32_t width, uint32_t index,
                                uint64_t *address);

struct acpi_processor {
    uint32_t apic_id;
    bool enabled; /* otherwise it may be enabled later */
};

struct acpi_ioapic {
    uint32_t id, address, gsi_base;
};

/* How an ISA interrupt reaches the I/O APICs where that is not the obvious way. */
struct acpi_override {
    uint32_t source; /* the ISA interrupt */
    uint32_t gsi;
    bool low;   /* active low */
    bool level; /* level triggered */
};

struct acpi_madt {
    uint64_t local_apic; /* physical address of the local APICs' registers */
    bool legacy_pics;    /* there are two 8259s, which must be masked */
    uint32_t processor_count, ioapic_count, override_count;
    struct acpi_processor processor[ACPI_PROCESSORS_MAX]; /* the rest is left out */
    struct acpi_ioapic ioapic[ACPI_IOAPICS_MAX];
    struct acpi_override override[ACPI_OVERRIDES_MAX];
};

enum acpi_error acpi_madt_read(const void *table, size_t size, struct acpi_madt *out);

struct acpi_pci_window {
    uint64_t base; /* configuration space of first_bus's bus 0 numbering, 1 MiB a bus */
    uint32_t segment, first_bus, last_bus;
};

/* Window `index` of MCFG; ACPI_E_MISSING behind the last. */
enum acpi_error acpi_mcfg_read(const void *table, size_t size, uint32_t index,
                               struct acpi_pci_window *out);

/* A register of the generic kind. */
struct acpi_register {
    uint64_t address; /* 0: there is none */
    bool port;        /* an I/O port; otherwise memory */
};

struct acpi_fadt {
    bool reduced; /* hardware-reduced: `sleep` instead of the PM1 ports */
    uint64_t dsdt;
    uint32_t pm1a_control, pm1b_control; /* ports; 0: none */
    uint32_t pm_timer;                   /* port; 0: none */
    struct acpi_register reset, sleep;
    uint8_t reset_value;
};

enum acpi_error acpi_fadt_read(const void *table, size_t size, struct acpi_fadt *out);

/* The sleep types of `soft off` in a DSDT: looks for the package \_S5, whose form is always the
 * same. */
enum acpi_error acpi_soft_off(const void *dsdt, size_t size, uint8_t type[2]);

struct acpi_dmar {
    uint32_t address_bits; /* of the processor's physical addresses */
    bool interrupt_remapping;
};

struct acpi_remapper {
    uint64_t base; /* registers */
    uint32_t segment;
    bool all; /* every device of the segment that no other unit names */
};

enum acpi_error acpi_dmar_read(const void *table, size_t size, struct acpi_dmar *out);

/* Remapping unit `index`; ACPI_E_MISSING behind the last. */
enum acpi_error acpi_dmar_unit(const void *table, size_t size, uint32_t index,
                               struct acpi_remapper *out);

#endif
