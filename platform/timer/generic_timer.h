/* SPDX-License-Identifier: Apache-2.0 */
/* ARM generic timer: the virtual counter and a comparator, normally the virtual one. At EL2 with
   VHE the same names reach EL2's own timers, of which some boards wire only the physical one. */
#ifndef PLATFORM_GENERIC_TIMER_H
#define PLATFORM_GENERIC_TIMER_H

#include <stdbool.h>
#include <stdint.h>

uint64_t timer_counter(void);
uint64_t timer_hz(void);
void timer_arm(uint64_t counter);   /* ~0: no interrupt */
void timer_init(bool use_physical); /* off; EL0 may read the counter and nothing else */

#endif
