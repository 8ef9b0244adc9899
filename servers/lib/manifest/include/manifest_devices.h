/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manifest against the device tree: the checks that only the running machine can make. capmgr
 * makes them when it grants a device, init for all components before it starts the first.
 */
#ifndef MANIFEST_DEVICES_H
#define MANIFEST_DEVICES_H

#include "boot/fdt.h"
#include "manifest.h"

/* The path by which a manifest grants the boot archive, read-only: a device that every board has.
 */
#define MANIFEST_ARCHIVE_PATH "boot:archive"

enum manifest_device_error {
    MANIFEST_DEVICE_OK = 0,
    MANIFEST_DEVICE_E_TREE,       /* there is no device tree */
    MANIFEST_DEVICE_E_PATH,       /* no node has the path */
    MANIFEST_DEVICE_E_DISABLED,   /* its status says so */
    MANIFEST_DEVICE_E_COMPATIBLE, /* it is compatible with nothing that the manifest names */
    MANIFEST_DEVICE_E_REG,        /* it lacks a register range */
    MANIFEST_DEVICE_E_IRQ,        /* it lacks an interrupt */
    MANIFEST_DEVICE_E_COUNT
};

/* The node of a device, if it is there, enabled and compatible. `tree` NULL: there is none. Not for
 * the boot archive. */
enum manifest_device_error manifest_device_find(const struct manifest *m,
                                                const struct manifest_device *d,
                                                const struct fdt *tree, uint32_t *node);

/* Entry `index` of the `reg` of a device's node: a range of addresses, or of I/O ports. */
enum fdt_error manifest_device_reg(const struct fdt *tree, uint32_t node, uint32_t index,
                                   struct fdt_range *range, bool *ports);

/* Everything that a grant of the device needs of the tree. The boot archive is always there. */
enum manifest_device_error manifest_device_check(const struct manifest *m,
                                                 const struct manifest_device *d,
                                                 const struct fdt *tree);

/* What was wrong, in English; never NULL. */
const char *manifest_device_strerror(enum manifest_device_error error);

#endif
