/* SPDX-License-Identifier: Apache-2.0 */
/* ramfs against the naive model: 2 * 10^5 random operations a seed, every answer and, now and then,
 * everything compared. Usage: unit.fs.ramfs_model [seed]. */
#include "fs_env.h"
#include "ramfs.h"
#include "ramfs_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS 200000

static struct ramfs *fs;
static struct model model;
static uint64_t rng, seed;
static int step;
static unsigned answers[200];

static uint32_t pick(uint32_t n) { return (uint32_t)(fs_random(&rng) % n); }

static void fail(const char *what, long a, long b)
{
    fprintf(stderr, "seed %llu step %d: %s: ramfs %ld, model %ld\n", (unsigned long long)seed, step,
            what, a, b);
    exit(EXIT_FAILURE);
}

static void same(const char *what, long a, long b)
{
    if (a != b) fail(what, a, b);
    if (a >= 0 && a < 200) answers[a]++;
}

static int any_node(void)
{
    int n;

    do
        n = (int)pick(MODEL_NODES);
    while (!model.node[n].used);
    return n;
}

static int any_dir(void)
{
    int n = any_node();

    for (int i = 0; i < 20 && model.node[n].kind != FSC_DIR; i++)
        n = any_node();
    return n;
}

static const char *any_name(void)
{
    static char names[4][4];
    static int next;
    char *s = names[next++ % 4];

    s[0] = (char)('a' + pick(14));
    s[1] = 0;
    return s;
}

static int live_nodes(void)
{
    int n = 0;

    for (int i = 0; i < MODEL_NODES; i++)
        n += model.node[i].used;
    return n;
}

static void op_create(void)
{
    const uint8_t kinds[5] = {FSC_FILE, FSC_FILE, FSC_DIR, FSC_DIR, FSC_SYMLINK};
    struct ramfs_new_node what = {
        .kind = kinds[pick(5)], .mode = 0600, .target = "t", .target_len = 1};
    int dir = any_dir(), node = 0;
    const char *name = any_name();
    struct fsc_attr a;
    int e;

    if (live_nodes() > MODEL_NODES - 20) return;
    e = ramfs_create(fs, model.node[dir].ino, name, 1, &what, &a);
    same("create", e, model_create(&model, dir, name, what.kind, &node));
    if (e == FSC_OK) model.node[node].ino = a.ino;
}

static void op_link(void)
{
    int n = any_node(), dir = any_dir();
    const char *name = any_name();

    if (model.node[n].links > 3) return;
    same("link", ramfs_link(fs, model.node[n].ino, model.node[dir].ino, name, 1),
         model_link(&model, n, dir, name));
}

static void op_unlink(void)
{
    int dir = any_dir();
    const char *name = any_name();
    bool directory = pick(2);

    same("unlink", ramfs_unlink(fs, model.node[dir].ino, name, 1, directory),
         model_unlink(&model, dir, name, directory));
}

static void op_rename(void)
{
    int a = any_dir(), b = any_dir();
    const char *x = any_name(), *y = any_name();
    bool replace = pick(4) != 0;

    same("rename", ramfs_rename(fs, model.node[a].ino, x, 1, model.node[b].ino, y, 1, replace),
         model_rename(&model, a, x, b, y, replace));
}

static void op_open_close(void)
{
    int n = any_node();

    if (model.node[n].opens > 0 && pick(2)) {
        ramfs_close(fs, model.node[n].ino);
        model_close(&model, n);
        return;
    }
    same("open", ramfs_open(fs, model.node[n].ino), FSC_OK);
    model.node[n].opens++;
}

static void op_write(void)
{
    static uint8_t data[9000];
    int n = any_node();
    uint32_t offset = pick(MODEL_SIZE), len = 1 + pick(pick(2) ? 9000 : 20), put;
    struct model_node *m = &model.node[n];
    bool append = pick(4) == 0 && m->size + len <= MODEL_SIZE;
    int e, expect = m->kind == FSC_FILE ? FSC_OK : m->kind == FSC_DIR ? FSC_EISDIR : FSC_EINVAL;

    if (!append && offset + len > MODEL_SIZE) len = MODEL_SIZE - offset;
    for (uint32_t i = 0; i < len; i++)
        data[i] = (uint8_t)fs_random(&rng);
    e = ramfs_write(fs, m->ino, offset, append, data, len, &put);
    same("write", e, expect);
    if (e != FSC_OK) return;
    same("written", put, len);
    if (append) offset = m->size;
    memcpy(m->data + offset, data, len);
    if (offset + len > m->size) m->size = offset + len;
}

