/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers for tickets, seeds of components and `random`: ChaCha20 (RFC 8439) as a generator
 * with fast key erasure; entropy is stirred in through SHA-256. Nothing constant seeds it: until
 * enough was stirred in, it says that it is not seeded.
 */
#ifndef CAPMGR_RANDOM_H
#define CAPMGR_RANDOM_H

#include "capmgr/base.h"

struct sha256 {
    uint32_t h[8];
    uint8_t block[64];
    uint64_t length;
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t size);
void sha256_end(struct sha256 *s, uint8_t digest[32]);

/* Label of an interface: the first 8 bytes of SHA-256 of its name, little-endian. */
uint64_t random_label(const char *name, size_t size);

struct random {
    uint8_t key[32];
    uint64_t counter;
    bool seeded;
};

void random_init(struct random *r);
/* `counts`: whether it is unpredictable enough to be a seed. */
void random_stir(struct random *r, const void *data, size_t size, bool counts);
void random_take(struct random *r, void *out, size_t size);
uint64_t random_word(struct random *r);

/* One ChaCha20 block, for its test vector. */
void chacha_block(const uint8_t key[32], uint32_t counter, const uint8_t nonce[12],
                  uint8_t out[64]);

#endif
