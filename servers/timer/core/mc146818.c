/* SPDX-License-Identifier: Apache-2.0 */
/* MC146818 register logic; see mc146818.h. */
#include "mc146818.h"

#include "tz.h"

#define REG_A 10u
#define REG_B 11u
#define REG_D 13u
#define REG_CENTURY 0x32u /* where PCs have it; the device itself knows none */

#define A_UPDATING 0x80u
#define B_SET 0x80u /* stopped, to be set */
#define B_BINARY 0x04u
#define B_HOURS_24 0x02u
#define D_VALID 0x80u
#define PM 0x80u

#define UPDATE_READS 20000u /* an update takes 2 ms; a reading is never faster than 0.1 us */
#define TRIES 16u           /* readings of the whole clock */

enum { SECOND, MINUTE, HOUR, WEEKDAY, DAY, MONTH, YEAR, CENTURY, FIELDS };

static const uint8_t field_reg[FIELDS] = {0, 2, 4, 6, 7, 8, 9, REG_CENTURY};

/* A reading that no update fell into: false if an update was under way all the time. */
static bool fields_read(const struct mc146818_ops *ops, void *ctx, uint8_t field[FIELDS])
{
    uint32_t waits = 0;

    while ((ops->read8(ctx, REG_A) & A_UPDATING) != 0)
        if (++waits == UPDATE_READS) return false;
    for (uint32_t i = 0; i < FIELDS; i++)
        field[i] = ops->read8(ctx, field_reg[i]);
    return true;
}

/* An update may begin in the middle of a reading, so two must agree. */
static bool fields_settle(const struct mc146818_ops *ops, void *ctx, uint8_t field[FIELDS])
{
    uint8_t before[FIELDS];
    bool same = false;

    if (!fields_read(ops, ctx, before)) return false;
    for (uint32_t i = 0; i < TRIES && !same; i++) {
        if (!fields_read(ops, ctx, field)) return false;
        same = true;
        for (uint32_t k = 0; k < FIELDS; k++) {
            same = same && field[k] == before[k];
            before[k] = field[k];
        }
    }
    return same;
}

/* A field's number, or 255 for what is none. */
static uint8_t number_decode(uint8_t raw, uint8_t b)
{
    if ((b & B_BINARY) != 0) return raw < 100 ? raw : 255;
    if ((raw & 0x0f) > 9 || raw > 0x99) return 255;
    return (uint8_t)((raw >> 4) * 10 + (raw & 0x0f));
}

static uint8_t number_encode(uint32_t value, uint8_t b)
{
    return (uint8_t)((b & B_BINARY) != 0 ? value : value / 10 << 4 | value % 10);
}

/* 12-hour clocks say 12, 1 to 11, and have a bit for the afternoon. */
static uint8_t hour_decode(uint8_t raw, uint8_t b)
{
    uint8_t hour;

    if ((b & B_HOURS_24) != 0) return number_decode(raw, b);
    hour = number_decode(raw & (uint8_t)~PM, b);
    if (hour < 1 || hour > 12) return 255;
    return (uint8_t)(hour % 12 + ((raw & PM) != 0 ? 12 : 0));
}

static uint8_t hour_encode(uint32_t hour, uint8_t b)
{
    uint32_t twelve = hour % 12 == 0 ? 12 : hour % 12;

    if ((b & B_HOURS_24) != 0) return number_encode(hour, b);
    return (uint8_t)(number_encode(twelve, b) | (hour >= 12 ? PM : 0));
}

/* Where there is no century register, that place may hold anything: only what can be true is taken,
 * and the 21st century is meant otherwise. The 20th is what a clock shows that nobody has set. */
static uint32_t century_decode(uint8_t raw, uint8_t b)
{
    uint8_t century = number_decode(raw, b);

    return century >= 19 && century <= 21 ? century : 0;
}

enum mc146818_error mc146818_read(const struct mc146818_ops *ops, void *ctx, int64_t *sec)
{
    uint8_t raw[FIELDS], b = ops->read8(ctx, REG_B), year;
    struct tz_time t = {0};
    uint32_t century;

    if (!fields_settle(ops, ctx, raw)) return MC146818_E_BUSY;
    if ((ops->read8(ctx, REG_D) & D_VALID) == 0) return MC146818_E_BATTERY;
    if ((b & B_SET) != 0) return MC146818_E_STOPPED;
    century = century_decode(raw[CENTURY], b);
    year = number_decode(raw[YEAR], b);
    if (year > 99) return MC146818_E_VALUE;
    t.year = (int32_t)((century != 0 ? century : 20) * 100 + year);
    t.month = number_decode(raw[MONTH], b);
    t.day = number_decode(raw[DAY], b);
    t.hour = hour_decode(raw[HOUR], b);
    t.minute = number_decode(raw[MINUTE], b);
    t.second = number_decode(raw[SECOND], b);
    return tz_seconds(&t, sec) ? MC146818_OK : MC146818_E_VALUE;
}

enum mc146818_error mc146818_write(const struct mc146818_ops *ops, void *ctx, int64_t sec)
{
    uint8_t b = ops->read8(ctx, REG_B);
    uint32_t century = century_decode(ops->read8(ctx, REG_CENTURY), b);
    uint8_t raw[FIELDS];
    struct tz_time t;
    struct tz utc;

    tz_utc(&utc);
    tz_local(&utc, sec, &t);
    if (t.year < 2000 || t.year > (century != 0 ? 2199 : 2099)) return MC146818_E_VALUE;
    raw[SECOND] = number_encode(t.second, b);
    raw[MINUTE] = number_encode(t.minute, b);
    raw[HOUR] = hour_encode(t.hour, b);
    raw[WEEKDAY] = number_encode(t.weekday + 1u, b);
    raw[DAY] = number_encode(t.day, b);
    raw[MONTH] = number_encode(t.month, b);
    raw[YEAR] = number_encode((uint32_t)t.year % 100, b);
    raw[CENTURY] = number_encode((uint32_t)t.year / 100, b);
    ops->write8(ctx, REG_B, b | B_SET);
    for (uint32_t i = 0; i < (century != 0 ? FIELDS : CENTURY); i++)
        ops->write8(ctx, field_reg[i], raw[i]);
    ops->write8(ctx, REG_B, b & (uint8_t)~B_SET);
    return MC146818_OK;
}

const char *mc146818_strerror(enum mc146818_error error)
{
    static const char *const text[MC146818_E_COUNT] = {
        [MC146818_OK] = "clock is set",
        [MC146818_E_BUSY] = "clock never rests",
        [MC146818_E_BATTERY] = "clock has lost its power",
        [MC146818_E_STOPPED] = "clock is stopped",
        [MC146818_E_VALUE] = "clock shows no date that it can",
    };

    if ((unsigned)error >= MC146818_E_COUNT) return "unknown clock error";
    return text[error];
}
