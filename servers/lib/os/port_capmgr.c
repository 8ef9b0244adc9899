/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, randomness and the end, from capmgr. */
#include <errno.h>
#include <string.h>

#include "futura/processor.h"
#include "ports.h"

long cm_alloc(uint64_t near, size_t pages, unsigned map, uint64_t *at)
{
    os_start();
    if (pages > 0xffffffffu) return -ENOMEM;
    return port_error(capmgr_manager_alloc(MANAGER, (uint32_t)pages, map, near, at));
}

long cm_free(uint64_t at, size_t pages) { return port_error(component_free(at, pages)); }

long cm_protect(uint64_t at, size_t pages, unsigned map)
{
    return port_error(component_protect(at, pages, map));
}

long cm_random(void *to, size_t n)
{
    uint8_t block[32];
    size_t done, k;
    fut_err e;

    os_start();
    for (done = 0; done < n; done += k) {
        k = n - done < sizeof block ? n - done : sizeof block;
        e = capmgr_manager_random(MANAGER, block);
        if (e != FUT_OK) return done > 0 ? (long)done : port_error(e);
        memcpy((uint8_t *)to + done, block, k);
    }
    return (long)n;
}

long cm_number(void)
{
    os_start();
    return (long)component_page.number;
}

long cm_parent(void)
{
    os_start();
    return (long)component_page.parent;
}

void cm_exit(int code)
{
    os_start();
    capmgr_manager_exit(MANAGER, code);
    for (;;)
        FUT_PROCESSOR_STOP(4);
}