static void op_resize(void)
{
    int n = any_node();
    uint32_t size = pick(3) == 0 ? 0 : pick(MODEL_SIZE);

    same("truncate", ramfs_truncate(fs, model.node[n].ino, size), model_resize(&model, n, size));
}

/* Lent pages are the file's content like any. */
static void op_lend(void)
{
    int n = any_node();
    struct model_node *m = &model.node[n];
    uint32_t first = pick(MODEL_SIZE / 4096 + 1), most = 1 + pick(4), count, i, k;
    uint32_t pages = m->kind == FSC_FILE ? (m->size + 4095) / 4096 : 0;
    void *at;
    int expect = m->kind == FSC_DIR ? FSC_EISDIR : first >= pages ? FSC_EINVAL : FSC_OK;

    if (m->kind != FSC_FILE && m->kind != FSC_DIR) expect = FSC_EINVAL;
    same("lend", ramfs_lend(fs, m->ino, first, most, &at, &count), expect);
    if (expect != FSC_OK) return;
    if (count == 0 || count > most || first + count > pages) fail("lent", count, most);
    for (i = 0; i < count * 4096; i++) {
        k = first * 4096 + i;
        if (((uint8_t *)at)[i] != (k < m->size ? m->data[k] : 0)) fail("lent byte", i, k);
    }
}

static void compare_content(const struct model_node *m)
{
    static uint8_t data[MODEL_SIZE + 10];
    uint32_t offset = pick(m->size + 1), got;

    same("read", ramfs_read(fs, m->ino, offset, data, sizeof data, &got), FSC_OK);
    same("length", got, m->size - offset);
    same("content", memcmp(data, m->data + offset, got), 0);
}

static void compare_names(int dir)
{
    struct fsc_dirent de[5];
    uint64_t cookie = 0;
    uint32_t n, seen = 0;
    bool end = false;

    while (!end) {
        same("readdir", ramfs_readdir(fs, model.node[dir].ino, cookie, de, 5, &n, &end), FSC_OK);
        for (uint32_t i = 0; i < n; i++, seen++) {
            char name[4] = {de[i].name[0], 0};
            int at = model_find(&model, dir, name);

            if (at < 0 || model.node[model.entry[at].node].ino != de[i].ino)
                fail("entry", de[i].name[0], at);
            cookie = de[i].next;
        }
    }
    same("entries", seen, model_count(&model, dir));
}

static void op_compare(void)
{
    int n = any_node();
    struct model_node *m = &model.node[n];
    struct fsc_attr a;

    same("stat", ramfs_stat(fs, m->ino, &a), FSC_OK);
    same("kind", a.kind, m->kind);
    if (m->kind == FSC_DIR) {
        compare_names(n);
        return;
    }
    same("links", a.nlink, m->links);
    if (m->kind == FSC_FILE) {
        same("size", (long)a.size, m->size);
        compare_content(m);
    }
}

static void run(void)
{
    static void (*const ops[])(void) = {op_create, op_create,     op_link,    op_unlink,
                                        op_unlink, op_rename,     op_rename,  op_write,
                                        op_resize, op_open_close, op_compare, op_lend};
    struct fs_env env;
    struct fsc_env e = fs_env_make(&env, seed);

    rng = seed;
    fs = ramfs_new(&e, 64 << 20);
    model_init(&model, RAMFS_ROOT_INO);
    for (step = 0; step < OPERATIONS; step++) {
        ops[pick(sizeof ops / sizeof *ops)]();
        if (step % 500 == 0 && !ramfs_check(fs)) fail("invariant", 0, 1);
    }
    ramfs_delete(fs);
    same("leak", (long)env.live, 0);
}

/* A comparison that never met the refusals would prove little. */
static int covered(void)
{
    static const int must[] = {FSC_ENOENT, FSC_EEXIST,    FSC_ENOTDIR, FSC_EISDIR,
                               FSC_EINVAL, FSC_ENOTEMPTY, FSC_EPERM};

    for (size_t i = 0; i < sizeof must / sizeof *must; i++)
        if (answers[must[i]] < 50) {
            fprintf(stderr, "answer %d came up only %u times\n", must[i], answers[must[i]]);
            return EXIT_FAILURE;
        }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;

    for (seed = first; seed < first + (argc > 1 ? 1 : 3); seed++)
        run();
    return covered();
}
