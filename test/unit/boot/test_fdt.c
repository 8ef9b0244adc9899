/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the device tree reader: a board's tree, and every way in which a blob can be malformed.
 */
#include "boot/fdt.h"

#include "fdt_build.h"

#include <check.h>
#include <stdlib.h>

static struct fdt_build build;
static _Alignas(8) uint8_t blob[16384];
static size_t blob_size;
static struct fdt tree;

/* Copies the blob into a block of exactly its size, so that the sanitizer sees any overrun. */
static enum fdt_error init_exact(const uint8_t *data, size_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size != 0 ? size : 1);
    memcpy(copy, data, size);
    return fdt_init(&tree, copy, size);
}

static void setup(void)
{
    fdt_build_virt(&build);
    blob_size = fdt_build_finish(&build, blob);
    ck_assert_int_eq(init_exact(blob, blob_size), FDT_OK);
}

START_TEST(walks_all_nodes)
{
    uint32_t depth = 0, count = 0, deepest = 0;

    for (uint32_t n = fdt_root(&tree); n != FDT_NONE; n = fdt_node_next(&tree, n, &depth)) {
        ck_assert_ptr_nonnull(fdt_node_name(&tree, n));
        deepest = depth > deepest ? depth : deepest;
        count++;
    }
    ck_assert_uint_eq(count, 15);
    ck_assert_uint_eq(deepest, 3);
    ck_assert_uint_eq(fdt_peek_size(blob), blob_size);
}
END_TEST

START_TEST(finds_paths)
{
    uint32_t soc = fdt_find_path(&tree, "/soc");

    ck_assert_uint_eq(fdt_find_path(&tree, "/"), fdt_root(&tree));
    ck_assert_uint_ne(soc, FDT_NONE);
    ck_assert_str_eq(fdt_node_name(&tree, fdt_find_path(&tree, "/soc/timer")), "timer@1000");
    ck_assert_str_eq(fdt_node_name(&tree, fdt_find_path(&tree, "/soc/timer@1000")), "timer@1000");
    ck_assert_uint_eq(fdt_find_path(&tree, "/soc/timer@1001"), FDT_NONE);
    ck_assert_uint_eq(fdt_find_path(&tree, "/firmware"), FDT_NONE);
    ck_assert_uint_eq(fdt_find_path(&tree, "soc"), FDT_NONE);
    ck_assert_uint_eq(fdt_node_parent(&tree, fdt_find_path(&tree, "/soc/timer")), soc);
    ck_assert_uint_eq(fdt_node_parent(&tree, fdt_root(&tree)), FDT_NONE);
}
END_TEST

