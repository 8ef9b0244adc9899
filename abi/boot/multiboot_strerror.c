/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the Multiboot2 reader, apart from it so that a build without strings can drop them.
 */
#include "boot/multiboot.h"

const char *multiboot_strerror(enum multiboot_error error)
{
    static const char *const text[MULTIBOOT_E_COUNT] = {
        [MULTIBOOT_OK] = "the information is valid",
        [MULTIBOOT_E_SIZE] = "its size is impossible",
        [MULTIBOOT_E_TAG] = "a tag is malformed or ends outside",
        [MULTIBOOT_E_END] = "the last tag is missing",
        [MULTIBOOT_E_MAP] = "it has no usable memory map",
        [MULTIBOOT_E_TEXT] = "the command line has no end",
        [MULTIBOOT_E_SERVICES] = "EFI's boot services still run",
    };

    if ((unsigned)error >= MULTIBOOT_E_COUNT || text[error] == NULL) return "unknown error";
    return text[error];
}
