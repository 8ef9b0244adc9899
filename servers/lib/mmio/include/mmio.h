/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to device registers that the component has mapped. Each function makes exactly one access
 * of exactly 32 bits, in program order with the others; `base` is the mapped address, `offset` in
 * bytes and a multiple of 4. Nothing is checked: an offset outside the mapping faults.
 */
#ifndef MMIO_H
#define MMIO_H

#include <stdint.h>

uint32_t mmio_read32(uint64_t base, uint32_t offset);
void mmio_write32(uint64_t base, uint32_t offset, uint32_t value);

#endif
