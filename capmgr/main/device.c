/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device grants: what a manifest entry names is looked up in the device tree, checked, and given to
 * the component: registers mapped, interrupts bound to its first thread when it starts, memory for
 * DMA in one piece.
 */
#include "main.h"
#include "manifest_devices.h"

#define GRANTS (MANIFEST_REGS + MANIFEST_IRQS)
#define WINDOW_PAGES 4096u /* of a register range, mapped at most: of a longer one its beginning   \
                            */

/* A register range that was given; regions and interrupts are made once and kept. */
struct grant {
    uint64_t base, size; /* of an interrupt: its number, 0 */
    uint64_t address;    /* in the component */
    uint32_t comp;       /* CM_NONE: free again */
    uint32_t device;     /* index in the manifest */
    uint32_t slot, record;
    uint32_t table_slot, bit;
    bool edge;
    caps_handle root; /* of an interrupt */
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
    return has_tree ? &tree : NULL;
}

static struct grant *grant_find(uint64_t base, uint64_t size, bool irq)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        if (grants[i].base == base && (grants[i].size == 0) == irq &&
            (irq || grants[i].size == size))
            return &grants[i];
    }
    if (grant_count == GRANTS) return NULL;
    grants[grant_count] =
        (struct grant){.base = base, .size = size, .comp = CM_NONE, .record = CM_NONE};
    return &grants[grant_count++];
}

static enum cm_err grant_registers(struct comp *c, uint32_t device, const struct fdt_range *r)
{
    struct grant *g = grant_find(r->base, r->size, false);
    uint64_t first = r->base / PAGE, pages = (r->base + r->size + PAGE - 1u) / PAGE - first;
    uint64_t argument[5] = {first, pages, FUT_REGION_MMIO, 0, 0};
    enum cm_err e = CM_OK;

    if (g == NULL || pages > WINDOW_PAGES + 1u) return CM_ENOMEM;
    if (g->comp != CM_NONE) return CM_EBUSY;
    if (g->record == CM_NONE) e = nuc_create(FUT_TYPE_REGION, &g->record, &g->slot, argument);
    if (e != CM_OK) {
        g->record = CM_NONE;
        return CM_ENODEV;
    }
    g->address = space_take_device(&c->space, (uint32_t)pages);
    if (g->address == 0) return CM_ENOMEM;
    g->comp = comp_index(c);
    g->device = device;
    return vm_map_device(c, g->address, g->slot, 0, (uint32_t)pages);
}

static enum cm_err grant_irq(struct comp *c, uint32_t device, const struct fdt_irq *irq,
                             uint32_t bit)
{
    struct grant *g = grant_find(irq->intid, 0, true);
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
    enum cm_err e = CM_OK;

    if (scbor_str_is(d->path, MANIFEST_ARCHIVE_PATH)) return CM_OK;
    if (manifest_device_find(&manifest, d, has_tree ? &tree : NULL, &node) != MANIFEST_DEVICE_OK)
        return CM_ENODEV;
    for (i = 0; i < d->regs.count && e == CM_OK; i++) {
        if (fdt_reg(&tree, node, manifest.reg[d->regs.first + i], &range) != FDT_OK)
            return CM_ENODEV;
        if (range.size > WINDOW_PAGES * PAGE) range.size = WINDOW_PAGES * PAGE;
        e = grant_registers(c, index, &range);
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

        if (g->comp == comp_index(c) && g->size == 0)
            (void)fut_sys_irq_bind(g->slot, thread_recs[c->thread_first].slot,
                                   UINT64_C(1) << g->bit, g->edge ? FUT_IRQ_EDGE : 0);
    }
}

static void describe_grant(const struct grant *g, struct startpage_device *d)
{
    if (g->size == 0 && d->irq_count < STARTPAGE_IRQS)
        d->irq[d->irq_count++] = (struct startpage_irq){g->table_slot, g->bit};
    if (g->size != 0 && d->reg_count < STARTPAGE_REGS)
        d->reg[d->reg_count++] = (struct startpage_reg){g->address + g->base % PAGE, g->size, 0};
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
        if (grants[i].size == 0) caps_forget(grants[i].root);
        if (grants[i].size == 0) nuc_destroy(FUT_TYPE_IRQ, grants[i].record, grants[i].slot);
    }
    for (i = 0; i < dma_count;) {
        if (dmas[i].comp == comp_index(c))
            dmas[i] = dmas[--dma_count]; /* its frames go with the space: they are owned */
        else
            i++;
    }
}

/* Grant number `index` of a component; false when there are no more. */
bool device_next(const struct comp *c, uint32_t index, uint64_t *base, uint64_t *size)
{
    uint32_t i;

    for (i = 0; i < grant_count; i++) {
        if (grants[i].comp != comp_index(c)) continue;
        if (index-- == 0) {
            *base = grants[i].base;
            *size = grants[i].size;
            return true;
        }
    }
    return false;
}
