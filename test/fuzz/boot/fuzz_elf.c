/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the ELF reader and checks what it promises about accepted files. */
#include "boot/elf.h"

#include <stdlib.h>

static const struct elf_rules rules = {ELF_MACHINE_AARCH64, 4096, 0x10000, 0x800000000000};

static void image_check(const struct elf_image *m, uint64_t size)
{
    uint64_t end = rules.low;
    bool entry = false;

    if (m->count == 0 || m->count > ELF_SEGMENTS_MAX) abort();
    for (uint32_t i = 0; i < m->count; i++) {
        const struct elf_segment *s = &m->segment[i];

        if ((s->vaddr & ~4095ull) < end || s->memsz == 0 || s->filesz > s->memsz) abort();
        if (s->offset > size || s->filesz > size - s->offset) abort();
        end = (s->vaddr + s->memsz + 4095) & ~4095ull;
        if (end > rules.top || end <= s->vaddr) abort();
        if ((s->flags & (ELF_W | ELF_X)) == (ELF_W | ELF_X) || (s->flags & ELF_R) == 0) abort();
        if ((s->vaddr & 4095) != (s->offset & 4095)) abort();
        entry |= (s->flags & ELF_X) != 0 && m->entry >= s->vaddr && m->entry < s->vaddr + s->filesz;
    }
    if (!entry || m->high != end || m->low != (m->segment[0].vaddr & ~4095ull)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_image m;

    if (elf_read(&m, data, size, size, &rules) == ELF_OK) image_check(&m, size);
    /* The file may be longer than the head that is in memory. */
    if (elf_read(&m, data, size, UINT64_C(1) << 40, &rules) == ELF_OK)
        image_check(&m, UINT64_C(1) << 40);
    return 0;
}
