/* SPDX-License-Identifier: Apache-2.0 */
/* Our CBOR against libcbor, which was written by others: both see the same items in whatever ours
 * writes and accepts, and libcbor's own encoding of it is the same bytes. */
#include "fipc/cbor.h"
#include "suite.h"
#include <cbor.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* --- the same items --- */

static void same(struct fipc_cbor_reader *r, cbor_item_t *peer);

static void same_simple(enum fipc_cbor_kind kind, cbor_item_t *peer)
{
    ck_assert(cbor_isa_float_ctrl(peer) && cbor_float_ctrl_is_ctrl(peer));
    ck_assert_uint_eq(cbor_ctrl_value(peer), kind == FIPC_CBOR_FALSE  ? CBOR_CTRL_FALSE
                                             : kind == FIPC_CBOR_TRUE ? CBOR_CTRL_TRUE
                                                                      : CBOR_CTRL_NULL);
}

static void same_items(struct fipc_cbor_reader *r, const struct fipc_cbor_item *it,
                       cbor_item_t *peer)
{
    for (uint64_t i = 0; i < it->value; i++) {
        if (it->kind == FIPC_CBOR_ARRAY) {
            cbor_item_t *element = cbor_array_get(peer, i);
            same(r, element);
            cbor_decref(&element);
        } else {
            same(r, cbor_map_handle(peer)[i].key);
            same(r, cbor_map_handle(peer)[i].value);
        }
    }
    ck_assert_int_eq(fipc_cbor_next(r).kind, FIPC_CBOR_END);
}

static void same(struct fipc_cbor_reader *r, cbor_item_t *peer)
{
    struct fipc_cbor_item it = fipc_cbor_next(r);

    switch (it.kind) {
    case FIPC_CBOR_UINT:
    case FIPC_CBOR_NINT:
        ck_assert_int_eq(cbor_isa_uint(peer), it.kind == FIPC_CBOR_UINT);
        ck_assert(cbor_is_int(peer));
        ck_assert_uint_eq(cbor_get_int(peer), it.value);
        break;
    case FIPC_CBOR_BYTES:
        ck_assert(cbor_isa_bytestring(peer) && cbor_bytestring_is_definite(peer));
        ck_assert_uint_eq(cbor_bytestring_length(peer), it.value);
        ck_assert(!it.value || !memcmp(cbor_bytestring_handle(peer), it.data, it.value));
        break;
    case FIPC_CBOR_TEXT:
        ck_assert(cbor_isa_string(peer) && cbor_string_is_definite(peer));
        ck_assert_uint_eq(cbor_string_length(peer), it.value);
        ck_assert(!it.value || !memcmp(cbor_string_handle(peer), it.data, it.value));
        break;
    case FIPC_CBOR_ARRAY:
        ck_assert(cbor_isa_array(peer) && cbor_array_is_definite(peer));
        ck_assert_uint_eq(cbor_array_size(peer), it.value);
        same_items(r, &it, peer);
        break;
    case FIPC_CBOR_MAP:
        ck_assert(cbor_isa_map(peer) && cbor_map_is_definite(peer));
        ck_assert_uint_eq(cbor_map_size(peer), it.value);
        same_items(r, &it, peer);
        break;
    default: same_simple(it.kind, peer);
    }
}

/* True: ours accepts it, and libcbor sees the same. */
static bool agreed(const uint8_t *data, size_t len)
{
    struct fipc_cbor_reader r;
    struct cbor_load_result result;
    unsigned char back[4096];
    cbor_item_t *peer;

    fipc_cbor_read(&r, data, len);
    fipc_cbor_skip(&r);
    if (!fipc_cbor_done(&r)) return false;
    peer = cbor_load(data, len, &result);
    ck_assert_ptr_nonnull(peer);
    ck_assert_uint_eq(result.read, len);
    fipc_cbor_read(&r, data, len);
    same(&r, peer);
    ck_assert_uint_eq(cbor_serialize(peer, back, sizeof(back)), len);
    ck_assert_mem_eq(back, data, len);
    cbor_decref(&peer);
    return true;
}

/* --- what ours writes --- */

static void put_any(struct fipc_cbor_writer *w, unsigned depth);

static void put_strings(struct fipc_cbor_writer *w, bool text)
{
    static const char words[] = "Gr\xc3\xbc\xc3\x9f"
                                "e aus einem langen Satz mit mehr als 23 Zeichen";
    size_t n = below(2) ? sizeof(words) - 1 : below(3);

    if (text)
        fipc_cbor_put_text(w, words, n);
    else
        fipc_cbor_put_bytes(w, words, n);
}

