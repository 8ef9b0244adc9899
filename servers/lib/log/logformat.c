/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting of log records for people. */
#include "logring.h"
#include "sink.h"

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
    sink_char(&s, '[');
    sink_number(&s, r->time_ns / 1000000000u, 5, ' ');
    sink_char(&s, '.');
    sink_number(&s, r->time_ns % 1000000000u / 1000, 6, '0');
    sink_text(&s, "] ");
    sink_text(&s, log_component_name(l, r->component));
    sink_text(&s, ": ");
    if (r->severity != LOG_INFO) {
        sink_text(&s, log_severity_name(r->severity));
        sink_text(&s, ": ");
    }
    sink_text(&s, r->text);
    out[s.len++] = '\n';
    out[s.len] = 0;
    return s.len;
}
