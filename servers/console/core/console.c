/* SPDX-License-Identifier: Apache-2.0 */
/* Console core: modes, the input queue, and the reads and writers that wait. */
#include "console_impl.h"

bool input_push(struct console *c, uint16_t entry)
{
    if (c->in_head - c->in_tail == CONSOLE_INPUT_SIZE) return false;
    c->input[c->in_head++ & (CONSOLE_INPUT_SIZE - 1)] = entry;
    return true;
}

void input_flush(struct console *c)
{
    c->in_tail = c->in_head;
    c->line_len = 0;
    c->literal = false;
}

static uint16_t input_at(const struct console *c, uint32_t index)
{
    return c->input[index & (CONSOLE_INPUT_SIZE - 1)];
}

/* Can a read of `max` bytes be answered now? A canonical queue holds only whole lines. */
bool input_is_ready(const struct console *c, size_t max)
{
    uint32_t count = c->in_head - c->in_tail;
    uint32_t least = c->modes.cc[CONSOLE_VMIN];

    if (modes_have(c, CONSOLE_ICANON)) return count != 0;
    return count >= (least < max ? least : max);
}

/* Takes one line, or in raw mode what there is. */
size_t input_take(struct console *c, uint8_t *buf, size_t max)
{
    bool canonical = modes_have(c, CONSOLE_ICANON);
    size_t n = 0;

    while (c->in_tail != c->in_head) {
        uint16_t entry = input_at(c, c->in_tail);

        if ((entry & ENTRY_EOF) != 0) {
            c->in_tail++;
            if (canonical) return n;
            continue;
        }
        if (n == max) break;
        c->in_tail++;
        buf[n++] = (uint8_t)(entry & ENTRY_BYTE);
        if (canonical && (entry & ENTRY_END) != 0) break;
    }
    return n;
}

/* What is queued in raw mode becomes a line when canonical mode begins. */
void input_mark_end(struct console *c)
{
    if (c->in_head != c->in_tail)
        c->input[(c->in_head - 1) & (CONSOLE_INPUT_SIZE - 1)] |= ENTRY_END;
}

void console_init(struct console *c, const struct console_ops *ops, void *ctx)
{
    static const uint8_t chars[CONSOLE_CHARS] = {
        [CONSOLE_VINTR] = 3,     [CONSOLE_VQUIT] = 28,  [CONSOLE_VSUSP] = 26,
        [CONSOLE_VERASE] = 0x7f, [CONSOLE_VKILL] = 21,  [CONSOLE_VWERASE] = 23,
        [CONSOLE_VEOF] = 4,      [CONSOLE_VEOL] = 0,    [CONSOLE_VREPRINT] = 18,
        [CONSOLE_VLNEXT] = 22,   [CONSOLE_VSTART] = 17, [CONSOLE_VSTOP] = 19,
        [CONSOLE_VMIN] = 1};

    c->ops = ops;
    c->ctx = ctx;
    c->modes.iflag = CONSOLE_ICRNL | CONSOLE_IXON | CONSOLE_IUTF8;
    c->modes.oflag = CONSOLE_OPOST | CONSOLE_ONLCR;
    c->modes.lflag = CONSOLE_ICANON | CONSOLE_ECHO | CONSOLE_ECHOE | CONSOLE_ECHOK |
                     CONSOLE_ECHOCTL | CONSOLE_ISIG | CONSOLE_IEXTEN;
    for (uint32_t i = 0; i < CONSOLE_CHARS; i++)
        c->modes.cc[i] = chars[i];
    c->size = (struct console_size){24, 80};
    c->in_head = c->in_tail = c->out_head = c->out_tail = 0;
    c->line_len = c->line_column = c->column = c->escape = 0;
    c->stopped = c->literal = false;
    c->readers.count = c->writers.count = 0;
    c->dropped = 0;
}

void console_modes_get(const struct console *c, struct console_modes *out) { *out = c->modes; }

enum console_result console_modes_set(struct console *c, const struct console_modes *m, bool flush)
{
    bool was = modes_have(c, CONSOLE_ICANON), is = (m->lflag & CONSOLE_ICANON) != 0;

    if ((m->iflag & ~CONSOLE_IFLAGS) != 0 || (m->oflag & ~CONSOLE_OFLAGS) != 0 ||
        (m->lflag & ~CONSOLE_LFLAGS) != 0)
        return CONSOLE_E_INVALID;
    if (flush) input_flush(c);
    if (was && !is && !edit_commit(c, 0)) c->line_len = 0;
    if (!was && is) input_mark_end(c);
    c->modes = *m;
    c->literal = false;
    if ((m->iflag & CONSOLE_IXON) == 0) c->stopped = false;
    output_pump(c);
    readers_serve(c);
    writers_serve(c);
    return CONSOLE_OK;
}

void console_size_get(const struct console *c, struct console_size *out) { *out = c->size; }

