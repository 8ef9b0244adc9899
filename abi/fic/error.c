/* SPDX-License-Identifier: Apache-2.0 */
/* Errors with a place and an expectation. */
#include "error.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void copy_text(char *dst, size_t size, const char *src)
{
    snprintf(dst, size, "%s", src ? src : "");
}

int fic_fail(struct fic_error *e, const struct fic_pos *pos, const char *path, const char *fmt, ...)
{
    va_list ap;

    memset(e, 0, sizeof(*e));
    if (pos) {
        copy_text(e->file, sizeof(e->file), pos->file);
        e->line = pos->line;
        e->column = pos->column;
    }
    copy_text(e->path, sizeof(e->path), path);
    va_start(ap, fmt);
    vsnprintf(e->expected, sizeof(e->expected), fmt, ap);
    va_end(ap);
    return -1;
}

int fic_found(struct fic_error *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e->found, sizeof(e->found), fmt, ap);
    va_end(ap);
    return -1;
}

void fic_error_format(const struct fic_error *e, char *buf, unsigned long size)
{
    char place[300] = "";

    if (e->file[0] && e->line)
        snprintf(place, sizeof(place), "%s:%u:%u: ", e->file, e->line, e->column);
    else if (e->file[0])
        snprintf(place, sizeof(place), "%s: ", e->file);
    else if (e->line)
        snprintf(place, sizeof(place), "%u:%u: ", e->line, e->column);
    snprintf(buf, size, "%sexpected %s%s%s%s%s%s", place, e->expected,
             e->found[0] ? ", found " : "", e->found, e->path[0] ? " (at " : "", e->path,
             e->path[0] ? ")" : "");
}
