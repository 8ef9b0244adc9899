/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of generated files and their snapshots. Inode numbers: 1 root, 2.. the fixed files, 15
 * the directory `capabilities`, 256 + n its file of component n.
 */
#include "procfs.h"

#include <string.h>

enum {
    INO_TASKS = 2,
    INO_MEMORY,
    INO_INTERFACES,
    INO_MOUNTS,
    INO_UPTIME,
    INO_VERSION,
    INO_FIXED_END
};
#define INO_CAPS 15u
#define INO_COMPONENT 256u
#define FIXED (INO_FIXED_END - INO_TASKS)
#define TEXT_START 4096u

static const char *const fixed_names[FIXED + 1] = {"tasks",  "memory",  "interfaces",  "mounts",
                                                   "uptime", "version", "capabilities"};

void procfs_init(struct procfs *p, const struct fsc_env *env, const struct procfs_source *source)
{
    p->env = *env;
    p->source = *source;
}

static bool component_name(struct procfs *p, uint64_t n, char *name, size_t *len)
{
    if (n >= PROCFS_COMPONENTS_MAX || !p->source.component_name) return false;
    *len = 0;
    return p->source.component_name(p->source.ctx, (uint32_t)n, name, len) &&
           fsc_name_check(name, *len) == FSC_OK;
}

static bool is_dir(uint64_t ino) { return ino == PROCFS_ROOT_INO || ino == INO_CAPS; }

int procfs_stat(struct procfs *p, uint64_t ino, struct fsc_attr *attr)
{
    char name[FSC_NAME_MAX + 1];
    size_t len;

    if (!is_dir(ino) && !(ino >= INO_TASKS && ino < INO_FIXED_END) &&
        (ino < INO_COMPONENT || !component_name(p, ino - INO_COMPONENT, name, &len)))
        return FSC_ESTALE;
    memset(attr, 0, sizeof *attr);
    attr->ino = ino;
    attr->kind = is_dir(ino) ? FSC_DIR : FSC_FILE;
    attr->mode = is_dir(ino) ? 0555 : 0444;
    attr->nlink = ino == PROCFS_ROOT_INO ? 3 : is_dir(ino) ? 2 : 1;
    attr->atime = attr->mtime = attr->ctime = p->env.now(p->env.ctx);
    return FSC_OK;
}

/* The n-th name of a directory; false behind the last one. */
static bool entry_at(struct procfs *p, uint64_t dir, uint64_t n, struct fsc_dirent *out)
{
    size_t len;
    char name[FSC_NAME_MAX + 1];

    out->next = n + 1;
    if (dir == INO_CAPS) {
        if (!component_name(p, n, name, &len)) return false;
        out->ino = INO_COMPONENT + n;
        out->kind = FSC_FILE;
    } else {
        if (n > FIXED) return false;
        len = strlen(fixed_names[n]);
        memcpy(name, fixed_names[n], len);
        out->ino = n == FIXED ? INO_CAPS : INO_TASKS + n;
        out->kind = n == FIXED ? FSC_DIR : FSC_FILE;
    }
    out->name_len = (uint16_t)len;
    memcpy(out->name, name, len);
    return true;
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
    struct fsc_dirent d;
    int e = dir_check(p, dir);

    if (e == FSC_OK) e = fsc_name_check(name, len);
    if (e != FSC_OK) return e;
    for (uint64_t n = 0; entry_at(p, dir, n, &d); n++)
        if (d.name_len == len && memcmp(d.name, name, len) == 0) return procfs_stat(p, d.ino, attr);
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
    while (k < cap && entry_at(p, dir, cookie, &out[k])) {
        cookie++;
        k++;
    }
    *count = k;
    *end = !entry_at(p, dir, cookie, &spare);
    return FSC_OK;
}

static int generate(struct procfs *p, uint64_t ino, struct procfs_text *t)
{
    const struct procfs_source *s = &p->source;
    int (*const make[FIXED])(void *, struct procfs_text *) = {s->tasks,  s->memory, s->interfaces,
                                                              s->mounts, s->uptime, s->version};

    if (ino >= INO_COMPONENT)
        return s->capabilities ? s->capabilities(s->ctx, (uint32_t)(ino - INO_COMPONENT), t)
                               : FSC_ENOSYS;
    return make[ino - INO_TASKS] ? make[ino - INO_TASKS](s->ctx, t) : FSC_ENOSYS;
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
    int e = generate(p, ino, &t);

    if (e != FSC_OK) return e;
    if (t.overflow) return FSC_EOVERFLOW;
    f->len = t.len;
    return source_generation(p) == before ? FSC_OK : FSC_EAGAIN;
}

int procfs_open(struct procfs *p, uint64_t ino, struct procfs_file *f)
{
    struct fsc_attr attr;
    uint32_t tries = 0;
    int e = procfs_stat(p, ino, &attr);

    if (e != FSC_OK) return e;
    if (attr.kind == FSC_DIR) return FSC_EISDIR;
    *f = (struct procfs_file){.cap = TEXT_START};
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

int procfs_read(const struct procfs_file *f, uint64_t offset, void *out, uint32_t len,
                uint32_t *got)
{
    uint32_t left = offset < f->len ? f->len - (uint32_t)offset : 0;

    *got = len < left ? len : left;
    if (*got) memcpy(out, f->text + offset, *got);
    return FSC_OK;
}

void procfs_close(struct procfs *p, struct procfs_file *f)
{
    if (f->text) p->env.free(p->env.ctx, f->text, f->cap);
    f->text = NULL;
    f->len = 0;
}
