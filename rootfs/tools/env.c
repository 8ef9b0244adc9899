/* SPDX-License-Identifier: Apache-2.0 */
/* env: prints the environment, or runs a program in a changed one. */
#define _GNU_SOURCE /* environ */
#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(char **argv)
{
    static const int fds[3] = {0, 1, 2};
    char *path = tool_find(argv[0]);
    pid_t pid;
    int status;
    if (path == NULL || fut_spawn(&pid, path, argv, environ, fds, NULL) != 0) {
        tool_error(argv[0]);
        return errno == ENOENT ? 127 : 126;
    }
    while (fut_wait(pid, &status) != 0)
        if (errno != EINTR || fut_kill(pid, SIGINT) != 0) return 126;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    static char *nothing[] = {NULL};
    int option;
    tool_begin(argc, argv,
               "env [-i] [-u NAME] [NAME=VALUE...] [COMMAND [ARGUMENT...]]\nPrints the "
               "environment, or runs COMMAND in a changed one. -i: empty; -u: without\n"
               "NAME.\n");
    while ((option = tool_option(argc, argv, "iu:")) != -1) {
        if (option == '?') return tool_usage();
        if (option == 'i')
            environ = nothing;
        else
            unsetenv(tool_value);
    }
    int i = tool_index;
    for (; i < argc && strchr(argv[i], '=') != NULL; i++)
        if (putenv(argv[i]) != 0) {
            tool_error(argv[i]);
            return 1;
        }
    if (i < argc) return run(argv + i);
    for (char **entry = environ; *entry != NULL; entry++)
        out_fmt("%s\n", *entry);
    return tool_end(0);
}
