/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component of a test image: kills uart, ramfs and vfs in turn, waits until each is back under a
 * new number, and proves by a call that it works again. It reports through the log, which in debug
 * builds capmgr prints itself: not through the port that it kills.
 */
#include <stdint.h>
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "components.h"
#include "fs.h"
#include "futura/syscall.h"

#define ROUNDS 170 /* of three kills */
#define PATIENCE_NS 20000000000ull

static struct fipc_conn fs;
static uint32_t info;

/* Counts the kill when the component is back. */
static void kill_and_wait(const char *name, uint32_t *kills)
{
    uint32_t old = components_find(info, name), now = old;
    uint64_t end = component_now_ns() + PATIENCE_NS;
    fut_err e = capmgr_info_kill((capmgr_info){&component_capmgr, info}, old);

    if (old == 0 || e != FUT_OK)
        component_fail("%s cannot be killed: number %u, error %u", name, old, (unsigned)e);
    while (now == 0 || now == old) {
        if (component_now_ns() > end) component_fail("%s (number %u) did not come back", name, old);
        fut_sys_yield();
        now = components_find(info, name);
    }
    (*kills)++;
}

/* The filesystem answers: with a new connection where the old one is dead. */
static void files_answer(void)
{
    uint64_t end = component_now_ns() + PATIENCE_NS;
    struct fs_attr attr;
    fut_err e = FUT_EIO;

    while (e != FUT_OK) {
        if (component_now_ns() > end) component_fail("files do not answer: error %u", (unsigned)e);
        if (fs.slot == 0 &&
            component_connect("fs", &fs_directory_iface, &fs_directory_lane, 1, 0, &fs) != FUT_OK)
            continue;
        e = fs_directory_lookup((fs_directory){&fs, 0}, "/etc/motd", 9, true, &attr);
        if (e >= 200) component_disconnect(&fs);
    }
}

static fut_err connect_as(const struct fipc_iface *version, const struct fipc_lane_spec *lane)
{
    struct fipc_conn conn;
    fut_err e = component_connect("fs", version, lane, 1, 0, &conn);

    if (e == FUT_OK) component_disconnect(&conn);
    return e;
}

/* A client of another version of the interface stays out, unless one end knows the other; one that
 * was built when messages were smaller gets the smaller lane that it asks for. */
static void versions_meet(void)
{
    static const uint8_t stranger[32] = {1};
    struct fipc_iface version = fs_directory_iface;
    struct fipc_lane_spec small = fs_directory_lane;

    small.req_class = small.rep_class = 1;
    version.closure = stranger;
    version.nknown = 0;
    if (connect_as(&version, &fs_directory_lane) != FUT_EVERSION)
        component_fail("a version that nobody knows was connected");
    version.known = (const uint8_t(*)[32])fs_directory_closure;
    version.nknown = 1;
    if (connect_as(&version, &fs_directory_lane) != FUT_OK)
        component_fail("a version that knows the server was not connected");
    if (connect_as(&version, &small) != FUT_OK)
        component_fail("a client with a smaller lane was not connected");
    component_log(COMPONENT_NOTICE, "chaos: versions were told apart");
}

int main(void)
{
    uint32_t kind, round, uart = 0, ramfs = 0, vfs = 0;

    component_start();
    if (component_facility("kill", &kind, &info) != FUT_OK)
        component_fail("no facility to kill with");
    files_answer();
    versions_meet();
    for (round = 1; round <= ROUNDS; round++) {
        kill_and_wait("uart", &uart);
        kill_and_wait("ramfs", &ramfs);
        files_answer();
        kill_and_wait("vfs", &vfs);
        files_answer();
        if (round % 10 == 0) component_log(COMPONENT_NOTICE, "chaos: %u kills", uart + ramfs + vfs);
    }
    component_log(COMPONENT_NOTICE, "chaos: survived %u kills: %u of uart, %u of ramfs, %u of vfs",
                  uart + ramfs + vfs, uart, ramfs, vfs);
    for (;;)
        fut_sys_recv(0, 0, 0, &(struct fut_msg){0});
}
