/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for cpio archives in the "newc" format (magic 070701): the boot image.
 *
 * Freestanding: no libc, no allocation, no recursion. The archive is hostile: every field is
 * checked against the given size before it is used. The archive is borrowed; names and data in
 * entries point into it. Hard links are not followed: a further name of a file has the size that
 * its own header says.
 */
#ifndef BOOT_CPIO_H
#define BOOT_CPIO_H

#include <stddef.h>
#include <stdint.h>

#define CPIO_NAME_MAX 1023u

/* File type bits of a mode. */
#define CPIO_TYPE_MASK 0170000u
#define CPIO_TYPE_FILE 0100000u
#define CPIO_TYPE_DIR 0040000u
#define CPIO_TYPE_LINK 0120000u
#define CPIO_TYPE_CHAR 0020000u
#define CPIO_TYPE_BLOCK 0060000u
#define CPIO_TYPE_FIFO 0010000u

enum cpio_error {
    CPIO_OK = 0,
    CPIO_END,         /* the trailer was reached: no further entry */
    CPIO_E_TRUNCATED, /* the archive ends inside a header, a name or data, or without a trailer */
    CPIO_E_MAGIC,     /* an entry does not start with 070701 */
    CPIO_E_HEX,       /* a header field is not eight hexadecimal digits */
    CPIO_E_NAME,      /* a name is empty, too long, not NUL-terminated or holds a NUL */
    CPIO_E_PATH,      /* a name is absolute or has an empty, "." or ".." component */
    CPIO_E_TYPE,      /* unknown file type, or data on a type that has none */
    CPIO_E_MISSING,   /* cpio_find: no entry of that name */
    CPIO_E_COUNT
};

/* One entry. `name` is relative, without "./" in front; the root directory itself is ".". */
struct cpio_entry {
    const char *name; /* NUL-terminated */
    uint32_t name_len;
    const uint8_t *data; /* file content or symlink target (not NUL-terminated) */
    uint32_t size;       /* bytes of data */
    uint32_t mode, uid, gid, nlink;
    uint32_t mtime; /* seconds since 1970 */
    uint32_t ino, rdev_major, rdev_minor;
};

/* Iteration state; the fields are private. */
struct cpio {
    const uint8_t *data;
    size_t size, next;
};

void cpio_init(struct cpio *c, const void *data, size_t size);

/* Reads the next entry. CPIO_OK: `out` is filled in. After CPIO_END or an error, `out` is undefined
 * and a further call answers the same. */
enum cpio_error cpio_next(struct cpio *c, struct cpio_entry *out);

/* Offset of the entry at which the last cpio_next() stopped, for messages. */
static inline size_t cpio_offset(const struct cpio *c) { return c->next; }

/* First entry of exactly this name (without "./"). CPIO_E_MISSING, or the error of a malformed
 * entry before it. */
enum cpio_error cpio_find(const void *data, size_t size, const char *name, struct cpio_entry *out);

/* Walks the whole archive; `count` (may be NULL) receives the number of entries. */
enum cpio_error cpio_check(const void *data, size_t size, uint32_t *count);

/* What was wrong, in English; never NULL. In cpio_strerror.c. */
const char *cpio_strerror(enum cpio_error error);

#endif
