/* SPDX-License-Identifier: Apache-2.0 */
/* The image and manifest decoders against hostile bytes. */
#include "cbor.h"
#include "fic_test.h"
#include "manifest.h"

/* Decodes bytes in a block of exactly their size, so that a read past the end is seen. */
static int decode(const uint8_t *bytes, size_t len, struct fic_image **im)
{
    uint8_t *exact = malloc(len ? len : 1);
    struct fic_error e;
    int r;

    memcpy(exact, bytes, len);
    r = fic_image_decode(exact, len, im, &e);
    free(exact);
    return r;
}

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;

    for (size_t i = 0; i < n; i++) {
        unsigned v;
        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &v), 1);
        out[i] = (uint8_t)v;
    }
    return n;
}

static const char *const files[] = {"abi/interfaces/demo.fi", "abi/interfaces/fs.fi",
                                    "abi/interfaces/block.fi"};

START_TEST(test_truncated)
{
    for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
        struct fic_compiled *c = compile_repo(files[f]);
        for (size_t i = 0; i < c->n; i++)
            for (size_t n = 0; n < c->images[i]->size; n++) {
                struct fic_image *im;
                ck_assert_int_ne(decode(c->images[i]->bytes, n, &im), 0);
            }
        fic_compiled_free(c);
    }
}
END_TEST

/* Whatever a change of one byte still lets through is an image in its own right. */
START_TEST(test_mutated)
{
    for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
        struct fic_compiled *c = compile_repo(files[f]);
        const struct fic_image *old = c->images[0];
        uint8_t *bytes = malloc(old->size);
        for (size_t i = 0; i < old->size * 8; i++) {
            struct fic_image *im;
            memcpy(bytes, old->bytes, old->size);
            bytes[i / 8] ^= (uint8_t)(1u << i % 8);
            if (decode(bytes, old->size, &im)) continue;
            ck_assert_uint_eq(im->size, old->size);
            ck_assert_int_eq(memcmp(im->bytes, bytes, old->size), 0);
            fic_image_free(im);
        }
        free(bytes);
        fic_compiled_free(c);
    }
}
END_TEST

/* {0: 1, 1: "a", 2: 1, 3: "X"} and what must not pass for it. */
static const char *const not_images[] = {
    "a40001016161020103615800",       /* a byte too many */
    "b80400010161610201036158",       /* head of the map not shortest */
    "a4001801016161020103615800",     /* head of a number not shortest */
    "a40001017801610201036158",       /* head of a text not shortest */
    "a401616100010201036158",         /* keys not in order */
    "a400010161610201020103615800",   /* a key twice */
    "bf00010161610201036158ff",       /* indefinite map */
    "a40001017f6161ff0201036158",     /* indefinite text */
    "a4c000010161610201036158",       /* a tag */
    "a400f93c000161610201036158",     /* a float for the format */
    "a400020161610201036158",         /* another format */
    "a400010161610200036158",         /* major version 0 */
    "a40001016161021a00010000036158", /* major version 65536 */
    "a400010161410201036158",         /* library in upper case */
    "a400010161610201036178",         /* interface in lower case */
    "a400010160020103615800",         /* empty library */
    "a500010161610201036158"
    "05a0", /* an empty collection */
    "a500010161610201036158"
    "0af6", /* an unknown key */
    "a500010161610201036158"
    "05a10ff6", /* ordinal 15 */
    "a500010161610201036158"
    "05a1191000f6", /* ordinal 4096 */
    "a500010161610201036158"
    "05a110f7", /* undefined for null */
    "a500010161610201036158"
    "04818400", /* not a map */
    "a500010161610201036158"
    "0481a3000201"
    "68612f312e5379"
    "0381a20061610101", /* unreached type */
    "a500010161610201036158"
    "05a110a2006472696e67"
    "0180", /* a keyword as a name */
};

START_TEST(test_deterministic)
{
    static const char *const good[] = {"a400010161610201036158"};
    uint8_t bytes[256];
    struct fic_image *im;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        size_t n = from_hex(good[i], bytes);
        ck_assert_int_eq(decode(bytes, n, &im), 0);
        fic_image_free(im);
    }
    for (size_t i = 0; i < sizeof(not_images) / sizeof(not_images[0]); i++) {
        size_t n = from_hex(not_images[i], bytes);
        ck_assert_msg(decode(bytes, n, &im) != 0, "%s was accepted", not_images[i]);
    }
}
END_TEST

