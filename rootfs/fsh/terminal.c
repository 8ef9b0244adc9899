/* SPDX-License-Identifier: Apache-2.0 */
/* The line editor on a terminal: raw mode, drawing, history file; plain reading without one. */
#include "edit.h"

#include <errno.h>
#include <fcntl.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define HISTORY_LIMIT 500

static void put(const char *text) { (void)fd_write(1, text, strlen(text)); }

static size_t terminal_columns(void)
{
    struct winsize size = {0};
    if (ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
    return 80; /* a serial line cannot say */
}

/* One screen line: when the text is longer, the window moves with the cursor. */
static void terminal_draw(struct edit *edit, const char *prompt)
{
    struct buffer out = {0};
    size_t columns = terminal_columns(), used = text_columns(prompt, strlen(prompt));
    const char *line = edit->line.text;
    if (edit->searching) used = strlen("(search) : ") + edit->search.length;
    /* Of a prompt that leaves no room to type the end is shown. */
    while (!edit->searching && used + 20 > columns && used > 0) {
        do
            prompt++;
        while (((unsigned char)*prompt & 0xc0) == 0x80);
        used--;
    }
    size_t end = edit_window(edit, columns > used + 10 ? columns - used - 1 : 10);
    buffer_str(&out, "\r");
    if (edit->searching) {
        buffer_str(&out, "(search) ");
        buffer_str(&out, edit->search.text);
        buffer_str(&out, ": ");
    } else {
        buffer_str(&out, prompt);
    }
    buffer_add(&out, line + edit->window, end - edit->window);
    buffer_str(&out, "\033[K");
    for (size_t i = text_columns(line + edit->at, end - edit->at); i > 0; i--)
        buffer_str(&out, "\b");
    (void)fd_write(1, out.text, out.length);
    free(out.text);
}

/* A character typed at the end of a line that fits needs no more than itself on the screen. */
static bool terminal_appends(const struct edit *edit, const char *prompt, int key)
{
    size_t used = text_columns(prompt, strlen(prompt));
    return key >= ' ' && key < 256 && key != 127 && !edit->searching &&
           edit->at == edit->line.length && edit->at > 0 && edit->window == 0 &&
           (unsigned char)edit->line.text[edit->at - 1] == key &&
           used + text_columns(edit->line.text, edit->at) + 1 < terminal_columns();
}

static void terminal_list(const struct strings *list)
{
    size_t width = 1, columns = terminal_columns();
    for (size_t i = 0; i < list->count; i++)
        width = strlen(list->items[i]) + 2 > width ? strlen(list->items[i]) + 2 : width;
    size_t across = columns / width > 0 ? columns / width : 1;
    out_str("\r\n");
    for (size_t i = 0; i < list->count; i++) {
        bool last = (i + 1) % across == 0 || i + 1 == list->count;
        out_fmt("%-*s%s", last ? 0 : (int)width, list->items[i], last ? "\r\n" : "");
    }
    out_flush();
}

static enum edit_result terminal_keys(struct edit *edit, const char *prompt)
{
    struct keys keys = {0};
    enum edit_result result = EDIT_MORE;
    terminal_draw(edit, prompt);
    while (result == EDIT_MORE) {
        unsigned char byte;
        ssize_t n = read(0, &byte, 1);
        if (n < 0 && errno == EINTR)
            byte = 3;
        else if (n <= 0)
            return edit->line.length > 0 ? EDIT_DONE : EDIT_END;
        int key = keys_byte(&keys, byte);
        if (key < 0) continue;
        bool searched = edit->searching;
        result = edit_key(edit, key);
        if (!searched && terminal_appends(edit, prompt, key)) {
            (void)fd_write(1, &byte, 1);
            continue;
        }
        if (result == EDIT_LIST) terminal_list(&edit->candidates);
        if (result == EDIT_CLEAR) put("\033[H\033[2J");
        if (result == EDIT_LIST || result == EDIT_CLEAR) result = EDIT_MORE;
        if (result != EDIT_DONE || searched || edit->at < edit->line.length)
            terminal_draw(edit, prompt);
    }
    return result;
}

/* Line by line without editing: input from a file, a pipe, or a terminal that knows no raw mode. */
static char *plain_line(const char *prompt)
{
    struct buffer line = {0};
    char c;
    ssize_t n;
    if (isatty(0)) put(prompt);
    while ((n = read(0, &c, 1)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) break;
        buffer_add(&line, &c, 1);
        if (c == '\n') break;
    }
    return line.text;
}

static char *edited_line(struct edit *edit, const char *prompt)
{
    enum edit_result result;
    for (;;) {
        result = terminal_keys(edit, prompt);
        if (result != EDIT_CANCEL) break;
        put("^C\r\n");
        if (strcmp(prompt, "> ") == 0) {
            result = EDIT_DONE; /* an unfinished command is given up: the caller sees no text */
            edit->line.length = 0;
            shell_interrupted = SIGINT;
            break;
        }
        struct shell *shell = edit->shell;
        shell->status = 128 + SIGINT;
        edit_end(edit);
        edit_begin(edit, shell);
    }
    put("\r\n");
    if (result == EDIT_END) return NULL;
    char *line = tool_alloc(edit->line.length + 2);
    memcpy(line, edit->line.text, edit->line.length);
    memcpy(line + edit->line.length, "\n", 2);
    return line;
}

char *terminal_line(struct shell *shell, const char *prompt)
{
    static struct edit edit;
    static struct termios before;
    static bool known;
    struct termios raw;
    if (!shell->interactive) return plain_line(prompt);
    /* A program that was ended had no chance to set the modes back. */
    if (!(known && shell->disturbed)) known = tcgetattr(0, &before) == 0;
    shell->disturbed = false;
    if (!known) return plain_line(prompt);
    fut_foreground();
    raw = before;
    raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON | ISTRIP);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(0, TCSADRAIN, &raw) != 0) return plain_line(prompt);
    (void)fut_interrupted(); /* meant for what has ended by itself meanwhile */
    edit_begin(&edit, shell);
    char *line = edited_line(&edit, prompt);
    edit_end(&edit);
    tcsetattr(0, TCSADRAIN, &before);
    return line;
}

