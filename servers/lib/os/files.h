/* SPDX-License-Identifier: Apache-2.0 */
/* Between port_fs.c, which knows names, and port_file.c, which knows open files. */
#ifndef OS_FILES_H
#define OS_FILES_H

#include "fs.h"
#include "fsclient.h"
#include "ports.h"

/* Lives of vfs so far: an open file of an earlier one is gone. */
extern uint32_t port_fs_life;

/* The answer of a call to vfs: 1 if vfs died of it; the connection is made anew at its next use. */
int port_fs_lost(fut_err e);

void file_stat_fill(struct stat *st, const struct fs_attr *a);
/* NULL: not changed. */
long file_set_times(struct os_open *o, const struct fs_time *atime, const struct fs_time *mtime);

#endif
