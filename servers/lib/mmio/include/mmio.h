/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to a device's registers as the start page names them: mapped ones by load and store, I/O
 * ports through the nucleus. Each function makes exactly one access of exactly its width, in
 * program order with the others; `offset` is in bytes (or ports) and a multiple of the width.
 *
 * Of mapped registers nothing is checked: an offset outside the mapping faults. Ports outside the
 * capability's range are not there: reading answers all ones, writing does nothing.
 */
#ifndef MMIO_H
#define MMIO_H

#include <stdint.h>

#include "startpage.h"

uint8_t mmio_read8(const struct startpage_reg *reg, uint32_t offset);
uint32_t mmio_read32(const struct startpage_reg *reg, uint32_t offset);
void mmio_write8(const struct startpage_reg *reg, uint32_t offset, uint8_t value);
void mmio_write32(const struct startpage_reg *reg, uint32_t offset, uint32_t value);

#endif
