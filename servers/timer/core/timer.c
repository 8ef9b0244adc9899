/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines: a binary heap with a bound for each client. See timer_core.h. */
#include "timer_core.h"

static bool entry_is_before(const struct timer_entry *a, const struct timer_entry *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void heap_swap(struct timer *t, uint32_t a, uint32_t b)
{
    struct timer_entry e = t->heap[a];

    t->heap[a] = t->heap[b];
    t->heap[b] = e;
}

static void heap_rise(struct timer *t, uint32_t i)
{
    while (i > 0 && entry_is_before(&t->heap[i], &t->heap[(i - 1) / 2])) {
        heap_swap(t, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static void heap_sink(struct timer *t, uint32_t i)
{
    for (;;) {
        uint32_t least = i;

        for (uint32_t k = 2 * i + 1; k <= 2 * i + 2 && k < t->count; k++) {
            if (entry_is_before(&t->heap[k], &t->heap[least])) least = k;
        }
        if (least == i) return;
        heap_swap(t, i, least);
        i = least;
    }
}

static void heap_remove(struct timer *t, uint32_t i)
{
    t->heap[i] = t->heap[--t->count];
    if (i < t->count) {
        heap_rise(t, i);
        heap_sink(t, i);
    }
}

/* Keeps the comparator at the earliest deadline; touches it only when that changed. */
static void timer_arm(struct timer *t)
{
    uint64_t next = timer_next(t);

    if (next == t->armed) return;
    t->armed = next;
    t->ops->arm(t->ctx, next);
}

void timer_init(struct timer *t, const struct timer_ops *ops, void *ctx)
{
    t->ops = ops;
    t->ctx = ctx;
    t->count = 0;
    t->next_order = 0;
    t->armed = TIMER_NEVER;
}

uint64_t timer_next(const struct timer *t)
{
    return t->count != 0 ? t->heap[0].deadline : TIMER_NEVER;
}

enum timer_error timer_add(struct timer *t, uint64_t owner, uint64_t token, uint64_t deadline)
{
    uint32_t mine = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        if (t->heap[i].owner != owner) continue;
        if (t->heap[i].token == token) return TIMER_E_EXISTS;
        mine++;
    }
    if (mine >= TIMER_PER_CLIENT) return TIMER_E_LIMIT;
    if (t->count == TIMER_ENTRIES) return TIMER_E_FULL;
    /* TIMER_NEVER means "disarmed" to the comparator; 584 years less one tick will do as well. */
    if (deadline == TIMER_NEVER) deadline--;
    t->heap[t->count++] = (struct timer_entry){deadline, t->next_order++, owner, token};
    heap_rise(t, t->count - 1);
    timer_arm(t);
    return TIMER_OK;
}

enum timer_error timer_cancel(struct timer *t, uint64_t owner, uint64_t token)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->heap[i].owner == owner && t->heap[i].token == token) {
            heap_remove(t, i);
            timer_arm(t);
            return TIMER_OK;
        }
    }
    return TIMER_E_MISSING;
}

void timer_drop(struct timer *t, uint64_t owner)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        if (t->heap[i].owner != owner) t->heap[kept++] = t->heap[i];
    }
    t->count = kept;
    for (uint32_t i = kept / 2; i-- > 0;)
        heap_sink(t, i);
    timer_arm(t);
}

uint32_t timer_expire(struct timer *t, uint64_t now)
{
    uint32_t n = 0;

    while (n < TIMER_BATCH && t->count != 0 && t->heap[0].deadline <= now) {
        struct timer_entry e = t->heap[0];

        heap_remove(t, 0);
        t->ops->expire(t->ctx, e.owner, e.token, e.deadline, now);
        n++;
    }
    /* The comparator has fired: arm it even if the earliest deadline is the old one. */
    t->armed = TIMER_NEVER;
    timer_arm(t);
    return n;
}

const char *timer_strerror(enum timer_error error)
{
    switch (error) {
    case TIMER_OK: return "no error";
    case TIMER_E_FULL: return "too many deadlines in the system";
    case TIMER_E_LIMIT: return "too many deadlines of this client";
    case TIMER_E_EXISTS: return "this deadline is set already";
    case TIMER_E_MISSING: return "no such deadline";
    case TIMER_E_NOT_SET: return "clock not set";
    case TIMER_E_RANGE: return "time outside the range of the clock";
    }
    return "unknown timer error";
}
