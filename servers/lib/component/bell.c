/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications of clients, for readiness. */
#include "capmgr.h"
#include "component.h"
#include "futura/syscall.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

fut_err component_bell_take(struct component_bell *bell, uint64_t ticket)
{
    uint32_t slot;
    fut_err e;

    if (ticket == 0) return FUT_OK;
    e = capmgr_manager_redeem_notify(MANAGER, ticket, &slot);
    if (e != FUT_OK) return e;
    component_bell_drop(bell);
    bell->slot = slot;
    return FUT_OK;
}

/* A client that is gone need not be told. */
void component_bell_ring(const struct component_bell *bell)
{
    if (bell->slot != 0) (void)fut_sys_notify(bell->slot);
}

void component_bell_drop(struct component_bell *bell)
{
    if (bell->slot != 0) (void)capmgr_manager_slot_drop(MANAGER, bell->slot);
    bell->slot = 0;
}
