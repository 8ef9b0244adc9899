/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus' objects: record numbers, windows that grow on demand, and the manager's own slots.
 * A status that cannot happen while the manager's books are right ends the system with a reason.
 */
#include "main.h"

#define OWN_SLOTS 32768u
#define MAX_RECORDS 16384u

static uint64_t own_storage[IDS_WORDS(OWN_SLOTS)];
static uint64_t thread_storage[IDS_WORDS(MAX_RECORDS)], sc_storage[IDS_WORDS(MAX_RECORDS)];
static uint64_t endpoint_storage[IDS_WORDS(MAX_RECORDS)], domain_storage[IDS_WORDS(1024)];
static uint64_t region_storage[IDS_WORDS(MAX_RECORDS)], irq_storage[IDS_WORDS(FUT_MAX_IRQS)];
static struct ids own, thread_ids, sc_ids, endpoint_ids, domain_ids, region_ids, irq_ids;
static uint32_t own_pages;

static struct ids *ids_of(uint32_t type)
{
    switch (type) {
    case FUT_TYPE_THREAD: return &thread_ids;
    case FUT_TYPE_SC: return &sc_ids;
    case FUT_TYPE_ENDPOINT: return &endpoint_ids;
    case FUT_TYPE_DOMAIN: return &domain_ids;
    case FUT_TYPE_IRQ: return &irq_ids;
    default: return &region_ids;
    }
}

/* The record of an object that boot made is taken. */
static void take_boot_record(uint32_t slot, uint32_t type)
{
    struct fut_cap_info info;

    if (fut_sys_cap_info(FUT_BOOT_SLOT_DOMAIN, slot, &info) == FUT_S_OK)
        (void)ids_take_this(ids_of(type), (uint32_t)(info.key >> 8 & 0xffffffu));
}

void nuc_init(void)
{
    uint32_t i;

    ids_init(&own, own_storage, FUT_BOOT_SLOT_FIRST, OWN_SLOTS);
    ids_init(&thread_ids, thread_storage, 1, MAX_RECORDS);
    ids_init(&sc_ids, sc_storage, 1, MAX_RECORDS);
    ids_init(&endpoint_ids, endpoint_storage, FUT_MAX_CORES * FUT_PRIORITIES + 1, MAX_RECORDS);
    ids_init(&domain_ids, domain_storage, 1, 1024);
    ids_init(&region_ids, region_storage, 1, MAX_RECORDS);
    ids_init(&irq_ids, irq_storage, 0, FUT_MAX_IRQS);
    /* The manager's table spans the strides of the records after its own. */
    for (i = 0; i < (1u << FUT_ROOT_TABLE_BITS) / FUT_TABLE_STRIDE; i++)
        (void)ids_take_this(&domain_ids, FUT_ROOT_DOMAIN + i);
    take_boot_record(FUT_BOOT_SLOT_THREAD, FUT_TYPE_THREAD);
    take_boot_record(FUT_BOOT_SLOT_SC, FUT_TYPE_SC);
    take_boot_record(FUT_BOOT_SLOT_RAM, FUT_TYPE_REGION);
    own_pages = boot->windows.tables;
}

uint32_t nuc_sync(void)
{
    uint64_t epoch = 0;

    (void)fut_sys_sync(&epoch);
    return (uint32_t)epoch;
}

uint64_t nuc_ticks(void)
{
    uint64_t ticks, hz;

    (void)fut_sys_clock(&ticks, &hz);
    return ticks;
}

/* One more page behind a window; false when no frame is left. */
static bool nuc_grow(uint32_t type, uint32_t record, uint32_t other)
{
    fut_status s = FUT_S_MORE;
    uint32_t frame, tries;

    for (tries = 0; tries < 8 && (s == FUT_S_MORE || s == FUT_S_QUIESCE); tries++) {
        if (s == FUT_S_QUIESCE) nuc_sync();
        frame = page_take_free();
        if (frame == CM_NONE) return false;
        s = fut_sys_window_grow(FUT_BOOT_SLOT_CONTROL, type, record, FUT_BOOT_SLOT_RAM, frame,
                                other);
        if (s == FUT_S_OK || s == FUT_S_MORE)
            kernel_pages++;
        else
            page_give_free(frame);
    }
    return s == FUT_S_OK;
}

void nuc_grow_vectors(uint32_t record) { (void)nuc_grow(FUT_TYPE_THREAD, record, 1); }

uint32_t own_slot_take(void)
{
    uint32_t slot = ids_take(&own);

    if (slot == CM_NONE) return CM_NONE;
    while (slot / 256u >= own_pages) {
        if (!nuc_grow(FUT_TYPE_DOMAIN, FUT_ROOT_DOMAIN, 1)) {
            ids_give(&own, slot);
            return CM_NONE;
        }
        own_pages++;
    }
    return slot;
}

void own_slot_give(uint32_t slot) { ids_give(&own, slot); }

void own_slot_clear(uint32_t slot)
{
    (void)fut_sys_cap_clear(FUT_BOOT_SLOT_DOMAIN, slot);
    ids_give(&own, slot);
}

