/* SPDX-License-Identifier: Apache-2.0 */
/* Memory in pieces: capmgr does a bounded amount of work for one request. */
#include "capmgr.h"
#include "component.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define PAGES 256u /* MEMORY_PAGES of capmgr.fi */

static uint32_t piece_of(uint64_t pages) { return pages < PAGES ? (uint32_t)pages : PAGES; }

fut_err component_free(uint64_t at, uint64_t pages)
{
    fut_err e;

    do {
        e = capmgr_manager_free(MANAGER, at, piece_of(pages));
        at += (uint64_t)piece_of(pages) << 12;
        pages -= piece_of(pages);
    } while (e == FUT_OK && pages != 0);
    return e;
}

fut_err component_protect(uint64_t at, uint64_t pages, uint32_t map)
{
    fut_err e;

    do {
        e = capmgr_manager_protect(MANAGER, at, piece_of(pages), map);
        at += (uint64_t)piece_of(pages) << 12;
        pages -= piece_of(pages);
    } while (e == FUT_OK && pages != 0);
    return e;
}
