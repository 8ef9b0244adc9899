/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the start page codec and of the boot options. */
#include "bootopts.h"
#include "startpage.h"

#include "suite.h"

#include <string.h>

static struct startpage in, out;
static uint8_t page[STARTPAGE_SIZE];

static void setup(void)
{
    memset(&in, 0, sizeof(in));
    in.name = scbor_str_of("console");
    in.component = 3;
    in.number = 17;
    in.parent = 11;
    in.capmgr = (struct startpage_lane){0x10000, 0x20000, 0, 4, 1, 3};
    in.log = (struct startpage_lane){0x30000, 0x40000, 0x50000, 1, 1, 0};
    in.use_count = 2;
    in.use[0] = (struct startpage_use){scbor_str_of("tty"), 0, 0};
    in.use[1] = (struct startpage_use){scbor_str_of("timer"), 1, 2};
    in.offer_count = 1;
    in.offer[0] = scbor_str_of("port");
    in.device_count = 1;
    in.device[0].path = scbor_str_of("/pl011@9000000");
    in.device[0].compatible = scbor_str_of("arm,pl011");
    in.device[0].reg_count = 2;
    in.device[0].reg[0] = (struct startpage_reg){0x60000, 0x1000, 0};
    in.device[0].reg[1] = (struct startpage_reg){0, 8, 9};
    in.device[0].irq_count = 1;
    in.device[0].irq[0] = (struct startpage_irq){7, 0};
    in.device[0].dma = (struct startpage_area){0x70000, 0x2000};
    in.device[0].dma_device = 0x48000000;
    in.window_count = 1;
    in.window[0] = (struct startpage_window){scbor_str_of("boot"), {0x100000, 0x200000}};
    in.options = scbor_str_of("log=debug");
    in.seed = scbor_str_of("0123456789abcdef");
}

START_TEST(round_trips)
{
    const struct startpage_device *d;

    memset(page, 0xff, sizeof(page));
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_OK);
    ck_assert(scbor_str_is(out.name, "console"));
    ck_assert_uint_eq(out.component, 3);
    ck_assert_uint_eq(out.number, 17);
    ck_assert_uint_eq(out.parent, 11);
    ck_assert_uint_eq(out.capmgr.server, 0x20000);
    ck_assert_uint_eq(out.capmgr.reply_class, 3);
    ck_assert_uint_eq(out.log.pool, 0x50000);
    ck_assert_uint_eq(startpage_find_use(&out, "timer")->number, 1);
    ck_assert_uint_eq(startpage_find_use(&out, "timer")->kind, 2);
    ck_assert_ptr_null(startpage_find_use(&out, "time"));
    d = startpage_find_device(&out, "arm,pl011");
    ck_assert_ptr_nonnull(d);
    ck_assert_uint_eq(d->reg[0].address, 0x60000);
    ck_assert_uint_eq(d->reg[0].slot, 0);
    ck_assert_uint_eq(d->reg[1].address, 0);
    ck_assert_uint_eq(d->reg[1].bytes, 8);
    ck_assert_uint_eq(d->reg[1].slot, 9);
    ck_assert_uint_eq(d->irq[0].slot, 7);
    ck_assert_uint_eq(d->dma.bytes, 0x2000);
    ck_assert_uint_eq(d->dma_device, 0x48000000);
    ck_assert_uint_eq(startpage_find_window(&out, "boot")->area.bytes, 0x200000);
    ck_assert(scbor_str_is(out.offer[0], "port"));
    ck_assert(scbor_str_is(out.options, "log=debug"));
    ck_assert_uint_eq(out.seed.len, 16);
}
END_TEST

START_TEST(encodes_the_least)
{
    in = (struct startpage){.name = {"x", 1}};
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_mem_eq(page, "\xa3\x00\x01\x01\x61x\x02\x00\x00", 9);
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_uint_eq(out.capmgr.slots, 0);
    ck_assert_uint_eq(out.number, 0);
}
END_TEST

START_TEST(refuses_what_does_not_fit)
{
    ck_assert_int_eq(startpage_encode(&in, page, 100), STARTPAGE_E_ROOM);
    in.use_count = STARTPAGE_USES + 1;
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_E_TABLE);
}
END_TEST

START_TEST(refuses_bad_pages)
{
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    page[4095] = 1;
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_E_CBOR);
    ck_assert_int_eq(startpage_decode(&out, "\xa3\x00\x02\x01\x61x\x02\x00", 8),
                     STARTPAGE_E_FORMAT);
    ck_assert_int_eq(startpage_decode(&out, "\xa2\x00\x01\x01\x61x", 6), STARTPAGE_E_KEY);
    ck_assert_int_eq(startpage_decode(&out, "\xa4\x00\x01\x01\x61x\x02\x00\x0d\x00", 10),
                     STARTPAGE_E_KEY);
    /* a number that is not told is left out, never 0 */
    ck_assert_int_eq(startpage_decode(&out, "\xa4\x00\x01\x01\x61x\x02\x00\x0b\x00", 10),
                     STARTPAGE_E_VALUE);
    ck_assert_int_eq(startpage_decode(&out, "\xa3\x01\x61x\x00\x01\x02\x00", 8), STARTPAGE_E_CBOR);
    ck_assert_int_eq(startpage_decode(&out, page, 0), STARTPAGE_E_CBOR);
    in.window[0].area.bytes = UINT64_MAX;
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_E_VALUE);
    setup();
    in.seed.len = 15;
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_E_VALUE);
    for (int e = 0; e < STARTPAGE_E_COUNT; e++)
        ck_assert_str_ne(startpage_strerror(e), "unknown start page error");
}
END_TEST

