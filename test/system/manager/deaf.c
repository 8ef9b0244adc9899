/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that accepts everybody and acknowledges no end of a connection: the first is taken and
 * not acknowledged, others are not even taken. It ends when a client rings. It says how often it
 * was told that a connection waits before its lane was there.
 */
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "futura/syscall.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define BIT_END 1ull

static uint32_t early, taken;

static void accept_one(void)
{
    struct capmgr_areas areas;
    struct capmgr_spec spec;
    uint64_t badge, label, cookie;
    uint32_t offer, component, rights, doorbell, i;
    uint8_t identity[32];

    if (capmgr_manager_accept(MANAGER, &badge, &offer, &component, &label, &cookie, &rights,
                              &doorbell, &spec, &areas, identity) != FUT_OK) {
        early++;
        return;
    }
    for (i = 0; i < spec.pool_pages; i++)
        if (*(volatile uint8_t *)(uintptr_t)(areas.p + i * UINT64_C(4096)) != 0)
            component_log(COMPONENT_ERROR, "deaf: page %u of the pool is not zero", i);
    if (spec.pool_pages != 0)
        component_log(COMPONENT_NOTICE, "deaf: asked %u times before a pool of %u pages was there",
                      early, spec.pool_pages);
    early = 0;
    (void)capmgr_manager_accepted(MANAGER, badge, 0, BIT_END, identity, true);
}

int main(void)
{
    uint64_t badge;
    struct fut_msg m;

    component_start();
    for (;;) {
        (void)fut_sys_recv(0, FIPC_BIT_CAPMGR | BIT_END, 0, &m);
        if ((m.pending & BIT_END) != 0) component_fail("deaf: the end");
        accept_one();
        if (taken == 0 && capmgr_manager_closed(MANAGER, &badge) == FUT_OK) taken++;
    }
}
