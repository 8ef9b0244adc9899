/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the line discipline: what is typed, what is shown, what is read. */
#include "ldisc.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ldisc con;
static char shown[65536];
static size_t shown_len, line_takes; /* bytes that the line takes at most per call */
static struct {
    enum ldisc_wait kind;
    uint64_t token;
    enum ldisc_result result;
    char data[8192];
    size_t len;
} done[64];
static unsigned done_count, signals;
static bool refuse;

static bool on_complete(void *ctx, enum ldisc_wait kind, uint64_t owner, uint64_t token,
                        enum ldisc_result result, const uint8_t *data, size_t len)
{
    (void)ctx;
    (void)owner;
    ck_assert_uint_lt(done_count, 64);
    done[done_count].kind = kind;
    done[done_count].token = token;
    done[done_count].result = result;
    done[done_count].len = len;
    if (len != 0) memcpy(done[done_count].data, data, len);
    done_count++;
    return !refuse;
}

static size_t on_transmit(void *ctx, const uint8_t *data, size_t len)
{
    (void)ctx;
    if (len > line_takes) len = line_takes;
    if (shown_len + len < sizeof(shown)) memcpy(shown + shown_len, data, len);
    shown_len += len;
    return len;
}

static void on_signal(void *ctx, enum ldisc_signal signal)
{
    (void)ctx;
    signals = signals * 10 + signal;
}

static const struct ldisc_ops ops = {on_complete, on_transmit, on_signal};

static void setup(void)
{
    ldisc_init(&con, &ops, NULL);
    shown_len = done_count = signals = 0;
    line_takes = SIZE_MAX;
    refuse = false;
}

static void type(const char *s) { ldisc_input(&con, (const uint8_t *)s, strlen(s)); }

static void assert_shown(const char *want)
{
    ck_assert_uint_lt(shown_len, sizeof(shown));
    shown[shown_len] = 0;
    ck_assert_str_eq(shown, want);
    shown_len = 0;
}

/* Reads at once; the result as a string, "?" if it would wait. */
static const char *read_now(size_t max)
{
    static char buf[LDISC_READ_MAX + 1];
    size_t len = 0;

    if (ldisc_read(&con, 1, 99, (uint8_t *)buf, max, &len) != LDISC_OK) {
        ldisc_drop(&con, 1);
        return "?";
    }
    buf[len] = 0;
    return buf;
}

static void set_local(uint32_t on, uint32_t off)
{
    struct ldisc_modes m;

    ldisc_modes_get(&con, &m);
    m.lflag = (m.lflag | on) & ~off;
    ck_assert_int_eq(ldisc_modes_set(&con, &m, false), LDISC_OK);
}

START_TEST(reads_lines)
{
    type("hel");
    ck_assert_str_eq(read_now(100), "?");
    ck_assert_uint_eq(ldisc_poll(&con), LDISC_POLL_OUT);
    type("lo\rworld\n");
    ck_assert_uint_eq(ldisc_poll(&con), LDISC_POLL_IN | LDISC_POLL_OUT);
    assert_shown("hello\r\nworld\r\n");
    ck_assert_str_eq(read_now(3), "hel");
    ck_assert_str_eq(read_now(100), "lo\n");
    ck_assert_str_eq(read_now(100), "world\n");
    ck_assert_str_eq(read_now(100), "?");
}
END_TEST

START_TEST(edits)
{
    type("ab\x7f");
    assert_shown("ab\b \b");
    type("c d  \x17");
    shown_len = 0;
    type("x\n");
    ck_assert_str_eq(read_now(100), "ac x\n");
    type("gone\x15kept\n");
    ck_assert_str_eq(read_now(100), "kept\n");
    type("\x7f\x7f\x15\x17ok\n");
    ck_assert_str_eq(read_now(100), "ok\n");
    shown_len = 0;
    type("a\xc3\xa4\x7f");
    assert_shown("a\xc3\xa4\b \b");
    type("\n");
    ck_assert_str_eq(read_now(100), "a\n");
    shown_len = 0;
    type("\x01");
    assert_shown("^A");
    type("\x7f");
    assert_shown("\b\b  \b\b");
    type("a\tb");
    shown_len = 0;
    type("\x7f");
    assert_shown("\b \b");
    type("\x7f"); /* the tab: from column 8 to 1 */
    assert_shown("\b\b\b\b\b\b\b\033[K");
    type("\n");
    ck_assert_str_eq(read_now(100), "a\n");
    shown_len = 0;
    type("\x16\x03x\n"); /* literal ^C */
    ck_assert_str_eq(read_now(100), "\x03x\n");
    ck_assert_uint_eq(signals, 0);
    shown_len = 0;
    type("abc\x12");
    assert_shown("abc^R\r\nabc");
}
END_TEST

START_TEST(ends_files)
{
    type("\x04");
    ck_assert_str_eq(read_now(10), "");
    type("abc\x04");
    ck_assert_str_eq(read_now(3), "abc"); /* takes the mark along: no end of file is left */
    ck_assert_str_eq(read_now(10), "?");
    type("abc\x04");
    ck_assert_str_eq(read_now(10), "abc");
    ck_assert_str_eq(read_now(10), "?");
    type("\n\x04");
    ck_assert_str_eq(read_now(10), "\n");
    ck_assert_str_eq(read_now(10), "");
}
END_TEST

