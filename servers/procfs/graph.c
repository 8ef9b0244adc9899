/* SPDX-License-Identifier: Apache-2.0 */
/* Who may reach whom: /proc/graph, and the capabilities of one component. */
#include <string.h>

#include "fs.h"
#include "futura/abi.h"
#include "source.h"

#define CAPABILITIES 64u
#define GRANTS 64u

/* ---- devices ---- */

struct grant {
    bool ports;
    struct capmgr_grant range;
};

static fut_err grants_read(uint32_t component, bool ports, uint32_t first,
                           struct capmgr_grant grants[GRANTS], size_t *n, uint32_t *next)
{
    return ports ? capmgr_info_ports(source_info, component, first, grants, GRANTS, n, next)
                 : capmgr_info_devices(source_info, component, first, grants, GRANTS, n, next);
}

static int grants_walk(uint32_t component, bool ports, struct procfs_text *t,
                       void (*each)(struct procfs_text *t, uint32_t component,
                                    const struct grant *grant))
{
    static struct capmgr_grant grants[GRANTS];
    uint32_t first = 0, next;
    size_t n, i;
    fut_err e;

    for (;; first = next) {
        e = grants_read(component, ports, first, grants, &n, &next);
        if (e != FUT_OK) return (int)e;
        for (i = 0; i < n; i++) {
            struct grant grant = {ports, grants[i]};

            each(t, component, &grant);
        }
        if (next <= first) return FSC_OK;
    }
}

/* Calls `each` for the device grants of a component. */
static int devices_walk(uint32_t component, struct procfs_text *t,
                        void (*each)(struct procfs_text *t, uint32_t component,
                                     const struct grant *grant))
{
    int e = grants_walk(component, false, t, each);

    return e != FSC_OK ? e : grants_walk(component, true, t, each);
}

static void put_grant(struct procfs_text *t, const struct grant *grant)
{
    const struct capmgr_grant *g = &grant->range;

    if (g->size == 0) {
        procfs_put(t, "irq:");
        procfs_put_u64(t, g->base);
        return;
    }
    procfs_put(t, grant->ports ? "ports:0x" : "mmio:0x");
    procfs_put_hex(t, g->base);
    procfs_put(t, "+0x");
    procfs_put_hex(t, g->size);
}

static void put_name(struct procfs_text *t, uint32_t number)
{
    const char *name = source_name(number);

    procfs_put_cell(t, name, strlen(name));
}

/* ---- the graph ---- */

struct edge {
    struct procfs_text *t;
    uint32_t from;
};

static void put_edge(void *ctx, const struct capmgr_use *use)
{
    struct edge *e = ctx;

    put_name(e->t, e->from);
    procfs_put(e->t, "\t");
    procfs_put_cell(e->t, use->peer_name.data, use->peer_name.len);
    procfs_put(e->t, "\t");
    procfs_put_cell(e->t, use->interface_name.data, use->interface_name.len);
    procfs_put(e->t, use->sessions != 0 ? "\toc\n" : "\to\n");
}

/* Registers: memory that may be mapped, or ports that may be accessed; or an interrupt. */
static const char *grant_rights(const struct grant *g)
{
    return g->range.size == 0 ? "r" : g->ports ? "p" : "m";
}

static void put_device_edge(struct procfs_text *t, uint32_t component, const struct grant *g)
{
    put_name(t, component);
    procfs_put(t, "\t");
    put_grant(t, g);
    procfs_put(t, "\tdevice\t");
    procfs_put(t, grant_rights(g));
    procfs_put(t, "\n");
}

/* A component that went meanwhile has no edges. */
int source_graph_text(struct procfs_text *t)
{
    procfs_put(t, "from\tto\tinterface\trights\n");
    for (uint32_t i = 0; i < source_count; i++) {
        struct edge edge = {t, source_list[i].info.number};
        int e = (int)source_uses(edge.from, put_edge, &edge);

        if (e == FSC_OK) e = devices_walk(edge.from, t, put_device_edge);
        if (e != FSC_OK && e != FSC_ENOENT) return e;
    }
    return FSC_OK;
}

/* ---- capabilities ---- */

static const struct {
    const char *name, *rights; /* a letter a bit, lowest first */
} types[] = {[FUT_TYPE_ENDPOINT] = {"endpoint", "crdk"},
             [FUT_TYPE_NOTIFY] = {"notification", "s"},
             [FUT_TYPE_THREAD] = {"thread", "xgbk"},
             [FUT_TYPE_DOMAIN] = {"domain", "mtbk"},
             [FUT_TYPE_SC] = {"sc", "bs k"},
             [FUT_TYPE_IRQ] = {"irq", "ba k"},
             [FUT_TYPE_REGION] = {"region", "wxtk"},
             [FUT_TYPE_IOSPACE] = {"iospace", ""},
             [FUT_TYPE_CONTROL] = {"control", "nupr"}};

