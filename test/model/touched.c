/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debug builds check the records that an entry noted by TOUCH. Here every record is compared with
 * its copy from before the step: one that changed and was not noted is a hole in those checks.
 * Saved registers and counters of use are left out: no invariant is about them.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

static struct thread old_threads[MAX_THREADS];
static struct endpoint old_endpoints[MAX_ENDPOINTS];
static struct sc old_scs[MAX_SCS];
static struct domain old_domains[MAX_DOMAINS];
static struct slot old_slots[MAX_DOMAINS * TABLE_STRIDE];

void touched_before(void)
{
    if (CONFIG_DEBUG == 0) return;
    memcpy(old_threads, threads, sizeof threads);
    memcpy(old_endpoints, endpoints, sizeof endpoints);
    memcpy(old_scs, scs, sizeof scs);
    memcpy(old_domains, domains, sizeof domains);
    memcpy(old_slots, slots, sizeof slots);
}

static bool noted(bool same, u32 type, u32 index, const char *what)
{
    if (same || touched(type, index)) return true;
    printf("explorer: VIOLATION: %s %u was written and not noted\n", what, index);
    return false;
}

static bool thread_same(u32 t)
{
    struct thread now = threads[t];

    memcpy(now.reg, old_threads[t].reg, sizeof now.reg);
    now.calls = old_threads[t].calls;
    now.token = old_threads[t].token;
    now.kind = old_threads[t].kind;
    now.badge = old_threads[t].badge;
    now.fault_kind = old_threads[t].fault_kind;
    return memcmp(&now, &old_threads[t], sizeof now) == 0;
}

bool touched_after(void)
{
    bool good = true;
    u32 i;

    if (CONFIG_DEBUG == 0) return true;
    for (i = 1; i < MAX_THREADS; i++)
        good &= noted(thread_same(i), FUT_TYPE_THREAD, i, "thread");
    for (i = 1; i < MAX_ENDPOINTS; i++)
        good &= noted(memcmp(&endpoints[i], &old_endpoints[i], sizeof endpoints[i]) == 0,
                      FUT_TYPE_ENDPOINT, i, "endpoint");
    for (i = 1; i < MAX_SCS; i++)
        good &= noted(memcmp(&scs[i], &old_scs[i], sizeof scs[i]) == 0, FUT_TYPE_SC, i, "sc");
    for (i = 1; i < MAX_DOMAINS; i++) {
        old_domains[i].caps_used = domains[i].caps_used; /* noted as a slot */
        old_domains[i].threads = domains[i].threads;
        good &= noted(memcmp(&domains[i], &old_domains[i], sizeof domains[i]) == 0, FUT_TYPE_DOMAIN,
                      i, "domain");
    }
    for (i = 0; i < MAX_DOMAINS * TABLE_STRIDE; i++)
        good &=
            noted(memcmp(&slots[i], &old_slots[i], sizeof slots[i]) == 0, TOUCH_SLOT, i, "slot");
    return good;
}
