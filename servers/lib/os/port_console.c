/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals: the one behind the use "tty", and those that a file turned out to be (/dev/console).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "console.h"
#include "futura/spawn.h"
#include "ports.h"

#define CHUNK 4032u

#define REDEEMED 4u

static struct fipc_conn conn, redeemed[REDEEMED];
static uint32_t belled[REDEEMED + 1]; /* as port_bell has it */
static int state;
static bool claimed;
static int pending; /* a signal that nobody has asked for yet */
static struct console_modes modes;
static bool modes_known; /* this program has set them */

static struct fipc_conn *tty_conn(const struct os_open *o)
{
    if (o->port != 0) return &redeemed[o->port - 1];
    os_start();
    if (state == 0)
        state = component_connect("tty", &console_terminal_peer, &console_terminal_lane, 2,
                                  OS_BIT_TTY, &conn) == FUT_OK
                    ? 1
                    : -1;
    return state == 1 ? &conn : NULL;
}

long tty_redeem(uint64_t ticket, struct os_open *o)
{
    fut_err e;

    o->kind = OS_TERMINAL;
    for (uint32_t i = 0; i < REDEEMED; i++) {
        if (redeemed[i].slot != 0) continue;
        e = component_redeem(ticket, &console_terminal_peer, &console_terminal_lane, 1, 0,
                             &redeemed[i]);
        if (e == FUT_OK) o->port = i + 1;
        return port_error(e);
    }
    (void)capmgr_manager_ticket_drop(MANAGER, ticket);
    return -EMFILE;
}

void tty_release(struct os_open *o)
{
    if (o->port == 0) return;
    belled[o->port] = 0;
    component_disconnect(&redeemed[o->port - 1]);
}

#define TTY ((console_terminal){c, 0})

static const struct os_open own = {.kind = OS_TERMINAL}; /* the terminal of the use "tty" */

bool tty_is_mine(void) { return claimed; }

/* After a call that failed: true if the terminal of the use "tty" was started again, and can be
 * asked once more. It knows neither the modes nor the foreground of its earlier life. */
static bool tty_lost(const struct os_open *o, fut_err e)
{
    struct fipc_conn *c = &conn;

    if (!port_lost(e) || o->port != 0 || state != 1) return false;
    belled[0] = 0;
    if (fipc_reconnect(c) != FUT_OK) {
        state = -1;
        claimed = false;
        return false;
    }
    if (modes_known) (void)console_terminal_set_modes(TTY, &modes, false);
    if (claimed) (void)console_terminal_claim(TTY);
    return true;
}

/* Makes a call, and once more if the terminal was started again. */
#define TTY_CALL(e, call)                                                                          \
    do {                                                                                           \
        (e) = (call);                                                                              \
        if (tty_lost(o, e)) (e) = (call);                                                          \
    } while (0)

void tty_look(void)
{
    if (claimed) (void)tty_lost(&own, fipc_ping(&conn, console_terminal_peer.tag, 0));
}

int tty_signal(void)
{
    struct fipc_event event;
    uint32_t missed = 0;

    if (!claimed) return 0;
    while (state == 1 && fipc_event_next(&conn, &event, &missed) == FUT_OK) {
        /* Of events that were lost one may have been a signal: better once too often than never. */
        if (missed != 0 || event.ordinal == CONSOLE_TERMINAL_EVENT_INTERRUPT) pending = SIGINT;
        if (event.ordinal == CONSOLE_TERMINAL_EVENT_QUIT) pending = SIGQUIT;
    }
    return pending;
}

int fut_foreground(void)
{
    const struct os_open *o = &own;
    struct fipc_conn *c = tty_conn(o);
    fut_err e = FUT_ENOENT;

    if (c != NULL) TTY_CALL(e, console_terminal_claim(TTY));
    claimed = e == FUT_OK;
    if (claimed) return 0;
    errno = ENOTTY;
    return -1;
}

int fut_interrupted(void)
{
    int signal = tty_signal();

    pending = 0;
    return signal;
}

long tty_read(struct os_open *o, void *to, size_t n, int nonblock)
{
    struct fipc_conn *c = tty_conn(o);
    uint32_t ready;
    size_t got = 0;
    fut_err e;

    if (c == NULL) return -EIO;
    if (nonblock && console_terminal_watch(TTY, CONSOLE_READY_READABLE, 0, &ready) == FUT_OK &&
        ready == 0)
        return -EAGAIN;
    do {
        TTY_CALL(e, console_terminal_read(TTY, n > CHUNK ? CHUNK : (uint32_t)n, to, n, &got));
    } while (e == FUT_EINTR && !tty_is_mine());
    return e != FUT_OK ? port_error(e) : (long)got;
}

long tty_write(struct os_open *o, const void *from, size_t n)
{
    struct fipc_conn *c = tty_conn(o);
    size_t done = 0;
    uint32_t put;
    fut_err e;

    if (c == NULL) return -EIO;
    while (done < n) {
        TTY_CALL(e, console_terminal_write(TTY, (const uint8_t *)from + done,
                                           n - done > CHUNK ? CHUNK : n - done, &put));
        if (e != FUT_OK) return done > 0 ? (long)done : port_error(e);
        done += put;
    }
    return (long)done;
}

