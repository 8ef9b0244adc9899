/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Components: from a declaration or a grant to the first thread. Creation either succeeds whole or
 * is undone by the same path that ends a component (reap.c).
 */
#include "main.h"

#define TABLE_BITS 8u /* 256 slots: one page */

struct comp comps[COMPS];
struct caps caps;
struct accounts accounts;
struct space_pool regions;
static struct caps_node cap_nodes[8192];
static struct caps_table cap_tables[COMPS];
static struct account account_table[COMPS];
static struct space_region region_table[4096];
static uint32_t next_number = 1;

void comps_init(void)
{
    caps_init(&caps, cap_nodes, 8192, cap_tables, COMPS);
    accounts_init(&accounts, account_table, COMPS);
    space_pool_init(&regions, region_table, 4096);
    comps[0].state = COMP_RUNNING;
    comps[0].manifest = CM_NONE;
    comps[0].child = CM_NONE;
    comps[0].thread_first = CM_NONE;
    memcpy(comps[0].name, "capmgr", 7);
    (void)account_open_root(&accounts, 0, frames.free);
}

struct comp *comp_of_number(uint32_t number)
{
    uint32_t i;

    for (i = 1; i < COMPS; i++) {
        if (comps[i].state != COMP_FREE && comps[i].number == number) return &comps[i];
    }
    return NULL;
}

/* The live instance of a manifest component. */
struct comp *comp_of_manifest(uint32_t index)
{
    uint32_t i;

    for (i = 1; i < COMPS; i++) {
        if (comps[i].manifest == index &&
            (comps[i].state == COMP_NEW || comps[i].state == COMP_RUNNING ||
             comps[i].state == COMP_DYING))
            return &comps[i];
    }
    return NULL;
}

/* Ever, by manifest component. */
static uint32_t starts[MANIFEST_COMPONENTS];

uint32_t comp_restarts(const struct comp *c)
{
    return c->manifest != CM_NONE && starts[c->manifest] > 1 ? starts[c->manifest] - 1 : 0;
}

uint32_t comp_service(const struct comp *c)
{
    return c->manifest != CM_NONE ? c->manifest : SERVICE_COMP + comp_index(c);
}

enum facility comp_facility(const struct manifest_use *use)
{
    static const struct {
        const char *name;
        enum facility facility;
    } names[] = {{"futura.capmgr/1.Boot", FACILITY_BOOT},
                 {"futura.capmgr/1.Process", FACILITY_PROCESS},
                 {"futura.capmgr/1.Info", FACILITY_INFO},
                 {"futura.capmgr/1.Log", FACILITY_LOG},
                 {"futura.capmgr/1.Power", FACILITY_POWER},
                 {"futura.capmgr/1.Clock", FACILITY_CLOCK},
                 {"futura.capmgr/1.Supervise", FACILITY_SUPERVISE}};
    uint32_t i;

    if (!scbor_str_is(manifest.component[use->component].name, "capmgr")) return FACILITY_NONE;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (scbor_str_is(use->tname, names[i].name)) return names[i].facility;
    }
    return FACILITY_NONE;
}

bool comp_is_below(const struct comp *c, uint32_t ancestor)
{
    uint32_t at = comp_index(c), steps;

    for (steps = 0; at != 0 && steps < COMPS; steps++) {
        if (comps[at].parent == ancestor || comps[at].creator == ancestor) return true;
        at = comps[at].parent;
    }
    return false;
}

static struct comp *comp_take(uint32_t creator, uint32_t parent, struct scbor_str name)
{
    struct comp *c;
    uint32_t i, n = name.len < NAME_MAX ? name.len : NAME_MAX;

    for (i = 1; i < COMPS && comps[i].state != COMP_FREE; i++)
        ;
    if (i == COMPS) return NULL;
    c = &comps[i];
    *c = (struct comp){.number = next_number++, .state = COMP_NEW, .creator = creator};
    c->parent = parent;
    c->child = c->thread_first = c->manifest = c->upper = c->lent_first = CM_NONE;
    c->shadows.first = c->domain = c->endpoint = c->root_frame = c->start_frame = CM_NONE;
    c->domain_slot = c->endpoint_slot = c->bell = CM_NONE;
    c->sibling = comps[parent].child;
    comps[parent].child = i;
    for (i = 0; i < MANAGER_AREA; i++)
        c->lane[0][i] = c->lane[1][i] = CM_NONE;
    memcpy(c->name, name.s, n);
    c->log = log_register(&logring, c->name, n);
    space_init(&c->space);
    return c;
}