enum console_result console_size_set(struct console *c, const struct console_size *s)
{
    if (s->rows == 0 || s->columns == 0) return CONSOLE_E_INVALID;
    c->size = *s;
    return CONSOLE_OK;
}

/* Appends to a queue; false if it is full. */
static bool queue_add(struct console_queue *q, uint64_t owner, uint64_t token, size_t max)
{
    if (q->count == CONSOLE_PENDING_MAX) return false;
    q->entry[q->count++] = (struct console_pending){owner, token, max};
    return true;
}

static struct console_pending queue_remove(struct console_queue *q, uint32_t index)
{
    struct console_pending p = q->entry[index];

    for (uint32_t i = index + 1; i < q->count; i++)
        q->entry[i - 1] = q->entry[i];
    q->count--;
    return p;
}

void readers_serve(struct console *c)
{
    while (c->readers.count != 0 && input_is_ready(c, c->readers.entry[0].max)) {
        struct console_pending p = queue_remove(&c->readers, 0);
        size_t n = input_take(c, c->scratch, p.max);

        if (!c->ops->complete(c->ctx, CONSOLE_WAIT_READ, p.owner, p.token, CONSOLE_OK, c->scratch,
                              n))
            console_give_back(c, c->scratch, n);
    }
}

void readers_interrupt(struct console *c)
{
    while (c->readers.count != 0) {
        struct console_pending p = queue_remove(&c->readers, 0);

        c->ops->complete(c->ctx, CONSOLE_WAIT_READ, p.owner, p.token, CONSOLE_INTERRUPTED, NULL, 0);
    }
}

void writers_serve(struct console *c)
{
    while (c->writers.count != 0 && (console_poll(c) & CONSOLE_POLL_OUT) != 0) {
        struct console_pending p = queue_remove(&c->writers, 0);

        c->ops->complete(c->ctx, CONSOLE_WAIT_ROOM, p.owner, p.token, CONSOLE_OK, NULL, 0);
    }
}

void console_input(struct console *c, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        edit_input(c, data[i]);
        output_pump(c);
        readers_serve(c);
    }
    writers_serve(c);
}

enum console_result console_read(struct console *c, uint64_t owner, uint64_t token, uint8_t *buf,
                                 size_t max, size_t *len)
{
    if (max == 0 || max > CONSOLE_READ_MAX) return CONSOLE_E_INVALID;
    if (c->readers.count == 0 && input_is_ready(c, max)) {
        *len = input_take(c, buf, max);
        return CONSOLE_OK;
    }
    return queue_add(&c->readers, owner, token, max) ? CONSOLE_PENDING : CONSOLE_E_BUSY;
}

void console_give_back(struct console *c, const uint8_t *data, size_t len)
{
    uint32_t room = CONSOLE_INPUT_SIZE - (c->in_head - c->in_tail);
    bool canonical = modes_have(c, CONSOLE_ICANON);

    if (len + 1 > room) {
        c->dropped += len;
        return;
    }
    if (len == 0 && canonical) c->input[--c->in_tail & (CONSOLE_INPUT_SIZE - 1)] = ENTRY_EOF;
    for (size_t i = len; i-- > 0;) {
        uint16_t mark = canonical && i + 1 == len ? ENTRY_END : 0;

        c->input[--c->in_tail & (CONSOLE_INPUT_SIZE - 1)] = (uint16_t)(data[i] | mark);
    }
}

enum console_result console_wait_room(struct console *c, uint64_t owner, uint64_t token)
{
    if (c->writers.count == 0 && (console_poll(c) & CONSOLE_POLL_OUT) != 0) return CONSOLE_OK;
    return queue_add(&c->writers, owner, token, 0) ? CONSOLE_PENDING : CONSOLE_E_BUSY;
}

static bool queue_cancel(struct console *c, struct console_queue *q, enum console_wait kind,
                         uint64_t owner, uint64_t token)
{
    for (uint32_t i = 0; i < q->count; i++) {
        if (q->entry[i].owner != owner || q->entry[i].token != token) continue;
        queue_remove(q, i);
        c->ops->complete(c->ctx, kind, owner, token, CONSOLE_CANCELLED, NULL, 0);
        return true;
    }
    return false;
}

bool console_cancel(struct console *c, uint64_t owner, uint64_t token)
{
    return queue_cancel(c, &c->readers, CONSOLE_WAIT_READ, owner, token) ||
           queue_cancel(c, &c->writers, CONSOLE_WAIT_ROOM, owner, token);
}

static void queue_drop(struct console_queue *q, uint64_t owner)
{
    for (uint32_t i = q->count; i-- > 0;) {
        if (q->entry[i].owner == owner) queue_remove(q, i);
    }
}

void console_drop(struct console *c, uint64_t owner)
{
    queue_drop(&c->readers, owner);
    queue_drop(&c->writers, owner);
}
