/* SPDX-License-Identifier: Apache-2.0 */
/* The nucleus' integer types and the statuses' type. Nothing else in the nucleus defines a basic
 * type. */
#ifndef NUCLEUS_TYPES_H
#define NUCLEUS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "futura/abi.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* A status of the ABI table (FUT_S_*). */
typedef u32 status;

/* Index 0 of every window is a sentinel: no thread, no endpoint, no list. */
#define NIL 0u

#endif
