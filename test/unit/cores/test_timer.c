/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deadlines, the wall clock and time zones; the host's C library is the judge of zones. */
#include "timer_core.h"
#include "tz.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct timer timer;
static uint64_t armed, fired[4096];
static uint32_t arm_calls, fired_count;

static void on_arm(void *ctx, uint64_t deadline)
{
    (void)ctx;
    armed = deadline;
    arm_calls++;
}

static void on_expire(void *ctx, uint64_t owner, uint64_t token, uint64_t deadline, uint64_t now)
{
    (void)ctx;
    (void)owner;
    ck_assert_uint_le(deadline, now);
    fired[fired_count++ % 4096] = token;
}

static const struct timer_ops ops = {on_arm, on_expire};

static void setup(void)
{
    timer_init(&timer, &ops, NULL);
    armed = TIMER_NEVER;
    arm_calls = fired_count = 0;
}

START_TEST(expires_in_order)
{
    ck_assert_int_eq(timer_add(&timer, 1, 10, 300), TIMER_OK);
    ck_assert_int_eq(timer_add(&timer, 1, 11, 100), TIMER_OK);
    ck_assert_int_eq(timer_add(&timer, 2, 12, 200), TIMER_OK);
    ck_assert_int_eq(timer_add(&timer, 2, 13, 100), TIMER_OK);
    ck_assert_uint_eq(armed, 100);
    ck_assert_uint_eq(arm_calls, 2);
    ck_assert_int_eq(timer_add(&timer, 2, 13, 500), TIMER_E_EXISTS);
    ck_assert_uint_eq(timer_expire(&timer, 99), 0);
    ck_assert_uint_eq(armed, 100);
    ck_assert_uint_eq(timer_expire(&timer, 200), 3);
    ck_assert_uint_eq(fired[0], 11);
    ck_assert_uint_eq(fired[1], 13);
    ck_assert_uint_eq(fired[2], 12);
    ck_assert_uint_eq(armed, 300);
    ck_assert_int_eq(timer_cancel(&timer, 1, 11), TIMER_E_MISSING);
    ck_assert_int_eq(timer_cancel(&timer, 1, 10), TIMER_OK);
    ck_assert_uint_eq(armed, TIMER_NEVER);
}
END_TEST

START_TEST(bounds_clients_and_entries)
{
    for (uint64_t i = 0; i < TIMER_ENTRIES; i++)
        ck_assert_int_eq(timer_add(&timer, i / TIMER_PER_CLIENT, i, 1000 - i % 7), TIMER_OK);
    ck_assert_int_eq(timer_add(&timer, 0, 5000, 1), TIMER_E_LIMIT);
    ck_assert_int_eq(timer_add(&timer, 99, 5000, 1), TIMER_E_FULL);
    timer_drop(&timer, 0);
    ck_assert_int_eq(timer_add(&timer, 99, 5000, 1), TIMER_OK);
    ck_assert_uint_eq(timer_expire(&timer, 1000), TIMER_BATCH);
    ck_assert_uint_eq(fired[0], 5000);
    while (timer_expire(&timer, 1000) != 0)
        continue;
    ck_assert_uint_eq(fired_count, TIMER_ENTRIES - TIMER_PER_CLIENT + 1);
    ck_assert_uint_eq(timer_next(&timer), TIMER_NEVER);
}
END_TEST

/* Random operations against a plain list. */
START_TEST(agrees_with_a_naive_model)
{
    static uint64_t due[512];
    uint64_t now = 0;

    srand(1);
    memset(due, 0, sizeof(due));
    for (int i = 0; i < 100000; i++) {
        uint64_t token = (uint64_t)rand() % 512, owner = token % 16;
        uint64_t least = TIMER_NEVER;

        if (rand() % 3 != 0) {
            uint64_t when = now + 1 + (uint64_t)rand() % 1000;
            enum timer_error e = timer_add(&timer, owner, token, when);

            ck_assert_int_eq(e, due[token] != 0 ? TIMER_E_EXISTS : TIMER_OK);
            due[token] = e == TIMER_OK ? when : due[token];
        } else if (rand() % 2 == 0) {
            enum timer_error e = timer_cancel(&timer, owner, token);

            ck_assert_int_eq(e, due[token] != 0 ? TIMER_OK : TIMER_E_MISSING);
            due[token] = 0;
        } else {
            now += (uint64_t)rand() % 100;
            fired_count = 0;
            timer_expire(&timer, now);
            for (uint32_t k = 0; k < fired_count; k++) {
                ck_assert(due[fired[k]] != 0 && due[fired[k]] <= now);
                due[fired[k]] = 0;
            }
        }
        for (int k = 0; i % 64 == 0 && k < 512; k++)
            least = due[k] != 0 && due[k] < least ? due[k] : least;
        ck_assert(i % 64 != 0 || timer_next(&timer) == least);
        ck_assert_uint_eq(armed, timer_next(&timer));
    }
}
END_TEST

