/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the ACPI reader: good tables, and one change at a time that must be refused. */
#include "boot/acpi.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static uint8_t table[512];
static size_t size;

static void put(size_t at, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        table[at + i] = (uint8_t)(v >> 8 * i);
}

static void checksum(size_t at, size_t length)
{
    uint8_t sum = 0;

    table[at] = 0;
    for (size_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + table[i]);
    table[at] = (uint8_t)-sum;
}

static void header(const char *signature, size_t length)
{
    memset(table, 0, sizeof table);
    memcpy(table, signature, 4);
    put(4, length, 4);
    size = length;
}

/* What a reader says to the table in memory of exactly its size. */
static uint8_t *exact(void)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);

    memcpy(copy, table, size);
    return copy;
}

static enum acpi_error check(const char *signature)
{
    uint8_t *copy = exact();
    enum acpi_error e = acpi_check(copy, size, signature);

    free(copy);
    return e;
}

static struct acpi_madt madt;

static enum acpi_error madt_read(void)
{
    uint8_t *copy = exact();
    enum acpi_error e = acpi_madt_read(copy, size, &madt);

    free(copy);
    return e;
}

START_TEST(root_pointer)
{
    struct acpi_rsdp rsdp;

    memset(table, 0, sizeof table);
    memcpy(table, "RSD PTR ", 8);
    put(16, 0x1000, 4);
    checksum(8, 20);
    ck_assert_int_eq(acpi_rsdp_read(table, 20, &rsdp), ACPI_OK);
    ck_assert_uint_eq(rsdp.root, 0x1000);
    ck_assert_uint_eq(rsdp.width, 4);
    ck_assert_int_eq(acpi_rsdp_read(table, 19, &rsdp), ACPI_E_SHORT);
    put(15, 2, 1);
    put(24, 0x123456789000, 8);
    checksum(8, 20);
    ck_assert_int_eq(acpi_rsdp_read(table, 20, &rsdp), ACPI_E_SHORT);
    ck_assert_int_eq(acpi_rsdp_read(table, 36, &rsdp), ACPI_E_CHECKSUM);
    checksum(32, 36);
    ck_assert_int_eq(acpi_rsdp_read(table, 36, &rsdp), ACPI_OK);
    ck_assert_uint_eq(rsdp.root, 0x123456789000);
    ck_assert_uint_eq(rsdp.width, 8);
    put(30, 1, 1);
    checksum(32, 36);
    ck_assert_int_eq(acpi_rsdp_read(table, 36, &rsdp), ACPI_E_ADDRESS);
    table[0] = 'X';
    ck_assert_int_eq(acpi_rsdp_read(table, 36, &rsdp), ACPI_E_SIGNATURE);
}
END_TEST

START_TEST(headers)
{
    uint32_t length;

    header("XSDT", 52);
    put(36, 0x2000, 8);
    put(44, 0, 8);
    checksum(9, size);
    ck_assert_int_eq(check("XSDT"), ACPI_OK);
    ck_assert_int_eq(check("APIC"), ACPI_E_SIGNATURE);
    ck_assert_int_eq(acpi_length(table, NULL, &length), ACPI_OK);
    ck_assert_uint_eq(length, 52);
    size = 51;
    ck_assert_int_eq(check("XSDT"), ACPI_E_SHORT);
    size = 35;
    ck_assert_int_eq(check("XSDT"), ACPI_E_SHORT);
    size = 52;
    table[40] ^= 1;
    ck_assert_int_eq(check("XSDT"), ACPI_E_CHECKSUM);
    put(4, 35, 4);
    ck_assert_int_eq(acpi_length(table, "XSDT", &length), ACPI_E_LENGTH);
    put(4, ACPI_TABLE_MAX + 1, 4);
    ck_assert_int_eq(acpi_length(table, "XSDT", &length), ACPI_E_LENGTH);
}
END_TEST

START_TEST(root_entries)
{
    uint64_t address;

    header("XSDT", 52);
    put(36, 0x2000, 8);
    ck_assert_int_eq(acpi_root_entry(table, size, 8, 0, &address), ACPI_OK);
    ck_assert_uint_eq(address, 0x2000);
    ck_assert_int_eq(acpi_root_entry(table, size, 8, 1, &address), ACPI_E_ADDRESS);
    ck_assert_int_eq(acpi_root_entry(table, size, 8, 2, &address), ACPI_E_MISSING);
    ck_assert_int_eq(acpi_root_entry(table, size, 4, 3, &address), ACPI_E_ADDRESS);
    ck_assert_int_eq(acpi_root_entry(table, size, 4, 4, &address), ACPI_E_MISSING);
    ck_assert_int_eq(acpi_root_entry(table, size, 8, 0xffffffff, &address), ACPI_E_MISSING);
}
END_TEST

