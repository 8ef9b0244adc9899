/* SPDX-License-Identifier: Apache-2.0 */
/* What the x86-64 parts of boot share: what ACPI said. */
#ifndef NUCLEUS_X86_H
#define NUCLEUS_X86_H

#include "boot.h"
#include "boot/acpi.h"

#define CONSOLE_PORT 0x3f8u
#define CONSOLE_IRQ 4u

#define BOOT_REMAPPERS_MAX 8u

struct boot_acpi {
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_pci_window pci; /* base 0: none */
    u32 remapper_count;         /* units that translate what devices do to memory */
    struct acpi_remapper remapper[BOOT_REMAPPERS_MAX];
};

extern struct boot_acpi boot_acpi;

/* What the loader left, whichever protocol it speaks; addresses are physical, and not checked. */
struct loader_left {
    u64 command_line, rsdp; /* 0: none */
    u64 map;                /* map_entries ranges, each map_stride bytes from the one before */
    u32 map_entries, map_stride;
    bool has_archive;
    u64 archive, archive_size;
};

/* --- loader.c, pvh.c, multiboot.c --- */
bool loader_address_usable(u64 pa);
void pvh_open(u64 pa, struct loader_left *left);
void multiboot_open(u64 pa, struct loader_left *left);

/* --- memory.c --- */
void memory_bank(u64 base, u64 size);
void memory_banks_end(void); /* all are known: frame numbers count from here */
void memory_settle(void);    /* what is usable, less the nucleus and the archive, is boot's */

void tree_make(void);        /* of all that is known; memory_settle has been called */
void acpi_open(u64 rsdp_pa); /* reads every table that boot needs; fails for good */
void features_enable(void);  /* what the processor has, decided once */
void entropy_read(void);     /* boot.chosen.rng_seed, where the processor has some */
/* What was decided, in one line without its end; features_enable has been called. */
const char *features_text(void);

#endif
