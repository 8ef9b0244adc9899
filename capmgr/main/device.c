/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device grants: what a manifest entry names is looked up in the device tree, checked, and given to
 * the component: registers mapped, or as a capability for their I/O ports, interrupts bound to its
 * first thread when it starts, memory for DMA in one piece.
 */
#include "main.h"
#include "manifest_devices.h"

#define GRANTS (MANIFEST_REGS + MANIFEST_IRQS)
#define WINDOWS 8u /* of a bridge, looked at */
/* Of a register range that many pages are mapped at most: of a longer one its beginning. */
#define WINDOW_PAGES 4096u

enum device_kind { DEVICE_MEMORY, DEVICE_PORTS, DEVICE_INTERRUPT };

/* What was given; regions are made once and kept. */
struct grant {
    enum device_kind kind;
    uint64_t base, size; /* of an interrupt: its number, 0 */
    uint64_t address;    /* in the component */
    uint32_t comp;       /* CM_NONE: free again */
    uint32_t device;     /* index in the manifest */
    uint32_t slot, record;
    uint32_t table_slot, bit;
    bool edge;
    caps_handle root; /* of what is in the component's table */
};

/* Memory for DMA. */
struct dma {
    uint64_t address;
    uint32_t comp, device, first, pages;
};

static struct fdt tree;
static bool has_tree;
static struct grant grants[GRANTS];
static uint32_t grant_count;
static struct dma dmas[MANIFEST_DEVICES];
static uint32_t dma_count;

const struct fdt *device_init(void)
{
    if (boot->dtb_size != 0)
        has_tree =
            fdt_init(&tree, (const void *)(uintptr_t)boot->dtb_address, boot->dtb_size) == FDT_OK;
    return device_tree();
}

const struct fdt *device_tree(void) { return has_tree ? &tree : NULL; }

static struct grant *grant_find(enum device_kind kind, uint64_t base, uint64_t size)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        if (grants[i].kind == kind && grants[i].base == base && grants[i].size == size)
            return &grants[i];
    }
    if (grant_count == GRANTS) return NULL;
    grants[grant_count] = (struct grant){
        .kind = kind, .base = base, .size = size, .comp = CM_NONE, .record = CM_NONE};
    return &grants[grant_count++];
}

/* The region, made when it is granted for the first time. */
static enum cm_err grant_region(struct grant *g, uint64_t first, uint64_t count, uint64_t kind)
{
    uint64_t argument[5] = {first, count, kind, 0, 0};
    enum cm_err e = CM_OK;

    if (g->record == CM_NONE) e = nuc_create(FUT_TYPE_REGION, &g->record, &g->slot, argument);
    if (e == CM_OK) return CM_OK;
    g->record = CM_NONE;
    return CM_ENODEV;
}

static enum cm_err grant_registers(struct comp *c, uint32_t device, const struct fdt_range *r)
{
    struct grant *g = grant_find(DEVICE_MEMORY, r->base, r->size);
    uint64_t first = r->base / PAGE, pages = (r->base + r->size + PAGE - 1u) / PAGE - first;
    enum cm_err e;

    if (g == NULL || pages > WINDOW_PAGES + 1u) return CM_ENOMEM;
    if (g->comp != CM_NONE) return CM_EBUSY;
    e = grant_region(g, first, pages, FUT_REGION_MMIO);
    if (e != CM_OK) return e;
    g->address = space_take_device(&c->space, (uint32_t)pages);
    if (g->address == 0) return CM_ENOMEM;
    g->comp = comp_index(c);
    g->device = device;
    return vm_map_device(c, g->address, g->slot, 0, (uint32_t)pages);
}

static enum cm_err grant_ports(struct comp *c, uint32_t device, const struct fdt_range *r)
{
    struct grant *g = grant_find(DEVICE_PORTS, r->base, r->size);
    enum cm_err e;

    if (g == NULL) return CM_ENOMEM;
    if (g->comp != CM_NONE) return CM_EBUSY;
    e = grant_region(g, r->base, r->size, FUT_REGION_PORT);
    if (e == CM_OK)
        e = caps_add_root(&caps, FUT_TYPE_REGION, g->record, FUT_RIGHT_REGION_WRITE, r->size,
                          &g->root);
    if (e != CM_OK) return e;
    g->comp = comp_index(c);
    g->device = device;
    return slot_fill(c, g->root, g->slot, FUT_RIGHT_REGION_WRITE, 0, 0, 0, &g->table_slot);
}

