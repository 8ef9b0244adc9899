/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the device tree reader: init, then every accessor on every node. */
#include "boot/fdt.h"

#include <stdlib.h>
#include <string.h>

/* Reading into it makes the sanitizer see every byte. */
volatile uint32_t fuzz_sink;

static void node_visit(const struct fdt *f, uint32_t node)
{
    struct fdt_range range;
    struct fdt_prop p;
    struct fdt_pci_window window;
    struct fdt_irq irq;

    fuzz_sink += (uint32_t)strlen(fdt_node_name(f, node));
    for (bool more = fdt_prop_first(f, node, &p); more; more = fdt_prop_next(f, &p)) {
        const char *s = fdt_prop_string_at(&p, 1);

        fuzz_sink += (uint32_t)strlen(p.name);
        fuzz_sink += s != NULL ? (uint32_t)strlen(s) : 0;
        for (uint32_t i = 0; i < p.len; i++)
            fuzz_sink += p.data[i];
    }
    for (uint32_t i = 0; i < 3; i++) {
        if (fdt_ports(f, node, i, &range) == FDT_OK && range.base + range.size > 0x10000) abort();
        if (fdt_reg(f, node, i, &range) == FDT_OK && range.size > UINT64_MAX - range.base) abort();
        if (fdt_pci_window(f, node, i, &window) == FDT_OK &&
            window.cpu.size > UINT64_MAX - window.cpu.base)
            abort();
        if (fdt_interrupt(f, node, i, &irq) == FDT_OK && irq.intid > 1019) abort();
    }
}

static void board_visit(const struct fdt *f)
{
    struct fdt_chosen chosen;
    struct fdt_range range;
    enum fdt_conduit conduit;
    struct fdt_timer timer;
    struct fdt_gic gic;

    for (uint32_t i = 0; i < 64 && fdt_memory(f, i, &range) == FDT_OK; i++) {
        if (range.size == 0) abort();
    }
    for (uint32_t i = 0; i < 64 && fdt_reserved(f, i, &range) == FDT_OK; i++)
        continue;
    if (fdt_chosen_read(f, &chosen) == FDT_OK && chosen.initrd_end < chosen.initrd_start) abort();
    fdt_psci(f, &conduit);
    fdt_gic_find(f, &gic);
    if (fdt_timer_find(f, &timer) == FDT_OK && timer.count > FDT_TIMER_IRQS) abort();
    fdt_find_path(f, "/soc/timer@1000");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *blob = malloc(size != 0 ? size : 1);
    uint32_t depth = 0, visits = 0;
    struct fdt f;

    if (size != 0) memcpy(blob, data, size);
    if (fdt_init(&f, blob, size) == FDT_OK) {
        board_visit(&f);
        /* Each visit walks the tree again: a bound keeps one input cheap. */
        for (uint32_t n = fdt_root(&f); n != FDT_NONE && visits < 200; visits++) {
            if (depth > FDT_DEPTH_MAX) abort();
            node_visit(&f, n);
            n = fdt_node_next(&f, n, &depth);
        }
        for (uint32_t off = 0; off < 64; off++)
            fdt_node_name(&f, off);
    }
    free(blob);
    return 0;
}
