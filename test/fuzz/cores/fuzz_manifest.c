/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the manifest decoder and checks that what it accepts refers only to what exists. */
#include "manifest.h"

#include <stdlib.h>

static void range_check(struct manifest_range r, uint32_t count)
{
    if (r.first > count || r.count > count - r.first) abort();
}

static void component_check(const struct manifest *m, const struct manifest_component *c)
{
    range_check(c->args, m->arg_count);
    range_check(c->offers, m->offer_count);
    range_check(c->uses, m->use_count);
    range_check(c->devices, m->device_count);
    if (c->priority_low > c->priority_high || c->priority_high > 63 || c->threads == 0) abort();
    for (uint32_t i = 0; i < c->uses.count; i++) {
        const struct manifest_use *u = &m->use[c->uses.first + i];

        if (u->component >= m->component_count ||
            u->offer >= m->component[u->component].offers.count)
            abort();
    }
    for (uint32_t i = 0; i < c->devices.count; i++) {
        const struct manifest_device *d = &m->device[c->devices.first + i];

        range_check(d->compatibles, m->compatible_count);
        range_check(d->regs, m->reg_count);
        range_check(d->irqs, m->irq_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct manifest m;
    struct manifest_fault fault;

    if (manifest_decode(&m, data, size, &fault) != MANIFEST_OK) return 0;
    for (uint32_t i = 0; i < m.component_count; i++) {
        component_check(&m, &m.component[i]);
        if (manifest_find(&m, m.component[i].name) != i) abort();
    }
    manifest_total_pages(&m);
    return 0;
}
