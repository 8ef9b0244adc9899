/* SPDX-License-Identifier: Apache-2.0 */
/* Info, Log, Power and Clock: what others may see and do of the system as a whole. */
#include "boot/fdt.h"
#include "serve.h"

#define COMPONENTS_EACH 16u
#define USES_EACH 8u
#define CAPS_EACH 64u
#define GRANTS_EACH 64u
#define ENTRIES_EACH 6u

/* --- Info --- */

static void component_fill(struct comp *c, struct capmgr_component *out)
{
    const struct account *a = &accounts.account[comp_index(c)];

    memset(out, 0, sizeof(*out));
    out->number = c->number;
    out->parent = comps[c->parent].number;
    out->manifest = c->manifest;
    out->started = c->state == COMP_NEW ? 0 : c->state == COMP_RUNNING ? 1 : 2;
    out->has_restarts = true;
    out->restarts = comp_restarts(c);
    out->budget = a->limit;
    out->charged = a->charged - a->carved + a->lent; /* without its children */
    out->ticks = comp_ticks(c);
    out->calls = comp_calls(c);
    out->threads = (uint16_t)c->threads;
    out->priority = c->priority;
    out->level = (uint8_t)log_level(&logring, c->log);
    out->name = name_of(c->name);
}

/* The live component with the least number from `first` on. */
static struct comp *component_after(uint32_t first)
{
    struct comp *best = NULL;
    uint32_t i;

    for (i = 1; i < COMPS; i++) {
        if ((comps[i].state == COMP_NEW || comps[i].state == COMP_RUNNING ||
             comps[i].state == COMP_DYING) &&
            comps[i].number >= first && (best == NULL || comps[i].number < best->number))
            best = &comps[i];
    }
    return best;
}

static fut_err on_components(void *self, struct fipc_req *r, uint32_t first,
                             const struct capmgr_component **entries, size_t *count, uint32_t *next)
{
    struct capmgr_component *out = fipc_req_alloc(r, COMPONENTS_EACH * sizeof(*out));
    struct comp *c = component_after(first);

    (void)self;
    if (out == NULL) return FUT_ENOMEM;
    for (*count = 0; c != NULL && *count < COMPONENTS_EACH; c = component_after(first)) {
        component_fill(c, &out[(*count)++]);
        first = c->number + 1u;
    }
    *next = c != NULL ? first : 0;
    *entries = out;
    return FUT_OK;
}

static uint32_t use_sessions(const struct comp *c, uint32_t use)
{
    uint32_t at = session_first_of(&sessions, comp_index(c)), n = 0;

    for (; at != CM_NONE; at = sessions.session[at].own_next)
        n += sessions.session[at].use == use && sessions.session[at].state == SESSION_OPEN;
    return n;
}

static struct fipc_string text_of(struct scbor_str s) { return (struct fipc_string){s.s, s.len}; }

static void use_fill(const struct comp *c, uint32_t number, struct capmgr_use *out)
{
    const struct manifest_use *u = c->use[number];
    const struct manifest_component *m = &manifest.component[u->component];
    const struct comp *server = comp_of_manifest(u->component);

    memset(out, 0, sizeof(*out));
    out->number = number;
    out->peer = server == NULL ? 0 : server->number;
    out->sessions = use_sessions(c, number);
    out->name = text_of(u->name);
    out->offer = text_of(manifest.offer[m->offers.first + u->offer].name);
    out->peer_name = text_of(m->name);
    out->interface_name = text_of(u->tname);
}

static fut_err on_uses(void *self, struct fipc_req *r, uint32_t component, uint32_t first,
                       const struct capmgr_use **entries, size_t *count, uint32_t *next)
{
    struct capmgr_use *out = fipc_req_alloc(r, USES_EACH * sizeof(*out));
    const struct comp *c = comp_of_number(component);

    (void)self;
    if (c == NULL) return FUT_ENOENT;
    if (out == NULL) return FUT_ENOMEM;
    for (*count = 0; first < c->use_count && *count < USES_EACH; first++)
        use_fill(c, first, &out[(*count)++]);
    *next = first < c->use_count ? first : 0;
    *entries = out;
    return FUT_OK;
}

