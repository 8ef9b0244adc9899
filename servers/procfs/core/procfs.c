/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of generated files and their snapshots. Inode numbers: 1 root, 2.. the fixed files in
 * the order of enum procfs_what, behind them the directories; a component's file has the
 * component's number in the low half and the directory's number in the high half.
 */
#include "procfs.h"

#include <string.h>

#define INO_FIXED 2u
#define FIXED ((uint64_t)PROCFS_CAPS)
#define ENTRIES ((uint64_t)PROCFS_WHATS)
#define TEXT_START 4096u

static const struct {
    const char *name;
    uint16_t mode;
} nodes[PROCFS_WHATS] = {[PROCFS_TASKS] = {"tasks", 0444},
                         [PROCFS_MEMORY] = {"memory", 0444},
                         [PROCFS_UPTIME] = {"uptime", 0444},
                         [PROCFS_MOUNTS] = {"mounts", 0444},
                         [PROCFS_LOG] = {"log", 0444},
                         [PROCFS_LOG_LEVELS] = {"log.levels", 0644},
                         [PROCFS_GRAPH] = {"graph", 0444},
                         [PROCFS_VERSION] = {"version", 0444},
                         [PROCFS_PROCESSOR] = {"processor", 0444},
                         [PROCFS_HOSTNAME] = {"hostname", 0644},
                         [PROCFS_POWER] = {"power", 0200},
                         [PROCFS_CAPS] = {"caps", 0555},
                         [PROCFS_INTERFACES] = {"interfaces", 0555}};

void procfs_init(struct procfs *p, const struct fsc_env *env, const struct procfs_source *source)
{
    p->env = *env;
    p->source = *source;
}

static bool is_dir(uint64_t ino)
{
    return ino == PROCFS_ROOT_INO || (ino >= INO_FIXED + FIXED && ino < INO_FIXED + ENTRIES);
}

static bool is_fixed(uint64_t ino) { return ino >= INO_FIXED && ino < INO_FIXED + FIXED; }

static enum procfs_what what_of(uint64_t ino)
{
    return (enum procfs_what)((ino >> 32 != 0 ? ino >> 32 : ino) - INO_FIXED);
}

static bool component_from(struct procfs *p, uint64_t dir, uint64_t from,
                           struct procfs_component *c)
{
    if (!p->source.component) return false;
    while (from <= UINT32_MAX &&
           p->source.component(p->source.ctx, what_of(dir), (uint32_t)from, c)) {
        if (c->number < from || c->len > sizeof c->name) return false;
        if (fsc_name_check(c->name, c->len) == FSC_OK) return true;
        from = (uint64_t)c->number + 1;
    }
    return false;
}

/* The component of that name with the least number. */
static bool component_named(struct procfs *p, uint64_t dir, const char *name, size_t len,
                            struct procfs_component *c)
{
    for (uint64_t from = 0; component_from(p, dir, from, c); from = (uint64_t)c->number + 1)
        if (c->len == len && memcmp(c->name, name, len) == 0) return true;
    return false;
}

static bool component_exists(struct procfs *p, uint64_t ino)
{
    struct procfs_component c;
    uint64_t dir = ino >> 32, number = ino & UINT32_MAX;

    return dir != PROCFS_ROOT_INO && is_dir(dir) && component_from(p, dir, number, &c) &&
           c.number == number;
}

int procfs_stat(struct procfs *p, uint64_t ino, struct fsc_attr *attr)
{
    bool own = ino == PROCFS_ROOT_INO || is_dir(ino) || is_fixed(ino);

    if (!own && !component_exists(p, ino)) return FSC_ESTALE;
    memset(attr, 0, sizeof *attr);
    attr->ino = ino;
    attr->kind = is_dir(ino) ? FSC_DIR : FSC_FILE;
    attr->mode = is_dir(ino) ? 0555 : is_fixed(ino) ? nodes[what_of(ino)].mode : 0444;
    attr->nlink = ino == PROCFS_ROOT_INO ? 4 : is_dir(ino) ? 2 : 1;
    attr->atime = attr->mtime = attr->ctime = p->env.now(p->env.ctx);
    return FSC_OK;
}

/* The entry at a cookie, which is an index in the root and a component's number below; false behind
 * the last one. Of several components with one name, the first is shown. */
static bool entry_at(struct procfs *p, uint64_t dir, uint64_t at, struct fsc_dirent *out)
{
    struct procfs_component c, first;

    if (dir == PROCFS_ROOT_INO) {
        if (at >= ENTRIES) return false;
        out->ino = INO_FIXED + at;
        out->next = at + 1;
        out->kind = at < FIXED ? FSC_FILE : FSC_DIR;
        out->name_len = (uint16_t)strlen(nodes[at].name);
        memcpy(out->name, nodes[at].name, out->name_len);
        return true;
    }
    for (; component_from(p, dir, at, &c); at = (uint64_t)c.number + 1) {
        if (!component_named(p, dir, c.name, c.len, &first) || first.number != c.number) continue;
        out->ino = dir << 32 | c.number;
        out->next = (uint64_t)c.number + 1;
        out->kind = FSC_FILE;
        out->name_len = c.len;
        memcpy(out->name, c.name, c.len);
        return true;
    }
    return false;
}

