/* SPDX-License-Identifier: Apache-2.0 */
/* The suite's own small capability manager: frames, slots, tables, objects, tasks; and its output.
 */
#include "suite.h"

#define UART_VA 0x50000000
#define WINDOW_VA 0x70000000
#define UART_FR 6
#define UART_FULL 0x20

extern char child_start[], child_end[];

const struct fut_bootinfo *boot;
static volatile u32 *uart;
static u32 next_slot = FUT_BOOT_SLOT_FIRST, next_record[16], made_record;
static u32 extent, extent_used;
static u64 next_window = WINDOW_VA;
#define CHILD_PAGES 48
static u64 child_frames[CHILD_PAGES];
static const char *current;
static u32 table_pages;
u32 suite_me, uart_ports;
static u32 passed, failed, broken;

static void stop(const char *why)
{
    out_text("suite: stopped: ");
    out_text(why);
    out_text("\n");
    fut_sys_debug_put(SLOT_CONTROL, '!');
    for (;;)
        fut_sys_yield();
}

int command_has(const char *word)
{
    const char *line = boot->command_line;

    for (; *line != 0; line++) {
        const char *a = line, *b = word;

        while (*b != 0 && *a == *b)
            a++, b++;
        if (*b == 0) return 1;
    }
    return 0;
}

/* ---- output ---- */

void out_char(char c)
{
    u64 status = 0;

    if (uart == NULL && uart_ports != 0) {
        while ((status & MACHINE_CONSOLE_EMPTY) == 0)
            if (fut_sys_io_port(uart_ports, MACHINE_CONSOLE_STATUS, 1, 0, &status) != FUT_S_OK)
                return;
        fut_sys_io_port(uart_ports, 0, 1 | FUT_IO_PORT_WRITE, (u8)c, &status);
        return;
    }
    if (uart == NULL) {
        fut_sys_debug_put(SLOT_CONTROL, (u8)c);
        return;
    }
    while ((uart[UART_FR] & UART_FULL) != 0)
        ;
    uart[0] = (u8)c;
}

void out_text(const char *text)
{
    for (; *text != 0; text++) {
        if (*text == '\n') out_char('\r');
        out_char(*text);
    }
}

void out_number(u64 value)
{
    char digits[24];
    u32 n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0)
        out_char(digits[--n]);
}

void out_value(const char *name, u64 value)
{
    out_text("value ");
    out_text(name);
    out_text(" ");
    out_number(value);
    out_text("\n");
}

void out_start(void)
{
    u64 argument[5] = {boot->uart_base >> 12, 1, FUT_REGION_MMIO, 0, 0};
    u32 slot = slot_new();

    table_pages = boot->windows.tables;
    next_record[FUT_TYPE_REGION] = 3;
    if (boot->uart_base == 0) {
        argument[0] = MACHINE_CONSOLE_PORT;
        argument[1] = MACHINE_CONSOLE_PORTS;
        argument[2] = FUT_REGION_PORT;
    }
    if (fut_sys_obj_create(SLOT_CONTROL, FUT_TYPE_REGION, 2, slot, argument) != FUT_S_OK)
        stop("no region over the UART");
    if (boot->uart_base == 0) {
        uart_ports = slot;
        return;
    }
    for (;;) {
        u64 level;
        fut_status s = fut_sys_map(SLOT_SELF, UART_VA, slot, 0, 1, FUT_MAP_WRITE, &level);

        if (s == FUT_S_OK) break;
        if (s != FUT_S_TABLE || fut_sys_pt_link(SLOT_SELF, UART_VA, SLOT_RAM,
                                                frame_new(FUT_FRAME_PT, (u32)level)) != FUT_S_OK)
            stop("the UART cannot be mapped");
    }
    uart = (volatile u32 *)(UART_VA + (boot->uart_base & 4095));
}

/* ---- results ---- */

void check_begin(const char *name)
{
    current = name;
    broken = 0;
}

