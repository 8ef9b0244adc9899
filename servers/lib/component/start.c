/* SPDX-License-Identifier: Apache-2.0 */
/* A component's beginning: the start page, the connection to capmgr, facilities, devices, time. */
#include <string.h>
#include <sys/auxv.h>

#include "capmgr.h"
#include "component.h"
#include "futura/processor.h"
#include "futura/syscall.h"

#define AT_FUTURA_START 0x46555401ul
#define SLOT_CAPMGR 2u

struct startpage component_page;
struct fipc_conn component_capmgr;
static uint64_t clock_hz;

static void conn_start(void)
{
    const struct startpage_lane *lane = &component_page.capmgr;
    struct fipc_lane_spec spec = capmgr_manager_lane;
    struct fipc_areas areas = {.slot = SLOT_CAPMGR, .doorbell = 0};

    spec.slots = (uint8_t)lane->slots;
    spec.req_class = (uint8_t)lane->request_class;
    spec.rep_class = (uint8_t)lane->reply_class;
    areas.c = (void *)lane->client;
    areas.s = (const void *)lane->server;
    areas.pool = (void *)lane->pool;
    if (fipc_conn_init(&component_capmgr, NULL, &areas, &spec) != FUT_OK)
        for (;;) /* without capmgr there is not even a way to end */
            FUT_PROCESSOR_STOP(1);
}

void component_start(void)
{
    const void *page = (const void *)getauxval(AT_FUTURA_START);
    uint64_t ticks;

    if (component_capmgr.slot != 0) return;
    if (page == NULL || startpage_decode(&component_page, page, STARTPAGE_SIZE) != STARTPAGE_OK)
        for (;;)
            FUT_PROCESSOR_STOP(2);
    conn_start();
    fut_sys_clock(&ticks, &clock_hz);
}

fut_err component_facility(const char *name, uint32_t *kind, uint32_t *object)
{
    const struct startpage_use *use = startpage_find_use(&component_page, name);
    struct capmgr_facility facility;
    fut_err e;

    if (use == NULL) return FUT_ENOENT;
    e = capmgr_manager_facility((capmgr_manager){&component_capmgr, 0}, use->number, &facility);
    if (e != FUT_OK) return e;
    *kind = facility.tag;
    memcpy(object, &facility.u, sizeof *object);
    return FUT_OK;
}

const struct startpage_device *component_device(const char *compatible)
{
    const struct startpage_device *device = startpage_find_device(&component_page, compatible);

    if (device == NULL || device->reg_count == 0)
        component_fail("no device compatible with %s is granted", compatible);
    return device;
}

/* Whole seconds and the rest apart: no 128-bit arithmetic. */
uint64_t component_now_ns(void)
{
    uint64_t ticks, hz;

    fut_sys_clock(&ticks, &hz);
    return ticks / hz * 1000000000u + ticks % hz * 1000000000u / hz;
}
