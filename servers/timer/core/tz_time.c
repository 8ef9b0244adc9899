/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calendar arithmetic and daylight saving time. Days are counted from 1970-01-01; the year is taken
 * to begin in March inside, so that the leap day is the last of the year.
 */
#include "tz.h"

#define DAY 86400
#define ERA_DAYS 146097 /* days of 400 years */

static bool year_is_leap(int32_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

static uint32_t month_days(int32_t year, uint32_t month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && year_is_leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to a date; year >= 0. */
static int64_t date_days(int32_t year, uint32_t month, uint32_t day)
{
    int64_t y = (int64_t)year + 400 - (month <= 2); /* never negative */
    int64_t era = y / 400, in_era = y % 400;
    int64_t in_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return (era - 1) * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void date_split(int64_t days, struct tz_time *out)
{
    int64_t z = days + 719468 + ERA_DAYS; /* never negative: years from 0 on */
    int64_t era = z / ERA_DAYS, in_era = z % ERA_DAYS;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;

    out->day = (uint8_t)(in_year - (153 * month + 2) / 5 + 1);
    out->month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    out->year = (int32_t)(year + (era - 1) * 400 + (out->month <= 2));
    out->weekday = (uint8_t)(((days + 4) % 7 + 7) % 7);
    out->yearday = (uint16_t)(days - date_days(out->year, 1, 1));
}

static void time_split(int64_t local, struct tz_time *out)
{
    int64_t days = local / DAY, rest = local % DAY;

    if (rest < 0) {
        rest += DAY;
        days--;
    }
    date_split(days, out);
    out->hour = (uint8_t)(rest / 3600);
    out->minute = (uint8_t)(rest / 60 % 60);
    out->second = (uint8_t)(rest % 60);
}

/* Day on which a rule falls in a year. */
static int64_t rule_day(const struct tz_rule *r, int32_t year)
{
    int64_t first = date_days(year, 1, 1);
    int64_t weekday, day;

    if (r->kind == TZ_RULE_DAY) return first + r->day;
    if (r->kind == TZ_RULE_JULIAN) return first + r->day - 1 + (year_is_leap(year) && r->day >= 60);
    first = date_days(year, r->month, 1);
    weekday = ((first + 4) % 7 + 7) % 7;
    day = first + (r->day - weekday + 7) % 7 + 7 * (r->week - 1);
    if (day >= first + month_days(year, r->month)) day -= 7;
    return day;
}

/* Is daylight saving time in force at `sec`? Rules are in the local time before the change. */
static bool zone_is_dst(const struct tz *z, int64_t sec)
{
    struct tz_time t = {0};
    int64_t start, end;

    if (!z->has_dst) return false;
    time_split(sec + z->std_offset, &t);
    start = rule_day(&z->start, t.year) * DAY + z->start.time - z->std_offset;
    end = rule_day(&z->end, t.year) * DAY + z->end.time - z->dst_offset;
    if (start < end) return sec >= start && sec < end;
    return sec >= start || sec < end; /* southern hemisphere */
}

void tz_local(const struct tz *z, int64_t sec, struct tz_time *out)
{
    const char *name;

    if (sec < TZ_EARLIEST) sec = TZ_EARLIEST;
    if (sec > TZ_LATEST) sec = TZ_LATEST;
    *out = (struct tz_time){0};
    out->is_dst = zone_is_dst(z, sec);
    out->offset = out->is_dst ? z->dst_offset : z->std_offset;
    name = out->is_dst ? z->dst : z->std;
    for (uint32_t i = 0; i < TZ_NAME_MAX && name[i] != 0; i++)
        out->zone[i] = name[i];
    time_split(sec + out->offset, out);
}

bool tz_seconds(const struct tz_time *t, int64_t *sec)
{
    if (t->year < 0 || t->year > 9999 || t->month < 1 || t->month > 12 || t->day < 1 ||
        t->day > month_days(t->year, t->month) || t->hour > 23 || t->minute > 59 || t->second > 59)
        return false;
    *sec = date_days(t->year, t->month, t->day) * DAY + t->hour * 3600 + t->minute * 60 +
           t->second - t->offset;
    return true;
}
