/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quiescence: a record, slot or frame that was taken away is used again only after every core has
 * passed the epoch in which that happened. Passing includes a flush of the TLB. Keeps invariant 18.
 *
 * Epochs are 32-bit and wrap. All distances are counted back from the current epoch, which no stamp
 * and no core is ahead of: a stamp has passed a core once it lies further back than the core. A
 * stamp that is exactly 2^32 epochs old reads as new, and passes with the next epoch.
 *
 * Anybody may ask for an epoch, but only one that somebody needs is begun: decision 0060.
 */
#include "nucleus.h"

u32 epoch_stamp(void)
{
    nuc.epoch_needed = 1;
    return nuc.epoch;
}

void epoch_need(void) { nuc.epoch_needed = 1; }

bool epoch_passed(u32 stamp)
{
    u32 core;

    for (core = 0; core < nuc.cores && core < MAX_CORES; core++)
        if (nuc.epoch - stamp <= nuc.epoch - nuc.cpu[core].seen) return false;
    return true;
}

/* With one running core the caller itself is every core: the epoch is complete when this returns.
 */
void epoch_sync(void)
{
    if (nuc.epoch_needed == 0) return;
    nuc.epoch_needed = 0;
    nuc.epoch = nuc.epoch + 1;
    arch_tlb_all();
    nuc.cpu[THIS_CORE].seen = nuc.epoch;
}
