/* SPDX-License-Identifier: Apache-2.0 */
/* Simple commands: assignments, redirections, looking programs up, starting them. */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a subshell's text with the variables in front of it, which is one of its arguments. */
#define SCRIPT_LIMIT (FUT_SPAWN_ARGUMENTS - (2u << 10))

static bool redirect_dup(const struct redirect *redirect, const char *target, struct io *io)
{
    if (target[0] < '0' || target[0] > '2' || target[1] != '\0') {
        shell_fail(target, "only descriptors 0, 1 and 2 can be copied");
        return false;
    }
    io->fd[redirect->fd] = io->fd[target[0] - '0'];
    return true;
}

static bool redirect_open(const struct redirect *redirect, const char *path, struct io *io,
                          int opened[3])
{
    static const int flags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC,
                                O_WRONLY | O_CREAT | O_APPEND};
    int fd = open(path, flags[redirect->type] | O_CLOEXEC, 0666);
    if (fd < 0) {
        shell_fail(path, strerror(errno));
        return false;
    }
    /* An earlier file for the same descriptor stays open only if another one copied it. */
    int old = opened[redirect->fd];
    io->fd[redirect->fd] = fd;
    opened[redirect->fd] = fd;
    if (old >= 0 && (io->fd[0] == old || io->fd[1] == old || io->fd[2] == old)) {
        for (int i = 0; i < 3; i++)
            if (opened[i] < 0) {
                opened[i] = old;
                return true;
            }
    }
    if (old >= 0 && io->fd[0] != old && io->fd[1] != old && io->fd[2] != old) close(old);
    return true;
}

bool command_redirect(struct shell *shell, const struct node *node, struct io *io, int opened[3])
{
    opened[0] = opened[1] = opened[2] = -1;
    for (const struct redirect *r = node->redirects; r != NULL; r = r->next) {
        char *word = expand_text(shell, r->word);
        bool good = word != NULL && (r->type == R_DUP ? redirect_dup(r, word, io)
                                                      : redirect_open(r, word, io, opened));
        free(word);
        if (!good) {
            command_close(opened);
            return false;
        }
    }
    return true;
}

void command_close(int opened[3])
{
    for (int i = 0; i < 3; i++) {
        if (opened[i] >= 0) close(opened[i]);
        opened[i] = -1;
    }
}

static bool prepare_assignment(struct shell *shell, const char *raw, size_t name,
                               struct command *command)
{
    char *value = expand_text(shell, raw + name + 1);
    if (value == NULL) return false;
    struct buffer entry = {0};
    buffer_add(&entry, raw, name + 1);
    buffer_str(&entry, value);
    strings_take(&command->assignments, entry.text);
    free(value);
    return true;
}

bool command_prepare(struct shell *shell, const struct node *node, const struct io *io,
                     struct command *command)
{
    *command = (struct command){.io = *io, .opened = {-1, -1, -1}};
    bool good = true, leading = true;
    shell->substitution_status = 0;
    for (size_t i = 0; i < node->word_count && good; i++) {
        size_t name = vars_name_length(node->words[i]);
        leading = leading && name > 0 && node->words[i][name] == '=';
        good = leading ? prepare_assignment(shell, node->words[i], name, command)
                       : expand_word(shell, node->words[i], &command->words);
    }
    good = good && command_redirect(shell, node, &command->io, command->opened);
    if (!good) command_release(command);
    return good;
}

void command_release(struct command *command)
{
    command_close(command->opened);
    strings_free(&command->assignments);
    strings_free(&command->words);
}

char *command_find(struct shell *shell, const char *name)
{
    const char *path = vars_get(&shell->variables, "PATH");
    return tool_find_in(path != NULL ? path : "/bin", name);
}

