/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state as bytes, and back. Left out is what is constant or made equal between steps: token
 * sequences (a reply after many calls is like one after few), time, the number of the epoch, and
 * lives, of which a capability keeps whether it is good, died with its object's last death, or
 * before. What no live record may read is unpacked as poison.
 */
#include <string.h>

#include "model.h"

#define POISON 0x77u

u32 packed_size;
static u8 *at;
static bool saving, lives_count;

static u8 item(u64 value)
{
    if (saving) *at = (u8)value;
    return *at++;
}

#define FIELD(place) (place) = item((u64)(place))

/* Packing leaves lives as they are: those that come later are told by their distance to them. */
static u32 life_item(u64 object)
{
    u8 byte = item(saving && !lives_count ? GENERATION : object);

    return saving ? (u32)object : byte;
}

/* The life of an object as a capability names it. */
static u32 name_item(u32 name, u32 object)
{
    u32 age = object - name;
    u8 byte = item(saving && !lives_count ? GENERATION - (age < 2 ? age : 2) : name);

    return saving ? name : byte;
}

static u32 stamp_item(u32 stamp, bool counts)
{
    return item(counts && epoch_passed(stamp)) != 0 ? 0 : EPOCH;
}

/* Of a record that is not dead the stamp has passed (invariant 18, checked before this). */
static u32 death_item(u32 stamp, bool dead) { return stamp_item(dead ? stamp : 0, true); }

static void thread_queued(struct thread *r)
{
    u32 base = r->state & THREAD_STATE_MASK;
    u64 mask = r->mask;

    mask = item(base == THREAD_WAIT_RECV ? mask : POISON);
    r->mask = mask == 0xff ? ~(u64)0 : mask;
    r->kind = item(base == THREAD_WAIT_SEND ? r->kind : MESSAGE_FAULT);
    r->badge = item(base == THREAD_WAIT_SEND ? r->badge : POISON);
    r->fault_kind = item(base == THREAD_WAIT_SEND ? r->fault_kind : POISON);
    r->fault_address = r->fault_kind * 0x100u;
    r->fault_syndrome = r->fault_kind * 0x1000u;
}

static void thread_fields(u32 t)
{
    struct thread *r = &threads[t];

    FIELD(r->state);
    FIELD(r->next);
    FIELD(r->prev);
    FIELD(r->list);
    FIELD(r->sc);
    FIELD(r->wait_domain);
    FIELD(r->domain);
    FIELD(r->home);
    FIELD(r->lent);
    FIELD(r->lender);
    FIELD(r->pending);
    r->late = item((r->state & THREAD_STATE_MASK) == THREAD_WAIT_RECV ? r->late : 0);
    FIELD(r->fastprio);
    r->prio = item(r->domain != NIL ? r->prio : 0);
    r->flags = item(r->domain != NIL || r->state == THREAD_INIT ? r->flags : POISON);
    r->fault_slot = item(r->domain != NIL ? r->fault_slot : POISON);
    thread_queued(r);
    r->generation = life_item(r->generation);
    r->dead_epoch = death_item(r->dead_epoch, r->state == THREAD_DEAD);
    r->token = item(r->token != 0) != 0 ? token_word(t, TOKEN_SEQUENCE) : 0;
}

static void endpoint_fields(u32 i)
{
    struct endpoint *e = &endpoints[i];
    u32 d, served = 0;

    FIELD(e->head);
    FIELD(e->tail);
    if (i <= RUN_QUEUES) return;
    FIELD(e->kind);
    FIELD(e->live);
    for (d = 0; saving && d < DOMAINS; d++)
        if (d == 0 || (domains[d].instance == e->served && e->served != 0)) served = d;
    e->served = item(served); /* rebuild() gives a domain its index as its instance */
    e->key = (u64)life_item(e->key >> 32) << 32;
    e->dead_epoch = death_item(e->dead_epoch, e->live == 2);
}

static void context_fields(u32 i)
{
    struct sc *c = &scs[i];

    FIELD(c->live);
    FIELD(c->home);
    FIELD(c->runner);
    FIELD(c->lender);
    c->class = item(c->live == 1 ? c->class : POISON);
    c->budget = item(c->live == 1 ? c->budget : POISON);
    c->left = item(c->live == 1 ? c->left : POISON);
    c->generation = life_item(c->generation);
    c->dead_epoch = death_item(c->dead_epoch, c->live == 2);
    if (!saving) c->used = 0;
}

static u32 life_of(u32 type, u32 object)
{
    switch (type) {
    case FUT_TYPE_ENDPOINT: return (u32)(endpoints[object].key >> 32);
    case FUT_TYPE_DOMAIN: return domains[object].generation;
    case FUT_TYPE_SC: return scs[object].generation;
    case FUT_TYPE_IRQ: return irqs[object].generation;
    case FUT_TYPE_REGION: return regions[object].generation;
    case FUT_TYPE_CONTROL: return 0;
    default: return threads[object].generation;
    }
}

static void slot_fields(struct slot *s)
{
    u32 kind = item(s->key & 0xff), object = item(key_object(s->key)), type = kind >> 4;
    u64 badge = s->badge;

    if (type == FUT_TYPE_NONE) {
        s->key = (u64)stamp_item(key_generation(s->key), true) << 32;
        s->badge = item(POISON);
        return;
    }
    if (type == FUT_TYPE_REGION) badge = badge >> 32 << 4 | (badge & 15);
    badge = item(badge);
    s->badge = type == FUT_TYPE_REGION ? badge >> 4 << 32 | (badge & 15) : badge;
    s->key =
        key_make(name_item(key_generation(s->key), life_of(type, object)), object, type, kind & 15);
}

