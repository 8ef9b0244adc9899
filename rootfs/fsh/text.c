/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of strings and growing text. */
#include "shell.h"

#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *text_copy(const char *text, size_t length)
{
    char *copy = tool_alloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void strings_take(struct strings *list, char *text)
{
    if (list->count + 1 >= list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        list->items = tool_resize(list->items, room * sizeof *list->items);
        list->room = room; /* not before: the command may be given up there */
    }
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

void strings_add_mem(struct strings *list, const char *text, size_t length)
{
    strings_take(list, text_copy(text, length));
}

void strings_add(struct strings *list, const char *text)
{
    strings_add_mem(list, text, strlen(text));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strings_sort(struct strings *list, size_t first)
{
    if (list->count > first + 1)
        qsort(list->items + first, list->count - first, sizeof *list->items, compare);
}

void strings_free(struct strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct strings){0};
}

/* Of one text. Nothing that is typed or computed on purpose is near it, and what a command that is
 * given up had made so far is lost memory. */
#define TEXT_LIMIT ((size_t)4 << 20)

void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
    if (length >= TEXT_LIMIT - buffer->length) shell_give_up("a text is longer than 4 MiB");
    if (buffer->room - buffer->length < length + 1) {
        size_t room = (buffer->length + length + 1) * 2;
        buffer->text = tool_resize(buffer->text, room);
        buffer->room = room;
    }
    if (length > 0) memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void buffer_str(struct buffer *buffer, const char *text) { buffer_add(buffer, text, strlen(text)); }

void buffer_quoted(struct buffer *buffer, const char *text)
{
    buffer_str(buffer, "'");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            buffer_str(buffer, "'\\''");
        else
            buffer_add(buffer, text, 1);
    }
    buffer_str(buffer, "'");
}

static int error_fd = 2;
jmp_buf *shell_refuge;

void shell_give_up(const char *reason)
{
    const char *parts[] = {"fsh: ", reason, "\n"}; /* as it is: there may be no memory to join it */
    out_flush();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        (void)fd_write(error_fd, parts[i], strlen(parts[i]));
    if (shell_refuge == NULL) _exit(1);
    longjmp(*shell_refuge, 1);
}

void shell_no_memory(void) { shell_give_up("out of memory: end a program (`ps`, `kill`)"); }

int shell_errors_to(int fd)
{
    int before = error_fd;
    error_fd = fd;
    return before;
}

void shell_fail(const char *subject, const char *reason)
{
    struct buffer line = {0};
    buffer_str(&line, "fsh: ");
    if (subject != NULL) {
        buffer_str(&line, subject);
        buffer_str(&line, ": ");
    }
    buffer_str(&line, reason);
    buffer_str(&line, "\n");
    out_flush();
    (void)fd_write(error_fd, line.text, line.length);
    free(line.text);
}