/* Status of a failed start, with POSIX's numbers. */
static int start_failed(const char *name, int error)
{
    const char *reason = strerror(error);
    if (error == ENOMEM) reason = "the shell's memory is used up: end a program (`ps`, `kill`)";
    if (error == EAGAIN) reason = "too many programs run: end one (`ps`, `kill`)";
    shell_fail(name, reason);
    return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

/* Which of the two is too much. */
static const char *start_too_big(const struct strings *environment)
{
    size_t size = 0;
    for (size_t i = 0; i < environment->count; i++)
        size += strlen(environment->items[i]) + 1;
    return size > FUT_SPAWN_ENVIRONMENT ? "the exported variables are longer than 24 KiB in all"
                                        : "the arguments are longer than 32 KiB in all";
}

static int start_file(struct shell *shell, const char *path, struct command *command, pid_t *pid)
{
    struct strings environment = {0}, script = {0};
    vars_environ(&shell->variables, &command->assignments, &environment);
    int failed =
        fut_spawn(pid, path, command->words.items, environment.items, command->io.fd, NULL);
    if (failed != 0 && errno == ENOEXEC) { /* a script */
        strings_add(&script, "fsh");
        strings_add(&script, path);
        for (size_t i = 1; i < command->words.count; i++)
            strings_add(&script, command->words.items[i]);
        failed = fut_spawn(pid, shell->self, script.items, environment.items, command->io.fd, NULL);
        strings_free(&script);
    }
    int error = failed != 0 ? errno : 0, status = 0;
    if (error == E2BIG) {
        shell_fail(command->words.items[0], start_too_big(&environment));
        status = 126;
    } else if (error != 0) {
        status = start_failed(command->words.items[0], error);
    }
    strings_free(&environment);
    return status;
}

/* Commands of other shells that this one has not: so that nobody looks for a program. */
static bool is_unsupported(const char *name)
{
    static const char *const names[] = {"alias",   "bg",       "eval",   "exec",   "function",
                                        "local",   "readonly", "select", "trap",   "unalias",
                                        "getopts", "return",   "times",  "ulimit", "time"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static int start_program(struct shell *shell, struct command *command, pid_t *pid)
{
    const char *name = command->words.items[0];
    char *path = command_find(shell, name);
    struct stat st;
    if (path == NULL) {
        shell_fail(name,
                   is_unsupported(name) ? "not supported by this shell" : "command not found");
        return 127;
    }
    int status;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        status = start_failed(name, EISDIR);
    else if (access(path, X_OK) != 0)
        status = start_failed(name, errno);
    else
        status = start_file(shell, path, command, pid);
    free(path);
    return status;
}

int command_start_text(struct shell *shell, const char *text, size_t length, const struct io *io,
                       pid_t *pid)
{
    struct buffer script = {0};
    for (size_t i = 0; i < shell->variables.count; i++) {
        const struct variable *var = &shell->variables.items[i];
        if (var->exported || var->value == NULL) continue;
        buffer_str(&script, var->name);
        buffer_str(&script, "=");
        buffer_quoted(&script, var->value);
        buffer_str(&script, "\n");
    }
    if (shell->option_exit || shell->option_unset) {
        buffer_str(&script, "set -");
        buffer_str(&script, shell->option_exit ? "e" : "");
        buffer_str(&script, shell->option_unset ? "u\n" : "\n");
    }
    buffer_add(&script, text, length);
    struct command command = {.io = *io};
    strings_add(&command.words, "fsh");
    strings_add(&command.words, "-c");
    size_t script_length = script.length;
    strings_take(&command.words, script.text);
    for (size_t i = 0; i < shell->arguments.count; i++)
        strings_add(&command.words, shell->arguments.items[i]);
    int status = 126;
    if (script_length > SCRIPT_LIMIT)
        shell_fail(NULL, "the shell's variables are too long for a subshell: 30 KiB");
    else
        status = start_file(shell, shell->self, &command, pid);
    strings_free(&command.words);
    return status;
}

/* A builtin that has to run beside this shell: its expanded words, quoted, in a shell of its own.
 */
static int start_builtin(struct shell *shell, struct command *command, pid_t *pid)
{
    struct buffer text = {0};
    buffer_str(&text, "");
    for (size_t i = 0; i < command->assignments.count; i++) {
        size_t name = vars_name_length(command->assignments.items[i]);
        buffer_add(&text, command->assignments.items[i], name + 1);
        buffer_quoted(&text, command->assignments.items[i] + name + 1);
        buffer_str(&text, " ");
    }
    for (size_t i = 0; i < command->words.count; i++) {
        buffer_quoted(&text, command->words.items[i]);
        buffer_str(&text, " ");
    }
    int status = command_start_text(shell, text.text, text.length, &command->io, pid);
    free(text.text);
    return status;
}

int command_start(struct shell *shell, struct command *command, pid_t *pid)
{
    if (command->words.count == 0) return start_builtin(shell, command, pid);
    const char *name = command->words.items[0];
    if (builtin_find(name) == NULL) return start_program(shell, command, pid);
    /* The same thing as a small program is cheaper than another shell. */
    static const char *const programs[] = {"echo", "true", "false", "pwd"};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        char *path = strcmp(name, programs[i]) == 0 ? command_find(shell, name) : NULL;
        if (path == NULL) continue;
        int status = start_file(shell, path, command, pid);
        free(path);
        return status;
    }
    return start_builtin(shell, command, pid);
}

static void assign(struct shell *shell, const char *entry)
{
    size_t length = vars_name_length(entry);
    char *name = text_copy(entry, length);
    vars_set(&shell->variables, name, entry + length + 1);
    free(name);
}

/* `cd --help`, in one place for all; not where the word is an operand like another. */
static bool asks_for_help(const struct builtin *builtin, const struct command *command)
{
    static const char *const plain[] = {"echo", "test", "[", ":", "true", "false"};
    if (command->words.count != 2 || strcmp(command->words.items[1], "--help") != 0) return false;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(builtin->name, plain[i]) == 0) return false;
    return true;
}

static int call_builtin(struct shell *shell, const struct builtin *builtin, struct command *command)
{
    if (!asks_for_help(builtin, command))
        return builtin->run(shell, (int)command->words.count, command->words.items, &command->io);
    out_fmt("usage: %s", builtin->usage);
    return 0;
}

/* Assignments before a builtin hold while it runs. */
static int run_builtin(struct shell *shell, const struct builtin *builtin, struct command *command)
{
    struct strings *assignments = &command->assignments;
    char **old = tool_alloc((assignments->count + 1) * sizeof *old);
    for (size_t i = 0; i < assignments->count; i++) {
        char *name = text_copy(assignments->items[i], vars_name_length(assignments->items[i]));
        const char *value = vars_get(&shell->variables, name);
        old[i] = value != NULL ? text_copy(value, strlen(value)) : NULL;
        assign(shell, assignments->items[i]);
        free(name);
    }
    out_to(command->io.fd[1]);
    int status = call_builtin(shell, builtin, command);
    if (!out_flush() && status == 0) {
        if (errno != EPIPE) shell_fail(builtin->name, strerror(errno));
        status = 1;
    }
    out_to(1);
    for (size_t i = assignments->count; i-- > 0;) {
        char *name = text_copy(assignments->items[i], vars_name_length(assignments->items[i]));
        if (old[i] != NULL)
            vars_set(&shell->variables, name, old[i]);
        else
            vars_unset(&shell->variables, name);
        free(name);
        free(old[i]);
    }
    free(old);
    return status;
}

static void trace(const struct command *command)
{
    struct buffer line = {0};
    buffer_str(&line, "+");
    for (size_t i = 0; i < command->assignments.count; i++) {
        buffer_str(&line, " ");
        buffer_str(&line, command->assignments.items[i]);
    }
    for (size_t i = 0; i < command->words.count; i++) {
        buffer_str(&line, " ");
        buffer_str(&line, command->words.items[i]);
    }
    buffer_str(&line, "\n");
    (void)fd_write(2, line.text, line.length);
    free(line.text);
}

static int run_words(struct shell *shell, struct command *command)
{
    if (shell->option_trace) trace(command);
    if (command->words.count == 0) {
        for (size_t i = 0; i < command->assignments.count; i++)
            assign(shell, command->assignments.items[i]);
        return shell->substitution_status;
    }
    const struct builtin *builtin = builtin_find(command->words.items[0]);
    if (builtin != NULL) return run_builtin(shell, builtin, command);
    pid_t pid;
    int status = start_program(shell, command, &pid);
    return status != 0 ? status : exec_wait(shell, pid);
}

int command_run(struct shell *shell, struct command *command)
{
    int errors = shell_errors_to(command->io.fd[2]);
    int status = run_words(shell, command);
    shell_errors_to(errors);
    return status;
}