START_TEST(reads_registers)
{
    uint32_t uart = fdt_find_compatible(&tree, FDT_NONE, "arm,pl011");
    struct fdt_range r;

    ck_assert_str_eq(fdt_node_name(&tree, uart), "pl011@9000000");
    ck_assert(fdt_node_is_compatible(&tree, uart, "arm,primecell"));
    ck_assert(!fdt_node_is_compatible(&tree, uart, "arm,prime"));
    /* the second one is disabled */
    ck_assert_uint_eq(fdt_find_compatible(&tree, uart, "arm,pl011"), FDT_NONE);
    ck_assert_int_eq(fdt_reg(&tree, uart, 0, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x9000000);
    ck_assert_uint_eq(r.size, 0x1000);
    ck_assert_int_eq(fdt_reg(&tree, uart, 1, &r), FDT_E_MISSING);
    /* through the bus' ranges */
    ck_assert_int_eq(fdt_reg(&tree, fdt_find_path(&tree, "/soc/timer"), 0, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x0c001000);
    ck_assert_int_eq(fdt_reg(&tree, fdt_find_path(&tree, "/soc/far"), 0, &r), FDT_E_TRANSLATE);
    ck_assert_int_eq(fdt_reg(&tree, fdt_root(&tree), 0, &r), FDT_E_MISSING);
}
END_TEST

START_TEST(reads_memory_and_reservations)
{
    struct fdt_range r;

    ck_assert_int_eq(fdt_memory(&tree, 0, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x40000000);
    ck_assert_uint_eq(r.size, 0x10000000);
    ck_assert_int_eq(fdt_memory(&tree, 1, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x100000000);
    ck_assert_int_eq(fdt_memory(&tree, 2, &r), FDT_E_MISSING);
    ck_assert_int_eq(fdt_reserved(&tree, 0, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x48000000);
    ck_assert_int_eq(fdt_reserved(&tree, 1, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x4f000000);
    ck_assert_int_eq(fdt_reserved(&tree, 2, &r), FDT_OK);
    ck_assert_uint_eq(r.base, 0x4f800000);
    ck_assert_uint_eq(r.size, 0x2000);
    ck_assert_int_eq(fdt_reserved(&tree, 3, &r), FDT_E_MISSING);
}
END_TEST

START_TEST(reads_chosen)
{
    struct fdt_chosen c;

    ck_assert_int_eq(fdt_chosen_read(&tree, &c), FDT_OK);
    ck_assert_uint_eq(c.initrd_start, 0x44000000);
    ck_assert_uint_eq(c.initrd_end, 0x44123456);
    ck_assert_str_eq(c.bootargs, "log=debug");
    ck_assert_str_eq(c.stdout_path, "/pl011@9000000");
    ck_assert_uint_eq(c.rng_seed_len, 32);
    ck_assert_uint_eq(c.rng_seed[2], 3);
    ck_assert_uint_eq(c.kaslr_seed_len, 8);
}
END_TEST

START_TEST(reads_board_devices)
{
    enum fdt_conduit conduit = 0;
    struct fdt_timer timer;
    struct fdt_gic gic;
    struct fdt_irq irq;
    uint32_t uart = fdt_find_compatible(&tree, FDT_NONE, "arm,pl011");

    ck_assert_int_eq(fdt_psci(&tree, &conduit), FDT_OK);
    ck_assert_int_eq(conduit, FDT_CONDUIT_HVC);
    ck_assert_int_eq(fdt_gic_find(&tree, &gic), FDT_OK);
    ck_assert_uint_eq(gic.version, 3);
    ck_assert_uint_eq(gic.dist.base, 0x8000000);
    ck_assert_uint_eq(gic.cpu.base, 0x80a0000);
    ck_assert_uint_eq(gic.cpu.size, 0xf60000);
    ck_assert_int_eq(fdt_timer_find(&tree, &timer), FDT_OK);
    ck_assert_uint_eq(timer.count, 4);
    ck_assert_uint_eq(timer.irq[FDT_TIMER_PHYS].intid, 30);
    ck_assert_uint_eq(timer.irq[FDT_TIMER_VIRT].intid, 27);
    ck_assert_int_eq(fdt_interrupt(&tree, uart, 0, &irq), FDT_OK);
    ck_assert_uint_eq(irq.intid, 33);
    ck_assert(!irq.edge);
    ck_assert_int_eq(fdt_interrupt(&tree, uart, 1, &irq), FDT_E_MISSING);
}
END_TEST

/* A header field patched to a bad value must give exactly this error. */
START_TEST(refuses_bad_headers)
{
    static const struct {
        uint32_t offset, value;
        enum fdt_error error;
    } cases[] = {
        {0, 0xd00dfeec, FDT_E_MAGIC},
        {4, 39, FDT_E_SHORT},
        {4, 0x00200001, FDT_E_SIZE},
        {4, 16384, FDT_E_SHORT},
        {20, 16, FDT_E_VERSION},
        {24, 18, FDT_E_VERSION},
        {8, 0xfffffffc, FDT_E_STRUCT_AREA},
        {8, 57, FDT_E_STRUCT_AREA},
        {36, 0xfffffff0, FDT_E_STRUCT_AREA},
        {12, 0xffffffff, FDT_E_STRING_AREA},
        {32, 0xffffffff, FDT_E_STRING_AREA},
        {32, 5, FDT_E_STRING_AREA}, /* no NUL at its end */
        {16, 44, FDT_E_RESERVE},
        {16, 0xfffffff8, FDT_E_RESERVE},
        {36, 8, FDT_E_TRUNCATED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t bad[16384];

        memcpy(bad, blob, blob_size);
        fdt_put32(bad + cases[i].offset, cases[i].value);
        ck_assert_msg(init_exact(bad, blob_size) == cases[i].error, "case %zu: %s", i,
                      fdt_strerror(init_exact(bad, blob_size)));
    }
    ck_assert_int_eq(fdt_init(&tree, blob + 4, blob_size), FDT_E_ALIGN);
    ck_assert_int_eq(init_exact(blob, 39), FDT_E_SHORT);
    ck_assert_int_eq(init_exact(blob, blob_size - 1), FDT_E_SHORT);
    ck_assert_uint_eq(fdt_peek_size("12345678"), 0);
}
END_TEST

static enum fdt_error init_build(void) { return init_exact(blob, fdt_build_finish(&build, blob)); }

static void build_start(void)
{
    memset(&build, 0, sizeof(build));
    fdt_build_begin(&build, "");
}

START_TEST(refuses_bad_structures)
{
    build_start(); /* no end */
    ck_assert_int_eq(init_build(), FDT_E_TRUNCATED);
    build_start();
    fdt_build_cell(&build, 9);
    ck_assert_int_eq(init_build(), FDT_E_BALANCE);
    build_start();
    fdt_build_end(&build);
    fdt_build_end(&build);
    fdt_build_cell(&build, 9);
    ck_assert_int_eq(init_build(), FDT_E_BALANCE);
    build_start();
    fdt_build_end(&build);
    fdt_build_begin(&build, "");
    ck_assert_int_eq(init_build(), FDT_E_BALANCE);
    build_start();
    fdt_build_cell(&build, 5);
    ck_assert_int_eq(init_build(), FDT_E_TOKEN);
    build_start();
    fdt_build_begin(&build, "");
    ck_assert_int_eq(init_build(), FDT_E_NODE_NAME);
    build_start();
    fdt_build_begin(&build, "a b");
    ck_assert_int_eq(init_build(), FDT_E_NODE_NAME);
    build_start();
    fdt_build_begin(&build, "a");
    fdt_build_end(&build);
    fdt_build_text(&build, "late", "x");
    ck_assert_int_eq(init_build(), FDT_E_PROP_PLACE);
    memset(&build, 0, sizeof(build));
    fdt_build_cell(&build, 9);
    ck_assert_int_eq(init_build(), FDT_E_BALANCE);
    memset(&build, 0, sizeof(build));
    fdt_build_text(&build, "early", "x");
    ck_assert_int_eq(init_build(), FDT_E_PROP_PLACE);
}
END_TEST

START_TEST(refuses_bad_properties)
{
    build_start();
    fdt_build_string(&build, "name");
    fdt_build_cell(&build, 3);
    fdt_build_cell(&build, 4);
    fdt_build_cell(&build, 5); /* exactly behind "name" and its NUL */
    fdt_build_cell(&build, 0);
    ck_assert_int_eq(init_build(), FDT_E_PROP_NAME);
    build_start();
    fdt_build_string(&build, "name");
    fdt_build_cell(&build, 3);
    fdt_build_cell(&build, 0xfffffff9);
    fdt_build_cell(&build, 0);
    ck_assert_int_eq(init_build(), FDT_E_TRUNCATED);
}
END_TEST

START_TEST(bounds_depth)
{
    for (uint32_t nested = 16; nested <= 17; nested++) {
        struct fdt_range r;
        uint32_t last = FDT_NONE;

        build_start();
        for (uint32_t i = 0; i < nested; i++)
            fdt_build_begin(&build, "n");
        for (uint32_t i = 0; i <= nested; i++)
            fdt_build_end(&build);
        fdt_build_cell(&build, 9);
        ck_assert_int_eq(init_build(), nested == 16 ? FDT_OK : FDT_E_DEPTH);
        if (nested != 16) break;
        for (uint32_t n = fdt_root(&tree); n != FDT_NONE; n = fdt_node_next(&tree, n, NULL))
            last = n;
        ck_assert_int_eq(fdt_reg(&tree, last, 0, &r), FDT_E_MISSING);
    }
}
END_TEST

/* Every truncation and every single changed byte: an error or a tree that can be read safely. */
START_TEST(survives_damage)
{
    uint8_t bad[16384];

    for (size_t n = 0; n < blob_size; n++)
        ck_assert_int_ne(init_exact(blob, n), FDT_OK);
    for (size_t i = 0; i < blob_size; i++) {
        struct fdt_chosen c;
        struct fdt_range r;
        struct fdt_gic g;
        struct fdt_timer t;

        memcpy(bad, blob, blob_size);
        bad[i] ^= 0xff;
        if (init_exact(bad, blob_size) != FDT_OK) continue;
        fdt_chosen_read(&tree, &c);
        fdt_memory(&tree, 1, &r);
        fdt_reserved(&tree, 2, &r);
        fdt_gic_find(&tree, &g);
        fdt_timer_find(&tree, &t);
    }
}
END_TEST

START_TEST(names_every_error)
{
    for (int e = 0; e < FDT_E_COUNT; e++)
        ck_assert_str_ne(fdt_strerror(e), "unknown device tree error");
    ck_assert_str_eq(fdt_strerror(FDT_E_COUNT), "unknown device tree error");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fdt");
    TCase *t = tcase_create("fdt");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, walks_all_nodes);
    tcase_add_test(t, finds_paths);
    tcase_add_test(t, reads_registers);
    tcase_add_test(t, reads_memory_and_reservations);
    tcase_add_test(t, reads_chosen);
    tcase_add_test(t, reads_board_devices);
    tcase_add_test(t, refuses_bad_headers);
    tcase_add_test(t, refuses_bad_structures);
    tcase_add_test(t, refuses_bad_properties);
    tcase_add_test(t, bounds_depth);
    tcase_add_test(t, survives_damage);
    tcase_add_test(t, names_every_error);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
