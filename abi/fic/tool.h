/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: reading inputs, writing outputs, reporting errors. */
#ifndef FIC_TOOL_H
#define FIC_TOOL_H
#include "commands.h"
#include "compile.h"
#include <stdio.h>

/* Prints an error to stderr; returns 1, the exit status. */
int fic_report(const struct fic_error *e);
bool fic_has_suffix(const char *path, const char *suffix);
/* Makes a folder and those above it; those that exist are fine. 0, or -1 and errno. */
int fic_make_folders(const char *dir);
/* Opens DIR/NAME for writing (DIR NULL: stdout, prefixed by nothing). NULL: reported. */
FILE *fic_open_out(const char *dir, const char *name);
/* Closes and checks what was written: 0, or 1 and it was reported. stdout stays open. */
int fic_close_out(FILE *f, const char *name);
int fic_write_file(const char *dir, const char *name, const void *data, size_t len);
/* Removes a file that an earlier run may have written; none there is fine. Returns the exit status.
 */
int fic_remove_file(const char *dir, const char *name);
/* Compiles a file; imports come from its own folder and from -I. 0, or -1 and *e. */
int fic_compile_file(struct fic_options *o, const char *path, struct fic_compiled **out,
                     struct fic_error *e);

#endif
