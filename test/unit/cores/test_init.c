/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of init's decisions: restart policy, supervision, crash reports. */
#include "boot/elf.h"
#include "crash.h"
#include "futura/abi.h"
#include "supervise.h"

#include "suite.h"

#include <string.h>

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

static struct restart r;

static void policy(bool always, bool critical, uint32_t max, uint32_t window_ms, uint32_t backoff)
{
    struct restart_policy p = {always, critical, max != 0, max, window_ms, backoff};

    restart_init(&r, &p);
}

/* One run that ends at `now` after `ran`; returns the delay, or UINT64_MAX minus the decision. */
static uint64_t die(uint64_t now, uint64_t ran)
{
    uint64_t when = 0;
    enum restart_decision d;

    restart_on_start(&r, now - ran);
    d = restart_on_death(&r, now, &when);
    return d == RESTART_AGAIN ? when - now : UINT64_MAX - d;
}

START_TEST(delay_doubles_and_resets)
{
    static const uint64_t want[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000};
    uint64_t now = 20 * S;

    policy(true, false, 0, 0, 0);
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++, now += 2 * S)
        ck_assert_uint_eq(die(now, MS), want[i] * MS);
    ck_assert_uint_eq(die(now, 10 * S - 1), 1000 * MS);
    ck_assert_uint_eq(die(now + S, 10 * S), MS);
    ck_assert_uint_eq(die(now + 2 * S, MS), 2 * MS);
    policy(true, false, 100, 10000, 0);
    ck_assert_uint_eq(die(now, MS), 0);
    ck_assert_uint_eq(die(now, MS), 0);
    policy(true, false, 100, 10000, 5000);
    ck_assert_uint_eq(die(now, MS), 5 * S);
    ck_assert_uint_eq(die(now, MS), 5 * S);
}
END_TEST

START_TEST(limit_holds_in_any_window)
{
    policy(true, false, 5, 10000, 0);
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(die(100 * S + (uint64_t)i * S, MS), 0);
    ck_assert_uint_eq(die(106 * S, MS), UINT64_MAX - RESTART_GIVE_UP);
    /* the first one has left the window */
    ck_assert_uint_eq(die(111 * S, MS), 0);
    ck_assert_uint_eq(die(111 * S, MS), UINT64_MAX - RESTART_GIVE_UP);
    ck_assert_uint_eq(die(5000 * S, MS), 0);
    policy(true, false, 1000, 10000, 0);
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_eq(die(50 * S + (uint64_t)i * MS, MS / 2), 0);
    ck_assert_uint_eq(die(52 * S, MS), UINT64_MAX - RESTART_GIVE_UP);
    policy(true, false, 1, 1, 0); /* the smallest window */
    ck_assert_uint_eq(die(S, 1), 0);
    ck_assert_uint_eq(die(S, 1), UINT64_MAX - RESTART_GIVE_UP);
    ck_assert_uint_eq(die(S + 2 * MS, 1), 0);
}
END_TEST

START_TEST(never_and_critical)
{
    policy(false, false, 0, 0, 0);
    ck_assert_uint_eq(die(S, MS), UINT64_MAX - RESTART_NEVER);
    policy(false, true, 0, 0, 0);
    ck_assert_uint_eq(die(S, MS), UINT64_MAX - RESTART_FATAL);
    policy(true, true, 1, 10000, 0);
    ck_assert_uint_eq(die(S, MS), 0);
    ck_assert_uint_eq(die(S, MS), UINT64_MAX - RESTART_FATAL);
}
END_TEST

static struct manifest m;
static struct supervise sup;
static uint32_t started[64], start_count, fatal_index, refuse_index;
static enum supervise_state last_state[8];

static bool on_start(void *ctx, uint32_t index)
{
    (void)ctx;
    started[start_count++ % 64] = index;
    return index != refuse_index;
}

static void on_change(void *ctx, uint32_t index, enum supervise_state state, uint64_t when)
{
    (void)ctx;
    (void)when;
    last_state[index] = state;
}

static void on_fatal(void *ctx, uint32_t index)
{
    (void)ctx;
    fatal_index = index;
}

static const struct supervise_ops ops = {on_start, on_change, on_fatal};

static void setup(void)
{
    memset(&m, 0, sizeof(m));
    m.component_count = 3;
    m.component[0].restart.always = true;
    m.component[1].restart = (struct manifest_restart){true, 2, 10000, 0};
    m.component[2].critical = true;
    start_count = 0;
    fatal_index = refuse_index = 99;
    supervise_init(&sup, &m, &ops, NULL);
}

