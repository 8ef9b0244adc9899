/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Console input: special characters, editing of the current line, and echo.
 *
 * A line is edited apart from the input queue and moves there whole when it is committed, so that
 * readers never see a line that could still change.
 */
#include "ldisc_impl.h"

static bool char_is(const struct ldisc *c, enum ldisc_char which, uint8_t byte)
{
    return byte != 0 && c->modes.cc[which] == byte;
}

static void echo_put(struct ldisc *c, uint8_t byte) { output_put(c, byte, 0); }

static bool char_has_caret(const struct ldisc *c, uint8_t byte)
{
    return modes_have(c, LDISC_ECHOCTL) && (byte < 0x20 || byte == CH_DEL) && byte != '\t' &&
           byte != '\n';
}

/* Shows one byte of input. */
void edit_echo(struct ldisc *c, uint8_t byte)
{
    if (char_has_caret(c, byte)) {
        echo_put(c, '^');
        echo_put(c, byte ^ 0x40u);
    } else {
        echo_put(c, byte);
    }
}

/* Column at the end of the first `len` bytes of the line. */
static uint32_t line_column_at(const struct ldisc *c, uint32_t len)
{
    uint32_t column = c->line_column;

    for (uint32_t i = 0; i < len; i++)
        column = column_after(column, c->line[i], char_has_caret(c, c->line[i]));
    return column;
}

/* Cuts the line to `len` bytes and wipes what was behind from the screen. */
static void line_cut(struct ldisc *c, uint32_t len)
{
    uint32_t from = line_column_at(c, c->line_len), to = line_column_at(c, len);
    bool tab = false;

    for (uint32_t i = len; i < c->line_len; i++)
        tab = tab || c->line[i] == '\t';
    c->line_len = len;
    if (!modes_have(c, LDISC_ECHO | LDISC_ECHOE)) return;
    for (uint32_t i = to; i < from; i++)
        echo_put(c, CH_BS);
    for (uint32_t i = to; i < from && !tab; i++)
        echo_put(c, ' ');
    for (uint32_t i = to; i < from && !tab; i++)
        echo_put(c, CH_BS);
    /* A tab wrote no characters, but others before it in the cut part may have: wipe to the end of
     * the line instead of overwriting. */
    for (const char *s = "\033[K"; tab && *s != 0; s++)
        echo_put(c, (uint8_t)*s);
}

/* Length of the line without its last character. */
static uint32_t line_before_last(const struct ldisc *c)
{
    uint32_t n = c->line_len;

    if (n == 0) return 0;
    n--;
    if ((c->modes.iflag & LDISC_IUTF8) != 0) {
        for (uint32_t i = 0; i < 3 && n > 0 && (c->line[n] & 0xc0) == 0x80; i++)
            n--;
    }
    return n;
}

static uint32_t line_before_word(const struct ldisc *c)
{
    uint32_t n = c->line_len;

    while (n > 0 && (c->line[n - 1] == ' ' || c->line[n - 1] == '\t'))
        n--;
    while (n > 0 && c->line[n - 1] != ' ' && c->line[n - 1] != '\t')
        n--;
    return n;
}

static void line_kill(struct ldisc *c)
{
    if (modes_have(c, LDISC_ECHO | LDISC_ECHOE | LDISC_ECHOK)) {
        line_cut(c, 0);
        return;
    }
    c->line_len = 0;
    if (modes_have(c, LDISC_ECHO)) {
        edit_echo(c, c->modes.cc[LDISC_VKILL]);
        echo_put(c, '\n');
    }
}

static void line_reprint(struct ldisc *c)
{
    if (!modes_have(c, LDISC_ECHO)) return;
    edit_echo(c, c->modes.cc[LDISC_VREPRINT]);
    echo_put(c, '\n');
    c->line_column = c->column;
    for (uint32_t i = 0; i < c->line_len; i++)
        edit_echo(c, c->line[i]);
}

/* Moves the line into the input queue, ENTRY_END on its last byte or a lone ENTRY_EOF; false, and
 * nothing moved, if it does not fit. */
bool edit_commit(struct ldisc *c, uint16_t mark)
{
    uint32_t room = LDISC_INPUT_SIZE - (c->in_head - c->in_tail);

    if (c->line_len + 1 > room) return false;
    for (uint32_t i = 0; i < c->line_len; i++) {
        bool last = i + 1 == c->line_len && mark == ENTRY_END;

        input_push(c, (uint16_t)(c->line[i] | (last ? ENTRY_END : 0)));
    }
    if (mark == ENTRY_EOF) input_push(c, ENTRY_EOF);
    c->line_len = 0;
    return true;
}

