/* SPDX-License-Identifier: Apache-2.0 */
/* See ramfs_model.h. Slow and obvious on purpose. */
#include "ramfs_model.h"

#include <string.h>

void model_init(struct model *m, uint64_t root_ino)
{
    memset(m, 0, sizeof *m);
    for (int i = 0; i < MODEL_ENTRIES; i++)
        m->entry[i].dir = -1;
    m->node[0].used = true;
    m->node[0].kind = FSC_DIR;
    m->node[0].ino = root_ino;
}

int model_find(const struct model *m, int dir, const char *name)
{
    for (int i = 0; i < MODEL_ENTRIES; i++)
        if (m->entry[i].dir == dir && strcmp(m->entry[i].name, name) == 0) return i;
    return -1;
}

int model_count(const struct model *m, int dir)
{
    int n = 0;

    for (int i = 0; i < MODEL_ENTRIES; i++)
        n += m->entry[i].dir == dir;
    return n;
}

static void enter(struct model *m, int dir, const char *name, int node)
{
    int i = 0;

    while (m->entry[i].dir >= 0)
        i++;
    m->entry[i].dir = dir;
    m->entry[i].node = node;
    strcpy(m->entry[i].name, name);
    m->node[node].links++;
}

static void put(struct model *m, int node)
{
    m->node[node].removed = m->node[node].links == 0;
    if (m->node[node].links == 0 && m->node[node].opens == 0) m->node[node].used = false;
}

static int check_dir(const struct model *m, int dir)
{
    return m->node[dir].kind == FSC_DIR ? FSC_OK : FSC_ENOTDIR;
}

int model_create(struct model *m, int dir, const char *name, uint8_t kind, int *node)
{
    int i = 1;

    if (check_dir(m, dir) != FSC_OK) return FSC_ENOTDIR;
    if (model_find(m, dir, name) >= 0) return FSC_EEXIST;
    if (m->node[dir].removed) return FSC_ENOENT;
    while (m->node[i].used)
        i++;
    memset(&m->node[i], 0, sizeof m->node[i]);
    m->node[i].used = true;
    m->node[i].kind = kind;
    m->node[i].parent = dir;
    enter(m, dir, name, i);
    *node = i;
    return FSC_OK;
}

int model_link(struct model *m, int node, int dir, const char *name)
{
    if (check_dir(m, dir) != FSC_OK) return FSC_ENOTDIR;
    if (m->node[node].kind == FSC_DIR) return FSC_EPERM;
    if (model_find(m, dir, name) >= 0) return FSC_EEXIST;
    if (m->node[node].removed || m->node[dir].removed) return FSC_ENOENT;
    enter(m, dir, name, node);
    return FSC_OK;
}

static int removable(const struct model *m, int node, bool directory)
{
    bool is = m->node[node].kind == FSC_DIR;

    if (is != directory) return directory ? FSC_ENOTDIR : FSC_EISDIR;
    return is && model_count(m, node) ? FSC_ENOTEMPTY : FSC_OK;
}

int model_unlink(struct model *m, int dir, const char *name, bool directory)
{
    int i, e;

    if (check_dir(m, dir) != FSC_OK) return FSC_ENOTDIR;
    i = model_find(m, dir, name);
    if (i < 0) return FSC_ENOENT;
    e = removable(m, m->entry[i].node, directory);
    if (e != FSC_OK) return e;
    m->entry[i].dir = -1;
    m->node[m->entry[i].node].links--;
    put(m, m->entry[i].node);
    return FSC_OK;
}

static bool below(const struct model *m, int node, int dir)
{
    for (int hops = 0; hops < MODEL_NODES; hops++) {
        if (dir == node) return true;
        if (dir == 0 || m->node[dir].removed) return false;
        dir = m->node[dir].parent;
    }
    return false;
}

int model_rename(struct model *m, int from, const char *a, int to, const char *b, bool replace)
{
    int i, j, n, e;

    if (check_dir(m, from) != FSC_OK || check_dir(m, to) != FSC_OK) return FSC_ENOTDIR;
    i = model_find(m, from, a);
    j = model_find(m, to, b);
    if (i < 0) return FSC_ENOENT;
    n = m->entry[i].node;
    if (j >= 0 && !replace) return FSC_EEXIST;
    if (j >= 0 && m->entry[j].node == n) return FSC_OK;
    if (m->node[n].kind == FSC_DIR && below(m, n, to)) return FSC_EINVAL;
    if (j < 0 && m->node[to].removed) return FSC_ENOENT;
    e = j >= 0 ? removable(m, m->entry[j].node, m->node[n].kind == FSC_DIR) : FSC_OK;
    if (e != FSC_OK) return e;
    if (j >= 0) model_unlink(m, to, b, m->node[n].kind == FSC_DIR);
    m->entry[i].dir = -1;
    m->node[n].links--;
    enter(m, to, b, n);
    m->node[n].parent = to;
    return FSC_OK;
}

void model_close(struct model *m, int node)
{
    m->node[node].opens--;
    if (node != 0) put(m, node);
}

int model_resize(struct model *m, int node, uint32_t size)
{
    struct model_node *n = &m->node[node];

    if (n->kind != FSC_FILE) return n->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;
    if (size < n->size) memset(n->data + size, 0, n->size - size);
    n->size = size;
    return FSC_OK;
}
