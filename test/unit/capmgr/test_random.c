/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and ChaCha20 against published vectors; the generator's behaviour. */
#include "capmgr/random.h"
#include "model.h"

static void hex(const uint8_t *data, size_t n, char *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        sprintf(out + 2 * i, "%02x", data[i]);
}

START_TEST(sha256_vectors)
{
    static const char *const text[] = {"", "abc",
                                       "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"};
    static const char *const want[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"};
    struct sha256 s;
    uint8_t digest[32];
    char got[65];
    int i;

    for (i = 0; i < 3; i++) {
        sha256_init(&s);
        sha256_add(&s, text[i], strlen(text[i]));
        sha256_end(&s, digest);
        hex(digest, 32, got);
        ck_assert_str_eq(got, want[i]);
    }
}
END_TEST

/* RFC 8439, section 2.3.2. */
START_TEST(chacha_vector)
{
    static const uint8_t nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0};
    uint8_t key[32], out[64];
    char got[129];
    int i;

    for (i = 0; i < 32; i++)
        key[i] = (uint8_t)i;
    chacha_block(key, 1, nonce, out);
    hex(out, 64, got);
    ck_assert_str_eq(got, "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
                          "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}
END_TEST

START_TEST(seed_decides)
{
    struct random a, b;
    uint64_t first;

    random_init(&a);
    random_init(&b);
    ck_assert(!a.seeded);
    random_stir(&a, "x", 1, true);
    random_stir(&b, "x", 1, false);
    ck_assert(a.seeded && !b.seeded);
    first = random_word(&a);
    ck_assert(first == random_word(&b));
    ck_assert(first != random_word(&a));
    random_stir(&b, "y", 1, false);
    ck_assert(random_word(&a) != random_word(&b));
}
END_TEST

/* FIPC.md: the tag of futura.fs/1.File, the first byte of its hash, is 0xd8. */
START_TEST(label_is_little_endian)
{
    ck_assert_uint_eq(random_label("futura.fs/1.File", 16) & 0xff, 0xd8);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {sha256_vectors, chacha_vector, seed_decides,
                                  label_is_little_endian};

    return model_run("capmgr_random", tests, sizeof(tests) / sizeof(tests[0]));
}
