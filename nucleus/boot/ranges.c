/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of page frames as sorted runs, and the allocator of boot: it takes the lowest frame that is
 * left. */
#include "boot.h"

struct boot boot;

static void run_delete(struct boot_ranges *r, u32 at)
{
    r->count--;
    for (; at < r->count; at++)
        r->run[at] = r->run[at + 1];
}

static void run_insert(struct boot_ranges *r, u32 at, u64 first, u64 end)
{
    u32 i;

    if (r->count == BOOT_RANGES_MAX) boot_fail("memory is in too many pieces", NULL);
    for (i = r->count; i > at; i--)
        r->run[i] = r->run[i - 1];
    r->run[at].first = first;
    r->run[at].end = end;
    r->count++;
}

void ranges_add(struct boot_ranges *r, u64 first, u64 end)
{
    u32 at = 0;

    if (first >= end) return;
    while (at < r->count && r->run[at].end < first)
        at++;
    while (at < r->count && r->run[at].first <= end) {
        first = r->run[at].first < first ? r->run[at].first : first;
        end = r->run[at].end > end ? r->run[at].end : end;
        run_delete(r, at);
    }
    run_insert(r, at, first, end);
}

void ranges_subtract(struct boot_ranges *r, u64 first, u64 end)
{
    u32 at = 0;
    u64 low, high;

    while (first < end && at < r->count) {
        low = r->run[at].first;
        high = r->run[at].end;
        if (high <= first || low >= end) {
            at++;
            continue;
        }
        run_delete(r, at);
        if (high > end) run_insert(r, at, end, high);
        if (low < first) run_insert(r, at++, low, first);
    }
}

bool ranges_cover(const struct boot_ranges *r, u64 first, u64 end)
{
    u32 i;

    for (i = 0; i < r->count; i++)
        if (r->run[i].first <= first && end <= r->run[i].end) return true;
    return false;
}

u64 boot_alloc(void)
{
    u64 pfn;

    if (boot.left.count == 0) boot_fail("not enough memory", NULL);
    pfn = boot.left.run[0].first++;
    if (boot.left.run[0].first == boot.left.run[0].end) run_delete(&boot.left, 0);
    return pfn;
}

/* A part that the loader left: in RAM, and not where the image is. It stays usable even if it is
 * reserved. */
void boot_part(const char *name, u64 base, u64 size)
{
    u64 first = base >> FUT_PAGE_BITS, end = (base + size - 1) / FUT_PAGE_SIZE + 1;

    if (size == 0 || base + size < base || !ranges_cover(&boot.banks, first, end))
        boot_fail(name, "not in RAM");
    if (base < boot.image_end_pa && boot.image_pa < base + size)
        boot_fail(name, "overlaps the nucleus");
    ranges_add(&boot.usable, first, end);
}
