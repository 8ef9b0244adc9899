/* SPDX-License-Identifier: Apache-2.0 */
/* Console core: modes, the input queue, and the reads and writers that wait. */
#include "ldisc_impl.h"

bool input_push(struct ldisc *c, uint16_t entry)
{
    if (c->in_head - c->in_tail == LDISC_INPUT_SIZE) return false;
    c->input[c->in_head++ & (LDISC_INPUT_SIZE - 1)] = entry;
    return true;
}

void input_flush(struct ldisc *c)
{
    c->in_tail = c->in_head;
    c->line_len = 0;
    c->literal = false;
}

static uint16_t input_at(const struct ldisc *c, uint32_t index)
{
    return c->input[index & (LDISC_INPUT_SIZE - 1)];
}

/* Can a read of `max` bytes be answered now? A canonical queue holds only whole lines. */
bool input_is_ready(const struct ldisc *c, size_t max)
{
    uint32_t count = c->in_head - c->in_tail;
    uint32_t least = c->modes.cc[LDISC_VMIN];

    if (modes_have(c, LDISC_ICANON)) return count != 0;
    return count >= (least < max ? least : max);
}

/* Takes one line, or in raw mode what there is. */
size_t input_take(struct ldisc *c, uint8_t *buf, size_t max)
{
    bool canonical = modes_have(c, LDISC_ICANON);
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

size_t ldisc_available(const struct ldisc *c)
{
    bool canonical = modes_have(c, LDISC_ICANON);
    size_t n = 0;

    if (!input_is_ready(c, LDISC_READ_MAX)) return 0;
    for (uint32_t i = c->in_tail; i != c->in_head && n < LDISC_READ_MAX; i++) {
        uint16_t entry = input_at(c, i);

        if ((entry & ENTRY_EOF) == 0) n++;
        if (canonical && (entry & (ENTRY_EOF | ENTRY_END)) != 0) break;
    }
    return n;
}

/* What is queued in raw mode becomes a line when canonical mode begins. */
void input_mark_end(struct ldisc *c)
{
    if (c->in_head != c->in_tail) c->input[(c->in_head - 1) & (LDISC_INPUT_SIZE - 1)] |= ENTRY_END;
}

void ldisc_init(struct ldisc *c, const struct ldisc_ops *ops, void *ctx)
{
    static const uint8_t chars[LDISC_CHARS] = {
        [LDISC_VINTR] = 3,     [LDISC_VQUIT] = 28,   [LDISC_VSUSP] = 26,  [LDISC_VERASE] = 0x7f,
        [LDISC_VKILL] = 21,    [LDISC_VWERASE] = 23, [LDISC_VEOF] = 4,    [LDISC_VEOL] = 0,
        [LDISC_VREPRINT] = 18, [LDISC_VLNEXT] = 22,  [LDISC_VSTART] = 17, [LDISC_VSTOP] = 19,
        [LDISC_VMIN] = 1};

    c->ops = ops;
    c->ctx = ctx;
    c->modes.iflag = LDISC_ICRNL | LDISC_IXON | LDISC_IUTF8;
    c->modes.oflag = LDISC_OPOST | LDISC_ONLCR;
    c->modes.lflag = LDISC_ICANON | LDISC_ECHO | LDISC_ECHOE | LDISC_ECHOK | LDISC_ECHOCTL |
                     LDISC_ISIG | LDISC_IEXTEN;
    for (uint32_t i = 0; i < LDISC_CHARS; i++)
        c->modes.cc[i] = chars[i];
    c->size = (struct ldisc_size){24, 80};
    c->in_head = c->in_tail = c->out_head = c->out_tail = 0;
    c->line_len = c->line_column = c->column = c->escape = 0;
    c->stopped = c->literal = false;
    c->readers.count = c->writers.count = 0;
    c->dropped = 0;
}

void ldisc_modes_get(const struct ldisc *c, struct ldisc_modes *out) { *out = c->modes; }

enum ldisc_result ldisc_modes_set(struct ldisc *c, const struct ldisc_modes *m, bool flush)
{
    bool was = modes_have(c, LDISC_ICANON), is = (m->lflag & LDISC_ICANON) != 0;

    if ((m->iflag & ~LDISC_IFLAGS) != 0 || (m->oflag & ~LDISC_OFLAGS) != 0 ||
        (m->lflag & ~LDISC_LFLAGS) != 0)
        return LDISC_E_INVALID;
    if (flush) input_flush(c);
    if (was && !is && !edit_commit(c, 0)) c->line_len = 0;
    if (!was && is) input_mark_end(c);
    c->modes = *m;
    c->literal = false;
    if ((m->iflag & LDISC_IXON) == 0) c->stopped = false;
    output_pump(c);
    readers_serve(c);
    writers_serve(c);
    return LDISC_OK;
}

void ldisc_size_get(const struct ldisc *c, struct ldisc_size *out) { *out = c->size; }

enum ldisc_result ldisc_size_set(struct ldisc *c, const struct ldisc_size *s)
{
    if (s->rows == 0 || s->columns == 0) return LDISC_E_INVALID;
    c->size = *s;
    return LDISC_OK;
}

/* Appends to a queue; false if it is full. */
static bool queue_add(struct ldisc_queue *q, uint64_t owner, uint64_t token, size_t max)
{
    if (q->count == LDISC_PENDING_MAX) return false;
    q->entry[q->count++] = (struct ldisc_pending){owner, token, max};
    return true;
}

static struct ldisc_pending queue_remove(struct ldisc_queue *q, uint32_t index)
{
    struct ldisc_pending p = q->entry[index];

    for (uint32_t i = index + 1; i < q->count; i++)
        q->entry[i - 1] = q->entry[i];
    q->count--;
    return p;
}

void readers_serve(struct ldisc *c)
{
    while (c->readers.count != 0 && input_is_ready(c, c->readers.entry[0].max)) {
        struct ldisc_pending p = queue_remove(&c->readers, 0);
        size_t n = input_take(c, c->scratch, p.max);

        if (!c->ops->complete(c->ctx, LDISC_WAIT_READ, p.owner, p.token, LDISC_OK, c->scratch, n))
            ldisc_give_back(c, c->scratch, n);
    }
}

void readers_interrupt(struct ldisc *c)
{
    while (c->readers.count != 0) {
        struct ldisc_pending p = queue_remove(&c->readers, 0);

        c->ops->complete(c->ctx, LDISC_WAIT_READ, p.owner, p.token, LDISC_INTERRUPTED, NULL, 0);
    }
}

void writers_serve(struct ldisc *c)
{
    while (c->writers.count != 0 && (ldisc_poll(c) & LDISC_POLL_OUT) != 0) {
        struct ldisc_pending p = queue_remove(&c->writers, 0);

        c->ops->complete(c->ctx, LDISC_WAIT_ROOM, p.owner, p.token, LDISC_OK, NULL, 0);
    }
}

void ldisc_input(struct ldisc *c, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        edit_input(c, data[i]);
        output_pump(c);
        readers_serve(c);
    }
    writers_serve(c);
}

