/* SPDX-License-Identifier: Apache-2.0 */
/* xargs: runs a command with arguments from its input. */
#define _GNU_SOURCE /* environ */
#include <errno.h>
#include <fcntl.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define XARGS_BYTES 16384 /* of arguments in one call */

struct xargs {
    char **argv;
    size_t fixed, count, room, bytes;
    uint64_t most;
    const char *insert; /* -I */
    const char *path;
    int status, input;
    bool ran;
};

static void xargs_run(struct xargs *xargs)
{
    int fds[3] = {xargs->input, 1, 2}, status = 0;
    pid_t pid;
    xargs->argv[xargs->count] = NULL;
    xargs->ran = true;
    if (fut_spawn(&pid, xargs->path, xargs->argv, environ, fds, NULL) != 0) {
        tool_error(xargs->argv[0]);
        xargs->status = 126;
        return;
    }
    while (fut_wait(pid, &status) != 0)
        if (errno != EINTR || fut_kill(pid, SIGINT) != 0) break;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        xargs->status = WIFEXITED(status) && WEXITSTATUS(status) != 255 ? 123 : 124;
    for (size_t i = xargs->fixed; i < xargs->count; i++)
        free(xargs->argv[i]);
    xargs->count = xargs->fixed;
    xargs->bytes = 0;
}

static void xargs_room(struct xargs *xargs)
{
    if (xargs->count + 2 > xargs->room)
        xargs->argv =
            tool_resize(xargs->argv, (xargs->room = xargs->room * 2 + 16) * sizeof(char *));
}

/* -I: one run for the argument, which takes the place of the text in each fixed word. */
static void xargs_insert(struct xargs *xargs, const char *text)
{
    char **saved = xargs->argv;
    size_t fixed = xargs->fixed, mark = strlen(xargs->insert);
    xargs->argv = tool_alloc((fixed + 1) * sizeof(char *));
    for (size_t i = 0; i < fixed; i++) {
        size_t room = strlen(saved[i]) * (strlen(text) + 1) + 1;
        char *word = tool_alloc(room), *at = word;
        for (const char *c = saved[i]; *c != '\0';) {
            if (mark > 0 && strncmp(c, xargs->insert, mark) == 0) {
                at = stpcpy(at, text);
                c += mark;
            } else {
                *at++ = *c++;
            }
        }
        *at = '\0';
        xargs->argv[i] = word;
    }
    xargs->count = fixed;
    xargs_run(xargs);
    for (size_t i = 0; i < fixed; i++)
        free(xargs->argv[i]);
    free(xargs->argv);
    xargs->argv = saved;
}

static void xargs_add(struct xargs *xargs, const char *text, size_t length)
{
    char *word = tool_alloc(length + 1);
    memcpy(word, text, length);
    word[length] = '\0';
    if (xargs->insert != NULL) {
        xargs_insert(xargs, word);
        free(word);
        return;
    }
    if (xargs->count > xargs->fixed &&
        (xargs->count - xargs->fixed >= xargs->most || xargs->bytes + length > XARGS_BYTES))
        xargs_run(xargs);
    xargs_room(xargs);
    xargs->argv[xargs->count++] = word;
    xargs->bytes += length + 1;
}

/* Cuts a line into words; quotes and backslashes keep blanks together. */
static void xargs_line(struct xargs *xargs, const char *line, size_t length)
{
    char *word = tool_alloc(length + 1);
    size_t used = 0;
    bool inside = false;
    char quote = '\0';
    for (size_t i = 0; i < length; i++) {
        char c = line[i];
        if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n')) {
            if (inside) xargs_add(xargs, word, used);
            inside = false;
            used = 0;
        } else if ((c == '\'' || c == '"') && (quote == '\0' || quote == c)) {
            quote = quote == '\0' ? c : '\0';
            inside = true;
        } else {
            if (c == '\\' && quote == '\0' && i + 1 < length) c = line[++i];
            word[used++] = c;
            inside = true;
        }
    }
    if (inside) xargs_add(xargs, word, used);
    free(word);
}

static int xargs_input(struct in *in, const char *name, void *context)
{
    struct xargs *xargs = context;
    size_t length;
    char *line;
    (void)name;
    while ((line = in_line(in, &length)) != NULL && xargs->status != 126) {
        if (xargs->insert != NULL)
            xargs_add(xargs, line, length - (line[length - 1] == '\n'));
        else
            xargs_line(xargs, line, length);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static char echo[] = "echo";
    struct xargs xargs = {.most = 4096};
    bool need_input = false;
    int option;
    tool_begin(argc, argv,
               "xargs [-r] [-n COUNT] [-I TEXT] [COMMAND [ARGUMENT...]]\nRuns COMMAND (echo) "
               "with arguments from the input. -n: at most COUNT in one run;\n-I: a run a "
               "line, which takes TEXT's place; -r: not without any.\n");
    while ((option = tool_option(argc, argv, "rn:I:")) != -1) {
        if (option == '?') return tool_usage();
        need_input |= option == 'r';
        if (option == 'I') xargs.insert = tool_value;
        if (option == 'n' &&
            (!tool_number(tool_value, "not a number", &xargs.most) || xargs.most == 0))
            return 2;
    }
    xargs.room = (size_t)argc + 16;
    xargs.argv = tool_alloc(xargs.room * sizeof(char *));
    if (tool_index == argc) xargs.argv[xargs.count++] = echo;
    for (int i = tool_index; i < argc; i++)
        xargs.argv[xargs.count++] = argv[i];
    xargs.fixed = xargs.count;
    xargs.path = tool_find(xargs.argv[0]);
    if (xargs.path == NULL) {
        tool_error(xargs.argv[0]);
        return 127;
    }
    /* The command must not eat the arguments that are still to come. */
    xargs.input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (xargs.input < 0) xargs.input = 0;
    int status = tool_each_input(1, argv, 1, xargs_input, &xargs);
    if (xargs.count > xargs.fixed || (!xargs.ran && !need_input && xargs.insert == NULL))
        xargs_run(&xargs);
    return xargs.status != 0 ? xargs.status : tool_end(status);
}
