/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of the serial port as a server: offers futura.tty/1.Port.
 *
 * Everything waits in one place, the receive of the server's loop: an interrupt is a notification
 * bit, a read without data is a kept reply token, and a write never waits at all. Received bytes
 * pass through `stage`, from which they are taken only when a reply has certainly arrived, so that
 * a reader that is gone costs nobody a byte.
 */
#include <stddef.h>
#include <stdint.h>

#include "component.h"
#include "device.h"
#include "futura/syscall.h"
#include "tty.h"

#define TTY_CHUNK 4032u /* CHUNK of the interface: constants are folded away in its image */

#define SESSIONS 8u
#define READERS 16u /* reads that wait, of all clients */
#define STAGE_SIZE 1024u
#define COPY_SIZE 256u                /* bytes of a write that are copied at a time */
#define ROOM_LEAST (UART_TX_SIZE / 2) /* free bytes at which `writable` is sent */

struct reader {
    struct fipc_deferred call;
    uint32_t count; /* most bytes that it wants */
};

static uint64_t lost_told; /* dropped bytes that readers know of */

static struct reader readers[READERS]; /* oldest first */
static uint32_t reader_count;
static bool wants_room[SESSIONS]; /* by index of the session: a write of its was cut short */

static uint8_t stage[STAGE_SIZE]; /* bytes [stage_at, stage_end) come before those of `uart` */
static uint32_t stage_at, stage_end;

static struct fipc_server server;
static struct fipc_session sessions[SESSIONS];
static _Alignas(16) uint8_t arena[TTY_PORT_ARENA + 16];

/* --- the device --- */

/* Bytes that never reached a reader. An overrun is at least one. */
static uint64_t lost_total(void)
{
    const struct uart_stats *stats = &uart->queue->stats;

    return stats->overruns + stats->framing + stats->parity;
}

static uint64_t interrupt_bits(void)
{
    uint64_t bits = 0;

    for (uint32_t i = 0; i < uart_device->irq_count; i++)
        bits |= 1ull << uart_device->irq[i].bit;
    return bits;
}

static void device_start(void)
{
    uart_start();
    if ((interrupt_bits() & (FIPC_BIT_DOORBELL | FIPC_BIT_CAPMGR)) != 0)
        component_fail("the interrupt's bit is taken: use one below 62");
}

/* --- readers --- */

static struct fipc_deferred reader_remove(uint32_t index)
{
    struct fipc_deferred call = readers[index].call;

    reader_count--;
    for (uint32_t i = index; i < reader_count; i++)
        readers[i] = readers[i + 1];
    return call;
}

/* Answers readers while there is data. Data stays in the stage until a reply has arrived. */
static void readers_serve(void)
{
    while (reader_count != 0) {
        uint64_t lost = lost_total() - lost_told;
        struct fipc_deferred call;
        uint32_t n;

        if (stage_at == stage_end) {
            stage_at = 0;
            stage_end = (uint32_t)uart->read(stage, STAGE_SIZE);
        }
        n = stage_end - stage_at;
        if (n == 0) return;
        if (n > readers[0].count) n = readers[0].count;
        if (lost > UINT32_MAX) lost = UINT32_MAX;
        call = reader_remove(0);
        if (tty_port_read_reply(&call, stage + stage_at, n, (uint32_t)lost) == FUT_OK) {
            stage_at += n;
            lost_told += lost;
        }
    }
}

static fut_err port_read(void *self, struct fipc_req *r, uint32_t count, struct fipc_out *data,
                         uint32_t *lost)
{
    (void)self;
    (void)data;
    (void)lost;
    if (count == 0) return FUT_EINVAL;
    if (fipc_cancelled(r)) return FUT_ECANCELED;
    if (reader_count == READERS) return FUT_EBUSY;
    readers[reader_count].count = count < TTY_CHUNK ? count : TTY_CHUNK;
    (void)fipc_defer(r, &readers[reader_count++].call);
    readers_serve();
    return FIPC_DEFERRED;
}