START_TEST(completes_waiting_reads)
{
    uint8_t buf[8];
    size_t len;

    ck_assert_int_eq(ldisc_read(&con, 1, 7, buf, 4, &len), LDISC_PENDING);
    ck_assert_int_eq(ldisc_read(&con, 2, 8, buf, 4, &len), LDISC_PENDING);
    type("abcdef\n");
    ck_assert_uint_eq(done_count, 2);
    ck_assert_uint_eq(done[0].token, 7);
    ck_assert_mem_eq(done[0].data, "abcd", 4);
    ck_assert_uint_eq(done[1].token, 8);
    ck_assert_uint_eq(done[1].len, 3);
    ck_assert_int_eq(ldisc_read(&con, 1, 9, buf, 4, &len), LDISC_PENDING);
    ck_assert(!ldisc_cancel(&con, 2, 9));
    ck_assert(ldisc_cancel(&con, 1, 9));
    ck_assert_int_eq(done[2].result, LDISC_CANCELLED);
    for (uint64_t i = 0; i < LDISC_PENDING_MAX; i++)
        ck_assert_int_eq(ldisc_read(&con, 1 + i % 2, i, buf, 4, &len), LDISC_PENDING);
    ck_assert_int_eq(ldisc_read(&con, 1, 50, buf, 4, &len), LDISC_E_BUSY);
    ldisc_drop(&con, 1);
    type("\n");
    ck_assert_uint_eq(done[3].token, 1);
    ck_assert_int_eq(ldisc_read(&con, 1, 1, buf, 0, &len), LDISC_E_INVALID);
    ck_assert_int_eq(ldisc_read(&con, 1, 1, buf, LDISC_READ_MAX + 1, &len), LDISC_E_INVALID);
}
END_TEST

START_TEST(gives_back_refused_lines)
{
    uint8_t buf[16];
    size_t len;

    refuse = true;
    ck_assert_int_eq(ldisc_read(&con, 1, 7, buf, 16, &len), LDISC_PENDING);
    type("line\nnext\n");
    ck_assert_uint_eq(done_count, 1);
    ck_assert_str_eq(read_now(100), "line\n");
    ck_assert_str_eq(read_now(100), "next\n");
    ck_assert_int_eq(ldisc_read(&con, 1, 8, buf, 16, &len), LDISC_PENDING);
    type("\x04");
    ck_assert_str_eq(read_now(100), "");
}
END_TEST

START_TEST(raises_signals)
{
    uint8_t buf[8];
    size_t len;

    ck_assert_int_eq(ldisc_read(&con, 1, 7, buf, 4, &len), LDISC_PENDING);
    type("ab\x03");
    assert_shown("ab^C");
    ck_assert_uint_eq(signals, 1);
    ck_assert_int_eq(done[0].result, LDISC_INTERRUPTED);
    type("\x1c\x1a");
    ck_assert_uint_eq(signals, 123);
    type("x\n");
    ck_assert_str_eq(read_now(100), "x\n");
    set_local(LDISC_NOFLSH, 0);
    type("ab\x03"
         "c\n");
    ck_assert_str_eq(read_now(100), "abc\n");
    set_local(0, LDISC_ISIG);
    type("\x03\n");
    ck_assert_str_eq(read_now(100), "\x03\n");
}
END_TEST

START_TEST(controls_flow)
{
    type("\x13");
    ck_assert_uint_eq(ldisc_write(&con, (const uint8_t *)"hello\n", 6), 6);
    assert_shown("");
    ck_assert_uint_eq(ldisc_output_count(&con), 7);
    type("\x11");
    assert_shown("hello\r\n");
    type("\x13");
    ldisc_write(&con, (const uint8_t *)"x", 1);
    type("\x03");
    assert_shown("^C"); /* a signal discards output and lets it run again */
}
END_TEST

START_TEST(post_processes_output)
{
    struct ldisc_modes m;

    ldisc_write(&con, (const uint8_t *)"a\nb\tc", 5);
    assert_shown("a\r\nb\tc");
    ldisc_modes_get(&con, &m);
    m.oflag |= LDISC_OXTABS | LDISC_OCRNL;
    ldisc_modes_set(&con, &m, false);
    ldisc_write(&con, (const uint8_t *)"\rab\tc", 5);
    assert_shown("\r\nab      c");
    ldisc_write(&con, (const uint8_t *)"\033[1\tx\n", 7); /* must end, and end the sequence */
    assert_shown("\033[1       x\r\n");
    ck_assert_uint_eq(con.column, 0);
    m.oflag &= ~LDISC_OPOST;
    ldisc_modes_set(&con, &m, false);
    ldisc_write(&con, (const uint8_t *)"\n\t\r", 3);
    assert_shown("\n\t\r");
}
END_TEST

