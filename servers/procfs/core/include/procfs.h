/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated text files, OS-neutral; docs/proc.md says what is in them:
 *
 *   tasks memory uptime mounts log log.levels graph version processor hostname power
 *   and the directories caps/<component> and interfaces/<component>
 *
 * A file is generated as a whole when it is opened, into memory that the open file owns. Reading in
 * pieces therefore never mixes two states: a reader gets one snapshot, however slowly it reads, and
 * `procfs_open` proves it by generating between two looks at the source's generation count, trying
 * again up to PROCFS_TRIES times if it moved. What is written goes to the source at once, a whole
 * request at a time.
 */
#ifndef PROCFS_H
#define PROCFS_H

#include "fscore.h"

#define PROCFS_ROOT_INO 1u
#define PROCFS_TEXT_MAX (256u * 1024u) /* a longer file is FSC_EOVERFLOW, never cut short */
#define PROCFS_WRITE_MAX 4096u         /* longest request to a writable file */
#define PROCFS_TRIES 4u
#define PROCFS_COMPONENT_NAME 64u
#define PROCFS_HOSTNAME_MAX 63u

/* Where text goes. Errors stick; nothing is written behind the end. */
struct procfs_text {
    char *data;
    uint32_t len, cap;
    bool overflow; /* the buffer was too small: it will be generated again into a larger one */
};
void procfs_put(struct procfs_text *t, const char *s);
void procfs_put_bytes(struct procfs_text *t, const char *s, size_t len);
void procfs_put_u64(struct procfs_text *t, uint64_t v);
void procfs_put_hex(struct procfs_text *t, uint64_t v);
/* One field of a table from whatever bytes: what is not printable ASCII becomes '?'. */
void procfs_put_cell(struct procfs_text *t, const char *s, size_t len);

/* What is generated. */
enum procfs_what {
    PROCFS_TASKS,
    PROCFS_MEMORY,
    PROCFS_UPTIME,
    PROCFS_MOUNTS,
    PROCFS_LOG,
    PROCFS_LOG_LEVELS, /* writable */
    PROCFS_GRAPH,
    PROCFS_VERSION,
    PROCFS_PROCESSOR,
    PROCFS_HOSTNAME, /* writable */
    PROCFS_POWER,    /* writable, not readable */
    PROCFS_CAPS,     /* of one component, as the next */
    PROCFS_INTERFACES,
    PROCFS_WHATS
};

struct procfs_component {
    uint32_t number; /* never used for another component again */
    uint16_t len;
    char name[PROCFS_COMPONENT_NAME];
};

/* The source of everything; absent functions: FSC_ENOSYS, no components, FSC_EACCES.
 * `component` answers the component with the least number from `from` on that has a file of kind
 * `what` (PROCFS_CAPS or PROCFS_INTERFACES), false behind the last one. Of several components with
 * one name, the first has the file. */
struct procfs_source {
    void *ctx;
    uint64_t (*generation)(void *ctx);
    int (*text)(void *ctx, enum procfs_what what, uint32_t component, struct procfs_text *t);
    bool (*component)(void *ctx, enum procfs_what what, uint32_t from, struct procfs_component *c);
    /* Asked when a writable file is opened for writing: 0 or the error that open answers. */
    int (*writable)(void *ctx, enum procfs_what what);
    int (*write)(void *ctx, enum procfs_what what, const char *data, uint32_t len);
};

struct procfs {
    struct fsc_env env;
    struct procfs_source source;
};

/* An open file; the fields are private. */
struct procfs_file {
    char *text;
    uint32_t len, cap;
    uint32_t how;
    enum procfs_what what;
};

void procfs_init(struct procfs *p, const struct fsc_env *env, const struct procfs_source *source);

int procfs_lookup(struct procfs *p, uint64_t dir, const char *name, size_t len,
                  struct fsc_attr *attr);
int procfs_parent(struct procfs *p, uint64_t dir, struct fsc_attr *attr);
/* The size of a generated file is 0 until it is open, as on other systems. */
int procfs_stat(struct procfs *p, uint64_t ino, struct fsc_attr *attr);
int procfs_readdir(struct procfs *p, uint64_t dir, uint64_t cookie, struct fsc_dirent *out,
                   uint32_t cap, uint32_t *count, bool *end);
/* `how`: FSC_O_READ, FSC_O_WRITE or both; other bits are not looked at. Reading takes the snapshot.
 * FSC_EISDIR for directories (they need no open), FSC_EACCES for what the file is not made for,
 * FSC_EAGAIN if the source kept moving, FSC_ENOMEM, FSC_EOVERFLOW, FSC_ENOSYS where the source has
 * no such text. */
int procfs_open(struct procfs *p, uint64_t ino, uint32_t how, struct procfs_file *file);
/* FSC_EBADF: not opened for reading. */
int procfs_read(const struct procfs_file *file, uint64_t offset, void *out, uint32_t len,
                uint32_t *got);
/* FSC_EBADF: not opened for writing; FSC_EINVAL: too long, or the source's word on it. */
int procfs_write(struct procfs *p, const struct procfs_file *file, const void *data, uint32_t len);
void procfs_close(struct procfs *p, struct procfs_file *file);

/* ---- what is written ---- */

/* Is it that word, with or without a newline behind it? */
bool procfs_word_is(const char *data, size_t len, const char *word);
/* Length of the host name in `data` without the newline: 1..63 letters, digits, '-' and '.', none
 * of the latter two first or last; 0: it is no host name. */
size_t procfs_hostname_length(const char *data, size_t len);
/* Severity by its name, 0 (debug) .. 4 (error); -1: none. */
int procfs_severity_find(const char *name, size_t len);
const char *procfs_severity_name(unsigned severity);
/* Reads the line at *at: component TAB severity NEWLINE. The name stays where it is. FSC_EINVAL. */
int procfs_level_read(const char *data, size_t len, size_t *at, const char **name, size_t *name_len,
                      unsigned *severity);

/* ---- interfaces ---- */

/* The lines of /proc/interfaces/<component> for one interface image (FIPC's deterministic CBOR), as
 * a server's describe gave it; `source` is the text of that field. Images are not trusted:
 * FSC_EBADMSG, and nothing is kept of what was written. */
int procfs_put_interface(struct procfs_text *t, const uint8_t *image, size_t size,
                         const char *source);
/* The names of the fields, with the newline. */
extern const char procfs_interface_header[];

#endif
