/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that the manager carries out for components: none on this processor. */
#include "main.h"

bool emulate(struct comp *c, const struct fut_msg *m)
{
    (void)c, (void)m;
    return false;
}
