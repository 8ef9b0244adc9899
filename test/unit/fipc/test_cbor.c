/* SPDX-License-Identifier: Apache-2.0 */
/* The strict CBOR codec and UTF-8. */
#include "fipc/cbor.h"
#include "fipc/memory.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;

    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return n;
}

static bool accepted(const char *hex)
{
    uint8_t in[256];
    size_t n = unhex(hex, in);
    uint8_t *copy = malloc(n ? n : 1); /* exactly as long, so that reading on is noticed */
    struct fipc_cbor_reader r;
    bool done;

    memcpy(copy, in, n);
    fipc_cbor_read(&r, copy, n);
    fipc_cbor_skip(&r);
    done = fipc_cbor_done(&r);
    free(copy);
    return done;
}

START_TEST(good)
{
    static const char *const rows[] = {"00",
                                       "17",
                                       "1818",
                                       "18ff",
                                       "190100",
                                       "19ffff",
                                       "1a00010000",
                                       "1affffffff",
                                       "1b0000000100000000",
                                       "1bffffffffffffffff",
                                       "20",
                                       "3bffffffffffffffff",
                                       "40",
                                       "4100",
                                       "60",
                                       "6161",
                                       "62c3bc",
                                       "80",
                                       "820102",
                                       "a0",
                                       "a10001",
                                       "a2000101f6",
                                       "f4",
                                       "f5",
                                       "f6",
                                       "a3000118180220f5",
                                       "a2416100616101",
                                       "8181818181818181818181818180"};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(accepted(rows[i]), "%s", rows[i]);
}
END_TEST

static const char *const bad_rows[] = {"",
                                       "18",
                                       "1817",
                                       "190017",
                                       "1900ff",
                                       "1a0000ffff",
                                       "1b00000000ffffffff",
                                       "1c",
                                       "1d",
                                       "1e",
                                       "1f",
                                       "5f4101ff",
                                       "7f6161ff",
                                       "9f01ff",
                                       "bf0001ff",
                                       "c001",
                                       "d9d9f700",
                                       "f7",
                                       "f818",
                                       "f820",
                                       "f93c00",
                                       "fa3f800000",
                                       "fb3ff0000000000000",
                                       "ff",
                                       "0000",
                                       "41",
                                       "6261",
                                       "61ff",
                                       "6100",
                                       "62c080",
                                       "81",
                                       "8201",
                                       "a1",
                                       "a100",
                                       "a200010002",
                                       "a201000000",
                                       "a218180000f5",
                                       "a18000",
                                       "a1a000",
                                       "a1f500",
                                       "9bffffffffffffffff",
                                       "bbffffffffffffffff",
                                       "5bffffffffffffffff",
                                       "8181818181818181818181818181818180",
                                       "a2616100416101"};

START_TEST(bad)
{

    for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++)
        ck_assert_msg(!accepted(bad_rows[i]), "%s", bad_rows[i]);
}
END_TEST

START_TEST(written)
{
    uint8_t buf[128], expected[128];
    struct fipc_cbor_writer w;
    size_t n = unhex("a4000001381f0283f5f4f603434142436262797465", expected);

    n = unhex("a5000001381f0283f5f4f603434142430462c3bc", expected);
    fipc_cbor_write(&w, buf, sizeof(buf));
    fipc_cbor_put_map(&w, 5);
    fipc_cbor_put_uint(&w, 0);
    fipc_cbor_put_uint(&w, 0);
    fipc_cbor_put_uint(&w, 1);
    fipc_cbor_put_int(&w, -32);
    fipc_cbor_put_uint(&w, 2);
    fipc_cbor_put_array(&w, 3);
    fipc_cbor_put_bool(&w, true);
    fipc_cbor_put_bool(&w, false);
    fipc_cbor_put_null(&w);
    fipc_cbor_put_uint(&w, 3);
    fipc_cbor_put_bytes(&w, "ABC", 3);
    fipc_cbor_put_uint(&w, 4);
    fipc_cbor_put_text(&w, "\xc3\xbc", 2);
    ck_assert(!w.full);
    ck_assert_uint_eq(w.len, n);
    ck_assert_mem_eq(buf, expected, n);
    for (size_t size = 0; size < n; size++) {
        uint8_t *small = malloc(size + 1);
        small[size] = 0x5a;
        fipc_cbor_write(&w, small, size);
        fipc_cbor_put_map(&w, 5);
        for (int i = 0; i < 40; i++)
            fipc_cbor_put_uint(&w, 300);
        ck_assert(w.full);
        ck_assert_uint_eq(small[size], 0x5a);
        free(small);
    }
}
END_TEST

