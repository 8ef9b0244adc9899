/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers that the specification prints, and SHA-256 against NIST's examples. */
#include "fic_test.h"
#include "manifest.h"
#include "sha256.h"

static const char echo_hex[] = "a60001016b6675747572612e64656d6f020103644563686f05a210a300636164640"
                               "182a20061610103a200616201030281"
                               "a2006373756d010311a300637361790181a200647465787401821018400281a2006"
                               "474657874018210184007a119010068"
                               "544f4f5f4c4f5544";

START_TEST(test_sha256)
{
    static const struct {
        const char *text, *hex;
    } nist[] = {{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
                {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqk"
                 "lmnopqrlmno"
                 "pqrsmnopqrstnopqrstu",
                 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"}};
    uint8_t digest[32];
    char hex[65];
    char *million;

    for (size_t i = 0; i < sizeof(nist) / sizeof(nist[0]); i++) {
        fic_sha256(nist[i].text, strlen(nist[i].text), digest);
        to_hex(digest, 32, hex);
        ck_assert_str_eq(hex, nist[i].hex);
    }
    million = malloc(1000000);
    memset(million, 'a', 1000000);
    fic_sha256(million, 1000000, digest);
    free(million);
    to_hex(digest, 32, hex);
    ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(test_echo)
{
    struct fic_compiled *c = compile_repo("abi/interfaces/demo.fi");
    const struct fic_image *im = fic_compiled_find(c, "Echo");
    char hex[512], id[65];

    ck_assert_ptr_nonnull(im);
    ck_assert_uint_eq(im->size, 106);
    to_hex(im->bytes, im->size, hex);
    ck_assert_str_eq(hex, echo_hex);
    to_hex(im->identity, 32, id);
    ck_assert_str_eq(id, "d06a413ec5795a27d72433534d4c070759bbaaa588838b01d995e4825ac29a70");
    ck_assert_uint_eq(im->tag, 0xa8);
    fic_compiled_free(c);
}
END_TEST

START_TEST(test_tags)
{
    ck_assert_uint_eq(fic_tag("futura.fs/1.File"), 0xd8);
    ck_assert_uint_eq(fic_tag("futura.fs/1.Directory"), 0x1e);
    ck_assert_uint_eq(fic_tag("futura.block/1.Disk"), 0x2f);
    ck_assert_uint_eq(fic_tag("futura.demo/1.Echo"), 0xa8);
}
END_TEST

START_TEST(test_uart)
{
    static const char text[] =
        "system qemu_virt 1;\nmemory reserve 2MiB;\n"
        "component uart { binary \"drivers/uart\"; priority 40; memory 256KiB; threads 1;\n"
        "  offers tty: futura.tty/1.Port max 4;\n"
        "  device \"/pl011@9000000\" compatible \"arm,pl011\" { reg 0; irq 0 bit 0; } }\n";
    /* {0: "uart", 1: "drivers/uart", 3: [40, 40], 4: 64, 5: 1, 6: [{0: "tty", 1:
     * "futura.tty/1.Port", 3: 4}], 8: [{0: "/pl011@9000000", 1: ["arm,pl011"], 2: [0], 3: [[0,
     * 0]]}], 9: {0: 1, 1: 5, 2: 10000, 3: 100}} */
    static const char uart_hex[] =
        "a8006475617274016c647269766572732f7561727403821828182804184005010681a300637474790171667574"
        "7572612e7474792f312e506f7274030408"
        "81a4006e2f706c3031314039303030303030018169"
        "61726d2c706c303131028100038182000009a40001010502192710031864";
    struct fic_system *s;
    struct fic_error e;
    uint8_t *bytes;
    size_t len;
    char hex[512];

    ck_assert_uint_eq(strlen(uart_hex), 2 * 113);
    ck_assert_int_eq(fic_system_parse("q.sys", text, strlen(text), NULL, &s, &e), 0);
    ck_assert_int_eq(fic_system_encode(s, &bytes, &len, &e), 0);
    ck_assert_uint_gt(len, 113);
    to_hex(bytes + len - 113, 113, hex);
    ck_assert_str_eq(hex, uart_hex);
    free(bytes);
    fic_system_free(s);
}
END_TEST

/* The rings and the pool of the block interface, as its text promises. */
START_TEST(test_block)
{
    struct fic_compiled *c = compile_repo("abi/interfaces/block.fi");
    const struct fic_image *im = fic_compiled_find(c, "Disk");

    ck_assert_ptr_nonnull(im);
    ck_assert_uint_eq(im->nrings, 2);
    ck_assert_str_eq(im->rings[0].name, "submit");
    ck_assert_uint_eq(im->rings[0].depth, 256);
    ck_assert(!im->rings[0].from_server && im->rings[1].from_server);
    ck_assert_uint_eq(im->pool.size, 1048576);
    fic_compiled_free(c);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fic spec");
    TCase *t = tcase_create("pinned");

    tcase_add_test(t, test_sha256);
    tcase_add_test(t, test_echo);
    tcase_add_test(t, test_tags);
    tcase_add_test(t, test_uart);
    tcase_add_test(t, test_block);
    suite_add_tcase(s, t);
    return run_suite(s);
}
