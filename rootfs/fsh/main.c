/* SPDX-License-Identifier: Apache-2.0 */
/* The native shell: options, start-up files, and the loop that reads commands. */
#define _GNU_SOURCE /* environ */
#include "shell.h"

#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "fsh [-l] [-eux] [-c COMMANDS [NAME [ARGUMENT...]] | FILE [ARGUMENT...]]\n"
    "The shell. -c: run COMMANDS; -l: login shell (reads /etc/profile).\n"
    "-e: end at the first failure; -u: unset variables are errors; "
    "-x: print commands.\n`help` inside the shell lists the commands.\n";

struct options {
    const char *commands;
    bool login;
};

static void on_interrupt(int signal) { shell_interrupted = signal; }

static void shell_begin(struct shell *shell, const char *program)
{
    static char path[] = "/bin/fsh";
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL); /* without SA_RESTART: waiting must end */
    sigaction(SIGQUIT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    tool_no_memory = shell_no_memory;
    fut_keep(SHELL_KEEPS);
    shell->substitute = exec_substitute;
    vars_import(&shell->variables, environ);
    vars_set(&shell->variables, "IFS", " \t\n");
    if (vars_get(&shell->variables, "PATH") == NULL) {
        vars_set(&shell->variables, "PATH", "/bin");
        vars_export(&shell->variables, "PATH");
    }
    const char *self = vars_get(&shell->variables, "FSH");
    if (program[0] != '-' && strchr(program, '/') != NULL) self = program;
    self = self != NULL ? self : path;
    shell->self = text_copy(self, strlen(self));
    /* Shells that this one starts are called plain `fsh`; they find the program through this. */
    vars_set(&shell->variables, "FSH", shell->self);
    vars_export(&shell->variables, "FSH");
}

static char *shell_prompt(struct shell *shell)
{
    const char *custom = vars_get(&shell->variables, "PS1");
    char folder[4096];
    struct buffer prompt = {0};
    if (custom != NULL) {
        char *text = expand_text(shell, custom);
        return text != NULL ? text : text_copy("$ ", 2);
    }
    buffer_str(&prompt, getcwd(folder, sizeof folder) != NULL ? folder : "?");
    buffer_str(&prompt, " $ ");
    return prompt.text;
}

/* Runs what is complete in `text`. False if it ended inside a construct. */
static bool run_complete(struct shell *shell, const char *text)
{
    static const struct io io = {{0, 1, 2}};
    struct arena arena = {0};
    struct parser parser;
    struct node *tree;
    enum parse_status status;
    parser_begin(&parser, &arena, text);
    while ((status = parser_next(&parser, &tree)) == PARSE_OK)
        ;
    bool complete = status != PARSE_INCOMPLETE;
    arena_free(&arena);
    size_t length = strlen(text);
    if (length >= 2 && text[length - 1] == '\n' && text[length - 2] == '\\') complete = false;
    if (complete) exec_text(shell, text, "input", &io);
    return complete;
}

static void after_command(struct shell *shell)
{
    if (shell_interrupted && shell->interactive) {
        shell->status = 128 + shell_interrupted;
        shell->flow = FLOW_NONE;
        shell_interrupted = 0;
    }
}

/* Runs what was typed. A command that is given up leaves the shell's own state as it was, but for
 * what it had open. */
static bool run_typed(struct shell *shell, const char *text)
{
    static jmp_buf refuge;
    bool complete = true;
    if (setjmp(refuge) == 0) {
        if (shell->interactive) shell_refuge = &refuge;
        complete = run_complete(shell, text);
    } else {
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        out_to(1);
        shell_errors_to(2);
        shell->depth = shell->loops = shell->flow_levels = 0;
        shell->condition = false;
        shell->flow = FLOW_NONE;
        shell->disturbed = true;
        shell->status = 1;
    }
    shell_refuge = NULL;
    return complete;
}

static void shell_loop(struct shell *shell)
{
    struct buffer text = {0};
    static const struct io io = {{0, 1, 2}};
    while (shell->flow != FLOW_EXIT) {
        if (shell->interactive && text.length == 0) jobs_tell(shell);
        char *prompt = text.length > 0 ? text_copy("> ", 2) : shell_prompt(shell);
        char *line = terminal_line(shell, prompt);
        free(prompt);
        if (line == NULL) {
            if (text.length > 0)
                exec_text(shell, text.text, "input", &io); /* says what is missing */
            break;
        }
        buffer_str(&text, line);
        free(line);
        if (shell_interrupted)
            text.length = 0;
        else if (!run_typed(shell, text.text))
            continue;
        if (shell->interactive && text.length > 0) history_add(shell, text.text);
        text.length = 0;
        after_command(shell);
    }
    free(text.text);
}

static int parse_options(struct shell *shell, int argc, char **argv, struct options *options)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) return i + 1;
        bool commands = false;
        for (const char *c = argv[i] + 1; *c != '\0'; c++) {
            shell->option_exit |= *c == 'e';
            shell->option_trace |= *c == 'x';
            shell->option_unset |= *c == 'u';
            options->login |= *c == 'l';
            commands |= *c == 'c';
            if (strchr("exulc", *c) == NULL) return -1;
        }
        if (commands) {
            options->commands = argv[++i];
            return options->commands != NULL ? i + 1 : -1;
        }
    }
    return i;
}

static void login_begin(struct shell *shell, const struct io *io)
{
    if (access("/etc/profile", R_OK) == 0) exec_file(shell, "/etc/profile", io);
    const char *home = vars_get(&shell->variables, "HOME");
    char *profile = home != NULL ? tool_join(home, ".profile") : NULL;
    if (profile != NULL && access(profile, R_OK) == 0) exec_file(shell, profile, io);
    free(profile);
}

static void shell_end(struct shell *shell)
{
    if (shell->interactive) history_save(shell);
    vars_free(&shell->variables);
    strings_free(&shell->arguments);
    strings_free(&shell->history);
    jobs_free(shell);
    free((char *)shell->self);
}

int main(int argc, char **argv)
{
    struct shell shell = {0};
    struct options options = {.login = argv[0][0] == '-'};
    static const struct io io = {{0, 1, 2}};
    tool_begin(argc, argv, usage);
    int first = parse_options(&shell, argc, argv, &options);
    if (first < 0) return tool_usage();
    shell_begin(&shell, argv[0]);
    if (first == argc) strings_add(&shell.arguments, "fsh");
    for (int i = first; i < argc; i++)
        strings_add(&shell.arguments, argv[i]);
    if (options.login) login_begin(&shell, &io);
    if (shell.flow == FLOW_EXIT) {
        /* the profile said exit */
    } else if (options.commands != NULL) {
        shell.status = exec_text(&shell, options.commands, "-c", &io);
    } else if (first < argc) {
        shell.status = exec_file(&shell, argv[first], &io);
    } else {
        shell.interactive = isatty(0) && isatty(1);
        if (shell.interactive) history_load(&shell);
        shell_loop(&shell);
    }
    int status = shell.status;
    shell_end(&shell);
    return shell_interrupted ? 128 + shell_interrupted : status;
}
