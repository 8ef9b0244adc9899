/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated text files, OS-neutral:
 *
 *   tasks memory interfaces mounts uptime version    and the directory capabilities/<component>
 *
 * A file is generated as a whole when it is opened, into memory that the open file owns. Reading in
 * pieces therefore never mixes two states: a reader gets one snapshot, however slowly it reads, and
 * `procfs_open` proves it by generating between two looks at the source's generation count, trying
 * again up to PROCFS_TRIES times if it moved.
 */
#ifndef PROCFS_H
#define PROCFS_H

#include "fscore.h"

#define PROCFS_ROOT_INO 1u
#define PROCFS_TEXT_MAX (256u * 1024u) /* a longer file is FSC_EOVERFLOW, never cut short */
#define PROCFS_TRIES 4u
#define PROCFS_COMPONENTS_MAX 4096u

/* Where text goes. Errors stick; nothing is written behind the end. */
struct procfs_text {
    char *data;
    uint32_t len, cap;
    bool overflow; /* the buffer was too small: it will be generated again into a larger one */
};
void procfs_put(struct procfs_text *t, const char *s);
void procfs_put_bytes(struct procfs_text *t, const char *s, size_t len);
void procfs_put_u64(struct procfs_text *t, uint64_t v);
/* Right-aligned in `width` columns. */
void procfs_put_padded(struct procfs_text *t, uint64_t v, uint32_t width);
void procfs_put_hex(struct procfs_text *t, uint64_t v);

/* The source of everything. The text functions answer 0 or an error; they must not keep `t`.
 * Components are numbered 0.. without gaps at one generation; `component_name` answers false behind
 * the last one and copies a name of at most FSC_NAME_MAX bytes. */
struct procfs_source {
    void *ctx;
    uint64_t (*generation)(void *ctx);
    int (*tasks)(void *ctx, struct procfs_text *t);
    int (*memory)(void *ctx, struct procfs_text *t);
    int (*interfaces)(void *ctx, struct procfs_text *t);
    int (*mounts)(void *ctx, struct procfs_text *t);
    int (*uptime)(void *ctx, struct procfs_text *t);
    int (*version)(void *ctx, struct procfs_text *t);
    int (*capabilities)(void *ctx, uint32_t component, struct procfs_text *t);
    bool (*component_name)(void *ctx, uint32_t component, char *name, size_t *len);
};

struct procfs {
    struct fsc_env env;
    struct procfs_source source;
};

/* An open file; the fields are private. */
struct procfs_file {
    char *text;
    uint32_t len, cap;
};

void procfs_init(struct procfs *p, const struct fsc_env *env, const struct procfs_source *source);

int procfs_lookup(struct procfs *p, uint64_t dir, const char *name, size_t len,
                  struct fsc_attr *attr);
int procfs_parent(struct procfs *p, uint64_t dir, struct fsc_attr *attr);
/* The size of a generated file is 0 until it is open, as on other systems. */
int procfs_stat(struct procfs *p, uint64_t ino, struct fsc_attr *attr);
int procfs_readdir(struct procfs *p, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                   uint32_t cap, uint32_t *count, bool *end);
/* Takes the snapshot. FSC_EISDIR for directories (they need no open), FSC_EAGAIN if the source kept
 * moving, FSC_ENOMEM, FSC_EOVERFLOW, FSC_ENOSYS where the source has no such text. */
int procfs_open(struct procfs *p, uint64_t ino, struct procfs_file *file);
int procfs_read(const struct procfs_file *file, uint64_t offset, void *out, uint32_t len,
                uint32_t *got);
void procfs_close(struct procfs *p, struct procfs_file *file);

#endif
