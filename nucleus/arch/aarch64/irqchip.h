/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controller that boot found: one switch instead of function pointers. */
#ifndef AARCH64_IRQCHIP_H
#define AARCH64_IRQCHIP_H

#include "types.h"

u32 irqchip_claim(void); /* take the pending interrupt of highest priority; see irqchip_number */
u32 irqchip_number(u32 claim);  /* >= board.irq_lines: spurious */
void irqchip_finish(u32 claim); /* it was handled, or its source is masked */

#endif