START_TEST(starts_in_order_and_restarts)
{
    supervise_start_all(&sup, S);
    ck_assert_uint_eq(start_count, 3);
    ck_assert(started[0] == 0 && started[1] == 1 && started[2] == 2);
    ck_assert_uint_eq(supervise_next(&sup), SUPERVISE_NEVER);
    ck_assert(supervise_on_death(&sup, 0, 2 * S));
    ck_assert(!supervise_on_death(&sup, 0, 2 * S)); /* already down */
    ck_assert(!supervise_on_death(&sup, 3, 2 * S));
    ck_assert_int_eq(last_state[0], SUPERVISE_DELAYED);
    ck_assert_uint_eq(supervise_next(&sup), 2 * S + MS);
    supervise_on_time(&sup, 2 * S + MS - 1);
    ck_assert_uint_eq(start_count, 3);
    supervise_on_time(&sup, 2 * S + MS);
    ck_assert_uint_eq(start_count, 4);
    ck_assert_int_eq(last_state[0], SUPERVISE_RUNNING);
    ck_assert(supervise_on_death(&sup, 1, 3 * S)); /* no delay */
    ck_assert_uint_eq(start_count, 5);
    ck_assert(supervise_on_death(&sup, 1, 3 * S));
    ck_assert(supervise_on_death(&sup, 1, 3 * S));
    ck_assert_int_eq(last_state[1], SUPERVISE_FAILED);
    ck_assert_uint_eq(fatal_index, 99);
    ck_assert(supervise_on_death(&sup, 2, 3 * S));
    ck_assert_uint_eq(fatal_index, 2);
}
END_TEST

START_TEST(shell_given_up_ends_the_system)
{
    m.component[1].name = scbor_str_of("shell");
    supervise_init(&sup, &m, &ops, NULL);
    supervise_start_all(&sup, S);
    ck_assert(supervise_on_death(&sup, 1, 3 * S));
    ck_assert(supervise_on_death(&sup, 1, 3 * S));
    ck_assert_uint_eq(fatal_index, 99);
    ck_assert(supervise_on_death(&sup, 1, 3 * S));
    ck_assert_int_eq(last_state[1], SUPERVISE_FAILED);
    ck_assert_uint_eq(fatal_index, 1);
}
END_TEST

START_TEST(failed_start_counts_as_death)
{
    refuse_index = 0;
    supervise_start_all(&sup, S);
    ck_assert_int_eq(last_state[0], SUPERVISE_DELAYED);
    ck_assert_int_eq(last_state[1], SUPERVISE_RUNNING);
    supervise_on_time(&sup, S + MS);
    ck_assert_uint_eq(supervise_next(&sup), S + 3 * MS);
    setup();
    refuse_index = 2;
    supervise_start_all(&sup, S);
    ck_assert_uint_eq(fatal_index, 2);
}
END_TEST

START_TEST(reports_crashes)
{
    struct crash c = {.component = "vfs",
                      .kind = FUT_FAULT_WRITE,
                      .thread = 12,
                      .address = 0x10,
                      .pc = 0x400123,
                      .sp = 0x7ff0,
                      .syndrome = 0x92000045};
    char out[CRASH_TEXT_MAX];

    ck_assert_uint_eq(crash_format(&c, out, sizeof(out)), strlen(out));
    ck_assert_str_eq(out, "vfs: write to an address that it may not write at 0x0000000000000010, "
                          "pc 0x0000000000400123, sp 0x0000000000007ff0, "
                          "syndrome 0x0000000092000045, thread 12\n");
    c.has_registers = true;
    c.x[30] = 0xabcdef;
    ck_assert_uint_lt(crash_format(&c, out, sizeof(out)), sizeof(out) - 1);
    ck_assert_ptr_nonnull(strstr(out, "x30 0000000000abcdef\n"));
    ck_assert_ptr_nonnull(strstr(out, "x3  0000000000000000\nx4 "));
    c.machine = ELF_MACHINE_X86_64;
    c.x[12] = 0x1234;
    c.x[26] = 0x5678;
    ck_assert_uint_lt(crash_format(&c, out, sizeof(out)), sizeof(out) - 1);
    ck_assert_ptr_nonnull(strstr(out, "\nrax 0000000000001234 rcx "));
    ck_assert_ptr_nonnull(strstr(out, "r15 0000000000005678\n"));
    ck_assert_ptr_null(strstr(out, "abcdef"));
    ck_assert_uint_eq(crash_format(&c, out, 10), 9);
    ck_assert_uint_eq(crash_format(&c, out, 0), 0);
    c = (struct crash){.component = "sh", .kind = CRASH_EXITED, .address = 3};
    crash_format(&c, out, sizeof(out));
    ck_assert_str_eq(out, "sh: exited 3\n");
    c.kind = CRASH_KILLED;
    crash_format(&c, out, sizeof(out));
    ck_assert_str_eq(out, "sh: killed\n");
    for (uint32_t kind = FUT_FAULT_READ; kind < FUT_FAULT_OTHER; kind++)
        if (kind != 7) /* no fault has this number */
            ck_assert_str_ne(crash_cause(kind), crash_cause(FUT_FAULT_OTHER));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {delay_doubles_and_resets,
                                  limit_holds_in_any_window,
                                  never_and_critical,
                                  starts_in_order_and_restarts,
                                  shell_given_up_ends_the_system,
                                  failed_start_counts_as_death,
                                  reports_crashes};

    return suite_run("init", tests, TEST_COUNT(tests), setup);
}