static void domain_fields(u32 i)
{
    struct domain *d = &domains[i];
    u32 j;

    FIELD(d->state);
    FIELD(d->flags);
    FIELD(d->caps_mask);
    FIELD(d->scan);
    FIELD(d->scanned);
    FIELD(d->asid);
    FIELD(d->root_frame);
    FIELD(d->death_thread);
    FIELD(d->death_mask);
    d->death_generation = name_item(d->death_generation, threads[d->death_thread].generation);
    d->dead_epoch = death_item(d->dead_epoch, d->state == DOMAIN_DYING);
    if (!saving) d->threads = d->caps_used = 0;
    for (j = 1; j < d->caps_pages * SLOTS_PER_PAGE; j++) {
        slot_fields(&slots[i * TABLE_STRIDE + j]);
        if (!saving) d->caps_used += key_type(slots[i * TABLE_STRIDE + j].key) != FUT_TYPE_NONE;
    }
}

static void device_fields(void)
{
    struct irq *r = &irqs[0];
    struct cpu *c = &nuc.cpu[0];
    u64 at_time = c->timer_at - model_now;

    FIELD(r->live);
    FIELD(r->masked);
    FIELD(r->thread);
    FIELD(r->mask);
    FIELD(r->flags);
    r->thread_generation = name_item(r->thread_generation, threads[r->thread].generation);
    r->dead_epoch = death_item(r->dead_epoch, r->live == 2);
    FIELD(model_line_masked);
    FIELD(nuc.epoch_needed);
    FIELD(c->cur);
    FIELD(c->ready);
    c->running = threads[c->cur].sc;
    c->charged = NOW - item(c->running != NIL ? model_now - c->charged : 0);
    at_time = item(c->timer_at == ~(u64)0 ? NEVER : at_time);
    c->timer_at = at_time == NEVER ? ~(u64)0 : NOW + at_time;
    c->timer_thread = item(at_time == NEVER ? 0 : c->timer_thread);
    c->timer_mask = item(at_time == NEVER ? POISON : c->timer_mask);
    c->timer_generation = name_item(c->timer_generation, threads[c->timer_thread].generation);
}

static void memory_fields(void)
{
    u32 i;

    for (i = 0; i < MAX_FRAMES; i++) {
        FIELD(frames[i].type_level);
        if (frame_kind(i) == FUT_FRAME_FREE) frames[i].owner = NO_FRAME, frames[i].flags = 0;
        frames[i].epoch = stamp_item(frames[i].epoch, frame_kind(i) == FUT_FRAME_FREE);
    }
    for (i = 1; i < REGIONS; i++) {
        FIELD(regions[i].live);
        FIELD(regions[i].base);
        FIELD(regions[i].frames);
        FIELD(regions[i].kind);
        regions[i].dead_epoch = death_item(regions[i].dead_epoch, regions[i].live == 2);
    }
}

static void all_fields(void)
{
    u32 i;

    for (i = 1; i < REGIONS; i++)
        regions[i].generation = life_item(regions[i].generation);
    for (i = 1; i < DOMAINS; i++)
        domains[i].generation = life_item(domains[i].generation);
    irqs[0].generation = life_item(irqs[0].generation);
    for (i = 1; i <= RUN_QUEUES + EPS; i++)
        endpoint_fields(i);
    for (i = 1; i < SCS; i++)
        context_fields(i);
    for (i = 1; i < THREADS; i++)
        thread_fields(i);
    for (i = 1; i < DOMAINS; i++)
        domain_fields(i);
    device_fields();
    memory_fields();
}

/* What unpacking derives. */
static void rebuild(void)
{
    u32 i;
    const struct thread *t = &threads[nuc.cpu[0].cur];
    u64 end = nuc.cpu[0].running != NIL ? nuc.cpu[0].charged + scs[t->sc].left : ~(u64)0;

    memset(nuc.asid_owner, 0, sizeof nuc.asid_owner);
    memset(model_effect, 0, sizeof model_effect);
    for (i = 1; i < DOMAINS; i++) {
        domains[i].root = arch_root_word(domains[i].root_frame, domains[i].asid);
        domains[i].instance = i;
        domains[i].caps = i * TABLE_STRIDE;
        if (domains[i].asid != 0) nuc.asid_owner[domains[i].asid] = i;
        if (domains[i].state != DOMAIN_LIVE && domains[i].state != DOMAIN_DYING) continue;
        frames[domains[i].root_frame].owner = i;
        frames[domains[i].root_frame].flags = FRAME_ROOT;
    }
    for (i = 1; i < THREADS; i++) {
        struct domain *d = &domains[threads[i].domain];
        bool table = threads[i].domain != NIL && (d->flags & FUT_DOMAIN_FOREIGN) == 0;
        threads[i].caps = table ? d->caps : 0;
        threads[i].caps_mask = table ? d->caps_mask : 0;
        threads[i].root = d->root;
        if (threads[i].domain != NIL) d->threads++;
    }
    if (nuc.cpu[0].running != NIL) scs[t->sc].used = nuc.cpu[0].charged - NOW;
    model_armed = end < nuc.cpu[0].timer_at ? end : nuc.cpu[0].timer_at;
}

void state_pack(u8 *bytes, bool retires)
{
    saving = true;
    lives_count = retires;
    at = bytes;
    all_fields();
    packed_size = ((u32)(at - bytes) + 7u) & ~7u; /* whole words, for the hash */
}

void state_unpack(const u8 *bytes)
{
    saving = false;
    at = (u8 *)(uintptr_t)bytes;
    nuc.epoch = nuc.cpu[0].seen = EPOCH;
    nuc.next_instance = 100;
    model_now = NOW;
    all_fields();
    rebuild();
}
