/* SPDX-License-Identifier: Apache-2.0 */
/* Builtins that read and print: echo, read. */
#include "shell.h"

#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints with \-sequences; false at \c, which ends all output. */
static bool echo_escaped(const char *text)
{
    static const char names[] = "abefnrtv\\", codes[] = "\a\b\033\f\n\r\t\v\\";
    for (; *text != '\0'; text++) {
        const char *known = *text == '\\' && text[1] != '\0' ? strchr(names, text[1]) : NULL;
        if (known != NULL) {
            out_char(codes[known - names]);
            text++;
        } else if (text[0] == '\\' && text[1] == 'c') {
            return false;
        } else if (text[0] == '\\' && text[1] == '0') {
            unsigned value = 0;
            for (int i = 0; i < 3 && text[2] >= '0' && text[2] <= '7'; i++, text++)
                value = value * 8 + (unsigned)(text[2] - '0');
            out_char((char)value);
            text++;
        } else {
            out_char(*text);
        }
    }
    return true;
}

int builtin_echo(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)shell, (void)io;
    bool newline = true, escapes = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (argv[i][1 + strspn(argv[i] + 1, "neE")] != '\0') break;
        newline = newline && strchr(argv[i], 'n') == NULL;
        escapes = escapes || strchr(argv[i], 'e') != NULL;
    }
    for (int first = i; i < argc; i++) {
        if (i > first) out_char(' ');
        if (!escapes)
            out_str(argv[i]);
        else if (!echo_escaped(argv[i]))
            return 0;
    }
    if (newline) out_char('\n');
    return 0;
}

/* One line, byte by byte: what follows it belongs to others. False at the end of input. */
static bool read_line(int fd, bool raw, struct buffer *line, struct buffer *mask)
{
    char c;
    bool escaped = false;
    for (;;) {
        ssize_t n = read(fd, &c, 1);
        /* The read may end before the signal that ended it can be asked for. */
        if (n < 0 && errno == EINTR && !shell_stopped()) shell_interrupted = SIGINT;
        if (n <= 0) return false;
        if (c == '\\' && !raw && !escaped) {
            escaped = true;
            continue;
        }
        if (c == '\n' && !escaped) return true;
        if (c != '\0' && !(c == '\n' && escaped)) {
            buffer_add(line, &c, 1);
            buffer_add(mask, escaped ? "q" : "-", 1);
        }
        escaped = false;
    }
}

static void read_assign(struct shell *shell, int count, char **names, const struct buffer *line,
                        const struct buffer *mask)
{
    const char *ifs = vars_get(&shell->variables, "IFS");
    ifs = ifs != NULL ? ifs : " \t\n";
    size_t at = 0, end = line->length;
#define IFS_AT(i) (mask->text[i] == '-' && strchr(ifs, line->text[i]) != NULL)
#define BLANK_AT(i) (IFS_AT(i) && strchr(" \t\n", line->text[i]) != NULL)
    while (at < end && BLANK_AT(at))
        at++;
    while (end > at && BLANK_AT(end - 1))
        end--;
    for (int i = 0; i < count; i++) {
        size_t stop = at;
        while (stop < end && (i + 1 == count || !IFS_AT(stop)))
            stop++;
        char *value = text_copy(line->text + at, stop - at);
        vars_set(&shell->variables, names[i], value);
        free(value);
        at = stop;
        while (at < end && BLANK_AT(at))
            at++;
        if (at < end && IFS_AT(at) && (at == stop || !BLANK_AT(at))) at++;
        while (at < end && BLANK_AT(at))
            at++;
    }
#undef IFS_AT
#undef BLANK_AT
}

int builtin_read(struct shell *shell, int argc, char **argv, const struct io *io)
{
    static char *reply[] = {"REPLY"};
    bool raw = false;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-r") == 0) {
            raw = true;
        } else if (strcmp(argv[i], "-p") == 0 && i + 1 < argc) {
            i++;
            if (isatty(io->fd[0])) (void)fd_write(2, argv[i], strlen(argv[i]));
        } else {
            shell_fail("read", "unknown option");
            return 2;
        }
    }
    for (int n = i; n < argc; n++)
        if (argv[n][vars_name_length(argv[n])] != '\0' || argv[n][0] == '\0') {
            shell_fail(argv[n], "not a variable's name");
            return 2;
        }
    struct buffer line = {0}, mask = {0};
    buffer_str(&line, "");
    buffer_str(&mask, "");
    bool complete = read_line(io->fd[0], raw, &line, &mask);
    read_assign(shell, i < argc ? argc - i : 1, i < argc ? argv + i : reply, &line, &mask);
    free(line.text);
    free(mask.text);
    return complete ? 0 : 1;
}
