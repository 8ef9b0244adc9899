/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PCI: what is on a bus, by its configuration space, OS-neutral.
 *
 * pcibus_scan() walks the buses that the window of configuration space reaches, numbers those
 * behind bridges, sizes base address registers (BARs) and finds message interrupts; pcibus_place()
 * gives addresses to what has none. Devices are hostile: every walk is bounded, whatever the
 * registers say, and what contradicts itself is left out and counted. While both run nobody else
 * may use the bus. Nothing here blocks or allocates.
 */
#ifndef PCIBUS_H
#define PCIBUS_H

#include <stdbool.h>
#include <stdint.h>

#define PCIBUS_FUNCTIONS 64u /* found at most; more are counted */
#define PCIBUS_BARS 6u
#define PCIBUS_PAGE 4096u
#define PCIBUS_DEPTH 8u              /* bridges behind bridges */
#define PCIBUS_BUS_BYTES 0x100000u   /* configuration space of a bus */
#define PCIBUS_SIZE_MAX (1ull << 40) /* of one BAR; larger ones are not believed */
#define PCIBUS_NOBODY 0xffffffffu    /* `parent` of a function on the first bus */

/* Configuration space: one aligned access of 32 bits, `offset` bytes from the window's start. */
struct pcibus_ops {
    uint32_t (*read32)(void *ctx, uint32_t offset);
    void (*write32)(void *ctx, uint32_t offset, uint32_t value);
};

enum pcibus_bar_kind { PCIBUS_BAR_NONE, PCIBUS_BAR_IO, PCIBUS_BAR_MEM32, PCIBUS_BAR_MEM64 };

struct pcibus_bar {
    uint64_t address; /* as the bus knows it; 0: none */
    uint64_t size;    /* a power of two */
    enum pcibus_bar_kind kind;
    bool is_prefetchable;
};

struct pcibus_function {
    uint8_t bus, device, function;
    uint16_t vendor, device_id;
    uint32_t class_code; /* class, subclass, programming interface: 24 bits */
    uint8_t revision;
    uint8_t interrupt_pin; /* 1 to 4: INTA to INTD; 0: none */
    bool is_bridge;
    uint8_t secondary, last; /* of a bridge: the buses behind it; 0: none is reached */
    uint32_t parent;         /* index of the bridge that it is behind */
    struct pcibus_bar bar[PCIBUS_BARS];
    /* Message interrupts: where the capability is (0: none), how many vectors. */
    uint16_t msi, msix;
    uint16_t msi_vectors, msix_vectors;
    uint8_t msix_bar;
    uint32_t msix_offset; /* of its table in that BAR; 16 bytes a vector */
};

struct pcibus {
    const struct pcibus_ops *ops;
    void *ctx;
    uint32_t first_bus, buses;
    struct pcibus_function function[PCIBUS_FUNCTIONS]; /* each bridge before what is behind it */
    uint32_t count;
    uint32_t left_out; /* functions beyond PCIBUS_FUNCTIONS, and bridges behind which nothing is */
    uint32_t refused;  /* BARs and capabilities that contradict themselves */
    uint32_t unplaced; /* BARs for which there was no room */
};

/* Addresses for BARs, as the bus knows them. */
struct pcibus_window {
    uint64_t address, size;
};

/* Takes stock. The window holds `buses` buses, 1 to 256, from `first_bus` on. Message interrupts
 * and decoding of what is found are off afterwards, except that bridges and what has no BARs stay
 * as they were. */
void pcibus_scan(struct pcibus *p, const struct pcibus_ops *ops, void *ctx, uint32_t first_bus,
                 uint32_t buses);

/* Gives every memory BAR an address, and pages of its own: what firmware chose stays if all lie in
 * a window, and none shares a page with another; else all are chosen anew. Only windows below 4 GiB
 * serve what is behind bridges. A BAR without room has address 0. */
void pcibus_place(struct pcibus *p, const struct pcibus_window *window, uint32_t windows);

/* Where BAR `bar` starts and how much room it has: whole pages. 0 bytes: it is none of memory, or
 * has no address. */
uint64_t pcibus_room(const struct pcibus_function *f, uint32_t bar);

/* Configuration space of a function: 32 bits at `offset`, a multiple of 4 below 4,096. */
uint32_t pcibus_config(const struct pcibus *p, uint32_t index, uint32_t offset);

/* Lets a function answer at its memory BARs, and (`master`) write memory itself; or neither. */
void pcibus_enable(struct pcibus *p, uint32_t index, bool memory, bool master);

#endif
