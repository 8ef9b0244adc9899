/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A naive model of a filesystem, for comparison with ramfs: flat arrays, linear searches, whole
 * files in fixed buffers. It knows no inode numbers of its own; it keeps ramfs's number of each
 * node.
 */
#ifndef RAMFS_MODEL_H
#define RAMFS_MODEL_H

#include "fscore.h"

#define MODEL_NODES 160
#define MODEL_ENTRIES 400
#define MODEL_SIZE 20000u

struct model_node {
    bool used, removed; /* removed: without a name, held open */
    uint8_t kind, data[MODEL_SIZE];
    uint32_t size, links, opens;
    uint64_t ino;
    int parent;
};

struct model_entry {
    int dir, node; /* dir < 0: free */
    char name[4];
};

struct model {
    struct model_node node[MODEL_NODES]; /* 0 is the root */
    struct model_entry entry[MODEL_ENTRIES];
};

void model_init(struct model *m, uint64_t root_ino);
int model_find(const struct model *m, int dir, const char *name); /* entry or -1 */
int model_create(struct model *m, int dir, const char *name, uint8_t kind, int *node);
int model_link(struct model *m, int node, int dir, const char *name);
int model_unlink(struct model *m, int dir, const char *name, bool directory);
int model_rename(struct model *m, int from, const char *a, int to, const char *b, bool replace);
void model_close(struct model *m, int node);
int model_resize(struct model *m, int node, uint32_t size);
int model_count(const struct model *m, int dir); /* entries of a directory */

#endif