/* Does a command go on after this line without a `;`? */
static bool line_continues(const char *line, size_t length)
{
    static const char *const words[] = {"do", "then",  "else",  "{",  "(", "|", "&&",
                                        "||", "while", "until", "if", "!", ";", "&"};
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        bool word = words[i][0] >= 'a' && words[i][0] <= 'z';
        if (n > length || strncmp(line + length - n, words[i], n) != 0) continue;
        if (!word || n == length || strchr(" \t;&|({", line[length - n - 1]) != NULL) return true;
    }
    return length == 0;
}

/* A command of several lines as one, for the editor has one; empty if only lines can say it: a
 * quote or a comment in it. */
static char *history_join(const char *text)
{
    struct buffer out = {0};
    buffer_str(&out, "");
    if (strpbrk(text, "'\"`#\\") != NULL) return out.text;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        buffer_add(&out, text, length);
        bool more = text[length] == '\n' && text[length + 1] != '\0';
        if (more) buffer_str(&out, line_continues(text, length) ? " " : "; ");
        text += length + (text[length] == '\n');
    }
    return out.text;
}

static void history_add_line(struct shell *shell, const char *line)
{
    struct strings *history = &shell->history;
    size_t length = strcspn(line, "\n");
    if (length == 0 || line[0] == ' ') return; /* empty, or hidden by a leading blank */
    if (history->count > 0 && strlen(history->items[history->count - 1]) == length &&
        strncmp(history->items[history->count - 1], line, length) == 0)
        return;
    if (history->count == HISTORY_LIMIT) {
        free(history->items[0]);
        memmove(history->items, history->items + 1, history->count * sizeof *history->items);
        history->count--;
    }
    strings_add_mem(history, line, length);
}

void history_add(struct shell *shell, const char *text)
{
    size_t length = strcspn(text, "\n");
    bool one = text[length] == '\0' || text[length + 1] == '\0';
    char *line = one ? text_copy(text, length) : history_join(text);
    history_add_line(shell, line);
    free(line);
}

static char *history_path(struct shell *shell)
{
    const char *file = vars_get(&shell->variables, "HISTFILE");
    const char *home = vars_get(&shell->variables, "HOME");
    if (file != NULL) return *file != '\0' ? text_copy(file, strlen(file)) : NULL;
    return home != NULL ? tool_join(home, ".fsh_history") : NULL;
}

void history_load(struct shell *shell)
{
    char *path = history_path(shell);
    struct in in = {.fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1};
    free(path);
    if (in.fd < 0) return; /* the first session has none */
    size_t length;
    char *line;
    while ((line = in_line(&in, &length)) != NULL) {
        char *copy = text_copy(line, length);
        history_add(shell, copy);
        free(copy);
    }
    in_close(&in);
}

void history_save(struct shell *shell)
{
    char *path = history_path(shell);
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    free(path);
    if (fd < 0)
        return; /* a home that cannot be written to is no reason to complain at every exit */
    struct buffer text = {0};
    for (size_t i = 0; i < shell->history.count; i++) {
        buffer_str(&text, shell->history.items[i]);
        buffer_str(&text, "\n");
    }
    (void)fd_write(fd, text.text, text.length);
    close(fd);
    free(text.text);
}
