/* SPDX-License-Identifier: Apache-2.0 */
/* Values of goldens as JSON: 64-bit integers are decimal strings, bytes are hex, enums are names (a
 * decimal string where they have none), flags lists of names (or a decimal string), unions
 * {member: value}, absent optionals are left out. */
#ifndef TEST_FIPC_JSON_CBOR_H
#define TEST_FIPC_JSON_CBOR_H
#include "cbor.h"
#include "image.h"
#include <cjson/cJSON.h>
#include <stdbool.h>

uint8_t *json_hex(const char *hex, size_t *n); /* NULL: no hex */
bool json_to_cbor(const struct fic_image *im, const struct fic_fields *f, const cJSON *value,
                  struct fic_buf *out);
/* The CBOR must be valid. */
cJSON *json_from_cbor(const struct fic_image *im, const struct fic_fields *f, const uint8_t *cbor,
                      size_t n);

#endif
