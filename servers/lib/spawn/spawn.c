/* SPDX-License-Identifier: Apache-2.0 */
/* Loading programs into children: see spawn.h. */
#include "spawn.h"

#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "futura/processor.h"
#include "futura/syscall.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})
#define CHILD(number) ((capmgr_child){&component_capmgr, number})

/* The addresses of programs, as capmgr.fi gives them. */
#define PROGRAM_LOW UINT64_C(0x200000)
#define PROGRAM_TOP UINT64_C(0x10000000)

fut_err spawn_check(const struct spawn_file *file, struct elf_image *image, enum elf_error *why)
{
    static const struct elf_rules rules = {FUT_PROCESSOR_ELF, SPAWN_PAGE, PROGRAM_LOW, PROGRAM_TOP};
    static uint8_t head[ELF_HEAD_SIZE];
    size_t n = file->size < sizeof head ? (size_t)file->size : sizeof head;
    fut_err e = file->read(file->ctx, 0, head, n);

    *why = ELF_OK;
    if (e != FUT_OK) return e;
    *why = elf_read(image, head, n, file->size, &rules);
    return *why == ELF_OK ? FUT_OK : FUT_ENOEXEC;
}

/* The part of a segment that lies in the `bytes` from page `to`, read into own memory at `at`. */
static fut_err piece_read(const struct spawn_file *file, const struct elf_segment *s, uint64_t to,
                          size_t bytes, uint8_t *at)
{
    uint64_t low = to > s->vaddr ? to : s->vaddr, high = s->vaddr + s->filesz;

    if (high > to + bytes) high = to + bytes;
    if (low >= high) return FUT_OK;
    return file->read(file->ctx, s->offset + (low - s->vaddr), at + (low - to),
                      (size_t)(high - low));
}

static fut_err piece_load(uint32_t child, const struct spawn_file *file,
                          const struct elf_segment *s, uint64_t to, uint32_t pages, uint32_t map)
{
    uint64_t at;
    fut_err e = capmgr_manager_alloc(MANAGER, pages, CAPMGR_MAP_FLAGS_WRITE, 0, &at);

    if (e != FUT_OK) return e;
    e = piece_read(file, s, to, (size_t)pages * SPAWN_PAGE, (uint8_t *)(uintptr_t)at);
    if (e == FUT_OK) e = capmgr_child_give(CHILD(child), at, to, pages, map);
    if (e != FUT_OK) (void)capmgr_manager_free(MANAGER, at, pages);
    return e;
}

/* The pages that have content of the file are given, the rest of the segment is reserved: zero at
 * first touch. */
static fut_err segment_load(uint32_t child, const struct spawn_file *file,
                            const struct elf_segment *s)
{
    uint32_t map = ((s->flags & ELF_W) != 0 ? CAPMGR_MAP_FLAGS_WRITE : 0) |
                   ((s->flags & ELF_X) != 0 ? CAPMGR_MAP_FLAGS_EXEC : 0);
    uint64_t to = s->vaddr / SPAWN_PAGE * SPAWN_PAGE;
    uint64_t filled =
        s->filesz == 0 ? to : (s->vaddr + s->filesz + SPAWN_PAGE - 1) / SPAWN_PAGE * SPAWN_PAGE;
    uint64_t end = (s->vaddr + s->memsz + SPAWN_PAGE - 1) / SPAWN_PAGE * SPAWN_PAGE;
    fut_err e = FUT_OK;

    while (to < filled && e == FUT_OK) {
        uint64_t n = filled - to < SPAWN_PIECE ? filled - to : SPAWN_PIECE;

        e = piece_load(child, file, s, to, (uint32_t)(n / SPAWN_PAGE), map);
        to += n;
    }
    if (e == FUT_OK && filled < end)
        e = capmgr_child_reserve(CHILD(child), filled, (uint32_t)((end - filled) / SPAWN_PAGE),
                                 map);
    return e;
}

/* For the C library's own use (AT_RANDOM), not for keys: where the machine has no seed, the clock
 * must do. */
static void random_fill(uint8_t out[16])
{
    static uint64_t count;
    uint64_t ticks = 0, hz;
    uint8_t data[32];

    if (capmgr_manager_random(MANAGER, data) == FUT_OK) {
        memcpy(out, data, 16);
        memset(data, 0, sizeof data);
        return;
    }
    (void)fut_sys_clock(&ticks, &hz);
    ticks *= UINT64_C(0x9e3779b97f4a7c15);
    count += ticks ^ ticks >> 31;
    memcpy(out, &ticks, 8);
    memcpy(out + 8, &count, 8);
}

static fut_err stack_give(uint32_t child, const struct spawn_stack *stack, uint64_t top,
                          uint64_t *sp)
{
    uint32_t pages;
    uint64_t at;
    size_t size;
    fut_err e = spawn_stack_size(stack, &size);

    if (e != FUT_OK) return e;
    pages = (uint32_t)((size + SPAWN_PAGE - 1) / SPAWN_PAGE);
    e = capmgr_manager_alloc(MANAGER, pages, CAPMGR_MAP_FLAGS_WRITE, 0, &at);
    if (e != FUT_OK) return e;
    spawn_stack_build(stack, (uint8_t *)(uintptr_t)at + (size_t)pages * SPAWN_PAGE - size, size,
                      top);
    e = capmgr_child_give(CHILD(child), at, top - (uint64_t)pages * SPAWN_PAGE, pages,
                          CAPMGR_MAP_FLAGS_WRITE);
    if (e != FUT_OK) (void)capmgr_manager_free(MANAGER, at, pages);
    *sp = top - size;
    return e;
}

fut_err spawn_start(uint32_t child, const struct spawn_file *file, const struct elf_image *image,
                    struct spawn_stack *stack, bool vectors)
{
    uint64_t top, low, sp = 0;
    uint32_t i;
    fut_err e = capmgr_child_layout(CHILD(child), &stack->start_page, &top, &low);

    for (i = 0; i < image->count && e == FUT_OK; i++)
        e = segment_load(child, file, &image->segment[i]);
    stack->image = image;
    random_fill(stack->random);
    if (e == FUT_OK) e = stack_give(child, stack, top, &sp);
    return e == FUT_OK ? capmgr_child_start(CHILD(child), image->entry, sp, vectors) : e;
}