/* Whom a slot of a component leads to. */
static uint32_t slot_peer(const struct comp *c, uint32_t slot)
{
    uint32_t at = session_first_of(&sessions, comp_index(c)), server;

    for (; at != CM_NONE; at = sessions.session[at].own_next) {
        server = links[at].server;
        if ((links[at].slot == slot || links[at].doorbell == slot) && server != CM_NONE)
            return comps[server].number;
    }
    return 0;
}

static fut_err on_capabilities(void *self, struct fipc_req *r, uint32_t component, uint32_t first,
                               const struct capmgr_capability **entries, size_t *count,
                               uint32_t *next)
{
    struct capmgr_capability *out = fipc_req_alloc(r, CAPS_EACH * sizeof(*out));
    const struct comp *c = comp_of_number(component);
    uint32_t step, slot = first == 0 ? 1 : first;
    uint64_t key, badge;

    (void)self;
    if (c == NULL || c->domain_slot == CM_NONE) return FUT_ENOENT;
    if (out == NULL) return FUT_ENOMEM;
    *count = 0;
    for (step = 0; step < CM_STEPS && slot < CAPS_TABLE_SLOTS; step++, slot++) {
        if (!nuc_cap_info(c->domain_slot, slot, &key, &badge)) continue;
        out[*count] = (struct capmgr_capability){.slot = slot,
                                                 .type = (uint8_t)(key >> 4 & 15u),
                                                 .rights = (uint8_t)(key & 15u),
                                                 .object = (uint32_t)(key >> 8 & 0xffffffu),
                                                 .peer = slot_peer(c, slot),
                                                 .badge = badge};
        (*count)++;
    }
    *next = slot < CAPS_TABLE_SLOTS ? slot : 0;
    *entries = out;
    return FUT_OK;
}

static fut_err on_connection(void *self, struct fipc_req *r, uint64_t badge, uint64_t *label,
                             uint32_t *rights)
{
    uint32_t session = (uint32_t)(badge & 0xffffu);

    (void)self, (void)r;
    if (session >= sessions.count || badge == 0 || sessions.session[session].badge != badge)
        return FUT_ENOENT;
    *label = links[session].label;
    *rights = links[session].rights;
    return FUT_OK;
}

static fut_err grants_list(struct fipc_req *r, uint32_t component, bool ports, uint32_t first,
                           const struct capmgr_grant **entries, size_t *count, uint32_t *next)
{
    struct capmgr_grant *out = fipc_req_alloc(r, GRANTS_EACH * sizeof(*out));
    const struct comp *c = comp_of_number(component);

    if (c == NULL) return FUT_ENOENT;
    if (out == NULL) return FUT_ENOMEM;
    for (*count = 0; *count < GRANTS_EACH; (*count)++) {
        struct capmgr_grant *g = &out[*count];

        if (!device_next(c, ports, first + (uint32_t)*count, &g->base, &g->size)) break;
    }
    *next = *count == GRANTS_EACH ? first + GRANTS_EACH : 0;
    *entries = out;
    return FUT_OK;
}

static fut_err on_devices(void *self, struct fipc_req *r, uint32_t component, uint32_t first,
                          const struct capmgr_grant **entries, size_t *count, uint32_t *next)
{
    (void)self;
    return grants_list(r, component, false, first, entries, count, next);
}

static fut_err on_ports(void *self, struct fipc_req *r, uint32_t component, uint32_t first,
                        const struct capmgr_grant **entries, size_t *count, uint32_t *next)
{
    (void)self;
    return grants_list(r, component, true, first, entries, count, next);
}