START_TEST(keeps_wall_time)
{
    struct wall w;
    int64_t sec;
    uint32_t nsec;

    wall_init(&w);
    ck_assert_int_eq(wall_get(&w, 5, &sec, &nsec), TIMER_E_NOT_SET);
    ck_assert_str_eq(timer_strerror(TIMER_E_NOT_SET), "clock not set");
    ck_assert_int_eq(wall_set(&w, 0, 0, 5), TIMER_E_RANGE);
    ck_assert_int_eq(wall_get(&w, 5, &sec, &nsec), TIMER_E_NOT_SET);
    ck_assert_int_eq(wall_set(&w, 1700000000, 0, 2500000000), TIMER_OK);
    ck_assert_int_eq(wall_get(&w, 2500000000, &sec, &nsec), TIMER_OK);
    ck_assert_int_eq(sec, 1700000000);
    ck_assert_uint_eq(nsec, 0);
    ck_assert_int_eq(wall_get(&w, 5499999999, &sec, &nsec), TIMER_OK);
    ck_assert_int_eq(sec, 1700000002);
    ck_assert_uint_eq(nsec, 999999999);
    ck_assert_int_eq(wall_set(&w, 1800000000, 900000000, 300000000), TIMER_OK);
    ck_assert_int_eq(wall_get(&w, 500000000, &sec, &nsec), TIMER_OK);
    ck_assert_int_eq(sec, 1800000001);
    ck_assert_uint_eq(nsec, 100000000);
    ck_assert_int_eq(wall_set(&w, 1800000000, 1000000000, 0), TIMER_E_RANGE);
    ck_assert_int_eq(wall_set(&w, WALL_EARLIEST - 1, 0, 0), TIMER_E_RANGE);
    ck_assert_int_eq(wall_set(&w, WALL_LATEST + 1, 0, 0), TIMER_E_RANGE);
}
END_TEST

static const char *const zones[] = {"UTC0",
                                    "CET-1CEST,M3.5.0,M10.5.0/3",
                                    "EST5EDT,M3.2.0,M11.1.0",
                                    "AEST-10AEDT,M10.1.0,M4.1.0/3",
                                    "IST-5:30",
                                    "<-03>3",
                                    "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
                                    "XXX3YYY,J60/0,J300/4",
                                    "XXX3YYY,59,299/-1",
                                    "IST-2IDT,M3.4.4/26,M10.5.0"};

START_TEST(agrees_with_the_c_library)
{
    srand(2);
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        struct tz z;

        ck_assert_int_eq(tz_parse(&z, zones[i], strlen(zones[i]), NULL), TZ_OK);
        setenv("TZ", zones[i], 1);
        tzset();
        for (int k = 0; k < 5000; k++) {
            time_t sec = (time_t)((uint64_t)rand() * 2) + rand() % 2; /* 1970 to 2106 */
            struct tm *want = localtime(&sec);
            struct tz_time got;
            int64_t back;

            tz_local(&z, sec, &got);
            ck_assert_msg(got.year == want->tm_year + 1900 && got.month == want->tm_mon + 1 &&
                              got.day == want->tm_mday && got.hour == want->tm_hour &&
                              got.minute == want->tm_min && got.second == want->tm_sec &&
                              got.weekday == want->tm_wday && got.yearday == want->tm_yday &&
                              got.offset == want->tm_gmtoff && got.is_dst == (want->tm_isdst > 0),
                          "%s at %lld", zones[i], (long long)sec);
            ck_assert_str_eq(got.zone, want->tm_zone);
            ck_assert(tz_seconds(&got, &back) && back == sec);
        }
    }
}
END_TEST

