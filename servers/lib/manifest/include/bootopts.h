/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot options: words separated by spaces in the boot loader's command line (docs/boot-options.md).
 *
 *   log=LEVEL              least severity shown: debug, info, notice, warning, error or 0..4
 *   log=COMPONENT:LEVEL    the same for one component; may be repeated
 *   init=PATH              binary that is started as the shell, a path in the boot archive
 *   tz=TZ                  time zone in POSIX form, e.g. CET-1CEST,M3.5.0,M10.5.0/3
 *   panic=halt | reboot    what happens after a fatal failure
 *   isolate                the nucleus' own (x86-64)
 *
 * A value may be quoted with "..." to hold spaces. Options that are not known, or have a bad value,
 * are not fatal: they are collected, so that init can name them in the log. No allocation.
 */
#ifndef BOOTOPTS_H
#define BOOTOPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTOPTS_LINE_MAX 1024u
#define BOOTOPTS_TEXT_MAX 64u
#define BOOTOPTS_LEVELS 8u
#define BOOTOPTS_COMPLAINTS 8u

enum bootopts_panic { BOOTOPTS_PANIC_HALT = 0, BOOTOPTS_PANIC_REBOOT = 1 };

struct bootopts_level {
    char component[BOOTOPTS_TEXT_MAX];
    uint8_t level;
};

/* A word that was not accepted, shortened to fit, and why. */
struct bootopts_complaint {
    char word[BOOTOPTS_TEXT_MAX];
    const char *why;
};

struct bootopts {
    bool has_level;
    uint8_t level; /* 0 debug .. 4 error */
    struct bootopts_level component[BOOTOPTS_LEVELS];
    uint32_t component_count;
    char init[BOOTOPTS_TEXT_MAX]; /* "" when not given */
    char tz[BOOTOPTS_TEXT_MAX];   /* "" when not given */
    enum bootopts_panic panic;
    struct bootopts_complaint complaint[BOOTOPTS_COMPLAINTS];
    uint32_t complaint_count; /* may exceed BOOTOPTS_COMPLAINTS; only that many are kept */
};

/* Parses `len` bytes of command line, which need not be NUL-terminated. Returns true if every word
 * was accepted. Defaults hold for what is missing. */
bool bootopts_parse(struct bootopts *o, const char *line, size_t len);

/* Why this is no time zone in POSIX form with all that a program needs, or NULL. */
const char *bootopts_zone_check(const char *tz);

/* One level word ("warning" or "3"), or -1. */
int bootopts_level_parse(const char *s, size_t len);

#endif
