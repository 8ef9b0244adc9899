/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the ELF reader: a good executable, and one change at a time that must be refused. */
#include "boot/elf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE 0x3000u
#define PHDR(n) (64u + 56u * (n))

static uint8_t file[FILE_SIZE];
static struct elf_image image;
static const struct elf_rules rules = {ELF_MACHINE_AARCH64, 4096, 0x10000, 0x800000000000};

static void put(size_t at, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        file[at + i] = (uint8_t)(v >> 8 * i);
}

static void put_phdr(unsigned n, uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr,
                     uint64_t filesz, uint64_t memsz, uint64_t align)
{
    put(PHDR(n), type, 4);
    put(PHDR(n) + 4, flags, 4);
    put(PHDR(n) + 8, offset, 8);
    put(PHDR(n) + 16, vaddr, 8);
    put(PHDR(n) + 24, vaddr, 8);
    put(PHDR(n) + 32, filesz, 8);
    put(PHDR(n) + 40, memsz, 8);
    put(PHDR(n) + 48, align, 8);
}

/* Text at 0x400000, data with bss at 0x412000, TLS in the data, a stack header. */
static void setup(void)
{
    memset(file, 0, sizeof(file));
    memcpy(file, "\177ELF\2\1\1", 7);
    put(16, 2, 2);
    put(18, ELF_MACHINE_AARCH64, 2);
    put(20, 1, 4);
    put(24, 0x400200, 8);
    put(32, 64, 8);
    put(52, 64, 2);
    put(54, 56, 2);
    put(56, 4, 2);
    put_phdr(0, 1, ELF_R | ELF_X, 0, 0x400000, 0x1800, 0x1800, 0x10000);
    put_phdr(1, 1, ELF_R | ELF_W, 0x2010, 0x412010, 0x100, 0x5000, 0x10000);
    put_phdr(2, 7, ELF_R, 0x2020, 0x412020, 0x10, 0x40, 16);
    put_phdr(3, 0x6474e551, ELF_R | ELF_W, 0, 0, 0, 0, 16);
}

static enum elf_error read_exact(size_t head, uint64_t size)
{
    uint8_t *copy = malloc(head != 0 ? head : 1);
    enum elf_error e;

    memcpy(copy, file, head);
    e = elf_read(&image, copy, head, size, &rules);
    free(copy);
    return e;
}

static enum elf_error read_file(void) { return read_exact(FILE_SIZE, FILE_SIZE); }

START_TEST(describes)
{
    ck_assert_int_eq(read_file(), ELF_OK);
    ck_assert_uint_eq(image.entry, 0x400200);
    ck_assert_uint_eq(image.count, 2);
    ck_assert_uint_eq(image.low, 0x400000);
    ck_assert_uint_eq(image.high, 0x418000);
    ck_assert_uint_eq(image.phdr, 0x400040);
    ck_assert_uint_eq(image.phnum, 4);
    ck_assert_uint_eq(image.phentsize, 56);
    ck_assert_uint_eq(image.segment[1].offset, 0x2010);
    ck_assert_uint_eq(image.segment[1].memsz, 0x5000);
    ck_assert(image.has_tls);
    ck_assert_uint_eq(image.tls.vaddr, 0x412020);
    ck_assert_uint_eq(image.tls.memsz, 0x40);
    /* the head alone is enough */
    ck_assert_int_eq(read_exact(64 + 4 * 56, FILE_SIZE), ELF_OK);
    ck_assert_int_eq(read_exact(64 + 4 * 56 - 1, FILE_SIZE), ELF_E_SHORT);
    ck_assert_int_eq(read_exact(63, FILE_SIZE), ELF_E_SHORT);
    ck_assert_int_eq(read_exact(FILE_SIZE, FILE_SIZE - 1), ELF_E_SHORT);
}
END_TEST

START_TEST(leaves_out_unloaded_headers)
{
    put_phdr(0, 1, ELF_R | ELF_X, 0x1000, 0x401000, 0x800, 0x800, 0x1000);
    put(24, 0x401000, 8);
    ck_assert_int_eq(read_file(), ELF_OK);
    ck_assert_uint_eq(image.phdr, 0);
}
END_TEST

