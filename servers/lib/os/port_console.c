/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal behind the use "tty". */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "console.h"
#include "ports.h"

#define CHUNK 4032u

static struct fipc_conn conn;
static int state;

static struct fipc_conn *tty_conn(void)
{
    os_start();
    if (state == 0)
        state = component_connect("tty", &console_terminal_iface, &console_terminal_lane, 2,
                                  OS_BIT_TTY, &conn) == FUT_OK
                    ? 1
                    : -1;
    return state == 1 ? &conn : NULL;
}

#define TTY ((console_terminal){c, 0})

void tty_claim(void)
{
    struct fipc_conn *c = tty_conn();

    if (c != NULL) (void)console_terminal_claim(TTY);
}

bool tty_interrupted(void)
{
    struct fipc_event event;
    uint32_t missed = 0;
    bool any = false;

    /* The interrupt is the only event: one that was lost was one too. */
    while (state == 1 && fipc_event_next(&conn, &event, &missed) == FUT_OK)
        any = true;
    return any || missed != 0;
}

long tty_read(void *to, size_t n, int nonblock)
{
    struct fipc_conn *c = tty_conn();
    uint32_t available;
    size_t got = 0;
    fut_err e;

    if (c == NULL) return -EIO;
    if (nonblock && console_terminal_available(TTY, &available) == FUT_OK && available == 0)
        return -EAGAIN;
    e = console_terminal_read(TTY, n > CHUNK ? CHUNK : (uint32_t)n, to, n, &got);
    return e != FUT_OK ? port_error(e) : (long)got;
}

long tty_write(const void *from, size_t n)
{
    struct fipc_conn *c = tty_conn();
    size_t done = 0;
    uint32_t put;
    fut_err e;

    if (c == NULL) return -EIO;
    while (done < n) {
        e = console_terminal_write(TTY, (const uint8_t *)from + done,
                                   n - done > CHUNK ? CHUNK : n - done, &put);
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

static long modes_get(struct fipc_conn *c, struct termios *t)
{
    struct console_modes m;
    fut_err e = console_terminal_modes(TTY, &m);

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

static long modes_set(struct fipc_conn *c, const struct termios *t, bool flush)
{
    struct console_modes m;

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
    return port_error(console_terminal_set_modes(TTY, &m, flush));
}

long tty_ioctl(unsigned long request, void *argument)
{
    struct fipc_conn *c = tty_conn();
    struct winsize *w = argument;
    uint16_t rows, columns;
    fut_err e;

    if (c == NULL) return -EIO;
    switch (request) {
    case TCGETS: return modes_get(c, argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF: return modes_set(c, argument, request == TCSETSF);
    case TIOCGWINSZ:
        e = console_terminal_window(TTY, &rows, &columns);
        if (e == FUT_OK) *w = (struct winsize){rows, columns, 0, 0};
        return port_error(e);
    case TIOCSWINSZ: return port_error(console_terminal_set_window(TTY, w->ws_row, w->ws_col));
    default: return -ENOTTY;
    }
}

long tty_poll(int events)
{
    struct fipc_conn *c = tty_conn();
    uint32_t available = 0;

    if (c == NULL) return POLLERR;
    if ((events & POLLIN) != 0 && console_terminal_available(TTY, &available) != FUT_OK)
        return POLLERR;
    return (events & POLLOUT) | (available != 0 ? POLLIN : 0);
}