/* Two processors, of which one is off for ever; an I/O APIC; the timer on 2; SCI level and low. */
static void madt_good(void)
{
    header("APIC", 44 + 8 + 8 + 12 + 10 + 10 + 6);
    put(36, 0xfee00000, 4);
    put(40, 1, 4);
    put(44, 0x0800, 2), put(47, 5, 1), put(48, 1, 4);
    put(52, 0x0800, 2), put(55, 6, 1);
    put(60, 0x0c01, 2), put(64, 0xfec00000, 4);
    put(72, 0x0a02, 2), put(76, 2, 4);
    put(82, 0x0a02, 2), put(85, 9, 1), put(86, 9, 4), put(90, 15, 2);
    put(92, 0x06ff, 2);
}

START_TEST(madt_is_read)
{
    madt_good();
    ck_assert_int_eq(madt_read(), ACPI_OK);
    ck_assert_uint_eq(madt.local_apic, 0xfee00000);
    ck_assert(madt.legacy_pics);
    ck_assert_uint_eq(madt.processor_count, 1);
    ck_assert_uint_eq(madt.processor[0].apic_id, 5);
    ck_assert(madt.processor[0].enabled);
    ck_assert_uint_eq(madt.ioapic_count, 1);
    ck_assert_uint_eq(madt.ioapic[0].address, 0xfec00000);
    ck_assert_uint_eq(madt.override_count, 2);
    ck_assert_uint_eq(madt.override[0].gsi, 2);
    ck_assert(!madt.override[0].low && !madt.override[0].level);
    ck_assert_uint_eq(madt.override[1].source, 9);
    ck_assert(madt.override[1].low && madt.override[1].level);
}
END_TEST

static const struct {
    size_t at;
    uint64_t value;
    unsigned bytes;
    enum acpi_error error;
} madt_bad[] = {
    {36, 0, 4, ACPI_E_ADDRESS},                                  /* no local APIC */
    {36, 0x1004, 4, ACPI_E_ADDRESS}, {45, 0, 1, ACPI_E_ENTRY},   /* an entry of no length */
    {45, 1, 1, ACPI_E_ENTRY},        {45, 7, 1, ACPI_E_ENTRY},   /* shorter than its kind */
    {45, 200, 1, ACPI_E_ENTRY},                                  /* longer than the table */
    {93, 7, 1, ACPI_E_ENTRY},        {48, 0, 4, ACPI_E_MISSING}, /* no processor */
    {60, 0xff, 1, ACPI_E_MISSING},                               /* no I/O APIC */
    {64, 0, 4, ACPI_E_ADDRESS},      {64, 0xfec00010, 4, ACPI_E_ADDRESS},
    {90, 2, 2, ACPI_E_ENTRY}, /* a polarity that there is not */
    {84, 1, 1, ACPI_E_ENTRY}, /* a bus that is not ISA */
};

START_TEST(madt_is_refused)
{
    madt_good();
    put(madt_bad[_i].at, madt_bad[_i].value, madt_bad[_i].bytes);
    ck_assert_int_eq(madt_read(), madt_bad[_i].error);
}
END_TEST

START_TEST(madt_limits)
{
    madt_good();
    for (size = 0; size < 44; size++)
        ck_assert_int_eq(madt_read(), ACPI_E_LENGTH);
    madt_good();
    for (unsigned i = 0; i < 9; i++)
        put(44 + 12 * i, 0x0c01, 2), put(48 + 12 * i, 0x1000, 4);
    size = 44 + 12 * 9;
    ck_assert_int_eq(madt_read(), ACPI_E_TOO_MANY);
    for (unsigned i = 0; i < 25; i++)
        put(44 + 10 * i, 0x0a02, 2), put(46 + 10 * i, 0, 8);
    size = 44 + 10 * 25;
    ck_assert_int_eq(madt_read(), ACPI_E_TOO_MANY);
}
END_TEST

START_TEST(mcfg)
{
    struct acpi_pci_window window;

    header("MCFG", 60);
    put(44, 0xb0000000, 8);
    put(55, 255, 1);
    ck_assert_int_eq(acpi_mcfg_read(table, size, 0, &window), ACPI_OK);
    ck_assert_uint_eq(window.base, 0xb0000000);
    ck_assert_uint_eq(window.last_bus, 255);
    ck_assert_int_eq(acpi_mcfg_read(table, size, 1, &window), ACPI_E_MISSING);
    ck_assert_int_eq(acpi_mcfg_read(table, 43, 0, &window), ACPI_E_LENGTH);
    ck_assert_int_eq(acpi_mcfg_read(table, 59, 0, &window), ACPI_E_MISSING);
    put(54, 3, 1), put(55, 2, 1);
    ck_assert_int_eq(acpi_mcfg_read(table, size, 0, &window), ACPI_E_ENTRY);
    put(54, 0, 1), put(44, 0xb0000800, 8);
    ck_assert_int_eq(acpi_mcfg_read(table, size, 0, &window), ACPI_E_ADDRESS);
}
END_TEST

