/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory from the component's own budget, and files. A mapping that is only read is of the file's
 * own frames where its filesystem lends them; else a private one is a copy and a shared one ENODEV.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "os.h"

#define PAGE 4096

static unsigned map_bits(long protection)
{
    return ((protection & PROT_WRITE) != 0 ? 1u : 0u) | ((protection & PROT_EXEC) != 0 ? 2u : 0u);
}

/* Fresh memory with what the file holds there. */
static long map_copy(struct os_open *o, uint64_t near, size_t length, unsigned bits,
                     uint64_t offset)
{
    size_t pages = (length + PAGE - 1) / PAGE, done = 0;
    uint64_t at;
    long e = cm_alloc(near, pages, 1u, &at), got = 1;

    if (e != 0) return e;
    for (; done < length && got > 0; done += (size_t)got) {
        got = fs_read(o, (void *)(at + done), length - done, offset + done);
        if (got < 0) e = got, got = 0;
    }
    if (e == 0 && bits != 1u) e = cm_protect(at, pages, bits);
    if (e == 0) return (long)at;
    cm_free(at, pages);
    return e;
}

static long map_file(long address, size_t length, unsigned bits, long flags, struct os_open *o,
                     uint64_t offset)
{
    uint64_t near = (flags & MAP_FIXED) != 0 ? (uint64_t)address : 0, at;
    long e;

    if (o == NULL) return -EBADF;
    e = file_settle(o);
    if (e != 0) return e;
    if (o->kind != OS_FILE) return -ENODEV;
    if ((o->flags & O_ACCMODE) == O_WRONLY) return -EACCES;
    if (offset % PAGE != 0) return -EINVAL;
    if (bits == 0 && near == 0 && fs_map(o, offset, (length + PAGE - 1) / PAGE, &at) == 0)
        return (long)at;
    return (flags & MAP_SHARED) != 0 ? -ENODEV : map_copy(o, near, length, bits, offset);
}

long os_mmap(long address, long length, long protection, long flags, long fd, long offset)
{
    size_t pages = ((size_t)length + PAGE - 1) / PAGE;
    unsigned bits = map_bits(protection);
    uint64_t at;
    long e;

    if (length <= 0 || (bits & 3u) == 3u) return -EINVAL;
    if ((flags & MAP_ANONYMOUS) == 0)
        return map_file(address, (size_t)length, bits, flags, os_get(fd), (uint64_t)offset);
    e = cm_alloc((flags & MAP_FIXED) != 0 ? (uint64_t)address : 0, pages, bits, &at);
    return e != 0 ? e : (long)at;
}

long os_munmap(long address, long length)
{
    if (address % PAGE != 0 || length <= 0) return -EINVAL;
    fs_unmapped((uint64_t)address, ((size_t)length + PAGE - 1) / PAGE);
    return cm_free((uint64_t)address, ((size_t)length + PAGE - 1) / PAGE);
}

long os_mprotect(long address, long length, long protection)
{
    if (address % PAGE != 0 || length < 0) return -EINVAL;
    if (length == 0) return 0;
    return cm_protect((uint64_t)address, ((size_t)length + PAGE - 1) / PAGE, map_bits(protection));
}