START_TEST(bounds_output)
{
    static uint8_t data[20000];
    size_t taken;

    memset(data, 'x', sizeof(data));
    line_takes = 0;
    taken = ldisc_write(&con, data, sizeof(data));
    ck_assert_uint_eq(taken, LDISC_OUTPUT_SIZE - LDISC_ECHO_RESERVE - 7);
    ck_assert_uint_eq(ldisc_poll(&con), 0);
    ck_assert_int_eq(ldisc_wait_room(&con, 1, 5), LDISC_PENDING);
    type("abc"); /* echo still fits */
    ck_assert_uint_eq(ldisc_output_count(&con), taken + 3);
    line_takes = 100;
    ldisc_output_ready(&con);
    ck_assert_uint_eq(done_count, 1);
    ck_assert_int_eq(done[0].kind, LDISC_WAIT_ROOM);
    ck_assert_uint_eq(ldisc_output_count(&con), 0);
    ck_assert_uint_eq(ldisc_write(&con, data, sizeof(data)), sizeof(data));
    ck_assert_int_eq(ldisc_wait_room(&con, 1, 5), LDISC_OK);
    /* echo without any room is dropped, never an overrun */
    line_takes = 0;
    ldisc_write(&con, data, sizeof(data));
    for (int i = 0; i < 2000; i++)
        type("\x01");
    ck_assert_uint_le(ldisc_output_count(&con), LDISC_OUTPUT_SIZE);
}
END_TEST

START_TEST(bounds_input)
{
    for (unsigned i = 0; i < LDISC_LINE_MAX + 10; i++)
        type("y");
    ck_assert_uint_eq(con.dropped, 11);
    type("\n");
    ck_assert_uint_eq(strlen(read_now(LDISC_READ_MAX)), LDISC_LINE_MAX);
    for (unsigned i = 0; i < LDISC_INPUT_SIZE + 100; i++)
        type("\n");
    ck_assert_uint_ge(con.dropped, 111);
    type("tail");
    for (unsigned i = 0; i + 1 < LDISC_INPUT_SIZE; i++)
        ck_assert_str_eq(read_now(8), "\n");
}
END_TEST

START_TEST(reads_raw)
{
    struct ldisc_modes m;
    uint8_t buf[8];
    size_t len;

    type("ab");
    set_local(0, LDISC_ICANON | LDISC_ECHO | LDISC_ISIG);
    ck_assert_str_eq(read_now(8), "ab");
    shown_len = 0;
    type("x\x03\x7f\r");
    assert_shown("");
    ck_assert_str_eq(read_now(8), "x\x03\x7f\n");
    ldisc_modes_get(&con, &m);
    m.iflag = 0;
    m.cc[LDISC_VMIN] = 3;
    ck_assert_int_eq(ldisc_modes_set(&con, &m, true), LDISC_OK);
    ck_assert_int_eq(ldisc_read(&con, 1, 7, buf, 8, &len), LDISC_PENDING);
    type("\r\x13");
    ck_assert_uint_eq(done_count, 0);
    type("z");
    ck_assert_uint_eq(done_count, 1);
    ck_assert_mem_eq(done[0].data, "\r\x13z", 3);
    m.cc[LDISC_VMIN] = 0;
    ck_assert_int_eq(ldisc_modes_set(&con, &m, false), LDISC_OK);
    ck_assert_str_eq(read_now(8), "");
    type("left");
    set_local(LDISC_ICANON, 0);
    ck_assert_str_eq(read_now(8), "left");
    ck_assert_str_eq(read_now(8), "?");
    m.lflag = 1u << 31;
    ck_assert_int_eq(ldisc_modes_set(&con, &m, false), LDISC_E_INVALID);
}
END_TEST

START_TEST(tells_what_is_available)
{
    ck_assert_uint_eq(ldisc_available(&con), 0);
    type("one");
    ck_assert_uint_eq(ldisc_available(&con), 0);
    type("\rtwo more\rthr");
    ck_assert_uint_eq(ldisc_available(&con), 4);
    ck_assert_str_eq(read_now(2), "on");
    ck_assert_uint_eq(ldisc_available(&con), 2);
    ck_assert_str_eq(read_now(8), "e\n");
    ck_assert_uint_eq(ldisc_available(&con), 9);
    set_local(0, LDISC_ICANON);
    ck_assert_uint_eq(ldisc_available(&con), 12);
}
END_TEST

START_TEST(keeps_size)
{
    struct ldisc_size s = {50, 132};

    ck_assert_int_eq(ldisc_size_set(&con, &s), LDISC_OK);
    ldisc_size_get(&con, &s);
    ck_assert_uint_eq(s.columns, 132);
    s.rows = 0;
    ck_assert_int_eq(ldisc_size_set(&con, &s), LDISC_E_INVALID);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {reads_lines,
                                  edits,
                                  ends_files,
                                  completes_waiting_reads,
                                  gives_back_refused_lines,
                                  raises_signals,
                                  controls_flow,
                                  post_processes_output,
                                  bounds_output,
                                  bounds_input,
                                  reads_raw,
                                  tells_what_is_available,
                                  keeps_size};

    return suite_run("console", tests, TEST_COUNT(tests), setup);
}
