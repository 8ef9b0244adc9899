/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the device tree writer: what it writes, the reader accepts and finds again. */
#include "boot/fdt.h"
#include "boot/fdt_write.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct fdt_writer w;
static uint64_t memory[512];
static struct fdt f;

static void buses_write(void)
{
    static const uint32_t reg[] = {1, 0x3f8, 8}, irq[] = {4, 1};
    static const uint32_t windows[] = {
        0x01000000, 0,    0,          0,    0x3eff0000, 0,    0x10000,
        0x02000000, 0,    0xc0000000, 0,    0xd0000000, 0,    0x10000000,
        0x43000000, 0x80, 0,          0x80, 0,          0x80, 0};

    fdt_write_node(&w, "pcie");
    fdt_write_u32(&w, "#address-cells", 3);
    fdt_write_u32(&w, "#size-cells", 2);
    fdt_write_cells(&w, "ranges", windows, 21);
    fdt_write_node_end(&w);
    fdt_write_node(&w, "isa");
    fdt_write_text(&w, "compatible", "isa");
    fdt_write_u32(&w, "#address-cells", 2);
    fdt_write_u32(&w, "#size-cells", 1);
    fdt_write_node_at(&w, "serial", 0x3f8);
    fdt_write_text(&w, "compatible", "ns16550a");
    fdt_write_cells(&w, "reg", reg, 3);
    fdt_write_cells(&w, "interrupts", irq, 2);
    fdt_write_node_end(&w);
    fdt_write_node_end(&w);
}

/* A little PC. */
static size_t tree_write(size_t size)
{
    static const uint32_t bank[] = {0, 0x100000, 1, 0};

    fdt_write_begin(&w, memory, size);
    fdt_write_node(&w, "");
    fdt_write_u32(&w, "#address-cells", 2);
    fdt_write_u32(&w, "#size-cells", 2);
    fdt_write_u32(&w, "interrupt-parent", 7);
    fdt_write_node(&w, "chosen");
    fdt_write_text(&w, "bootargs", "quiet");
    fdt_write_u64(&w, "linux,initrd-start", 0x123456789000);
    fdt_write_u64(&w, "linux,initrd-end", 0x123456789fff);
    fdt_write_bytes(&w, "rng-seed", "12345", 5);
    fdt_write_node_end(&w);
    fdt_write_node_at(&w, "memory", 0x100000);
    fdt_write_text(&w, "device_type", "memory");
    fdt_write_cells(&w, "reg", bank, 4);
    fdt_write_node_end(&w);
    fdt_write_node_at(&w, "interrupt-controller", 0xfec00000);
    fdt_write_bytes(&w, "interrupt-controller", "", 0);
    fdt_write_u32(&w, "#interrupt-cells", 2);
    fdt_write_u32(&w, "phandle", 7);
    fdt_write_node_end(&w);
    buses_write();
    fdt_write_node_end(&w);
    return fdt_write_end(&w);
}

START_TEST(finds_pci_windows)
{
    struct fdt_pci_window window;
    uint32_t node;

    ck_assert_int_eq(fdt_init(&f, memory, tree_write(sizeof memory)), FDT_OK);
    node = fdt_find_path(&f, "/pcie");
    ck_assert_int_eq(fdt_pci_window(&f, node, 0, &window), FDT_OK); /* ports are none */
    ck_assert(window.bus == 0xc0000000 && window.cpu.base == 0xd0000000);
    ck_assert_uint_eq(window.cpu.size, 0x10000000);
    ck_assert_int_eq(fdt_pci_window(&f, node, 1, &window), FDT_OK);
    ck_assert(window.bus == 0x8000000000 && window.cpu.size == 0x8000000000);
    ck_assert_int_eq(fdt_pci_window(&f, node, 2, &window), FDT_E_MISSING);
    ck_assert_int_eq(fdt_pci_window(&f, fdt_find_path(&f, "/isa"), 0, &window), FDT_E_MISSING);
    ck_assert_int_eq(fdt_pci_window(&f, fdt_root(&f), 0, &window), FDT_E_MISSING);
}
END_TEST

