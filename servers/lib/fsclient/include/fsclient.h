/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's files at the filesystems themselves. vfs opens a file; `fsclient_direct` moves it to
 * the client's session with the filesystem, which is made when the first file needs it. From then
 * on vfs leaves files of that filesystem there when it opens them (`fsclient_opened`).
 *
 * A filesystem that dies takes its session and all files along: they answer ESTALE; files that are
 * opened later get a new session. One thread at a time.
 */
#ifndef FSCLIENT_H
#define FSCLIENT_H

#include "fipc/client.h"
#include "fs.h"

#define FSCLIENT_VOLUMES 6u /* sessions at a time; more filesystems are reached through vfs */

struct fsclient_volume {
    uint64_t number; /* by which vfs knows it, of one life of the filesystem */
    uint32_t files;  /* objects that the client has there */
    bool dead;
    struct fipc_conn conn; /* slot 0: free */
};

/* A file after `fsclient_direct`. */
struct fsclient_place {
    struct fsclient_volume *volume; /* NULL: it stays at vfs, or is a terminal */
    uint32_t object;
    uint64_t terminal; /* not 0: a ticket for futura.console/1.Terminal */
};

/* Asks for the way to `file`, an object of a session with vfs, and makes the session if need be.
 * The object at vfs stays the caller's to release. Answers FUT_OK with volume, or with terminal, or
 * with neither (there is no way but through vfs, now at least); ESTALE: the filesystem is gone.
 * Waits until the filesystem has accepted the session. */
fut_err fsclient_direct(fs_file file, struct fsclient_place *place);

/* The volume of an answer of Directory.open_direct; NULL: it died meanwhile. Counts the file. */
struct fsclient_volume *fsclient_opened(uint64_t number);

/* Releases the file. */
void fsclient_release(struct fsclient_volume *v, uint32_t object);

/* What a call to the volume answered: a transport error means that it is dead, ESTALE. */
fut_err fsclient_error(struct fsclient_volume *v, fut_err e);

#endif
