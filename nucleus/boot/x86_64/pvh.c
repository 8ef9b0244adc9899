/* SPDX-License-Identifier: Apache-2.0 */
/* What a PVH loader left: its start information, and where that says that the rest is. */
#include "boot.h"
#include "x86.h"

#define START_MAGIC 0x336ec578u
#define START_ENTRY 24u /* bytes of an entry of the memory map */

struct start_info {
    u32 magic, version, flags, modules;
    u64 module_list, command_line, rsdp, map;
    u32 map_entries, reserved;
};

struct start_module {
    u64 base, size, command_line, reserved;
};

void pvh_open(u64 pa, struct loader_left *left)
{
    const struct start_module *module;
    const struct start_info *start;

    if (!loader_address_usable(pa)) boot_fail("start information", "no usable address in ebx");
    start = boot_physical(pa, sizeof *start);
    if (start->magic != START_MAGIC) boot_fail("start information", "wrong magic");
    if (start->version < 1) boot_fail("start information", "version 0 has no memory map");
    left->command_line = start->command_line;
    left->rsdp = start->rsdp;
    left->map = start->map;
    left->map_entries = start->map_entries;
    left->map_stride = START_ENTRY;
    if (start->modules == 0) return;
    if (!loader_address_usable(start->module_list))
        boot_fail("boot archive", "no usable module list");
    module = boot_physical(start->module_list, sizeof *module);
    left->has_archive = true;
    left->archive = module->base;
    left->archive_size = module->size;
}