START_TEST(reads_back)
{
    size_t size = tree_write(sizeof memory);
    struct fdt_chosen chosen;
    struct fdt_range range;
    struct fdt_irq irq;
    uint32_t node;

    ck_assert_uint_gt(size, 0);
    ck_assert_int_eq(fdt_init(&f, memory, size), FDT_OK);
    ck_assert_int_eq(fdt_chosen_read(&f, &chosen), FDT_OK);
    ck_assert_str_eq(chosen.bootargs, "quiet");
    ck_assert_uint_eq(chosen.initrd_start, 0x123456789000);
    ck_assert_uint_eq(chosen.rng_seed_len, 5);
    ck_assert_int_eq(fdt_memory(&f, 0, &range), FDT_OK);
    ck_assert(range.base == 0x100000 && range.size == 0x100000000);
    node = fdt_find_path(&f, "/isa/serial@3f8");
    ck_assert_uint_ne(node, FDT_NONE);
    ck_assert_int_eq(fdt_ports(&f, node, 0, &range), FDT_OK);
    ck_assert(range.base == 0x3f8 && range.size == 8);
    ck_assert_int_eq(fdt_interrupt(&f, node, 0, &irq), FDT_OK);
    ck_assert(irq.intid == 4 && irq.edge);
    ck_assert_int_eq(fdt_interrupt(&f, node, 1, &irq), FDT_E_MISSING);
    ck_assert_int_eq(fdt_ports(&f, node, 1, &range), FDT_E_MISSING);
    ck_assert_int_eq(fdt_ports(&f, fdt_find_path(&f, "/isa"), 0, &range), FDT_E_MISSING);
    ck_assert_uint_ne(fdt_find_path(&f, "/interrupt-controller@fec00000"), FDT_NONE);
}
END_TEST

/* In memory that is too small by any number of bytes it says so, and writes nothing outside. */
START_TEST(too_small)
{
    size_t whole = tree_write(sizeof memory), size;

    for (size = 0; size < whole; size++) {
        memset(memory, 0x5a, sizeof memory);
        ck_assert_uint_eq(tree_write(size), 0);
        ck_assert_uint_eq(((uint8_t *)memory)[size], 0x5a);
    }
    ck_assert_uint_eq(tree_write(whole), whole);
}
END_TEST

START_TEST(too_many_names)
{
    char name[] = "property-aaa";

    fdt_write_begin(&w, memory, sizeof memory);
    fdt_write_node(&w, "");
    for (unsigned i = 0; i < 60; i++) {
        name[9] = (char)('a' + i / 26);
        name[10] = (char)('a' + i % 26);
        fdt_write_u32(&w, name, i);
    }
    fdt_write_node_end(&w);
    ck_assert_uint_eq(fdt_write_end(&w), 0);
}
END_TEST

static size_t named(const char *name)
{
    fdt_write_begin(&w, memory, sizeof memory);
    fdt_write_node(&w, "");
    fdt_write_node_at(&w, name, UINT64_MAX);
    fdt_write_node_end(&w);
    fdt_write_node_end(&w);
    return fdt_write_end(&w);
}

/* A name is written whole or not at all. */
START_TEST(long_names)
{
    ck_assert_uint_gt(named("thirty-letters-and-not-one-mor"), 0);
    ck_assert_uint_eq(named("thirty-letters-and-one-more-too"), 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fdt_write");
    TCase *t = tcase_create("fdt_write");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(t, reads_back);
    tcase_add_test(t, finds_pci_windows);
    tcase_add_test(t, too_small);
    tcase_add_test(t, too_many_names);
    tcase_add_test(t, long_names);
    suite_add_tcase(s, t);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
