/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that must run inside the shell, because they change it. */
#define _GNU_SOURCE /* environ */
#include "shell.h"

#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int run_true(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)shell, (void)argc, (void)argv, (void)io;
    return 0;
}

static int run_false(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)shell, (void)argc, (void)argv, (void)io;
    return 1;
}

/* Number operand between low and high; -1 after a message. */
static long operand_number(char **argv, long low, long high)
{
    char *end;
    errno = 0;
    long value = strtol(argv[1], &end, 10);
    if (end != argv[1] && *end == '\0' && errno == 0 && value >= low && value <= high) return value;
    shell_fail(argv[0], "not a number in range");
    return -1;
}

static int run_exit(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    long status = argc > 1 ? operand_number(argv, 0, 255) : shell->status;
    shell->flow = FLOW_EXIT;
    return status < 0 ? 2 : (int)status;
}

static int change_directory(struct shell *shell, const char *path)
{
    char before[PATH_MAX], after[PATH_MAX];
    bool known = getcwd(before, sizeof before) != NULL;
    if (chdir(path) != 0) {
        shell_fail(path, strerror(errno));
        return 1;
    }
    if (known) vars_set(&shell->variables, "OLDPWD", before);
    if (getcwd(after, sizeof after) != NULL) {
        vars_set(&shell->variables, "PWD", after);
        vars_export(&shell->variables, "PWD");
    }
    return 0;
}

static int run_cd(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    bool back = argc == 2 && strcmp(argv[1], "-") == 0;
    const char *name = back ? "OLDPWD" : "HOME";
    const char *path = argc == 2 && !back ? argv[1] : vars_get(&shell->variables, name);
    if (argc > 2 || path == NULL) {
        shell_fail("cd", argc > 2 ? "too many arguments" : back ? "no OLDPWD" : "no HOME");
        return 1;
    }
    char *copy = text_copy(path, strlen(path));
    int status = change_directory(shell, copy);
    if (back && status == 0) {
        out_str(copy);
        out_char('\n');
    }
    free(copy);
    return status;
}

static int run_pwd(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)shell, (void)argc, (void)argv, (void)io;
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL) {
        shell_fail("pwd", strerror(errno));
        return 1;
    }
    out_str(path);
    out_char('\n');
    return 0;
}

static void print_variable(const char *before, const struct variable *var)
{
    struct buffer line = {0};
    buffer_str(&line, before);
    buffer_str(&line, var->name);
    if (var->value != NULL) {
        buffer_str(&line, "=");
        buffer_quoted(&line, var->value);
    }
    buffer_str(&line, "\n");
    out_str(line.text);
    free(line.text);
}

static void print_variables(struct shell *shell, const char *before, bool exported)
{
    struct strings names = {0};
    for (size_t i = 0; i < shell->variables.count; i++)
        if (!exported || shell->variables.items[i].exported)
            strings_add(&names, shell->variables.items[i].name);
    strings_sort(&names, 0);
    for (size_t n = 0; n < names.count; n++)
        for (size_t i = 0; i < shell->variables.count; i++)
            if (strcmp(shell->variables.items[i].name, names.items[n]) == 0)
                print_variable(before, &shell->variables.items[i]);
    strings_free(&names);
}

static int run_export(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    int status = 0;
    if (argc == 1 || (argc == 2 && strcmp(argv[1], "-p") == 0))
        print_variables(shell, "export ", true);
    for (int i = 1; i < argc && strcmp(argv[i], "-p") != 0; i++) {
        size_t length = vars_name_length(argv[i]);
        if (length == 0 || (argv[i][length] != '\0' && argv[i][length] != '=')) {
            shell_fail(argv[i], "not a variable's name");
            status = 1;
            continue;
        }
        char *name = text_copy(argv[i], length);
        if (argv[i][length] == '=') vars_set(&shell->variables, name, argv[i] + length + 1);
        vars_export(&shell->variables, name);
        free(name);
    }
    return status;
}

static int run_unset(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    for (int i = 1; i < argc; i++)
        vars_unset(&shell->variables, argv[i]);
    return 0;
}

