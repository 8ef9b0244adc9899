/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quiescence: a record, slot or frame that was taken away is used again only after every core has
 * passed the epoch in which that happened. Passing includes a flush of the TLB. Keeps invariant 18.
 *
 * Epochs are 32-bit and compared by signed distance; a stamp older than 2^31 epochs reads as "not
 * passed" until the owner stamps it again, which errs on the safe side.
 */
#include "nucleus.h"

bool epoch_passed(u32 stamp)
{
    u32 core;

    for (core = 0; core < nuc.cores && core < MAX_CORES; core++)
        if ((u32)(nuc.cpu[core].seen - stamp - 1) >= 0x80000000u) return false;
    return true;
}

/* With one running core the caller itself is every core: the epoch is complete when this returns.
 */
void epoch_sync(void)
{
    nuc.epoch = nuc.epoch + 1;
    arch_tlb_all();
    nuc.cpu[0].seen = nuc.epoch;
}
