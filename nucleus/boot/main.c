/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot, in order: read what the loader left, find the capability manager, build the final tables,
 * start the interrupt controller and the timer, make the first objects, and become a nucleus.
 */
#include "boot.h"
#include "cpu.h"
#include "nucleus.h"

u64 boot_image_pa;

void boot_main(u64 loader_pa, u64 image_pa, u64 level, u64 ticks);

void boot_main(u64 loader_pa, u64 image_pa, u64 level, u64 ticks)
{
    extern u8 image_end[];
    u32 broken;

    boot_image_pa = image_pa;
    boot.image_pa = image_pa;
    boot.image_end_pa = image_pa + ((u64)image_end - IMAGE_BASE);
    boot.entry_ticks = ticks;
    boot.level = (u32)level;
    loader_open(loader_pa);
    loader_console();
    loader_devices();
    loader_memory();
    boot_memory_map();
    archive_open();
    boot_kernel_tables();
    windows_create();
    devices_start();
    objects_create(); /* the first budget is in ticks of a counter whose rate devices tell */
    capmgr_load();
    broken = CONFIG_DEBUG ? check_all() : 0;
    if (broken != 0) arch_panic(broken);
    nuc.boot_done = 1;
    entry_start(nucleus_leave());
}
