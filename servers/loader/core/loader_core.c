/* SPDX-License-Identifier: Apache-2.0 */
/* See loader_core.h. */
#include "loader_core.h"

#include <string.h>

#include "futura/abi.h"

/* Linux's numbers. */
enum { SIG_ILL = 4, SIG_TRAP = 5, SIG_BUS = 7, SIG_KILL = 9, SIG_SEGV = 11, SIG_MAX = 64 };

static uint32_t fault_signal(uint32_t kind)
{
    switch (kind) {
    case FUT_FAULT_UNDEFINED:
    case FUT_FAULT_VECTOR: return SIG_ILL;
    case FUT_FAULT_ALIGN: return SIG_BUS;
    case FUT_FAULT_DEBUG: return SIG_TRAP;
    default: return SIG_SEGV;
    }
}

uint32_t loader_status(uint32_t cause, int32_t code, uint32_t kind, uint32_t signal)
{
    switch (cause) {
    case LOADER_EXIT: return ((uint32_t)code & 0xffu) << 8;
    case LOADER_FAULT: return fault_signal(kind);
    case LOADER_KILLED:
        if (signal == 0 && code > 0 && code <= SIG_MAX) signal = (uint32_t)code;
        return signal != 0 ? signal : SIG_KILL;
    default: /* a budget that is used up is what Linux ends by SIGKILL too */ return SIG_KILL;
    }
}

bool loader_path_is_good(const void *path, size_t len)
{
    return len != 0 && *(const char *)path == '/' && memchr(path, 0, len) == NULL;
}

size_t loader_name(const void *path, size_t len, char name[LOADER_NAME_MAX + 1])
{
    const char *p = path;
    size_t i, start = 0, n;

    for (i = 0; i < len; i++) {
        if (p[i] == '/') start = i + 1;
    }
    n = len - start < LOADER_NAME_MAX ? len - start : LOADER_NAME_MAX;
    for (i = 0; i < n; i++)
        name[i] = (char)(p[start + i] > ' ' && p[start + i] <= '~' ? p[start + i] : '?');
    if (n == 0) name[n++] = '?';
    name[n] = 0;
    return n;
}