static void line_refuse(struct ldisc *c)
{
    c->dropped++;
    if (modes_have(c, LDISC_ECHO)) echo_put(c, CH_BEL);
}

/* Appends a byte to the line; `last` leaves no place for the newline that must follow. */
static bool line_add(struct ldisc *c, uint8_t byte, bool last)
{
    if (c->line_len + (last ? 1 : 2) > LDISC_LINE_MAX) {
        line_refuse(c);
        return false;
    }
    if (c->line_len == 0) c->line_column = c->column;
    c->line[c->line_len++] = byte;
    if (modes_have(c, LDISC_ECHO) || (byte == '\n' && modes_have(c, LDISC_ECHONL)))
        edit_echo(c, byte);
    return true;
}

static void line_end(struct ldisc *c, uint8_t byte)
{
    if (!line_add(c, byte, true)) return;
    if (!edit_commit(c, ENTRY_END)) {
        c->line_len--; /* keep the line; the newline may be typed again when there is room */
        line_refuse(c);
    }
}

/* Editing characters of canonical mode; false if `byte` is none. */
static bool edit_command(struct ldisc *c, uint8_t byte)
{
    if (char_is(c, LDISC_VERASE, byte) || (byte == CH_BS && c->modes.cc[LDISC_VERASE] != 0)) {
        line_cut(c, line_before_last(c));
    } else if (char_is(c, LDISC_VKILL, byte)) {
        line_kill(c);
    } else if (char_is(c, LDISC_VEOF, byte)) {
        if (!edit_commit(c, ENTRY_EOF)) line_refuse(c);
    } else if (!modes_have(c, LDISC_IEXTEN)) {
        return false;
    } else if (char_is(c, LDISC_VWERASE, byte)) {
        line_cut(c, line_before_word(c));
    } else if (char_is(c, LDISC_VREPRINT, byte)) {
        line_reprint(c);
    } else if (char_is(c, LDISC_VLNEXT, byte)) {
        c->literal = true;
    } else {
        return false;
    }
    return true;
}

/* Signal characters; false if `byte` is none. */
static bool edit_signal(struct ldisc *c, uint8_t byte)
{
    enum ldisc_signal s = char_is(c, LDISC_VINTR, byte)   ? LDISC_SIG_INTR
                          : char_is(c, LDISC_VQUIT, byte) ? LDISC_SIG_QUIT
                          : char_is(c, LDISC_VSUSP, byte) ? LDISC_SIG_SUSP
                                                          : 0;

    if (s == 0 || !modes_have(c, LDISC_ISIG)) return false;
    c->stopped = false;
    if (!modes_have(c, LDISC_NOFLSH)) {
        input_flush(c);
        c->out_tail = c->out_head;
    }
    if (modes_have(c, LDISC_ECHO)) edit_echo(c, byte);
    readers_interrupt(c);
    c->ops->signal(c->ctx, s);
    return true;
}

/* STOP and START; false if `byte` is neither. */
static bool edit_flow(struct ldisc *c, uint8_t byte)
{
    if ((c->modes.iflag & LDISC_IXON) == 0) return false;
    if (char_is(c, LDISC_VSTART, byte)) {
        c->stopped = false;
        return true;
    }
    if (char_is(c, LDISC_VSTOP, byte)) {
        c->stopped = true;
        return true;
    }
    if ((c->modes.iflag & LDISC_IXANY) != 0) c->stopped = false;
    return false;
}

/* Adds a byte that has no special meaning. */
static void edit_plain(struct ldisc *c, uint8_t byte)
{
    if (modes_have(c, LDISC_ICANON)) {
        line_add(c, byte, false);
        return;
    }
    if (!input_push(c, byte)) {
        c->dropped++;
        return;
    }
    if (modes_have(c, LDISC_ECHO)) edit_echo(c, byte);
}

void edit_input(struct ldisc *c, uint8_t byte)
{
    bool canonical = modes_have(c, LDISC_ICANON);

    if (c->literal) {
        c->literal = false;
        edit_plain(c, byte);
        return;
    }
    if (edit_signal(c, byte) || edit_flow(c, byte)) return;
    if (byte == '\r') {
        if ((c->modes.iflag & LDISC_IGNCR) != 0) return;
        if ((c->modes.iflag & LDISC_ICRNL) != 0) byte = '\n';
    } else if (byte == '\n' && (c->modes.iflag & LDISC_INLCR) != 0) {
        byte = '\r';
    }
    if (canonical && edit_command(c, byte)) return;
    if (canonical && (byte == '\n' || char_is(c, LDISC_VEOL, byte)))
        line_end(c, byte);
    else
        edit_plain(c, byte);
}