static int dir_check(struct procfs *p, uint64_t dir)
{
    struct fsc_attr attr;
    int e = procfs_stat(p, dir, &attr);

    if (e != FSC_OK) return e;
    return is_dir(dir) ? FSC_OK : FSC_ENOTDIR;
}

int procfs_lookup(struct procfs *p, uint64_t dir, const char *name, size_t len,
                  struct fsc_attr *attr)
{
    struct procfs_component c;
    int e = dir_check(p, dir);

    if (e == FSC_OK) e = fsc_name_check(name, len);
    if (e != FSC_OK) return e;
    if (dir != PROCFS_ROOT_INO)
        return component_named(p, dir, name, len, &c) ? procfs_stat(p, dir << 32 | c.number, attr)
                                                      : FSC_ENOENT;
    for (uint64_t n = 0; n < ENTRIES; n++)
        if (strlen(nodes[n].name) == len && memcmp(nodes[n].name, name, len) == 0)
            return procfs_stat(p, INO_FIXED + n, attr);
    return FSC_ENOENT;
}

int procfs_parent(struct procfs *p, uint64_t dir, struct fsc_attr *attr)
{
    int e = dir_check(p, dir);

    return e == FSC_OK ? procfs_stat(p, PROCFS_ROOT_INO, attr) : e;
}

int procfs_readdir(struct procfs *p, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                   uint32_t cap, uint32_t *count, bool *end)
{
    struct fsc_dirent spare;
    uint32_t k = 0;
    int e = dir_check(p, dir);

    if (e != FSC_OK) return e;
    for (; k < cap && entry_at(p, dir, cookie, &out[k]); k++)
        cookie = out[k].next;
    *count = k;
    *end = !entry_at(p, dir, cookie, &spare);
    return FSC_OK;
}

static uint64_t source_generation(struct procfs *p)
{
    return p->source.generation ? p->source.generation(p->source.ctx) : 0;
}

/* One attempt. FSC_EAGAIN: the source moved; FSC_EOVERFLOW: the buffer is too small. */
static int snapshot(struct procfs *p, uint64_t ino, struct procfs_file *f)
{
    uint64_t before = source_generation(p);
    struct procfs_text t = {.data = f->text, .cap = f->cap};
    int e = p->source.text ? p->source.text(p->source.ctx, f->what, (uint32_t)ino, &t) : FSC_ENOSYS;

    if (e != FSC_OK) return e;
    if (t.overflow) return FSC_EOVERFLOW;
    f->len = t.len;
    return source_generation(p) == before ? FSC_OK : FSC_EAGAIN;
}

static int open_text(struct procfs *p, uint64_t ino, struct procfs_file *f)
{
    uint32_t tries = 0;
    int e;

    f->cap = TEXT_START;
    for (;;) {
        f->text = p->env.alloc(p->env.ctx, f->cap);
        if (!f->text) return FSC_ENOMEM;
        do
            e = snapshot(p, ino, f);
        while (e == FSC_EAGAIN && ++tries < PROCFS_TRIES);
        if (e == FSC_OK) return e;
        procfs_close(p, f);
        if (e != FSC_EOVERFLOW || f->cap >= PROCFS_TEXT_MAX) return e;
        f->cap *= 2;
    }
}

int procfs_open(struct procfs *p, uint64_t ino, uint32_t how, struct procfs_file *f)
{
    struct fsc_attr attr;
    int e = procfs_stat(p, ino, &attr);

    if (e != FSC_OK) return e;
    if (attr.kind == FSC_DIR) return FSC_EISDIR;
    *f = (struct procfs_file){.how = how & (FSC_O_READ | FSC_O_WRITE), .what = what_of(ino)};
    if (f->how == 0) return FSC_EINVAL;
    if ((f->how & FSC_O_READ) && !(attr.mode & 0400)) return FSC_EACCES;
    if (f->how & FSC_O_WRITE) {
        if (!(attr.mode & 0200) || !p->source.write) return FSC_EACCES;
        e = p->source.writable ? p->source.writable(p->source.ctx, f->what) : FSC_OK;
    }
    return e == FSC_OK && (f->how & FSC_O_READ) ? open_text(p, ino, f) : e;
}

int procfs_read(const struct procfs_file *f, uint64_t offset, void *out, uint32_t len,
                uint32_t *got)
{
    uint32_t left = offset < f->len ? f->len - (uint32_t)offset : 0;

    *got = 0;
    if (!(f->how & FSC_O_READ)) return FSC_EBADF;
    *got = len < left ? len : left;
    if (*got) memcpy(out, f->text + offset, *got);
    return FSC_OK;
}

int procfs_write(struct procfs *p, const struct procfs_file *f, const void *data, uint32_t len)
{
    if (!(f->how & FSC_O_WRITE)) return FSC_EBADF;
    if (len > PROCFS_WRITE_MAX) return FSC_EINVAL;
    return len != 0 ? p->source.write(p->source.ctx, f->what, data, len) : FSC_OK;
}

void procfs_close(struct procfs *p, struct procfs_file *f)
{
    if (f->text) p->env.free(p->env.ctx, f->text, f->cap);
    f->text = NULL;
    f->len = 0;
}
