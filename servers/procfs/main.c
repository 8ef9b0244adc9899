/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs: the core behind the binding of all filesystems. An open file is the snapshot that was
 * taken when it was opened. Directories are open without one.
 */
#include <stdlib.h>

#include "component.h"
#include "fsbind.h"
#include "procfs.h"
#include "source.h"

static struct procfs fs;

static int op_lookup(uint64_t dir, const char *name, size_t len, struct fsc_attr *attr)
{
    return procfs_lookup(&fs, dir, name, len, attr);
}

static int op_parent(uint64_t dir, struct fsc_attr *attr) { return procfs_parent(&fs, dir, attr); }

static int op_stat(uint64_t node, struct fsc_attr *attr) { return procfs_stat(&fs, node, attr); }

/* Truncating means nothing to a generated file and is taken; nothing else can be changed. */
static int op_set_attr(uint64_t node, const struct fsc_set *set)
{
    struct fsc_attr a;
    int e = procfs_stat(&fs, node, &a);

    if (e == FSC_OK && (set->mask & FSC_SET_SIZE) != 0 && (a.mode & 0200) == 0)
        e = a.kind == FSC_DIR ? FSC_EISDIR : FSC_EACCES;
    if (e == FSC_OK && (set->mask & ~FSC_SET_SIZE) != 0) e = FSC_EPERM;
    return e;
}

static void op_statfs(struct fsc_statfs *out)
{
    *out = (struct fsc_statfs){.block_size = 4096, .name_max = FSC_NAME_MAX};
}

static int op_readdir(uint64_t dir, uint64_t cookie, struct fsc_dirent *out, uint32_t cap,
                      uint32_t *count, bool *end)
{
    return procfs_readdir(&fs, dir, cookie, out, cap, count, end);
}

/* ---- open files: `state` is the snapshot, 0 for a directory ---- */

static struct procfs_file *file_of(const struct fsopen *o)
{
    return (struct procfs_file *)(uintptr_t)o->state;
}

static int op_open(struct fsopen *o, const struct fsc_attr *attr)
{
    struct procfs_file *file;
    int e;

    if (attr->kind == FSC_DIR) return FSC_OK;
    file = malloc(sizeof *file);
    if (file == NULL) return FSC_ENOMEM;
    e = procfs_open(&fs, o->node, o->how, file);
    if (e != FSC_OK)
        free(file);
    else
        o->state = (uintptr_t)file;
    return e;
}

static void op_close(struct fsopen *o)
{
    if (o->state == 0) return;
    procfs_close(&fs, file_of(o));
    free(file_of(o));
}

static int op_read(struct fsopen *o, uint64_t offset, void *out, uint32_t len, uint32_t *got)
{
    return o->state == 0 ? FSC_EISDIR : procfs_read(file_of(o), offset, out, len, got);
}

static int op_write(struct fsopen *o, uint64_t offset, bool append, const void *data, uint32_t len,
                    uint32_t *put)
{
    int e = o->state == 0 ? FSC_EISDIR : procfs_write(&fs, file_of(o), data, len);

    (void)offset, (void)append;
    *put = e == FSC_OK ? len : 0;
    return e;
}

static const struct fsbind_ops ops = {
    .refresh = source_refresh,
    .lookup = op_lookup,
    .parent = op_parent,
    .stat = op_stat,
    .set_attr = op_set_attr,
    .statfs = op_statfs,
    .readdir = op_readdir,
    .open = op_open,
    .close = op_close,
    .read = op_read,
    .write = op_write,
};

int main(void)
{
    component_start();
    source_start();
    procfs_init(&fs, &fsbind_env, &source);
    fsbind_serve(&ops);
}