/* Domain, endpoint, and the three slots that every component starts with. */
static enum cm_err comp_objects(struct comp *c)
{
    uint64_t badge = comp_index(c) | (uint64_t)c->number << 16;
    uint64_t argument[5] = {TABLE_BITS, 0, FUT_BOOT_SLOT_RAM, 0, 0};
    uint32_t i;
    enum cm_err e = account_charge(&accounts, comp_index(c), 1);

    if (e != CM_OK) return e;
    c->root_frame = page_take_free();
    if (c->root_frame == CM_NONE) return CM_ENOMEM;
    argument[3] = c->root_frame;
    e = nuc_create(FUT_TYPE_DOMAIN, &c->domain, &c->domain_slot, argument);
    if (e == CM_OK) e = nuc_create(FUT_TYPE_ENDPOINT, &c->endpoint, &c->endpoint_slot, NULL);
    if (e == CM_OK)
        e = caps_add_root(&caps, FUT_TYPE_ENDPOINT, c->endpoint, 15, 0, &c->endpoint_cap);
    if (e != CM_OK) return CM_ENOMEM;
    (void)fut_sys_asid_assign(c->domain_slot, FUT_MAX_ASIDS - 1u - comp_index(c));
    if (!caps_table_open(&caps, (uint16_t)comp_index(c), SLOT_FIRST)) return CM_EBUSY;
    for (i = 0; i < 3; i++) {
        static const uint32_t right[3] = {FUT_RIGHT_ENDPOINT_RECV, FUT_RIGHT_ENDPOINT_CALL,
                                          FUT_RIGHT_ENDPOINT_CALL};

        if (nuc_cap_set(c->domain_slot, SLOT_SELF + i, i == 0 ? c->endpoint_slot : manager_slot,
                        right[i],
                        i == 0   ? 0
                        : i == 1 ? badge
                                 : badge | BADGE_FAULT,
                        0) != FUT_S_OK)
            return CM_ENOMEM;
    }
    return CM_OK;
}

/* The lane of its connection to the manager: area C is the component's, area S ours. */
static enum cm_err comp_lane(struct comp *c)
{
    uint64_t own = OWN_LANES + comp_index(c) * OWN_LANE_STRIDE;
    uint32_t side, i;
    enum cm_err e;

    if (account_charge(&accounts, comp_index(c), 2 * MANAGER_AREA) != CM_OK) return CM_ENOMEM;
    for (side = 0; side < 2; side++) {
        for (i = 0; i < MANAGER_AREA; i++) {
            uint32_t frame = page_take(FUT_FRAME_USER, 0);

            c->lane[side][i] = frame;
            if (frame == CM_NONE ||
                !own_map(own + side * OWN_LANE_S + i * PAGE, frame, side == 0 ? 0 : FUT_MAP_WRITE))
                return CM_ENOMEM;
            e = vm_map(c, (side == 0 ? SPACE_MANAGER_C : SPACE_MANAGER_S) + i * PAGE, frame, 1,
                       SHADOW_BORROWED | SHADOW_LANE | (side == 0 ? SHADOW_WRITE : 0));
            if (e != CM_OK) return e;
        }
    }
    return CM_OK;
}

static enum cm_err comp_equip(struct comp *c)
{
    enum cm_err e = comp_objects(c);

    if (e == CM_OK) e = comp_lane(c);
    if (e == CM_OK)
        e = space_add(&regions, &c->space, SPACE_STACK_LOW,
                      (uint32_t)((SPACE_STACK_TOP - SPACE_STACK_LOW) / PAGE), SPACE_KIND_STACK, 1,
                      0);
    if (e == CM_OK && !serve_attach(c)) e = CM_ENOMEM;
    return e;
}

/* The boot archive (the manifest is in it), and for whoever has the Boot facility the device tree.
 */