fut_status nuc_cap_set(uint32_t domain_slot, uint32_t slot, uint32_t source, uint32_t rights,
                       uint64_t badge, uint32_t type)
{
    fut_status s = fut_sys_cap_set(domain_slot, slot, source, rights, badge, type);

    if (s == FUT_S_QUIESCE) {
        nuc_sync();
        s = fut_sys_cap_set(domain_slot, slot, source, rights, badge, type);
    }
    return s;
}

/* obj_create, and what it asks for: an epoch, or a backed record. */
static fut_status nuc_try_create(uint32_t type, uint32_t record, uint32_t slot,
                                 const uint64_t argument[5])
{
    fut_status s = FUT_S_OK;
    uint32_t tries;

    for (tries = 0; tries < 64; tries++) {
        s = fut_sys_obj_create(FUT_BOOT_SLOT_CONTROL, type, record, slot, argument);
        if (s == FUT_S_QUIESCE)
            nuc_sync();
        else if (s != FUT_S_TABLE || !nuc_grow(type, record, 0))
            break;
    }
    return s;
}

/* A domain's table needs its page before the domain can be made; the page stays for the next one.
 */
static bool nuc_create_domain(uint32_t record, uint32_t slot, const uint64_t argument[5])
{
    fut_status s;
    uint32_t tries;

    for (tries = 0; tries < 64; tries++) {
        s = fut_sys_obj_create(FUT_BOOT_SLOT_CONTROL, FUT_TYPE_DOMAIN, record, slot, argument);
        if (s == FUT_S_OK) return true;
        if (s == FUT_S_QUIESCE) nuc_sync();
        /* TABLE: the record or its table is not backed. The table can grow only behind a record. */
        else if (s != FUT_S_TABLE ||
                 (!nuc_grow(FUT_TYPE_DOMAIN, record, 1) && !nuc_grow(FUT_TYPE_DOMAIN, record, 0)))
            return false;
    }
    return false;
}

enum cm_err nuc_create(uint32_t type, uint32_t *record, uint32_t *slot, const uint64_t argument[5])
{
    struct ids *ids = ids_of(type);
    bool made;

    if (*record != CM_NONE ? !ids_take_this(ids, *record) : (*record = ids_take(ids)) == CM_NONE)
        return CM_EBUSY;
    *slot = own_slot_take();
    if (*slot == CM_NONE) {
        ids_give(ids, *record);
        return CM_ENOSPC;
    }
    if (type == FUT_TYPE_DOMAIN)
        made = nuc_create_domain(*record, *slot, argument);
    else
        made = nuc_try_create(type, *record, *slot, argument) == FUT_S_OK;
    if (made) return CM_OK;
    own_slot_give(*slot);
    ids_give(ids, *record);
    return CM_ENOMEM;
}

void nuc_free_record(uint32_t type, uint32_t record)
{
    uint64_t freed;
    fut_status s = fut_sys_obj_free(FUT_BOOT_SLOT_CONTROL, type, record, &freed);

    if (s == FUT_S_QUIESCE) {
        nuc_sync();
        s = fut_sys_obj_free(FUT_BOOT_SLOT_CONTROL, type, record, &freed);
    }
    if (s == FUT_S_OK)
        ids_give(ids_of(type),
                 record); /* otherwise the record is retired, or a bug: never reused */
    else
        log_say2(LOG_WARNING, "a record could not be freed: ", "status", s);
}

void nuc_destroy(uint32_t type, uint32_t record, uint32_t slot)
{
    (void)fut_sys_obj_kill(slot);
    if (type == FUT_TYPE_ENDPOINT) {
        while (fut_sys_ep_drain(slot) == FUT_S_MORE)
            ;
    }
    own_slot_clear(slot);
    nuc_free_record(type, record);
}

/* The capability that rings bit 63 of a component's first thread; made anew when that thread ends.
 */
static bool nuc_make_bell(struct comp *c)
{
    uint32_t slot = own_slot_take();

    if (slot == CM_NONE) return false;
    if (nuc_cap_set(FUT_BOOT_SLOT_DOMAIN, slot, thread_recs[c->thread_first].slot,
                    FUT_RIGHT_NOTIFY_SIGNAL, BIT_MANAGER, FUT_TYPE_NOTIFY) != FUT_S_OK) {
        own_slot_give(slot);
        return false;
    }
    c->bell = slot;
    return true;
}

void nuc_drop_bell(struct comp *c)
{
    if (c->bell != CM_NONE) own_slot_clear(c->bell);
    c->bell = CM_NONE;
}

void nuc_notify(uint32_t comp)
{
    struct comp *c = &comps[comp];

    if (comp == 0 || comp >= COMPS || c->thread_first == CM_NONE || c->state != COMP_RUNNING)
        return;
    if (c->bell != CM_NONE && fut_sys_notify(c->bell) == FUT_S_OK) return;
    nuc_drop_bell(c);
    if (nuc_make_bell(c)) (void)fut_sys_notify(c->bell);
}

bool nuc_cap_info(uint32_t domain_slot, uint32_t slot, uint64_t *key, uint64_t *badge)
{
    struct fut_cap_info info;

    if (fut_sys_cap_info(domain_slot, slot, &info) != FUT_S_OK) return false;
    *key = info.key;
    *badge = info.badge;
    return true;
}

void nuc_reset(uint32_t kind) { (void)fut_sys_reset(FUT_BOOT_SLOT_CONTROL, kind); }
