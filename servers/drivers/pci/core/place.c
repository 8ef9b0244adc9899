/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of memory BARs, and the windows of the bridges before them; see pcibus.h. */
#include "config.h"

#define BRIDGE_GRAIN 0x100000u /* of a bridge's window */
#define LOW_END (UINT64_C(1) << 32)
#define WINDOW_CLOSED 0x0000fff0u /* base above limit */

/* Where addresses are given out. */
struct room {
    uint64_t next, end;
};

static bool is_memory(const struct pcibus_bar *b)
{
    return b->kind == PCIBUS_BAR_MEM32 || b->kind == PCIBUS_BAR_MEM64;
}

/* A page is the least that can be given to a driver, so BARs do not share one. */
static uint64_t room_of(const struct pcibus_bar *b)
{
    return b->size > PCIBUS_PAGE ? b->size : PCIBUS_PAGE;
}

static bool lies_in(const struct pcibus_bar *b, const struct pcibus_window *window,
                    uint32_t windows)
{
    for (uint32_t i = 0; i < windows; i++) {
        if (b->address >= window[i].address && room_of(b) <= window[i].size &&
            b->address - window[i].address <= window[i].size - room_of(b))
            return true;
    }
    return false;
}

static bool overlaps_another(const struct pcibus *p, const struct pcibus_bar *b)
{
    for (uint32_t i = 0; i < p->count; i++) {
        for (uint32_t k = 0; k < PCIBUS_BARS; k++) {
            const struct pcibus_bar *o = &p->function[i].bar[k];

            if (o != b && is_memory(o) && b->address < o->address + room_of(o) &&
                o->address < b->address + room_of(b))
                return true;
        }
    }
    return false;
}

/* Has firmware given every BAR a place that it can keep? */
static bool is_placed(const struct pcibus *p, const struct pcibus_window *window, uint32_t windows)
{
    for (uint32_t i = 0; i < p->count; i++) {
        for (uint32_t k = 0; k < PCIBUS_BARS; k++) {
            const struct pcibus_bar *b = &p->function[i].bar[k];

            if (!is_memory(b)) continue;
            if (b->address == 0 || (b->address & (room_of(b) - 1)) != 0 ||
                !lies_in(b, window, windows) || overlaps_another(p, b))
                return false;
        }
    }
    return true;
}

/* The largest window below, or above, 4 GiB, in whole grains. Address 0 is nobody's: it means none.
 */
static struct room room_find(const struct pcibus_window *window, uint32_t windows, bool high)
{
    struct room r = {0, 0};

    for (uint32_t i = 0; i < windows; i++) {
        uint64_t start = window[i].address, end = start + window[i].size;

        if (end < start || (high ? start < LOW_END : end > LOW_END)) continue;
        start = start == 0 ? BRIDGE_GRAIN : (start + BRIDGE_GRAIN - 1) & -(uint64_t)BRIDGE_GRAIN;
        end &= -(uint64_t)BRIDGE_GRAIN;
        if (end > start && end - start > r.end - r.next) r = (struct room){start, end};
    }
    return r;
}

static uint64_t room_take(struct room *r, uint64_t size)
{
    uint64_t at = (r->next + size - 1) & -size;

    if (at < r->next || at >= r->end || size > r->end - at) return 0;
    r->next = at + size;
    return at;
}

static void bar_write(struct pcibus *p, const struct pcibus_function *f, uint32_t index)
{
    const struct pcibus_bar *b = &f->bar[index];

    config_write(p, f, REG_BAR + 4 * index, (uint32_t)b->address);
    if (b->kind == PCIBUS_BAR_MEM64)
        config_write(p, f, REG_BAR + 4 * (index + 1), (uint32_t)(b->address >> 32));
}

static void bars_place(struct pcibus *p, struct pcibus_function *f, struct room *low,
                       struct room *high)
{
    for (uint32_t i = 0; i < PCIBUS_BARS; i++) {
        struct pcibus_bar *b = &f->bar[i];
        bool may_be_high = b->kind == PCIBUS_BAR_MEM64 && f->parent == PCIBUS_NOBODY;

        if (!is_memory(b)) continue;
        b->address = may_be_high && b->is_prefetchable ? room_take(high, room_of(b)) : 0;
        if (b->address == 0) b->address = room_take(low, room_of(b));
        if (b->address == 0 && may_be_high) b->address = room_take(high, room_of(b));
        p->unplaced += b->address == 0;
        bar_write(p, f, i);
    }
}

static void room_align(struct room *r)
{
    r->next = (r->next + BRIDGE_GRAIN - 1) & -(uint64_t)BRIDGE_GRAIN;
}

/* A bridge passes on what lies in [start, end), nothing if that is empty. */
static void bridge_open(struct pcibus *p, const struct pcibus_function *f, uint64_t start,
                        uint64_t end)
{
    uint32_t window = WINDOW_CLOSED;

    if (end > start)
        window = (uint32_t)((end - 1) & 0xfff00000u) | ((uint32_t)(start >> 16) & 0xfff0u);
    config_write(p, f, REG_MEMORY, window);
    config_write(p, f, REG_PREFETCH, WINDOW_CLOSED);
    config_write(p, f, REG_PREFETCH_BASE, 0);
    config_write(p, f, REG_PREFETCH_LIMIT, 0);
    config_command(p, f, 0, end > start ? COMMAND_MEMORY | COMMAND_MASTER : 0);
}

/* Functions come depth first, so what is behind a bridge is one piece of the list, and its
 * addresses are one piece of the window: up to the first that is not behind it. */
static void all_place(struct pcibus *p, struct room *low, struct room *high)
{
    uint64_t start[PCIBUS_DEPTH + 1];
    uint32_t open[PCIBUS_DEPTH + 1], depth = 0;

    for (uint32_t i = 0; i <= p->count; i++) {
        while (depth != 0 && (i == p->count || p->function[i].parent != open[depth - 1])) {
            room_align(low);
            depth--;
            bridge_open(p, &p->function[open[depth]], start[depth], low->next);
        }
        if (i == p->count) return;
        bars_place(p, &p->function[i], low, high);
        if (p->function[i].secondary != 0) {
            room_align(low);
            start[depth] = low->next;
            open[depth++] = i;
        }
    }
}

void pcibus_place(struct pcibus *p, const struct pcibus_window *window, uint32_t windows)
{
    struct room low = room_find(window, windows, false), high = room_find(window, windows, true);

    p->unplaced = 0;
    if (!is_placed(p, window, windows)) all_place(p, &low, &high);
}

void pcibus_enable(struct pcibus *p, uint32_t index, bool memory, bool master)
{
    uint32_t set = (memory ? COMMAND_MEMORY : 0) | (master ? COMMAND_MASTER : 0);

    config_command(p, &p->function[index], COMMAND_DECODE | COMMAND_MASTER, set);
}

uint64_t pcibus_room(const struct pcibus_function *f, uint32_t bar)
{
    const struct pcibus_bar *b = &f->bar[bar];

    return bar < PCIBUS_BARS && is_memory(b) && b->address != 0 ? room_of(b) : 0;
}

uint32_t pcibus_config(const struct pcibus *p, uint32_t index, uint32_t offset)
{
    return config_read(p, &p->function[index], offset);
}
