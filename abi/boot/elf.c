/* SPDX-License-Identifier: Apache-2.0 */
/* Reader for static ELF64 executables. See boot/elf.h. */
#include "boot/elf.h"

#define EHDR_SIZE 64u
#define PHDR_SIZE 56u

enum { ET_EXEC = 2 };
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_TLS = 7 };
#define PT_GNU_STACK 0x6474e551u

/* One program header. */
struct phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, filesz, memsz, align;
};

static uint64_t read_le(const uint8_t *p, uint32_t bytes)
{
    uint64_t v = 0;

    for (uint32_t i = bytes; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static enum elf_error header_check(const uint8_t *p, const struct elf_rules *rules)
{
    if (p[0] != 0x7f || p[1] != 'E' || p[2] != 'L' || p[3] != 'F') return ELF_E_MAGIC;
    if (p[4] != 2 || p[5] != 1 || p[6] != 1 || read_le(p + 20, 4) != 1) return ELF_E_CLASS;
    if (read_le(p + 16, 2) != ET_EXEC) return ELF_E_TYPE;
    if (read_le(p + 18, 2) != rules->machine) return ELF_E_MACHINE;
    if (read_le(p + 52, 2) != EHDR_SIZE || read_le(p + 54, 2) != PHDR_SIZE) return ELF_E_HEADER;
    return ELF_OK;
}

static void phdr_read(const uint8_t *p, struct phdr *h)
{
    h->type = (uint32_t)read_le(p, 4);
    h->flags = (uint32_t)read_le(p + 4, 4);
    h->offset = read_le(p + 8, 8);
    h->vaddr = read_le(p + 16, 8);
    h->filesz = read_le(p + 32, 8);
    h->memsz = read_le(p + 40, 8);
    h->align = read_le(p + 48, 8);
}

static bool number_is_power(uint64_t v) { return v != 0 && (v & (v - 1)) == 0; }

static enum elf_error load_check(const struct phdr *h, uint64_t file_size,
                                 const struct elf_rules *rules)
{
    uint64_t mask = rules->page_size - 1;

    if (h->filesz > h->memsz || h->offset > file_size || h->filesz > file_size - h->offset)
        return ELF_E_BOUNDS;
    if (h->vaddr < rules->low || h->vaddr >= rules->top || h->memsz > rules->top - h->vaddr)
        return ELF_E_ADDRESS;
    if ((h->vaddr & mask) != (h->offset & mask) || (h->align > 1 && !number_is_power(h->align)))
        return ELF_E_ALIGN;
    if ((h->flags & ~(ELF_R | ELF_W | ELF_X)) != 0 || (h->flags & ELF_R) == 0) return ELF_E_FLAGS;
    if ((h->flags & ELF_W) != 0 && (h->flags & ELF_X) != 0) return ELF_E_WX;
    return ELF_OK;
}

static enum elf_error load_add(struct elf_image *out, const struct phdr *h, uint64_t file_size,
                               const struct elf_rules *rules)
{
    uint64_t mask = rules->page_size - 1;
    enum elf_error e;
    struct elf_segment *s;

    if (h->memsz == 0 && h->filesz == 0) return ELF_OK;
    e = load_check(h, file_size, rules);
    if (e != ELF_OK) return e;
    if (out->count == ELF_SEGMENTS_MAX) return ELF_E_SEGMENTS;
    if (out->count != 0 && (h->vaddr & ~mask) < out->high) return ELF_E_ORDER;
    /* A page-rounded end beyond `top` would let a mapping spill over the limit. */
    if ((rules->top & mask) != 0 && h->vaddr + h->memsz > (rules->top & ~mask))
        return ELF_E_ADDRESS;
    s = &out->segment[out->count];
    s->vaddr = h->vaddr;
    s->memsz = h->memsz;
    s->offset = h->offset;
    s->filesz = h->filesz;
    s->flags = h->flags;
    if (out->count == 0) out->low = h->vaddr & ~mask;
    out->high = ((h->vaddr + h->memsz - 1) | mask) + 1;
    out->count++;
    return ELF_OK;
}

static enum elf_error tls_add(struct elf_image *out, const struct phdr *h)
{
    if (out->has_tls || h->filesz > h->memsz || (h->align > 1 && !number_is_power(h->align)))
        return ELF_E_TLS;
    out->has_tls = h->memsz != 0;
    out->tls.vaddr = h->vaddr;
    out->tls.memsz = h->memsz;
    out->tls.filesz = h->filesz;
    out->tls.align = h->align > 1 ? h->align : 1;
    return ELF_OK;
}

static enum elf_error phdr_take(struct elf_image *out, const struct phdr *h, uint64_t file_size,
                                const struct elf_rules *rules)
{
    switch (h->type) {
    case PT_LOAD: return load_add(out, h, file_size, rules);
    case PT_TLS: return tls_add(out, h);
    case PT_DYNAMIC:
    case PT_INTERP: return ELF_E_DYNAMIC;
    case PT_GNU_STACK: return (h->flags & ELF_X) != 0 ? ELF_E_WX : ELF_OK;
    default: return ELF_OK;
    }
}

/* Is the entry point inside the file-backed part of an executable segment? */
static bool image_has_entry(const struct elf_image *out)
{
    for (uint32_t i = 0; i < out->count; i++) {
        const struct elf_segment *s = &out->segment[i];

        if ((s->flags & ELF_X) != 0 && out->entry >= s->vaddr && out->entry - s->vaddr < s->filesz)
            return true;
    }
    return false;
}

/* The initial TLS image is copied from memory, so its file part must be loaded. */
static bool image_has_tls(const struct elf_image *out)
{
    if (!out->has_tls) return true;
    for (uint32_t i = 0; i < out->count; i++) {
        const struct elf_segment *s = &out->segment[i];

        if (out->tls.vaddr >= s->vaddr && out->tls.vaddr - s->vaddr <= s->memsz &&
            out->tls.filesz <= s->memsz - (out->tls.vaddr - s->vaddr))
            return true;
    }
    return false;
}

static uint64_t image_find_phdr(const struct elf_image *out, uint64_t phoff)
{
    uint64_t size = (uint64_t)out->phnum * PHDR_SIZE;

    for (uint32_t i = 0; i < out->count; i++) {
        const struct elf_segment *s = &out->segment[i];

        if (phoff >= s->offset && phoff - s->offset <= s->filesz &&
            size <= s->filesz - (phoff - s->offset))
            return s->vaddr + (phoff - s->offset);
    }
    return 0;
}

static enum elf_error image_finish(struct elf_image *out, uint64_t phoff)
{
    if (out->count == 0) return ELF_E_SEGMENTS;
    if (!image_has_entry(out)) return ELF_E_ENTRY;
    if (!image_has_tls(out)) return ELF_E_TLS;
    out->phdr = image_find_phdr(out, phoff);
    return ELF_OK;
}

enum elf_error elf_read(struct elf_image *out, const void *head, size_t head_size,
                        uint64_t file_size, const struct elf_rules *rules)
{
    const uint8_t *p = head;
    enum elf_error e;
    uint64_t phoff;

    if (head_size > file_size || head_size < EHDR_SIZE) return ELF_E_SHORT;
    e = header_check(p, rules);
    if (e != ELF_OK) return e;
    phoff = read_le(p + 32, 8);
    out->phnum = (uint32_t)read_le(p + 56, 2);
    out->phentsize = PHDR_SIZE;
    if (out->phnum == 0 || out->phnum > ELF_HEADERS_MAX || (phoff & 7u) != 0) return ELF_E_HEADER;
    if (phoff > head_size || (uint64_t)out->phnum * PHDR_SIZE > head_size - phoff)
        return ELF_E_SHORT;
    out->entry = read_le(p + 24, 8);
    out->low = out->high = 0;
    out->count = 0;
    out->has_tls = false;
    for (uint32_t i = 0; e == ELF_OK && i < out->phnum; i++) {
        struct phdr h;

        phdr_read(p + phoff + (size_t)i * PHDR_SIZE, &h);
        e = phdr_take(out, &h, file_size, rules);
    }
    return e == ELF_OK ? image_finish(out, phoff) : e;
}
