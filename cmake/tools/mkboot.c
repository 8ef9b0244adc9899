/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mkboot LIST ARCHIVE: writes the boot archive (cpio "newc") from a list.
 *
 * One entry a line, fields separated by one space, the last one runs to the end of the line:
 *     file PATH MODE SOURCE      link PATH MODE TARGET      dir PATH MODE -
 * The archive is a function of the list's set of lines and the files' bytes alone: entries are
 * sorted, missing parent folders are added, owner and time are 0, inode numbers count up. A path
 * given twice is an error. Status 1 and a message naming the line on any error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LIMIT 1023u

struct entry {
    char *path, *source;
    unsigned mode; /* with the type bits */
    unsigned line;
};

struct table {
    struct entry *at;
    size_t count, room;
};

static const char *list_name;

static void die(unsigned line, const char *format, ...)
{
    va_list ap;

    if (line != 0) {
        fprintf(stderr, "%s:%u: ", list_name, line);
    } else {
        fprintf(stderr, "mkboot: ");
    }
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    exit(1);
}

static void *xrealloc(void *p, size_t size)
{
    void *q = realloc(p, size);

    if (q == NULL) die(0, "out of memory");
    return q;
}

static char *xstrdup(const char *s, size_t length)
{
    char *copy = xrealloc(NULL, length + 1);

    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

static void table_add(struct table *t, struct entry e)
{
    if (t->count == t->room) {
        t->room = t->room * 2 + 64;
        t->at = xrealloc(t->at, t->room * sizeof *t->at);
    }
    t->at[t->count++] = e;
}

/* The same rules that the reader in abi/boot enforces: relative, no empty, "." or ".." component.
 */
static void path_check(const char *path, unsigned line)
{
    const char *p = path;

    if (strlen(path) > PATH_LIMIT) die(line, "path is longer than %u bytes", PATH_LIMIT);
    for (;;) {
        size_t n = strcspn(p, "/");

        if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            die(line, "path \"%s\" is absolute or has an empty, \".\" or \"..\" component", path);
        if (p[n] == '\0') return;
        p += n + 1;
    }
}

static char *field_next(char **cursor, unsigned line, const char *what)
{
    char *start = *cursor, *space = strchr(start, ' ');

    if (space == NULL || space == start) die(line, "expected %s", what);
    *space = '\0';
    *cursor = space + 1;
    return start;
}

static void line_parse(struct table *t, char *text, unsigned line)
{
    struct entry e = {.line = line};
    char *kind = field_next(&text, line, "file, link or dir");
    char *path = field_next(&text, line, "a path");
    char *mode = field_next(&text, line, "an octal mode"), *end;
    unsigned long bits = strtoul(mode, &end, 8);

    if (*end != '\0' || bits > 07777) die(line, "mode \"%s\" is not octal up to 7777", mode);
    if (*text == '\0') die(line, "expected a source file or a link's target");
    path_check(path, line);
    if (strcmp(kind, "file") == 0) {
        e.mode = 0100000u | (unsigned)bits;
    } else if (strcmp(kind, "link") == 0) {
        e.mode = 0120000u | (unsigned)bits;
    } else if (strcmp(kind, "dir") == 0) {
        e.mode = 0040000u | (unsigned)bits;
    } else {
        die(line, "unknown kind \"%s\": expected file, link or dir", kind);
    }
    e.path = xstrdup(path, strlen(path));
    e.source = xstrdup(text, strlen(text));
    table_add(t, e);
}

static void list_read(struct table *t, const char *name)
{
    FILE *in = fopen(name, "r");
    char text[8192];
    unsigned line = 0;

    if (in == NULL) die(0, "%s: %s", name, strerror(errno));
    while (fgets(text, sizeof text, in) != NULL) {
        size_t n = strlen(text);

        line++;
        if (n > 0 && text[n - 1] == '\n') {
            text[--n] = '\0';
        } else if (n == sizeof text - 1) {
            die(line, "line is too long");
        }
        if (n != 0) line_parse(t, text, line);
    }
    if (ferror(in)) die(0, "%s: read error", name);
    fclose(in);
}

static int entry_compare(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

static int table_has(const struct table *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->at[i].path, path) == 0) return 1;
    return 0;
}

