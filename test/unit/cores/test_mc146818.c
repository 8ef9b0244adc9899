/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the MC146818 core against a model of the device; the host's C library makes the dates.
 */
#include "mc146818.h"

#include "suite.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define B_BINARY 4u
#define B_24 2u
#define PORTS_LIMIT 100000u

static struct {
    uint8_t reg[128];
    uint32_t accesses, updating; /* readings of register A that say that it changes */
    uint32_t jump;               /* at which access the clock goes on to `later`; 0: never */
    uint8_t later[128];
    bool races; /* the seconds differ at each reading */
} model;

static uint8_t model_read(void *ctx, uint8_t reg)
{
    (void)ctx;
    ck_assert_uint_lt(reg, 128);
    if (++model.accesses == model.jump) memcpy(model.reg, model.later, 10);
    if (reg == 10 && model.updating != 0) {
        model.updating--;
        return 0x80;
    }
    if (reg == 0 && model.races) model.reg[0] = model.reg[0] == 0 ? 1 : 0;
    return model.reg[reg];
}

static void model_write(void *ctx, uint8_t reg, uint8_t value)
{
    (void)ctx;
    ck_assert_uint_lt(reg, 128);
    ck_assert(reg == 11 || (model.reg[11] & 0x80) != 0); /* stopped while it is set */
    model.reg[reg] = value;
}

static const struct mc146818_ops ops = {model_read, model_write};

static uint8_t coded(int n, uint8_t b)
{
    return (uint8_t)((b & B_BINARY) != 0 ? n : n / 10 * 16 + n % 10);
}

/* The registers as a clock in that form shows them; `century` -1: it has none. */
static void show(uint8_t *reg, int64_t sec, uint8_t b, int century)
{
    time_t when = (time_t)sec;
    struct tm t;
    int hour;

    ck_assert_ptr_nonnull(gmtime_r(&when, &t));
    hour = (b & B_24) != 0 ? t.tm_hour : t.tm_hour % 12 == 0 ? 12 : t.tm_hour % 12;
    reg[0] = coded(t.tm_sec, b);
    reg[2] = coded(t.tm_min, b);
    reg[4] = (uint8_t)(coded(hour, b) | ((b & B_24) == 0 && t.tm_hour >= 12 ? 0x80 : 0));
    reg[6] = coded(t.tm_wday + 1, b);
    reg[7] = coded(t.tm_mday, b);
    reg[8] = coded(t.tm_mon + 1, b);
    reg[9] = coded(t.tm_year % 100, b);
    reg[11] = b;
    reg[13] = 0x80;
    reg[0x32] = (uint8_t)(century >= 0 ? coded(century, b) : 0);
}

static void setup(void)
{
    memset(&model, 0, sizeof(model));
    show(model.reg, 1700000000, B_24, 20);
}

static const uint8_t forms[] = {0, B_24, B_BINARY, B_24 | B_BINARY};

START_TEST(reads_every_form)
{
    srand(4);
    for (int i = 0; i < 4000; i++) {
        int64_t sec = 946684800 + (int64_t)rand() % 3155760000, got = 0;

        show(model.reg, sec, forms[i % 4], i % 8 < 4 ? 20 : -1);
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
        ck_assert_int_eq(got, sec);
    }
    for (int hour = 0; hour < 24; hour++) {
        int64_t sec = 1700000000 / 86400 * 86400 + hour * 3600, got;

        show(model.reg, sec, 0, 20);
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
        ck_assert_int_eq(got, sec);
    }
}
END_TEST

START_TEST(judges_the_century)
{
    int64_t got, sec = 1700000000;

    for (int raw = 0; raw < 256; raw++) {
        model.reg[0x32] = (uint8_t)raw;
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
        if (raw == 0x21)
            ck_assert_int_eq(got, sec + INT64_C(3155673600)); /* a century later */
        else if (raw == 0x19)
            ck_assert_int_eq(got, sec - INT64_C(3155760000)); /* and one earlier */
        else
            ck_assert_int_eq(got, sec);
    }
}
END_TEST

START_TEST(waits_for_updates)
{
    int64_t got;

    model.updating = 500;
    ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
    ck_assert_int_eq(got, 1700000000);
    model.updating = UINT32_MAX; /* never ends */
    model.accesses = 0;
    ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_E_BUSY);
    ck_assert_uint_lt(model.accesses, PORTS_LIMIT);
    setup();
    model.races = true;
    ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_E_BUSY);
    ck_assert_uint_lt(model.accesses, PORTS_LIMIT);
}
END_TEST

