/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the manifest decoder, its checks, and the strict CBOR codec below it. */
#include "manifest.h"

#include "manifest_build.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct manifest m;
static struct manifest_fault fault;
static uint8_t image[8192];
static size_t image_len;

static enum manifest_error decode_exact(const uint8_t *data, size_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size != 0 ? size : 1);
    memcpy(copy, data, size);
    return manifest_decode(&m, copy, size, &fault);
}

static enum manifest_error decode_parts(const struct part *parts, size_t count)
{
    image_len = build_manifest(image, sizeof(image), parts, count);
    ck_assert_uint_ne(image_len, 0);
    return decode_exact(image, image_len);
}

/* The uart component of the specification, byte for byte, inside a system. */
START_TEST(decodes_the_specified_example)
{
    static const char head[] = "\xa5\x00\x01\x01\x69qemu_virt\x02\x01\x03\x19\x02\x00\x04\x81";
    static const char uart[] =
        "\xa8\x00\x64uart\x01\x6c"
        "drivers/uart\x03\x82\x18\x28\x18\x28\x04\x18\x40\x05\x01\x06\x81\xa3\x00\x63tty\x01\x71"
        "futura.tty/1.Port\x03\x04\x08\x81\xa4\x00\x6e/pl011@9000000\x01\x81\x69"
        "arm,pl011\x02\x81\x00\x03\x81\x82\x00\x00\x09\xa4\x00\x01\x01\x05\x02\x19\x27\x10\x03"
        "\x18\x64";
    uint8_t data[256];
    const struct manifest_component *c = &m.component[0];

    ck_assert_uint_eq(sizeof(uart) - 1, 113); /* as FIPC.md says */
    memcpy(data, head, sizeof(head) - 1);
    memcpy(data + sizeof(head) - 1, uart, sizeof(uart) - 1);
    ck_assert_int_eq(decode_exact(data, sizeof(head) + sizeof(uart) - 2), MANIFEST_OK);
    ck_assert(scbor_str_is(m.name, "qemu_virt"));
    ck_assert_uint_eq(m.component_count, 1);
    ck_assert(scbor_str_is(c->name, "uart"));
    ck_assert(scbor_str_is(c->binary, "drivers/uart"));
    ck_assert_uint_eq(c->priority_low, 40);
    ck_assert_uint_eq(c->pages, 64);
    ck_assert_uint_eq(m.offer[c->offers.first].max, 4);
    ck_assert(scbor_str_is(m.device[c->devices.first].path, "/pl011@9000000"));
    ck_assert(c->restart.always);
    ck_assert_uint_eq(c->restart.window_ms, 10000);
    ck_assert_uint_eq(manifest_total_pages(&m), 512 + 64);
    for (size_t n = 0; n < sizeof(head) + sizeof(uart) - 2; n++)
        ck_assert_int_ne(decode_exact(data, n), MANIFEST_OK);
}
END_TEST

