/* SPDX-License-Identifier: Apache-2.0 */
/* Components, and the files about the system as a whole. */
#include <string.h>

#include "futura/processor.h"
#include "source.h"
#include "timer.h"
#include "vnode.h"

#define PAGE 4096u
#define ANSWER 65536u
#define NSEC UINT64_C(1000000000)

struct source_component source_list[SOURCE_COMPONENTS];
uint32_t source_count;
capmgr_info source_info;
static uint32_t power_object; /* 0: no authority */
static char hostname[PROCFS_HOSTNAME_MAX + 1] = "futura";

struct fipc_arena *source_arena(void)
{
    static _Alignas(16) uint8_t memory[ANSWER];
    static struct fipc_arena arena;

    fipc_arena_init(&arena, memory, sizeof memory);
    return &arena;
}

/* ---- components ---- */

static void component_keep(const struct capmgr_component *from)
{
    struct source_component *c = &source_list[source_count];
    size_t n = from->name.len < sizeof c->name ? from->name.len : sizeof c->name - 1;

    if (source_count == SOURCE_COMPONENTS) return;
    c->info = *from;
    memcpy(c->name, from->name.data, n);
    c->name[n] = 0;
    c->info.name = (struct fipc_string){c->name, n};
    source_count++;
}

void source_refresh(void)
{
    const struct capmgr_component *found;
    uint32_t first = 0, next, old = source_count;
    size_t n, i;

    source_count = 0;
    do {
        if (capmgr_info_components(source_info, first, &found, &n, &next, source_arena()) !=
            FUT_OK) {
            source_count = old;
            return;
        }
        for (i = 0; i < n; i++)
            component_keep(&found[i]);
        if (next <= first) return;
        first = next;
    } while (source_count < SOURCE_COMPONENTS);
}

const struct source_component *source_find(uint32_t number)
{
    for (uint32_t i = 0; i < source_count; i++)
        if (source_list[i].info.number == number) return &source_list[i];
    return NULL;
}

const char *source_name(uint32_t number)
{
    const struct source_component *c = source_find(number);

    return c != NULL ? c->name : "";
}

const char *source_origin(const struct source_component *c)
{
    return c->info.manifest != SOURCE_MANIFEST_NONE ? "manifest" : source_name(c->info.parent);
}

fut_err source_uses(uint32_t component, void (*each)(void *ctx, const struct capmgr_use *use),
                    void *ctx)
{
    const struct capmgr_use *uses;
    uint32_t first = 0, next;
    size_t n, i;
    fut_err e;

    for (;; first = next) {
        e = capmgr_info_uses(source_info, component, first, &uses, &n, &next, source_arena());
        if (e != FUT_OK) return e;
        for (i = 0; i < n; i++)
            each(ctx, &uses[i]);
        if (next <= first) return FUT_OK;
    }
}

/* ---- texts ---- */

static uint64_t ticks_ns(uint64_t ticks, uint64_t hz)
{
    return hz != 0 ? ticks / hz * NSEC + ticks % hz * NSEC / hz : 0;
}

static int clock_read(uint64_t *ticks, uint64_t *hz, uint64_t *idle)
{
    return (int)capmgr_info_clock(source_info, ticks, hz, idle);
}

static void put_column(struct procfs_text *t, uint64_t value)
{
    procfs_put(t, "\t");
    procfs_put_u64(t, value);
}

static const char *state_name(uint32_t started)
{
    static const char *const names[] = {"stopped", "running", "ending"};

    return started < 3 ? names[started] : "";
}

static int tasks_text(struct procfs_text *t)
{
    uint64_t ticks, hz, idle;
    int e = clock_read(&ticks, &hz, &idle);

    if (e != FSC_OK) return e;
    procfs_put(t,
               "pid\tppid\tname\tstate\tprio\tcpu_ns\tcalls\tmemory\tbudget\tthreads\trestarts\n");
    for (uint32_t i = 0; i < source_count; i++) {
        const struct capmgr_component *c = &source_list[i].info;

        procfs_put_u64(t, c->number);
        put_column(t, c->parent);
        procfs_put(t, "\t");
        procfs_put_cell(t, c->name.data, c->name.len);
        procfs_put(t, "\t");
        procfs_put(t, state_name(c->started));
        put_column(t, c->priority);
        put_column(t, ticks_ns(c->ticks, hz));
        put_column(t, c->calls);
        put_column(t, (uint64_t)c->charged * PAGE);
        put_column(t, (uint64_t)c->budget * PAGE);
        put_column(t, c->threads);
        put_column(t, c->restarts);
        procfs_put(t, "\n");
    }
    return FSC_OK;
}

static void put_kind(struct procfs_text *t, const char *kind, uint64_t pages)
{
    procfs_put(t, kind);
    put_column(t, pages * PAGE);
    procfs_put(t, "\n");
}