static const struct {
    size_t at;
    uint64_t value;
    unsigned bytes;
    enum elf_error error;
} changes[] = {
    {0, 'x', 1, ELF_E_MAGIC},
    {4, 1, 1, ELF_E_CLASS},
    {5, 2, 1, ELF_E_CLASS},
    {6, 0, 1, ELF_E_CLASS},
    {20, 2, 4, ELF_E_CLASS},
    {16, 3, 2, ELF_E_TYPE},
    {18, ELF_MACHINE_X86_64, 2, ELF_E_MACHINE},
    {52, 65, 2, ELF_E_HEADER},
    {54, 57, 2, ELF_E_HEADER},
    {56, 0, 2, ELF_E_HEADER},
    {56, 33, 2, ELF_E_HEADER},
    {32, 65, 8, ELF_E_HEADER},
    {32, 0xfffffffffffffff8, 8, ELF_E_SHORT},
    {PHDR(0), 3, 4, ELF_E_DYNAMIC},
    {PHDR(3), 2, 4, ELF_E_DYNAMIC},
    {PHDR(0) + 32, 0x3001, 8, ELF_E_BOUNDS},
    {PHDR(1) + 32, 0xff1, 8, ELF_E_BOUNDS},
    {PHDR(1) + 8, 0xfffffffffffff010, 8, ELF_E_BOUNDS},
    {PHDR(1) + 40, 0xff, 8, ELF_E_BOUNDS},
    {PHDR(0) + 16, 0xf000, 8, ELF_E_ADDRESS},
    {PHDR(1) + 16, 0x800000000010, 8, ELF_E_ADDRESS},
    {PHDR(1) + 16, 0xfffffffffffff010, 8, ELF_E_ADDRESS},
    {PHDR(1) + 40, 0xffffffffffffffff, 8, ELF_E_ADDRESS},
    {PHDR(1) + 16, 0x412011, 8, ELF_E_ALIGN},
    {PHDR(1) + 48, 3, 8, ELF_E_ALIGN},
    {PHDR(1) + 16, 0x401010, 8, ELF_E_ORDER},
    {PHDR(1) + 16, 0x300010, 8, ELF_E_ORDER},
    {PHDR(1) + 4, ELF_R | ELF_W | ELF_X, 4, ELF_E_WX},
    {PHDR(3) + 4, ELF_R | ELF_W | ELF_X, 4, ELF_E_WX},
    {PHDR(1) + 4, ELF_W, 4, ELF_E_FLAGS},
    {PHDR(1) + 4, 8 | ELF_R, 4, ELF_E_FLAGS},
    {24, 0x401800, 8, ELF_E_ENTRY},
    {24, 0x412010, 8, ELF_E_ENTRY},
    {24, 0x3fffff, 8, ELF_E_ENTRY},
    {PHDR(2) + 32, 0x41, 8, ELF_E_TLS},
    {PHDR(2) + 16, 0x417009, 8, ELF_E_TLS},
    {PHDR(2) + 16, 0xfffffffffffffff8, 8, ELF_E_TLS},
    {PHDR(2) + 48, 24, 8, ELF_E_TLS},
};

START_TEST(refuses_changes)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        enum elf_error e;

        setup();
        put(changes[i].at, changes[i].value, changes[i].bytes);
        e = read_file();
        ck_assert_msg(e == changes[i].error, "case %zu: %s", i, elf_strerror(e));
    }
}
END_TEST

START_TEST(refuses_two_tls_and_too_many_segments)
{
    put_phdr(3, 7, ELF_R, 0x2020, 0x412020, 0x10, 0x40, 16);
    ck_assert_int_eq(read_file(), ELF_E_TLS);
    setup();
    put(56, 10, 2);
    for (unsigned i = 1; i < 10; i++)
        put_phdr(i, 1, ELF_R, 0, 0x500000 + 0x1000 * i, 8, 8, 0);
    ck_assert_int_eq(read_file(), ELF_E_SEGMENTS);
    put(56, 8, 2);
    ck_assert_int_eq(read_file(), ELF_OK);
    put(56, 1, 2);
    put_phdr(0, 6, ELF_R, 0, 0, 0, 0, 0);
    ck_assert_int_eq(read_file(), ELF_E_SEGMENTS);
}
END_TEST

START_TEST(respects_the_last_page)
{
    struct elf_rules odd = rules;

    odd.top = 0x417800; /* inside the last page of the data segment */
    ck_assert_int_eq(elf_read(&image, file, FILE_SIZE, FILE_SIZE, &odd), ELF_E_ADDRESS);
    odd.top = 0x418000;
    ck_assert_int_eq(elf_read(&image, file, FILE_SIZE, FILE_SIZE, &odd), ELF_OK);
}
END_TEST

START_TEST(names_every_error)
{
    for (int e = 0; e < ELF_E_COUNT; e++)
        ck_assert_str_ne(elf_strerror(e), "unknown executable error");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("elf");
    TCase *t = tcase_create("elf");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, describes);
    tcase_add_test(t, leaves_out_unloaded_headers);
    tcase_add_test(t, refuses_changes);
    tcase_add_test(t, refuses_two_tls_and_too_many_segments);
    tcase_add_test(t, respects_the_last_page);
    tcase_add_test(t, names_every_error);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
