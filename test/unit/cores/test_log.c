/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the log ring. */
#include "logring.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>

static struct logring l;
static _Alignas(8) uint8_t memory[LOG_RING_MIN];
static log_component vfs, uart;

static void setup(void)
{
    ck_assert(log_init(&l, memory, sizeof(memory), LOG_INFO));
    vfs = log_register(&l, "vfs", 3);
    uart = log_register(&l, "uart", 4);
}

static bool say(log_component c, enum log_severity severity, const char *text)
{
    return log_write(&l, c, severity, 1234567890, text, strlen(text));
}

START_TEST(keeps_and_formats)
{
    struct log_cursor at = {0};
    struct log_record r;
    char out[128];

    ck_assert(say(vfs, LOG_WARNING, "disk is slow\n"));
    ck_assert(say(uart, LOG_INFO, "ready"));
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.number, 0);
    ck_assert_uint_eq(log_format(&l, &r, out, sizeof(out)), strlen(out));
    ck_assert_str_eq(out, "[    1.234567] vfs: warning: disk is slow\n");
    ck_assert_uint_eq(log_format(&l, &r, out, 10), 9);
    ck_assert_str_eq(out, "[    1.2\n");
    ck_assert(log_read(&l, &at, &r));
    log_format(&l, &r, out, sizeof(out));
    ck_assert_str_eq(out, "[    1.234567] uart: ready\n");
    ck_assert(!log_read(&l, &at, &r));
    ck_assert(say(uart, LOG_INFO, "more"));
    ck_assert(log_read(&l, &at, &r));
    ck_assert_str_eq(r.text, "more");
}
END_TEST

START_TEST(obeys_levels)
{
    ck_assert(!say(vfs, LOG_DEBUG, "x"));
    ck_assert(log_set_level(&l, vfs, LOG_DEBUG));
    ck_assert(say(vfs, LOG_DEBUG, "x"));
    ck_assert(!say(uart, LOG_DEBUG, "x"));
    ck_assert(log_set_default_level(&l, LOG_ERROR));
    ck_assert(!say(uart, LOG_WARNING, "x"));
    ck_assert(say(uart, LOG_ERROR, "x"));
    ck_assert(say(vfs, LOG_DEBUG, "x"));
    ck_assert_int_eq(log_level(&l, uart), LOG_ERROR);
    ck_assert(!log_set_level(&l, vfs, LOG_SEVERITIES));
    ck_assert(!log_set_level(&l, 60, LOG_INFO));
    ck_assert(!log_set_default_level(&l, LOG_SEVERITIES));
    ck_assert_uint_eq(l.source[vfs].written, 2);
}
END_TEST

START_TEST(registers_components)
{
    char name[8];

    ck_assert_uint_eq(log_register(&l, "vfs", 3), vfs);
    ck_assert_uint_ne(log_register(&l, "vf", 2), vfs);
    ck_assert_uint_eq(log_register(&l, "", 0), 0);
    ck_assert_uint_eq(log_register(&l, "a b", 3), 0);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "c%u", i);
        log_register(&l, name, strlen(name));
    }
    ck_assert_uint_eq(l.source_count, LOG_COMPONENTS);
    ck_assert_uint_eq(log_register(&l, "late", 4), 0);
    ck_assert_str_eq(log_component_name(&l, 0), "?");
    ck_assert_str_eq(log_component_name(&l, 999), "?");
    ck_assert(say(999, LOG_ERROR, "from nobody"));
}
END_TEST

START_TEST(cleans_text)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"a\tb\nc\r\n\n", "a b c"},
        {"\x1b[31mred", "?[31mred"},
        {"\x7f\x01", "??"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80", "?????????"},
        {"\xc2\x9b", "??"},
        {"\xe2\x82", "??"},
        {"", ""},
    };
    struct log_cursor at = {0};
    struct log_record r;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert(say(vfs, LOG_INFO, cases[i].in));
        ck_assert(log_read(&l, &at, &r));
        ck_assert_str_eq(r.text, cases[i].out);
    }
}
END_TEST