static void put_items(struct fipc_cbor_writer *w, unsigned depth)
{
    uint32_t n = below(5);
    bool map = below(2);

    if (map)
        fipc_cbor_put_map(w, n);
    else
        fipc_cbor_put_array(w, n);
    for (uint32_t i = 0; i < n; i++) {
        if (map) fipc_cbor_put_uint(w, i * 100);
        put_any(w, depth + 1);
    }
}

static void put_any(struct fipc_cbor_writer *w, unsigned depth)
{
    uint64_t v = (uint64_t)below(UINT32_MAX) << 32 | below(UINT32_MAX);

    v >>= below(64);
    switch (below(depth < 6 ? 8 : 6)) {
    case 0: fipc_cbor_put_uint(w, v); break;
    case 1: fipc_cbor_put_int(w, -(int64_t)(v >> 1)); break;
    case 2: fipc_cbor_put_bool(w, v & 1); break;
    case 3: fipc_cbor_put_null(w); break;
    case 4: put_strings(w, true); break;
    case 5: put_strings(w, false); break;
    default: put_items(w, depth);
    }
}

START_TEST(what_is_written_and_what_is_accepted)
{
    uint8_t data[2048];
    unsigned accepted = 0, refused = 0;

    seed = (uint64_t)_i + 1;
    for (unsigned i = 0; i < 20000; i++) {
        struct fipc_cbor_writer w;

        fipc_cbor_write(&w, data, sizeof(data));
        put_any(&w, 0);
        if (w.full) continue;
        ck_assert(agreed(data, w.len));
        for (unsigned k = 1 + below(3); k > 0; k--)
            data[below((uint32_t)w.len)] = (uint8_t)below(256);
        if (agreed(data, w.len))
            accepted++;
        else
            refused++;
    }
    ck_assert_uint_gt(accepted, 1000);
    ck_assert_uint_gt(refused, 1000);
}
END_TEST

/* RFC 8949, appendix A: every example without floats, tags, simple values or indefinite lengths;
 * then those with. */
static const char *const rfc_rows[] = {"00",
                                       "01",
                                       "0a",
                                       "17",
                                       "1818",
                                       "1819",
                                       "1864",
                                       "1903e8",
                                       "1a000f4240",
                                       "1b000000e8d4a51000",
                                       "1bffffffffffffffff",
                                       "3bffffffffffffffff",
                                       "20",
                                       "29",
                                       "3863",
                                       "3903e7",
                                       "f4",
                                       "f5",
                                       "f6",
                                       "40",
                                       "4401020304",
                                       "60",
                                       "6161",
                                       "6449455446",
                                       "62225c",
                                       "62c3bc",
                                       "63e6b0b4",
                                       "64f0908591",
                                       "80",
                                       "83010203",
                                       "8301820203820405",
                                       "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                                       "a0",
                                       "a201020304",
                                       "a26161016162820203",
                                       "826161a161626163",
                                       "a56161614161626142616361436164614461656145",
                                       NULL,
                                       "c249010000000000000000",
                                       "c349010000000000000000",
                                       "f90000",
                                       "f93c00",
                                       "f97e00",
                                       "fa47c35000",
                                       "fb3ff199999999999a",
                                       "f7",
                                       "f0",
                                       "f8ff",
                                       "c074323031332d30332d32315432303a30343a30305a",
                                       "c11a514b67b0",
                                       "d74401020304",
                                       "5f42010243030405ff",
                                       "7f657374726561646d696e67ff",
                                       "9fff",
                                       "9f018202039f0405ffff",
                                       "bf61610161629f0203ffff",
                                       "826161bf61626163ff"};

START_TEST(rfc_8949)
{
    bool good = true;

    for (size_t i = 0; i < sizeof(rfc_rows) / sizeof(rfc_rows[0]); i++) {
        uint8_t data[64];
        size_t n = 0;

        if (!rfc_rows[i]) {
            good = false;
            continue;
        }
        for (; rfc_rows[i][2 * n]; n++) {
            char byte[3] = {rfc_rows[i][2 * n], rfc_rows[i][2 * n + 1], 0};
            data[n] = (uint8_t)strtoul(byte, NULL, 16);
        }
        ck_assert_msg(agreed(data, n) == good, "%s", rfc_rows[i]);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fipc cbor and libcbor");
    TCase *t = tcase_create("peer");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, what_is_written_and_what_is_accepted, 0, 4);
    tcase_add_test(t, rfc_8949);
    return suite_run(s, t);
}
