/* SPDX-License-Identifier: Apache-2.0 */
/* Executables: opened by vfs, read from their filesystem. Neither waits for the loader, so that
 * synchronous calls are safe; both may be restarted, so that connections are made anew when they
 * are lost. */
#include "fs.h"
#include "fsclient.h"
#include "parts.h"

#define PIECE (64u << 10) /* futura.fs IO */
#define MODE_EXEC 0111u

static struct fipc_conn conn;
static bool connected;
static uint32_t open_file;             /* 0: none */
static struct fsclient_volume *volume; /* where it is; NULL: at vfs */

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
    e = component_connect("fs", &fs_directory_peer, &fs_directory_lane, 1, 0, &conn);
    connected = e == FUT_OK;
    if (!connected)
        component_log(COMPONENT_WARNING, "the file system cannot be reached: %s",
                      fut_strerror(NULL, e));
    return connected ? FUT_OK : FUT_EIO;
}

/* The open file, and what a call on it answered. */
static fs_file file_now(void)
{
    return (fs_file){volume != NULL ? &volume->conn : &conn, open_file};
}

static fut_err file_error(fut_err e)
{
    if (volume == NULL) return fs_error(e);
    return fsclient_error(volume, e) != FUT_OK && e >= FUT_TRANSPORT_FIRST ? FUT_EIO : e;
}

static fut_err image_read(void *ctx, uint64_t offset, void *to, size_t n)
{
    uint8_t *at = to;
    size_t got;
    fut_err e;

    (void)ctx;
    while (n != 0) {
        if (open_file == 0) return FUT_EIO;
        e = fs_file_read(file_now(), offset, (uint32_t)(n < PIECE ? n : PIECE), at, n, &got);
        if (e != FUT_OK) return file_error(e);
        if (got == 0) return FUT_EIO; /* it became shorter meanwhile */
        offset += got;
        at += got;
        n -= got;
    }
    return FUT_OK;
}

void image_close(void)
{
    if (volume != NULL)
        fsclient_release(volume, open_file);
    else if (connected && open_file != 0)
        (void)fs_error(fipc_release(&conn, fs_file_peer.tag, open_file));
    open_file = 0;
    volume = NULL;
}

/* The first executable of a filesystem is opened at vfs and moved to the session that is then made.
 */
static fut_err file_move(void)
{
    struct fsclient_place place;
    fut_err e = fsclient_direct((fs_file){&conn, open_file}, &place);

    if (e != FUT_OK || place.volume == NULL) return e;
    (void)fs_error(fipc_release(&conn, fs_file_peer.tag, open_file));
    open_file = place.object;
    volume = place.volume;
    return FUT_OK;
}

static fut_err open_once(const void *path, size_t len)
{
    struct fs_opened node;
    uint64_t number;
    bool direct;
    fut_err e = fs_connect();

    if (e == FUT_OK)
        e = fs_directory_open_direct((fs_directory){&conn, 0}, path, len, FS_OPEN_FLAGS_READ, 0,
                                     &node, &direct, &number);
    if (e != FUT_OK) return e;
    if (node.tag != FS_OPENED_FILE) {
        (void)fs_error(fipc_release(&conn, fs_directory_peer.tag, node.u.dir));
        return FUT_EACCES;
    }
    open_file = node.u.file;
    if (!direct) return file_move();
    volume = fsclient_opened(number);
    if (volume == NULL) open_file = 0; /* it went with its session */
    return volume != NULL ? FUT_OK : FUT_ESTALE;
}

fut_err image_open(const void *path, size_t len, struct spawn_file *file)
{
    struct fs_attr attr;
    fut_err e = open_once(path, len);

    if (e == FUT_ESTALE || fs_error(e) != e) { /* a server died since the last time: once more */
        image_close();
        e = open_once(path, len);
    }
    if (e == FUT_OK)
        e = file_error(fs_file_stat(file_now(), &attr));
    else
        e = fs_error(e);
    if (e == FUT_OK && (attr.kind != FS_KIND_FILE || (attr.mode & MODE_EXEC) == 0)) e = FUT_EACCES;
    if (e != FUT_OK) {
        image_close();
        return e;
    }
    *file = (struct spawn_file){NULL, attr.size, image_read};
    return FUT_OK;
}
