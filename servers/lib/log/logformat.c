/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting of log records for people. */
#include "logring.h"

struct sink {
    char *out;
    size_t cap, len;
};

static void char_put(struct sink *s, char c)
{
    if (s->len + 1 < s->cap) s->out[s->len++] = c;
}

static void text_put(struct sink *s, const char *z)
{
    while (*z != 0)
        char_put(s, *z++);
}

static void number_put(struct sink *s, uint64_t v, uint32_t width, char fill)
{
    char digits[20];
    uint32_t n = 0;

    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    for (uint32_t i = n; i < width; i++)
        char_put(s, fill);
    while (n > 0)
        char_put(s, digits[--n]);
}

const char *log_severity_name(enum log_severity severity)
{
    static const char *const names[LOG_SEVERITIES] = {"debug", "info", "notice", "warning",
                                                      "error"};

    return severity < LOG_SEVERITIES ? names[severity] : "?";
}

size_t log_format(const struct logring *l, const struct log_record *r, char *out, size_t cap)
{
    /* The newline's place is kept free, so that a cut line still ends. */
    struct sink s = {out, cap > 0 ? cap - 1 : 0, 0};

    if (cap < 2) {
        if (cap == 1) out[0] = 0;
        return 0;
    }
    char_put(&s, '[');
    number_put(&s, r->time_ns / 1000000000u, 5, ' ');
    char_put(&s, '.');
    number_put(&s, r->time_ns % 1000000000u / 1000, 6, '0');
    text_put(&s, "] ");
    text_put(&s, log_component_name(l, r->component));
    text_put(&s, ": ");
    if (r->severity != LOG_INFO) {
        text_put(&s, log_severity_name(r->severity));
        text_put(&s, ": ");
    }
    text_put(&s, r->text);
    out[s.len++] = '\n';
    out[s.len] = 0;
    return s.len;
}
