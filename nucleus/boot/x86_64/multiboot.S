/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image for loaders that speak Multiboot2 (GRUB): the header that they look for in the first 32 KiB of the file,
 * and their entry. They enter as a PVH loader does, with ebx the address of their information.
 */
#include "../../arch/x86_64/layout.h"

#define PHYSICAL(symbol) ((symbol) - IMAGE_BASE + IMAGE_PHYSICAL)
#define HEADER_MAGIC 0xe85250d6
#define HEADER_I386 0
#define HEADER_SIZE (header_end - header)
#define TAG_END 0
#define TAG_REQUEST 1 /* what must be told */
#define TAG_ENTRY 3
#define TAG_PAGES 6 /* modules start at pages */
#define INFO_MAP 6

    .section .init.multiboot, "a"
    .balign 8
header:
    .long   HEADER_MAGIC, HEADER_I386, HEADER_SIZE
    .long   0x100000000 - (HEADER_MAGIC + HEADER_I386 + HEADER_SIZE)
    .balign 8
    .short  TAG_REQUEST, 0
    .long   12, INFO_MAP
    .balign 8
    .short  TAG_ENTRY, 0
    .long   12, PHYSICAL(multiboot_start)
    .balign 8
    .short  TAG_PAGES, 0
    .long   8
    .balign 8
    .short  TAG_END, 0
    .long   8
header_end:

    .section .init.head, "ax"
    .code32
multiboot_start:
    mov     $LOADER_MULTIBOOT, %edi
    cmp     $0x36d76289, %eax
    je      boot_enter
1:  hlt /* whoever this is has no right to be here */
    jmp     1b
    .section .note.GNU-stack, "", %progbits
