/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the Multiboot2 reader: good information, and one change at a time that must be refused.
 */
#include "boot/multiboot.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAP_TAG (16 + 2 * 24)

static uint8_t bytes[1024];
static size_t size;
static struct multiboot_info info;

static void put(size_t at, uint64_t v, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bytes[at + i] = (uint8_t)(v >> 8 * i);
}

/* A tag of so many bytes, behind what is there; its offset. */
static size_t tag(uint32_t type, uint32_t length)
{
    size_t at = size;

    put(at, type, 4);
    put(at + 4, length, 4);
    size += (length + 7) & ~7u;
    put(0, size, 4);
    return at;
}

static void begin(void)
{
    memset(bytes, 0, sizeof bytes);
    size = 8;
}

static size_t map(void)
{
    size_t at = tag(6, MAP_TAG);

    put(at + 8, 24, 4);
    put(at + 16, 0x1000, 8);
    put(at + 24, 0x9f000, 8);
    put(at + 32, 1, 4);
    put(at + 40, 0x100000, 8);
    put(at + 48, 0x7f00000, 8);
    put(at + 56, 2, 4);
    return at;
}

/* What the reader says to memory of exactly this size. */
static enum multiboot_error read_exact(void)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    enum multiboot_error e;

    memcpy(copy, bytes, size);
    e = multiboot_read(copy, size, &info);
    free(copy);
    return e;
}

START_TEST(everything)
{
    struct multiboot_range range;
    size_t line, module, old, new;

    begin();
    line = tag(1, 8 + 10);
    memcpy(bytes + line + 8, "log=debug", 10);
    tag(2, 8 + 5); /* the loader's name: not needed */
    module = tag(3, 16 + 1);
    put(module + 8, 0x800000, 4);
    put(module + 12, 0x900000, 4);
    put(tag(3, 16) + 8, 0x1, 4); /* a second one, which would be malformed */
    old = tag(14, 8 + 20);
    new = tag(15, 8 + 36);
    map();
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_OK);
    ck_assert_uint_eq(info.command_line, line + 8);
    ck_assert(info.has_module);
    ck_assert_uint_eq(info.module_start, 0x800000);
    ck_assert_uint_eq(info.module_end, 0x900000);
    ck_assert_uint_ne(info.rsdp, old + 8);
    ck_assert_uint_eq(info.rsdp, new + 8);
    ck_assert_uint_eq(info.rsdp_size, 36);
    ck_assert_uint_eq(info.map_count, 2);
    range = multiboot_range(bytes, &info, 1);
    ck_assert_uint_eq(range.base, 0x100000);
    ck_assert_uint_eq(range.size, 0x7f00000);
    ck_assert_uint_eq(range.type, 2);
}
END_TEST

START_TEST(old_root_pointer)
{
    size_t new, old;

    begin();
    map();
    old = tag(14, 8 + 20);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_OK);
    ck_assert_uint_eq(info.rsdp, old + 8);
    ck_assert(!info.has_module);
    ck_assert_uint_eq(info.command_line, 0);
    begin();
    map();
    new = tag(15, 8 + 36);
    tag(14, 8 + 20);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_OK);
    ck_assert_uint_eq(info.rsdp, new + 8);
}
END_TEST

START_TEST(sizes)
{
    uint32_t length;

    begin();
    ck_assert_int_eq(multiboot_length(bytes, &length), MULTIBOOT_E_SIZE);
    put(0, 7, 4);
    ck_assert_int_eq(multiboot_length(bytes, &length), MULTIBOOT_E_SIZE);
    put(0, MULTIBOOT_INFO_MAX + 1, 4);
    ck_assert_int_eq(multiboot_length(bytes, &length), MULTIBOOT_E_SIZE);
    put(0, MULTIBOOT_INFO_MAX, 4);
    ck_assert_int_eq(multiboot_length(bytes, &length), MULTIBOOT_OK);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_SIZE); /* there is less than it says */
    size = 4;
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_SIZE);
}
END_TEST

START_TEST(tags)
{
    size_t at;

    begin();
    map();
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_END);
    at = tag(2, 8);
    put(at + 4, 7, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    put(at + 4, 9, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    put(at + 4, 0xffffffff, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    put(at + 4, 8, 4);
    put(at, 15, 4); /* a root pointer without room for one */
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    put(at, 2, 4);
    size += 4; /* half a tag behind it */
    put(0, size, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_END);
}
END_TEST

START_TEST(maps)
{
    size_t at;

    begin();
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_MAP);
    begin();
    at = map();
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_OK);
    put(at + 8, 16, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_MAP);
    put(at + 8, 0, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_MAP);
    put(at + 8, 28, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_MAP);
    put(at + 8, 0xfffffff8, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_MAP); /* not one entry */
    put(at + 8, 40, 4);
    ck_assert_int_eq(read_exact(), MULTIBOOT_OK); /* a later version's */
    ck_assert_uint_eq(info.map_count, 1);
    begin();
    tag(6, 8);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
}
END_TEST

START_TEST(modules_and_lines)
{
    size_t at;

    begin();
    map();
    tag(3, 12);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    begin();
    map();
    at = tag(3, 16);
    put(at + 8, 2, 4);
    put(at + 12, 1, 4);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TAG);
    begin();
    map();
    at = tag(1, 8 + 4);
    memcpy(bytes + at + 8, "abcd", 4); /* the NUL behind it is not the tag's */
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_TEXT);
    begin();
    map();
    tag(18, 8);
    tag(0, 8);
    ck_assert_int_eq(read_exact(), MULTIBOOT_E_SERVICES);
}
END_TEST

START_TEST(messages)
{
    for (int e = 0; e < MULTIBOOT_E_COUNT; e++)
        ck_assert_str_ne(multiboot_strerror((enum multiboot_error)e), "unknown error");
    ck_assert_str_eq(multiboot_strerror(MULTIBOOT_E_COUNT), "unknown error");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("multiboot");
    TCase *c = tcase_create("multiboot");
    SRunner *r;
    int failed;

    tcase_add_test(c, everything);
    tcase_add_test(c, old_root_pointer);
    tcase_add_test(c, sizes);
    tcase_add_test(c, tags);
    tcase_add_test(c, maps);
    tcase_add_test(c, modules_and_lines);
    tcase_add_test(c, messages);
    suite_add_tcase(s, c);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
