/* SPDX-License-Identifier: Apache-2.0 */
/* What the port_*.c files share: the interfaces, and handles that a parent passes on. */
#ifndef OS_PORTS_H
#define OS_PORTS_H

#include <sys/types.h>

#include "capmgr.h"
#include "component.h"
#include "os.h"

#define MANAGER ((capmgr_manager){&component_capmgr, 0})

enum { OS_HANDLE_TERMINAL = 1, OS_HANDLE_FILE = 2, OS_HANDLE_PIPE = 3 };

/* As the loader lays it out: futura.loader/1.Handle. */
struct os_handle {
    uint32_t fd, kind, mode, reserved;
    uint64_t ticket, offset;
};

/* Notification bits of a program: which connection has news; something that poll watches may be
 * ready; an alarm has expired. */
#define OS_BIT_TTY ((uint64_t)1)
#define OS_BIT_LOADER ((uint64_t)2)
#define OS_BIT_READY ((uint64_t)4)
#define OS_BIT_ALARM ((uint64_t)8)

/* Does this error mean that the server of the connection is gone? EDEAD alone: the call was not
 * delivered. */
static inline bool port_lost(fut_err e) { return e == FUT_EDEAD || e == FUT_EUNKNOWN; }

/* Has this program claimed the terminal (fut_foreground)? Only then do its waits end for signals of
 * the terminal: everybody else is ended by the foreground. */
bool tty_is_mine(void);
/* SIGINT or SIGQUIT: typed since fut_interrupted was asked last, at a program that has claimed the
 * terminal; else 0. OS_BIT_TTY tells of a change. */
int tty_signal(void);

/* Some server has ended (bit 63). If it was the terminal that this program has claimed: claims it
 * again, of its next life. */
void tty_look(void);

/* port_kill.c: ends a component by the use "supervise" (signal 0: only asks). 0, -EPERM (fut_denied
 * says why), -ESRCH. */
long supervise_kill(uint32_t component, uint32_t signal);
/* port_loader.c: ends a child (0: only asks). 0, -ECHILD: it is none, -ESRCH: it has ended. */
long child_kill(pid_t pid, uint32_t signal);

/* A connection that is made at first use; NULL: the program has no such use, or the server cannot
 * be reached. */
struct fipc_conn *port_fs_conn(void);

/* For `watch` methods: a ticket for OS_BIT_READY, if the server does not have one yet. *belled is
 * the slot of the connection that has one. */
long port_bell(struct fipc_conn *c, uint32_t *belled, uint64_t *ticket);

/* A ticket that stands for the open file or pipe, for whoever is at the other end of connection
 * `peer`. */
long fs_share(struct os_open *o, uint32_t peer, uint64_t *ticket);
long fs_redeem(uint64_t ticket, int pipe, struct os_open *o);

/* -errno of an error of the runtime; transport errors are EIO. */
static inline long port_error(fut_err e) { return e == FUT_OK ? 0 : e < 200 ? -(long)e : -5; }

#endif
