/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first stack of a program: System V's argc, argv, envp and auxiliary vector, and above them
 * what they point to. OS-neutral and without allocation: the caller gives the memory, which later
 * lies at another address.
 *
 * Auxiliary entries beside the usual ones:
 *   AT_FUTURA_START         address of the start page
 *   AT_FUTURA_HANDLES       address of the handles, absent where none were given
 *   AT_FUTURA_HANDLE_COUNT  how many
 *   AT_FUTURA_CWD           NUL-terminated working directory, absent where it is empty
 */
#ifndef SPAWN_STACK_H
#define SPAWN_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "boot/elf.h"
#include "futura/errors.h"

#define SPAWN_PAGE 4096u
/* The stack area that arguments may fill; E2BIG beyond. Empty strings cost a pointer each. */
#define SPAWN_STACK_MAX (64u * SPAWN_PAGE)

#define SPAWN_AT_START 0x46555401u
#define SPAWN_AT_HANDLES 0x46555402u
#define SPAWN_AT_HANDLE_COUNT 0x46555403u
#define SPAWN_AT_CWD 0x46555404u

/* Strings one after the other, each with its NUL. */
struct spawn_strings {
    const char *data;
    size_t len;
};

/* One descriptor of the new program; its layout is that of futura.loader/1.Handle. */
struct spawn_handle {
    uint32_t fd, kind, mode, reserved;
    uint64_t ticket, offset;
};

/* Everything that goes onto the stack; borrowed for the call. */
struct spawn_stack {
    struct spawn_strings arguments, environment;
    const char *directory; /* not NUL-terminated; length 0: none */
    size_t directory_len;
    const struct spawn_handle *handles;
    uint32_t handle_count;
    const struct elf_image *image;
    uint64_t start_page; /* its address in the program */
    uint8_t random[16];  /* for AT_RANDOM */
};

/* Bytes that the stack takes, a multiple of 16. EINVAL: a block of strings does not end with a NUL,
 * or a directory holds one; E2BIG: more than SPAWN_STACK_MAX. */
fut_err spawn_stack_size(const struct spawn_stack *s, size_t *size);

/* Fills `area`, whose `size` bytes (as spawn_stack_size said) will end at address `top`, a multiple
 * of 16. The stack pointer then is top - size. */
void spawn_stack_build(const struct spawn_stack *s, void *area, size_t size, uint64_t top);

#endif
