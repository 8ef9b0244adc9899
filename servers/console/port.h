/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's connection to its serial port, futura.tty/1.Port from the use `port`.
 *
 * One read is always under way, asynchronously; its answer and the port's events ring PORT_BIT.
 * Writes are synchronous, because a port answers them without waiting. When the driver dies the
 * connection is lost: transmission then takes nothing, until port_mend() has connected anew.
 * Single-threaded.
 */
#ifndef PORT_H
#define PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_BIT (1ull << 0) /* the notification bit that the driver raises here */

struct port_ops {
    /* Bytes came. May call port_transmit(). */
    void (*received)(const uint8_t *data, size_t len);
    /* The port takes bytes again. May call port_transmit(). */
    void (*writable)(void);
};

/* Connects; blocks until the driver has accepted. Fails the component without a driver. */
void port_start(const struct port_ops *ops);

/* PORT_BIT rang: takes received bytes and events. */
void port_serve(void);

/* Bit 63 rang, which is also raised when a server goes: is the driver still there? */
void port_check(void);

/* Sends bytes; how many were taken. 0: the port is full (writable follows) or lost. Not blocking.
 */
size_t port_transmit(const uint8_t *data, size_t len);

bool port_is_lost(void);

/* Connects again if the port is lost; blocks until the driver runs again. What was being sent when
 * it was lost may be lost or come twice. Fails the component when the driver does not come back, or
 * is lost again and again without any success between. */
void port_mend(void);

#endif
