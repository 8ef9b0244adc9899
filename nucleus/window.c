/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows grow by frames that capmgr donates, from their start and for ever: records are
 * type-stable. Keeps invariants 1 (backed counts) and 17 (a donated frame is KOBJ, which nobody can
 * map).
 */
#include "nucleus.h"

#define SECOND 0x100u /* vectors beside threads, capability tables beside domains */

/* The counter of backed pages of a window; how many records it may have, and how many a page holds.
 */
static u32 *window_pages(u32 window, u32 domain, u32 *most, u32 *each)
{
    switch (window) {
    case FUT_TYPE_THREAD:
    case FUT_TYPE_THREAD | SECOND: /* vector records are as many and as large */
        *most = MAX_THREADS, *each = RECORD_PAGE / sizeof(struct thread);
        return window == FUT_TYPE_THREAD ? &nuc.thread_pages : &nuc.vector_pages;
    case FUT_TYPE_ENDPOINT:
        *most = MAX_ENDPOINTS, *each = RECORD_PAGE / sizeof(struct endpoint);
        return &nuc.endpoint_pages;
    case FUT_TYPE_DOMAIN:
        *most = MAX_DOMAINS, *each = RECORD_PAGE / sizeof(struct domain);
        return &nuc.domain_pages;
    case FUT_TYPE_DOMAIN | SECOND:
        *most = domain == ROOT_DOMAIN ? 1u << FUT_ROOT_TABLE_BITS : TABLE_STRIDE;
        *each = SLOTS_PER_PAGE;
        return &domains[domain].caps_pages;
    case FUT_TYPE_SC:
        *most = MAX_SCS, *each = RECORD_PAGE / sizeof(struct sc);
        return &nuc.sc_pages;
    default:
        *most = MAX_REGIONS, *each = RECORD_PAGE / sizeof(struct region);
        return &nuc.region_pages;
    }
}

u32 window_records(u32 type)
{
    u32 most, each, records = *window_pages(type, NIL, &most, &each) * each;

    return records < most ? records : most;
}

static status window_check(u64 type, u64 second, u64 domain)
{
    if (second > 1 || (second == 1 && type != FUT_TYPE_THREAD && type != FUT_TYPE_DOMAIN))
        return FUT_S_ARG;
    if (type != FUT_TYPE_THREAD && type != FUT_TYPE_ENDPOINT && type != FUT_TYPE_DOMAIN &&
        type != FUT_TYPE_SC && type != FUT_TYPE_REGION)
        return FUT_S_ARG;
    if (type == FUT_TYPE_DOMAIN && second == 1 &&
        (domain == 0 || domain >= window_records(FUT_TYPE_DOMAIN) ||
         domains[domain].state == DOMAIN_RETIRED))
        return FUT_S_ARG;
    return FUT_S_OK;
}

static status donate_check(u32 thread, u64 region, u64 offset, u32 *frame)
{
    status s = region_frame(thread, region, offset, FUT_RIGHT_REGION_RETYPE, frame);

    if (s != FUT_S_OK) return s;
    if (frame_kind(*frame) != FUT_FRAME_FREE) return FUT_S_FRAME;
    return epoch_passed(frames[*frame].epoch) ? FUT_S_OK : FUT_S_QUIESCE;
}

status window_grow(u32 thread, u64 slot)
{
    u64 type = threads[thread].reg[REG_X0];
    u64 domain = threads[thread].reg[REG_X0 + 1];
    u64 second = threads[thread].reg[REG_X0 + 4];
    u32 frame, most, each, window, *pages;
    status s =
        cap_check(slots[cap_slot(thread, slot)].key, FUT_TYPE_CONTROL, FUT_RIGHT_CONTROL_CREATE);

    if (s == FUT_S_OK) s = window_check(type, second, domain);
    if (s == FUT_S_OK)
        s = donate_check(thread, threads[thread].reg[REG_X0 + 2], threads[thread].reg[REG_X0 + 3],
                         &frame);
    if (s != FUT_S_OK) return s;
    window = (u32)type | (second == 1 ? SECOND : 0);
    pages = window_pages(window, (u32)domain, &most, &each);
    if (*pages >= most / each) return FUT_S_LIMIT;
    arch_frame_zero(frame); /* from here nothing fails: both answers of arch keep the frame */
    frame_set(frame, FUT_FRAME_KOBJ, 0);
    s = arch_window_back(window,
                         window == (FUT_TYPE_DOMAIN | SECOND)
                             ? (u32)domain * (TABLE_STRIDE / SLOTS_PER_PAGE) + *pages
                             : *pages,
                         frame);
    if (s == FUT_S_OK) *pages = *pages + 1;
    return s;
}