/* Each head that is not deterministic, and what should have been there. */
static const struct {
    const char *bytes, *wrong;
} not_heads[] = {
    {"", "more bytes"},
    {"1817", "the shortest head"},
    {"1900ff", "the shortest head"},
    {"1a0000ffff", "the shortest head"},
    {"1b00000000ffffffff", "the shortest head"},
    {"3817", "the shortest head"},
    {"580161", "the shortest head"},
    {"780161", "the shortest head"},
    {"9800", "the shortest head"},
    {"b800", "the shortest head"},
    {"1c", "a definite length"},
    {"5f", "a definite length"},
    {"7f", "a definite length"},
    {"9f", "a definite length"},
    {"bf", "a definite length"},
    {"c000", "no tag"},
    {"d82a00", "no tag"},
    {"e0", "false, true or null"},
    {"f7", "false, true or null"},
    {"f815", "false, true or null"},
    {"f93c00", "false, true or null"},
    {"fa3f800000", "false, true or null"},
    {"fb3ff0000000000000", "false, true or null"},
    {"19ff", "more bytes"},
    {"6261", "more bytes"},
    {"5bffffffffffffffff", "more bytes"},
};

START_TEST(test_heads)
{
    static const char *const heads[] = {
        "00", "17",   "1818", "190100", "1a00010000", "1b0000000100000000",
        "20", "3818", "4161", "6161",   "80",         "9818",
        "a0", "f4",   "f5",   "f6"};
    uint8_t bytes[16];
    enum fic_major major;
    uint64_t value;
    struct fic_cbor c;

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        fic_cbor_start(&c, bytes, from_hex(heads[i], bytes));
        ck_assert_msg(fic_cbor_next(&c, &major, &value), "%s: %s", heads[i], c.wrong);
    }
    for (size_t i = 0; i < sizeof(not_heads) / sizeof(not_heads[0]); i++) {
        fic_cbor_start(&c, bytes, from_hex(not_heads[i].bytes, bytes));
        ck_assert_msg(!fic_cbor_next(&c, &major, &value), "%s was accepted", not_heads[i].bytes);
        ck_assert_str_eq(c.wrong, not_heads[i].wrong);
        ck_assert_uint_eq(c.at, 0);
    }
}
END_TEST

START_TEST(test_too_long)
{
    uint8_t *bytes = calloc(1, FIC_MAX_IMAGE + 1);
    struct fic_image *im;

    ck_assert_int_ne(decode(bytes, FIC_MAX_IMAGE + 1, &im), 0);
    free(bytes);
}
END_TEST

static const char system_text[] =
    "system s 1; memory reserve 1MiB;\n"
    "component a { binary \"a\"; args \"x\"; priority 1..9; memory 1MiB; threads 2; critical;\n"
    "  offers o: t.a/1.X; device \"/d\" compatible \"c\" { reg 1; irq 2 bit 3; dma 4KiB; } }\n"
    "component b { binary \"b\"; priority 1; memory 1MiB; threads 1; restart never;\n"
    "  late uses u: t.a/1.X from a.o slots 2; }\n";

START_TEST(test_manifest_bytes)
{
    struct fic_system *s, *again;
    struct fic_error e;
    uint8_t *bytes, *copy, *out;
    size_t len, n;

    ck_assert_int_eq(fic_system_parse("s.sys", system_text, strlen(system_text), NULL, &s, &e), 0);
    ck_assert_int_eq(fic_system_encode(s, &bytes, &len, &e), 0);
    fic_system_free(s);
    for (size_t i = 0; i < len; i++) {
        copy = malloc(i ? i : 1);
        memcpy(copy, bytes, i);
        ck_assert_int_ne(fic_system_decode(copy, i, &s, &e), 0);
        free(copy);
    }
    for (size_t i = 0; i < len * 8; i++) {
        copy = malloc(len);
        memcpy(copy, bytes, len);
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
        if (fic_system_decode(copy, len, &again, &e) == 0) {
            ck_assert_int_eq(fic_system_encode(again, &out, &n, &e), 0);
            ck_assert_uint_eq(n, len);
            ck_assert_int_eq(memcmp(out, copy, n), 0);
            free(out);
            fic_system_free(again);
        }
        free(copy);
    }
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic image");
    TCase *t = tcase_create("decoder");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_truncated);
    tcase_add_test(t, test_mutated);
    tcase_add_test(t, test_deterministic);
    tcase_add_test(t, test_heads);
    tcase_add_test(t, test_too_long);
    tcase_add_test(t, test_manifest_bytes);
    suite_add_tcase(s, t);
    return run_suite(s);
}
