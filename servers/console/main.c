/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console as a server: offers futura.console/1.Terminal, one terminal to all its clients, and
 * uses a serial port (port.h).
 *
 * The line discipline holds the reads that wait; this file keeps their reply tokens, by index.
 * Writes that did not fit wait here, in the order they came, with a copy of their bytes; for the
 * first of them the discipline waits for room. The discipline's operations may not call back into
 * it, so they only leave notes, and settle() does what follows after each message.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "component.h"
#include "console.h"
#include "ldisc.h"
#include "modes.h"
#include "port.h"

#define CONSOLE_CHUNK 4032u /* CHUNK of the interface: constants are folded away in its image */

#define SESSIONS 128u
#define READERS LDISC_PENDING_MAX /* reads that wait, of all clients */
#define WRITERS 8u                /* writes that wait, of all clients */
#define COPY_SIZE 256u            /* bytes of a write that are copied at a time */
#define OWNER_ROOM 0u             /* owns the wait for room; no badge is 0 */

/* A write that was not taken whole. */
struct writer {
    struct fipc_deferred call;
    struct writer *next;
    uint32_t taken; /* bytes of the whole write that the discipline has */
    uint32_t at, len;
    uint8_t data[CONSOLE_CHUNK]; /* [at, len) are still to come */
};

static struct ldisc line;
static struct fipc_deferred readers[READERS]; /* session NULL: free; the index is the token */
static uint8_t input[LDISC_READ_MAX];

static struct writer writers[WRITERS];
static struct writer *writer_first, *writer_free;
static bool room_awaited; /* the discipline will say when there is room */

/* By index of the session: `readable` is to be sent; what it watches for, and whom to notify. */
static bool awaits_input[SESSIONS];
static uint32_t watched[SESSIONS];
static struct component_bell bells[SESSIONS];
/* Which claim of the foreground was a session's last, 0: none. The foreground is the highest. */
static uint64_t claims[SESSIONS], claim_count;

static struct fipc_server server;
static struct fipc_session sessions[SESSIONS];
static _Alignas(16) uint8_t arena[CONSOLE_TERMINAL_ARENA + 16];

static uint32_t session_index(const struct fipc_session *session)
{
    return (uint32_t)(session - sessions);
}

/* --- what the discipline calls --- */

static bool reader_answer(uint32_t index, enum ldisc_result result, const uint8_t *data, size_t len)
{
    struct fipc_deferred call = readers[index];

    readers[index].session = NULL;
    if (result == LDISC_OK) return console_terminal_read_reply(&call, data, len) == FUT_OK;
    (void)fipc_reply_error(&call, result == LDISC_INTERRUPTED ? FUT_EINTR : FUT_ECANCELED, 0);
    return true;
}

static bool on_complete(void *ctx, enum ldisc_wait kind, uint64_t owner, uint64_t token,
                        enum ldisc_result result, const uint8_t *data, size_t len)
{
    (void)ctx;
    (void)owner;
    if (kind == LDISC_WAIT_READ) return reader_answer((uint32_t)token, result, data, len);
    room_awaited = false;
    return true;
}

static size_t on_transmit(void *ctx, const uint8_t *data, size_t len)
{
    (void)ctx;
    return port_transmit(data, len);
}

static struct fipc_session *foreground(void)
{
    uint32_t last = 0;

    for (uint32_t i = 1; i < SESSIONS; i++)
        last = claims[i] > claims[last] ? i : last;
    return claims[last] != 0 ? &sessions[last] : NULL;
}

/* Suspending is disabled (console_start): nothing stops programs. */
static void on_signal(void *ctx, enum ldisc_signal signal)
{
    struct fipc_session *session = foreground();

    (void)ctx;
    if (session == NULL || signal == LDISC_SIG_SUSP) return;
    if (signal == LDISC_SIG_INTR)
        (void)console_terminal_interrupt_event(session, 0);
    else
        (void)console_terminal_quit_event(session, 0);
}

static const struct ldisc_ops line_ops = {on_complete, on_transmit, on_signal};

/* --- reading --- */

static fut_err on_read(void *self, struct fipc_req *r, uint32_t count, struct fipc_out *data)
{
    uint64_t owner = r->session->badge;
    enum ldisc_result result;
    uint32_t i = 0;
    size_t n;

    (void)self;
    (void)data;
    if (count == 0) return FUT_EINVAL;
    if (fipc_cancelled(r)) return FUT_ECANCELED;
    if (count > CONSOLE_CHUNK) count = CONSOLE_CHUNK;
    while (i < READERS && readers[i].session != NULL)
        i++;
    if (i == READERS) return FUT_EBUSY;
    (void)fipc_defer(r, &readers[i]);
    result = ldisc_read(&line, owner, i, input, count, &n);
    if (result == LDISC_OK) {
        if (!reader_answer(i, LDISC_OK, input, n)) ldisc_give_back(&line, input, n);
    } else if (result != LDISC_PENDING) {
        readers[i].session = NULL;
        return FUT_EBUSY;
    }
    return FIPC_DEFERRED;
}

