/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terminal modes as the interface numbers them and as the line discipline does. The discipline
 * knows more of them; those that the interface does not name are left as they are.
 */
#ifndef MODES_H
#define MODES_H

#include "console.h"
#include "ldisc.h"

#include <stdbool.h>

void modes_to_wire(const struct ldisc_modes *from, struct console_modes *to);

/* Changes what the interface names in `to`. False, and `to` unchanged: a `time` other than 0, which
 * the discipline does not have. */
bool modes_from_wire(const struct console_modes *from, struct ldisc_modes *to);

#endif
