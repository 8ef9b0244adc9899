/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life of objects: creation in a record that the caller names, killing (generation + 1: every
 * capability to it dies at once), and freeing after an epoch. A record whose generation is used up
 * is retired. Keeps invariants 1 (a created record is backed), 12 and 18.
 */
#include "nucleus.h"

static status thread_create(u32 thread, u32 index, u64 core)
{
    if (index >= window_records(FUT_TYPE_THREAD)) return FUT_S_TABLE;
    if (threads[index].state != THREAD_FREE) return FUT_S_BUSY;
    if (core >= nuc.cores) return FUT_S_ARG;
    threads[index].state = THREAD_INIT;
    threads[index].core = (u8)core;
    threads[index].token = threads[index].token == 0 ? index : threads[index].token;
    threads[index].mask = 0;
    threads[index].pending = 0;
    threads[index].lent = NIL;
    threads[index].lender = NIL;
    threads[index].late = 0;
    threads[index].kind = MESSAGE_CALL;
    threads[index].calls = 0;
    (void)thread;
    arch_regs_init(index);
    return FUT_S_OK;
}

static status endpoint_create(u32 index, u64 core)
{
    if (index <= RUN_QUEUES) return FUT_S_ARG;
    if (index >= window_records(FUT_TYPE_ENDPOINT)) return FUT_S_TABLE;
    if (endpoints[index].live != 0) return FUT_S_BUSY;
    if (core >= nuc.cores) return FUT_S_ARG;
    endpoints[index].key = (endpoints[index].key >> 32 << 32) | core;
    endpoints[index].kind = ENDPOINT_IDLE;
    endpoints[index].served = 0;
    endpoints[index].live = 1;
    return FUT_S_OK;
}

static status sc_create(u32 index, u64 core)
{
    if (index >= window_records(FUT_TYPE_SC)) return FUT_S_TABLE;
    if (scs[index].live != 0) return FUT_S_BUSY;
    if (core >= nuc.cores) return FUT_S_ARG;
    scs[index].live = 1;
    scs[index].core = (u8)core;
    scs[index].class = FUT_SC_CAPPED;
    scs[index].home = NIL;
    scs[index].runner = NIL;
    scs[index].lender = NIL;
    scs[index].budget = 0;
    scs[index].left = 0;
    scs[index].used = 0;
    return FUT_S_OK;
}

static status region_create(u32 index, u64 base, u64 count, u64 kind)
{
    bool ram = base >= nuc.ram_base && base - nuc.ram_base < nuc.ram_frames && !PFN_IS_HOLE(base);
    status s = kind == FUT_REGION_PORT ? PORT_CHECK(base, count) : FUT_S_OK;

    if (index >= window_records(FUT_TYPE_REGION)) return FUT_S_TABLE;
    if (regions[index].live != 0) return FUT_S_BUSY;
    if (count == 0 || count > 0xffffffffu || base >= PFN_END || count > PFN_END - base ||
        kind > FUT_REGION_PORT)
        return FUT_S_ARG;
    if (s != FUT_S_OK) return s;
    if (kind == FUT_REGION_RAM && (!ram || count > nuc.ram_frames - (base - nuc.ram_base)))
        return FUT_S_ARG;
    if (kind == FUT_REGION_MMIO && (ram || (base < nuc.ram_base && base + count > nuc.ram_base)))
        return FUT_S_ARG;
    if (kind == FUT_REGION_MMIO && arch_mmio_reserved(base, count)) return FUT_S_FRAME;
    regions[index].base = base;
    regions[index].frames = (u32)count;
    regions[index].kind = (u32)kind;
    regions[index].live = 1;
    return FUT_S_OK;
}

static status irq_create(u32 index)
{
    if (index >= MAX_IRQS || arch_irq_reserved(index)) return FUT_S_ARG;
    if (irqs[index].live != 0) return FUT_S_BUSY;
    irqs[index].live = 1;
    irqs[index].masked = 1;
    irqs[index].thread = NIL;
    irqs[index].count = 0;
    arch_irq_mask(index);
    return FUT_S_OK;
}

