/* SPDX-License-Identifier: Apache-2.0 */
/* What the device tree says: console, firmware, interrupt controller, timer, memory. Every answer
 * is checked. */
#include "board.h"
#include "boot.h"
#include "cpu.h"
#include "timer/generic_timer.h"

#define PATH_MAX_LENGTH 128u

static const char *const text_tree = "device tree";

/* Until the tree is read: the board's usual console, and firmware by the level that we were entered
 * at. */
static void tree_fallback(void)
{
    board.power = boot.level == 2 ? POWER_SMC : POWER_HVC;
    if (CONFIG_EARLY_UART != 0) boot_console(boot_device(CONFIG_EARLY_UART, FUT_PAGE_SIZE));
}

void loader_open(u64 dtb_pa)
{
    const void *blob;
    enum fdt_error e;

    tree_fallback();
    if (dtb_pa == 0 || dtb_pa % 8 != 0 || dtb_pa >> 48 != 0)
        boot_fail(text_tree, "no usable address in x0");
    boot.dtb_pa = dtb_pa;
    boot.dtb_size = fdt_peek_size(boot_physical(dtb_pa, 8));
    if (boot.dtb_size == 0) boot_fail(text_tree, fdt_strerror(FDT_E_MAGIC));
    if (boot.dtb_size > FDT_SIZE_MAX) boot_fail(text_tree, fdt_strerror(FDT_E_SIZE));
    blob = boot_physical(dtb_pa, boot.dtb_size);
    e = fdt_init(&boot.fdt, blob, boot.dtb_size);
    if (e == FDT_OK) e = fdt_chosen_read(&boot.fdt, &boot.chosen);
    if (e != FDT_OK) boot_fail(text_tree, fdt_strerror(e));
}

/* The node that stdout-path names: a path or an alias, up to the ':' of its options. */
static u32 console_node(void)
{
    char path[PATH_MAX_LENGTH];
    const char *text = boot.chosen.stdout_path, *alias;
    u32 i;

    if (text == NULL) return fdt_find_compatible(&boot.fdt, FDT_NONE, "arm,pl011");
    for (i = 0; i < PATH_MAX_LENGTH - 1 && text[i] != 0 && text[i] != ':'; i++)
        path[i] = text[i];
    path[i] = 0;
    if (path[0] == '/') return fdt_find_path(&boot.fdt, path);
    alias = fdt_prop_string(&boot.fdt, fdt_find_path(&boot.fdt, "/aliases"), path);
    return alias != NULL ? fdt_find_path(&boot.fdt, alias) : FDT_NONE;
}

static bool console_usable(u32 node, struct fdt_range *reg)
{
    return node != FDT_NONE && fdt_node_is_compatible(&boot.fdt, node, "arm,pl011") &&
           fdt_reg(&boot.fdt, node, 0, reg) == FDT_OK && reg->base >> 48 == 0 &&
           reg->base % FUT_PAGE_SIZE == 0;
}

/* The console that the tree names, else any that we can drive, else the board's usual one for the
 * rest of boot. */
void loader_console(void)
{
    u32 node = console_node();
    struct fdt_range reg;
    struct fdt_irq irq;

    if (!console_usable(node, &reg)) {
        node = fdt_find_compatible(&boot.fdt, FDT_NONE, "arm,pl011");
        if (!console_usable(node, &reg)) return;
    }
    boot.uart_pa = reg.base;
    boot.uart_size = reg.size;
    if (fdt_interrupt(&boot.fdt, node, 0, &irq) == FDT_OK) boot.uart_irq = irq.intid;
    boot_console(boot_device(reg.base, FUT_PAGE_SIZE));
}

static void mmio_keep(const struct fdt_range *range)
{
    u64 first = range->base >> FUT_PAGE_BITS;
    u64 end = (range->base + range->size - 1) >> FUT_PAGE_BITS;

    if (board.mmio_count == BOARD_MMIO_MAX)
        boot_fail(text_tree, "too many ranges of the interrupt controller and IOMMU");
    board.mmio[board.mmio_count].pfn = first;
    board.mmio[board.mmio_count].frames = end - first + 1;
    board.mmio_count++;
}

/* All register ranges of a node. */
static void mmio_keep_node(u32 node)
{
    struct fdt_range range;
    u32 i;

    for (i = 0; i <= BOARD_MMIO_MAX && fdt_reg(&boot.fdt, node, i, &range) == FDT_OK; i++)
        mmio_keep(&range);
}

/* The interrupt controller with its children (message frames may go to a bus server: they can only
   raise interrupts that nobody else holds; an ITS does DMA, and stays here), and every IOMMU. */
static void tree_reserve(void)
{
    u32 node, depth = 0;

    mmio_keep_node(boot.gic.node);
    for (node = fdt_node_next(&boot.fdt, boot.gic.node, &depth); node != FDT_NONE && depth > 0;
         node = fdt_node_next(&boot.fdt, node, &depth))
        if (fdt_node_is_compatible(&boot.fdt, node, "arm,gic-v3-its")) mmio_keep_node(node);
    for (node = fdt_find_compatible(&boot.fdt, FDT_NONE, "arm,smmu-v3"); node != FDT_NONE;
         node = fdt_find_compatible(&boot.fdt, node, "arm,smmu-v3"))
        mmio_keep_node(node);
}

