/* SPDX-License-Identifier: Apache-2.0 */
/* What worlds are made of: a first state in the real records, and the steps to try. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct step steps[STEPS_MAX];
u32 step_count;

/* Frame 0 is a user's, the next are roots of the domains that live, then FREE ones; the last is the
 * nucleus' own. */
static void build_frames(void)
{
    u32 i;

    for (i = 0; i < MAX_FRAMES; i++) {
        frame_set(i, FUT_FRAME_FREE, 0);
        frames[i].owner = NO_FRAME;
    }
    frame_set(0, FUT_FRAME_USER, 0);
    frame_set(MAX_FRAMES - 1, FUT_FRAME_KOBJ, 0);
}

void build_clear(void)
{
    memset(&nuc, 0, sizeof nuc);
    memset(threads, 0, sizeof threads);
    memset(slots, 0, sizeof slots);
    memset(endpoints, 0, sizeof endpoints);
    memset(domains, 0, sizeof domains);
    memset(scs, 0, sizeof scs);
    memset(regions, 0, sizeof regions);
    memset(irqs, 0, sizeof irqs);
    memset(frames, 0, sizeof frames);
    step_count = 0;
    nuc.cores = 1;
    nuc.epoch = nuc.cpu[0].seen = EPOCH;
    nuc.cpu[0].timer_at = ~(u64)0;
    nuc.cpu[0].charged = model_now = NOW;
    nuc.thread_pages = 2;
    nuc.vector_pages = 1;
    nuc.endpoint_pages = nuc.domain_pages = nuc.sc_pages = nuc.region_pages = 1;
    nuc.ram_frames = MAX_FRAMES;
    model_line_masked = true;
    build_frames();
    domains[DOMAIN_A].caps_pages = 2;
    domains[DOMAIN_B].caps_pages = domains[DOMAIN_C].caps_pages = 1;
}

void build_domain(u32 d, u32 table_bits)
{
    domains[d].instance = d;
    domains[d].state = DOMAIN_LIVE;
    domains[d].caps = d * TABLE_STRIDE;
    domains[d].caps_mask = (1u << table_bits) - 1;
    domains[d].root_frame = d;
    domains[d].root = arch_root_word(d, 0);
    frame_set(d, FUT_FRAME_PT, 0);
    frames[d].owner = d;
    frames[d].flags = FRAME_ROOT;
}

/* Thread 1 runs; the others wait for thread_run. */
void build_thread(u32 t, u32 d, u32 prio, bool stopped)
{
    threads[t].state = THREAD_READY | (stopped ? THREAD_STOPPED : 0u);
    threads[t].prio = (u8)prio;
    threads[t].domain = d;
    threads[t].caps = domains[d].caps;
    threads[t].caps_mask = domains[d].caps_mask;
    threads[t].token = t;
    threads[t].fault_slot = 4;
    threads[t].home = threads[t].sc = t;
    threads[t].root = domains[d].root;
    if ((domains[d].flags & FUT_DOMAIN_FOREIGN) != 0) threads[t].caps = threads[t].caps_mask = 0;
    domains[d].threads++;
    scs[t].live = 1;
    scs[t].home = scs[t].runner = t;
    scs[t].class = t == 2 ? FUT_SC_CAPPED : FUT_SC_ROUND_ROBIN;
    scs[t].budget = scs[t].left = 1;
    if (t != 1) return;
    nuc.cpu[0].cur = nuc.cpu[0].running = 1;
    model_armed = NOW + 1;
}

void build_endpoint(u32 e) { endpoints[FIRST_EP + e].live = 1; }

void build_region(u32 first, u32 count)
{
    regions[1].live = 1;
    regions[1].base = first;
    regions[1].frames = count;
    regions[1].kind = FUT_REGION_RAM;
}

/* A capability to an object of the first state, in its present life. */
void build_cap(u32 d, u32 slot, u32 type, u32 object, u32 rights, u64 badge)
{
    u32 life = 0;

    switch (type) {
    case FUT_TYPE_ENDPOINT: life = (u32)(endpoints[object].key >> 32); break;
    case FUT_TYPE_NOTIFY:
    case FUT_TYPE_THREAD: life = threads[object].generation; break;
    case FUT_TYPE_DOMAIN: life = domains[object].generation; break;
    case FUT_TYPE_SC: life = scs[object].generation; break;
    default: break;
    }
    slots[d * TABLE_STRIDE + slot].key = key_make(life, object, type, rights);
    slots[d * TABLE_STRIDE + slot].badge = badge;
    domains[d].caps_used++;
}

struct step *step_add(u32 number, u32 who, u64 slot, u32 args, const u64 *x)
{
    struct step *p = &steps[step_count++];

    if (step_count >= STEPS_MAX || args > 8) {
        fprintf(stderr, "explorer: too many steps\n");
        exit(2);
    }
    *p = (struct step){.number = (u8)number, .who = (u8)who, .args = (u8)args, .slot = slot};
    if (args != 0) memcpy(p->x, x, args * sizeof *x);
    return p;
}
