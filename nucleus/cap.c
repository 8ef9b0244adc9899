/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities: keys, look-up, and the three calls on capability tables.
 *
 *      key:  63      32 31        8 7    4 3    0
 *            generation  object     type   rights         an empty slot: epoch of its clearing, 0,
 * NONE, 0
 *
 * A slot is looked up by mask, without a branch on its bounds. A non-empty slot is never
 * overwritten; a writer stores the badge and then releases the key. Keeps invariants 11 (rights and
 * ranges only shrink, a badge is set only from zero) and 12 (a usable capability names a live
 * object).
 */
#include "nucleus.h"

u32 key_type(u64 key) { return (u32)(key >> 4) & 15u; }

u32 key_rights(u64 key) { return (u32)key & 15u; }

u32 key_object(u64 key) { return (u32)(key >> 8) & 0xffffffu; }

u32 key_generation(u64 key) { return (u32)(key >> 32); }

u64 key_make(u32 generation, u32 object, u32 type, u32 rights)
{
    return ((u64)generation << 32) | ((u64)object << 8) | ((u64)type << 4) | rights;
}

u32 cap_slot(u32 thread, u64 slot)
{
    return threads[thread].caps + ((u32)slot & threads[thread].caps_mask);
}

bool cap_alive(u64 key)
{
    u32 object = key_object(key);
    u32 generation = key_generation(key);

    switch (key_type(key)) {
    case FUT_TYPE_ENDPOINT:
        return object < MAX_ENDPOINTS && (u32)(endpoints[object].key >> 32) == generation;
    case FUT_TYPE_NOTIFY:
    case FUT_TYPE_THREAD: return object < MAX_THREADS && threads[object].generation == generation;
    case FUT_TYPE_DOMAIN: return object < MAX_DOMAINS && domains[object].generation == generation;
    case FUT_TYPE_SC: return object < MAX_SCS && scs[object].generation == generation;
    case FUT_TYPE_IRQ: return object < MAX_IRQS && irqs[object].generation == generation;
    case FUT_TYPE_REGION: return object < MAX_REGIONS && regions[object].generation == generation;
    case FUT_TYPE_CONTROL: return true;
    default: return false;
    }
}

status cap_check(u64 key, u32 type, u32 rights)
{
    if (key_type(key) == FUT_TYPE_NONE) return FUT_S_EMPTY;
    if (key_type(key) != type) return FUT_S_TYPE;
    if ((key_rights(key) & rights) != rights) return FUT_S_RIGHT;
    if (!cap_alive(key)) return FUT_S_DEAD;
    return FUT_S_OK;
}

status cap_named(u32 thread, u64 slot, u32 type, u32 rights, u32 *object)
{
    u64 key = slots[cap_slot(thread, slot)].key;

    *object = key_object(key);
    return cap_check(key, type, rights);
}

status cap_place_check(u32 domain, u64 slot)
{
    u64 key;

    if (slot == 0 || slot > domains[domain].caps_mask) return FUT_S_ARG;
    if (slot / SLOTS_PER_PAGE >= domains[domain].caps_pages) return FUT_S_TABLE;
    key = slots[domains[domain].caps + (u32)slot].key;
    if (key_type(key) != FUT_TYPE_NONE) return FUT_S_BUSY;
    if (!epoch_passed(key_generation(key))) return FUT_S_QUIESCE;
    return FUT_S_OK;
}

void cap_place(u32 domain, u32 index, u64 key, u64 badge)
{
    u32 at = domains[domain].caps + index;

    TOUCH(TOUCH_SLOT, at);
    slots[at].badge = badge;
    __atomic_store_n(&slots[at].key, key, __ATOMIC_RELEASE);
    domains[domain].caps_used = domains[domain].caps_used + 1;
}

/* A part (offset << 32 | frames) of the range that `held` names. */
static bool range_within(u64 part, u64 held)
{
    u64 first = part >> 32, count = (u32)part;
    u64 low = held >> 32, high = low + (u32)held;

    return count != 0 && first >= low && first + count <= high;
}