static void parents_add(struct table *t)
{
    for (size_t i = 0; i < t->count; i++) { /* t->count grows: new folders are looked at, too */
        for (const char *p = t->at[i].path; (p = strchr(p, '/')) != NULL; p++) {
            char *parent = xstrdup(t->at[i].path, (size_t)(p - t->at[i].path));

            if (table_has(t, parent)) {
                free(parent);
            } else {
                table_add(t, (struct entry){parent, xstrdup("-", 1), 0040755u, 0});
                p = t->at[i].path + strlen(parent);
            }
        }
    }
}

static void duplicates_refuse(const struct table *t)
{
    for (size_t i = 1; i < t->count; i++)
        if (strcmp(t->at[i - 1].path, t->at[i].path) == 0)
            die(t->at[i].line, "%s is given twice (also in line %u)", t->at[i].path,
                t->at[i - 1].line);
}

static void *source_read(const struct entry *e, size_t *size)
{
    FILE *in = fopen(e->source, "rb");
    unsigned char *data = NULL;
    size_t room = 0, n = 0, got;

    if (in == NULL) die(e->line, "%s: %s", e->source, strerror(errno));
    do {
        if (n == room) data = xrealloc(data, room = room * 2 + 65536);
        got = fread(data + n, 1, room - n, in);
        n += got;
    } while (got != 0);
    if (ferror(in)) die(e->line, "%s: read error", e->source);
    if (n > 0x7fffffffu) die(e->line, "%s is larger than 2 GiB", e->source);
    fclose(in);
    *size = n;
    return data;
}

static void out_write(FILE *out, const void *data, size_t size, size_t *at)
{
    static const char zero[4];
    size_t pad = (4 - (*at + size) % 4) % 4;

    if ((size != 0 && fwrite(data, 1, size, out) != size) || fwrite(zero, 1, pad, out) != pad)
        die(0, "cannot write the archive: %s", strerror(errno));
    *at += size + pad;
}

static void member_write(FILE *out, const char *path, unsigned mode, unsigned ino, const void *data,
                         size_t size, size_t *at)
{
    size_t name = strlen(path) + 1;
    char *head = xrealloc(NULL, 111 + name);

    sprintf(head, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ino, mode, 0u, 0u,
            (mode & 0170000u) == 0040000u ? 2u : 1u, 0u, (unsigned)size, 0u, 0u, 0u, 0u,
            (unsigned)name, 0u);
    memcpy(head + 110, path, name);
    out_write(out, head, 110 + name, at);
    out_write(out, data, size, at);
    free(head);
}

static void entry_write(FILE *out, const struct entry *e, unsigned ino, size_t *at)
{
    size_t size = 0;
    void *data = NULL;

    if ((e->mode & 0170000u) == 0100000u) {
        data = source_read(e, &size);
    } else if ((e->mode & 0170000u) == 0120000u) {
        size = strlen(e->source);
        data = xstrdup(e->source, size);
    }
    member_write(out, e->path, e->mode, ino, data, size, at);
    free(data);
}

static void table_free(struct table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        free(t->at[i].path);
        free(t->at[i].source);
    }
    free(t->at);
}

int main(int argc, char **argv)
{
    struct table t = {0};
    size_t at = 0;
    FILE *out;

    if (argc != 3) {
        fprintf(stderr, "usage: mkboot LIST ARCHIVE\n");
        return 2;
    }
    list_name = argv[1];
    list_read(&t, argv[1]);
    parents_add(&t);
    if (t.count != 0) qsort(t.at, t.count, sizeof *t.at, entry_compare);
    duplicates_refuse(&t);
    out = fopen(argv[2], "wb");
    if (out == NULL) die(0, "%s: %s", argv[2], strerror(errno));
    for (size_t i = 0; i < t.count; i++)
        entry_write(out, &t.at[i], (unsigned)i + 1, &at);
    member_write(out, "TRAILER!!!", 0, 0, NULL, 0, &at);
    if (fclose(out) != 0) die(0, "%s: %s", argv[2], strerror(errno));
    table_free(&t);
    return 0;
}
