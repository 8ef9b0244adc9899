/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc/interfaces/<component>: what a server's `describe` answers. A server that works for procfs'
 * own clients is not called, because it may be waiting for procfs: vfs, and whoever uses vfs. Their
 * interfaces are shown as they were built into this boot image, and say so.
 */
#include <string.h>

#include "console.h"
#include "fs.h"
#include "loader.h"
#include "source.h"
#include "timer.h"
#include "tty.h"
#include "vnode.h"

#define IMAGE 65536u

/* Servers that are called; `use` is the name in the manifest. */
static const struct {
    const char *use;
    const struct fipc_iface *iface;
    const struct fipc_lane_spec *lane;
} servers[] = {{"uart", &tty_port_iface, &tty_port_lane},
               {"timer", &timer_timer_iface, &timer_timer_lane},
               {"console", &console_terminal_iface, &console_terminal_lane},
               {"ramfs", &vnode_filesystem_iface, &vnode_filesystem_lane},
               {"devfs", &vnode_filesystem_iface, &vnode_filesystem_lane}};

/* Interfaces of servers that are not called. */
static const struct {
    const char *component;
    const struct fipc_iface *iface;
} built_in[] = {{"procfs", &vnode_filesystem_iface},
                {"vfs", &fs_directory_iface},
                {"vfs", &fs_file_iface},
                {"vfs", &fs_pipe_iface},
                {"loader", &loader_loader_iface},
                {"loader", &loader_process_iface}};

static int describe(struct procfs_text *t, struct fipc_conn *conn, uint8_t tag, uint32_t object)
{
    static uint8_t image[IMAGE];
    size_t len;
    fut_err e = fipc_describe(conn, tag, object, image, sizeof image, &len);

    return e != FUT_OK ? (int)e : procfs_put_interface(t, image, len, "describe");
}

static int describe_server(struct procfs_text *t, unsigned i)
{
    struct fipc_conn conn;
    fut_err e = component_connect(servers[i].use, servers[i].iface, servers[i].lane, 1, 0, &conn);
    int result;

    if (e != FUT_OK) return (int)e;
    result = describe(t, &conn, servers[i].iface->tag, 0);
    component_disconnect(&conn);
    return result;
}

/* The facilities that procfs holds; others it cannot reach. */
static int describe_manager(struct procfs_text *t)
{
    static const struct {
        const char *use;
        uint8_t tag;
    } facilities[] = {
        {"info", CAPMGR_INFO_TAG}, {"log", CAPMGR_LOG_TAG}, {"power", CAPMGR_POWER_TAG}};
    uint32_t kind, object;
    int e = describe(t, &component_capmgr, CAPMGR_MANAGER_TAG, 0);

    for (size_t i = 0; e == FSC_OK && i < sizeof facilities / sizeof facilities[0]; i++) {
        if (component_facility(facilities[i].use, &kind, &object) != FUT_OK) continue;
        e = describe(t, &component_capmgr, facilities[i].tag, object);
        (void)fipc_release(&component_capmgr, facilities[i].tag, object);
    }
    return e;
}

int source_interfaces_text(uint32_t component, struct procfs_text *t)
{
    const char *name = component == 0 ? "capmgr" : source_name(component);
    size_t i;
    int e = FSC_OK;

    procfs_put(t, procfs_interface_header);
    if (component == 0) return describe_manager(t);
    for (i = 0; i < sizeof servers / sizeof servers[0]; i++)
        if (strcmp(name, servers[i].use) == 0) return describe_server(t, (unsigned)i);
    for (i = 0; e == FSC_OK && i < sizeof built_in / sizeof built_in[0]; i++)
        if (strcmp(name, built_in[i].component) == 0)
            e = procfs_put_interface(t, built_in[i].iface->image, built_in[i].iface->image_size,
                                     "built-in");
    return e;
}