/* The year's end falls into a reading, at each of its accesses. */
START_TEST(never_mixes_two_times)
{
    int64_t before = 1767225599, got; /* 2025-12-31 23:59:59 */

    for (uint32_t at = 1; at < 30; at++) {
        memset(&model, 0, sizeof(model));
        show(model.reg, before, B_24, 20);
        show(model.later, before + 1, B_24, 20);
        model.jump = at;
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
        ck_assert(got == before || got == before + 1);
    }
}
END_TEST

START_TEST(refuses_what_is_no_time)
{
    static const struct {
        uint8_t reg, value;
        enum mc146818_error e;
    } bad[] = {
        {0, 0x60, MC146818_E_VALUE}, {0, 0x0a, MC146818_E_VALUE},    {2, 0xff, MC146818_E_VALUE},
        {4, 0x24, MC146818_E_VALUE}, {7, 0, MC146818_E_VALUE},       {7, 0x31, MC146818_E_VALUE},
        {8, 0x13, MC146818_E_VALUE}, {8, 0, MC146818_E_VALUE},       {9, 0xa0, MC146818_E_VALUE},
        {13, 0, MC146818_E_BATTERY}, {11, 0x82, MC146818_E_STOPPED},
    };
    int64_t got = 5;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setup();
        model.reg[bad[i].reg] = bad[i].value;
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), bad[i].e);
        ck_assert_int_eq(got, 5);
    }
    for (unsigned raw = 0; raw < 256; raw++) { /* 12 hours: only 1 to 12, morning and afternoon */
        setup();
        model.reg[11] = 0;
        model.reg[4] = (uint8_t)raw;
        got = mc146818_read(&ops, NULL, &got);
        ck_assert_int_eq(got == MC146818_OK, ((raw & 0x7f) >= 1 && (raw & 0x7f) <= 9) ||
                                                 ((raw & 0x7f) >= 0x10 && (raw & 0x7f) <= 0x12));
    }
    memset(model.reg, 0xff, sizeof(model.reg)); /* nobody there */
    ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_E_BUSY);
    for (int e = 0; e < MC146818_E_COUNT; e++)
        ck_assert_str_ne(mc146818_strerror(e), "unknown clock error");
}
END_TEST

START_TEST(survives_any_registers)
{
    srand(5);
    for (int i = 0; i < 20000; i++) {
        int64_t got = 0;

        for (int k = 0; k < 128; k++)
            model.reg[k] = (uint8_t)rand();
        model.reg[10] &= 0x7f;
        model.accesses = 0;
        (void)mc146818_read(&ops, NULL, &got);
        ck_assert_uint_lt(model.accesses, PORTS_LIMIT);
    }
}
END_TEST

START_TEST(writes_what_it_reads)
{
    uint8_t want[128];

    srand(6);
    for (int i = 0; i < 4000; i++) {
        int64_t sec = 946684800 + (int64_t)rand() % 3155673600, got;
        uint8_t b = forms[i % 4];
        int century = i % 8 < 4 ? 20 : -1;

        show(model.reg, 1700000000, b, century);
        memcpy(want, model.reg, sizeof(want));
        show(want, sec, b, century);
        ck_assert_int_eq(mc146818_write(&ops, NULL, sec), MC146818_OK);
        ck_assert_mem_eq(model.reg, want, sizeof(want));
        ck_assert_int_eq(mc146818_read(&ops, NULL, &got), MC146818_OK);
        ck_assert_int_eq(got, sec);
    }
    ck_assert_int_eq(mc146818_write(&ops, NULL, 946684799), MC146818_E_VALUE);
    ck_assert_int_eq(mc146818_write(&ops, NULL, 4102444800), MC146818_E_VALUE); /* 2100 */
    show(model.reg, 1700000000, B_24, 20);
    ck_assert_int_eq(mc146818_write(&ops, NULL, 4102444800), MC146818_OK);
    ck_assert_uint_eq(model.reg[0x32], 0x21);
    ck_assert_int_eq(mc146818_write(&ops, NULL, 7258118400), MC146818_E_VALUE); /* 2200 */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        reads_every_form,        judges_the_century,     waits_for_updates,   never_mixes_two_times,
        refuses_what_is_no_time, survives_any_registers, writes_what_it_reads};

    return suite_run("mc146818", tests, TEST_COUNT(tests), setup);
}