static fut_err on_available(void *self, struct fipc_req *r, uint32_t *count)
{
    (void)self;
    *count = (uint32_t)ldisc_available(&line);
    if ((ldisc_poll(&line) & LDISC_POLL_IN) == 0) awaits_input[session_index(r->session)] = true;
    return FUT_OK;
}

static uint32_t ready_now(void)
{
    uint32_t ready = ldisc_poll(&line);

    return ((ready & LDISC_POLL_IN) != 0 ? CONSOLE_READY_READABLE : 0) |
           ((ready & LDISC_POLL_OUT) != 0 ? CONSOLE_READY_WRITABLE : 0);
}

static fut_err on_watch(void *self, struct fipc_req *r, uint32_t events, uint64_t notify,
                        uint32_t *ready)
{
    uint32_t i = session_index(r->session);
    fut_err e = component_bell_take(&bells[i], notify);

    (void)self;
    if (e != FUT_OK) return e;
    *ready = ready_now() & events;
    watched[i] = *ready == 0 ? events : 0;
    return FUT_OK;
}

static void watchers_tell(void)
{
    uint32_t ready = ready_now();

    for (uint32_t i = 0; i < SESSIONS; i++) {
        if ((watched[i] & ready) == 0) continue;
        watched[i] = 0;
        component_bell_ring(&bells[i]);
    }
}

static void readable_tell(void)
{
    if ((ldisc_poll(&line) & LDISC_POLL_IN) == 0) return;
    for (uint32_t i = 0; i < SESSIONS; i++) {
        if (!awaits_input[i]) continue;
        awaits_input[i] = false;
        (void)console_terminal_readable_event(&sessions[i], 0);
    }
}

/* --- writing --- */

/* Takes as much of the view from `at` on as the discipline has room for; where it stopped. */
static uint32_t view_write(const struct fipc_view *view, uint32_t at)
{
    uint8_t buf[COPY_SIZE];

    while (at < view->len) {
        uint32_t n = view->len - at < COPY_SIZE ? view->len - at : COPY_SIZE;
        size_t taken;

        if (fipc_view_copy(view, at, buf, n) != FUT_OK) break;
        taken = ldisc_write(&line, buf, n);
        at += (uint32_t)taken;
        if (taken < n) break;
    }
    return at;
}

static fut_err writer_add(struct fipc_req *r, const struct fipc_view *view, uint32_t at)
{
    struct writer *w = writer_free, **last = &writer_first;

    w->taken = at;
    w->at = 0;
    w->len = view->len - at;
    if (fipc_view_copy(view, at, w->data, w->len) != FUT_OK) return FUT_EBADMSG;
    writer_free = w->next;
    w->next = NULL;
    while (*last != NULL)
        last = &(*last)->next;
    *last = w;
    return fipc_defer(r, &w->call);
}

/* With no place to wait in, a write that was begun answers what was taken. */
static fut_err on_write(void *self, struct fipc_req *r, const struct fipc_view *data,
                        uint32_t *count)
{
    uint32_t done = writer_first == NULL ? view_write(data, 0) : 0;
    bool may_wait = writer_free != NULL && !fipc_cancelled(r);

    (void)self;
    if (data->len > CONSOLE_CHUNK) return FUT_EBADMSG;
    if (done < data->len && may_wait) return writer_add(r, data, done);
    if (done == 0 && data->len != 0) return writer_free == NULL ? FUT_EBUSY : FUT_ECANCELED;
    *count = done;
    return FUT_OK;
}

static struct fipc_deferred writer_remove(struct writer **at)
{
    struct writer *w = *at;

    *at = w->next;
    w->next = writer_free;
    writer_free = w;
    return w->call;
}

/* Goes on with the writes that wait, as far as there is room. */
static void writers_serve(void)
{
    while (writer_first != NULL && !room_awaited) {
        struct writer *w = writer_first;
        size_t n = ldisc_write(&line, w->data + w->at, w->len - w->at);

        w->at += (uint32_t)n;
        w->taken += (uint32_t)n;
        if (w->at == w->len) {
            struct fipc_deferred call = writer_remove(&writer_first);

            (void)console_terminal_write_reply(&call, w->taken);
        } else {
            room_awaited = ldisc_wait_room(&line, OWNER_ROOM, 0) == LDISC_PENDING;
        }
    }
}

/* --- modes, window, foreground --- */

static fut_err on_modes(void *self, struct fipc_req *r, struct console_modes *modes)
{
    struct ldisc_modes m;

    (void)self;
    (void)r;
    ldisc_modes_get(&line, &m);
    modes_to_wire(&m, modes);
    return FUT_OK;
}

