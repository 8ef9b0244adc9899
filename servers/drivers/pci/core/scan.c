/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over buses, depth first with a stack of its own; see pcibus.h. */
#include "config.h"

#define DEVFNS 256u
#define MULTIPLE 0x80u /* header type: more functions than the first */
#define HEADER_DEVICE 0u
#define HEADER_BRIDGE 1u

/* A bus that is being walked. */
struct level {
    uint8_t bus;
    uint32_t devfn;  /* the next to look at */
    uint32_t bridge; /* index of the function that leads here */
};

struct walk {
    struct level level[PCIBUS_DEPTH + 1];
    uint32_t depth, next_bus;
};

static uint32_t last_bus(const struct pcibus *p) { return p->first_bus + p->buses - 1; }

static void buses_write(struct pcibus *p, const struct pcibus_function *f, uint32_t secondary,
                        uint32_t last)
{
    uint32_t latency = config_read(p, f, REG_BUSES) & 0xff000000u;

    config_write(p, f, REG_BUSES, latency | last << 16 | secondary << 8 | f->bus);
}

/* Goes down behind a bridge, or closes it where that is too far. */
static void bridge_enter(struct pcibus *p, struct walk *w, uint32_t index)
{
    struct pcibus_function *f = &p->function[index];

    if (w->depth == PCIBUS_DEPTH || w->next_bus > last_bus(p)) {
        p->left_out++;
        buses_write(p, f, 0, 0);
        return;
    }
    f->secondary = f->last = (uint8_t)w->next_bus++;
    buses_write(p, f, f->secondary, last_bus(p));
    w->level[++w->depth] = (struct level){f->secondary, 0, index};
}

/* The buses behind the bridge of the deepest level are known now. */
static void bridge_leave(struct pcibus *p, struct walk *w)
{
    struct pcibus_function *f = &p->function[w->level[w->depth].bridge];

    f->last = (uint8_t)(w->next_bus - 1);
    buses_write(p, f, f->secondary, f->last);
    w->depth--;
}

static void function_add(struct pcibus *p, struct walk *w, const struct pcibus_function *found,
                         uint32_t header)
{
    struct pcibus_function *f;

    if (p->count == PCIBUS_FUNCTIONS) {
        p->left_out++;
        return;
    }
    f = &p->function[p->count++];
    *f = *found;
    f->is_bridge = (header & ~MULTIPLE) == HEADER_BRIDGE;
    if (f->is_bridge || (header & ~MULTIPLE) == HEADER_DEVICE) function_read(p, f);
    if (f->is_bridge) bridge_enter(p, w, p->count - 1);
}

/* Looks at one place of a bus, and says where to look next. */
static void place_look(struct pcibus *p, struct walk *w)
{
    struct level *l = &w->level[w->depth];
    struct pcibus_function f = {.bus = l->bus,
                                .device = (uint8_t)(l->devfn >> 3),
                                .function = l->devfn & 7,
                                .parent = l->bridge};
    uint32_t id = config_read(p, &f, REG_ID), header;

    f.vendor = (uint16_t)id;
    f.device_id = (uint16_t)(id >> 16);
    if (f.vendor == 0 || f.vendor == 0xffff) {
        l->devfn += f.function == 0 ? 8 : 1;
        return;
    }
    header = config_read(p, &f, REG_HEADER) >> 16 & 0xff;
    l->devfn += f.function == 0 && (header & MULTIPLE) == 0 ? 8 : 1;
    function_add(p, w, &f, header);
}

void pcibus_scan(struct pcibus *p, const struct pcibus_ops *ops, void *ctx, uint32_t first_bus,
                 uint32_t buses)
{
    struct walk w = {.depth = 0, .next_bus = first_bus + 1};

    *p = (struct pcibus){.ops = ops, .ctx = ctx, .first_bus = first_bus, .buses = buses};
    w.level[0] = (struct level){(uint8_t)first_bus, 0, PCIBUS_NOBODY};
    for (;;) {
        if (w.level[w.depth].devfn < DEVFNS)
            place_look(p, &w);
        else if (w.depth != 0)
            bridge_leave(p, &w);
        else
            break;
    }
}