static fut_err on_frames(void *self, struct fipc_req *r, uint64_t *total, uint64_t *free,
                         uint64_t *kernel, uint64_t *tables)
{
    uint32_t i;

    (void)self, (void)r;
    *total = boot->ram_frames;
    *free = frames.free + (uint64_t)frames.limbo_count;
    *kernel = kernel_pages + (boot->nucleus_text + boot->nucleus_rodata + boot->nucleus_data +
                              boot->nucleus_tables) /
                                 PAGE;
    *tables = 0;
    for (i = 1; i < COMPS; i++)
        *tables += comps[i].state == COMP_FREE ? 0 : comps[i].tables;
    return FUT_OK;
}

static fut_err on_clock(void *self, struct fipc_req *r, uint64_t *ticks, uint64_t *hz,
                        uint64_t *idle)
{
    uint64_t used = ended_ticks;
    uint32_t i;

    (void)self, (void)r;
    *ticks = nuc_ticks();
    *hz = boot->counter_hz;
    for (i = 1; i < COMPS; i++)
        used +=
            comps[i].state == COMP_FREE || comps[i].state == COMP_DEAD ? 0 : comp_ticks(&comps[i]);
    /* What nobody was charged for; the manager's own time is in it, but it runs on its callers'. */
    *idle = *ticks - boot->entry_ticks > used ? *ticks - boot->entry_ticks - used : 0;
    return FUT_OK;
}

static bool may_kill_all(const struct comp *c)
{
    uint32_t i;

    for (i = 0; i < c->use_count; i++) {
        if (scbor_str_is(c->use[i]->name, "kill") && comp_facility(c->use[i]) == FACILITY_INFO)
            return true;
    }
    return false;
}

static fut_err on_info_kill(void *self, struct fipc_req *r, uint32_t component)
{
    struct comp *c = comp_of_number(component);

    if (c == NULL || c->state == COMP_DEAD) return FUT_ENOENT;
    detail = CM_MISSING_CHILD;
    if (!comp_is_below(c, comp_index(self)) && !may_kill_all(self)) return answer(r, CM_EPERM);
    detail = 0;
    reap_begin(c, CAUSE_KILLED, 0);
    return FUT_OK;
}

/* The first text of a property; none where there is no such property. */
static fut_err put_tree_text(struct fipc_out *out, const char *path, const char *property)
{
    uint32_t node = fdt_find_path(device_tree(), path);
    struct fdt_prop p;
    const char *text = NULL;

    if (node != FDT_NONE && fdt_prop_get(device_tree(), node, property, &p))
        text = fdt_prop_string_at(&p, 0);
    return text == NULL ? FUT_OK : fipc_out_write(out, text, strlen(text));
}

static fut_err on_processor(void *self, struct fipc_req *r, struct fipc_out *model,
                            struct fipc_out *features)
{
    fut_err e;

    (void)self, (void)r;
    if (device_tree() == NULL) return FUT_OK;
    e = put_tree_text(model, "/cpus/cpu", "compatible");
    return e != FUT_OK ? e : put_tree_text(features, "/chosen", "futura,processor");
}

static const struct capmgr_info_ops info_ops = {.components = on_components,
                                                .uses = on_uses,
                                                .capabilities = on_capabilities,
                                                .devices = on_devices,
                                                .ports = on_ports,
                                                .connection = on_connection,
                                                .frames = on_frames,
                                                .clock = on_clock,
                                                .processor = on_processor,
                                                .kill = on_info_kill};
const struct fipc_binding info_binding = {&capmgr_info_iface, &info_ops, NULL};

/* --- Log --- */

