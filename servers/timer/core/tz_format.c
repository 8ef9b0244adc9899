/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting of calendar time, after strftime in the C locale. */
#include "tz.h"

struct sink {
    char *out;
    size_t cap, len;
    bool full;
};

static void char_put(struct sink *s, char c)
{
    if (s->len + 1 >= s->cap)
        s->full = true;
    else
        s->out[s->len++] = c;
}

static void text_put(struct sink *s, const char *z, size_t max)
{
    for (size_t i = 0; i < max && z[i] != 0; i++)
        char_put(s, z[i]);
}

/* `width` digits at least, filled up with `fill`. */
static void number_put(struct sink *s, int64_t v, uint32_t width, char fill)
{
    char digits[20];
    uint32_t n = 0;
    bool minus = v < 0;
    uint64_t u = minus ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[n++] = (char)('0' + u % 10);
        u /= 10;
    } while (u != 0);
    if (minus) char_put(s, '-');
    for (uint32_t i = n; i < width; i++)
        char_put(s, fill);
    while (n > 0)
        char_put(s, digits[--n]);
}

static void zone_put(struct sink *s, int32_t offset)
{
    uint32_t minutes = (uint32_t)(offset < 0 ? -offset : offset) / 60;

    char_put(s, offset < 0 ? '-' : '+');
    number_put(s, minutes / 60, 2, '0');
    number_put(s, minutes % 60, 2, '0');
}

static void seconds_put(struct sink *s, const struct tz_time *t)
{
    int64_t sec = 0;

    tz_seconds(t, &sec);
    number_put(s, sec, 1, '0');
}

static void name_put(struct sink *s, const struct tz_time *t, char conversion)
{
    static const char *const days[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
    static const char *const months[12] = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};
    size_t max = conversion == 'a' || conversion == 'b' ? 3 : 16;

    if (conversion == 'a' || conversion == 'A')
        text_put(s, t->weekday < 7 ? days[t->weekday] : "?", max);
    else
        text_put(s, t->month >= 1 && t->month <= 12 ? months[t->month - 1] : "?", max);
}

/* Conversions that are one field; false if `c` is none of them. */
static bool field_put(struct sink *s, const struct tz_time *t, char c)
{
    switch (c) {
    case 'Y': number_put(s, t->year, 4, '0'); return true;
    case 'y': number_put(s, t->year % 100, 2, '0'); return true;
    case 'm': number_put(s, t->month, 2, '0'); return true;
    case 'd': number_put(s, t->day, 2, '0'); return true;
    case 'e': number_put(s, t->day, 2, ' '); return true;
    case 'H': number_put(s, t->hour, 2, '0'); return true;
    case 'M': number_put(s, t->minute, 2, '0'); return true;
    case 'S': number_put(s, t->second, 2, '0'); return true;
    case 'j': number_put(s, t->yearday + 1, 3, '0'); return true;
    default: return false;
    }
}

/* Conversions that stand for several; NULL if `c` is none of them. */
static const char *compound_find(char c)
{
    switch (c) {
    case 'F': return "Y-m-d";
    case 'T': return "H:M:S";
    case 'D': return "m/d/y";
    case 'R': return "H:M";
    default: return NULL;
    }
}

static bool conversion_put(struct sink *s, const struct tz_time *t, char c)
{
    const char *compound = compound_find(c);

    if (compound != NULL) {
        for (; *compound != 0; compound++) {
            if (!field_put(s, t, *compound)) char_put(s, *compound);
        }
        return true;
    }
    if (field_put(s, t, c)) return true;
    if (c == 'a' || c == 'A' || c == 'b' || c == 'B' || c == 'h')
        name_put(s, t, c == 'h' ? 'b' : c);
    else if (c == 'z')
        zone_put(s, t->offset);
    else if (c == 'Z')
        text_put(s, t->zone, TZ_NAME_MAX);
    else if (c == 's')
        seconds_put(s, t);
    else if (c == 'n' || c == 't' || c == '%')
        char_put(s, c == 'n' ? '\n' : c == 't' ? '\t' : '%');
    else
        return false;
    return true;
}

size_t tz_format(const struct tz_time *t, const char *format, char *out, size_t cap)
{
    struct sink s = {out, cap, 0, cap == 0};

    for (; *format != 0 && !s.full; format++) {
        if (*format != '%') {
            char_put(&s, *format);
            continue;
        }
        format++;
        if (*format == 0 || !conversion_put(&s, t, *format)) {
            s.full = true;
            break;
        }
    }
    if (s.full) s.len = 0;
    if (cap != 0) out[s.len] = 0;
    return s.len;
}