static enum cm_err grant_irq(struct comp *c, uint32_t device, const struct fdt_irq *irq,
                             uint32_t bit)
{
    struct grant *g = grant_find(DEVICE_INTERRUPT, irq->intid, 0);
    enum cm_err e = CM_OK;

    if (g == NULL) return CM_ENOMEM;
    if (g->comp != CM_NONE) return CM_EBUSY;
    g->record = irq->intid;
    e = nuc_create(FUT_TYPE_IRQ, &g->record, &g->slot, NULL);
    if (e != CM_OK) return CM_ENODEV;
    g->comp = comp_index(c);
    g->device = device;
    g->bit = bit;
    g->edge = irq->edge;
    e = caps_add_root(&caps, FUT_TYPE_IRQ, irq->intid, 15, 0, &g->root);
    if (e != CM_OK) return e;
    return slot_fill(c, g->root, g->slot, FUT_RIGHT_IRQ_ACK, 0, 0, 0, &g->table_slot);
}

static enum cm_err grant_dma(struct comp *c, uint32_t device, uint32_t pages)
{
    struct dma *d;
    uint32_t cursor = 0, first, i;
    enum cm_err e = account_charge(&accounts, comp_index(c), pages);

    if (e != CM_OK || dma_count == MANIFEST_DEVICES) return CM_ENOMEM;
    while ((e = frames_take_run(&frames, pages, &cursor, &first)) == CM_EAGAIN)
        ;
    if (e != CM_OK) return CM_ENOMEM;
    for (i = 0; i < pages; i++) {
        if (fut_sys_frame_type(FUT_BOOT_SLOT_RAM, first + i, FUT_FRAME_USER_NC, 0) ==
            FUT_S_QUIESCE) {
            nuc_sync();
            (void)fut_sys_frame_type(FUT_BOOT_SLOT_RAM, first + i, FUT_FRAME_USER_NC, 0);
        }
    }
    d = &dmas[dma_count++];
    *d = (struct dma){.comp = comp_index(c), .device = device, .first = first, .pages = pages};
    d->address = space_take_device(&c->space, pages);
    return d->address == 0 ? CM_ENOMEM : vm_map(c, d->address, first, pages, SHADOW_WRITE);
}

bool device_is_archive(const struct manifest_component *m)
{
    uint32_t i;

    for (i = 0; i < m->devices.count; i++) {
        if (scbor_str_is(manifest.device[m->devices.first + i].path, MANIFEST_ARCHIVE_PATH))
            return true;
    }
    return false;
}

static enum cm_err grant_device(struct comp *c, uint32_t index)
{
    const struct manifest_device *d = &manifest.device[index];
    uint32_t node, i;
    struct fdt_range range;
    struct fdt_irq irq;
    bool ports;
    enum cm_err e = CM_OK;

    if (scbor_str_is(d->path, MANIFEST_ARCHIVE_PATH)) return CM_OK;
    if (manifest_device_find(&manifest, d, has_tree ? &tree : NULL, &node) != MANIFEST_DEVICE_OK)
        return CM_ENODEV;
    for (i = 0; i < d->regs.count && e == CM_OK; i++) {
        if (manifest_device_reg(&tree, node, manifest.reg[d->regs.first + i], &range, &ports) !=
            FDT_OK)
            return CM_ENODEV;
        if (!ports && range.size > WINDOW_PAGES * PAGE) range.size = WINDOW_PAGES * PAGE;
        e = ports ? grant_ports(c, index, &range) : grant_registers(c, index, &range);
    }
    for (i = 0; i < d->irqs.count && e == CM_OK; i++) {
        const struct manifest_irq *m = &manifest.irq[d->irqs.first + i];

        if (fdt_interrupt(&tree, node, m->index, &irq) != FDT_OK) return CM_ENODEV;
        e = grant_irq(c, index, &irq, m->bit);
    }
    if (e == CM_OK && d->dma_pages != 0)
        e = d->dma_pages > 4096 ? CM_ENOMEM : grant_dma(c, index, (uint32_t)d->dma_pages);
    return e;
}

enum cm_err device_grant(struct comp *c, uint32_t *which)
{
    const struct manifest_component *m = &manifest.component[c->manifest];
    enum cm_err e = CM_OK;

    for (*which = 0; *which < m->devices.count && e == CM_OK; (*which)++)
        e = grant_device(c, m->devices.first + *which);
    *which -= e != CM_OK;
    return e;
}

void device_bind(struct comp *c)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        struct grant *g = &grants[i];

        if (g->comp == comp_index(c) && g->kind == DEVICE_INTERRUPT)
            (void)fut_sys_irq_bind(g->slot, thread_recs[c->thread_first].slot,
                                   UINT64_C(1) << g->bit, g->edge ? FUT_IRQ_EDGE : 0);
    }
}

