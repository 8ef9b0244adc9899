/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first objects: windows with their first pages, the capability manager's domain, thread,
 * context, region and capabilities. All are records as the generic code would have made them, so
 * that its invariants hold from the start.
 */
#include "boot.h"
#include "nucleus.h"

#define THREAD_PAGES 4u
#define ENDPOINT_PAGES 9u /* the run queues, and as many records again as their last page has */
#define TABLE_PAGES 4u
#define FIRST 1u /* thread, context and region of the capability manager */
#define SLICES 100u

static void window_page(u32 window, u32 page)
{
    u32 frame;

    do {
        frame = (u32)(boot_alloc() - nuc.ram_base);
        arch_frame_zero(frame);
        frame_set(frame, FUT_FRAME_KOBJ, 0);
    } while (arch_window_back(window, page, frame) == FUT_S_MORE);
}

static u32 window_pages(u32 window, u32 first, u32 count)
{
    u32 i;

    for (i = 0; i < count; i++)
        window_page(window, first + i);
    return count;
}

/* Run queues are no endpoints: no capability has this generation, since records are retired before
 * it. */
static void queues_create(void)
{
    u32 i;

    for (i = 0; i <= RUN_QUEUES; i++)
        endpoints[i].key = (u64)GENERATION_MAX << 32;
}

static void domain_create_root(void)
{
    u32 i, records = FUT_PAGE_SIZE / sizeof(struct domain);
    u32 strides = (1u << FUT_ROOT_TABLE_BITS) / TABLE_STRIDE;

    for (i = ROOT_DOMAIN + 1; i < ROOT_DOMAIN + strides && i < records; i++)
        domains[i].state = DOMAIN_RETIRED;
    domains[ROOT_DOMAIN].instance = 1;
    nuc.next_instance = 2;
    domains[ROOT_DOMAIN].caps = ROOT_DOMAIN * TABLE_STRIDE;
    domains[ROOT_DOMAIN].caps_mask = (1u << FUT_ROOT_TABLE_BITS) - 1;
    domains[ROOT_DOMAIN].caps_pages = window_pages(
        FUT_TYPE_DOMAIN | 0x100, ROOT_DOMAIN * (TABLE_STRIDE / SLOTS_PER_PAGE), TABLE_PAGES);
    space_create(ROOT_DOMAIN);
    domains[ROOT_DOMAIN].state = DOMAIN_LIVE;
}

static void thread_create_first(void)
{
    arch_regs_init(FIRST);
    threads[FIRST].token = FIRST;
    threads[FIRST].caps = domains[ROOT_DOMAIN].caps;
    threads[FIRST].caps_mask = domains[ROOT_DOMAIN].caps_mask;
    threads[FIRST].prio = PRIORITIES - 1;
    threads[FIRST].domain = ROOT_DOMAIN;
    threads[FIRST].root = domains[ROOT_DOMAIN].root;
    threads[FIRST].home = FIRST;
    threads[FIRST].sc = FIRST;
    threads[FIRST].state = THREAD_READY;
    domains[ROOT_DOMAIN].threads = 1;
    scs[FIRST].live = 1;
    scs[FIRST].class = FUT_SC_ROUND_ROBIN;
    scs[FIRST].home = FIRST;
    scs[FIRST].runner = FIRST;
    scs[FIRST].budget = arch_counter_hz() / SLICES;
    scs[FIRST].left = scs[FIRST].budget;
    nuc.cpu[THIS_CORE].cur = FIRST;
}

static void region_create_ram(void)
{
    regions[FIRST].base = nuc.ram_base;
    regions[FIRST].frames = nuc.ram_frames;
    regions[FIRST].kind = FUT_REGION_RAM;
    regions[FIRST].live = 1;
}

void windows_create(void)
{
    nuc.domain_pages = window_pages(FUT_TYPE_DOMAIN, 0, 1);
    nuc.thread_pages = window_pages(FUT_TYPE_THREAD, 0, THREAD_PAGES);
    nuc.endpoint_pages = window_pages(FUT_TYPE_ENDPOINT, 0, ENDPOINT_PAGES);
    nuc.sc_pages = window_pages(FUT_TYPE_SC, 0, 1);
    nuc.region_pages = window_pages(FUT_TYPE_REGION, 0, 1);
}

void objects_create(void)
{
    nuc.cores = 1;
    nuc.epoch = 1; /* stamps of 0 have passed */
    nuc.cpu[THIS_CORE].seen = 1;
    nuc.cpu[THIS_CORE].timer_at = ~(u64)0;
    nuc.cpu[THIS_CORE].charged = arch_counter();
    queues_create();
    domain_create_root();
    thread_create_first();
    region_create_ram();
    cap_place(ROOT_DOMAIN, FUT_BOOT_SLOT_DOMAIN, key_make(0, ROOT_DOMAIN, FUT_TYPE_DOMAIN, 15), 0);
    cap_place(ROOT_DOMAIN, FUT_BOOT_SLOT_THREAD, key_make(0, FIRST, FUT_TYPE_THREAD, 15), 0);
    cap_place(ROOT_DOMAIN, FUT_BOOT_SLOT_SC, key_make(0, FIRST, FUT_TYPE_SC, 15), 0);
    cap_place(ROOT_DOMAIN, FUT_BOOT_SLOT_CONTROL, key_make(0, 0, FUT_TYPE_CONTROL, 15), 0);
    cap_place(ROOT_DOMAIN, FUT_BOOT_SLOT_RAM, key_make(0, FIRST, FUT_TYPE_REGION, 15),
              nuc.ram_frames);
}