static fut_err on_read(void *self, struct fipc_req *r, uint64_t sequence,
                       const struct capmgr_entry **entries, size_t *count, uint64_t *next)
{
    struct capmgr_entry *out = fipc_req_alloc(r, ENTRIES_EACH * sizeof(*out));
    struct log_record *records = fipc_req_alloc(r, ENTRIES_EACH * sizeof(*records));
    struct log_cursor at;
    uint32_t step;

    (void)self;
    if (out == NULL || records == NULL) return FUT_ENOMEM;
    log_place(sequence, &at);
    *count = 0;
    *next = sequence;
    for (step = 0; step < ENTRIES_EACH && log_read(&logring, &at, &records[*count]); step++) {
        struct log_record *e = &records[*count];
        const char *name = log_component_name(&logring, e->component);

        out[*count] = (struct capmgr_entry){.sequence = e->number,
                                            .at = e->time_ns,
                                            .component = e->component,
                                            .severity = (uint8_t)e->severity,
                                            .name = name_of(name)};
        out[*count].text.data = (const uint8_t *)e->text;
        out[*count].text.len = e->len < 480u ? e->len : 480u;
        *next = e->number + 1u;
        (*count)++;
    }
    *entries = out;
    return FUT_OK;
}

static fut_err on_level(void *self, struct fipc_req *r, const char *name, size_t len,
                        uint8_t severity)
{
    log_component which;

    (void)self;
    if (len == 0)
        return log_set_default_level(&logring, (enum log_severity)severity) ? FUT_OK : FUT_EINVAL;
    which = log_register(&logring, name, len);
    if (which == 0) return answer(r, CM_EAGAIN);
    return log_set_level(&logring, which, (enum log_severity)severity) ? FUT_OK : FUT_EINVAL;
}

static fut_err on_watch(void *self, struct fipc_req *r, bool on)
{
    uint32_t me = comp_index(self);

    (void)r;
    if (on)
        log_watcher = me;
    else if (log_watcher == me)
        log_watcher = CM_NONE;
    return FUT_OK;
}

static const struct capmgr_log_ops log_ops = {
    .read = on_read, .level = on_level, .watch = on_watch};
const struct fipc_binding log_binding = {&capmgr_log_iface, &log_ops, NULL};

/* --- Power --- */

static fut_err on_off(void *self, struct fipc_req *r)
{
    (void)self, (void)r;
    nuc_reset(FUT_RESET_OFF);
    return FUT_EIO;
}

static fut_err on_reboot(void *self, struct fipc_req *r)
{
    (void)self, (void)r;
    nuc_reset(FUT_RESET_REBOOT);
    return FUT_EIO;
}

static const struct capmgr_power_ops power_ops = {.off = on_off, .reboot = on_reboot};
const struct fipc_binding power_binding = {&capmgr_power_iface, &power_ops, NULL};

/* --- Clock --- */

static fut_err on_timer(void *self, struct fipc_req *r, uint64_t mask, uint32_t *control,
                        uint32_t *notify)
{
    static caps_handle root;
    struct comp *c = self;
    enum cm_err e = CM_OK;

    if (mask == 0 || (mask & BIT_MANAGER) != 0 || c->thread_first == CM_NONE)
        return answer(r, CM_EINVAL);
    if (root == 0) e = caps_add_root(&caps, FUT_TYPE_CONTROL, 0, 15, 0, &root);
    if (e == CM_OK)
        e = slot_fill(c, root, FUT_BOOT_SLOT_CONTROL, FUT_RIGHT_CONTROL_TIMER, 0, 0, 0, control);
    if (e == CM_OK) {
        e = slot_fill(c, thread_recs[c->thread_first].cap, thread_recs[c->thread_first].slot,
                      FUT_RIGHT_NOTIFY_SIGNAL, mask, FUT_TYPE_NOTIFY, 0, notify);
        if (e != CM_OK) slot_clear(c, *control);
    }
    return answer(r, e);
}

static fut_err on_clock_watch(void *self, struct fipc_req *r, uint64_t *at)
{
    uint64_t ticks = connect_watch(self);

    (void)r;
    *at = ticks == 0 ? 0 : log_ns(ticks) + 1; /* rounded up: never a moment too early */
    return FUT_OK;
}

static const struct capmgr_clock_ops clock_ops = {.timer = on_timer, .watch = on_clock_watch};
const struct fipc_binding clock_binding = {&capmgr_clock_iface, &clock_ops, NULL};
