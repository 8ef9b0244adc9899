/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of epochs: which stamps have passed, anywhere in the 2^32 epochs, and who may begin one. */
#include "nucleus.h"

#include <check.h>
#include <stdlib.h>

struct nucleus nuc;
static unsigned flushes;

void arch_tlb_all(void) { flushes++; }

static const u32 places[] = {1, 2, 0x7fffffff, 0x80000000, 0x80000002, 0xfffffffe, 0xffffffff, 0};

static void start(u32 epoch, u32 cores)
{
    nuc.epoch = epoch;
    nuc.epoch_needed = 0;
    nuc.cores = cores;
    for (u32 i = 0; i < MAX_CORES; i++)
        nuc.cpu[i].seen = epoch;
    flushes = 0;
}

/* Whatever was never stamped, or long ago, has passed; what is stamped now has not, until sync. */
START_TEST(test_stamps)
{
    u32 at = places[_i], age, stamp;

    start(at, 1);
    for (age = 1; age != 0; age <<= 1) {
        ck_assert(epoch_passed(at - age));
        ck_assert(epoch_passed(at - age - (age >> 1)));
    }
    stamp = epoch_stamp();
    ck_assert(!epoch_passed(stamp));
    epoch_sync();
    ck_assert(epoch_passed(stamp));
    ck_assert_uint_eq(flushes, 1);
}
END_TEST

/* A core that lags two epochs behind holds back the stamps of those, and no older one. */
START_TEST(test_lagging_core)
{
    u32 at = places[_i];

    start(at, 2);
    nuc.cpu[1].seen = at - 2;
    ck_assert(!epoch_passed(at));
    ck_assert(!epoch_passed(at - 1));
    ck_assert(!epoch_passed(at - 2));
    ck_assert(epoch_passed(at - 3));
    ck_assert(epoch_passed(at - 0x80000000u));
    nuc.cpu[1].seen = at;
    ck_assert(!epoch_passed(at));
    ck_assert(epoch_passed(at - 1));
}
END_TEST

/* sync without need neither flushes nor moves the epoch, however often it is called. */
START_TEST(test_need)
{
    start(places[_i], 1);
    for (u32 i = 0; i < 1000; i++)
        epoch_sync();
    ck_assert_uint_eq(nuc.epoch, places[_i]);
    ck_assert_uint_eq(flushes, 0);
    (void)epoch_stamp();
    epoch_sync();
    epoch_sync();
    ck_assert_uint_eq(flushes, 1);
    /* 2^32 epochs later the current one is the stamp's again: being refused for it is a need. */
    ck_assert(!epoch_passed(nuc.epoch));
    epoch_need();
    epoch_sync();
    ck_assert(epoch_passed(nuc.epoch - 1));
    ck_assert_uint_eq(flushes, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("epoch");
    TCase *c = tcase_create("epoch");
    int n = sizeof places / sizeof places[0], failed;
    SRunner *runner;

    tcase_add_loop_test(c, test_stamps, 0, n);
    tcase_add_loop_test(c, test_lagging_core, 0, n);
    tcase_add_loop_test(c, test_need, 0, n);
    suite_add_tcase(suite, c);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
