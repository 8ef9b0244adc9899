/* SPDX-License-Identifier: Apache-2.0 */
/* Log entries: a small formatter, so that servers need no stdio. */
#include <stdarg.h>
#include <string.h>

#include "capmgr.h"
#include "component.h"
#include "futura/processor.h"

#define TEXT 480

struct line {
    char text[TEXT];
    size_t n;
};

static void put(struct line *l, const char *s, size_t n)
{
    if (n > TEXT - l->n) n = TEXT - l->n;
    memcpy(l->text + l->n, s, n);
    l->n += n;
}

static void put_number(struct line *l, uint64_t value, unsigned base)
{
    char digits[24];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    put(l, digits + at, sizeof digits - at);
}

/* One conversion; `long_` after an l. Returns the format's next character. */
static const char *convert(struct line *l, const char *f, va_list *arguments)
{
    const char *s;
    char c;
    int long_ = 0;

    for (; *f == 'l' || *f == 'z'; f++)
        long_ = 1;
    switch (*f) {
    case 's':
        s = va_arg(*arguments, const char *);
        put(l, s, strlen(s));
        break;
    case 'c':
        c = (char)va_arg(*arguments, int);
        put(l, &c, 1);
        break;
    case 'd': {
        long v = long_ ? va_arg(*arguments, long) : va_arg(*arguments, int);

        if (v < 0) put(l, "-", 1);
        put_number(l, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10);
        break;
    }
    case 'u':
    case 'x':
        put_number(l, long_ ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned),
                   *f == 'x' ? 16 : 10);
        break;
    case 0: return f;
    default: put(l, f, 1);
    }
    return f + 1;
}

static void log_line(unsigned severity, const char *format, va_list *arguments)
{
    struct line l = {.n = 0};
    const char *end;

    while (*format != 0) {
        for (end = format; *end != 0 && *end != '%'; end++)
            ;
        put(&l, format, (size_t)(end - format));
        format = *end == '%' ? convert(&l, end + 1, arguments) : end;
    }
    capmgr_manager_log((capmgr_manager){&component_capmgr, 0}, (uint8_t)severity, l.text, l.n);
}

void component_log(unsigned severity, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line(severity, format, &arguments);
    va_end(arguments);
}

void component_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line(COMPONENT_ERROR, format, &arguments);
    va_end(arguments);
    capmgr_manager_exit((capmgr_manager){&component_capmgr, 0}, 1);
    for (;;)
        FUT_PROCESSOR_STOP(3);
}
