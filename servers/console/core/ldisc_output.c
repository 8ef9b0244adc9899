/* SPDX-License-Identifier: Apache-2.0 */
/* Console output: post-processing, the cursor column, and sending. */
#include "ldisc_impl.h"

static uint32_t output_room(const struct ldisc *c)
{
    return LDISC_OUTPUT_SIZE - (c->out_head - c->out_tail);
}

/* Column after `byte` shows at `column`. `caret`: control characters show as two columns. */
uint32_t column_after(uint32_t column, uint8_t byte, bool caret)
{
    if (byte == '\t') return (column | 7u) + 1;
    if (byte < 0x20 || byte == CH_DEL) return caret ? column + 2 : column;
    if ((byte & 0xc0) == 0x80) /* a UTF-8 continuation byte */
        return column;
    return column + 1;
}

/* Follows the cursor over what is sent; escape sequences (ESC [ ... letter) take no column. */
static void column_track(struct ldisc *c, uint8_t byte)
{
    if (byte < 0x20) c->escape = 0; /* a control character ends a broken sequence */
    if (c->escape == 1) {
        c->escape = byte == '[' ? 2 : 0;
    } else if (c->escape == 2) {
        if (byte >= 0x40 && byte <= 0x7e) c->escape = 0;
    } else if (byte == CH_ESC) {
        c->escape = 1;
    } else if (byte == '\r') {
        c->column = 0;
    } else if (byte == CH_BS) {
        c->column -= c->column != 0;
    } else {
        c->column = column_after(c->column, byte, false) & 0xffffu;
    }
}

static void raw_put(struct ldisc *c, uint8_t byte)
{
    c->output[c->out_head++ & (LDISC_OUTPUT_SIZE - 1)] = byte;
    column_track(c, byte);
}

/* Puts one byte with its post-processing, all of it or nothing; false if less than `reserve` bytes
 * would stay free. */
bool output_put(struct ldisc *c, uint8_t byte, uint32_t reserve)
{
    uint32_t o = (c->modes.oflag & LDISC_OPOST) != 0 ? c->modes.oflag : 0;

    if (output_room(c) < reserve + 8) return false;
    if (byte == '\r' && (o & LDISC_OCRNL) != 0) byte = '\n';
    if (byte == '\n' && (o & LDISC_ONLCR) != 0) raw_put(c, '\r');
    if (byte == '\t' && (o & LDISC_OXTABS) != 0) {
        /* Counted first: inside an escape sequence spaces do not move the column. */
        for (uint32_t n = 8 - (c->column & 7u); n > 0; n--)
            raw_put(c, ' ');
        return true;
    }
    raw_put(c, byte);
    return true;
}

/* Sends what the line takes, in contiguous pieces. */
void output_pump(struct ldisc *c)
{
    while (!c->stopped && c->out_head != c->out_tail) {
        uint32_t at = c->out_tail & (LDISC_OUTPUT_SIZE - 1);
        uint32_t n = c->out_head - c->out_tail;
        size_t sent;

        if (n > LDISC_OUTPUT_SIZE - at) n = LDISC_OUTPUT_SIZE - at;
        sent = c->ops->transmit(c->ctx, c->output + at, n);
        if (sent == 0 || sent > n) return;
        c->out_tail += (uint32_t)sent;
    }
}

size_t ldisc_output_count(const struct ldisc *c) { return c->out_head - c->out_tail; }

void ldisc_output_ready(struct ldisc *c)
{
    output_pump(c);
    writers_serve(c);
}

size_t ldisc_write(struct ldisc *c, const uint8_t *data, size_t len)
{
    size_t n = 0;

    while (n < len) {
        if (!output_put(c, data[n], LDISC_ECHO_RESERVE)) {
            size_t before = ldisc_output_count(c);

            output_pump(c);
            if (ldisc_output_count(c) == before) break;
            continue;
        }
        n++;
    }
    output_pump(c);
    return n;
}

uint32_t ldisc_poll(const struct ldisc *c)
{
    return (input_is_ready(c, LDISC_READ_MAX) ? LDISC_POLL_IN : 0) |
           (output_room(c) >= LDISC_ECHO_RESERVE + 8 ? LDISC_POLL_OUT : 0);
}
