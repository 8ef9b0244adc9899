/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones in the POSIX TZ form, and conversion between seconds since 1970 and calendar time.
 * OS-neutral, no allocation, no global state, no zone files.
 *
 *   TZ = std offset [dst [offset] [, start [/time], end [/time]]]
 *   std, dst = three or more letters, or <letters, digits, + and ->
 *   offset = [+-]hh[:mm[:ss]], positive west of Greenwich;  time = the same, -167..167 hours
 *   start, end = Mm.w.d | Jn | n
 *
 * "UTC", "UTC0" and the empty string are UTC. Without rules those of the United States hold.
 */
#ifndef TZ_H
#define TZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TZ_NAME_MAX 15u
#define TZ_EARLIEST INT64_C(-62167219200) /* 0000-01-01 00:00:00 UTC */
#define TZ_LATEST INT64_C(253402300799)   /* 9999-12-31 23:59:59 UTC */

enum tz_error {
    TZ_OK = 0,
    TZ_E_NAME,     /* a zone name is missing, too short, too long or has a bad character */
    TZ_E_OFFSET,   /* an offset is missing or out of range */
    TZ_E_RULE,     /* a rule is malformed or out of range */
    TZ_E_TRAILING, /* something follows the end */
    TZ_E_COUNT
};

enum tz_rule_kind { TZ_RULE_MONTH, TZ_RULE_JULIAN, TZ_RULE_DAY };

struct tz_rule {
    enum tz_rule_kind kind;
    uint16_t day;        /* MONTH: weekday 0..6; JULIAN: 1..365, no 29 February; DAY: 0..365 */
    uint8_t month, week; /* MONTH only: 1..12, 1..5 (5: the last) */
    int32_t time;        /* seconds after local midnight */
};

struct tz {
    char std[TZ_NAME_MAX + 1], dst[TZ_NAME_MAX + 1];
    int32_t std_offset, dst_offset; /* seconds east of Greenwich */
    bool has_dst;
    struct tz_rule start, end; /* of daylight saving time */
};

/* Broken-down time of the Gregorian calendar. */
struct tz_time {
    int32_t year;
    uint8_t month, day;           /* 1..12, 1..31 */
    uint8_t hour, minute, second; /* no leap seconds */
    uint8_t weekday;              /* 0: Sunday */
    uint16_t yearday;             /* 0..365 */
    int32_t offset;               /* seconds east of Greenwich */
    bool is_dst;
    char zone[TZ_NAME_MAX + 1];
};

void tz_utc(struct tz *z);

/* Parses `len` bytes. On an error `z` is UTC and *at (may be NULL) the offset of the fault. */
enum tz_error tz_parse(struct tz *z, const char *s, size_t len, size_t *at);

/* Local time of `sec`, which is clamped to [TZ_EARLIEST, TZ_LATEST]. */
void tz_local(const struct tz *z, int64_t sec, struct tz_time *out);

/* Seconds since 1970 of a broken-down time: year..second and offset count, the rest is ignored.
 * False for a date or time of day that does not exist. */
bool tz_seconds(const struct tz_time *t, int64_t *sec);

/* Formats in the manner of strftime: %Y %m %d %H %M %S %e %j %y %a %A %b %B %z %Z %F %T %D %R %s %n
 * %t %%. Returns the length without the NUL, or 0 if it does not fit or a conversion is unknown. */
size_t tz_format(const struct tz_time *t, const char *format, char *out, size_t cap);

const char *tz_strerror(enum tz_error error);

#endif
