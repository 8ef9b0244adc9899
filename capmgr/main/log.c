/* SPDX-License-Identifier: Apache-2.0 */
/* The system's log: a ring of records. Debug builds of the nucleus say everything at once. */
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

static size_t append_number(char *line, size_t at, size_t room, uint64_t number)
{
    char digits[24];
    size_t k = sizeof(digits);

    digits[--k] = 0;
    do {
        digits[--k] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return append(line, at, room, digits + k);
}

void log_say2(enum log_severity severity, const char *a, const char *b, uint64_t number)
{
    char line[256];
    size_t at;

    at = append(line, 0, sizeof(line), a);
    at = append(line, at, sizeof(line), b);
    at = append(line, at, sizeof(line), " ");
    at = append_number(line, at, sizeof(line), number);
    log_of(&comps[0], severity, line, at);
}

void log_about(enum log_severity severity, const struct comp *c, const char *text, uint64_t a,
               const char *more, uint64_t b)
{
    char line[256];
    size_t at;

    at = append(line, 0, sizeof(line), c->name);
    at = append(line, at, sizeof(line), " (component ");
    at = append_number(line, at, sizeof(line), c->number);
    at = append(line, at, sizeof(line), text);
    at = append_number(line, at, sizeof(line), a);
    at = append(line, at, sizeof(line), more);
    at = append_number(line, at, sizeof(line), b);
    log_of(&comps[0], severity, line, at);
}
