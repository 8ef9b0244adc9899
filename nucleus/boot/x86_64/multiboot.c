/* SPDX-License-Identifier: Apache-2.0 */
/* What a Multiboot2 loader left, told as a PVH loader would. Nothing is allocated before it is read
 * for good. */
#include "boot/multiboot.h"
#include "boot.h"
#include "x86.h"

static void info_refuse(enum multiboot_error e)
{
    boot_fail("Multiboot2 information", multiboot_strerror(e));
}

void multiboot_open(u64 pa, struct loader_left *left)
{
    struct multiboot_info info;
    enum multiboot_error e;
    u32 length;

    if (pa == 0 || pa % MULTIBOOT_ALIGN != 0)
        boot_fail("Multiboot2 information", "no usable address in ebx");
    e = multiboot_length(boot_physical(pa, MULTIBOOT_HEADER_SIZE), &length);
    if (e != MULTIBOOT_OK) info_refuse(e);
    e = multiboot_read(boot_physical(pa, length), length, &info);
    if (e != MULTIBOOT_OK) info_refuse(e);
    left->command_line = info.command_line != 0 ? pa + info.command_line : 0;
    left->rsdp = info.rsdp != 0 ? pa + info.rsdp : 0;
    left->map = pa + info.map;
    left->map_entries = info.map_count;
    left->map_stride = info.map_stride;
    left->has_archive = info.has_module;
    left->archive = info.module_start;
    left->archive_size = info.module_end - info.module_start;
}