START_TEST(refuses_bad_zones)
{
    static const struct {
        const char *text;
        enum tz_error error;
        size_t at;
    } cases[] = {
        {"", TZ_OK, 0},
        {"UTC", TZ_OK, 0},
        {"X1", TZ_E_NAME, 1},
        {"5", TZ_E_NAME, 0},
        {"<ab>1", TZ_E_NAME, 3},
        {"<abc1", TZ_E_NAME, 5},
        {"ABCDEFGHIJKLMNOP1", TZ_E_NAME, 15},
        {"CET", TZ_E_OFFSET, 3},
        {"CET25", TZ_E_OFFSET, 5},
        {"CET1:60", TZ_E_OFFSET, 7},
        {"CET-", TZ_E_OFFSET, 4},
        {"CET-1 ", TZ_E_NAME, 5},
        {"CET-1CEST,", TZ_E_RULE, 10},
        {"CET-1CEST,M3.5.0", TZ_E_RULE, 16},
        {"CET-1CEST,M13.5.0,M1.1.1", TZ_E_RULE, 13},
        {"CET-1CEST,M3.6.0,M1.1.1", TZ_E_RULE, 14},
        {"CET-1CEST,J0,J1", TZ_E_RULE, 12},
        {"CET-1CEST,366,1", TZ_E_RULE, 13},
        {"CET-1CEST,1,2/168", TZ_E_RULE, 17},
        {"CET-1CEST,1,2/3x", TZ_E_TRAILING, 15},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct tz z;
        size_t at = 0;
        enum tz_error e = tz_parse(&z, cases[i].text, strlen(cases[i].text), &at);

        ck_assert_msg(e == cases[i].error, "%s: %s", cases[i].text, tz_strerror(e));
        ck_assert_msg(at == cases[i].at, "%s: at %zu", cases[i].text, at);
        ck_assert(e == TZ_OK || strcmp(z.std, "UTC") == 0);
    }
}
END_TEST

START_TEST(formats)
{
    struct tz z;
    struct tz_time t;
    char out[64];
    int64_t sec;

    ck_assert_int_eq(tz_parse(&z, zones[1], strlen(zones[1]), NULL), TZ_OK);
    tz_local(&z, 1720000000, &t);
    ck_assert_uint_gt(tz_format(&t, "%a %e %b %Y %T %Z %z %j %s %%", out, sizeof(out)), 0);
    ck_assert_str_eq(out, "Wed  3 Jul 2024 11:46:40 CEST +0200 185 1720000000 %");
    ck_assert_uint_gt(tz_format(&t, "%A %B %F %R %D %y", out, sizeof(out)), 0);
    ck_assert_str_eq(out, "Wednesday July 2024-07-03 11:46 07/03/24 24");
    ck_assert_uint_eq(tz_format(&t, "%F", out, 10), 0);
    ck_assert_str_eq(out, "");
    ck_assert_uint_eq(tz_format(&t, "%F", out, 11), 10);
    ck_assert_uint_eq(tz_format(&t, "%Q", out, sizeof(out)), 0);
    ck_assert_uint_eq(tz_format(&t, "x%", out, sizeof(out)), 0);
    ck_assert_uint_eq(tz_format(&t, "x", out, 0), 0);
    tz_utc(&z);
    tz_local(&z, INT64_MIN, &t);
    ck_assert_int_eq(t.year, 0);
    tz_local(&z, INT64_MAX, &t);
    ck_assert_int_eq(t.year, 9999);
    ck_assert(tz_seconds(&t, &sec) && sec == TZ_LATEST);
    t.month = 2;
    t.day = 29;
    ck_assert(!tz_seconds(&t, &sec));
    t.year = 2000;
    ck_assert(tz_seconds(&t, &sec));
    t.hour = 24;
    ck_assert(!tz_seconds(&t, &sec));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        expires_in_order, bounds_clients_and_entries, agrees_with_a_naive_model,
        keeps_wall_time,  agrees_with_the_c_library,  refuses_bad_zones,
        formats};

    return suite_run("timer", tests, TEST_COUNT(tests), setup);
}