/* What each component has itself, without its children. */
static int memory_text(struct procfs_text *t)
{
    uint64_t total, free, kernel, tables, known, components = 0;
    int e = (int)capmgr_info_frames(source_info, &total, &free, &kernel, &tables);

    if (e != FSC_OK) return e;
    for (uint32_t i = 0; i < source_count; i++)
        components += source_list[i].info.charged;
    known = free + kernel + tables + components;
    procfs_put(t, "kind\tbytes\n");
    put_kind(t, "total", total);
    put_kind(t, "free", free);
    put_kind(t, "nucleus", kernel);
    put_kind(t, "page_tables", tables);
    put_kind(t, "components", components);
    put_kind(t, "other", total > known ? total - known : 0);
    return FSC_OK;
}

/* The timer's word on the wall clock; "" if it cannot be asked. */
static const char *wall_state(void)
{
    struct fipc_conn conn;
    int64_t sec;
    uint32_t nsec;
    fut_err e;

    if (component_connect("timer", &timer_timer_peer, &timer_timer_lane, 1, 0, &conn) != FUT_OK)
        return "";
    e = timer_timer_wall((timer_timer){&conn, 0}, &sec, &nsec);
    component_disconnect(&conn);
    return e == FUT_OK ? "set" : e == TIMER_TIMER_CLOCK_NOT_SET ? "unset" : "";
}

static int uptime_text(struct procfs_text *t)
{
    uint64_t ticks, hz, idle;
    int e = clock_read(&ticks, &hz, &idle);

    if (e != FSC_OK) return e;
    procfs_put(t, "uptime_ns\tidle_ns\tboot_ns\tclock\n");
    procfs_put_u64(t, ticks_ns(ticks, hz));
    put_column(t, ticks_ns(idle, hz));
    procfs_put(t, "\t\t"); /* boot_ns: nobody tells when the prompt came */
    procfs_put(t, wall_state());
    procfs_put(t, "\n");
    return FSC_OK;
}

/* ---- mounts ---- */

static bool text_is(const struct fipc_string *s, const char *word)
{
    return s->len == strlen(word) && memcmp(s->data, word, s->len) == 0;
}

/* What vfs mounts where is fixed by the names of its uses: it is not asked, because it may be
 * waiting for procfs at this very moment. */
static void put_mount(void *ctx, const struct capmgr_use *use)
{
    static const struct {
        const char *use, *target;
    } known[] = {{"ramfs", "/"}, {"devfs", "/dev"}, {"procfs", "/proc"}};
    struct procfs_text *t = ctx;

    if (use->sessions == 0) return;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct fs_statfs s = {0};
        struct fipc_conn conn;

        if (!text_is(&use->name, known[i].use)) continue;
        procfs_put_cell(t, use->peer_name.data, use->peer_name.len);
        procfs_put(t, "\t");
        procfs_put(t, known[i].target);
        procfs_put(t, "\t");
        procfs_put(t, known[i].use);
        procfs_put(t, "\trw");
        if (component_connect(known[i].use, &vnode_filesystem_peer, &vnode_filesystem_lane, 1, 0,
                              &conn) == FUT_OK) {
            if (vnode_filesystem_statfs((vnode_filesystem){&conn, 0}, &s) != FUT_OK)
                memset(&s, 0, sizeof s);
            component_disconnect(&conn);
        }
        put_column(t, s.blocks * s.block);
        put_column(t, s.blocks > s.free ? (s.blocks - s.free) * s.block : 0);
        put_column(t, s.files);
        put_column(t, s.files_free);
        procfs_put(t, "\n");
    }
}

static void mount_lines(struct procfs_text *t)
{
    for (uint32_t i = 0; i < source_count; i++)
        if (strcmp(source_list[i].name, "vfs") == 0)
            (void)source_uses(source_list[i].info.number, put_mount, t);
}

static int mounts_text(struct procfs_text *t)
{
    procfs_put(t, "source\ttarget\ttype\toptions\ttotal\tused\tfiles\tfree_files\n");
    mount_lines(t);
    return FSC_OK;
}

static int version_text(struct procfs_text *t)
{
    procfs_put(t, "name\tversion\tboard\tmachine\nFutura\t" PROCFS_SYSTEM_VERSION
                  "\t" PROCFS_SYSTEM_BOARD "\t" FUT_PROCESSOR_NAME "\n");
    return FSC_OK;
}

static int processor_text(struct procfs_text *t)
{
    char model[64], features[256];
    size_t model_len, features_len;
    fut_err e = capmgr_info_processor(source_info, model, sizeof model, &model_len, features,
                                      sizeof features, &features_len);

    if (e != FUT_OK) return (int)e;
    procfs_put(t, "machine\tmodel\tfeatures\n" FUT_PROCESSOR_NAME "\t");
    procfs_put_cell(t, model, model_len);
    procfs_put(t, "\t");
    procfs_put_cell(t, features, features_len);
    procfs_put(t, "\n");
    return FSC_OK;
}

