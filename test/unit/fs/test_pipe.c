/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes: order of bytes, end of file, broken pipe, atomic writes, readiness that keeps its word. */
#include "fs_env.h"
#include "pipe.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct pipe p;
static uint8_t ring[6000];
static uint64_t woken;
static uint32_t woken_ready;

static void wake(void *ctx, uint64_t token, uint32_t ready)
{
    (void)ctx;
    woken = token;
    woken_ready = ready;
}

static void setup(void)
{
    woken = 0;
    ck_assert_int_eq(pipe_init(&p, ring, sizeof ring, wake, NULL), FSC_OK);
}

START_TEST(ends)
{
    uint8_t b[8];
    uint32_t n;

    ck_assert_int_eq(pipe_init(&p, ring, 4095, wake, NULL), FSC_EINVAL);
    setup();
    ck_assert_int_eq(pipe_read(&p, b, 8, &n), FSC_EAGAIN);
    ck_assert_int_eq(pipe_write(&p, "hello", 5, &n), FSC_OK);
    ck_assert(!pipe_unref(&p, true));
    ck_assert_uint_eq(pipe_ready(&p, false), FSC_READABLE | FSC_HANGUP);
    ck_assert_int_eq(pipe_read(&p, b, 8, &n), FSC_OK);
    ck_assert_uint_eq(n, 5);
    ck_assert_int_eq(pipe_read(&p, b, 8, &n), FSC_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(pipe_ref(&p, true), FSC_EPIPE);
    ck_assert(pipe_unref(&p, false));
    setup();
    pipe_unref(&p, false);
    ck_assert_int_eq(pipe_write(&p, "x", 1, &n), FSC_EPIPE);
    ck_assert_uint_eq(pipe_ready(&p, true), FSC_WRITABLE | FSC_HANGUP);
}
END_TEST

START_TEST(atomic_writes)
{
    static uint8_t big[8192];
    uint32_t n;

    ck_assert_int_eq(pipe_write(&p, big, 4096, &n), FSC_OK);
    ck_assert_int_eq(pipe_write(&p, big, 1905, &n), FSC_EAGAIN); /* never split */
    ck_assert_uint_eq(pipe_ready(&p, true), 0);
    ck_assert_int_eq(pipe_write(&p, big, 8192, &n), FSC_OK); /* a longer one may be */
    ck_assert_uint_eq(n, 1904);
    ck_assert_int_eq(pipe_wait(&p, true, FSC_WRITABLE, 7), FSC_OK);
    ck_assert_int_eq(pipe_read(&p, big, 4095, &n), FSC_OK);
    ck_assert_uint_eq(woken, 0); /* not yet room for an atomic write */
    ck_assert_int_eq(pipe_read(&p, big, 1, &n), FSC_OK);
    ck_assert_uint_eq(woken, 7);
    ck_assert_int_eq(pipe_write(&p, big, 4096, &n), FSC_OK);
}
END_TEST

START_TEST(waiters)
{
    uint32_t n;

    ck_assert_int_eq(pipe_wait(&p, false, FSC_READABLE, 0), FSC_EINVAL);
    ck_assert_int_eq(pipe_wait(&p, true, FSC_WRITABLE, 3), FSC_OK);
    ck_assert_uint_eq(woken, 3); /* ready at once */
    ck_assert_int_eq(pipe_wait(&p, false, FSC_READABLE, 4), FSC_OK);
    pipe_cancel(&p, 4);
    ck_assert_int_eq(pipe_write(&p, "x", 1, &n), FSC_OK);
    ck_assert_uint_eq(woken, 3);
    pipe_read(&p, &n, 1, &n);
    for (uint64_t i = 0; i < PIPE_WAITERS; i++)
        ck_assert_int_eq(pipe_wait(&p, false, FSC_READABLE, 100 + i), FSC_OK);
    ck_assert_int_eq(pipe_wait(&p, false, FSC_READABLE, 200), FSC_EAGAIN);
    pipe_unref(&p, true);
    ck_assert_uint_eq(woken, 100 + PIPE_WAITERS - 1);
    ck_assert_uint_eq(woken_ready, FSC_READABLE | FSC_HANGUP);
}
END_TEST

START_TEST(order)
{
    uint64_t seed = 4;
    uint8_t in = 0, out = 0, buf[5000];
    uint32_t wrong = 0;

    for (int i = 0; i < 100000; i++) {
        uint32_t len = (uint32_t)(fs_random(&seed) % sizeof buf), n;

        if (fs_random(&seed) & 1) {
            for (uint32_t k = 0; k < len; k++)
                buf[k] = (uint8_t)(in + k);
            pipe_write(&p, buf, len, &n);
            in = (uint8_t)(in + n);
        } else if (pipe_read(&p, buf, len, &n) == FSC_OK) {
            for (uint32_t k = 0; k < n; k++, out++)
                wrong += buf[k] != out;
        }
    }
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pipe");
    TCase *t = tcase_create("cases");
    SRunner *r;
    int failed;

    tcase_add_checked_fixture(t, setup, NULL);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, ends);
    tcase_add_test(t, atomic_writes);
    tcase_add_test(t, waiters);
    tcase_add_test(t, order);
    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
