/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for flattened device trees (DTB version 17).
 *
 * Freestanding: no libc, no allocation, no recursion, no global state. A blob is hostile until
 * fdt_init() has validated it once, completely; afterwards every accessor still checks bounds, so a
 * wrong node handle can yield "not found" but never an access outside the blob. The blob is
 * borrowed: it must stay readable and unchanged as long as `struct fdt` is in use.
 *
 * Nodes are named by the offset of their FDT_BEGIN_NODE token in the structure block.
 */
#ifndef BOOT_FDT_H
#define BOOT_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "No such node". */
#define FDT_NONE UINT32_MAX
/* Deepest permitted nesting; the root has depth 0. */
#define FDT_DEPTH_MAX 16u
/* The arm64 boot protocol bounds a device tree to 2 MiB. */
#define FDT_SIZE_MAX (2u * 1024u * 1024u)

enum fdt_error {
    FDT_OK = 0,
    FDT_E_ALIGN,       /* blob is not 8-byte aligned */
    FDT_E_SHORT,       /* fewer bytes than the header says */
    FDT_E_MAGIC,       /* not a device tree */
    FDT_E_SIZE,        /* total size above FDT_SIZE_MAX */
    FDT_E_VERSION,     /* version below 17 or incompatible with 17 */
    FDT_E_STRUCT_AREA, /* structure block outside the blob or misaligned */
    FDT_E_STRING_AREA, /* strings block outside the blob or not NUL-terminated */
    FDT_E_RESERVE,     /* memory reservation list outside the blob, or an entry wraps around */
    FDT_E_TOKEN,       /* unknown token in the structure block */
    FDT_E_TRUNCATED,   /* structure block ends inside a token */
    FDT_E_NODE_NAME,   /* node name is empty, unterminated or has a bad character */
    FDT_E_PROP_NAME,   /* property name lies outside the strings block or is empty */
    FDT_E_PROP_PLACE,  /* property outside a node or after a child node */
    FDT_E_DEPTH,       /* nodes nested deeper than FDT_DEPTH_MAX */
    FDT_E_BALANCE,     /* begin and end tokens do not match, or more than one root */
    FDT_E_MISSING,     /* the node or property asked for does not exist */
    FDT_E_CELLS,       /* cell counts that this reader does not handle, or a value over 64 bits */
    FDT_E_LENGTH,      /* property has a wrong length */
    FDT_E_RANGE,       /* address range is empty or wraps around */
    FDT_E_TRANSLATE,   /* a parent bus does not map the address */
    FDT_E_VALUE,       /* property has a value that is not understood */
    FDT_E_COUNT
};

/* A validated tree. The fields are private to the reader. */
struct fdt {
    const uint8_t *blob;
    uint32_t size;
    uint32_t struct_off, struct_size;
    uint32_t strings_off, strings_size;
    uint32_t reserve_off, reserve_count;
    uint32_t root;
};

/* One property; `data` points into the blob and is 4-byte aligned. Also the iteration cursor. */
struct fdt_prop {
    const char *name;
    const uint8_t *data;
    uint32_t len;
    uint32_t next; /* private: where iteration goes on */
};

/* A range of physical addresses, `size` bytes, never wrapping around. */
struct fdt_range {
    uint64_t base, size;
};

/* One interrupt: `intid` as the controller numbers it (GIC: SPI >= 32, PPI 16..31). */
struct fdt_irq {
    uint32_t intid;
    bool edge; /* edge triggered, else level */
};

/* What the loader left in /chosen; absent strings and seeds are NULL with length 0. */
struct fdt_chosen {
    uint64_t initrd_start, initrd_end; /* end exclusive; both 0 when there is no initrd */
    const char *bootargs;              /* NUL-terminated */
    const char *stdout_path;           /* NUL-terminated, options after ':' included */
    const uint8_t *rng_seed;
    uint32_t rng_seed_len;
    const uint8_t *kaslr_seed;
    uint32_t kaslr_seed_len;
};

enum fdt_conduit { FDT_CONDUIT_HVC = 1, FDT_CONDUIT_SMC = 2 };

struct fdt_gic {
    uint32_t node;
    uint32_t version;      /* 2 or 3 */
    struct fdt_range dist; /* distributor */
    struct fdt_range cpu;  /* v2: CPU interface; v3: first redistributor region */
};

/* Interrupts of the generic timer in the order of its binding. `count` says how many are given. */
enum fdt_timer_irq {
    FDT_TIMER_SECURE = 0,
    FDT_TIMER_PHYS,
    FDT_TIMER_VIRT,
    FDT_TIMER_HYP_PHYS,
    FDT_TIMER_HYP_VIRT,
    FDT_TIMER_IRQS
};

struct fdt_timer {
    struct fdt_irq irq[FDT_TIMER_IRQS];
    uint32_t count;
};

/* --- fdt.c: validation and iteration --- */

/* Total size that the header claims, or 0 if the magic is wrong. Reads exactly 8 bytes; meant for
 * boot code that must know how much to map before it can call fdt_init(). */
