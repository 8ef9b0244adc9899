/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What small commands share: usage and errors, options, buffered output without stdio, reading by
 * line, text tables from /proc. Programs stay small because none of this needs printf.
 */
#ifndef FUTURA_TOOL_H
#define FUTURA_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* --- program ------------------------------------------------------------------------------- */
/* Notes name and usage text; with `--help` as the first argument prints the usage and exits 0. */
void tool_begin(int argc, char **argv, const char *usage);
/* Prints the usage text to stderr; returns 2, the status of wrong use. */
int tool_usage(void);
/* Prints "name: subject: reason" to stderr with errno's text; output before it is flushed. */
void tool_error(const char *subject);
/* As tool_error with a given reason; a null subject is left out. */
void tool_fail(const char *subject, const char *reason);
/* Flushes; returns `status`, or 1 after a message if the output could not be written. */
int tool_end(int status);
/* malloc and realloc that end the program with a message and status 1 when memory is out, unless
 * tool_no_memory is set and does not return. */
extern void (*tool_no_memory)(void);
void *tool_alloc(size_t size);
void *tool_resize(void *old, size_t size);
/* dir + "/" + name, allocated. */
char *tool_join(const char *dir, const char *name);
/* The part after the last slash (trailing slashes count as part of the name's end). */
const char *tool_base(const char *path);

/* Path of the program `name` along PATH (/bin without one), allocated; null with ENOENT. A name
 * with a slash is returned as it is. */
char *tool_find(const char *name);
/* The same along a given list of folders. */
char *tool_find_in(const char *path, const char *name);

/* --- options: single letters, a colon after those that take a value ------------------------- */
extern char *tool_value; /* value of the option just returned */
extern int tool_index;   /* index of the first operand once tool_option has returned -1 */
/* Next option letter, -1 at the end, '?' after a message about a wrong one. */
int tool_option(int argc, char **argv, const char *letters);
/* For commands without options: false after a message if there is one. The operands are argv[1] and
 * so on then, without a leading "--". */
bool tool_plain(int *argc, char ***argv);
/* Decimal without sign; on anything else a message about `what`, false. */
bool tool_number(const char *text, const char *what, uint64_t *value);

/* --- output to descriptor 1, buffered ------------------------------------------------------- */
void out_mem(const void *data, size_t size);
void out_str(const char *text);
void out_char(char c);
/* printf's subset: flags - 0, width (also *), %s %c %d %u %x %o %%, lengths l ll z. */
void out_fmt(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes out what is buffered; false if writing failed (now or earlier). */
bool out_flush(void);
/* Sends the output to another descriptor from now on (the shell's builtins). */
void out_to(int fd);
/* 1234567 -> "1.2M"; buffer of at least 8 bytes. Units are 1024. */
const char *out_human(uint64_t value, char buffer[8]);
/* "drwxr-xr-x"; buffer of 11 bytes. */
const char *out_mode(unsigned mode, char buffer[11]);
/* "YYYY-MM-DD hh:mm" in local time; buffer of 17 bytes. */
const char *out_time(time_t when, char buffer[17]);

/* --- input ---------------------------------------------------------------------------------- */
struct in {
    int fd;
    size_t start, end, size; /* unread part of data[size] */
    bool eof, failed;
    char *data;
};
/* Opens `path`, "-" = descriptor 0; false after a message. */
bool in_open(struct in *in, const char *path);
/* Next line with its newline if it has one, NOT zero-terminated; length in *size. Null at the end
 * or on failure (in->failed, errno). Valid, and writable, until the next call. */
char *in_line(struct in *in, size_t *size);
void in_close(struct in *in);
/* Writes everything; false with errno. */
bool fd_write(int fd, const void *data, size_t size);
/* Copies `from` to `to` until its end. 0, -1 read failed, -2 write failed, with errno. */
int fd_copy(int from, int to);

/* Calls `each` for stdin or each operand, with "-" = stdin; returns 1 if any could not be opened
 * or read, else the largest result. */
int tool_each_input(int argc, char **argv, int first,
                    int (*each)(struct in *in, const char *name, void *context), void *context);

/* --- /proc: tab-separated tables with a header line (docs/proc.md) --------------------------- */
#define PROC_COLUMNS 16
struct proc_table {
    char *text;           /* whole file, fields zero-terminated in place */
    size_t columns, rows; /* rows without the header */
    char **cells;         /* (rows + 1) * columns; the first row is the header */
};
/* Path below /proc, or below $FUTURA_PROC when that is set. Allocated. */
char *proc_path(const char *name);
/* Reads a table; false after a message. Missing cells are empty strings. */
bool proc_read(struct proc_table *table, const char *name);
void proc_free(struct proc_table *table);
/* Cell by row (0 = first data row) and header name; "" if there is no such column. */
const char *proc_cell(const struct proc_table *table, size_t row, const char *column);
uint64_t proc_cell_number(const struct proc_table *table, size_t row, const char *column);
/* How many rows have that text in that column; *row is the last of them. */
size_t proc_count(const struct proc_table *table, const char *column, const char *text,
                  size_t *row);
/* Aligned print: numbers to the right. Columns by name, null-terminated; null = all. */
void proc_print(const struct proc_table *table, const char *const *columns);
/* read and print; exit status. */
int proc_show(const char *name);
/* Writes `text` to a file of /proc; exit status. */
int proc_write(const char *name, const char *text);

/*
 * The file of a component below "caps" or "interfaces" (`folder`), by its name or its number, as a
 * path for proc_read, allocated; null after a message: no such component, or several of that name.
 */
char *proc_component(const char *folder, const char *what);

/* The command kill, for the program of that name and for a shell that kills what it started. */
#define TOOL_KILL_USAGE                                                                            \
    "kill [-SIGNAL | -s SIGNAL] PID | NAME | %JOB... | -l\nSends a signal (TERM) to programs "     \
    "that the caller started. The shell's own\n(not the program of the same name) also ends "      \
    "other "                                                                                       \
    "components, which are started\nagain. -l: lists the signals.\n"
int tool_kill(int argc, char **argv);

#endif
