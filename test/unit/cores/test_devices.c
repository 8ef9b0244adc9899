/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the manifest's devices against a device tree, with registers in memory and in ports. */
#include "boot/fdt_write.h"
#include "manifest_devices.h"

#include "suite.h"

#include <string.h>

static struct fdt_writer w;
static uint64_t memory[256];
static struct fdt tree;
static struct manifest manifest;

static void node_write(const char *name, uint64_t at, const uint32_t *reg, uint32_t cells)
{
    static const uint32_t irq[] = {4, 1};

    fdt_write_node_at(&w, name, at);
    fdt_write_text(&w, "compatible", "test,device");
    fdt_write_cells(&w, "reg", reg, cells);
    fdt_write_cells(&w, "interrupts", irq, 2);
    fdt_write_node_end(&w);
}

static void setup(void)
{
    static const uint32_t ports[] = {1, 0x3f8, 8, 1, 0x80, 1}, odd[] = {1, 0xfff8, 9},
                          place[] = {0, 0x3f8, 8}, window[] = {0xfed00000, 0x400};

    fdt_write_begin(&w, memory, sizeof memory);
    fdt_write_node(&w, "");
    fdt_write_u32(&w, "#address-cells", 1);
    fdt_write_u32(&w, "#size-cells", 1);
    fdt_write_u32(&w, "interrupt-parent", 7);
    fdt_write_node_at(&w, "pic", 1);
    fdt_write_u32(&w, "#interrupt-cells", 2);
    fdt_write_u32(&w, "phandle", 7);
    fdt_write_node_end(&w);
    node_write("window", 0xfed00000, window, 2);
    fdt_write_node(&w, "isa");
    fdt_write_text(&w, "compatible", "isa");
    fdt_write_u32(&w, "#address-cells", 2);
    fdt_write_u32(&w, "#size-cells", 1);
    node_write("ports", 0x3f8, ports, 6);
    node_write("odd", 0xfff8, odd, 3);
    node_write("place", 0x3f8, place, 3);
    fdt_write_node_end(&w);
    fdt_write_node_end(&w);
    ck_assert_int_eq(fdt_init(&tree, memory, fdt_write_end(&w)), FDT_OK);
    memset(&manifest, 0, sizeof manifest);
    manifest.compatible[0] = scbor_str_of("test,device");
    manifest.device[0].compatibles.count = 1;
    manifest.device[0].regs.count = 1;
    manifest.device[0].irqs.count = 1;
}

static enum manifest_device_error check(const char *path, uint32_t reg, uint32_t irq)
{
    manifest.device[0].path = scbor_str_of(path);
    manifest.reg[0] = reg;
    manifest.irq[0].index = irq;
    return manifest_device_check(&manifest, &manifest.device[0], &tree);
}

START_TEST(registers_are_of_two_kinds)
{
    struct fdt_range range;
    bool ports;
    uint32_t node = fdt_find_path(&tree, "/isa/ports@3f8");

    ck_assert_int_eq(manifest_device_reg(&tree, node, 1, &range, &ports), FDT_OK);
    ck_assert(ports && range.base == 0x80 && range.size == 1);
    ck_assert_int_eq(manifest_device_reg(&tree, node, 0, &range, &ports), FDT_OK);
    ck_assert(ports && range.base == 0x3f8 && range.size == 8);
    node = fdt_find_path(&tree, "/window");
    ck_assert_int_eq(manifest_device_reg(&tree, node, 0, &range, &ports), FDT_OK);
    ck_assert(!ports && range.base == 0xfed00000 && range.size == 0x400);
}
END_TEST

START_TEST(a_device_is_held_to_its_node)
{
    ck_assert_int_eq(check("/window", 0, 0), MANIFEST_DEVICE_OK);
    ck_assert_int_eq(check("/isa/ports", 1, 0), MANIFEST_DEVICE_OK);
    ck_assert_int_eq(check("/isa/ports", 2, 0), MANIFEST_DEVICE_E_REG);
    ck_assert_int_eq(check("/window", 1, 0), MANIFEST_DEVICE_E_REG);
    ck_assert_int_eq(check("/isa/ports", 0, 1), MANIFEST_DEVICE_E_IRQ);
    /* ports beyond the last, and memory behind a bus that translates none */
    ck_assert_int_eq(check("/isa/odd", 0, 0), MANIFEST_DEVICE_E_REG);
    ck_assert_int_eq(check("/isa/place", 0, 0), MANIFEST_DEVICE_E_REG);
    ck_assert_int_eq(check("/isa/none", 0, 0), MANIFEST_DEVICE_E_PATH);
    manifest.compatible[0] = scbor_str_of("test,other");
    ck_assert_int_eq(check("/window", 0, 0), MANIFEST_DEVICE_E_COMPATIBLE);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {registers_are_of_two_kinds, a_device_is_held_to_its_node};

    return suite_run("devices", tests, TEST_COUNT(tests), setup);
}
