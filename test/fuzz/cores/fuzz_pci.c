/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the PCI core over hostile configuration space: the input says what is read, what can be
 * written, and which bits change by themselves. Walks end; what is found keeps the core's word. */
#include "pcibus.h"

#include <stdlib.h>

#define BUSES 4u
#define ACCESSES 400000u
#define STORE 4096u /* words that can be written, by hash */

static const uint8_t *input;
static size_t input_size;
static uint32_t store[STORE], accesses;

static uint32_t input_word(uint32_t at)
{
    uint32_t word = 0;

    for (uint32_t i = 0; i < 4; i++)
        word = word << 8 | input[(at + i) % input_size];
    return word;
}

static uint32_t place(uint32_t offset) { return (offset >> 2 ^ offset >> 11) % STORE; }

static uint32_t fuzz_read(void *ctx, uint32_t offset)
{
    (void)ctx;
    if (offset % 4 != 0 || offset >= BUSES * PCIBUS_BUS_BYTES || ++accesses > ACCESSES) abort();
    return input_word(offset / 4) ^ store[place(offset)];
}

static void fuzz_write(void *ctx, uint32_t offset, uint32_t value)
{
    (void)ctx;
    if (offset % 4 != 0 || offset >= BUSES * PCIBUS_BUS_BYTES || ++accesses > ACCESSES) abort();
    /* What is read afterwards is what was written where the input's next word has ones. */
    store[place(offset)] = (value ^ input_word(offset / 4)) & input_word(offset / 4 + 4);
}

static const struct pcibus_ops ops = {fuzz_read, fuzz_write};

static void function_check(const struct pcibus *p, const struct pcibus_function *f)
{
    const struct pcibus_bar *table = &f->bar[f->msix_bar < PCIBUS_BARS ? f->msix_bar : 0];

    if (f->bus >= BUSES || f->device > 31 || f->function > 7 || f->interrupt_pin > 4) abort();
    if (f->secondary != 0 && (f->secondary <= f->bus || f->last < f->secondary || f->last >= BUSES))
        abort();
    if (f->parent != PCIBUS_NOBODY && f->parent >= p->count) abort();
    if (f->msix != 0 && (f->msix_bar >= PCIBUS_BARS || table->kind < PCIBUS_BAR_MEM32 ||
                         f->msix_offset + 16ull * f->msix_vectors > table->size))
        abort();
    for (uint32_t i = 0; i < PCIBUS_BARS; i++) {
        const struct pcibus_bar *b = &f->bar[i];

        if (b->kind != PCIBUS_BAR_NONE && (b->size == 0 || (b->size & (b->size - 1)) != 0)) abort();
    }
}

/* No two memory BARs share an address, and each lies in a window. */
static void places_check(const struct pcibus *p, const struct pcibus_window *w, uint32_t windows)
{
    static const struct pcibus_bar *seen[PCIBUS_FUNCTIONS * PCIBUS_BARS];
    uint32_t n = 0;

    for (uint32_t i = 0; i < p->count * PCIBUS_BARS; i++) {
        const struct pcibus_bar *b = &p->function[i / PCIBUS_BARS].bar[i % PCIBUS_BARS];
        uint32_t in = 0;

        if (b->kind < PCIBUS_BAR_MEM32 || b->address == 0) continue;
        for (uint32_t k = 0; k < windows; k++)
            in += b->address >= w[k].address && b->address + b->size - w[k].address <= w[k].size;
        if (in == 0 || (b->address & (b->size - 1)) != 0) abort();
        for (uint32_t k = 0; k < n; k++) {
            if (b->address < seen[k]->address + seen[k]->size &&
                seen[k]->address < b->address + b->size)
                abort();
        }
        seen[n++] = b;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pcibus_window windows[] = {{0x10000000, 0x2eff0000},
                                                   {0x8000000000, 0x8000000000}};
    static struct pcibus pci;

    if (size < 2) return 0;
    input = data + 1;
    input_size = size - 1;
    accesses = 0;
    for (uint32_t i = 0; i < STORE; i++)
        store[i] = 0;
    pcibus_scan(&pci, &ops, NULL, 0, BUSES);
    if (pci.count > PCIBUS_FUNCTIONS) abort();
    for (uint32_t i = 0; i < pci.count; i++)
        function_check(&pci, &pci.function[i]);
    pcibus_place(&pci, windows, data[0] % 3);
    places_check(&pci, windows, data[0] % 3);
    for (uint32_t i = 0; i < pci.count; i++)
        pcibus_enable(&pci, i, true, i % 2 == 0);
    return 0;
}
