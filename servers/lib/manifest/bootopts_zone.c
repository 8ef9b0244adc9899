/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones in POSIX form: std offset [dst [offset] , start [/time] , end [/time]]. The C library
 * takes what is malformed for UTC, and a summer time without its rule for one that never ends; both
 * would be silent.
 */
#include "bootopts.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Three letters or more, or anything printable between < and >; NULL: no name. */
static const char *name_skip(const char *s)
{
    const char *begin = s;

    if (*s == '<') {
        while (*s != 0 && *s != '>')
            s++;
        return *s == '>' && s - begin >= 4 ? s + 1 : NULL;
    }
    while (is_letter(*s))
        s++;
    return s - begin >= 3 ? s : NULL;
}

/* A number of 1 to 3 digits from low to high; NULL: none. */
static const char *number_skip(const char *s, unsigned low, unsigned high)
{
    unsigned n = 0, digits = 0;

    for (; is_digit(*s) && digits < 3; s++, digits++)
        n = n * 10 + (unsigned)(*s - '0');
    return digits > 0 && !is_digit(*s) && n >= low && n <= high ? s : NULL;
}

/* [+-]hh[:mm[:ss]] */
static const char *time_skip(const char *s, unsigned hours)
{
    if (*s == '+' || *s == '-') s++;
    s = number_skip(s, 0, hours);
    for (int part = 0; part < 2 && s != NULL && *s == ':'; part++)
        s = number_skip(s + 1, 0, 59);
    return s;
}

/* , Mm.w.d or Jn or n, and perhaps /time */
static const char *rule_skip(const char *s)
{
    if (*s++ != ',') return NULL;
    if (*s == 'M') {
        s = number_skip(s + 1, 1, 12);
        s = s != NULL && *s == '.' ? number_skip(s + 1, 1, 5) : NULL;
        s = s != NULL && *s == '.' ? number_skip(s + 1, 0, 6) : NULL;
    } else {
        s = *s == 'J' ? number_skip(s + 1, 1, 365) : number_skip(s, 0, 365);
    }
    return s != NULL && *s == '/' ? time_skip(s + 1, 167) : s;
}

const char *bootopts_zone_check(const char *tz)
{
    static const char form[] = "not a time zone in POSIX form, as CET-1CEST,M3.5.0,M10.5.0/3";
    const char *s = name_skip(tz);

    if (s != NULL) s = time_skip(s, 24);
    if (s == NULL) return form;
    if (*s == 0) return NULL;
    s = name_skip(s);
    if (s != NULL && *s != ',' && *s != 0) s = time_skip(s, 24);
    if (s == NULL) return form;
    if (*s == 0) return "a summer time needs its rule, as ,M3.5.0,M10.5.0/3";
    s = rule_skip(s);
    if (s != NULL) s = rule_skip(s);
    return s != NULL && *s == 0 ? NULL : form;
}
