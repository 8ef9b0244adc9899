/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest against the device tree: see manifest_devices.h. */
#include "manifest_devices.h"

#define TEXT 256u

/* With a NUL, as the tree's reader wants it; false: longer than anything that could be found. */
static bool text_copy(char out[TEXT], struct scbor_str s)
{
    if (s.len >= TEXT) return false;
    for (size_t i = 0; i < s.len; i++)
        out[i] = s.s[i];
    out[s.len] = 0;
    return true;
}

enum manifest_device_error manifest_device_find(const struct manifest *m,
                                                const struct manifest_device *d,
                                                const struct fdt *tree, uint32_t *node)
{
    char text[TEXT];

    if (tree == NULL) return MANIFEST_DEVICE_E_TREE;
    *node = text_copy(text, d->path) ? fdt_find_path(tree, text) : FDT_NONE;
    if (*node == FDT_NONE) return MANIFEST_DEVICE_E_PATH;
    if (!fdt_node_is_enabled(tree, *node)) return MANIFEST_DEVICE_E_DISABLED;
    for (uint32_t i = 0; i < d->compatibles.count; i++) {
        if (text_copy(text, m->compatible[d->compatibles.first + i]) &&
            fdt_node_is_compatible(tree, *node, text))
            return MANIFEST_DEVICE_OK;
    }
    return MANIFEST_DEVICE_E_COMPATIBLE;
}

enum fdt_error manifest_device_reg(const struct fdt *tree, uint32_t node, uint32_t index,
                                   struct fdt_range *range, bool *ports)
{
    *ports = fdt_ports(tree, node, index, range) == FDT_OK;
    return *ports ? FDT_OK : fdt_reg(tree, node, index, range);
}

enum manifest_device_error manifest_device_check(const struct manifest *m,
                                                 const struct manifest_device *d,
                                                 const struct fdt *tree)
{
    enum manifest_device_error e;
    struct fdt_range range;
    struct fdt_irq irq;
    uint32_t node;
    bool ports;

    if (scbor_str_is(d->path, MANIFEST_ARCHIVE_PATH)) return MANIFEST_DEVICE_OK;
    e = manifest_device_find(m, d, tree, &node);
    for (uint32_t i = 0; i < d->regs.count && e == MANIFEST_DEVICE_OK; i++) {
        if (manifest_device_reg(tree, node, m->reg[d->regs.first + i], &range, &ports) != FDT_OK)
            e = MANIFEST_DEVICE_E_REG;
    }
    for (uint32_t i = 0; i < d->irqs.count && e == MANIFEST_DEVICE_OK; i++) {
        if (fdt_interrupt(tree, node, m->irq[d->irqs.first + i].index, &irq) != FDT_OK)
            e = MANIFEST_DEVICE_E_IRQ;
    }
    return e;
}

const char *manifest_device_strerror(enum manifest_device_error error)
{
    static const char *const text[MANIFEST_DEVICE_E_COUNT] = {
        [MANIFEST_DEVICE_OK] = "the device is there",
        [MANIFEST_DEVICE_E_TREE] = "there is no device tree",
        [MANIFEST_DEVICE_E_PATH] = "the device tree has no such node",
        [MANIFEST_DEVICE_E_DISABLED] = "the device tree says that it is disabled",
        [MANIFEST_DEVICE_E_COMPATIBLE] = "it is compatible with nothing that the manifest names",
        [MANIFEST_DEVICE_E_REG] = "it lacks a register range that the manifest names",
        [MANIFEST_DEVICE_E_IRQ] = "it lacks an interrupt that the manifest names",
    };

    return (unsigned)error < MANIFEST_DEVICE_E_COUNT ? text[error] : "unknown device error";
}