/* Memory that wraps around, more ports than there are, and what is both or neither. */
START_TEST(refuses_bad_registers)
{
    static const struct startpage_reg bad[] = {
        {0, 8, 0}, {0x60000, 8, 9}, {0, 65537, 9}, {0, 0, 9}, {0x60000, UINT64_MAX, 0}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        in.device[0].reg[1] = bad[i];
        ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
        ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_E_VALUE);
    }
    in.device[0].reg[1] = (struct startpage_reg){0, 65536, 9};
    ck_assert_int_eq(startpage_encode(&in, page, sizeof(page)), STARTPAGE_OK);
    ck_assert_int_eq(startpage_decode(&out, page, sizeof(page)), STARTPAGE_OK);
}
END_TEST

static bool parse(struct bootopts *o, const char *line)
{
    return bootopts_parse(o, line, strlen(line));
}

START_TEST(options_are_taken)
{
    struct bootopts o;

    ck_assert(parse(&o, ""));
    ck_assert(!o.has_level);
    ck_assert_int_eq(o.panic, BOOTOPTS_PANIC_HALT);
    ck_assert(parse(&o, "  log=debug log=vfs:error\tinit=servers/x tz=\"CET-1\" panic=reboot\n"));
    ck_assert_uint_eq(o.level, 0);
    ck_assert_uint_eq(o.component_count, 1);
    ck_assert_str_eq(o.component[0].component, "vfs");
    ck_assert_uint_eq(o.component[0].level, 4);
    ck_assert_str_eq(o.init, "servers/x");
    ck_assert_str_eq(o.tz, "CET-1");
    ck_assert_int_eq(o.panic, BOOTOPTS_PANIC_REBOOT);
    ck_assert(parse(&o, "isolate log=2 log=3"));
    ck_assert_uint_eq(o.level, 3);
}
END_TEST

START_TEST(bad_options_are_named)
{
    struct bootopts o;
    char line[2000];

    ck_assert(!parse(&o, "quiet panic=maybe log=5 log= log=:2 init= root=/dev/x tz=\x01"));
    ck_assert_uint_eq(o.complaint_count, 8);
    ck_assert_str_eq(o.complaint[0].word, "quiet");
    ck_assert_str_eq(o.complaint[0].why, "unknown option");
    ck_assert_str_eq(o.complaint[1].word, "panic=maybe");
    ck_assert_str_eq(o.complaint[7].word, "tz=?");
    ck_assert(!parse(&o, "a b c d e f g h i j"));
    ck_assert_uint_eq(o.complaint_count, 10);
    ck_assert_str_eq(o.complaint[7].word, "h");
    memset(line, 'x', sizeof(line));
    ck_assert(!bootopts_parse(&o, line, sizeof(line)));
    ck_assert_uint_eq(o.complaint_count, 2);
    ck_assert_uint_eq(strlen(o.complaint[1].word), BOOTOPTS_TEXT_MAX - 1);
    memcpy(line, "init=", 5);
    ck_assert(!bootopts_parse(&o, line, 5 + BOOTOPTS_TEXT_MAX));
    ck_assert_str_eq(o.init, "");
    ck_assert(bootopts_parse(&o, line, 5 + BOOTOPTS_TEXT_MAX - 1));
}
END_TEST

START_TEST(zones_are_judged)
{
    static const char *const good[] = {"UTC0",
                                       "CET-1",
                                       "<+0330>-3:30",
                                       "CET-1CEST,M3.5.0,M10.5.0/3",
                                       "EST5EDT,M3.2.0,M11.1.0",
                                       "AAA0BBB-1,J60/-2,300"};
    static const char *const bad[] = {"Garbage",
                                      "Europe/Berlin",
                                      "",
                                      "AB3",
                                      "CET",
                                      "CET-25",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1x",
                                      "CET-1CEST,M3.5.0,M10.5.0/3x",
                                      "<AB3"};
    struct bootopts o;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const char *why = bootopts_zone_check(good[i]);
        ck_assert_msg(why == NULL, "%s: %s", good[i], why);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(bootopts_zone_check(bad[i]) != NULL, "%s", bad[i]);
    ck_assert_ptr_nonnull(strstr(bootopts_zone_check("EST5EDT"), "rule"));
    ck_assert(!parse(&o, "tz=Garbage"));
    ck_assert_str_eq(o.tz, "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        round_trips,           encodes_the_least, refuses_what_does_not_fit, refuses_bad_pages,
        refuses_bad_registers, options_are_taken, bad_options_are_named,     zones_are_judged};

    return suite_run("start", tests, TEST_COUNT(tests), setup);
}