bool comp_open_windows(struct comp *c, bool tree)
{
    enum cm_err e;

    c->tree = tree;
    e = vm_map(c, SPACE_ANON2_TOP - UINT64_C(0x10000000), boot->cpio_frame, boot->cpio_frames,
               SHADOW_BORROWED);
    if (e == CM_OK && tree && boot->dtb_frames != 0)
        e = vm_map(c, SPACE_ANON2_TOP - UINT64_C(0x400000), boot->dtb_frame, boot->dtb_frames,
                   SHADOW_BORROWED);
    c->windows = e == CM_OK;
    return c->windows;
}

static void comp_uses(struct comp *c, const struct manifest_component *m)
{
    uint32_t i;

    for (i = 0; i < m->uses.count && i < USES_MAX; i++)
        c->use[c->use_count++] = &manifest.use[m->uses.first + i];
}

static bool comp_has_facility(const struct comp *c, enum facility facility)
{
    uint32_t i;

    for (i = 0; i < c->use_count; i++) {
        if (comp_facility(c->use[i]) == facility) return true;
    }
    return false;
}

/* Does it start programs: use an offer of who makes components of its clients' grants? */
static bool starts_programs(const struct manifest_component *m)
{
    const struct manifest_component *server;
    uint32_t i, k;

    for (i = 0; i < m->uses.count; i++) {
        server = &manifest.component[manifest.use[m->uses.first + i].component];
        for (k = 0; k < server->uses.count; k++) {
            if (comp_facility(&manifest.use[server->uses.first + k]) == FACILITY_PROCESS)
                return true;
        }
    }
    return false;
}

/* The manifest's budget is the least. Who starts programs has a share of what the machine has
 * beyond all budgets, but a sixteenth for objects and tables. */
static uint32_t comp_budget(const struct manifest_component *m)
{
    uint64_t budgets = manifest_total_pages(&manifest) - manifest.reserve_pages;
    uint64_t limit = accounts.account[0].limit;
    uint32_t i, starters = 0;

    if (limit <= budgets || !starts_programs(m)) return (uint32_t)m->pages;
    for (i = 0; i < manifest.component_count; i++)
        starters += starts_programs(&manifest.component[i]);
    return (uint32_t)(m->pages + (limit - budgets) / 16 * 15 / starters);
}

static enum cm_err comp_give_up(struct comp *c, enum cm_err e)
{
    c->released = true;
    reap_begin(c, CAUSE_KILLED, 0);
    return e;
}

enum cm_err comp_create_manifest(uint32_t creator, uint32_t index, struct comp **out)
{
    const struct manifest_component *m = &manifest.component[index];
    struct comp *c;
    enum cm_err e;
    uint32_t which = 0;

    detail = CM_MISSING_MANIFEST;
    if (index >= manifest.component_count || scbor_str_is(m->name, "capmgr")) return CM_EPERM;
    detail = 0;
    if (comp_of_manifest(index) != NULL) return CM_EEXIST;
    c = comp_take(creator, 0, m->name);
    if (c == NULL) return CM_EAGAIN;
    c->manifest = index;
    c->priority = m->priority_high;
    c->threads_max = m->threads;
    comp_uses(c, m);
    e = account_open(&accounts, comp_index(c), 0, comp_budget(m));
    if (e == CM_OK) e = comp_equip(c);
    if (e == CM_OK) e = device_grant(c, &which);
    if (e == CM_OK && (comp_has_facility(c, FACILITY_BOOT) || device_is_archive(m)) &&
        !comp_open_windows(c, comp_has_facility(c, FACILITY_BOOT)))
        e = CM_ENOMEM;
    detail = e == CM_ENODEV ? which : detail;
    if (e != CM_OK) return comp_give_up(c, e);
    *out = c;
    return CM_OK;
}

