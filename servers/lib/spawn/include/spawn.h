/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling a new component (`futura.capmgr/1.Child`) with a program and starting it: what init and
 * the loader share. The file is read piece by piece into pages of the caller's own, which are then
 * given to the child; so the caller needs budget for one piece at a time only.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>

#include "spawn_stack.h"

/* An executable file. `read` fills all of `n` bytes from `offset` or fails; it is asked for at most
 * SPAWN_PIECE bytes inside `size`. What it delivers may change between calls: nothing read twice is
 * believed. */
struct spawn_file {
    void *ctx;
    uint64_t size;
    fut_err (*read)(void *ctx, uint64_t offset, void *to, size_t n);
};

#define SPAWN_PIECE (32u * SPAWN_PAGE)

/* Reads and checks the headers. ENOEXEC with *why set: not a program for this machine (why ELF_OK:
 * it was not that); else an error of `read`. */
fut_err spawn_check(const struct spawn_file *file, struct elf_image *image, enum elf_error *why);

/* Loads the image into the child, builds the stack and starts it. `stack` holds what the program is
 * told; image, start page and random bytes are filled in here. An error leaves a child that was not
 * started: release it. Blocks only on `read` and capmgr. */
fut_err spawn_start(uint32_t child, const struct spawn_file *file, const struct elf_image *image,
                    struct spawn_stack *stack, bool vectors);

#endif
