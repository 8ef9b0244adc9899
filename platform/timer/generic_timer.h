/* SPDX-License-Identifier: Apache-2.0 */
/* ARM generic timer: the virtual counter and its comparator. At EL2 with VHE the same names reach EL2's own timer. */
#ifndef PLATFORM_GENERIC_TIMER_H
#define PLATFORM_GENERIC_TIMER_H

#include <stdint.h>

uint64_t timer_counter(void);
uint64_t timer_hz(void);
void timer_arm(uint64_t counter); /* ~0: no interrupt */
void timer_init(void);            /* off; EL0 may read the counter and nothing else */

#endif
