/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the ELF reader, apart from it so that a build without strings can drop them. */
#include "boot/elf.h"

const char *elf_strerror(enum elf_error error)
{
    static const char *const text[ELF_E_COUNT] = {
        [ELF_OK] = "executable is valid",
        [ELF_E_SHORT] = "executable is truncated",
        [ELF_E_MAGIC] = "not an ELF file",
        [ELF_E_CLASS] = "executable is not 64-bit little-endian ELF version 1",
        [ELF_E_TYPE] = "executable is not linked to fixed addresses",
        [ELF_E_MACHINE] = "executable is built for another processor",
        [ELF_E_HEADER] = "executable header has wrong sizes or counts",
        [ELF_E_DYNAMIC] = "executable is dynamically linked",
        [ELF_E_SEGMENTS] = "executable has no loadable segment or too many",
        [ELF_E_BOUNDS] = "executable segment lies outside the file",
        [ELF_E_ADDRESS] = "executable segment lies outside the permitted addresses",
        [ELF_E_ALIGN] = "executable segment is misaligned",
        [ELF_E_ORDER] = "executable segments are out of order or share a page",
        [ELF_E_FLAGS] = "executable segment has bad flags",
        [ELF_E_WX] = "executable segment or stack is writable and executable",
        [ELF_E_ENTRY] = "executable entry point lies outside its code",
        [ELF_E_TLS] = "executable thread-local segment is malformed",
    };

    if ((unsigned)error >= ELF_E_COUNT || text[error] == NULL) return "unknown executable error";
    return text[error];
}
