/* SPDX-License-Identifier: Apache-2.0 */
/* State of one shell, and what its parts offer each other. */
#ifndef FSH_SHELL_H
#define FSH_SHELL_H

#include "ast.h"

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* --- lists of strings: owned, null-terminated --------------------------------------------------
 */
struct strings {
    char **items;
    size_t count, room;
};
void strings_take(struct strings *list, char *text); /* takes ownership */
void strings_add(struct strings *list, const char *text);
void strings_add_mem(struct strings *list, const char *text, size_t length);
void strings_sort(struct strings *list, size_t first);
void strings_free(struct strings *list);
char *text_copy(const char *text, size_t length);

/* Growing text. */
struct buffer {
    char *text; /* zero-terminated once anything was added */
    size_t length, room;
};
void buffer_add(struct buffer *buffer, const char *text, size_t length);
void buffer_str(struct buffer *buffer, const char *text);
/* `text` in single quotes, so that the shell reads it back unchanged. */
void buffer_quoted(struct buffer *buffer, const char *text);

/* --- shell -------------------------------------------------------------------------------------
 */
struct variable {
    char *name, *value; /* value null: marked for export, but unset */
    bool exported;
};

struct variables {
    struct variable *items;
    size_t count, room;
};

enum flow { FLOW_NONE, FLOW_BREAK, FLOW_CONTINUE, FLOW_EXIT };

/* A command that was started with &. */
struct job {
    unsigned number; /* as in %1 */
    pid_t pid;
    int status;       /* wait(2)'s, once it has ended */
    bool ended, told; /* told: the user has seen that it ended */
    char *text;
};

struct shell {
    struct variables variables;
    struct strings arguments; /* $0, $1 ... */
    struct strings history;
    struct job *jobs; /* in the order they were started */
    size_t job_count;
    pid_t last_async; /* $! */
    int status;       /* $? */
    int substitution_status;
    enum flow flow;
    unsigned flow_levels, loops, depth;
    bool interactive, option_exit, option_trace, option_unset;
    bool disturbed;   /* a program in the foreground was ended: the terminal may be in any mode */
    bool condition;   /* inside a condition: -e does not apply */
    const char *self; /* path of the shell's own program */
    /* Output of a command text, allocated; null after a message. Set by exec.c; tests replace it.
     */
    char *(*substitute)(struct shell *shell, const char *text, size_t length);
};

/* The signal, SIGINT or SIGQUIT, that ends what runs in the foreground; 0: none. Set by a handler,
 * or by shell_stopped. */
extern volatile sig_atomic_t shell_interrupted;
/* Asks whether one was typed meanwhile. Costs no call of the system. */
bool shell_stopped(void);

/* Redirects the messages of shell_fail to another descriptor; returns the one before. */
int shell_errors_to(int fd);
/* Gives up the running command after a message: back to the prompt, the shell's `shell_refuge`;
 * without one the shell ends with status 1. What the command held is not given back. */
_Noreturn void shell_give_up(const char *reason);
_Noreturn void shell_no_memory(void); /* the same, for tool_no_memory */
extern jmp_buf *shell_refuge;
/* "fsh: subject: reason" on stderr; a null subject is left out. */
void shell_fail(const char *subject, const char *reason);

/* --- variables (vars.c)
 * ---------------------------------------------------------------------------- */
const char *vars_get(const struct variables *vars, const char *name); /* null = unset */
void vars_set(struct variables *vars, const char *name, const char *value);
void vars_export(struct variables *vars, const char *name);
void vars_unset(struct variables *vars, const char *name);
void vars_import(struct variables *vars, char **environ);
/* Environment for a program; `extra` "NAME=value" entries win. Free with strings_free. */
void vars_environ(const struct variables *vars, const struct strings *extra, struct strings *out);
void vars_free(struct variables *vars);
/* Length of the variable name at `text`, 0 = none. */
size_t vars_name_length(const char *text);

/* --- expansion (expand.c)
 * -------------------------------------------------------------------------- */
