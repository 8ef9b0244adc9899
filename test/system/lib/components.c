/* SPDX-License-Identifier: Apache-2.0 */
/* Components by name, for test programs that hold capmgr's Info facility. */
#include "components.h"

#include <string.h>

#include "capmgr.h"
#include "component.h"

uint32_t components_find(uint32_t info, const char *name)
{
    static uint8_t memory[32 << 10];
    const struct capmgr_component *entries;
    struct fipc_arena arena;
    uint32_t first = 1, next;
    size_t n, i;

    do {
        fipc_arena_init(&arena, memory, sizeof memory);
        if (capmgr_info_components((capmgr_info){&component_capmgr, info}, first, &entries, &n,
                                   &next, &arena) != FUT_OK)
            return 0;
        for (i = 0; i < n; i++)
            if (entries[i].started != 0 && entries[i].name.len == strlen(name) &&
                memcmp(entries[i].name.data, name, entries[i].name.len) == 0)
                return entries[i].number;
        first = next;
    } while (next != 0);
    return 0;
}
