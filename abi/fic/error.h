/* SPDX-License-Identifier: Apache-2.0 */
/* What every step of fic reports when it refuses its input: where, and what was expected. */
#ifndef FIC_ERROR_H
#define FIC_ERROR_H

/* A place in a text. line and column count from 1; 0: the input has no lines (an image).
 * `file` is borrowed and lives as long as the text that it names; NULL: unknown. */
struct fic_pos {
    const char *file;
    unsigned line, column;
};

/* Filled whenever a function of fic returns non-zero; untouched otherwise. */
struct fic_error {
    char file[256];     /* name of the input, "" if there is none */
    unsigned line;      /* from 1; 0: an image, see `path` */
    unsigned column;    /* from 1, in bytes */
    char path[192];     /* member at fault, as "File.read.data", or "" */
    char expected[256]; /* what was expected, as "a type" or "at most 64 fields" */
    char found[400];    /* what was there instead, or "" */
};

/* Sets *e and returns -1, so that callers may `return fic_fail(...)`. `pos` and `path` may be NULL.
 * `fmt` is what was expected. */
int fic_fail(struct fic_error *e, const struct fic_pos *pos, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds what was found to an error that fic_fail has set; returns -1. */
int fic_found(struct fic_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Formats "FILE:LINE:COLUMN: expected X, found Y (at PATH)" into buf (always terminated). */
void fic_error_format(const struct fic_error *e, char *buf, unsigned long size);

#endif