/* All expansions of one raw word; appends the fields. False after a message. */
bool expand_word(struct shell *shell, const char *raw, struct strings *out);
/* Without splitting and globbing (assignments, redirections); allocated, null after a message. */
char *expand_text(struct shell *shell, const char *raw);
/* As expand_text, but what was quoted is escaped: a pattern for glob_match. */
char *expand_pattern(struct shell *shell, const char *raw, size_t length);
/* Value of $((text)); false after a message. */
bool arith_evaluate(struct shell *shell, const char *text, long *value);

/* --- patterns (glob.c) ---------------------------------------------------------------------------
 */
bool glob_match(const char *pattern, const char *text);
/* Adds the sorted paths that match; number of them. */
size_t glob_paths(const char *pattern, struct strings *out);

/* --- execution (exec.c, command.c, builtin.c)
 * ------------------------------------------------------ */
struct io {
    int fd[3];
};
int exec_node(struct shell *shell, const struct node *node, const struct io *io);
/* Parses and runs all of `text`; `name` for messages. Status of the last command. */
int exec_text(struct shell *shell, const char *text, const char *name, const struct io *io);
int exec_file(struct shell *shell, const char *path, const struct io *io);
char *exec_substitute(struct shell *shell, const char *text, size_t length);

/* --- waiting (jobs.c) ---------------------------------------------------------------------------
 */
/* Waits for a program in the foreground, and ends it if a signal character is typed. Its status. */
int exec_wait(struct shell *shell, pid_t pid);
/* Notes a background command as $!; the text is copied. */
void job_add(struct shell *shell, pid_t pid, const char *text, size_t length);
/* Looks which have ended, and tells of those on stdout that the user was not told of. */
void jobs_tell(struct shell *shell);
void jobs_free(struct shell *shell);
/* The process that `%JOB` stands for; 0: there is no such job, or the text is none of the kind. */
pid_t job_pid(const struct shell *shell, const char *text);

/* The use that only this shell itself has, no program that it starts. */
#define SHELL_KEEPS "supervise"

/* A simple command after expansion. */
struct command {
    struct strings assignments, words;
    struct io io;
    int opened[3]; /* descriptors to close afterwards, -1 = none */
};
bool command_prepare(struct shell *shell, const struct node *node, const struct io *io,
                     struct command *command);
bool command_redirect(struct shell *shell, const struct node *node, struct io *io, int opened[3]);
void command_release(struct command *command);
void command_close(int opened[3]);
int command_run(struct shell *shell, struct command *command);
/* Starts without waiting; builtins in a shell of their own. Status 0, or of the failure. */
int command_start(struct shell *shell, struct command *command, pid_t *pid);
/* Starts `text` in a shell of its own that knows this one's variables and arguments. */
int command_start_text(struct shell *shell, const char *text, size_t length, const struct io *io,
                       pid_t *pid);
/* Path of the program `name` along PATH, allocated; null = not found. */
char *command_find(struct shell *shell, const char *name);

struct builtin {
    const char *name;
    int (*run)(struct shell *shell, int argc, char **argv, const struct io *io);
    const char *usage; /* first line: synopsis */
};
const struct builtin *builtin_find(const char *name);
const struct builtin *builtin_at(size_t index); /* null after the last */
int builtin_test(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_read(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_echo(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_fg(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_jobs(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_wait(struct shell *shell, int argc, char **argv, const struct io *io);
int builtin_help(struct shell *shell, int argc, char **argv, const struct io *io);

/* --- interaction (edit.c, complete.c, terminal.c)
 * ---------------------------------------------------- */
/* Completions of the word that ends at `at`: the words, raw start of the word in *start. */
void complete_line(struct shell *shell, const char *line, size_t at, size_t *start,
                   struct strings *out);
/* Reads a line with its newline; null at the end of input. */
char *terminal_line(struct shell *shell, const char *prompt);
/* A command as it was typed; one of several lines is kept as one, unless it holds a quote or a
 * comment. */
void history_add(struct shell *shell, const char *text);
void history_load(struct shell *shell);
void history_save(struct shell *shell);

#endif