void check_is(u64 got, u64 wanted, const char *what)
{
    if (got == wanted) return;
    if (broken++ > 3) return;
    out_text("not ok ");
    out_text(current);
    out_text(": ");
    out_text(what);
    out_text(" gave ");
    out_number(got);
    out_text(", wanted ");
    out_number(wanted);
    out_text("\n");
}

void check_end(void)
{
    if (broken != 0) {
        failed++;
        return;
    }
    passed++;
    out_text("ok ");
    out_text(current);
    out_text("\n");
}

void suite_end(void)
{
    out_text("suite: ");
    out_number(passed);
    out_text(" ok, ");
    out_number(failed);
    out_text(" failed\n");
    fut_sys_reset(SLOT_CONTROL, FUT_RESET_OFF);
}

/* ---- resources ---- */

u32 slot_new(void)
{
    while (next_slot >= table_pages * 256) {
        if (fut_sys_window_grow(SLOT_CONTROL, FUT_TYPE_DOMAIN, FUT_ROOT_DOMAIN, SLOT_RAM,
                                frame_free(), 1) == FUT_S_OK)
            table_pages++;
    }
    return next_slot++;
}

u64 frame_free(void)
{
    while (extent < boot->extent_count && extent_used >= boot->extent[extent].frames) {
        extent++;
        extent_used = 0;
    }
    if (extent >= boot->extent_count) stop("no frames left");
    return boot->extent[extent].frame + extent_used++;
}

u64 frame_new(u32 type, u32 level)
{
    u64 frame = frame_free();

    if (fut_sys_frame_type(SLOT_RAM, frame, type, level) != FUT_S_OK)
        stop("a free frame cannot be typed");
    return frame;
}

void space_map(u32 domain, u64 address, u64 frame, u32 flags)
{
    u64 level = 0;
    fut_status s;

    while ((s = fut_sys_map(domain, address, SLOT_RAM, frame, 1, flags, &level)) == FUT_S_TABLE)
        if (fut_sys_pt_link(domain, address, SLOT_RAM, frame_new(FUT_FRAME_PT, (u32)level)) !=
            FUT_S_OK)
            stop("a table cannot be linked");
    if (s != FUT_S_OK) stop("a frame cannot be mapped");
}

void *window_of(u64 frame)
{
    u64 at = next_window;

    next_window += 4096;
    space_map(SLOT_SELF, at, frame, FUT_MAP_WRITE);
    return (void *)at;
}

void quiesce(void)
{
    u64 epoch;

    fut_sys_sync(&epoch);
}

/* One more page behind the window of a type; for a domain whose record is backed, behind its
 * capability table. */
static void window_more(u32 type, u32 record)
{
    fut_status s = FUT_S_ARG;

    if (type == FUT_TYPE_DOMAIN)
        s = fut_sys_window_grow(SLOT_CONTROL, type, record, SLOT_RAM, frame_free(), 1);
    if (s == FUT_S_ARG) s = fut_sys_window_grow(SLOT_CONTROL, type, 0, SLOT_RAM, frame_free(), 0);
    if (s != FUT_S_OK && s != FUT_S_MORE) stop("a window cannot grow");
}

/* Create an object in the next record of its type; grow its window where it ends. */
u32 object_new(u32 type, u64 argument[5])
{
    u32 slot = slot_new();
    fut_status s;

    if (next_record[type] == 0)
        next_record[type] = type == FUT_TYPE_ENDPOINT ? 520 : type == FUT_TYPE_DOMAIN ? 1 : 2;
    if (type == FUT_TYPE_DOMAIN && next_record[type] == 16) next_record[type] = 32;
    while ((s = fut_sys_obj_create(SLOT_CONTROL, type, next_record[type], slot, argument)) ==
           FUT_S_TABLE)
        window_more(type, next_record[type]);
    if (s != FUT_S_OK) {
        out_number(s);
        stop(" is the status: an object cannot be created");
    }
    made_record = next_record[type]++;
    return slot;
}

u32 last_record(void) { return made_record; }

