/* SPDX-License-Identifier: Apache-2.0 */
/* Names and numbers of signals. */
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

int tool_signal(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end != text && *end == '\0') return number >= 0 && number < 65 ? (int)number : -1;
    if (strncmp(text, "SIG", 3) == 0) text += 3;
    for (size_t i = 0; i < SIGNALS; i++)
        if (strcmp(signals[i].name, text) == 0) return signals[i].number;
    return -1;
}

void tool_signals(void)
{
    for (size_t s = 0; s < SIGNALS; s++)
        out_fmt("%2d %s\n", signals[s].number, signals[s].name);
}
