/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the loader's main: see README.md. */
#ifndef LOADER_PARTS_H
#define LOADER_PARTS_H

#include "component.h"
#include "spawn.h"

/* image.c: an executable behind futura.fs. Only one is open at a time. */

/* Opens a regular file that may be executed; fills `file`. Errors are those of execve(2). */
fut_err image_open(const void *path, size_t len, struct spawn_file *file);
void image_close(void);

/* process.c: the programs that run. */

/* A process object of the session for capmgr's object `child`, which is the process's from then on:
 * dropping the object releases it (and so ends a child that was not started). On an error the child
 * stays the caller's. */
fut_err process_add(struct fipc_session *session, uint32_t child, uint32_t *object);
/* Looks for ends and answers who waits. */
void processes_look(void);
/* The session goes: its programs are killed. */
void processes_close(struct fipc_session *session);
void processes_cancel(struct fipc_session *session, uint32_t slot, uint32_t seq);

#endif
