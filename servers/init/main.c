/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init: starts what the manifest declares, in its order, and restarts it by its policy. The
 * decisions are the core's (supervise.h); here they meet capmgr, the log and the clock.
 */
#include <string.h>

#include "capmgr.h"
#include "futura/syscall.h"
#include "init.h"
#include "manifest_devices.h"
#include "supervise.h"

struct manifest init_manifest;
struct bootopts init_options;
static struct supervise supervisor;
static uint32_t own;

/* Levels are the capability manager's business, and hold from its first record on; who they are for
 * only the manifest says. */
static void options_judge(void)
{
    static const char *const levels[] = {"debug", "info", "notice", "warning", "error"};
    uint32_t i;

    for (i = 0; i < init_options.complaint_count && i < BOOTOPTS_COMPLAINTS; i++)
        component_log(COMPONENT_WARNING, "boot option %s: %s", init_options.complaint[i].word,
                      init_options.complaint[i].why);
    for (i = 0; i < init_options.component_count; i++) {
        const char *name = init_options.component[i].component;

        if (manifest_find(&init_manifest, scbor_str_of(name)) == MANIFEST_NOWHERE)
            component_log(COMPONENT_WARNING,
                          "boot option log=%s:%s: the manifest has no such component", name,
                          levels[init_options.component[i].level]);
    }
}

static void init_read(void)
{
    const struct startpage_window *window = startpage_find_window(&component_page, "manifest");
    struct manifest_fault fault = {MANIFEST_E_SIZE, MANIFEST_NOWHERE, MANIFEST_NOWHERE, 0};
    char why[192];

    if (window == NULL ||
        manifest_decode(&init_manifest, (const void *)(uintptr_t)window->area.address,
                        window->area.bytes, &fault) != MANIFEST_OK) {
        (void)manifest_explain(&init_manifest, &fault, why, sizeof why);
        component_fail("%s", why);
    }
    own = manifest_find(&init_manifest, component_page.name);
    (void)bootopts_parse(&init_options, component_page.options.s, component_page.options.len);
    options_judge();
}

static uint32_t devices_missing(uint32_t index, const struct fdt *tree)
{
    const struct manifest_component *c = &init_manifest.component[index];
    uint32_t i, missing = 0;

    for (i = 0; i < c->devices.count; i++) {
        const struct manifest_device *d = &init_manifest.device[c->devices.first + i];
        enum manifest_device_error e = manifest_device_check(&init_manifest, d, tree);
        char path[128];
        uint32_t n = d->path.len < sizeof path ? d->path.len : sizeof path - 1;

        if (e == MANIFEST_DEVICE_OK) continue;
        memcpy(path, d->path.s, n);
        path[n] = 0;
        component_log(COMPONENT_ERROR, "component %s, device %s: %s", children_name(index), path,
                      manifest_device_strerror(e));
        missing++;
    }
    return missing;
}

/* A board that is not the one that the manifest was made for: nothing of it is started. */
static void devices_check(void)
{
    const struct startpage_window *window = startpage_find_window(&component_page, "dtb");
    struct fdt tree;
    bool has_tree = window != NULL && fdt_init(&tree, (const void *)(uintptr_t)window->area.address,
                                               window->area.bytes) == FDT_OK;
    uint32_t i, missing = 0;

    for (i = 0; i < init_manifest.component_count; i++)
        missing += devices_missing(i, has_tree ? &tree : NULL);
    if (missing != 0)
        component_fail("nothing is started: devices of the manifest that are missing: %u", missing);
}

/* capmgr and init itself run already, and init does not see them end. */
static bool runs_already(uint32_t index)
{
    return index == own || scbor_str_is(init_manifest.component[index].name, "capmgr");
}

static bool on_start(void *ctx, uint32_t index)
{
    (void)ctx;
    return runs_already(index) || children_start(index);
}

static void on_changed(void *ctx, uint32_t index, enum supervise_state state, uint64_t when)
{
    uint64_t now = component_now_ns();

    (void)ctx;
    if (runs_already(index)) return;
    switch (state) {
    case SUPERVISE_DELAYED:
        component_log(COMPONENT_NOTICE, "%s is started again in %lu ms", children_name(index),
                      (unsigned long)(when > now ? (when - now) / 1000000u : 0));
        break;
    case SUPERVISE_DOWN:
        component_log(COMPONENT_NOTICE, "%s is not started again: its policy is never",
                      children_name(index));
        children_give_up(index);
        break;
    case SUPERVISE_FAILED:
        component_log(COMPONENT_ERROR, "%s is given up", children_name(index));
        children_give_up(index);
        break;
    default: break;
    }
}

/* With init's end capmgr shows what the log ends with on the console, and obeys panic=. */
static void on_fatal(void *ctx, uint32_t index)
{
    const struct restart *r = &supervisor.component[index].restart;

    (void)ctx;
    if (scbor_str_is(init_manifest.component[index].name, SUPERVISE_SHELL))
        component_log(COMPONENT_ERROR, "the shell was started %u times in vain: %s", r->total + 1,
                      init_options.init[0] != 0 ? "boot with another init=, or without it"
                                                : "why is said above, each time");
    component_fail("the system ends: %s is critical, and down for good", children_name(index));
}

/* Deaths first, then what is due; until neither changes anything. */
static void round_run(void)
{
    uint32_t index;

    while (children_next_death(&index))
        (void)supervise_on_death(&supervisor, index, component_now_ns());
    supervise_on_time(&supervisor, component_now_ns());
    ticker_set(supervise_next(&supervisor));
}

int main(void)
{
    static const struct supervise_ops ops = {on_start, on_changed, on_fatal};
    struct fut_msg m;

    component_start();
    init_read();
    children_init();
    devices_check();
    ticker_start();
    supervise_init(&supervisor, &init_manifest, &ops, NULL);
    component_log(COMPONENT_INFO, "%u components to start", init_manifest.component_count - 2);
    supervise_start_all(&supervisor, component_now_ns());
    for (;;) {
        round_run();
        (void)fut_sys_recv(0, FIPC_BIT_CAPMGR | BIT_TICK, 0, &m);
    }
}