START_TEST(cuts_long_text_at_a_character)
{
    char text[LOG_TEXT_MAX + 10];
    struct log_cursor at = {0};
    struct log_record r;

    memset(text, 'x', sizeof(text));
    memcpy(text + LOG_TEXT_MAX - 1, "\xc3\xa4", 2);
    ck_assert(log_write(&l, vfs, LOG_INFO, 0, text, sizeof(text)));
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.len, LOG_TEXT_MAX - 1);
}
END_TEST

START_TEST(counts_what_is_lost)
{
    struct log_cursor at = {0}, slow = {0};
    struct log_record r;
    char text[64];
    uint64_t next = 0;

    for (unsigned i = 0; i < 5000; i++) {
        snprintf(text, sizeof(text), "%.*s%u", (int)(i % 40),
                 "..........................................", i);
        ck_assert(say(vfs, LOG_INFO, text));
        ck_assert(log_read(&l, &at, &r));
        ck_assert_uint_eq(r.number, i);
        ck_assert_uint_eq(r.lost, 0);
    }
    ck_assert(log_read(&l, &slow, &r));
    ck_assert_uint_eq(r.lost, r.number);
    ck_assert_uint_gt(r.lost, 4000);
    next = r.number + 1;
    while (log_read(&l, &slow, &r)) {
        ck_assert_uint_eq(r.number, next++);
        ck_assert_uint_eq(r.lost, 0);
    }
    ck_assert_uint_eq(next, 5000);
}
END_TEST

START_TEST(seeks)
{
    struct log_cursor at = {0}, wild = {5, 999999};
    struct log_record r;

    for (unsigned i = 0; i < 5000; i++)
        ck_assert(say(vfs, LOG_INFO, "a record"));
    log_seek_last(&l, &at, 3);
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.number, 4997);
    log_seek_last(&l, &at, 100000);
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.number, l.first_number);
    log_seek(&l, &at, 10);
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.lost, l.first_number - 10);
    log_seek(&l, &at, 4990);
    ck_assert(log_read(&l, &at, &r));
    ck_assert_uint_eq(r.number, 4990);
    log_seek(&l, &at, UINT64_MAX);
    ck_assert(!log_read(&l, &at, &r));
    ck_assert_uint_eq(at.number, 5000);
    wild.number = 4999;
    ck_assert(!log_read(&l, &wild, &r));
    wild = (struct log_cursor){4999, l.tail + 8};
    log_read(&l, &wild, &r); /* whatever it says, it stays inside the ring */
}
END_TEST

START_TEST(imports_early_text)
{
    static const char early[] = "nucleus: 256 MiB\n\ncapmgr: hello\nlast";
    struct log_cursor at = {0};
    struct log_record r;

    ck_assert_uint_eq(log_import(&l, vfs, LOG_INFO, 1, early, sizeof(early) - 1), 3);
    ck_assert(log_read(&l, &at, &r));
    ck_assert_str_eq(r.text, "nucleus: 256 MiB");
    ck_assert(log_read(&l, &at, &r) && log_read(&l, &at, &r));
    ck_assert_str_eq(r.text, "last");
    ck_assert_uint_eq(log_import(&l, vfs, LOG_INFO, 1, "a\0b", 3), 1);
    ck_assert(!log_init(&l, memory, 4095, LOG_INFO));
    ck_assert(!log_init(&l, memory, 2048, LOG_INFO));
    ck_assert(!log_init(&l, memory, 4096, LOG_SEVERITIES));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {keeps_and_formats,
                                  obeys_levels,
                                  registers_components,
                                  cleans_text,
                                  cuts_long_text_at_a_character,
                                  counts_what_is_lost,
                                  seeks,
                                  imports_early_text};

    return suite_run("log", tests, TEST_COUNT(tests), setup);
}
