/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words that the cores of all file servers share: error numbers, kinds, attributes, open flags,
 * the environment that a core runs in. OS-neutral; the values are those of futura.fs (fs.fi), so
 * that bindings copy fields and never translate numbers.
 *
 * Functions of the cores answer 0 or one of the FSC_E* numbers. Nothing blocks: what would have to
 * wait answers FSC_EAGAIN, and readiness is reported through the core's own callback.
 */
#ifndef FSCORE_H
#define FSCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FSC_NAME_MAX 255u
#define FSC_PATH_MAX 4095u
#define FSC_IO_MAX 65536u
#define FSC_DIRENTS_MAX 128u

/* Error numbers of FIPC (Linux's generic values). */
enum fsc_error {
    FSC_OK = 0,
    FSC_EPERM = 1,
    FSC_ENOENT = 2,
    FSC_EIO = 5,
    FSC_ENXIO = 6,
    FSC_EBADF = 9,
    FSC_EAGAIN = 11,
    FSC_ENOMEM = 12,
    FSC_EACCES = 13,
    FSC_EBUSY = 16,
    FSC_EEXIST = 17,
    FSC_EXDEV = 18,
    FSC_ENODEV = 19,
    FSC_ENOTDIR = 20,
    FSC_EISDIR = 21,
    FSC_EINVAL = 22,
    FSC_EMFILE = 24,
    FSC_ENOTTY = 25,
    FSC_EFBIG = 27,
    FSC_ENOSPC = 28,
    FSC_ESPIPE = 29,
    FSC_EROFS = 30,
    FSC_EMLINK = 31,
    FSC_EPIPE = 32,
    FSC_ENAMETOOLONG = 36,
    FSC_ENOSYS = 38,
    FSC_ENOTEMPTY = 39,
    FSC_ELOOP = 40,
    FSC_EBADMSG = 74,
    FSC_EOVERFLOW = 75,
    FSC_EOPNOTSUPP = 95,
    FSC_ESTALE = 116
};

/* Bytes to be written that are elsewhere yet, as in a client's lane, so that they are copied once:
 * `copy` puts `n` of them, from `at` on, to `to`. False: they are not there, and `to` is
 * unspecified. */
struct fsc_source {
    bool (*copy)(const void *ctx, uint32_t at, void *to, uint32_t n);
    const void *ctx;
};

/* Kind of futura.fs. */
enum fsc_kind {
    FSC_FILE = 1,
    FSC_DIR = 2,
    FSC_SYMLINK = 3,
    FSC_CHAR = 4,
    FSC_BLOCK = 5,
    FSC_FIFO = 6,
    FSC_SOCKET = 7
};

/* OpenFlags of futura.fs. */
#define FSC_O_READ 1u
#define FSC_O_WRITE 2u
#define FSC_O_APPEND 4u
#define FSC_O_CREATE 8u
#define FSC_O_EXCL 16u
#define FSC_O_TRUNC 32u
#define FSC_O_DIRECTORY 64u
#define FSC_O_NOFOLLOW 128u
#define FSC_O_ALL 255u

/* Readiness bits, for poll. */
#define FSC_READABLE 1u
#define FSC_WRITABLE 2u
#define FSC_HANGUP 4u /* the other side is gone; a reader still drains what is buffered */

struct fsc_time {
    int64_t sec;
    uint32_t nsec; /* 0..999,999,999 */
};

/* `blocks` is in units of 512 bytes and counts what is really stored; `mode` has no type bits. */
struct fsc_attr {
    uint64_t ino, size, blocks, rdev;
    struct fsc_time atime, mtime, ctime;
    uint32_t uid, gid, nlink;
    uint16_t mode;
    uint8_t kind;
};

/* What set_attr changes; only fields whose bit is in `mask` are looked at. */
#define FSC_SET_MODE 1u
#define FSC_SET_UID 2u
#define FSC_SET_GID 4u
#define FSC_SET_ATIME 8u
#define FSC_SET_MTIME 16u
#define FSC_SET_SIZE 32u
struct fsc_set {
    uint32_t mask, uid, gid;
    uint16_t mode;
    struct fsc_time atime, mtime;
    uint64_t size;
};

/* One directory entry; `next` is the cookie to go on behind it. */
struct fsc_dirent {
    uint64_t ino, next;
    uint16_t name_len;
    uint8_t kind;
    char name[FSC_NAME_MAX];
};

struct fsc_statfs {
    uint64_t block_size, blocks, blocks_free, files, files_free;
    uint32_t name_max;
};

/*
 * The environment of a core. `alloc` answers memory aligned for any type or NULL, never blocks;
 * `free` gets the size again. `now` is UTC. `random` fills a buffer with unpredictable bytes.
 * `pages` answers `count` pages of 4,096 bytes, zeroed, that lie together and can be lent to
 * others; `pages_free` gives back any of them. Both NULL: nothing can be lent.
 */
struct fsc_env {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *p, size_t size);
    struct fsc_time (*now)(void *ctx);
    void (*random)(void *ctx, void *out, size_t size);
    void *(*pages)(void *ctx, size_t count);
    void (*pages_free)(void *ctx, void *p, size_t count);
};

/* Checks one name: 1..255 bytes, no NUL, no '/', not "." or "..". FSC_ENOENT if empty. */
int fsc_name_check(const char *name, size_t len);

#endif
