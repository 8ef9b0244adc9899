/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The manager's last words. While the system runs, its console belongs to the driver that the
 * manifest names; when the system ends, the manager shows the log's end there itself. Debug builds
 * of the nucleus have said everything before.
 */
#include "bootopts.h"
#include "main.h"

#define LAST_RECORDS 40u

static bool tried;

static void console_byte(uint8_t byte)
{
    if (boot->debug != 0)
        (void)fut_sys_debug_put(FUT_BOOT_SLOT_CONTROL, byte);
    else
        uart_put(byte);
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
    if (first && boot->debug == 0 && uart_open()) console_show_log();
    if (why == NULL) return;
    console_put("capmgr: ", 8);
    console_put(why, strlen(why));
    console_put("\n", 1);
}
