/* SPDX-License-Identifier: Apache-2.0 */
/* The local APIC and the I/O APICs, as trap.c and boot see them. */
#ifndef X86_64_IRQCHIP_H
#define X86_64_IRQCHIP_H

#include "types.h"

void irqchip_finish(void); /* the interrupt was handled, or its source is masked */

#endif