static const struct {
    struct part a, b;
    enum manifest_error error;
    uint32_t component;
} systems[] = {
    {{.name = "s", .offer = "root"}, {.name = "c", .use = "fs"}, MANIFEST_OK, MANIFEST_NOWHERE},
    {{.name = "s"}, {.name = "s"}, MANIFEST_E_DUPLICATE, 1},
    {{.name = "s", .offer = "root"},
     {.name = "c", .use = "fs", .use_component = 2},
     MANIFEST_E_REFERENCE,
     1},
    {{.name = "s", .offer = "root"},
     {.name = "c", .use = "fs", .use_offer = 1},
     MANIFEST_E_REFERENCE,
     1},
    {{.name = "s", .offer = "root"},
     {.name = "c", .use = "fs", .use_tname = "futura.fs/1.File"},
     MANIFEST_E_INTERFACE,
     1},
    {{.name = "s", .offer = "root"},
     {.name = "c", .use = "fs", .priority = 21},
     MANIFEST_E_PRIORITY,
     1},
    {{.name = "s", .offer = "root"},
     {.name = "c", .use = "fs", .priority = 10, .priority_high = 21},
     MANIFEST_E_PRIORITY,
     1},
    {{.name = "s", .offer = "root", .max = 1, .use = "x"},
     {.name = "c", .use = "fs"},
     MANIFEST_E_SESSIONS,
     0},
    {{.name = "s", .offer = "a", .use = "x", .use_component = 1},
     {.name = "c", .offer = "b", .use = "y"},
     MANIFEST_E_CYCLE,
     0},
    {{.name = "s", .offer = "a", .use = "x", .use_component = 1, .use_kind = MANIFEST_USE_LATE},
     {.name = "c", .offer = "b", .use = "y"},
     MANIFEST_OK,
     MANIFEST_NOWHERE},
    {{.name = "s", .device = "/d"},
     {.name = "c", .device = "/d", .reg = 1, .irq = 1},
     MANIFEST_OK,
     MANIFEST_NOWHERE},
    {{.name = "s", .device = "/d"},
     {.name = "c", .device = "/d", .irq = 1},
     MANIFEST_E_DUPLICATE,
     1},
    {{.name = "s", .device = "/d"},
     {.name = "c", .device = "/d", .reg = 1},
     MANIFEST_E_DUPLICATE,
     1},
    {{.name = "s", .device = "/d", .bit = 63}, {.name = "c"}, MANIFEST_E_VALUE, 0},
    {{.name = "S"}, {.name = "c"}, MANIFEST_E_NAME, 0},
    {{.name = "s", .offer = "o", .tname = "futura.fs/0.X"}, {.name = "c"}, MANIFEST_E_TNAME, 0},
    {{.name = "s", .offer = "o", .tname = "fs/1.x"}, {.name = "c"}, MANIFEST_E_TNAME, 0},
    {{.name = "s", .offer = "o", .tname = "fs/65536.X"}, {.name = "c"}, MANIFEST_E_TNAME, 0},
    {{.name = "s", .priority = 64}, {.name = "c"}, MANIFEST_E_VALUE, 0},
    {{.name = "s", .priority = 9, .priority_high = 8}, {.name = "c"}, MANIFEST_E_VALUE, 0},
};

START_TEST(checks_across_components)
{
    for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
        struct part parts[2] = {systems[i].a, systems[i].b};
        enum manifest_error e = decode_parts(parts, 2);

        ck_assert_msg(e == systems[i].error, "case %zu: %s", i, manifest_strerror(e));
        ck_assert_msg(fault.component == systems[i].component, "case %zu: at %u", i,
                      fault.component);
    }
}
END_TEST

/* Faults are told by name, or by byte; never beyond the room. */
START_TEST(explains_faults)
{
    struct part parts[2] = {{.name = "s", .offer = "root"},
                            {.name = "c", .use = "fs", .use_tname = "futura.fs/1.File"}};
    static const char uses[] = "manifest uses an offer by another interface: component c, use fs";
    char text[128];

    ck_assert_int_eq(decode_parts(parts, 2), MANIFEST_E_INTERFACE);
    ck_assert_uint_eq(fault.use, 0);
    ck_assert_uint_eq(manifest_explain(&m, &fault, text, sizeof text), sizeof uses - 1);
    ck_assert_str_eq(text, uses);
    ck_assert_uint_eq(manifest_explain(&m, &fault, text, 9), 8);
    ck_assert_str_eq(text, "manifest");
    parts[1] = (struct part){.name = "s"};
    ck_assert_int_eq(decode_parts(parts, 2), MANIFEST_E_DUPLICATE);
    ck_assert_uint_eq(fault.use, MANIFEST_NOWHERE);
    manifest_explain(&m, &fault, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "twice: component s"));
    ck_assert_int_eq(decode_exact(image, image_len - 1), MANIFEST_E_CBOR);
    manifest_explain(&m, &fault, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "right shape, at byte "));
}
END_TEST

START_TEST(bounds_tables)
{
    static struct part parts[MANIFEST_COMPONENTS + 1];
    static char names[MANIFEST_COMPONENTS + 1][8];

    for (unsigned i = 0; i <= MANIFEST_COMPONENTS; i++) {
        snprintf(names[i], sizeof(names[i]), "c%u", i);
        parts[i].name = names[i];
    }
    ck_assert_int_eq(decode_parts(parts, MANIFEST_COMPONENTS), MANIFEST_OK);
    ck_assert_uint_eq(manifest_find(&m, scbor_str_of("c47")), 47);
    ck_assert_uint_eq(manifest_find(&m, scbor_str_of("c48")), MANIFEST_NOWHERE);
    ck_assert_int_eq(decode_parts(parts, MANIFEST_COMPONENTS + 1), MANIFEST_E_TABLE);
    ck_assert_int_eq(manifest_decode(&m, image, 0, NULL), MANIFEST_E_SIZE);
    ck_assert_int_eq(manifest_decode(&m, image, 65537, NULL), MANIFEST_E_SIZE);
}
END_TEST

