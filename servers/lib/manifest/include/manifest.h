/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoder of the system manifest: the deterministic CBOR image that `fic` makes from a board's
 * .sys file. It declares every component and all authority that exists at start.
 *
 * Decoding fills a caller-provided `struct manifest` (about 40 KiB, so make it static) whose
 * strings point into the image; the image must outlive it. No allocation, no libc. A manifest that
 * decodes also passed every check that needs no device tree, so that init can start from it.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "strict_cbor.h"

#define MANIFEST_IMAGE_MAX 65536u
#define MANIFEST_COMPONENTS 48u
#define MANIFEST_ARGS 128u
#define MANIFEST_OFFERS 128u
#define MANIFEST_USES 256u
#define MANIFEST_DEVICES 64u
#define MANIFEST_COMPATIBLES 128u
#define MANIFEST_REGS 128u
#define MANIFEST_IRQS 128u
#define MANIFEST_THREADS_MAX 64u

enum manifest_error {
    MANIFEST_OK = 0,
    MANIFEST_E_SIZE,      /* image is empty or above MANIFEST_IMAGE_MAX */
    MANIFEST_E_CBOR,      /* not deterministic CBOR of the expected shape, or truncated */
    MANIFEST_E_KEY,       /* unknown or missing key */
    MANIFEST_E_FORMAT,    /* format other than 1 */
    MANIFEST_E_NAME,      /* a name breaks the lexical rules */
    MANIFEST_E_TNAME,     /* an interface name breaks the lexical rules */
    MANIFEST_E_PATH,      /* a binary or device path is empty, too long or has a ".." */
    MANIFEST_E_VALUE,     /* a number outside its range */
    MANIFEST_E_TABLE,     /* more entries than this decoder holds */
    MANIFEST_E_DUPLICATE, /* a name, register window, interrupt or bit is given twice */
    MANIFEST_E_REFERENCE, /* a use names a component or offer that does not exist */
    MANIFEST_E_INTERFACE, /* a use's interface or identity differs from its offer's */
    MANIFEST_E_PRIORITY,  /* a server's low priority is below a client's high one */
    MANIFEST_E_SESSIONS,  /* more uses of an offer than its maximum */
    MANIFEST_E_CYCLE,     /* a cycle of uses that are not `late` */
    MANIFEST_E_COUNT
};

#define MANIFEST_ID_SIZE 32u
#define MANIFEST_BIT_MAX 62u

/* `id` is the closure identity of MANIFEST_ID_SIZE bytes, or NULL before image assembly. A use and
 * its offer have the same, since one assembly filled in both; components that were built at other
 * times settle at the connect whether they know each other. */
struct manifest_offer {
    struct scbor_str name, tname;
    const uint8_t *id;
    uint32_t max; /* sessions */
};

enum manifest_use_kind { MANIFEST_USE_PLAIN = 0, MANIFEST_USE_OPTIONAL = 1, MANIFEST_USE_LATE = 2 };

struct manifest_use {
    struct scbor_str name, tname;
    const uint8_t *id;
    uint16_t component; /* index of the server */
    uint16_t offer;     /* index within that component's offers */
    uint8_t slots;      /* 1..64 */
    uint8_t kind;       /* enum manifest_use_kind */
};

struct manifest_irq {
    uint32_t index; /* of the device's `interrupts` */
    uint32_t bit;   /* notification bit, 0..62 */
};

/* Ranges index the pools of `struct manifest`. */
struct manifest_range {
    uint16_t first, count;
};

struct manifest_device {
    struct scbor_str path;
    struct manifest_range compatibles, regs, irqs;
    uint64_t dma_pages; /* 0: none */
};

struct manifest_restart {
    bool always;
    uint32_t max;       /* restarts within window_ms before giving up */
    uint32_t window_ms; /* 0 with max 0: no limit was given */
    uint32_t backoff_ms;
};

struct manifest_component {
    struct scbor_str name, binary;
    uint8_t priority_low, priority_high; /* 0..63 */
    uint16_t threads;                    /* 1..MANIFEST_THREADS_MAX */
    uint64_t pages;                      /* memory budget, pages of 4 KiB */
    struct manifest_range args, offers, uses, devices;
    struct manifest_restart restart;
    bool critical;
};

struct manifest {
    struct scbor_str name;
    uint64_t version;
    uint64_t reserve_pages;                                   /* kept by capmgr */
    struct manifest_component component[MANIFEST_COMPONENTS]; /* in start order */
    uint32_t component_count;
    struct scbor_str arg[MANIFEST_ARGS];
    struct manifest_offer offer[MANIFEST_OFFERS];
    struct manifest_use use[MANIFEST_USES];
    struct manifest_device device[MANIFEST_DEVICES];
    struct scbor_str compatible[MANIFEST_COMPATIBLES];
    uint32_t reg[MANIFEST_REGS];
    struct manifest_irq irq[MANIFEST_IRQS];
    uint32_t arg_count, offer_count, use_count, device_count, compatible_count, reg_count,
        irq_count;
};

/* Where an error is. `component` is an index, or MANIFEST_NOWHERE; `use` one in manifest.use, or
 * MANIFEST_NOWHERE; `offset` a byte of the image, 0 for errors that concern more than one place. */
#define MANIFEST_NOWHERE UINT32_MAX
struct manifest_fault {
    enum manifest_error error;
    uint32_t component;
    uint32_t use;
    uint32_t offset;
};

/* Decodes and checks. On an error `m` is of use for manifest_explain() alone; `fault` (may be NULL)
 * says where. */
enum manifest_error manifest_decode(struct manifest *m, const void *image, size_t size,
                                    struct manifest_fault *fault);

/* Index of the component of that name, or MANIFEST_NOWHERE. */
uint32_t manifest_find(const struct manifest *m, struct scbor_str name);

/* May a holder of futura.capmgr's Supervise end that component? Only one that is started again and
 * is not critical: those are the system's own decisions. False for an index out of range. */
bool manifest_may_end(const struct manifest *m, uint32_t component);

/* All budgets and the reserve, in pages; saturates. */
uint64_t manifest_total_pages(const struct manifest *m);

/* The checks across components; manifest_decode() has called it. Fills `component` and `use` of the
 * fault. In manifest_check.c. */
enum manifest_error manifest_check(const struct manifest *m, struct manifest_fault *fault);

/* What was wrong, in English; never NULL. */
const char *manifest_strerror(enum manifest_error error);

/* The same with the component and the use by name, or the byte: "manifest uses an offer by another
 * interface: component shell, use root". Cut to fit `cap` (at least 1) with its NUL; returns the
 * length without. */
size_t manifest_explain(const struct manifest *m, const struct manifest_fault *fault, char *out,
                        size_t cap);

#endif