u32 endpoint_new(u32 *record)
{
    u64 argument[5] = {0, 0, 0, 0, 0};
    u32 slot = object_new(FUT_TYPE_ENDPOINT, argument);

    *record = made_record;
    return slot;
}

u32 sc_new(u64 budget, u32 kind)
{
    u64 argument[5] = {0, 0, 0, 0, 0}, used;
    u32 slot = object_new(FUT_TYPE_SC, argument);

    fut_sys_sc_set(slot, budget, kind, &used);
    return slot;
}

u32 domain_new(u32 flags, u32 death_notify)
{
    u64 argument[5] = {8, flags, SLOT_RAM, frame_free(), death_notify};
    u32 slot = object_new(FUT_TYPE_DOMAIN, argument), i;
    u32 pages = (u32)((child_end - child_start) / 4096);

    if (pages > CHILD_PAGES) stop("the children's code is too long");
    for (i = 0; i < pages; i++) {
        if (child_frames[i] == 0) {
            u64 *to, *from = (u64 *)(child_start + i * 4096);

            child_frames[i] = frame_new(FUT_FRAME_USER, 0);
            to = window_of(child_frames[i]);
            for (u32 w = 0; w < 512; w++)
                to[w] = from[w];
            fut_sys_icache_sync(SLOT_RAM, child_frames[i]);
        }
        space_map(slot, (u64)child_start + i * 4096ull, child_frames[i], FUT_MAP_EXEC);
    }
    return slot;
}

static u64 regs_frame;
static u64 *regs_page;

static void regs_page_make(void)
{
    if (regs_page != NULL) return;
    regs_frame = frame_new(FUT_FRAME_USER, 0);
    regs_page = window_of(regs_frame);
}

void regs_get(u32 thread, u64 words[FUT_REG_WORDS])
{
    regs_page_make();
    check_is(fut_sys_thread_regs(thread, FUT_REGS_READ, SLOT_RAM, regs_frame), FUT_S_OK,
             "thread_regs read");
    for (u32 i = 0; i < FUT_REG_WORDS; i++)
        words[i] = regs_page[i];
}

void regs_set(u32 thread, const u64 words[FUT_REG_WORDS])
{
    regs_page_make();
    for (u32 i = 0; i < 512; i++)
        regs_page[i] = i < FUT_REG_WORDS ? words[i] : 0;
    check_is(fut_sys_thread_regs(thread, FUT_REGS_WRITE, SLOT_RAM, regs_frame), FUT_S_OK,
             "thread_regs write");
}

struct task task_new(u32 domain, void (*entry)(u64), u64 argument, u32 priority, u32 flags)
{
    u64 none[5] = {0, 0, 0, 0, 0}, words[FUT_REG_WORDS] = {0};
    static u64 stack_va = STACK_VA;
    struct task t;

    t.domain = domain;
    t.sc = sc_new(boot->counter_hz / 100, FUT_SC_ROUND_ROBIN);
    t.thread = object_new(FUT_TYPE_THREAD, none);
    t.thread_record = made_record;
    t.stack_frame = frame_new(FUT_FRAME_USER, 0);
    space_map(domain, stack_va, t.stack_frame, FUT_MAP_WRITE);
    words[FUT_REG_ARGUMENT] = argument;
    words[FUT_REG_PC] = (u64)entry;
    words[FUT_REG_SP] = stack_va + 4096;
    stack_va += 8192;
    regs_set(t.thread, words);
    check_is(fut_sys_thread_bind(t.thread, domain, t.sc, priority, 3, flags), FUT_S_OK,
             "thread_bind");
    return t;
}

void give(u32 domain, u32 slot, u32 source, u32 rights, u64 badge)
{
    check_is(fut_sys_cap_set(domain, slot, source, rights, badge, 0), FUT_S_OK, "give");
}

void task_run(const struct task *t)
{
    check_is(fut_sys_thread_run(t->thread), FUT_S_OK, "thread_run");
}
