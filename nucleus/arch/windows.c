/* SPDX-License-Identifier: Apache-2.0 */
/* Backing the windows of kernel records with donated frames. Keeps invariant 17. */
#include "cpu.h"

static u64 window_base(u32 window)
{
    switch (window) {
    case FUT_TYPE_THREAD: return THREADS_WINDOW;
    case FUT_TYPE_THREAD | 0x100: return VECTORS_WINDOW;
    case FUT_TYPE_ENDPOINT: return ENDPOINTS_WINDOW;
    case FUT_TYPE_DOMAIN: return DOMAINS_WINDOW;
    case FUT_TYPE_DOMAIN | 0x100: return SLOTS_WINDOW;
    case FUT_TYPE_SC: return SCS_WINDOW;
    default: return REGIONS_WINDOW;
    }
}

status arch_window_back(u32 window, u32 page, u32 frame)
{
    u64 address = window_base(window) + ((u64)page << FUT_PAGE_BITS);

    if (!kernel_window_has_table(address)) {
        kernel_window_table(address, frame);
        return FUT_S_MORE;
    }
    kernel_window_page(address, nuc.ram_base + frame, KERNEL_RW);
    return FUT_S_OK;
}