uint32_t fdt_peek_size(const void *blob);

/* Validates the whole blob of which `size` bytes are readable. On an error `f` is unusable. */
enum fdt_error fdt_init(struct fdt *f, const void *blob, size_t size);

/* The node after `node` in document order, or FDT_NONE. `depth` (may be NULL) goes in as the depth
 * of `node` and out as that of the result. Start with fdt_root(), depth 0. */
uint32_t fdt_node_next(const struct fdt *f, uint32_t node, uint32_t *depth);
static inline uint32_t fdt_root(const struct fdt *f) { return f->root; }

/* Name with unit address ("" for the root), NUL-terminated; NULL if `node` is no node. */
const char *fdt_node_name(const struct fdt *f, uint32_t node);

/* Iterates the properties of a node: first, then next; false when there is none (left). */
bool fdt_prop_first(const struct fdt *f, uint32_t node, struct fdt_prop *p);
bool fdt_prop_next(const struct fdt *f, struct fdt_prop *p);

/* Entry `index` of the memory reservation block. */
enum fdt_error fdt_memreserve(const struct fdt *f, uint32_t index, struct fdt_range *out);

/* --- fdt_query.c: looking things up --- */

bool fdt_prop_get(const struct fdt *f, uint32_t node, const char *name, struct fdt_prop *p);

/* A property of exactly one cell. */
enum fdt_error fdt_prop_u32(const struct fdt *f, uint32_t node, const char *name, uint32_t *out);

/* A property that is one NUL-terminated string; NULL if absent or not terminated. */
const char *fdt_prop_string(const struct fdt *f, uint32_t node, const char *name);

/* Does string `index` of a string list exist? Returns it, NUL-terminated, or NULL. */
const char *fdt_prop_string_at(const struct fdt_prop *p, uint32_t index);

/* Node by absolute path; a component without '@' matches a node with a unit address as well. */
uint32_t fdt_find_path(const struct fdt *f, const char *path);
uint32_t fdt_find_phandle(const struct fdt *f, uint32_t phandle);

/* Next enabled node after `after` (FDT_NONE: from the root) that lists `compatible`. */
uint32_t fdt_find_compatible(const struct fdt *f, uint32_t after, const char *compatible);
bool fdt_node_is_compatible(const struct fdt *f, uint32_t node, const char *compatible);

/* False if the node has a `status` other than "okay" or "ok". */
bool fdt_node_is_enabled(const struct fdt *f, uint32_t node);
uint32_t fdt_node_parent(const struct fdt *f, uint32_t node);

/* Entry `index` of `reg`, translated through the `ranges` of all parent buses to CPU addresses. */
enum fdt_error fdt_reg(const struct fdt *f, uint32_t node, uint32_t index, struct fdt_range *out);

/* The same for I/O ports, of a device on an ISA bus: first port and how many, within 65,536.
 * FDT_E_VALUE: the entry is memory. */
enum fdt_error fdt_ports(const struct fdt *f, uint32_t node, uint32_t index, struct fdt_range *out);

/* Entry `index` of `interrupts`, for a parent that is a GIC with three cells, or any controller
 * with two: its number, which then is `intid`, and the trigger. */
enum fdt_error fdt_interrupt(const struct fdt *f, uint32_t node, uint32_t index,
                             struct fdt_irq *out);

/* A window through which a bridge to PCI passes memory accesses on. */
struct fdt_pci_window {
    uint64_t bus;         /* where it starts for devices on the bus */
    struct fdt_range cpu; /* where it is for the processor */
};

/* Memory window `index` of the `ranges` of a bridge to PCI below the root; those of I/O ports are
 * not counted. FDT_E_MISSING after the last. */
enum fdt_error fdt_pci_window(const struct fdt *f, uint32_t node, uint32_t index,
                              struct fdt_pci_window *out);

/* --- fdt_board.c: what boot code asks --- */

/* Bank `index` over all enabled memory nodes; FDT_E_MISSING after the last. Empty banks are left
 * out. */
enum fdt_error fdt_memory(const struct fdt *f, uint32_t index, struct fdt_range *out);

/* Range `index` that must not be used: first the reservation block, then the `reg` of the children
 * of /reserved-memory; FDT_E_MISSING after the last. */
enum fdt_error fdt_reserved(const struct fdt *f, uint32_t index, struct fdt_range *out);

/* Reads /chosen; a tree without it gives an empty result. Errors: FDT_E_LENGTH, FDT_E_RANGE,
 * FDT_E_VALUE (a string without NUL). */
enum fdt_error fdt_chosen_read(const struct fdt *f, struct fdt_chosen *out);

enum fdt_error fdt_psci(const struct fdt *f, enum fdt_conduit *out);
enum fdt_error fdt_gic_find(const struct fdt *f, struct fdt_gic *out);
enum fdt_error fdt_timer_find(const struct fdt *f, struct fdt_timer *out);

/* --- fdt_strerror.c: leave it out of a build that may hold no strings --- */

/* What was wrong, in English; never NULL. */
const char *fdt_strerror(enum fdt_error error);

#endif
