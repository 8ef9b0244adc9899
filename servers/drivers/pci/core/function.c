/* SPDX-License-Identifier: Apache-2.0 */
/* One function: its BARs' sizes and its capabilities. see pcibus.h. */
#include "config.h"

#define CLASS_BRIDGES 6u /* to the processor, to ISA, ... */

#define BAR_IO 1u
#define BAR_TYPE(bar) ((bar) >> 1 & 3u)
#define BAR_TYPE_64 2u
#define BAR_PREFETCH 8u

#define CAP_MSI 0x05u
#define CAP_MSIX 0x11u
#define CAP_FIRST 0x40u
#define CAP_LIMIT 48u /* as many fit into 256 bytes */
#define MSI_ENABLE (1u << 16)
#define MSIX_ENABLE (1u << 31)
#define MSIX_ENTRY 16u

/* The bits of a BAR that can be written, by writing ones. */
static uint32_t bar_mask(struct pcibus *p, const struct pcibus_function *f, uint32_t index)
{
    uint32_t reg = REG_BAR + 4 * index, was = config_read(p, f, reg), mask;

    config_write(p, f, reg, UINT32_MAX);
    mask = config_read(p, f, reg);
    config_write(p, f, reg, was);
    return mask;
}

/* The size that a mask means: its lowest bit, and all above it must be set. 0: it means none. */
static uint64_t mask_size(uint64_t mask)
{
    uint64_t size = mask & -mask;

    return size <= PCIBUS_SIZE_MAX && mask + size == 0 ? size : 0;
}

/* Reads BAR `index`; returns how many registers it takes. */
static uint32_t bar_read(struct pcibus *p, struct pcibus_function *f, uint32_t index, uint32_t bars)
{
    struct pcibus_bar *b = &f->bar[index];
    uint32_t low = config_read(p, f, REG_BAR + 4 * index), mask = bar_mask(p, f, index);
    bool is_wide = (low & BAR_IO) == 0 && BAR_TYPE(low) == BAR_TYPE_64;

    if (is_wide && index + 1 == bars) {
        p->refused++;
        return 1;
    }
    if (is_wide) {
        b->address = (uint64_t)config_read(p, f, REG_BAR + 4 * (index + 1)) << 32 | (low & ~15u);
        b->size = mask_size((uint64_t)bar_mask(p, f, index + 1) << 32 | (mask & ~15u));
    } else if ((low & BAR_IO) != 0) {
        b->address = low & ~3u;
        b->size = mask_size(~UINT64_C(0xffff) | (mask & 0xfffcu));
    } else {
        b->address = low & ~15u;
        b->size = mask_size(~UINT64_C(0xffffffff) | (mask & ~15u));
    }
    if ((mask & ~15u) == 0 && !is_wide) b->size = 0; /* nothing can be written: there is none */
    if ((low & BAR_IO) != 0 && b->size <= 0x100)
        b->kind = PCIBUS_BAR_IO;
    else if (is_wide || ((low & BAR_IO) == 0 && BAR_TYPE(low) == 0))
        b->kind = is_wide ? PCIBUS_BAR_MEM64 : PCIBUS_BAR_MEM32;
    b->is_prefetchable = (low & BAR_IO) == 0 && (low & BAR_PREFETCH) != 0;
    if (b->size == 0 || b->kind == PCIBUS_BAR_NONE) {
        p->refused += mask != 0;
        *b = (struct pcibus_bar){0};
    }
    return is_wide ? 2 : 1;
}

static void bars_read(struct pcibus *p, struct pcibus_function *f)
{
    uint32_t bars = f->is_bridge ? 2 : PCIBUS_BARS;

    /* A bridge to the processor or to ISA must go on passing on, or the system stops with it. */
    if (f->class_code >> 16 == CLASS_BRIDGES && !f->is_bridge) return;
    if (!f->is_bridge) config_command(p, f, COMMAND_DECODE | COMMAND_MASTER, 0);
    for (uint32_t i = 0; i < bars;)
        i += bar_read(p, f, i, bars);
}

static void msi_read(struct pcibus *p, struct pcibus_function *f, uint32_t at)
{
    uint32_t control = config_read(p, f, at), log2 = control >> 17 & 7;

    config_write(p, f, at, control & ~MSI_ENABLE);
    if (log2 > 5) {
        p->refused++;
        return;
    }
    f->msi = (uint16_t)at;
    f->msi_vectors = (uint16_t)(1u << log2);
}

/* The table must lie in a memory BAR. */
static void msix_read(struct pcibus *p, struct pcibus_function *f, uint32_t at)
{
    uint32_t control = config_read(p, f, at), table = config_read(p, f, at + 4);
    uint32_t vectors = (control >> 16 & 0x7ff) + 1, bar = table & 7, offset = table & ~7u;
    const struct pcibus_bar *b = &f->bar[bar < PCIBUS_BARS ? bar : 0];

    config_write(p, f, at, control & ~MSIX_ENABLE);
    if (bar >= PCIBUS_BARS || (b->kind != PCIBUS_BAR_MEM32 && b->kind != PCIBUS_BAR_MEM64) ||
        offset > b->size || vectors * MSIX_ENTRY > b->size - offset) {
        p->refused++;
        return;
    }
    f->msix = (uint16_t)at;
    f->msix_vectors = (uint16_t)vectors;
    f->msix_bar = (uint8_t)bar;
    f->msix_offset = offset;
}

static void capabilities_read(struct pcibus *p, struct pcibus_function *f)
{
    uint32_t at, word, i;

    if ((config_read(p, f, REG_COMMAND) & STATUS_CAPABILITIES) == 0) return;
    at = config_read(p, f, REG_CAPABILITIES) & 0xfc;
    for (i = 0; i < CAP_LIMIT && at >= CAP_FIRST; i++) {
        word = config_read(p, f, at);
        if ((word & 0xff) == CAP_MSI && f->msi == 0 && at <= 0xf0) msi_read(p, f, at);
        if ((word & 0xff) == CAP_MSIX && f->msix == 0 && at <= 0xf4) msix_read(p, f, at);
        at = word >> 8 & 0xfc;
    }
    p->refused += i == CAP_LIMIT; /* a circle */
}

void function_read(struct pcibus *p, struct pcibus_function *f)
{
    uint32_t class_word = config_read(p, f, REG_CLASS);

    f->class_code = class_word >> 8;
    f->revision = (uint8_t)class_word;
    f->interrupt_pin = config_read(p, f, REG_INTERRUPT) >> 8 & 0xff;
    if (f->interrupt_pin > 4) f->interrupt_pin = 0;
    bars_read(p, f);
    capabilities_read(p, f);
}
