/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every component does first and last: its start page, its connection to capmgr, its
 * connections to the servers that its manifest names, and, for a server, accepting and closing
 * sessions when bit 63 rings.
 *
 *     int main(void)
 *     {
 *         component_start();
 *         fipc_server_init(&server, &config);              hooks.notified calls component_serve()
 *         component_serve(&server, offers, 1);             whoever waits already
 *         fipc_server_run(&server);
 *     }
 */
#ifndef COMPONENT_H
#define COMPONENT_H

#include "fipc/client.h"
#include "fipc/server.h"
#include "startpage.h"

/* The decoded start page. Valid after component_start. */
extern struct startpage component_page;
/* The connection to capmgr (slot 2); its root object is the Manager. */
extern struct fipc_conn component_capmgr;

/* Decodes the start page and makes the connection to capmgr. Ends the component where it is
 * malformed: nothing could be told to anybody. Idempotent: programs' C library has called it
 * already. */
void component_start(void);

/* Connects to the offer that the use `name` names. `lane` and `closure` are generated with the
 * interface (`<lib>_<iface>_lane`, its iface's closure), and `lane` must live as long as the
 * connection, which fipc_reconnect makes anew; `slots`: calls in flight, 1..64; `bits`:
 * notification bits that the server may raise here. Blocks until the server has accepted. ENOENT:
 * no such use; EVERSION: neither end's version of the interface knows the other's; else capmgr's or
 * the server's error. */
fut_err component_connect(const char *name, const struct fipc_iface *iface,
                          const struct fipc_lane_spec *lane, unsigned slots, uint64_t bits,
                          struct fipc_conn *conn);

/* As component_connect, for a ticket of the interface. */
fut_err component_redeem(uint64_t ticket, const struct fipc_iface *iface,
                         const struct fipc_lane_spec *lane, unsigned slots, uint64_t bits,
                         struct fipc_conn *conn);

/* Closes a connection; its struct may be used again. */
void component_disconnect(struct fipc_conn *conn);

/* The object of capmgr that stands for the facility behind use `name` ("boot", "process", "info",
 * "log", "power", "clock"); *kind is the union's tag in capmgr.fi. */
fut_err component_facility(const char *name, uint32_t *kind, uint32_t *object);

/* One offer of the server, in the order of the manifest's `offers`. `self` may be NULL. */
struct component_offer {
    const char *name;
    const struct fipc_binding *root;
    void *self;
};

/* Takes every connection that waits, and forgets every one that is closed. Call it when
 * FIPC_BIT_CAPMGR rings. */
void component_serve(struct fipc_server *server, const struct component_offer *offers,
                     unsigned count);

/* Starts a server that is ready for its clients; fails the component if it cannot. Where neither
 * the configuration nor its hooks say otherwise, a client that breaks the protocol in its lane is
 * refused: its session ends here, then with capmgr. */
void component_open(struct fipc_server *server, const struct fipc_server_config *config,
                    const struct component_offer *offers, unsigned count);
/* component_open, and serves for ever. */
void component_run(struct fipc_server *server, const struct fipc_server_config *config,
                   const struct component_offer *offers, unsigned count) __attribute__((noreturn));

/* Every right of an object: what a plain connect has, and a ticket that was asked for with 0. */
#define COMPONENT_ALL_RIGHTS (~0u)

/* For hooks.share of servers whose objects may be handed on: a ticket for an object of this
 * binding, which `cookie` names; `rights` 0: all that the asker has. A server whose interface
 * declares no rights must refuse others with EINVAL, here and in `component_shared`: what is not
 * understood is not given. Whoever redeems it gets a session of its own, whose root is what
 * `component_shared` (set by the server) answers. */
fut_err component_share(struct fipc_session *session, const struct fipc_binding *binding,
                        uint64_t cookie, uint32_t rights, uint64_t *ticket);
/* Finds what a redeemed ticket's cookie stands for: fills `offer` (root and self), or an error.
 * NULL: nothing is shared. The server must check that the cookie names one of its own live objects.
 * A connection can be copied (capmgr's ticket_connection), so one cookie
 * may come more often than it was given out. If no session comes of it, root->release(self, NULL)
 * is called; the same happens for a ticket that died unredeemed (capmgr's ticket_lost). */
extern fut_err (*component_shared)(uint64_t label, uint64_t cookie, uint32_t rights,
                                   struct component_offer *offer);

/* Whom to notify at a client's, as `watch` methods keep it, one for a session. Zeroed: nobody. */
struct component_bell {
    uint32_t slot;
};
/* Takes the ticket of a `watch` call, in place of an earlier one; 0: the earlier one stays. */
fut_err component_bell_take(struct component_bell *bell, uint64_t ticket);
void component_bell_ring(const struct component_bell *bell);
/* The session is over. */
void component_bell_drop(struct component_bell *bell);

/* The component's own memory: capmgr's `free` and `protect`, in pieces that it does in one request.
 * An error leaves what lies before it done. */
fut_err component_free(uint64_t at, uint64_t pages);
fut_err component_protect(uint64_t at, uint64_t pages, uint32_t map);

/* Severities of futura.capmgr. The text is cut at 480 bytes; supports %s %d %u %x %lu %lx %c %%
 * only. */
enum { COMPONENT_DEBUG, COMPONENT_INFO, COMPONENT_NOTICE, COMPONENT_WARNING, COMPONENT_ERROR };
void component_log(unsigned severity, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Logs an error and ends the component with status 1. */
void component_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Mapped registers and interrupt of the device with that compatible string; fails the component
 * where it is missing. */
const struct startpage_device *component_device(const char *compatible);

/* Clock: ticks now, ticks a second, and nanoseconds since start. */
uint64_t component_now_ns(void);

#endif