enum cm_err comp_create_child(uint32_t creator, uint32_t parent, struct ticket_what *grant,
                              const char *name, size_t len, uint8_t priority, struct comp **out)
{
    struct scbor_str text = {name, (uint32_t)len};
    struct comp *c;
    enum cm_err e;
    uint32_t i;

    detail = CM_MISSING_PRIORITY;
    if (priority > comps[parent].priority) return CM_EPERM;
    detail = 0;
    c = comp_take(creator, parent, text);
    if (c == NULL) return CM_EAGAIN;
    c->priority = priority;
    c->threads_max = MANIFEST_THREADS_MAX;
    for (i = 0; i < grant->use_count; i++)
        c->use[c->use_count++] = comps[parent].use[grant->use[i]];
    e = account_share(&accounts, comp_index(c), parent, grant->count);
    if (e == CM_OK) e = comp_equip(c);
    if (e != CM_OK) return comp_give_up(c, e);
    *out = c;
    return CM_OK;
}

static void start_windows(const struct comp *c, struct startpage *s)
{
    uint64_t at = SPACE_ANON2_TOP - UINT64_C(0x10000000) + boot->cpio_address % PAGE;

    if (!c->windows) return;
    s->window[0] = (struct startpage_window){{"boot", 4}, {at, boot->cpio_size}};
    s->window[1] = (struct startpage_window){
        {"manifest", 8}, {at + (uint64_t)(manifest_image - archive), manifest_size}};
    s->window_count = 2;
    if (!c->tree || boot->dtb_frames == 0) return;
    at = SPACE_ANON2_TOP - UINT64_C(0x400000) + boot->dtb_address % PAGE;
    s->window[2] = (struct startpage_window){{"dtb", 3}, {at, boot->dtb_size}};
    s->window_count = 3;
}

static void start_names(const struct comp *c, struct startpage *s)
{
    const struct manifest_component *m;
    uint32_t i;

    for (i = 0; i < c->use_count && i < STARTPAGE_USES; i++)
        s->use[s->use_count++] = (struct startpage_use){c->use[i]->name, i, c->use[i]->kind};
    if (c->manifest == CM_NONE) return;
    m = &manifest.component[c->manifest];
    for (i = 0; i < m->offers.count && i < STARTPAGE_OFFERS; i++)
        s->offer[s->offer_count++] = manifest.offer[m->offers.first + i].name;
}

/* Writes the start page and maps it. */
static enum cm_err comp_start_page(struct comp *c)
{
    static struct startpage s;
    static uint8_t seed[32];
    enum startpage_error e;
    uint8_t *page;

    memset(&s, 0, sizeof(s));
    random_take(&entropy, seed, sizeof(seed));
    s.name = (struct scbor_str){c->name, (uint32_t)strlen(c->name)};
    s.component = c->manifest;
    s.number = c->number;
    s.parent = comps[c->parent].number;
    s.capmgr = (struct startpage_lane){SPACE_MANAGER_C, SPACE_MANAGER_S, 0, MANAGER_SLOTS, 1, 1};
    s.seed = (struct scbor_str){(const char *)seed, sizeof(seed)};
    s.options = (struct scbor_str){boot->command_line, (uint32_t)strlen(boot->command_line)};
    start_names(c, &s);
    start_windows(c, &s);
    device_describe(c, &s);
    if (account_charge(&accounts, comp_index(c), 1) != CM_OK) return CM_ENOMEM;
    c->start_frame = page_take(FUT_FRAME_USER, 0);
    if (c->start_frame == CM_NONE) return CM_ENOMEM;
    page = page_open(c->start_frame);
    e = startpage_encode(&s, page, PAGE);
    page_close();
    memset(seed, 0, sizeof(seed));
    if (e != STARTPAGE_OK) {
        log_say2(LOG_ERROR, "start page: ", startpage_strerror(e), c->number);
        return CM_EINVAL;
    }
    return vm_map(c, SPACE_START_PAGE, c->start_frame, 1, SHADOW_BORROWED | SHADOW_LANE);
}

enum cm_err comp_start(struct comp *c, uint64_t pc, uint64_t sp, bool vectors)
{
    uint32_t ordinal;
    enum cm_err e;

    if (c->state != COMP_NEW) return CM_EBUSY;
    e = comp_start_page(c);
    if (e == CM_OK) e = thread_add(c, pc, sp, 0, 0, c->priority, vectors, &ordinal);
    if (e != CM_OK) return e;
    device_bind(c);
    c->vectors = vectors;
    c->state = COMP_RUNNING;
    if (c->manifest != CM_NONE) starts[c->manifest]++;
    connect_started(c);
    return CM_OK;
}