static int hostname_text(struct procfs_text *t)
{
    procfs_put(t, hostname);
    procfs_put(t, "\n");
    return FSC_OK;
}

/* ---- what procfs_core asks for ---- */

static int text(void *ctx, enum procfs_what what, uint32_t component, struct procfs_text *t)
{
    (void)ctx;
    switch (what) {
    case PROCFS_TASKS: return tasks_text(t);
    case PROCFS_MEMORY: return memory_text(t);
    case PROCFS_UPTIME: return uptime_text(t);
    case PROCFS_MOUNTS: return mounts_text(t);
    case PROCFS_LOG: return source_log_text(t);
    case PROCFS_LOG_LEVELS: return source_levels_text(t);
    case PROCFS_GRAPH: return source_graph_text(t);
    case PROCFS_VERSION: return version_text(t);
    case PROCFS_PROCESSOR: return processor_text(t);
    case PROCFS_HOSTNAME: return hostname_text(t);
    case PROCFS_CAPS: return source_caps_text(component, t);
    case PROCFS_INTERFACES: return source_interfaces_text(component, t);
    default: return FSC_ENOSYS;
    }
}

/* The name of a component's file: its own, and behind it `.NUMBER` where several have it. */
static uint16_t file_name(const struct source_component *s, char name[PROCFS_COMPONENT_NAME])
{
    char digits[12];
    size_t len = strlen(s->name), at = sizeof digits;
    uint32_t n = s->info.number, shared = 0;

    memcpy(name, s->name, len);
    for (uint32_t i = 0; i < source_count; i++)
        shared += strcmp(source_list[i].name, s->name) == 0;
    if (shared < 2) return (uint16_t)len;
    for (; n > 0; n /= 10)
        digits[--at] = (char)('0' + n % 10);
    digits[--at] = '.';
    if (len > PROCFS_COMPONENT_NAME - sizeof digits) len = PROCFS_COMPONENT_NAME - sizeof digits;
    memcpy(name + len, digits + at, sizeof digits - at);
    return (uint16_t)(len + sizeof digits - at);
}

/* Every component holds capabilities; interfaces are offered by the manifest's alone, and by the
 * capability manager, which is component 0 and not in the list. */
static bool component(void *ctx, enum procfs_what what, uint32_t from, struct procfs_component *c)
{
    const struct source_component *best = NULL;

    (void)ctx;
    if (what == PROCFS_INTERFACES && from == 0) {
        *c = (struct procfs_component){.number = 0, .len = 6, .name = "capmgr"};
        return true;
    }
    for (uint32_t i = 0; i < source_count; i++) {
        const struct source_component *s = &source_list[i];

        if (s->info.number < from || (best != NULL && best->info.number <= s->info.number))
            continue;
        if (what == PROCFS_CAPS || s->info.manifest != SOURCE_MANIFEST_NONE) best = s;
    }
    if (best == NULL) return false;
    c->number = best->info.number;
    c->len = file_name(best, c->name);
    return true;
}

static int writable(void *ctx, enum procfs_what what)
{
    uint32_t kind;

    (void)ctx;
    if (what != PROCFS_POWER || power_object != 0) return FSC_OK;
    if (component_facility("power", &kind, &power_object) != FUT_OK ||
        kind != CAPMGR_FACILITY_POWER) {
        power_object = 0;
        return FSC_EACCES;
    }
    return FSC_OK;
}

static int power_write(const char *data, uint32_t len)
{
    capmgr_power power = {&component_capmgr, power_object};

    if (procfs_word_is(data, len, "off")) return (int)capmgr_power_off(power);
    if (procfs_word_is(data, len, "reboot")) return (int)capmgr_power_reboot(power);
    return FSC_EINVAL;
}

static int hostname_write(const char *data, uint32_t len)
{
    size_t n = procfs_hostname_length(data, len);

    if (n == 0) return FSC_EINVAL;
    memcpy(hostname, data, n);
    hostname[n] = 0;
    return FSC_OK;
}

static int write_text(void *ctx, enum procfs_what what, const char *data, uint32_t len)
{
    (void)ctx;
    switch (what) {
    case PROCFS_LOG_LEVELS: return source_levels_write(data, len);
    case PROCFS_HOSTNAME: return hostname_write(data, len);
    case PROCFS_POWER: return power_write(data, len);
    default: return FSC_EACCES;
    }
}

const struct procfs_source source = {
    .text = text, .component = component, .writable = writable, .write = write_text};

void source_start(void)
{
    uint32_t kind, object;
    fut_err e = component_facility("info", &kind, &object);

    if (e != FUT_OK || kind != CAPMGR_FACILITY_INFO)
        component_fail("the use \"info\" of the capability manager: error %u", (unsigned)e);
    source_info = (capmgr_info){&component_capmgr, object};
}
