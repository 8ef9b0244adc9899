/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log ring. A record is a 24-byte header and its text, rounded up to 8 bytes; positions run
 * freely and wrap around in the ring byte by byte.
 *
 *   0 number:64 | 8 time:64 | 16 text length:32 | 20 component:16 | 22 severity:8 | 23 zero | text
 */
#include "logring.h"

#define HEADER 24u

static uint32_t record_size(uint32_t len) { return HEADER + ((len + 7u) & ~7u); }

static void ring_store(struct logring *l, uint64_t at, const void *src, uint32_t len)
{
    const uint8_t *p = src;

    for (uint32_t i = 0; i < len; i++)
        l->data[(at + i) & (l->size - 1)] = p[i];
}

static void ring_load(const struct logring *l, uint64_t at, void *dst, uint32_t len)
{
    uint8_t *p = dst;

    for (uint32_t i = 0; i < len; i++)
        p[i] = l->data[(at + i) & (l->size - 1)];
}

struct header {
    uint64_t number, time_ns;
    uint32_t len;
    uint16_t component;
    uint8_t severity, zero;
};

_Static_assert(sizeof(struct header) == HEADER, "header has no padding");

bool log_init(struct logring *l, void *memory, uint32_t size, enum log_severity level)
{
    if (size < LOG_RING_MIN || (size & (size - 1)) != 0 || level >= LOG_SEVERITIES) return false;
    *l = (struct logring){.data = memory, .size = size, .default_level = (uint8_t)level};
    l->source[0].name[0] = '?';
    l->source_count = 1;
    return true;
}

static bool name_is_equal(const char *z, const char *s, size_t len)
{
    size_t i = 0;

    while (i < len && z[i] == s[i] && z[i] != 0)
        i++;
    return i == len && z[i] == 0;
}

log_component log_register(struct logring *l, const char *name, size_t len)
{
    struct log_source *s;

    if (len > LOG_NAME_MAX) len = LOG_NAME_MAX;
    for (uint32_t i = 1; i < l->source_count; i++) {
        if (name_is_equal(l->source[i].name, name, len)) return (log_component)i;
    }
    if (len == 0 || l->source_count == LOG_COMPONENTS) return 0;
    for (size_t i = 0; i < len; i++) {
        if (name[i] <= 0x20 || name[i] > 0x7e) return 0;
    }
    s = &l->source[l->source_count];
    for (size_t i = 0; i < len; i++)
        s->name[i] = name[i];
    s->name[len] = 0;
    return (log_component)l->source_count++;
}

const char *log_component_name(const struct logring *l, log_component c)
{
    return l->source[c < l->source_count ? c : 0].name;
}

bool log_set_default_level(struct logring *l, enum log_severity level)
{
    if (level >= LOG_SEVERITIES) return false;
    l->default_level = (uint8_t)level;
    return true;
}

bool log_set_level(struct logring *l, log_component c, enum log_severity level)
{
    if (level >= LOG_SEVERITIES || c >= l->source_count) return false;
    l->source[c].level = (uint8_t)level;
    l->source[c].has_level = true;
    return true;
}

enum log_severity log_level(const struct logring *l, log_component c)
{
    bool own = c < l->source_count && l->source[c].has_level;

    return own ? l->source[c].level : l->default_level;
}

/* Length of the well-formed UTF-8 sequence of a printable character at p, or 0. */
static uint32_t char_length(const uint8_t *p, size_t left)
{
    uint32_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (n == 1) return p[0] >= 0x20 && p[0] != 0x7f;
    if (n == 0 || n > left || p[0] > 0xf4) return 0;
    for (uint32_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    /* C1 controls, overlong forms, surrogates, beyond U+10FFFF. */
    if ((p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xe0 && p[1] < 0xa0) ||
        (p[0] == 0xed && p[1] >= 0xa0) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] >= 0x90))
        return 0;
    return n;
}

