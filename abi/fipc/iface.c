/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions of an interface fit one another. */
#include "fipc/iface.h"
#include <string.h>

bool fipc_iface_knows(const struct fipc_iface *iface, const uint8_t *identity)
{
    if (memcmp(iface->closure, identity, 32) == 0) return true;
    for (unsigned i = 0; i < iface->nknown; i++)
        if (memcmp(iface->known[i], identity, 32) == 0) return true;
    return false;
}
