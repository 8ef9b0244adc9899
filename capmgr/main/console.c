/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager's last words. While the system runs, its console belongs to the driver that the
 * manifest names; when the system ends, the manager shows the log's end there itself. Debug builds
 * of the nucleus have said everything before.
 */
#include "bootopts.h"
#include "main.h"
#include "uart/early_pl011.h"

#define LAST_RECORDS 40u

static uintptr_t uart;
static bool tried;

/* The console's registers, in the manager's space. Its driver, if there is one, does not run any
 * more: nobody has a higher priority than the manager, which goes on to the system's end. None: the
 * board names none, or there is no memory to map it with. */
static bool console_open(void)
{
    uint64_t argument[5] = {boot->uart_base / PAGE, 1, FUT_REGION_MMIO, 0, 0}, level;
    uint32_t record = CM_NONE, slot, table, tries;
    fut_status s = FUT_S_TABLE;

    if (boot->uart_base == 0) return false;
    if (nuc_create(FUT_TYPE_REGION, &record, &slot, argument) != CM_OK) return false;
    for (tries = 0; tries < FUT_PT_LEVELS + 1 && s == FUT_S_TABLE; tries++) {
        s = fut_sys_map(FUT_BOOT_SLOT_DOMAIN, OWN_UART, slot, 0, 1, FUT_MAP_WRITE, &level);
        if (s != FUT_S_TABLE) break;
        table = page_take(FUT_FRAME_PT, (uint32_t)level);
        if (table == CM_NONE ||
            fut_sys_pt_link(FUT_BOOT_SLOT_DOMAIN, OWN_UART, FUT_BOOT_SLOT_RAM, table) != FUT_S_OK)
            return false;
    }
    if (s == FUT_S_OK) uart = OWN_UART + boot->uart_base % PAGE;
    return s == FUT_S_OK;
}

static void console_byte(uint8_t byte)
{
    if (boot->debug != 0)
        (void)fut_sys_debug_put(FUT_BOOT_SLOT_CONTROL, byte);
    else if (uart != 0)
        early_pl011_put(uart, byte);
}

void console_put(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] == '\n') console_byte('\r');
        console_byte((uint8_t)text[i]);
    }
}

/* Release builds: what the log ends with. */
static void console_show_log(void)
{
    static char line[LOG_TEXT_MAX + 128];
    static struct log_record r;
    struct log_cursor at;

    if (logring.data == NULL) return;
    console_put("\n", 1); /* the driver may have been in the middle of a line */
    log_seek_last(&logring, &at, LAST_RECORDS);
    while (log_read(&logring, &at, &r))
        console_put(line, log_format(&logring, &r, line, sizeof(line)));
}

void console_last_words(const char *why)
{
    bool first = !tried;

    tried = true; /* opening it may fail in a way that comes here again */
    if (first && boot->debug == 0 && console_open()) console_show_log();
    if (why == NULL) return;
    console_put("capmgr: ", 8);
    console_put(why, strlen(why));
    console_put("\n", 1);
}
