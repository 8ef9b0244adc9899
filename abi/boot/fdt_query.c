/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flattened device tree: properties, paths, compatible strings, `reg` and `interrupts`.
 *
 * A blob stores no parent links, so the ancestors of a node come from one walk with a stack of
 * FDT_DEPTH_MAX entries; trees are small and this is boot code.
 */
#include "boot/fdt.h"

#define GIC_CELLS 3u
#define PLAIN_CELLS 2u
#define PCI_CELLS 3u
#define PCI_MEMORY 2u /* of spaces; 3: memory with 64 bits of address */
#define ISA_PORTS 1u  /* first cell of an ISA device's reg */
#define ISA_ENTRY 12u

/* Ancestors of a node: at[0] is the root, at[depth] the node itself. */
struct lineage {
    uint32_t at[FDT_DEPTH_MAX + 1];
    uint32_t depth;
};

static bool string_is_equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static uint64_t cells_read(const uint8_t *p, uint32_t cells)
{
    uint64_t v = 0;

    for (uint32_t i = 0; i < 4 * cells; i++)
        v = v << 8 | p[i];
    return v;
}

bool fdt_prop_get(const struct fdt *f, uint32_t node, const char *name, struct fdt_prop *p)
{
    for (bool more = fdt_prop_first(f, node, p); more; more = fdt_prop_next(f, p)) {
        if (string_is_equal(p->name, name)) return true;
    }
    return false;
}

enum fdt_error fdt_prop_u32(const struct fdt *f, uint32_t node, const char *name, uint32_t *out)
{
    struct fdt_prop p;

    if (!fdt_prop_get(f, node, name, &p)) return FDT_E_MISSING;
    if (p.len != 4) return FDT_E_LENGTH;
    *out = (uint32_t)cells_read(p.data, 1);
    return FDT_OK;
}

const char *fdt_prop_string_at(const struct fdt_prop *p, uint32_t index)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < p->len; i++) {
        if (p->data[i] != 0) continue;
        if (index == 0) return (const char *)(p->data + start);
        index--;
        start = i + 1;
    }
    return NULL;
}

const char *fdt_prop_string(const struct fdt *f, uint32_t node, const char *name)
{
    struct fdt_prop p;

    return fdt_prop_get(f, node, name, &p) ? fdt_prop_string_at(&p, 0) : NULL;
}

/* Does a node name match the path component [part, part + len)? */
static bool name_is_match(const char *name, const char *part, size_t len)
{
    bool unit = false;

    for (size_t i = 0; i < len; i++) {
        if (name[i] == 0 || name[i] != part[i]) return false;
        unit = unit || part[i] == '@';
    }
    return name[len] == 0 || (!unit && name[len] == '@');
}

static uint32_t node_find_child(const struct fdt *f, uint32_t node, const char *part, size_t len)
{
    uint32_t depth = 0;

    for (node = fdt_node_next(f, node, &depth);
         node != FDT_NONE && depth >= 1 && depth <= FDT_DEPTH_MAX;
         node = fdt_node_next(f, node, &depth)) {
        if (depth == 1 && name_is_match(fdt_node_name(f, node), part, len)) return node;
    }
    return FDT_NONE;
}

uint32_t fdt_find_path(const struct fdt *f, const char *path)
{
    uint32_t node = f->root;

    if (*path != '/') return FDT_NONE;
    while (node != FDT_NONE) {
        size_t len = 0;

        while (*path == '/')
            path++;
        if (*path == 0) return node;
        while (path[len] != 0 && path[len] != '/')
            len++;
        node = node_find_child(f, node, path, len);
        path += len;
    }
    return FDT_NONE;
}

uint32_t fdt_find_phandle(const struct fdt *f, uint32_t phandle)
{
    for (uint32_t node = f->root; node != FDT_NONE; node = fdt_node_next(f, node, NULL)) {
        uint32_t v;

        if (fdt_prop_u32(f, node, "phandle", &v) == FDT_OK && v == phandle) return node;
    }
    return FDT_NONE;
}

bool fdt_node_is_compatible(const struct fdt *f, uint32_t node, const char *compatible)
{
    struct fdt_prop p;
    uint32_t start = 0;

    if (!fdt_prop_get(f, node, "compatible", &p)) return false;
    for (uint32_t i = 0; i < p.len; i++) {
        if (p.data[i] != 0) continue;
        if (string_is_equal((const char *)(p.data + start), compatible)) return true;
        start = i + 1;
    }
    return false;
}

bool fdt_node_is_enabled(const struct fdt *f, uint32_t node)
{
    struct fdt_prop p;
    const char *s;

    if (!fdt_prop_get(f, node, "status", &p)) return true;
    s = fdt_prop_string_at(&p, 0);
    return s != NULL && (string_is_equal(s, "okay") || string_is_equal(s, "ok"));
}

