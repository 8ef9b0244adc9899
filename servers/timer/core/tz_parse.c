/* SPDX-License-Identifier: Apache-2.0 */
/* Parser of POSIX TZ strings. See tz.h for the grammar. */
#include "tz.h"

#define HOUR 3600

struct cursor {
    const char *s;
    size_t len, pos;
};

static char cursor_peek(const struct cursor *c) { return c->pos < c->len ? c->s[c->pos] : 0; }

static bool cursor_take(struct cursor *c, char want)
{
    if (cursor_peek(c) != want || c->pos == c->len) return false;
    c->pos++;
    return true;
}

static bool char_is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

static bool char_is_digit(char c) { return c >= '0' && c <= '9'; }

/* A decimal number of 1..3 digits, or -1. */
static int32_t number_take(struct cursor *c)
{
    int32_t v = 0, digits = 0;

    for (; char_is_digit(cursor_peek(c)) && digits < 4; digits++)
        v = v * 10 + (c->s[c->pos++] - '0');
    return digits >= 1 && digits <= 3 ? v : -1;
}

static bool name_take(struct cursor *c, char out[TZ_NAME_MAX + 1])
{
    bool quoted = cursor_take(c, '<');
    uint32_t n = 0;

    for (;; c->pos++) {
        char ch = cursor_peek(c);

        if (!char_is_letter(ch) && !(quoted && (char_is_digit(ch) || ch == '+' || ch == '-')))
            break;
        if (n == TZ_NAME_MAX) return false;
        out[n++] = ch;
    }
    out[n] = 0;
    return n >= 3 && (!quoted || cursor_take(c, '>'));
}

/* [+-]hh[:mm[:ss]] with hours up to `limit`; seconds into *out. */
static bool offset_take(struct cursor *c, int32_t limit, int32_t *out)
{
    bool minus = cursor_take(c, '-');
    int32_t part[3] = {0, 0, 0};

    if (!minus) cursor_take(c, '+');
    for (uint32_t i = 0; i < 3; i++) {
        if (i > 0 && !cursor_take(c, ':')) break;
        part[i] = number_take(c);
        if (part[i] < 0 || part[i] > (i == 0 ? limit : 59)) return false;
    }
    *out = part[0] * HOUR + part[1] * 60 + part[2];
    if (minus) *out = -*out;
    return true;
}

static bool rule_take_month(struct cursor *c, struct tz_rule *r)
{
    int32_t month, week, day;

    month = number_take(c);
    if (month < 1 || month > 12 || !cursor_take(c, '.')) return false;
    week = number_take(c);
    if (week < 1 || week > 5 || !cursor_take(c, '.')) return false;
    day = number_take(c);
    if (day < 0 || day > 6) return false;
    r->kind = TZ_RULE_MONTH;
    r->month = (uint8_t)month;
    r->week = (uint8_t)week;
    r->day = (uint16_t)day;
    return true;
}

static bool rule_take(struct cursor *c, struct tz_rule *r)
{
    *r = (struct tz_rule){.time = 2 * HOUR};
    if (!cursor_take(c, ',')) return false;
    if (cursor_take(c, 'M')) {
        if (!rule_take_month(c, r)) return false;
    } else {
        bool julian = cursor_take(c, 'J');
        int32_t day = number_take(c);

        if (day < (julian ? 1 : 0) || day > 365) return false;
        r->kind = julian ? TZ_RULE_JULIAN : TZ_RULE_DAY;
        r->day = (uint16_t)day;
    }
    return !cursor_take(c, '/') || offset_take(c, 167, &r->time);
}

void tz_utc(struct tz *z) { *z = (struct tz){.std = "UTC"}; }

static enum tz_error dst_take(struct cursor *c, struct tz *z)
{
    int32_t west;

    if (!name_take(c, z->dst)) return TZ_E_NAME;
    z->has_dst = true;
    z->dst_offset = z->std_offset + HOUR;
    if (c->pos < c->len && cursor_peek(c) != ',') {
        if (!offset_take(c, 24, &west)) return TZ_E_OFFSET;
        z->dst_offset = -west;
    }
    if (c->pos == c->len) {
        z->start = (struct tz_rule){TZ_RULE_MONTH, 0, 3, 2, 2 * HOUR};
        z->end = (struct tz_rule){TZ_RULE_MONTH, 0, 11, 1, 2 * HOUR};
        return TZ_OK;
    }
    return rule_take(c, &z->start) && rule_take(c, &z->end) ? TZ_OK : TZ_E_RULE;
}

static enum tz_error zone_take(struct cursor *c, struct tz *z)
{
    int32_t west = 0;
    enum tz_error e = TZ_OK;

    if (!name_take(c, z->std)) return TZ_E_NAME;
    if (c->pos == c->len && z->std[0] == 'U' && z->std[1] == 'T' && z->std[2] == 'C' &&
        z->std[3] == 0)
        return TZ_OK;
    if (!offset_take(c, 24, &west)) return TZ_E_OFFSET;
    z->std_offset = -west;
    if (c->pos < c->len) e = dst_take(c, z);
    return e == TZ_OK && c->pos < c->len ? TZ_E_TRAILING : e;
}

enum tz_error tz_parse(struct tz *z, const char *s, size_t len, size_t *at)
{
    struct cursor c = {s, len, 0};
    enum tz_error e;

    tz_utc(z);
    if (len == 0) return TZ_OK;
    e = zone_take(&c, z);
    if (e != TZ_OK) tz_utc(z);
    if (e != TZ_OK && at != NULL) *at = c.pos;
    return e;
}

const char *tz_strerror(enum tz_error error)
{
    static const char *const text[TZ_E_COUNT] = {
        [TZ_OK] = "time zone is valid",
        [TZ_E_NAME] = "time zone name must be 3 to 15 letters, or <...>",
        [TZ_E_OFFSET] = "time zone offset must be [+-]hh[:mm[:ss]], at most 24 hours",
        [TZ_E_RULE] = "time zone rules must be ,start[/time],end[/time] with Mm.w.d, Jn or n",
        [TZ_E_TRAILING] = "time zone has something behind its end",
    };

    if ((unsigned)error >= TZ_E_COUNT || text[error] == NULL) return "unknown time zone error";
    return text[error];
}