static u32 object_generation(u32 type, u32 index)
{
    switch (type) {
    case FUT_TYPE_ENDPOINT: return (u32)(endpoints[index].key >> 32);
    case FUT_TYPE_THREAD: return threads[index].generation;
    case FUT_TYPE_DOMAIN: return domains[index].generation;
    case FUT_TYPE_SC: return scs[index].generation;
    case FUT_TYPE_IRQ: return irqs[index].generation;
    default: return regions[index].generation;
    }
}

/* Create by type; arguments x3.. come from the caller's record. */
static status record_create(u32 thread, u32 type, u32 index)
{
    u64 first = threads[thread].reg[REG_X0 + 3];

    if (index == 0 && type != FUT_TYPE_IRQ) return FUT_S_ARG;
    switch (type) {
    case FUT_TYPE_ENDPOINT: return endpoint_create(index, first);
    case FUT_TYPE_THREAD: return thread_create(thread, index, first);
    case FUT_TYPE_DOMAIN:
        if (index >= window_records(FUT_TYPE_DOMAIN)) return FUT_S_TABLE;
        return domain_create(thread, index);
    case FUT_TYPE_SC: return sc_create(index, first);
    case FUT_TYPE_IRQ: return irq_create(index);
    case FUT_TYPE_REGION:
        return region_create(index, first, threads[thread].reg[REG_X0 + 4],
                             threads[thread].reg[REG_X0 + 5]);
    case FUT_TYPE_IOSPACE: return FUT_S_NOSYS;
    default: return FUT_S_ARG;
    }
}

static status control_check(u32 thread, u64 slot)
{
    return cap_check(slots[cap_slot(thread, slot)].key, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_CREATE);
}

status obj_create(u32 thread, u64 slot, u64 type, u64 index, u64 destination)
{
    u32 domain = threads[thread].domain;
    u64 badge = 0;
    status s = control_check(thread, slot);

    if (s == FUT_S_OK && domains[domain].state != DOMAIN_LIVE) s = FUT_S_STATE;
    if (s == FUT_S_OK)
        s = type > FUT_TYPE_CONTROL || index >> 24 != 0 ? FUT_S_ARG
                                                        : cap_place_check(domain, destination);
    if (s == FUT_S_OK) s = record_create(thread, (u32)type, (u32)index);
    if (s != FUT_S_OK) return s;
    TOUCH((u32)type, (u32)index);
    if (type == FUT_TYPE_REGION) badge = regions[index].frames;
    cap_place(domain, (u32)destination,
              key_make(object_generation((u32)type, (u32)index), (u32)index, (u32)type, 15), badge);
    return FUT_S_OK;
}

static void endpoint_kill(u32 endpoint)
{
    endpoints[endpoint].key += (u64)1 << 32;
    endpoints[endpoint].live = 2;
    endpoints[endpoint].dead_epoch = epoch_stamp();
}

static void sc_kill(u32 sc)
{
    u32 runner = scs[sc].runner, home = scs[sc].home;

    scs[sc].live = 2;
    scs[sc].generation = scs[sc].generation + 1;
    scs[sc].dead_epoch = epoch_stamp();
    scs[sc].home = NIL;
    scs[sc].runner = NIL;
    scs[sc].lender = NIL;
    if (home != NIL) threads[home].home = NIL;
    if (runner == NIL) return;
    threads[runner].sc = NIL;
    threads[runner].lender = NIL;
    if (thread_base_state(runner) == THREAD_READY) {
        thread_leave(runner);
        if (runner == nuc.cpu[THIS_CORE].cur || (threads[runner].state & THREAD_STOPPED) != 0)
            sc_reclaim(runner);
        else
            thread_wake(runner);
    }
}

static void irq_kill(u32 irq)
{
    arch_irq_mask(irq);
    irqs[irq].live = 2;
    irqs[irq].thread = NIL;
    irqs[irq].generation = irqs[irq].generation + 1;
    irqs[irq].dead_epoch = epoch_stamp();
}

static void region_kill(u32 region)
{
    regions[region].live = 2;
    regions[region].generation = regions[region].generation + 1;
    regions[region].dead_epoch = epoch_stamp();
}