static void put_rights(struct procfs_text *t, const char *letters, uint8_t rights)
{
    for (unsigned i = 0; letters[i] != 0; i++)
        if ((rights >> i & 1) != 0) procfs_put_bytes(t, &letters[i], 1);
}

/* Objects that may be handed on with fewer rights, and how those are called, lowest bit first. */
static const struct {
    const uint64_t *label;
    const char *names[8];
} shared[] = {{&fs_file_peer.label, {"READ", "WRITE", "MODE", "OWNER", "SHARE"}},
              {&fs_pipe_peer.label, {"USE", "SHARE"}}};

/* What a connection may do with the object that it leads to, if it came by a ticket that said so.
 */
static void put_object_rights(struct procfs_text *t, uint64_t badge)
{
    const char *between = ":";
    uint32_t rights;
    uint64_t label;

    if (capmgr_info_connection(source_info, badge, &label, &rights) != FUT_OK ||
        rights == UINT32_MAX)
        return;
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        for (unsigned bit = 0; *shared[i].label == label && shared[i].names[bit] != NULL; bit++) {
            if (!(rights >> bit & 1)) continue;
            procfs_put(t, between);
            procfs_put(t, shared[i].names[bit]);
            between = ",";
        }
    }
}

static void put_object(struct procfs_text *t, uint32_t owner, const struct capmgr_capability *c)
{
    if (c->slot == 1) {
        put_name(t, owner);
    } else if (c->slot <= 3) {
        procfs_put(t, "capmgr");
    } else if (c->peer != 0) {
        put_name(t, c->peer);
    } else {
        procfs_put(t, "#");
        procfs_put_u64(t, c->object);
    }
}

static void put_capability(struct procfs_text *t, uint32_t owner, const struct capmgr_capability *c)
{
    bool known = c->type < sizeof types / sizeof types[0] && types[c->type].name != NULL;

    procfs_put_u64(t, c->slot);
    procfs_put(t, "\t");
    procfs_put(t, known ? types[c->type].name : "");
    procfs_put(t, "\t");
    put_object(t, owner, c);
    procfs_put(t, "\t");
    put_rights(t, known ? types[c->type].rights : "", c->rights);
    if (c->type == FUT_TYPE_ENDPOINT && c->badge != 0) put_object_rights(t, c->badge);
    procfs_put(t, "\t");
    procfs_put_u64(t, c->badge);
    procfs_put(t, c->slot <= 3 ? "\tcapmgr\n" : "\t\n");
}

struct owner {
    struct procfs_text *t;
    const struct source_component *c;
};

/* A use is no slot of the table: capmgr keeps it, and fills a slot at connect. */
static void put_use(void *ctx, const struct capmgr_use *use)
{
    struct owner *o = ctx;

    procfs_put(o->t, "\tuse\t");
    procfs_put_cell(o->t, use->peer_name.data, use->peer_name.len);
    procfs_put(o->t, ".");
    procfs_put_cell(o->t, use->offer.data, use->offer.len);
    procfs_put(o->t, use->sessions != 0 ? "\toc\t\t" : "\to\t\t");
    procfs_put(o->t, source_origin(o->c));
    procfs_put(o->t, "\n");
}

static void put_device(struct procfs_text *t, uint32_t component, const struct grant *g)
{
    (void)component;
    procfs_put(t, "\tdevice\t");
    put_grant(t, g);
    procfs_put(t, "\t");
    procfs_put(t, grant_rights(g));
    procfs_put(t, "\t\tmanifest\n");
}

int source_caps_text(uint32_t component, struct procfs_text *t)
{
    static struct capmgr_capability found[CAPABILITIES];
    struct owner owner = {t, source_find(component)};
    uint32_t first = 0, next;
    size_t n, i;
    int e;

    if (owner.c == NULL) return FSC_ESTALE;
    procfs_put(t, "slot\ttype\tobject\trights\tbadge\torigin\n");
    do {
        e = (int)capmgr_info_capabilities(source_info, component, first, found, CAPABILITIES, &n,
                                          &next);
        if (e != FSC_OK) return e == FSC_ENOENT ? FSC_ESTALE : e;
        for (i = 0; i < n; i++)
            put_capability(t, component, &found[i]);
        if (next <= first) break;
        first = next;
    } while (true);
    e = (int)source_uses(component, put_use, &owner);
    return e != FSC_OK ? e : devices_walk(component, t, put_device);
}
