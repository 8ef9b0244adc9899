/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) of a run of bytes. */
#ifndef FIC_SHA256_H
#define FIC_SHA256_H
#include <stddef.h>
#include <stdint.h>

void fic_sha256(const void *data, size_t len, uint8_t digest[32]);

#endif
