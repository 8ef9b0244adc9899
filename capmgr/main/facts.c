/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first records of the log: what the nucleus found before there was a log, from its boot
 * information, and what the device tree says of the machine. The nucleus itself prints nothing.
 */
#include "boot/fdt.h"
#include "main.h"

struct line {
    char text[200];
    size_t at;
};

static void put(struct line *l, const char *text)
{
    while (*text != 0 && l->at < sizeof(l->text))
        l->text[l->at++] = *text++;
}

static void put_number(struct line *l, uint64_t n)
{
    char digits[24];
    size_t k = sizeof(digits);

    digits[--k] = 0;
    do {
        digits[--k] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    put(l, digits + k);
}

static void put_hex(struct line *l, uint64_t n)
{
    int shift = 60;
    char digit[2] = {0, 0};

    while (shift > 0 && n >> shift == 0)
        shift -= 4;
    put(l, "0x");
    for (; shift >= 0; shift -= 4) {
        digit[0] = "0123456789abcdef"[n >> shift & 15u];
        put(l, digit);
    }
}

/* `before` NUMBER `after` */
static void put_fact(struct line *l, const char *before, uint64_t n, const char *after)
{
    put(l, before);
    put_number(l, n);
    put(l, after);
}

static void say(struct line *l)
{
    log_of(&comps[0], LOG_INFO, l->text, l->at);
    l->at = 0;
}

static uint64_t kib(uint64_t bytes) { return (bytes + 1023u) / 1024u; }

static void facts_memory(struct line *l)
{
    put_fact(l, "memory: ", boot->ram_frames * PAGE / 1048576u, " MiB at ");
    put_hex(l, boot->ram_base * PAGE);
    put_fact(l, ", ", boot->free_frames * PAGE / 1048576u, " MiB free");
    put_fact(l, " in ", boot->extent_count, " pieces");
    say(l);
}

static void facts_nucleus(struct line *l)
{
    put_fact(l, "nucleus: code ", kib(boot->nucleus_text), " KiB");
    put_fact(l, ", constants ", kib(boot->nucleus_rodata), " KiB");
    put_fact(l, ", data ", kib(boot->nucleus_data), " KiB");
    put_fact(l, ", tables ", kib(boot->nucleus_tables), " KiB");
    put(l, boot->debug != 0 ? "; a debug build" : "; a release build");
    put_fact(l, "; ready ", log_ns(boot->ready_ticks - boot->entry_ticks) / 1000u,
             " us after entry");
    say(l);
}

static void facts_board(struct line *l, const struct fdt *tree)
{
    const char *model = fdt_prop_string(tree, fdt_root(tree), "model");
    const char *compatible = fdt_prop_string(tree, fdt_root(tree), "compatible");
    struct fdt_range ioapic;
    struct fdt_gic gic;

    put(l, "board: ");
    put(l, model != NULL ? model : compatible != NULL ? compatible : "without a name");
    put_fact(l, ", device tree of ", boot->dtb_size, " bytes");
    put_fact(l, ", ", boot->cores, " core in use");
    say(l);
    if (fdt_gic_find(tree, &gic) == FDT_OK) {
        put_fact(l, "interrupts: GICv", gic.version, ", distributor at ");
        put_hex(l, gic.dist.base);
    } else if (fdt_reg(tree, fdt_find_compatible(tree, FDT_NONE, "intel,ioapic"), 0, &ioapic) ==
               FDT_OK) {
        put(l, "interrupts: I/O APIC at ");
        put_hex(l, ioapic.base);
    } else {
        put(l, "interrupts: of a kind without a name");
    }
    put_fact(l, "; counter of ", boot->counter_hz, " Hz");
    say(l);
}

static void facts_console(struct line *l)
{
    if (boot->uart_base == 0 && boot->uart_irq == 0) {
        put(l, "console: the device tree names none");
    } else {
        put(l, boot->uart_base != 0 ? "console: at " : "console: at I/O ports");
        if (boot->uart_base != 0) put_hex(l, boot->uart_base);
        put_fact(l, ", interrupt ", boot->uart_irq, "");
    }
    say(l);
}

void facts_log(const struct fdt *tree)
{
    static struct line l;

    facts_nucleus(&l);
    facts_memory(&l);
    if (tree != NULL) facts_board(&l, tree);
    facts_console(&l);
    put_fact(&l, "boot archive: ", boot->cpio_size, " bytes; manifest: ");
    put_fact(&l, "", manifest.component_count, " components");
    say(&l);
    put_fact(&l, "entropy: ", boot->entropy_size, " bytes from the boot loader");
    say(&l);
    if (boot->command_line[0] == 0) return;
    put(&l, "boot options: ");
    put(&l, boot->command_line);
    say(&l);
}