uint32_t fdt_find_compatible(const struct fdt *f, uint32_t after, const char *compatible)
{
    uint32_t node = after == FDT_NONE ? f->root : fdt_node_next(f, after, NULL);

    for (; node != FDT_NONE; node = fdt_node_next(f, node, NULL)) {
        if (fdt_node_is_compatible(f, node, compatible) && fdt_node_is_enabled(f, node))
            return node;
    }
    return FDT_NONE;
}

static bool lineage_find(const struct fdt *f, uint32_t node, struct lineage *l)
{
    uint32_t depth = 0;

    for (uint32_t n = f->root; n != FDT_NONE; n = fdt_node_next(f, n, &depth)) {
        if (depth > FDT_DEPTH_MAX) return false;
        l->at[depth] = n;
        l->depth = depth;
        if (n == node) return true;
    }
    return false;
}

uint32_t fdt_node_parent(const struct fdt *f, uint32_t node)
{
    struct lineage l;

    return lineage_find(f, node, &l) && l.depth > 0 ? l.at[l.depth - 1] : FDT_NONE;
}

/* #address-cells and #size-cells that hold for the children of `node`; the specification's
 * defaults are 2 and 1. */
static enum fdt_error node_read_cells(const struct fdt *f, uint32_t node, uint32_t *addr,
                                      uint32_t *size)
{
    enum fdt_error e;

    *addr = 2;
    *size = 1;
    e = fdt_prop_u32(f, node, "#address-cells", addr);
    if (e != FDT_OK && e != FDT_E_MISSING) return e;
    e = fdt_prop_u32(f, node, "#size-cells", size);
    if (e != FDT_OK && e != FDT_E_MISSING) return e;
    return *addr >= 1 && *addr <= 2 && *size <= 2 ? FDT_OK : FDT_E_CELLS;
}

/* Translates `r` from the address space below bus `node` to the one above it. */
static enum fdt_error bus_translate(const struct fdt *f, uint32_t parent, uint32_t node,
                                    struct fdt_range *r)
{
    uint32_t ca, cs, pa, ps, entry;
    struct fdt_prop p;
    enum fdt_error e = node_read_cells(f, node, &ca, &cs);

    if (e == FDT_OK) e = node_read_cells(f, parent, &pa, &ps);
    if (e != FDT_OK) return e;
    if (!fdt_prop_get(f, node, "ranges", &p)) return FDT_E_TRANSLATE;
    if (p.len == 0) return FDT_OK;
    entry = 4 * (ca + pa + cs);
    if (p.len % entry != 0) return FDT_E_LENGTH;
    for (uint32_t off = 0; off < p.len; off += entry) {
        uint64_t child = cells_read(p.data + off, ca);
        uint64_t to = cells_read(p.data + off + 4 * ca, pa);
        uint64_t size = cells_read(p.data + off + 4 * (ca + pa), cs);

        if (r->base < child || r->base - child > size || r->size > size - (r->base - child))
            continue;
        if (to > UINT64_MAX - (r->base - child) - r->size) return FDT_E_RANGE;
        r->base = to + (r->base - child);
        return FDT_OK;
    }
    return FDT_E_TRANSLATE;
}

/* Entry `index` of `reg` as it stands, in the address space of the parent bus. */
static enum fdt_error reg_read(const struct fdt *f, uint32_t parent, uint32_t node, uint32_t index,
                               struct fdt_range *out)
{
    uint32_t ac, sc, entry;
    struct fdt_prop p;
    enum fdt_error e = node_read_cells(f, parent, &ac, &sc);

    if (e != FDT_OK) return e;
    if (!fdt_prop_get(f, node, "reg", &p)) return FDT_E_MISSING;
    entry = 4 * (ac + sc);
    if (p.len % entry != 0) return FDT_E_LENGTH;
    if (index >= p.len / entry) return FDT_E_MISSING;
    out->base = cells_read(p.data + index * entry, ac);
    out->size = cells_read(p.data + index * entry + 4 * ac, sc);
    return out->size > UINT64_MAX - out->base ? FDT_E_RANGE : FDT_OK;
}

enum fdt_error fdt_reg(const struct fdt *f, uint32_t node, uint32_t index, struct fdt_range *out)
{
    struct lineage l;
    enum fdt_error e;

    if (!lineage_find(f, node, &l) || l.depth == 0) return FDT_E_MISSING;
    e = reg_read(f, l.at[l.depth - 1], node, index, out);
    for (uint32_t d = l.depth - 1; e == FDT_OK && d > 0; d--)
        e = bus_translate(f, l.at[d - 1], l.at[d], out);
    return e;
}

/* The interrupt parent of the node at the end of `l`: the nearest interrupt-parent property. */
static uint32_t lineage_find_irq_parent(const struct fdt *f, const struct lineage *l)
{
    for (uint32_t d = l->depth + 1; d-- > 0;) {
        uint32_t phandle;

        if (fdt_prop_u32(f, l->at[d], "interrupt-parent", &phandle) == FDT_OK)
            return fdt_find_phandle(f, phandle);
    }
    return FDT_NONE;
}

