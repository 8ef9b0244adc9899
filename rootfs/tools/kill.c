/* SPDX-License-Identifier: Apache-2.0 */
/* kill: sends a signal to processes. */
#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int number;
} signals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ABRT", SIGABRT},
               {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},
               {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}};
#define SIGNALS (sizeof signals / sizeof signals[0])

/* -1 = no such signal. */
static int signal_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end != text && *end == '\0') return number >= 0 && number < 65 ? (int)number : -1;
    if (strncmp(text, "SIG", 3) == 0) text += 3;
    for (size_t i = 0; i < SIGNALS; i++)
        if (strcmp(signals[i].name, text) == 0) return signals[i].number;
    return -1;
}

int main(int argc, char **argv)
{
    int number = SIGTERM, status = 0, i = 1;
    tool_begin(argc, argv,
               "kill [-SIGNAL | -s SIGNAL] PID... | -l\nSends a signal (TERM). -l: lists "
               "their names. A program that does not end\nwith TERM ends with KILL.\n");
    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        for (size_t s = 0; s < SIGNALS; s++)
            out_fmt("%2d %s\n", signals[s].number, signals[s].name);
        return tool_end(0);
    }
    if (i < argc && argv[i][0] == '-') {
        const char *name = strcmp(argv[i], "-s") == 0 ? argv[++i] : argv[i] + 1;
        number = name != NULL ? signal_number(name) : -1;
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