status obj_kill(u32 thread, u64 slot)
{
    u64 key = slots[cap_slot(thread, slot)].key;
    u32 type = key_type(key), object = key_object(key);
    status s = cap_check(key, type, 8);

    if (s != FUT_S_OK) return s;
    TOUCH(TOUCH_ALL, 0);
    switch (type) {
    case FUT_TYPE_ENDPOINT: endpoint_kill(object); return FUT_S_OK;
    case FUT_TYPE_THREAD: thread_kill(object); return FUT_S_OK;
    case FUT_TYPE_SC: sc_kill(object); return FUT_S_OK;
    case FUT_TYPE_IRQ: irq_kill(object); return FUT_S_OK;
    case FUT_TYPE_REGION: region_kill(object); return FUT_S_OK;
    case FUT_TYPE_DOMAIN:
        if (domains[object].state != DOMAIN_LIVE || object == ROOT_DOMAIN) return FUT_S_STATE;
        domains[object].state = DOMAIN_DYING;
        domains[object].dead_epoch = epoch_stamp();
        return FUT_S_OK;
    default: return FUT_S_TYPE;
    }
}

/* A dead record becomes free: it must be dead, past its epoch, and its generation not used up. */
static status record_free(bool dead, u32 epoch, u32 generation)
{
    if (!dead) return FUT_S_STATE;
    if (generation >= GENERATION_MAX) return FUT_S_OVERFLOW;
    return epoch_passed(epoch) ? FUT_S_OK : FUT_S_QUIESCE;
}

static status endpoint_free(u32 index)
{
    status s = index >= MAX_ENDPOINTS
                   ? FUT_S_ARG
                   : record_free(endpoints[index].live == 2, endpoints[index].dead_epoch,
                                 (u32)(endpoints[index].key >> 32));

    if (s == FUT_S_OK && endpoints[index].head != NIL) s = FUT_S_BUSY;
    if (s == FUT_S_OK) endpoints[index].live = 0;
    return s;
}

static status thread_free(u32 index)
{
    status s = index >= MAX_THREADS
                   ? FUT_S_ARG
                   : record_free(threads[index].state == THREAD_DEAD, threads[index].dead_epoch,
                                 threads[index].generation);

    if (s == FUT_S_OK) threads[index].state = THREAD_FREE;
    return s;
}

static status sc_free(u32 index)
{
    status s = index >= MAX_SCS ? FUT_S_ARG
                                : record_free(scs[index].live == 2, scs[index].dead_epoch,
                                              scs[index].generation);

    if (s == FUT_S_OK) scs[index].live = 0;
    return s;
}

static status region_free(u32 index)
{
    status s = index >= MAX_REGIONS
                   ? FUT_S_ARG
                   : record_free(regions[index].live == 2, regions[index].dead_epoch,
                                 regions[index].generation);

    if (s == FUT_S_OK) regions[index].live = 0;
    return s;
}

static status irq_free(u32 index)
{
    status s = index >= MAX_IRQS ? FUT_S_ARG
                                 : record_free(irqs[index].live == 2, irqs[index].dead_epoch,
                                               irqs[index].generation);

    if (s == FUT_S_OK) irqs[index].live = 0;
    return s;
}

static status record_release(u32 thread, u64 type, u32 index)
{
    switch (type) {
    case FUT_TYPE_ENDPOINT: return endpoint_free(index);
    case FUT_TYPE_THREAD: return thread_free(index);
    case FUT_TYPE_SC: return sc_free(index);
    case FUT_TYPE_REGION: return region_free(index);
    case FUT_TYPE_IRQ: return irq_free(index);
    case FUT_TYPE_DOMAIN: return index >= MAX_DOMAINS ? FUT_S_ARG : domain_free(thread, index);
    default: return FUT_S_ARG;
    }
}

status obj_free(u32 thread, u64 slot, u64 type, u64 index)
{
    status s = control_check(thread, slot);

    if (s == FUT_S_OK) s = index >> 24 != 0 ? FUT_S_ARG : record_release(thread, type, (u32)index);
    if (s == FUT_S_OK) TOUCH((u32)type, (u32)index); /* only now are they known to name a record */
    return s;
}
