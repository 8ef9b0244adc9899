/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MC146818, the clock of a PC: register logic, OS-neutral. The clock is taken to be in UTC.
 *
 * It counts in BCD or binary, 12 or 24 hours, as its register B says, and must not be read while it
 * changes. Every wait is bounded, and what it says is believed only if it is a date; else the wall
 * clock stays not set.
 */
#ifndef MC146818_H
#define MC146818_H

#include <stdint.h>

/* Register access; `reg` is the register's number, 0 to 127. */
struct mc146818_ops {
    uint8_t (*read8)(void *ctx, uint8_t reg);
    void (*write8)(void *ctx, uint8_t reg, uint8_t value);
};

enum mc146818_error {
    MC146818_OK = 0,
    MC146818_E_BUSY,    /* its update never ends, or no two readings agree: it may not be there */
    MC146818_E_BATTERY, /* it has lost its power since it was set */
    MC146818_E_STOPPED, /* it does not count: somebody was setting it */
    MC146818_E_VALUE,   /* what it says is no date, or what was given does not fit into it */
    MC146818_E_COUNT
};

/* Seconds since 1970. On an error *sec is untouched. */
enum mc146818_error mc146818_read(const struct mc146818_ops *ops, void *ctx, int64_t *sec);

/* Sets it, in the form that register B asks for: years 2000 to 2199, to 2099 where it has no
 * century. */
enum mc146818_error mc146818_write(const struct mc146818_ops *ops, void *ctx, int64_t sec);

/* What was wrong, in English; never NULL. */
const char *mc146818_strerror(enum mc146818_error error);

#endif
