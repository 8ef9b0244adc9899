/* SPDX-License-Identifier: Apache-2.0 */
/* Memory from the component's own budget. Files are read into fresh memory: no shared file
 * mappings. */
#include <errno.h>
#include <sys/mman.h>

#include "os.h"

#define PAGE 4096

static unsigned map_bits(long protection)
{
    return ((protection & PROT_WRITE) != 0 ? 1u : 0u) | ((protection & PROT_EXEC) != 0 ? 2u : 0u);
}

long os_mmap(long address, long length, long protection, long flags, long fd, long offset)
{
    size_t pages = ((size_t)length + PAGE - 1) / PAGE;
    unsigned bits = map_bits(protection);
    struct os_open *o = NULL;
    uint64_t at;
    long e;

    if (length <= 0 || (bits & 3u) == 3u) return -EINVAL;
    if ((flags & MAP_ANONYMOUS) == 0) {
        o = os_get(fd);
        if (o == NULL) return -EBADF;
        if (o->kind != OS_FILE || (flags & MAP_SHARED) != 0) return -ENODEV;
    }
    e = cm_alloc((flags & MAP_FIXED) != 0 ? (uint64_t)address : 0, pages, o != NULL ? 1u : bits,
                 &at);
    if (e != 0) return e;
    if (o == NULL) return (long)at;
    e = fs_read(o, (void *)at, (size_t)length, (uint64_t)offset);
    if (e >= 0 && bits != 1u) e = cm_protect(at, pages, bits);
    if (e < 0) {
        cm_free(at, pages);
        return e;
    }
    return (long)at;
}

long os_munmap(long address, long length)
{
    if (address % PAGE != 0 || length <= 0) return -EINVAL;
    return cm_free((uint64_t)address, ((size_t)length + PAGE - 1) / PAGE);
}

long os_mprotect(long address, long length, long protection)
{
    if (address % PAGE != 0 || length < 0) return -EINVAL;
    if (length == 0) return 0;
    return cm_protect((uint64_t)address, ((size_t)length + PAGE - 1) / PAGE, map_bits(protection));
}
