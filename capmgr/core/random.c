/* SPDX-License-Identifier: Apache-2.0 */
/* The generator of random numbers; see random.h. */
#include "capmgr/random.h"

static uint32_t rotl(uint32_t x, uint32_t n) { return x << n | x >> (32u - n); }

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void chacha_quarter(uint32_t x[16], uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    x[a] += x[b], x[d] = rotl(x[d] ^ x[a], 16);
    x[c] += x[d], x[b] = rotl(x[b] ^ x[c], 12);
    x[a] += x[b], x[d] = rotl(x[d] ^ x[a], 8);
    x[c] += x[d], x[b] = rotl(x[b] ^ x[c], 7);
}

void chacha_block(const uint8_t key[32], uint32_t counter, const uint8_t nonce[12], uint8_t out[64])
{
    uint32_t in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16], i;

    for (i = 0; i < 8; i++)
        in[4 + i] = load32(key + 4 * i);
    in[12] = counter;
    for (i = 0; i < 3; i++)
        in[13 + i] = load32(nonce + 4 * i);
    for (i = 0; i < 16; i++)
        x[i] = in[i];
    for (i = 0; i < 10; i++) {
        chacha_quarter(x, 0, 4, 8, 12);
        chacha_quarter(x, 1, 5, 9, 13);
        chacha_quarter(x, 2, 6, 10, 14);
        chacha_quarter(x, 3, 7, 11, 15);
        chacha_quarter(x, 0, 5, 10, 15);
        chacha_quarter(x, 1, 6, 11, 12);
        chacha_quarter(x, 2, 7, 8, 13);
        chacha_quarter(x, 3, 4, 9, 14);
    }
    for (i = 0; i < 64; i++)
        out[i] = (uint8_t)((x[i / 4] + in[i / 4]) >> (8u * (i % 4u)));
}

void random_init(struct random *r)
{
    size_t i;

    for (i = 0; i < sizeof(r->key); i++)
        r->key[i] = 0;
    r->counter = 0;
    r->seeded = false;
}

void random_stir(struct random *r, const void *data, size_t size, bool counts)
{
    struct sha256 s;

    sha256_init(&s);
    sha256_add(&s, r->key, sizeof(r->key));
    sha256_add(&s, data, size);
    sha256_end(&s, r->key);
    r->seeded = r->seeded || counts;
}

/* Half of a block becomes the next key, so that an old output cannot be computed from the state. */
void random_take(struct random *r, void *out, size_t size)
{
    uint8_t block[64], nonce[12] = {0}, *to = out;
    size_t i, k, n;

    for (i = 0; i < size; i += n) {
        for (k = 0; k < 8; k++)
            nonce[k] = (uint8_t)(r->counter >> (8u * k));
        r->counter++;
        chacha_block(r->key, 0, nonce, block);
        n = size - i < 32u ? size - i : 32u;
        for (k = 0; k < n; k++)
            to[i + k] = block[32u + k];
        for (k = 0; k < 32u; k++)
            r->key[k] = block[k];
    }
}

uint64_t random_word(struct random *r)
{
    uint8_t b[8];

    random_take(r, b, sizeof(b));
    return load32(b) | (uint64_t)load32(b + 4) << 32;
}

uint64_t random_label(const char *name, size_t size)
{
    struct sha256 s;
    uint8_t digest[32];

    sha256_init(&s);
    sha256_add(&s, name, size);
    sha256_end(&s, digest);
    return load32(digest) | (uint64_t)load32(digest + 4) << 32;
}