/* Any changed byte gives an error or a manifest; never an overrun. Trailing bytes are refused. */
START_TEST(survives_damage)
{
    const struct part parts[2] = {{.name = "s", .offer = "root", .device = "/d"},
                                  {.name = "c", .use = "fs"}};

    ck_assert_int_eq(decode_parts(parts, 2), MANIFEST_OK);
    for (size_t i = 0; i < image_len; i++) {
        for (unsigned v = 1; v < 256; v += 7) {
            image[i] ^= (uint8_t)v;
            decode_exact(image, image_len);
            image[i] ^= (uint8_t)v;
        }
    }
    image[image_len] = 0;
    ck_assert_int_eq(decode_exact(image, image_len + 1), MANIFEST_E_CBOR);
    image[2] = 2;
    ck_assert_int_eq(decode_exact(image, image_len), MANIFEST_E_FORMAT);
    for (int e = 0; e < MANIFEST_E_COUNT; e++)
        ck_assert_str_ne(manifest_strerror(e), "unknown manifest error");
}
END_TEST

static bool reads_uint(const char *bytes, size_t len, uint64_t want)
{
    struct scbor_in in;
    uint64_t v;

    scbor_in_init(&in, bytes, len);
    v = scbor_read_uint(&in);
    return scbor_in_is_done(&in) && v == want;
}

static bool reads_text(const char *bytes, size_t len)
{
    struct scbor_in in;

    scbor_in_init(&in, bytes, len);
    scbor_read_text(&in);
    return scbor_in_is_done(&in);
}

START_TEST(reads_only_shortest_numbers)
{
    ck_assert(reads_uint("\x17", 1, 23));
    ck_assert(reads_uint("\x18\x18", 2, 24));
    ck_assert(!reads_uint("\x18\x17", 2, 23));
    ck_assert(reads_uint("\x19\x01\x00", 3, 256));
    ck_assert(!reads_uint("\x19\x00\xff", 3, 255));
    ck_assert(reads_uint("\x1a\x00\x01\x00\x00", 5, 65536));
    ck_assert(!reads_uint("\x1a\x00\x00\xff\xff", 5, 65535));
    ck_assert(reads_uint("\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 9, UINT64_MAX));
    ck_assert(!reads_uint("\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9, UINT32_MAX));
    ck_assert(!reads_uint("\x1c", 1, 0));
    ck_assert(!reads_uint("\x1f", 1, 0));
    ck_assert(!reads_uint("\x20", 1, 0));
    ck_assert(!reads_uint("\x19\x01", 2, 1));
}
END_TEST

START_TEST(reads_only_good_text)
{
    ck_assert(reads_text("\x63\xe2\x82\xac", 4));
    ck_assert(reads_text("\x64\xf0\x9f\x98\x80", 5));
    ck_assert(!reads_text("\x61\x00", 2));
    ck_assert(!reads_text("\x62\xc0\x80", 3));
    ck_assert(!reads_text("\x63\xed\xa0\x80", 4));
    ck_assert(!reads_text("\x64\xf4\x90\x80\x80", 5));
    ck_assert(!reads_text("\x62\xe2\x82", 3));
    ck_assert(!reads_text("\x61\x80", 2));
    ck_assert(!reads_text("\x7f\x61\x61\xff", 4)); /* indefinite */
    ck_assert(!reads_text("\x7b\xff\xff\xff\xff\xff\xff\xff\xff", 9));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {decodes_the_specified_example,
                                  checks_across_components,
                                  explains_faults,
                                  bounds_tables,
                                  survives_damage,
                                  reads_only_shortest_numbers,
                                  reads_only_good_text};

    return suite_run("manifest", tests, TEST_COUNT(tests), NULL);
}