START_TEST(fadt)
{
    struct acpi_fadt f;

    header("FACP", 268);
    put(40, 0x3000, 4), put(64, 0x604, 4), put(76, 0x608, 4), put(112, 1 << 10, 4);
    put(116, 1, 1), put(120, 0xcf9, 8), put(128, 15, 1);
    ck_assert_int_eq(acpi_fadt_read(table, size, &f), ACPI_OK);
    ck_assert_uint_eq(f.dsdt, 0x3000);
    ck_assert_uint_eq(f.pm1a_control, 0x604);
    ck_assert_uint_eq(f.pm_timer, 0x608);
    ck_assert(f.reset.port && f.reset.address == 0xcf9 && f.reset_value == 15 && !f.reduced);
    put(140, 0x4000, 8), put(112, 1 << 20, 4), put(244, 0, 1), put(248, 0xfeb00000, 8);
    ck_assert_int_eq(acpi_fadt_read(table, size, &f), ACPI_OK);
    ck_assert(f.reduced && !f.sleep.port && f.sleep.address == 0xfeb00000 && f.dsdt == 0x4000);
    ck_assert_uint_eq(f.reset.address, 0);
    put(244, 7, 1);
    ck_assert_int_eq(acpi_fadt_read(table, size, &f), ACPI_E_ADDRESS);
    put(112, 1 << 10, 4), put(120, 0x10000, 8);
    ck_assert_int_eq(acpi_fadt_read(table, size, &f), ACPI_E_ADDRESS);
    put(120, 0xcf9, 8), put(64, 0x10604, 4);
    ck_assert_int_eq(acpi_fadt_read(table, size, &f), ACPI_E_ADDRESS);
    ck_assert_int_eq(acpi_fadt_read(table, 115, &f), ACPI_E_LENGTH);
}
END_TEST

START_TEST(soft_off)
{
    uint8_t type[2];

    header("DSDT", 80);
    memcpy(table + 50, "\x08_S5_\x12\x06\x04\x0a\x05\x01\x00\x00", 13);
    ck_assert_int_eq(acpi_soft_off(table, size, type), ACPI_OK);
    ck_assert_uint_eq(type[0], 5);
    ck_assert_uint_eq(type[1], 1);
    for (size = 0; size < 61; size++) {
        uint8_t *copy = exact();

        ck_assert_int_eq(acpi_soft_off(copy, size, type), ACPI_E_MISSING);
        free(copy);
    }
    table[59] = 9;
    ck_assert_int_eq(acpi_soft_off(table, 80, type), ACPI_E_MISSING);
}
END_TEST

START_TEST(dmar)
{
    struct acpi_dmar d;
    struct acpi_remapper unit;

    header("DMAR", 48 + 8 + 16);
    put(36, 47, 1), put(37, 1, 1);
    put(48, 1, 2), put(50, 8, 2);
    put(58, 16, 2), put(60, 1, 1), put(64, 0xfed90000, 8);
    ck_assert_int_eq(acpi_dmar_read(table, size, &d), ACPI_OK);
    ck_assert(d.address_bits == 48 && d.interrupt_remapping);
    ck_assert_int_eq(acpi_dmar_unit(table, size, 0, &unit), ACPI_OK);
    ck_assert(unit.base == 0xfed90000 && unit.all && unit.segment == 0);
    ck_assert_int_eq(acpi_dmar_unit(table, size, 1, &unit), ACPI_E_MISSING);
    put(50, 3, 2);
    ck_assert_int_eq(acpi_dmar_unit(table, size, 0, &unit), ACPI_E_ENTRY);
    put(50, 8, 2), put(58, 15, 2);
    ck_assert_int_eq(acpi_dmar_unit(table, size, 0, &unit), ACPI_E_ENTRY);
    put(58, 17, 2);
    ck_assert_int_eq(acpi_dmar_unit(table, size, 0, &unit), ACPI_E_ENTRY);
    put(36, 20, 1);
    ck_assert_int_eq(acpi_dmar_read(table, size, &d), ACPI_E_ENTRY);
    ck_assert_int_eq(acpi_dmar_read(table, 47, &d), ACPI_E_LENGTH);
}
END_TEST

START_TEST(messages)
{
    for (int i = 0; i < ACPI_E_COUNT; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(acpi_strerror((enum acpi_error)i), acpi_strerror((enum acpi_error)j));
    ck_assert_str_eq(acpi_strerror((enum acpi_error)99), "unknown error of a table");
    ck_assert_str_eq(acpi_root_signature(8), "XSDT");
    ck_assert_str_eq(acpi_root_signature(4), "RSDT");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("acpi");
    TCase *t = tcase_create("acpi");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(t, root_pointer);
    tcase_add_test(t, headers);
    tcase_add_test(t, root_entries);
    tcase_add_test(t, madt_is_read);
    tcase_add_loop_test(t, madt_is_refused, 0, sizeof madt_bad / sizeof madt_bad[0]);
    tcase_add_test(t, madt_limits);
    tcase_add_test(t, mcfg);
    tcase_add_test(t, fadt);
    tcase_add_test(t, soft_off);
    tcase_add_test(t, dmar);
    tcase_add_test(t, messages);
    suite_add_tcase(s, t);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