/* Flags whose place differs between termios and the interface: one row each. */
static const struct flag_pair {
    unsigned termios, ours;
} input_flags[] = {{ICRNL, 1}, {INLCR, 2}, {IGNCR, 4}, {IXON, 8}},
  output_flags[] = {{OPOST, 1}, {ONLCR, 2}},
  local_flags[] = {{ICANON, 1}, {ECHO, 2},    {ECHOE, 4},   {ECHOK, 8},
                   {ISIG, 16},  {ECHONL, 32}, {ECHOCTL, 64}};

static unsigned to_ours(const struct flag_pair *pairs, size_t n, unsigned flags)
{
    unsigned out = 0;

    for (size_t i = 0; i < n; i++)
        out |= (flags & pairs[i].termios) != 0 ? pairs[i].ours : 0;
    return out;
}

static unsigned to_termios(const struct flag_pair *pairs, size_t n, unsigned flags)
{
    unsigned out = 0;

    for (size_t i = 0; i < n; i++)
        out |= (flags & pairs[i].ours) != 0 ? pairs[i].termios : 0;
    return out;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static long modes_get(const struct os_open *o, struct fipc_conn *c, struct termios *t)
{
    struct console_modes m;
    fut_err e;

    TTY_CALL(e, console_terminal_modes(TTY, &m));

    if (e != FUT_OK) return port_error(e);
    memset(t, 0, sizeof *t);
    t->c_iflag = to_termios(input_flags, COUNT(input_flags), m.input);
    t->c_oflag = to_termios(output_flags, COUNT(output_flags), m.output);
    t->c_lflag = to_termios(local_flags, COUNT(local_flags), m.local);
    t->c_cflag = CS8 | CREAD | B115200;
    t->c_cc[VINTR] = m.interrupt;
    t->c_cc[VQUIT] = m.quit;
    t->c_cc[VERASE] = m.erase;
    t->c_cc[VKILL] = m.kill;
    t->c_cc[VEOF] = m.eof;
    t->c_cc[VSUSP] = m.suspend;
    t->c_cc[VWERASE] = m.word_erase;
    t->c_cc[VMIN] = m.min;
    t->c_cc[VTIME] = m.time;
    return 0;
}

static long modes_set(const struct os_open *o, struct fipc_conn *c, const struct termios *t,
                      bool flush)
{
    struct console_modes m;
    fut_err e;

    memset(&m, 0, sizeof m);
    m.input = to_ours(input_flags, COUNT(input_flags), t->c_iflag);
    m.output = to_ours(output_flags, COUNT(output_flags), t->c_oflag);
    m.local = to_ours(local_flags, COUNT(local_flags), t->c_lflag);
    m.interrupt = t->c_cc[VINTR];
    m.quit = t->c_cc[VQUIT];
    m.erase = t->c_cc[VERASE];
    m.kill = t->c_cc[VKILL];
    m.eof = t->c_cc[VEOF];
    m.suspend = t->c_cc[VSUSP];
    m.word_erase = t->c_cc[VWERASE];
    m.min = t->c_cc[VMIN];
    m.time = t->c_cc[VTIME];
    TTY_CALL(e, console_terminal_set_modes(TTY, &m, flush));
    if (o->port == 0 && e == FUT_OK) modes = m, modes_known = true;
    return port_error(e);
}

long tty_ioctl(struct os_open *o, unsigned long request, void *argument)
{
    struct fipc_conn *c = tty_conn(o);
    struct winsize *w = argument;
    uint16_t rows, columns;
    fut_err e;

    if (c == NULL) return -EIO;
    switch (request) {
    case TCGETS: return modes_get(o, c, argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF: return modes_set(o, c, argument, request == TCSETSF);
    case TIOCGWINSZ:
        TTY_CALL(e, console_terminal_window(TTY, &rows, &columns));
        if (e == FUT_OK) *w = (struct winsize){rows, columns, 0, 0};
        return port_error(e);
    case TIOCSWINSZ: return port_error(console_terminal_set_window(TTY, w->ws_row, w->ws_col));
    default: return -ENOTTY;
    }
}

long tty_poll(struct os_open *o, int events, int wait)
{
    uint32_t ready = 0, wanted = ((events & POLLIN) != 0 ? CONSOLE_READY_READABLE : 0) |
                                 ((events & POLLOUT) != 0 ? CONSOLE_READY_WRITABLE : 0);
    struct fipc_conn *c = tty_conn(o);
    uint64_t ticket = 0;

    if (c == NULL) return POLLERR;
    if (wait && port_bell(c, &belled[o->port], &ticket) != 0) return POLLERR;
    if (console_terminal_watch(TTY, wanted, ticket, &ready) != FUT_OK) return POLLERR;
    return ((ready & CONSOLE_READY_READABLE) != 0 ? events & POLLIN : 0) |
           ((ready & CONSOLE_READY_WRITABLE) != 0 ? events & POLLOUT : 0) |
           ((ready & CONSOLE_READY_HANGUP) != 0 ? POLLHUP : 0);
}