static fut_err on_set_modes(void *self, struct fipc_req *r, const struct console_modes *modes,
                            bool flush)
{
    struct ldisc_modes m;

    (void)self;
    (void)r;
    ldisc_modes_get(&line, &m);
    if (!modes_from_wire(modes, &m)) return FUT_EINVAL;
    return ldisc_modes_set(&line, &m, flush) == LDISC_OK ? FUT_OK : FUT_EINVAL;
}

static fut_err on_window(void *self, struct fipc_req *r, uint16_t *rows, uint16_t *columns)
{
    struct ldisc_size size;

    (void)self;
    (void)r;
    ldisc_size_get(&line, &size);
    *rows = size.rows;
    *columns = size.columns;
    return FUT_OK;
}

static fut_err on_set_window(void *self, struct fipc_req *r, uint16_t rows, uint16_t columns)
{
    const struct ldisc_size size = {rows, columns};

    (void)self;
    (void)r;
    return ldisc_size_set(&line, &size) == LDISC_OK ? FUT_OK : FUT_EINVAL;
}

static fut_err on_claim(void *self, struct fipc_req *r)
{
    (void)self;
    claims[session_index(r->session)] = ++claim_count;
    return FUT_OK;
}

/* --- the server --- */

static const struct console_terminal_ops terminal_ops = {.write = on_write,
                                                         .read = on_read,
                                                         .modes = on_modes,
                                                         .set_modes = on_set_modes,
                                                         .window = on_window,
                                                         .set_window = on_set_window,
                                                         .available = on_available,
                                                         .claim = on_claim,
                                                         .watch = on_watch};
static const struct fipc_binding terminal = {&console_terminal_iface, &terminal_ops, NULL};
static const struct component_offer offers[] = {{"tty", &terminal, NULL}};

static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & PORT_BIT) != 0) port_serve();
    if ((bits & FIPC_BIT_CAPMGR) != 0) {
        component_serve(s, offers, 1);
        port_check();
    }
}

static void on_closed(struct fipc_server *s, struct fipc_session *session)
{
    struct writer **at = &writer_first;

    (void)s;
    ldisc_drop(&line, session->badge);
    for (uint32_t i = 0; i < READERS; i++) {
        if (readers[i].session != session) continue;
        (void)fipc_reply_error(&readers[i], FUT_ECANCELED, 0);
        readers[i].session = NULL;
    }
    while (*at != NULL) {
        if ((*at)->call.session == session) {
            (void)fipc_reply_error(&(*at)->call, FUT_ECANCELED, 0);
            (void)writer_remove(at);
        } else {
            at = &(*at)->next;
        }
    }
    awaits_input[session_index(session)] = false;
    watched[session_index(session)] = 0;
    component_bell_drop(&bells[session_index(session)]);
    claims[session_index(session)] = 0;
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                         uint32_t seq)
{
    (void)s;
    for (uint32_t i = 0; i < READERS; i++) {
        if (readers[i].session != NULL && fipc_deferred_is(&readers[i], session, slot, seq)) {
            (void)ldisc_cancel(&line, session->badge, i);
            return;
        }
    }
    for (struct writer **at = &writer_first; *at != NULL; at = &(*at)->next) {
        if (fipc_deferred_is(&(*at)->call, session, slot, seq)) {
            uint32_t taken = (*at)->taken;
            struct fipc_deferred call = writer_remove(at);

            if (taken != 0)
                (void)console_terminal_write_reply(&call, taken);
            else
                (void)fipc_reply_error(&call, FUT_ECANCELED, 0);
            return;
        }
    }
}

static const struct fipc_server_hooks hooks = {
    .notified = on_notified, .closed = on_closed, .cancelled = on_cancelled};

static void on_received(const uint8_t *data, size_t len) { ldisc_input(&line, data, len); }

static void on_writable(void) { ldisc_output_ready(&line); }

static const struct port_ops port_ops = {on_received, on_writable};

/* What the last message left to do. The port may be lost at any transmission. */
static void settle(void)
{
    do {
        port_mend();
        writers_serve();
        readable_tell();
        watchers_tell();
    } while (port_is_lost());
}

static void console_start(void)
{
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof(arena),
                                              .doorbells = FIPC_BIT_DOORBELL,
                                              .hooks = &hooks};
    struct ldisc_modes modes;

    for (uint32_t i = 0; i < WRITERS; i++) {
        writers[i].next = writer_free;
        writer_free = &writers[i];
    }
    ldisc_init(&line, &line_ops, NULL);
    ldisc_modes_get(&line, &modes);
    modes.cc[LDISC_VSUSP] = 0;
    (void)ldisc_modes_set(&line, &modes, false);
    port_start(&port_ops);
    component_open(&server, &config, offers, 1);
}

int main(void)
{
    component_start();
    console_start();
    for (;;) {
        fipc_server_step(&server);
        settle();
    }
}