/* Decodes {type, number, flags} of a GIC: type 0 is an SPI, 1 a PPI. */
static enum fdt_error irq_decode(const uint8_t *p, struct fdt_irq *out)
{
    uint32_t type = (uint32_t)cells_read(p, 1);
    uint32_t number = (uint32_t)cells_read(p + 4, 1);
    uint32_t trigger = (uint32_t)cells_read(p + 8, 1) & 0xfu;

    if (type > 1 || number >= (type == 0 ? 988u : 16u)) return FDT_E_VALUE;
    out->intid = number + (type == 0 ? 32u : 16u);
    out->edge = trigger == 1 || trigger == 2;
    return FDT_OK;
}

/* Decodes {number, flags} of a controller that has but one kind. */
static enum fdt_error irq_decode_plain(const uint8_t *p, struct fdt_irq *out)
{
    uint32_t trigger = (uint32_t)cells_read(p + 4, 1) & 0xfu;

    out->intid = (uint32_t)cells_read(p, 1);
    out->edge = trigger == 1 || trigger == 2;
    return out->intid < 1020 ? FDT_OK : FDT_E_VALUE;
}

enum fdt_error fdt_interrupt(const struct fdt *f, uint32_t node, uint32_t index,
                             struct fdt_irq *out)
{
    uint32_t parent, cells;
    struct lineage l;
    struct fdt_prop p;
    enum fdt_error e;

    if (!lineage_find(f, node, &l) || !fdt_prop_get(f, node, "interrupts", &p))
        return FDT_E_MISSING;
    parent = lineage_find_irq_parent(f, &l);
    if (parent == FDT_NONE) return FDT_E_MISSING;
    e = fdt_prop_u32(f, parent, "#interrupt-cells", &cells);
    if (e != FDT_OK) return e;
    if (cells != GIC_CELLS && cells != PLAIN_CELLS) return FDT_E_CELLS;
    if (p.len % (4 * cells) != 0) return FDT_E_LENGTH;
    if (index >= p.len / (4 * cells)) return FDT_E_MISSING;
    p.data += 4 * cells * index;
    return cells == GIC_CELLS ? irq_decode(p.data, out) : irq_decode_plain(p.data, out);
}

enum fdt_error fdt_ports(const struct fdt *f, uint32_t node, uint32_t index, struct fdt_range *out)
{
    uint32_t bus = fdt_node_parent(f, node);
    struct fdt_prop p;

    if (bus == FDT_NONE || !fdt_node_is_compatible(f, bus, "isa") ||
        !fdt_prop_get(f, node, "reg", &p))
        return FDT_E_MISSING;
    if (p.len % ISA_ENTRY != 0) return FDT_E_LENGTH;
    if (index >= p.len / ISA_ENTRY) return FDT_E_MISSING;
    p.data += ISA_ENTRY * index;
    if (cells_read(p.data, 1) != ISA_PORTS) return FDT_E_VALUE;
    out->base = cells_read(p.data + 4, 1);
    out->size = cells_read(p.data + 8, 1);
    return out->size != 0 && out->base <= 0xffff && out->size <= 0x10000 - out->base ? FDT_OK
                                                                                     : FDT_E_RANGE;
}

/* Entries are {flags, address on the bus: 64, address here, size: 64}; the flags say which space.
 */
enum fdt_error fdt_pci_window(const struct fdt *f, uint32_t node, uint32_t index,
                              struct fdt_pci_window *out)
{
    uint32_t parent = fdt_node_parent(f, node), pa, ps, entry;
    struct fdt_prop p;
    enum fdt_error e;

    if (parent == FDT_NONE || parent != fdt_root(f)) return FDT_E_MISSING;
    e = node_read_cells(f, parent, &pa, &ps);
    if (e != FDT_OK) return e;
    if (!fdt_prop_get(f, node, "ranges", &p)) return FDT_E_MISSING;
    entry = 4 * (PCI_CELLS + pa + 2);
    if (p.len % entry != 0) return FDT_E_LENGTH;
    for (uint32_t off = 0; off < p.len; off += entry) {
        uint32_t space = (uint32_t)cells_read(p.data + off, 1) >> 24 & 3;

        if (space < PCI_MEMORY || index-- != 0) continue;
        out->bus = cells_read(p.data + off + 4, 2);
        out->cpu.base = cells_read(p.data + off + 4 * PCI_CELLS, pa);
        out->cpu.size = cells_read(p.data + off + 4 * (PCI_CELLS + pa), 2);
        return out->cpu.size <= UINT64_MAX - out->cpu.base && out->cpu.size <= UINT64_MAX - out->bus
                   ? FDT_OK
                   : FDT_E_RANGE;
    }
    return FDT_E_MISSING;
}