static bool timer_usable(const struct fdt_timer *timer, u32 which)
{
    return which < timer->count && timer->irq[which].intid >= 16 && timer->irq[which].intid < 32;
}

/* The comparator of the level that the nucleus runs at: the virtual one, or at EL2 the physical
 * one. */
static void tree_timer(void)
{
    struct fdt_timer timer;
    bool hypervisor = SYSREG_READ(CurrentEL) >> 2 == 2;
    u32 which = hypervisor ? FDT_TIMER_HYP_VIRT : FDT_TIMER_VIRT;
    enum fdt_error e = fdt_timer_find(&boot.fdt, &timer);

    if (e != FDT_OK) boot_fail("timer node", fdt_strerror(e));
    if (hypervisor && !timer_usable(&timer, which)) {
        which = FDT_TIMER_HYP_PHYS;
        boot.timer_physical = true;
    }
    if (!timer_usable(&timer, which))
        boot_fail("timer node", "the interrupt of this exception level is missing");
    board.timer_irq = timer.irq[which].intid;
    board.counter_hz = timer_hz();
    if (board.counter_hz < 1000) boot_fail("timer", "the firmware left no frequency in CNTFRQ_EL0");
}

void loader_devices(void)
{
    enum fdt_conduit conduit;
    enum fdt_error e = fdt_psci(&boot.fdt, &conduit);

    if (e != FDT_OK) boot_fail("PSCI node", fdt_strerror(e));
    board.power = conduit == FDT_CONDUIT_SMC ? POWER_SMC : POWER_HVC;
    e = fdt_gic_find(&boot.fdt, &boot.gic);
    if (e != FDT_OK) boot_fail("interrupt controller node", fdt_strerror(e));
    board.irqchip = boot.gic.version;
    tree_timer();
    tree_reserve();
}

static void tree_banks(void)
{
    struct fdt_range range;
    enum fdt_error e;
    u64 first, end;
    u32 i;

    for (i = 0; (e = fdt_memory(&boot.fdt, i, &range)) == FDT_OK; i++) {
        first = (range.base + FUT_PAGE_SIZE - 1) >> FUT_PAGE_BITS;
        end = (range.base + range.size - 1 + 1 == 0 ? ~(u64)0 : range.base + range.size) >>
              FUT_PAGE_BITS;
        if (end >> 36 != 0) boot_fail("memory", "a bank lies above 48 bits");
        ranges_add(&boot.banks, first, end);
    }
    if (e != FDT_E_MISSING) boot_fail("memory", fdt_strerror(e));
    if (boot.banks.count == 0) boot_fail("memory", "the tree names none");
    nuc.ram_base = boot.banks.run[0].first & ~(u64)511;
    end = boot.banks.run[boot.banks.count - 1].end;
    if (end - nuc.ram_base > MAX_FRAMES)
        boot_fail("memory", "it spans more than the frame window holds");
    nuc.ram_frames = (u32)(end - nuc.ram_base);
}

static void tree_reservations(void)
{
    struct fdt_range range;
    enum fdt_error e;
    u32 i;

    for (i = 0; (e = fdt_reserved(&boot.fdt, i, &range)) == FDT_OK; i++)
        ranges_subtract(&boot.usable, range.base >> FUT_PAGE_BITS,
                        (range.base + range.size - 1) / FUT_PAGE_SIZE + 1);
    if (e != FDT_E_MISSING) boot_fail("reserved memory", fdt_strerror(e));
}

void loader_memory(void)
{
    u64 start = boot.chosen.initrd_start, size = boot.chosen.initrd_end - start;

    tree_banks();
    boot.usable = boot.banks;
    tree_reservations();
    if (!ranges_cover(&boot.banks, boot.image_pa >> FUT_PAGE_BITS,
                      boot.image_end_pa >> FUT_PAGE_BITS))
        boot_fail("nucleus", "not in RAM");
    boot_part(text_tree, boot.dtb_pa, boot.dtb_size);
    if (boot.chosen.initrd_end == 0) boot_fail("boot archive", "the loader gave none");
    boot_part("boot archive", start, size);
    if (start / FUT_PAGE_SIZE <= (boot.dtb_pa + boot.dtb_size - 1) / FUT_PAGE_SIZE &&
        boot.dtb_pa / FUT_PAGE_SIZE <= (start + size - 1) / FUT_PAGE_SIZE)
        boot_fail("boot archive", "shares pages with the device tree");
    ranges_subtract(&boot.usable, boot.image_pa >> FUT_PAGE_BITS,
                    boot.image_end_pa >> FUT_PAGE_BITS);
    boot.all = boot.usable;
    ranges_subtract(&boot.all, boot.dtb_pa >> FUT_PAGE_BITS,
                    (boot.dtb_pa + boot.dtb_size - 1) / FUT_PAGE_SIZE + 1);
    ranges_subtract(&boot.all, start >> FUT_PAGE_BITS, (start + size - 1) / FUT_PAGE_SIZE + 1);
    boot.left = boot.all;
    if (boot.all.count == 0) boot_fail("not enough memory", NULL);
}
