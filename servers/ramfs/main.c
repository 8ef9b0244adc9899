/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ramfs: the core behind the binding of all filesystems. The boot archive, where the component is
 * given it, is the initial content; its file data stay where they are.
 */
#include "capmgr.h"
#include "component.h"
#include "fsbind.h"
#include "ramfs.h"

#define BUDGET (12u << 20) /* the rest of its memory is its own */

static struct ramfs *fs;

static int op_lookup(uint64_t dir, const char *name, size_t len, struct fsc_attr *attr)
{
    return ramfs_lookup(fs, dir, name, len, attr);
}

static int op_parent(uint64_t dir, struct fsc_attr *attr) { return ramfs_parent(fs, dir, attr); }

static int op_stat(uint64_t node, struct fsc_attr *attr) { return ramfs_stat(fs, node, attr); }

static int op_set_attr(uint64_t node, const struct fsc_set *set)
{
    return ramfs_set_attr(fs, node, set);
}

static void op_statfs(struct fsc_statfs *out) { ramfs_statfs(fs, out); }

static int op_create(uint64_t dir, const char *name, size_t len, const struct fsc_attr *n,
                     const char *target, size_t target_len, struct fsc_attr *attr)
{
    const struct ramfs_new_node node = {n->kind, n->mode, n->uid, n->gid, target, target_len};

    return ramfs_create(fs, dir, name, len, &node, attr);
}

static int op_link(uint64_t node, uint64_t dir, const char *name, size_t len)
{
    return ramfs_link(fs, node, dir, name, len);
}

static int op_unlink(uint64_t dir, const char *name, size_t len, bool directory)
{
    return ramfs_unlink(fs, dir, name, len, directory);
}

static int op_rename(uint64_t dir, const char *name, size_t len, uint64_t to, const char *new,
                     size_t new_len, bool replace)
{
    return ramfs_rename(fs, dir, name, len, to, new, new_len, replace);
}

static int op_readlink(uint64_t node, const char **target, size_t *len)
{
    return ramfs_readlink(fs, node, target, len);
}

static int op_readdir(uint64_t dir, uint64_t cookie, struct fsc_dirent *out, uint32_t cap,
                      uint32_t *count, bool *end)
{
    return ramfs_readdir(fs, dir, cookie, out, cap, count, end);
}

/* ---- open files: the core counts them by node ---- */

static int op_open(struct fsopen *o, const struct fsc_attr *attr)
{
    int e = ramfs_open(fs, o->node);

    (void)attr;
    if (e == FSC_OK && (o->how & FSC_O_TRUNC) != 0) {
        e = ramfs_truncate(fs, o->node, 0);
        if (e != FSC_OK) ramfs_close(fs, o->node);
    }
    return e;
}

static void op_close(struct fsopen *o) { ramfs_close(fs, o->node); }

static int op_read(struct fsopen *o, uint64_t offset, void *out, uint32_t len, uint32_t *got)
{
    return ramfs_read(fs, o->node, offset, out, len, got);
}

static int op_write(struct fsopen *o, uint64_t offset, bool append, const void *data, uint32_t len,
                    uint32_t *put)
{
    return ramfs_write(fs, o->node, offset, append, data, len, put);
}

static int op_write_from(struct fsopen *o, uint64_t offset, bool append,
                         const struct fsc_source *from, uint32_t len, uint32_t *put)
{
    return ramfs_write_from(fs, o->node, offset, append, from, len, put);
}

/* The ticket pins nothing: when the file is cut, whoever has the pages mapped loses them. */
static fut_err op_map(struct fsopen *o, uint64_t badge, uint64_t offset, uint64_t length,
                      uint64_t *ticket)
{
    uint64_t most = length / RAMFS_PAGE + (length % RAMFS_PAGE != 0);
    uint32_t count;
    void *pages;
    int e;

    if (offset % RAMFS_PAGE != 0) return FUT_EINVAL;
    if (most > RAMFS_LEND_MAX) most = RAMFS_LEND_MAX;
    e = ramfs_lend(fs, o->node, offset / RAMFS_PAGE, (uint32_t)most, &pages, &count);
    if (e != FSC_OK) return (fut_err)e;
    return capmgr_manager_ticket_memory((capmgr_manager){&component_capmgr, 0}, badge,
                                        (uintptr_t)pages, count, false, ticket);
}

static const struct fsbind_ops ops = {
    .lookup = op_lookup,
    .parent = op_parent,
    .stat = op_stat,
    .set_attr = op_set_attr,
    .statfs = op_statfs,
    .create = op_create,
    .link = op_link,
    .unlink = op_unlink,
    .rename = op_rename,
    .readlink = op_readlink,
    .readdir = op_readdir,
    .open = op_open,
    .close = op_close,
    .read = op_read,
    .write = op_write,
    .write_from = op_write_from,
    .map = op_map,
};

static void load_archive(void)
{
    const struct startpage_window *window = startpage_find_window(&component_page, "boot");
    size_t offset = 0;
    int e;

    if (window == NULL) return;
    e = ramfs_load_cpio(fs, (const void *)window->area.address, window->area.bytes, &offset);
    if (e != 0)
        component_log(COMPONENT_ERROR, "boot archive: error %d at byte %lu", e,
                      (unsigned long)offset);
    else
        component_log(COMPONENT_INFO, "holds the boot archive, %lu KiB",
                      (unsigned long)(window->area.bytes / 1024u));
}

int main(void)
{
    component_start();
    fs = ramfs_new(&fsbind_env, BUDGET);
    if (fs == NULL) component_fail("no memory for a root directory");
    load_archive();
    fsbind_serve(&ops);
}