static void describe_grant(const struct grant *g, struct startpage_device *d)
{
    if (g->kind == DEVICE_INTERRUPT) {
        if (d->irq_count < STARTPAGE_IRQS)
            d->irq[d->irq_count++] = (struct startpage_irq){g->table_slot, g->bit};
        return;
    }
    if (d->reg_count == STARTPAGE_REGS) return;
    d->reg[d->reg_count++] = g->kind == DEVICE_PORTS
                                 ? (struct startpage_reg){0, g->size, g->table_slot}
                                 : (struct startpage_reg){g->address + g->base % PAGE, g->size, 0};
}

void device_describe(struct comp *c, struct startpage *s)
{
    const struct manifest_component *m;
    uint32_t k, i;

    if (c->manifest == CM_NONE) return;
    m = &manifest.component[c->manifest];
    for (k = 0; k < m->devices.count && k < STARTPAGE_DEVICES; k++) {
        uint32_t index = m->devices.first + k;
        struct startpage_device *d = &s->device[s->device_count++];

        d->path = manifest.device[index].path;
        d->compatible = manifest.compatible[manifest.device[index].compatibles.first];
        for (i = 0; i < grant_count; i++) {
            if (grants[i].comp == comp_index(c) && grants[i].device == index)
                describe_grant(&grants[i], d);
        }
        for (i = 0; i < dma_count; i++) {
            if (dmas[i].comp != comp_index(c) || dmas[i].device != index) continue;
            d->dma = (struct startpage_area){dmas[i].address, dmas[i].pages * PAGE};
            d->dma_device = (boot->ram_base + dmas[i].first) * PAGE;
        }
    }
}

void device_release(struct comp *c)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        if (grants[i].comp != comp_index(c)) continue;
        grants[i].comp = CM_NONE;
        if (grants[i].kind != DEVICE_MEMORY) caps_forget(grants[i].root);
        if (grants[i].kind == DEVICE_INTERRUPT)
            nuc_destroy(FUT_TYPE_IRQ, grants[i].record, grants[i].slot);
    }
    for (i = 0; i < dma_count;) {
        if (dmas[i].comp == comp_index(c))
            dmas[i] = dmas[--dma_count]; /* its frames go with the space: they are owned */
        else
            i++;
    }
}

bool device_next(const struct comp *c, bool ports, uint32_t index, uint64_t *base, uint64_t *size)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        if (grants[i].comp != comp_index(c) || (grants[i].kind == DEVICE_PORTS) != ports) continue;
        if (index-- == 0) {
            *base = grants[i].base;
            *size = grants[i].size;
            return true;
        }
    }
    return false;
}

enum cm_err device_window(const struct comp *c, uint32_t device, uint32_t index,
                          struct fdt_pci_window *out)
{
    const struct manifest_component *m;
    uint32_t node;

    if (c->manifest == CM_NONE) return CM_EINVAL;
    m = &manifest.component[c->manifest];
    if (device >= m->devices.count ||
        manifest_device_find(&manifest, &manifest.device[m->devices.first + device], device_tree(),
                             &node) != MANIFEST_DEVICE_OK)
        return CM_EINVAL;
    return fdt_pci_window(&tree, node, index, out) == FDT_OK ? CM_OK : CM_ENOENT;
}

bool device_window_holds(const struct comp *c, uint32_t device, uint64_t address, uint32_t pages)
{
    struct fdt_pci_window w;
    uint64_t size = (uint64_t)pages * PAGE;

    for (uint32_t i = 0; i < WINDOWS && device_window(c, device, i, &w) == CM_OK; i++) {
        if (address % PAGE == 0 && pages != 0 && address >= w.cpu.base && size <= w.cpu.size &&
            address - w.cpu.base <= w.cpu.size - size)
            return true;
    }
    return false;
}

/* Not one of the component's devices: its start page has been written long ago. */
enum cm_err device_lend(struct comp *c, uint64_t address, uint32_t pages, uint64_t *at)
{
    struct fdt_range range = {address, (uint64_t)pages * PAGE};
    uint32_t i;
    enum cm_err e = grant_registers(c, CM_NONE, &range);

    for (i = 0; i < grant_count && e == CM_OK; i++)
        if (grants[i].kind == DEVICE_MEMORY && grants[i].base == address &&
            grants[i].size == range.size)
            *at = grants[i].address;
    return e;
}
