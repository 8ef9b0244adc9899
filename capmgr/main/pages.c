/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of RAM, and the manager's own address space. All free frames are FREE in the nucleus; they
 * are typed (and so zeroed) when taken, and become FREE again when they leave limbo.
 */
#include "main.h"

struct frames frames;
uint32_t kernel_pages;

/* Frames for the allocator's own storage come from the start of the first extent that has them. */
static struct fut_boot_extent early;

static uint32_t early_take(void)
{
    if (early.frames == 0) die("no memory to manage memory with");
    early.frames--;
    return early.frame++;
}

uint32_t page_take_free(void)
{
    uint32_t frame;

    if (frames.map == NULL) return early_take();
    frame = frames_take(&frames, 0);
    while (frame == CM_NONE && pages_settle())
        frame = frames_take(&frames, 0);
    return frame;
}

void page_give_free(uint32_t frame)
{
    if (frames.map != NULL) (void)frames_give(&frames, frame, 1);
}

static fut_status page_type(uint32_t frame, uint32_t type, uint32_t level)
{
    fut_status s = fut_sys_frame_type(FUT_BOOT_SLOT_RAM, frame, type, level);

    if (s == FUT_S_QUIESCE) {
        nuc_sync();
        s = fut_sys_frame_type(FUT_BOOT_SLOT_RAM, frame, type, level);
    }
    return s;
}

uint32_t page_take(uint32_t type, uint32_t level)
{
    uint32_t frame = page_take_free();

    if (frame == CM_NONE) return CM_NONE;
    if (page_type(frame, type, level) != FUT_S_OK) die("a free frame cannot be used");
    return frame;
}

uint32_t page_take_run(uint32_t type, uint32_t *order)
{
    uint32_t first, i;

    for (first = CM_NONE; (first = frames_take(&frames, *order)) == CM_NONE && *order != 0;)
        (*order)--;
    if (first == CM_NONE) {
        first = page_take_free();
        if (first == CM_NONE) return CM_NONE;
    }
    for (i = 0; i < 1u << *order; i++) {
        if (page_type(first + i, type, 0) != FUT_S_OK) die("a free frame cannot be used");
    }
    return first;
}

/* Epochs are counted by these calls: what was retired before one of them has passed after it. */
static uint32_t settles;

bool pages_settle(void)
{
    uint32_t epoch = settles, frame, step;

    if (frames.limbo_count == 0) return false;
    (void)nuc_sync();
    settles++;
    for (step = 0; step < CM_STEPS; step++) {
        frame = frames_settle(&frames, epoch);
        if (frame == CM_NONE) break;
        if (page_type(frame, FUT_FRAME_FREE, 0) == FUT_S_OK)
            (void)frames_give(&frames, frame, 1);
        else
            log_say2(LOG_ERROR, "a frame stays in use and is lost: ", "frame", frame);
    }
    return true;
}

void page_retire(uint32_t frame)
{
    while (!frames_retire(&frames, frame, settles))
        (void)pages_settle();
}

/* Maps into the manager's own space, with tables as needed; none of them is ever unlinked. */
bool own_map(uint64_t address, uint32_t frame, uint32_t flags)
{
    uint64_t level;
    uint32_t table, tries;

    for (tries = 0; tries < FUT_PT_LEVELS + 1; tries++) {
        fut_status s =
            fut_sys_map(FUT_BOOT_SLOT_DOMAIN, address, FUT_BOOT_SLOT_RAM, frame, 1, flags, &level);

        if (s == FUT_S_OK) return true;
        if (s != FUT_S_TABLE) return false;
        table = page_take(FUT_FRAME_PT, (uint32_t)level);
        if (table == CM_NONE) return false;
        kernel_pages++;
        if (fut_sys_pt_link(FUT_BOOT_SLOT_DOMAIN, address, FUT_BOOT_SLOT_RAM, table) != FUT_S_OK)
            return false;
    }
    return false;
}

void own_unmap(uint64_t address)
{
    uint64_t removed;

    (void)fut_sys_unmap(FUT_BOOT_SLOT_DOMAIN, address, 1, &removed);
}

uint8_t *page_open(uint32_t frame)
{
    if (!own_map(OWN_SCRATCH, frame, FUT_MAP_WRITE)) die("a frame cannot be opened");
    return (uint8_t *)(uintptr_t)OWN_SCRATCH;
}

void page_close(void) { own_unmap(OWN_SCRATCH); }

void pages_init(void)
{
    uint64_t words = FRAMES_WORDS(boot->ram_frames), pages = (words * 8u + PAGE - 1u) / PAGE, i;
    uint32_t largest = 0, k;

    for (k = 0; k < boot->extent_count; k++) {
        if (boot->extent[k].frames > boot->extent[largest].frames) largest = k;
    }
    early = boot->extent[largest];
    for (i = 0; i < pages; i++) {
        if (!own_map(OWN_FRAMES + i * PAGE, page_take(FUT_FRAME_USER, 0), FUT_MAP_WRITE))
            die("the page allocator's storage cannot be mapped");
    }
    kernel_pages = 0;
    frames_init(&frames, (uint64_t *)(uintptr_t)OWN_FRAMES, (uint32_t)boot->ram_frames);
    for (k = 0; k < boot->extent_count; k++) {
        if (k == largest)
            frames_add(&frames, early.frame, early.frames);
        else
            frames_add(&frames, boot->extent[k].frame, boot->extent[k].frames);
    }
}
