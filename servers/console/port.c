/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the serial port; see port.h. */
#include "port.h"

#include "component.h"
#include "tty.h"

#define TTY_CHUNK 4032u /* CHUNK of the interface: constants are folded away in its image */

#define SLOTS 2u  /* the read that is always under way, and a write */
#define TRIES 16u /* losses in a row without a byte moved */

static const struct port_ops *ops;
static struct fipc_conn conn;
static struct fipc_call reading; /* the read under way, while not lost */
static bool lost, full;          /* full: a write was cut short and `writable` has not come */
static unsigned losses;          /* since the last success */
static uint8_t input[TTY_CHUNK];

static tty_port port(void) { return (tty_port){&conn, 0}; }

static void port_lose(fut_err e)
{
    if (lost) return;
    lost = true;
    losses++;
    component_log(COMPONENT_WARNING, "the serial port is lost (error %u)", e);
}

static void port_moved(void) { losses = 0; }

static void read_begin(void)
{
    fut_err e = tty_port_read_begin(port(), TTY_CHUNK, &reading);

    if (e != FUT_OK) port_lose(e);
}

static void port_connect(void)
{
    fut_err e = component_connect("port", &tty_port_peer, &tty_port_lane, SLOTS, PORT_BIT, &conn);

    if (e != FUT_OK) component_fail("no connection to the serial port (error %u)", e);
    lost = full = false;
    read_begin();
}

void port_start(const struct port_ops *o)
{
    ops = o;
    port_connect();
}

/* Takes the answers of reads while there are any. */
static void reads_serve(void)
{
    while (!lost) {
        size_t n;
        uint32_t dropped;
        fut_err e = tty_port_read_end(&reading, input, sizeof(input), &n, &dropped);

        if (e == FUT_EAGAIN) return;
        if (e != FUT_OK) {
            port_lose(e);
            return;
        }
        port_moved();
        if (dropped != 0) component_log(COMPONENT_WARNING, "%u bytes of input were lost", dropped);
        read_begin();
        ops->received(input, n);
    }
}

/* Every event, also one that was lost, may have been `writable`: there is no other. */
static void events_serve(void)
{
    struct fipc_event event;
    uint32_t missed;
    bool any = false;
    fut_err e;

    while (!lost && (e = fipc_event_next(&conn, &event, &missed)) != FUT_EAGAIN) {
        if (e != FUT_OK) port_lose(e);
        any = true;
    }
    if (!any || lost) return;
    full = false;
    ops->writable();
}

void port_serve(void)
{
    reads_serve();
    events_serve();
}

void port_check(void)
{
    fut_err e = lost ? FUT_OK : fipc_ping(&conn, tty_port_peer.tag, 0);

    if (e != FUT_OK) port_lose(e);
}

size_t port_transmit(const uint8_t *data, size_t len)
{
    uint32_t taken;
    fut_err e;

    if (lost || full || len == 0) return 0;
    if (len > TTY_CHUNK) len = TTY_CHUNK;
    e = tty_port_write(port(), data, len, &taken);
    if (e == FUT_OK && taken > len) e = FUT_EPROTO;
    if (e != FUT_OK) {
        port_lose(e);
        return 0;
    }
    if (taken != 0) port_moved();
    full = taken < len;
    return taken;
}

bool port_is_lost(void) { return lost; }

void port_mend(void)
{
    if (!lost) return;
    if (losses > TRIES) component_fail("the serial port was lost %u times in a row", losses);
    component_disconnect(&conn);
    port_connect();
    if (lost) return;
    component_log(COMPONENT_NOTICE, "connected to the serial port again");
    ops->writable();
}
