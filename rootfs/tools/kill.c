/* SPDX-License-Identifier: Apache-2.0 */
/* kill: sends a signal to processes. */
#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int number = SIGTERM, status = 0, i = 1;
    tool_begin(argc, argv,
               "kill [-SIGNAL | -s SIGNAL] PID... | -l\nSends a signal (TERM) to programs that the "
               "caller started. -l: lists their names.\n");
    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        tool_signals();
        return tool_end(0);
    }
    if (i < argc && argv[i][0] == '-') {
        const char *name = strcmp(argv[i], "-s") == 0 ? argv[++i] : argv[i] + 1;
        number = name != NULL ? tool_signal(name) : -1;
        if (number < 0) {
            tool_fail(name, "no such signal");
            return 2;
        }
        i++;
    }
    if (i == argc) return tool_usage();
    for (; i < argc; i++) {
        uint64_t pid;
        if (!tool_number(argv[i], "not a process number", &pid) || pid == 0 || pid > INT32_MAX) {
            status = 1;
        } else if (fut_kill((pid_t)pid, number) != 0) {
            tool_error(argv[i]);
            status = 1;
        }
    }
    return tool_end(status);
}