START_TEST(integers)
{
    static const int64_t values[] = {
        0,   1,    23,   24,        255,       256,       65535,     65536,      -1,        -24,
        -25, -256, -257, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, 4294967295, 4294967296};
    uint8_t buf[16];

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct fipc_cbor_writer w;
        struct fipc_cbor_reader r;
        int64_t v;
        fipc_cbor_write(&w, buf, sizeof(buf));
        fipc_cbor_put_int(&w, values[i]);
        fipc_cbor_read(&r, buf, w.len);
        ck_assert(fipc_cbor_int(&r, &v));
        ck_assert_int_eq(v, values[i]);
        ck_assert(fipc_cbor_done(&r));
    }
}
END_TEST

START_TEST(levels)
{
    uint8_t in[64];
    struct fipc_cbor_reader r;
    size_t n = unhex("a2008201a10203056178", in), len;

    fipc_cbor_read(&r, in, n);
    ck_assert_uint_eq(fipc_cbor_open(&r, FIPC_CBOR_MAP, 2), 2);
    ck_assert_uint_eq(fipc_cbor_uint(&r, 10), 0);
    ck_assert_int_eq(fipc_cbor_peek(&r), FIPC_CBOR_ARRAY);
    fipc_cbor_skip(&r);
    ck_assert_uint_eq(fipc_cbor_uint(&r, 10), 5);
    ck_assert_ptr_nonnull(fipc_cbor_string(&r, FIPC_CBOR_TEXT, 1, &len));
    ck_assert_int_eq(fipc_cbor_peek(&r), FIPC_CBOR_END);
    fipc_cbor_close(&r);
    ck_assert(fipc_cbor_done(&r));
    fipc_cbor_read(&r, in, n);
    ck_assert_uint_eq(fipc_cbor_open(&r, FIPC_CBOR_MAP, 1), 0); /* more than the caller takes */
    ck_assert(!fipc_cbor_done(&r));
    ck_assert_int_eq(fipc_cbor_next(&r).kind, FIPC_CBOR_BAD); /* sticky */
}
END_TEST

START_TEST(arena)
{
    uint8_t memory[129];
    struct fipc_arena a;

    for (size_t shift = 0; shift < 17; shift++) {
        size_t got = 0;
        uint8_t *last = NULL;
        fipc_arena_init(&a, memory + shift, sizeof(memory) - shift);
        for (size_t n = 1; n < 20; n++) {
            uint8_t *p = fipc_alloc(&a, n);
            if (!p) continue;
            ck_assert_uint_eq((uintptr_t)p & 15, 0);
            ck_assert(p >= memory + shift && p + n <= memory + sizeof(memory));
            ck_assert(!last || p > last);
            memset(p, 1, n);
            last = p + n - 1;
            got++;
        }
        ck_assert_uint_ge(got, 5);
        ck_assert_ptr_null(fipc_alloc(&a, SIZE_MAX));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc cbor");
    TCase *t = tcase_create("cbor");

    tcase_add_test(t, good);
    tcase_add_test(t, bad);
    tcase_add_test(t, written);
    tcase_add_test(t, integers);
    tcase_add_test(t, levels);
    tcase_add_test(t, arena);
    return suite_run(s, t);
}