static bool set_options(struct shell *shell, const char *text)
{
    bool on = text[0] == '-';
    for (text++; *text != '\0'; text++) {
        if (*text == 'e')
            shell->option_exit = on;
        else if (*text == 'u')
            shell->option_unset = on;
        else if (*text == 'x')
            shell->option_trace = on;
        else {
            shell_fail("set", "unknown option; there are -e, -u and -x");
            return false;
        }
    }
    return true;
}

static int run_set(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    int i = 1;
    if (argc == 1) print_variables(shell, "", false);
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) break;
        if (!set_options(shell, argv[i])) return 2;
    }
    if (i == argc) return 0;
    i += strcmp(argv[i], "--") == 0;
    struct strings arguments = {0};
    strings_add(&arguments, shell->arguments.count > 0 ? shell->arguments.items[0] : "fsh");
    for (; i < argc; i++)
        strings_add(&arguments, argv[i]);
    strings_free(&shell->arguments);
    shell->arguments = arguments;
    return 0;
}

static int run_shift(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    struct strings *list = &shell->arguments;
    long count = argc > 1 ? operand_number(argv, 0, 65535) : 1;
    if (count < 0 || list->count == 0 || (size_t)count > list->count - 1) {
        if (count >= 0) shell_fail("shift", "there are fewer arguments");
        return 1;
    }
    for (size_t i = 1; i <= (size_t)count; i++)
        free(list->items[i]);
    memmove(list->items + 1, list->items + 1 + count,
            (list->count - (size_t)count) * sizeof *list->items); /* with the null */
    list->count -= (size_t)count;
    return 0;
}

static int run_loop_control(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    long levels = argc > 1 ? operand_number(argv, 1, 1000) : 1;
    if (levels < 0) return 2;
    if (shell->loops == 0) {
        shell_fail(argv[0], "not inside a loop");
        return 1;
    }
    shell->flow = argv[0][0] == 'b' ? FLOW_BREAK : FLOW_CONTINUE;
    shell->flow_levels = (unsigned)levels < shell->loops ? (unsigned)levels : shell->loops;
    return 0;
}

static int run_source(struct shell *shell, int argc, char **argv, const struct io *io)
{
    if (argc < 2) {
        shell_fail(argv[0], "the name of a file is missing");
        return 2;
    }
    return exec_file(shell, argv[1], io);
}

/* Rights over a program are with who started it, that over servers stays with the shell: hence a
 * builtin. */
static int run_kill(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    char digits[16];
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '%') continue;
        pid_t pid = job_pid(shell, argv[i]);
        if (pid == 0) {
            shell_fail(argv[i], "there is no such job");
            return 1;
        }
        snprintf(digits, sizeof digits, "%ld", (long)pid);
        free(argv[i]);
        argv[i] = text_copy(digits, strlen(digits));
    }
    return tool_kill(argc, argv);
}

static int run_history(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    if (argc == 2 && strcmp(argv[1], "-c") == 0) {
        strings_free(&shell->history);
        return 0;
    }
    for (size_t i = 0; i < shell->history.count; i++)
        out_fmt("%5lu  %s\n", (unsigned long)i + 1, shell->history.items[i]);
    return 0;
}

static int run_type(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    int status = 0;
    for (int i = 1; i < argc; i++) {
        char *path = command_find(shell, argv[i]);
        if (builtin_find(argv[i]) != NULL) {
            out_fmt("%s is built into the shell\n", argv[i]);
        } else if (path != NULL && access(path, X_OK) == 0) {
            out_fmt("%s is %s\n", argv[i], path);
        } else {
            shell_fail(argv[i], "not found");
            status = 1;
        }
        free(path);
    }
    return status;
}

/* Also in $UMASK, from which the programs that are started take it. */
static int run_umask(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    char text[8], *end;
    mode_t mask = umask(0);
    umask(mask);
    if (argc == 1) {
        out_fmt("%04o\n", (unsigned)mask);
        return 0;
    }
    unsigned long wanted = strtoul(argv[1], &end, 8);
    if (argc > 2 || argv[1][0] < '0' || argv[1][0] > '7' || *end != '\0' || wanted > 0777) {
        shell_fail(argv[0], argc > 2 ? "too many arguments" : "not an octal number up to 777");
        return 2;
    }
    umask((mode_t)wanted);
    snprintf(text, sizeof text, "%04lo", wanted);
    vars_set(&shell->variables, "UMASK", text);
    vars_export(&shell->variables, "UMASK");
    return 0;
}

