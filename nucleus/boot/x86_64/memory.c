/* SPDX-License-Identifier: Apache-2.0 */
/* RAM, once the loader's description of it is read: what is usable, and what boot may take. */
#include "board.h"
#include "boot.h"
#include "x86.h"

#define HOLE_MIN 256u /* frames */

void memory_bank(u64 base, u64 size)
{
    u64 first = (base + FUT_PAGE_SIZE - 1) >> FUT_PAGE_BITS;
    u64 end = (base + size - 1 + 1 == 0 ? ~(u64)0 : base + size) >> FUT_PAGE_BITS;

    if (end >> 36 != 0) boot_fail("memory", "a bank lies above 48 bits");
    ranges_add(&boot.banks, first, end);
}

/* Gaps that devices may have; a small one stays a part of RAM that nobody may use. */
static void memory_holes(void)
{
    u64 at = nuc.ram_base, first;
    u32 i;

    for (i = 0; i < boot.banks.count && board.hole_count < BOARD_HOLES; i++) {
        first = boot.banks.run[i].first;
        if (first - at >= HOLE_MIN) {
            board.hole[board.hole_count].pfn = at;
            board.hole[board.hole_count++].frames = first - at;
        }
        at = boot.banks.run[i].end;
    }
}

void memory_banks_end(void)
{
    u64 end;

    if (boot.banks.count == 0) boot_fail("memory", "the loader names none");
    nuc.ram_base = boot.banks.run[0].first & ~(u64)511;
    end = boot.banks.run[boot.banks.count - 1].end;
    if (end - nuc.ram_base > MAX_FRAMES)
        boot_fail("memory", "it spans more than the frame window holds");
    nuc.ram_frames = (u32)(end - nuc.ram_base);
    boot.usable = boot.banks;
    memory_holes();
}

void memory_settle(void)
{
    u64 start = boot.chosen.initrd_start, size = boot.chosen.initrd_end - start;

    if (!ranges_cover(&boot.banks, boot.image_pa >> FUT_PAGE_BITS,
                      boot.image_end_pa >> FUT_PAGE_BITS))
        boot_fail("nucleus", "not in RAM");
    if (boot.chosen.initrd_end == 0) boot_fail("boot archive", "the loader gave none");
    boot_part("boot archive", start, size);
    ranges_subtract(&boot.usable, boot.image_pa >> FUT_PAGE_BITS,
                    boot.image_end_pa >> FUT_PAGE_BITS);
    boot.all = boot.usable;
    ranges_subtract(&boot.all, start >> FUT_PAGE_BITS, (start + size - 1) / FUT_PAGE_SIZE + 1);
    boot.left = boot.all;
    if (boot.all.count == 0) boot_fail("not enough memory", NULL);
}
