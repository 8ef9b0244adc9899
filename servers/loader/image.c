/* SPDX-License-Identifier: Apache-2.0 */
/* Executables, read from vfs. vfs never waits for the loader, so that synchronous calls are safe;
 * it may be restarted, so that the connection is made anew when it is lost. */
#include "fs.h"
#include "parts.h"

#define PIECE (64u << 10) /* futura.fs IO */
#define MODE_EXEC 0111u

static struct fipc_conn conn;
static bool connected;
static uint32_t open_file; /* 0: none */

/* Remembers that the connection is lost, and says EIO of it. */
static fut_err fs_error(fut_err e)
{
    if (e < FUT_TRANSPORT_FIRST || e > FUT_TRANSPORT_LAST) return e;
    if (e == FUT_EDEAD || e == FUT_EUNKNOWN) {
        component_disconnect(&conn);
        connected = false;
        open_file = 0;
    }
    return FUT_EIO;
}

static fut_err fs_connect(void)
{
    fut_err e;

    if (connected) return FUT_OK;
    e = component_connect("fs", &fs_directory_iface, &fs_directory_lane, 1, 0, &conn);
    connected = e == FUT_OK;
    if (!connected)
        component_log(COMPONENT_WARNING, "the file system cannot be reached: %s",
                      fut_strerror(NULL, e));
    return connected ? FUT_OK : FUT_EIO;
}

static fut_err image_read(void *ctx, uint64_t offset, void *to, size_t n)
{
    uint8_t *at = to;
    size_t got;
    fut_err e;

    (void)ctx;
    while (n != 0) {
        if (!connected) return FUT_EIO;
        e = fs_file_read((fs_file){&conn, open_file}, offset, (uint32_t)(n < PIECE ? n : PIECE), at,
                         n, &got);
        if (e != FUT_OK) return fs_error(e);
        if (got == 0) return FUT_EIO; /* it became shorter meanwhile */
        offset += got;
        at += got;
        n -= got;
    }
    return FUT_OK;
}

void image_close(void)
{
    if (connected && open_file != 0)
        (void)fs_error(fipc_release(&conn, fs_file_iface.tag, open_file));
    open_file = 0;
}

static fut_err open_once(const void *path, size_t len)
{
    struct fs_opened node;
    fut_err e = fs_connect();

    if (e == FUT_OK)
        e = fs_directory_open((fs_directory){&conn, 0}, path, len, FS_OPEN_FLAGS_READ, 0, &node);
    if (e != FUT_OK) return e;
    if (node.tag == FS_OPENED_FILE) {
        open_file = node.u.file;
        return FUT_OK;
    }
    (void)fs_error(fipc_release(&conn, fs_directory_iface.tag, node.u.dir));
    return FUT_EACCES;
}

fut_err image_open(const void *path, size_t len, struct spawn_file *file)
{
    struct fs_attr attr;
    fut_err e = open_once(path, len);

    if (fs_error(e) != e) /* vfs died since the last time: once more */
        e = open_once(path, len);
    if (e != FUT_OK) return fs_error(e);
    e = fs_error(fs_file_stat((fs_file){&conn, open_file}, &attr));
    if (e == FUT_OK && (attr.kind != FS_KIND_FILE || (attr.mode & MODE_EXEC) == 0)) e = FUT_EACCES;
    if (e != FUT_OK) {
        image_close();
        return e;
    }
    *file = (struct spawn_file){NULL, attr.size, image_read};
    return FUT_OK;
}
