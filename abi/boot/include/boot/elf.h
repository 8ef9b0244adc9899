/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for statically linked ELF64 little-endian executables (ET_EXEC).
 *
 * Freestanding: no libc, no allocation, no recursion. The file is hostile; what elf_read() accepts
 * can be mapped segment by segment without further checks: segments are ascending, share no page,
 * lie inside the permitted address range and are never writable and executable. Only the file's
 * head (header and program headers) need be in memory, so that a loader can read segments later.
 */
#ifndef BOOT_ELF_H
#define BOOT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELF_MACHINE_X86_64 62u
#define ELF_MACHINE_AARCH64 183u
#define ELF_SEGMENTS_MAX 8u
#define ELF_HEADERS_MAX 32u

/* Segment flags, as in p_flags. */
#define ELF_X 1u
#define ELF_W 2u
#define ELF_R 4u

enum elf_error {
    ELF_OK = 0,
    ELF_E_SHORT,    /* file or head too short for what the headers say */
    ELF_E_MAGIC,    /* not an ELF file */
    ELF_E_CLASS,    /* not 64-bit little-endian, version 1 */
    ELF_E_TYPE,     /* not an executable with fixed addresses (ET_EXEC) */
    ELF_E_MACHINE,  /* built for another processor */
    ELF_E_HEADER,   /* sizes or counts in the header are wrong */
    ELF_E_DYNAMIC,  /* needs an interpreter or dynamic linking */
    ELF_E_SEGMENTS, /* no loadable segment, or more than ELF_SEGMENTS_MAX */
    ELF_E_BOUNDS,   /* a segment lies outside the file, or is larger there than in memory */
    ELF_E_ADDRESS,  /* a segment lies outside the permitted addresses or wraps around */
    ELF_E_ALIGN,    /* address and file offset differ within a page, or a bad alignment */
    ELF_E_ORDER,    /* segments are not ascending or two share a page */
    ELF_E_FLAGS,    /* unreadable segment or unknown flag */
    ELF_E_WX,       /* a segment or the stack is writable and executable */
    ELF_E_ENTRY,    /* entry point outside the executable segments */
    ELF_E_TLS,      /* more than one thread-local segment, or one outside the loaded ones */
    ELF_E_COUNT
};

/* What the caller permits. */
struct elf_rules {
    uint32_t machine;   /* ELF_MACHINE_* */
    uint32_t page_size; /* a power of two */
    uint64_t low, top;  /* segments must lie in [low, top) */
};

struct elf_segment {
    uint64_t vaddr;  /* not page-aligned; offset is congruent to it */
    uint64_t memsz;  /* > 0; what is beyond filesz is zero */
    uint64_t offset; /* in the file */
    uint64_t filesz; /* <= memsz, inside the file */
    uint32_t flags;  /* ELF_R, with ELF_W or ELF_X or neither */
};

struct elf_image {
    uint64_t entry;
    uint64_t low, high; /* page-rounded extent of all segments */
    uint64_t phdr;      /* AT_PHDR: address of the program headers; 0 if they are not loaded */
    uint32_t phnum, phentsize;
    uint32_t count; /* loadable segments */
    struct elf_segment segment[ELF_SEGMENTS_MAX];
    bool has_tls;
    struct {
        uint64_t vaddr, memsz, filesz, align;
    } tls;
};

/* Validates the file of `file_size` bytes, of which the first `head_size` are at `head`, and
 * describes it in `out` (undefined on an error). */
enum elf_error elf_read(struct elf_image *out, const void *head, size_t head_size,
                        uint64_t file_size, const struct elf_rules *rules);

/* Bytes of the head that elf_read() needs at most, for files of ordinary tools. */
#define ELF_HEAD_SIZE (64u + 56u * ELF_HEADERS_MAX)

/* What was wrong, in English; never NULL. In elf_strerror.c. */
const char *elf_strerror(enum elf_error error);

#endif