enum ldisc_result ldisc_read(struct ldisc *c, uint64_t owner, uint64_t token, uint8_t *buf,
                             size_t max, size_t *len)
{
    if (max == 0 || max > LDISC_READ_MAX) return LDISC_E_INVALID;
    if (c->readers.count == 0 && input_is_ready(c, max)) {
        *len = input_take(c, buf, max);
        return LDISC_OK;
    }
    return queue_add(&c->readers, owner, token, max) ? LDISC_PENDING : LDISC_E_BUSY;
}

void ldisc_give_back(struct ldisc *c, const uint8_t *data, size_t len)
{
    uint32_t room = LDISC_INPUT_SIZE - (c->in_head - c->in_tail);
    bool canonical = modes_have(c, LDISC_ICANON);

    if (len + 1 > room) {
        c->dropped += len;
        return;
    }
    if (len == 0 && canonical) c->input[--c->in_tail & (LDISC_INPUT_SIZE - 1)] = ENTRY_EOF;
    for (size_t i = len; i-- > 0;) {
        uint16_t mark = canonical && i + 1 == len ? ENTRY_END : 0;

        c->input[--c->in_tail & (LDISC_INPUT_SIZE - 1)] = (uint16_t)(data[i] | mark);
    }
}

enum ldisc_result ldisc_wait_room(struct ldisc *c, uint64_t owner, uint64_t token)
{
    if (c->writers.count == 0 && (ldisc_poll(c) & LDISC_POLL_OUT) != 0) return LDISC_OK;
    return queue_add(&c->writers, owner, token, 0) ? LDISC_PENDING : LDISC_E_BUSY;
}

static bool queue_cancel(struct ldisc *c, struct ldisc_queue *q, enum ldisc_wait kind,
                         uint64_t owner, uint64_t token)
{
    for (uint32_t i = 0; i < q->count; i++) {
        if (q->entry[i].owner != owner || q->entry[i].token != token) continue;
        queue_remove(q, i);
        c->ops->complete(c->ctx, kind, owner, token, LDISC_CANCELLED, NULL, 0);
        return true;
    }
    return false;
}

bool ldisc_cancel(struct ldisc *c, uint64_t owner, uint64_t token)
{
    return queue_cancel(c, &c->readers, LDISC_WAIT_READ, owner, token) ||
           queue_cancel(c, &c->writers, LDISC_WAIT_ROOM, owner, token);
}

static void queue_drop(struct ldisc_queue *q, uint64_t owner)
{
    for (uint32_t i = q->count; i-- > 0;) {
        if (q->entry[i].owner == owner) queue_remove(q, i);
    }
}

void ldisc_drop(struct ldisc *c, uint64_t owner)
{
    queue_drop(&c->readers, owner);
    queue_drop(&c->writers, owner);
}