/* The key and badge of a copy of `source` with less authority; ARG or RIGHT where it would not be
 * less. */
static status cap_derive(struct slot source, u64 rights, u64 badge, u64 type, struct slot *out)
{
    u32 kind = key_type(source.key);
    u64 kept = source.badge;

    if (type == FUT_TYPE_NOTIFY && kind == FUT_TYPE_THREAD) {
        if ((key_rights(source.key) & FUT_RIGHT_THREAD_BIND) == 0) return FUT_S_RIGHT;
        if (badge == 0) return FUT_S_ARG;
        out->key = key_make(key_generation(source.key), key_object(source.key), FUT_TYPE_NOTIFY,
                            FUT_RIGHT_NOTIFY_SIGNAL & (u32)rights);
        out->badge = badge;
        return FUT_S_OK;
    }
    if (type != 0 && type != kind) return FUT_S_TYPE;
    if (badge != 0) {
        if (kind == FUT_TYPE_REGION   ? !range_within(badge, kept)
            : kind == FUT_TYPE_NOTIFY ? (badge & ~kept) != 0
                                      : kept != 0 && kept != badge)
            return FUT_S_ARG;
        kept = badge;
    }
    out->key = (source.key & ~(u64)15) | (key_rights(source.key) & (u32)rights);
    out->badge = kept;
    return FUT_S_OK;
}

status cap_set(u32 thread, u64 domain_slot, u64 slot, u64 source, u64 rights, u64 badge, u64 type)
{
    u32 domain;
    status s = cap_named(thread, domain_slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_TABLE, &domain);
    struct slot from, to;

    if (s != FUT_S_OK) return s;
    if (domains[domain].state != DOMAIN_LIVE) return FUT_S_STATE;
    s = cap_place_check(domain, slot);
    if (s != FUT_S_OK) return s;
    from = slots[cap_slot(thread, source)];
    if (key_type(from.key) == FUT_TYPE_NONE) return FUT_S_EMPTY;
    if (!cap_alive(from.key)) return FUT_S_DEAD;
    s = cap_derive(from, rights, badge, type, &to);
    if (s != FUT_S_OK) return s;
    cap_place(domain, (u32)slot, to.key, to.badge);
    return FUT_S_OK;
}

/* The slot named by a domain capability and an index; its domain may be dying, since clearing is
 * how it ends. */
static status cap_target(u32 thread, u64 domain_slot, u64 slot, u32 *domain, u32 *at)
{
    status s = cap_named(thread, domain_slot, FUT_TYPE_DOMAIN, FUT_RIGHT_DOMAIN_TABLE, domain);

    if (s != FUT_S_OK) return s;
    if (slot > domains[*domain].caps_mask) return FUT_S_ARG;
    *at = domains[*domain].caps + (u32)slot;
    return FUT_S_OK;
}

status cap_clear(u32 thread, u64 domain_slot, u64 slot)
{
    u32 domain, at;
    status s = cap_target(thread, domain_slot, slot, &domain, &at);

    if (s != FUT_S_OK) return s;
    if (key_type(slots[at].key) == FUT_TYPE_NONE) return FUT_S_EMPTY;
    TOUCH(TOUCH_SLOT, at);
    __atomic_store_n(&slots[at].key, (u64)epoch_stamp() << 32, __ATOMIC_RELEASE);
    domains[domain].caps_used = domains[domain].caps_used - 1;
    return FUT_S_OK;
}

status cap_info(u32 thread, u64 domain_slot, u64 slot)
{
    u32 domain, at;
    status s = cap_target(thread, domain_slot, slot, &domain, &at);
    struct slot cap;

    if (s != FUT_S_OK) return s;
    cap = slots[at];
    if (key_type(cap.key) == FUT_TYPE_NONE) return FUT_S_EMPTY;
    threads[thread].reg[REG_X0] = cap.key;
    threads[thread].reg[REG_X0 + 1] = cap.badge;
    threads[thread].reg[REG_X0 + 2] = cap_alive(cap.key);
    return FUT_S_OK;
}