static const struct builtin builtins[] = {
    {".", run_source, ". FILE\nRuns the commands of FILE in this shell.\n"},
    {":", run_true, ":\nDoes nothing, successfully.\n"},
    {"[", builtin_test, "[ EXPRESSION ]\nThe same as test; see `help test`.\n"},
    {"break", run_loop_control, "break [N]\nLeaves the innermost loop, or N of them.\n"},
    {"cd", run_cd,
     "cd [FOLDER | -]\nChanges the working folder: to FOLDER, back (-), or to $HOME.\n"},
    {"continue", run_loop_control, "continue [N]\nGoes on with the next round of the loop.\n"},
    {"echo", builtin_echo,
     "echo [-n] [-e] [TEXT...]\nPrints its arguments. -n: no newline; -e: \\n \\t \\\\ \\0NNN mean "
     "characters.\n"},
    {"exit", run_exit,
     "exit [STATUS]\nEnds the shell, with the last command's status by default.\n"},
    {"export", run_export,
     "export [-p] [NAME[=VALUE]...]\nPasses variables on to programs; without operands lists "
     "them.\n"},
    {"false", run_false, "false\nDoes nothing, unsuccessfully.\n"},
    {"fg", builtin_fg,
     "fg [PID | %JOB]\nBrings a command from the background, the last by default, to the "
     "foreground: "
     "waits\nfor it, and Ctrl-C ends it.\n"},
    {"help", builtin_help, "help [COMMAND]\nHow COMMAND is used; without it, what there is.\n"},
    {"history", run_history, "history [-c]\nLists the lines typed so far; -c forgets them.\n"},
    {"jobs", builtin_jobs,
     "jobs\nLists the commands in the background: number, process, state, text.\n"},
    {"kill", run_kill, TOOL_KILL_USAGE},
    {"pwd", run_pwd, "pwd\nPrints the working folder.\n"},
    {"read", builtin_read,
     "read [-r] [-p PROMPT] [NAME...]\nReads a line and splits it into variables (REPLY by "
     "default). "
     "-r: a backslash is\nan ordinary character.\n"},
    {"set", run_set,
     "set [-eux] [+eux] [--] [ARGUMENT...]\n-e: end at the first command that fails; -u: unset "
     "variables are errors;\n-x: print commands before they run. Operands become $1, $2, ...\n"},
    {"shift", run_shift, "shift [N]\nDrops the first N (1) of $1, $2, ...\n"},
    {"test", builtin_test,
     "test EXPRESSION\n-e -f -d -L -r -w -x -s FILE; -z -n TEXT; A = B, A != B, A < B, A > B;\n"
     "M -eq -ne -lt -le -gt -ge N; ! X, X -a Y, X -o Y, ( X ). 0 = true, 1 = false, 2 = wrong.\n"},
    {"true", run_true, "true\nDoes nothing, successfully.\n"},
    {"type", run_type, "type NAME...\nSays what a command name stands for.\n"},
    {"umask", run_umask,
     "umask [MASK]\nPrints or sets the permissions, in octal, that new files and folders do not "
     "get "
     "(022\nat first). $UMASK hands them on to programs.\n"},
    {"unset", run_unset, "unset NAME...\nForgets variables.\n"},
    {"wait", builtin_wait,
     "wait [PID | %JOB...]\nWaits for all commands in the background, or for those.\n"},
};

const struct builtin *builtin_at(size_t index)
{
    return index < sizeof builtins / sizeof builtins[0] ? &builtins[index] : NULL;
}

const struct builtin *builtin_find(const char *name)
{
    for (size_t i = 0; builtin_at(i) != NULL; i++)
        if (strcmp(builtins[i].name, name) == 0) return &builtins[i];
    return NULL;
}