/* Copies text in printable form, at most LOG_TEXT_MAX bytes and whole characters. */
static uint32_t text_clean(const char *text, size_t len, uint8_t out[LOG_TEXT_MAX])
{
    const uint8_t *p = (const uint8_t *)text;
    uint32_t n = 0;

    while (len > 0 && (p[len - 1] == '\n' || p[len - 1] == '\r'))
        len--;
    for (size_t i = 0; i < len;) {
        uint32_t k = char_length(p + i, len - i);

        if (n + (k > 1 ? k : 1) > LOG_TEXT_MAX) break;
        if (k == 0) out[n++] = p[i] == '\n' || p[i] == '\t' || p[i] == '\r' ? ' ' : '?';
        for (uint32_t b = 0; b < k; b++)
            out[n++] = p[i + b];
        i += k != 0 ? k : 1;
    }
    return n;
}

/* Drops the oldest records until `need` bytes are free. */
static void ring_make_room(struct logring *l, uint32_t need)
{
    while (l->size - (l->head - l->tail) < need) {
        struct header h;

        ring_load(l, l->tail, &h, HEADER);
        l->tail += record_size(h.len);
        l->first_number = h.number + 1;
    }
}

bool log_write(struct logring *l, log_component c, enum log_severity severity, uint64_t time_ns,
               const char *text, size_t len)
{
    uint8_t clean[LOG_TEXT_MAX];
    struct header h = {.time_ns = time_ns};

    if (c >= l->source_count) c = 0;
    if (severity >= LOG_SEVERITIES) severity = LOG_ERROR;
    if (severity < log_level(l, c)) return false;
    h.len = text_clean(text, len, clean);
    h.component = c;
    h.severity = (uint8_t)severity;
    h.number = l->next_number++;
    ring_make_room(l, record_size(h.len));
    ring_store(l, l->head, &h, HEADER);
    ring_store(l, l->head + HEADER, clean, h.len);
    l->head += record_size(h.len);
    l->source[c].written++;
    return true;
}

uint32_t log_import(struct logring *l, log_component c, enum log_severity severity,
                    uint64_t time_ns, const char *text, size_t len)
{
    uint32_t records = 0;
    size_t start = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '\n' && text[i] != 0) continue;
        if (i > start && log_write(l, c, severity, time_ns, text + start, i - start)) records++;
        start = i + 1;
        if (i < len && text[i] == 0) break;
    }
    return records;
}

bool log_read(const struct logring *l, struct log_cursor *at, struct log_record *out)
{
    struct header h;

    out->lost = 0;
    if (at->number < l->first_number) {
        out->lost = l->first_number - at->number;
        at->number = l->first_number;
        at->position = l->tail;
    }
    if (at->number >= l->next_number || at->position < l->tail || l->head - at->position < HEADER ||
        at->position > l->head)
        return false;
    ring_load(l, at->position, &h, HEADER);
    /* A cursor is the caller's: believe the record only if it is the one that was asked for. */
    if (h.number != at->number || h.len > LOG_TEXT_MAX) return false;
    out->number = h.number;
    out->time_ns = h.time_ns;
    out->component = h.component;
    out->severity = h.severity;
    out->len = h.len;
    ring_load(l, at->position + HEADER, out->text, h.len);
    out->text[h.len] = 0;
    at->number++;
    at->position += record_size(h.len);
    return true;
}

void log_seek(const struct logring *l, struct log_cursor *at, uint64_t number)
{
    uint64_t n = l->first_number;
    struct header h;

    at->position = l->tail;
    for (; n < number && n < l->next_number; n++) {
        ring_load(l, at->position, &h, HEADER);
        at->position += record_size(h.len);
    }
    /* Behind the oldest record the number stays, so that reading can tell what is lost. */
    at->number = number < n ? number : n;
}

void log_seek_last(const struct logring *l, struct log_cursor *at, uint64_t records)
{
    uint64_t kept = l->next_number - l->first_number;

    log_seek(l, at, l->first_number + (kept > records ? kept - records : 0));
}
