/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devfs: the core behind the binding of all filesystems. Randomness is the capability manager's;
 * without a seed only /dev/random has nothing to give (EAGAIN). /dev/console is the console
 * server's terminal: whoever opens it gets a ticket for a session there, and devfs is out of the
 * way.
 */
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "console.h"
#include "devfs.h"
#include "fsbind.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

static struct devfs fs;
static fut_err random_error; /* of the last read that wanted random bytes */

/* ---- the environment ---- */

static void random_fill(void *ctx, void *out, size_t size)
{
    uint8_t block[32], *to = out;
    size_t n;

    (void)ctx;
    for (; size != 0 && random_error == FUT_OK; size -= n, to += n) {
        n = size < sizeof block ? size : sizeof block;
        random_error = capmgr_manager_random(MANAGER, block);
        if (random_error == FUT_OK) memcpy(to, block, n);
    }
    memset(block, 0, sizeof block);
}

static void random_stir(void *ctx, const void *data, uint32_t len)
{
    const uint8_t *from = data;
    uint8_t block[32];
    uint32_t n;

    (void)ctx;
    for (; len != 0; len -= n, from += n) {
        n = len < sizeof block ? len : sizeof block;
        memset(block, 0, sizeof block);
        memcpy(block, from, n);
        (void)capmgr_manager_stir(MANAGER, block); /* what is refused harms nobody */
    }
}

/* ---- the filesystem ---- */

static int op_lookup(uint64_t dir, const char *name, size_t len, struct fsc_attr *attr)
{
    return devfs_lookup(&fs, dir, name, len, attr);
}

static int op_stat(uint64_t node, struct fsc_attr *attr) { return devfs_stat(&fs, node, attr); }

/* The only directory is the root. */
static int op_parent(uint64_t dir, struct fsc_attr *attr)
{
    int e = devfs_stat(&fs, dir, attr);

    return e == FSC_OK && attr->kind != FSC_DIR ? FSC_ENOTDIR : e;
}

static int op_set_attr(uint64_t node, const struct fsc_set *set)
{
    return devfs_set_attr(&fs, node, set);
}

static void op_statfs(struct fsc_statfs *out)
{
    *out =
        (struct fsc_statfs){.block_size = 4096, .files = DEVFS_NODES + 1, .name_max = FSC_NAME_MAX};
}

static int op_readdir(uint64_t dir, uint64_t cookie, struct fsc_dirent *out, uint32_t cap,
                      uint32_t *count, bool *end)
{
    return devfs_readdir(&fs, dir, cookie, out, cap, count, end);
}

static int op_open(struct fsopen *o, const struct fsc_attr *attr)
{
    (void)o, (void)attr;
    return FSC_OK;
}

static int op_read(struct fsopen *o, uint64_t offset, void *out, uint32_t len, uint32_t *got)
{
    int e;

    (void)offset;
    random_error = FUT_OK;
    e = devfs_read(&fs, o->node, out, len, got);
    return e == FSC_OK ? (int)random_error : e;
}

static int op_write(struct fsopen *o, uint64_t offset, bool append, const void *data, uint32_t len,
                    uint32_t *put)
{
    (void)offset, (void)append;
    return devfs_write(&fs, o->node, data, len, put);
}

/* ---- the terminal ---- */

static struct fipc_conn console; /* slot 0: not connected */

static fut_err console_ticket(uint64_t badge, uint64_t *ticket)
{
    fut_err e = FUT_OK;

    if (console.slot == 0)
        e = component_connect("console", &console_terminal_peer, &console_terminal_lane, 1, 0,
                              &console);
    return e != FUT_OK ? e
                       : capmgr_manager_ticket_connection(MANAGER, badge, console.slot, 0, ticket);
}

/* A console that was restarted is connected to anew: the old connection stands for nothing. */
static fut_err op_terminal(const struct fsopen *o, uint64_t badge, uint64_t *ticket)
{
    fut_err e;

    if (!devfs_is_terminal(o->node)) return FUT_EOPNOTSUPP;
    if (badge == 0) return FUT_OK;
    e = console_ticket(badge, ticket);
    if (e != FUT_EINVAL || console.slot == 0) return e;
    component_disconnect(&console);
    return console_ticket(badge, ticket);
}

static const struct fsbind_ops ops = {
    .lookup = op_lookup,
    .parent = op_parent,
    .stat = op_stat,
    .set_attr = op_set_attr,
    .statfs = op_statfs,
    .readdir = op_readdir,
    .open = op_open,
    .read = op_read,
    .write = op_write,
    .terminal = op_terminal,
};

int main(void)
{
    const struct devfs_backend backend = {.stir = random_stir};
    struct fsc_env env = fsbind_env;

    component_start();
    env.random = random_fill;
    devfs_init(&fs, &env, &backend);
    fsbind_serve(&ops);
}
