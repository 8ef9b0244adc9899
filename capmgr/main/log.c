/* SPDX-License-Identifier: Apache-2.0 */
/* The system's log: a ring of records; and the manager's last words. */
#include "main.h"

struct logring logring;
uint32_t log_watcher = CM_NONE;
static bool ready;

void log_start(void)
{
    uint64_t i;

    for (i = 0; i < LOG_BYTES / PAGE; i++) {
        if (!own_map(OWN_LOG + i * PAGE, page_take(FUT_FRAME_USER, 0), FUT_MAP_WRITE))
            die("no memory for the log");
        kernel_pages++;
    }
    ready = log_init(&logring, (void *)(uintptr_t)OWN_LOG, LOG_BYTES, LOG_INFO);
    comps[0].log = log_register(&logring, "capmgr", 6);
}

uint64_t log_ns(uint64_t ticks)
{
    uint64_t hz = boot->counter_hz;

    return ticks / hz * 1000000000u + ticks % hz * 1000000000u / hz;
}

void log_place(uint64_t sequence, struct log_cursor *at)
{
    uint64_t newest = logring.next_number;

    log_seek_last(&logring, at, sequence < newest ? newest - sequence : 0);
}

/* Debug builds of the nucleus say everything at once. */
static void console_put(const char *text, size_t len)
{
    size_t i;

    if (boot == NULL || boot->debug == 0) return;
    for (i = 0; i < len; i++)
        (void)fut_sys_debug_put(FUT_BOOT_SLOT_CONTROL, (uint8_t)text[i]);
}

void log_of(struct comp *c, enum log_severity severity, const char *text, size_t len)
{
    static char line[LOG_TEXT_MAX + 128];
    struct log_record r;
    struct log_cursor at;

    if (!ready ||
        !log_write(&logring, c->log, severity, log_ns(nuc_ticks() - boot->entry_ticks), text, len))
        return;
    if (boot->debug != 0) {
        log_seek_last(&logring, &at, 1);
        if (log_read(&logring, &at, &r))
            console_put(line, log_format(&logring, &r, line, sizeof(line)));
    }
    if (log_watcher != CM_NONE) nuc_notify(log_watcher);
}

void log_say(enum log_severity severity, const char *text)
{
    log_of(&comps[0], severity, text, strlen(text));
}

static size_t append(char *line, size_t at, size_t room, const char *text)
{
    while (*text != 0 && at < room)
        line[at++] = *text++;
    return at;
}

void log_say2(enum log_severity severity, const char *a, const char *b, uint64_t number)
{
    char line[256], digits[24];
    size_t at, k = sizeof(digits);

    digits[--k] = 0;
    do {
        digits[--k] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    at = append(line, 0, sizeof(line), a);
    at = append(line, at, sizeof(line), b);
    at = append(line, at, sizeof(line), " ");
    at = append(line, at, sizeof(line), digits + k);
    log_of(&comps[0], severity, line, at);
}

_Noreturn void die(const char *why)
{
    console_put("capmgr: ", 8);
    console_put(why, strlen(why));
    console_put("\n", 1);
    for (;;)
        (void)fut_sys_reset(FUT_BOOT_SLOT_CONTROL, FUT_RESET_REBOOT);
}
