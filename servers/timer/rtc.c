/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of clock devices: PL031 (ARM DDI 0224), mapped, and MC146818, which has two ports: a
 * register's number is written to the first, its value is at the second. */
#include "rtc.h"

#include "component.h"
#include "mc146818.h"
#include "mmio.h"

#define PL031_DR 0x000u
#define PL031_LR 0x008u
#define PL031_ID0 0xfe0u
#define PL031_ID0_VALUE 0x31u

#define PORT_INDEX 0u
#define PORT_DATA 1u

/* What a device said. */
enum answer {
    ANSWER_TIME,
    ANSWER_NO_TIME, /* it is there, and can be set */
    ANSWER_ABSENT,
};

/* One kind of device. */
struct rtc_kind {
    const char *compatible;
    enum answer (*read)(int64_t *sec, const char **why);
    void (*write)(int64_t sec);
};

static const struct startpage_reg *reg;
static const struct rtc_kind *rtc; /* NULL: there is none */

static enum answer pl031_read(int64_t *sec, const char **why)
{
    *why = "clock is no PL031";
    if ((mmio_read32(reg, PL031_ID0) & 0xffu) != PL031_ID0_VALUE) return ANSWER_ABSENT;
    *sec = mmio_read32(reg, PL031_DR);
    return ANSWER_TIME;
}

/* It counts 32 bits of seconds. */
static void pl031_write(int64_t sec)
{
    if (sec <= (int64_t)UINT32_MAX) mmio_write32(reg, PL031_LR, (uint32_t)sec);
}

static uint8_t on_read8(void *ctx, uint8_t index)
{
    (void)ctx;
    mmio_write8(reg, PORT_INDEX, index);
    return mmio_read8(reg, PORT_DATA);
}

static void on_write8(void *ctx, uint8_t index, uint8_t value)
{
    (void)ctx;
    mmio_write8(reg, PORT_INDEX, index);
    mmio_write8(reg, PORT_DATA, value);
}

static const struct mc146818_ops mc146818_device = {on_read8, on_write8};

static enum answer pc_read(int64_t *sec, const char **why)
{
    enum mc146818_error e = mc146818_read(&mc146818_device, NULL, sec);

    *why = mc146818_strerror(e);
    if (e == MC146818_OK) return ANSWER_TIME;
    return e == MC146818_E_BUSY ? ANSWER_ABSENT : ANSWER_NO_TIME;
}

static void pc_write(int64_t sec) { (void)mc146818_write(&mc146818_device, NULL, sec); }

static const struct rtc_kind kinds[] = {
    {"arm,pl031", pl031_read, pl031_write},
    {"motorola,mc146818", pc_read, pc_write},
};

bool rtc_start(int64_t *sec)
{
    const struct startpage_device *device = NULL;
    enum answer answer;
    const char *why;
    uint32_t i;

    for (i = 0; i < sizeof kinds / sizeof kinds[0] && device == NULL; i++)
        device = startpage_find_device(&component_page, kinds[i].compatible);
    if (device == NULL || device->reg_count == 0) {
        component_log(COMPONENT_NOTICE, "no clock device is granted: wall clock not set");
        return false;
    }
    reg = &device->reg[0];
    answer = kinds[i - 1].read(sec, &why);
    if (answer != ANSWER_ABSENT) rtc = &kinds[i - 1];
    if (answer != ANSWER_TIME) component_log(COMPONENT_WARNING, "the %s: wall clock not set", why);
    return answer == ANSWER_TIME;
}

void rtc_set(int64_t sec)
{
    if (rtc != NULL) rtc->write(sec);
}
