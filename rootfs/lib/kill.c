/* SPDX-License-Identifier: Apache-2.0 */
/* kill: the command itself, for the program and for the shell's builtin. */
#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <limits.h>
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

/* -1: there is none. */
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

static void signals_list(void)
{
    for (size_t s = 0; s < SIGNALS; s++)
        out_fmt("%2d %s\n", signals[s].number, signals[s].name);
}

/* In its own name, whoever runs it. */
static void kill_fail(const char *subject, const char *reason)
{
    const char *parts[] = {"kill: ", subject, subject != NULL ? ": " : NULL, reason, "\n"};

    out_flush();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL) (void)fd_write(2, parts[i], strlen(parts[i]));
}

/* A number as it is, a name through /proc/tasks; 0 after a message. Names of programs are no more
 * than labels: of several with the same none is chosen. */
static pid_t kill_target(const char *text)
{
    struct proc_table table;
    char *end;
    long number = strtol(text, &end, 10);
    size_t found, row = 0;

    if (end != text && *end == '\0') {
        if (number > 0 && number <= INT_MAX) return (pid_t)number;
        kill_fail(text, "not a process number");
        return 0;
    }
    if (!proc_read(&table, "tasks")) return 0;
    found = proc_count(&table, "name", text, &row);
    if (found == 1) number = (long)proc_cell_number(&table, row, "pid");
    proc_free(&table);
    if (found == 1) return (pid_t)number;
    kill_fail(text, found == 0
                        ? "no component has this number or name"
                        : "several components have this name: give the number that ps shows");
    return 0;
}

/* Who may end nobody is told so of everything: the system's list knows what there is. */
static bool process_lives(pid_t pid)
{
    struct proc_table table;
    bool lives = false;

    if (!proc_read(&table, "tasks")) return true;
    for (size_t row = 0; row < table.rows && !lives; row++)
        lives = proc_cell_number(&table, row, "pid") == (uint64_t)pid;
    proc_free(&table);
    return lives;
}

static bool kill_one(const char *text, int number)
{
    pid_t pid = kill_target(text);
    char reason[160] = "not permitted: ";
    const char *denied;

    if (pid == 0) return false;
    if (fut_kill(pid, number) == 0) return true;
    denied = errno == EPERM ? fut_denied() : NULL;
    if (denied != NULL && !process_lives(pid)) {
        errno = ESRCH;
        denied = NULL;
    }
    if (denied != NULL) strncat(reason, denied, sizeof reason - strlen(reason) - 1);
    kill_fail(text, denied != NULL ? reason : strerror(errno));
    return false;
}

static int kill_usage(void)
{
    static const char text[] = "usage: " TOOL_KILL_USAGE;
    (void)fd_write(2, text, sizeof text - 1);
    return 2;
}

int tool_kill(int argc, char **argv)
{
    int number = SIGTERM, status = 0, i = 1;

    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        signals_list();
        return 0;
    }
    if (argc > 1 && argv[1][0] == '-') {
        const char *name = strcmp(argv[1], "-s") == 0 ? argv[++i] : argv[1] + 1;

        number = name != NULL ? signal_number(name) : -1;
        if (number < 0) {
            kill_fail(name, "no such signal");
            return kill_usage();
        }
        i++;
    }
    if (i >= argc) {
        kill_fail(NULL, "the number or name of a process is missing");
        return kill_usage();
    }
    for (; i < argc; i++)
        if (!kill_one(argv[i], number)) status = 1;
    return status;
}
