/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start page: what a component is told when it starts. init (or the loader) encodes it into one
 * page, which the component maps read-only and finds through auxv AT_FUTURA_START.
 *
 * Deterministic CBOR:
 *   start  = { 0: 1, 1: name, 2: component, ? 3: lane, ? 4: [+ use], ? 5: [+ device],
 *              ? 6: [+ offer], ? 7: [+ window], ? 8: options, ? 9: seed, ? 10: lane,
 *              ? 11: number, ? 12: number }
 *              ; 3: lane of the capmgr connection (slot 2), 10: of the fault and log one (slot 3)
 *              ; 11: the component's own number, 12: its parent's; absent: not known, the system
 *   lane   = [client area, server area, pool, slots, request class, reply class]  ; addresses
 *   use    = [name, number, kind]          ; kind: 0 plain, 1 optional, 2 late
 *   device = [path, compatible, [* reg], [* [slot, bit]], dma]
 *   reg    = [address, bytes, 0] / [0, ports, slot]  ; mapped memory, or I/O ports by capability
 *   dma    = [] / [address, device address, bytes]
 *   window = [name, address, bytes]        ; read-only memory: "boot", "manifest", "dtb", ...
 *   offer = name = path = compatible = options = tstr   seed = bstr (16..64 bytes)
 *
 * Names are those of the manifest; numbers are what capmgr.connect takes. All addresses are virtual
 * addresses in the component, `device address` excepted. Decoded strings point into the page.
 */
#ifndef STARTPAGE_H
#define STARTPAGE_H

#include "strict_cbor.h"

#define STARTPAGE_SIZE 4096u
#define STARTPAGE_USES 32u
#define STARTPAGE_OFFERS 8u
#define STARTPAGE_DEVICES 8u
#define STARTPAGE_REGS 4u
#define STARTPAGE_IRQS 8u
#define STARTPAGE_WINDOWS 8u
#define STARTPAGE_SEED_MIN 16u
#define STARTPAGE_SEED_MAX 64u

enum startpage_error {
    STARTPAGE_OK = 0,
    STARTPAGE_E_CBOR,   /* not deterministic CBOR of the expected shape, or truncated */
    STARTPAGE_E_KEY,    /* unknown or missing key */
    STARTPAGE_E_FORMAT, /* version other than 1 */
    STARTPAGE_E_VALUE,  /* a number outside its range, or an area that wraps around */
    STARTPAGE_E_TABLE,  /* more entries than `struct startpage` holds */
    STARTPAGE_E_ROOM,   /* encoding: the page is too small */
    STARTPAGE_E_COUNT
};

/* The shared memory of a connection; see FIPC's lane. Absent when `slots` is 0. */
struct startpage_lane {
    uint64_t client, server, pool;       /* addresses; pool 0: none */
    uint32_t slots;                      /* 1..64 */
    uint32_t request_class, reply_class; /* 0..3 */
};

struct startpage_use {
    struct scbor_str name;
    uint32_t number;
    uint32_t kind; /* enum manifest_use_kind */
};

struct startpage_area {
    uint64_t address, bytes;
};

/* Registers of a device: mapped at `address`, or I/O ports, which the capability in `slot` names.
 */
struct startpage_reg {
    uint64_t address; /* 0: ports */
    uint64_t bytes;   /* of ports: how many, at most 65,536 */
    uint32_t slot;    /* 0: mapped */
};

struct startpage_irq {
    uint32_t slot; /* capability slot for irq_ack */
    uint32_t bit;  /* notification bit, 0..62 */
};

struct startpage_device {
    struct scbor_str path, compatible;
    struct startpage_reg reg[STARTPAGE_REGS];
    struct startpage_irq irq[STARTPAGE_IRQS];
    uint32_t reg_count, irq_count;
    struct startpage_area dma; /* bytes 0: none */
    uint64_t dma_device;       /* address of the DMA memory as the device sees it */
};

struct startpage_window {
    struct scbor_str name;
    struct startpage_area area;
};

struct startpage {
    struct scbor_str name;
    uint32_t component; /* index in the manifest, 0xffffffff for others */
    uint32_t number;    /* the running component's own, as capmgr's Info lists it; 0: not told */
    uint32_t parent;    /* of whose budget it was carved; 0: the system's */
    struct startpage_lane capmgr, log;
    struct startpage_use use[STARTPAGE_USES];
    struct scbor_str offer[STARTPAGE_OFFERS];
    struct startpage_device device[STARTPAGE_DEVICES];
    struct startpage_window window[STARTPAGE_WINDOWS];
    uint32_t use_count, offer_count, device_count, window_count;
    struct scbor_str options; /* boot options; empty when absent */
    struct scbor_str seed;    /* random bytes for this component alone; empty when absent */
};

/* Encodes into `page` of `cap` bytes and zeroes the rest. STARTPAGE_E_ROOM, STARTPAGE_E_TABLE. */
enum startpage_error startpage_encode(const struct startpage *s, void *page, size_t cap);

/* Decodes a page. The bytes behind the CBOR item must be zero. On an error `s` is undefined. */
enum startpage_error startpage_decode(struct startpage *s, const void *page, size_t size);

/* The use, device or window of that name, or NULL. A device is found by compatible string. */
const struct startpage_use *startpage_find_use(const struct startpage *s, const char *name);
const struct startpage_device *startpage_find_device(const struct startpage *s,
                                                     const char *compatible);
const struct startpage_window *startpage_find_window(const struct startpage *s, const char *name);

/* What was wrong, in English; never NULL. */
const char *startpage_strerror(enum startpage_error error);

#endif
