/* SPDX-License-Identifier: Apache-2.0 */
/* Reading by line, copying, and the loop over file operands. */
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool in_open(struct in *in, const char *path)
{
    *in = (struct in){0};
    if (strcmp(path, "-") == 0) return true;
    in->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) tool_error(path);
    return in->fd >= 0;
}

static void in_fill(struct in *in)
{
    if (in->start > 0) {
        memmove(in->data, in->data + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->size < in->end + 1) {
        in->size = in->size == 0 ? 4096 : in->size * 2;
        in->data = tool_resize(in->data, in->size);
    }
    ssize_t n = read(in->fd, in->data + in->end, in->size - in->end);
    if (n < 0 && errno == EINTR) return;
    in->failed = n < 0;
    in->eof = n <= 0;
    if (n > 0) in->end += (size_t)n;
}

char *in_line(struct in *in, size_t *size)
{
    size_t looked = 0;
    if (in->data == NULL && !in->eof) in_fill(in);
    for (;;) {
        if (in->eof && in->end == in->start) return NULL;
        char *begin = in->data + in->start;
        size_t have = in->end - in->start;
        char *newline = have > looked ? memchr(begin + looked, '\n', have - looked) : NULL;
        if (newline != NULL || (in->eof && have > 0)) {
            *size = newline != NULL ? (size_t)(newline - begin) + 1 : have;
            in->start += *size;
            return begin;
        }
        looked = have;
        in_fill(in);
    }
}

void in_close(struct in *in)
{
    free(in->data);
    if (in->fd > 2) close(in->fd);
    *in = (struct in){0};
}

int fd_copy(int from, int to)
{
    static char buffer[32768];
    for (;;) {
        ssize_t n = read(from, buffer, sizeof buffer);
        if (n == 0) return 0;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (!fd_write(to, buffer, (size_t)n)) return -2;
    }
}

int tool_each_input(int argc, char **argv, int first,
                    int (*each)(struct in *in, const char *name, void *context), void *context)
{
    static char *only[] = {"-", NULL};
    if (first >= argc) {
        argv = only;
        first = 0;
        argc = 1;
    }
    int status = 0;
    for (int i = first; i < argc; i++) {
        struct in in;
        int result = 1;
        if (in_open(&in, argv[i])) {
            result = each(&in, argv[i], context);
            if (in.failed) {
                tool_error(argv[i]);
                result = 1;
            }
            in_close(&in);
        }
        status = result > status ? result : status;
    }
    return status;
}