/* --- writers --- */

static uint32_t session_index(const struct fipc_session *session)
{
    return (uint32_t)(session - sessions);
}

static fut_err port_write(void *self, struct fipc_req *r, const struct fipc_view *data,
                          uint32_t *count)
{
    uint8_t buf[COPY_SIZE];
    uint32_t done = 0;

    (void)self;
    while (done < data->len) {
        uint32_t n = data->len - done;
        uint32_t room = uart_tx_room(uart->queue);

        if (n > COPY_SIZE) n = COPY_SIZE;
        if (n > room) n = room;
        if (n == 0) break;
        if (fipc_view_copy(data, done, buf, n) != FUT_OK) return FUT_EBADMSG;
        done += (uint32_t)uart->write(buf, n);
    }
    if (done < data->len) wants_room[session_index(r->session)] = true;
    *count = done;
    return FUT_OK;
}

/* Tells those whose writes were cut short. An event that finds its ring full is not repeated: 64
 * others wait there, and whoever reads them writes again. */
static void writers_tell(void)
{
    if (uart_tx_room(uart->queue) < ROOM_LEAST) return;
    for (uint32_t i = 0; i < SESSIONS; i++) {
        if (!wants_room[i]) continue;
        wants_room[i] = false;
        (void)tty_port_writable_event(&sessions[i], 0);
    }
}

/* --- the server --- */

static const struct tty_port_ops port_ops = {.write = port_write, .read = port_read};
static const struct fipc_binding port = {&tty_port_iface, &port_ops, NULL};
static const struct component_offer offers[] = {{"tty", &port, NULL}};

static void interrupts_acknowledge(uint64_t bits)
{
    for (uint32_t i = 0; i < uart_device->irq_count; i++) {
        if ((bits >> uart_device->irq[i].bit & 1) != 0)
            (void)fut_sys_irq_ack(uart_device->irq[i].slot);
    }
}

/* An edge that comes while the interrupt is masked may be lost, so it is acknowledged first; a
 * level that nobody has looked at yet would only come again. */
static void interrupts_serve(uint64_t bits)
{
    if (uart->ack_first) interrupts_acknowledge(bits);
    (void)uart->interrupt();
    if (!uart->ack_first) interrupts_acknowledge(bits);
    readers_serve();
    writers_tell();
}

static void on_notified(struct fipc_server *s, uint64_t bits)
{
    if ((bits & interrupt_bits()) != 0) interrupts_serve(bits);
    if ((bits & FIPC_BIT_CAPMGR) != 0) component_serve(s, offers, 1);
}

static void on_closed(struct fipc_server *s, struct fipc_session *session)
{
    (void)s;
    wants_room[session_index(session)] = false;
    for (uint32_t i = reader_count; i-- > 0;) {
        struct fipc_deferred call = readers[i].call;

        if (call.badge != session->badge) continue;
        (void)reader_remove(i);
        (void)fipc_reply_error(&call, FUT_ECANCELED, 0);
    }
}

static void on_cancelled(struct fipc_server *s, struct fipc_session *session, uint32_t slot,
                         uint32_t seq)
{
    (void)s;
    for (uint32_t i = 0; i < reader_count; i++) {
        if (fipc_deferred_is(&readers[i].call, session, slot, seq)) {
            struct fipc_deferred call = reader_remove(i);

            (void)fipc_reply_error(&call, FUT_ECANCELED, 0);
            return;
        }
    }
}

static const struct fipc_server_hooks hooks = {
    .notified = on_notified, .closed = on_closed, .cancelled = on_cancelled};

int main(void)
{
    const struct fipc_server_config config = {.slot = 1,
                                              .sessions = sessions,
                                              .nsessions = SESSIONS,
                                              .arena = arena,
                                              .arena_size = sizeof(arena),
                                              .doorbells = FIPC_BIT_DOORBELL,
                                              .hooks = &hooks};

    component_start();
    device_start();
    component_run(&server, &config, offers, 1);
}
