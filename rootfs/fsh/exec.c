/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs trees. There is no fork: what must run beside the shell is either a program or, as text, a
 * shell of its own (`fsh -c`). The last command of a pipeline runs in this shell.
 */
#define _GNU_SOURCE /* pipe2 */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXEC_DEPTH 64 /* nested . and compound commands */
#define SUBSTITUTE_LIMIT ((size_t)1 << 20)

static int exec_simple(struct shell *shell, const struct node *node, const struct io *io)
{
    struct command command;
    if (!command_prepare(shell, node, io, &command)) return 1;
    int status = command_run(shell, &command);
    command_release(&command);
    return status;
}

/* Starts one command of a pipeline or a background one. */
static int start_node(struct shell *shell, const struct node *node, const struct io *io, pid_t *pid)
{
    if (node->type == N_SIMPLE) {
        struct command command;
        if (!command_prepare(shell, node, io, &command)) return 1;
        int status = command_start(shell, &command, pid);
        command_release(&command);
        return status;
    }
    return command_start_text(shell, node->begin, (size_t)(node->end - node->begin), io, pid);
}

static bool pipe_open(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) == 0) return true;
    shell_fail("pipe", strerror(errno));
    return false;
}

static int exec_pipeline(struct shell *shell, const struct node *node, const struct io *io)
{
    struct io part = *io;
    size_t count = 0, room = 0;
    pid_t *pids = NULL;
    int status = 1;
    for (const struct node *child = node->children; child != NULL; child = child->next) {
        int ends[2], input = part.fd[0];
        pid_t pid = 0;
        bool last = child->next == NULL;
        if (!last && !pipe_open(ends))
            last = true;
        else if (last)
            status = exec_node(shell, child, &part);
        else {
            part.fd[1] = ends[1];
            if (start_node(shell, child, &part, &pid) == 0) {
                if (count == room) pids = tool_resize(pids, (room = room * 2 + 4) * sizeof *pids);
                pids[count++] = pid;
            }
            close(ends[1]);
            part.fd[1] = io->fd[1];
            part.fd[0] = ends[0];
        }
        if (input != io->fd[0]) close(input);
        if (last) break;
    }
    for (size_t i = 0; i < count; i++)
        exec_wait(shell, pids[i]);
    free(pids);
    return status;
}

/* A background command does not take what is typed for the shell. */
static int exec_async(struct shell *shell, const struct node *node, const struct io *io)
{
    struct io beside = *io;
    pid_t pid;
    const struct node *whole = node, *only = node->children;
    int null = io->fd[0] == 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    if (null >= 0) beside.fd[0] = null;
    if (only->next == NULL && !only->negated && only->children->next == NULL)
        node = only->children; /* one command: no shell between */
    int status = start_node(shell, node, &beside, &pid);
    if (null >= 0) close(null);
    if (status != 0) return status;
    job_add(shell, pid, whole->begin, (size_t)(whole->end - whole->begin));
    if (shell->interactive) {
        char text[32];
        size_t at = sizeof text - 1;
        text[at] = '\n';
        for (pid_t rest = pid; rest > 0; rest /= 10)
            text[--at] = (char)('0' + rest % 10);
        (void)fd_write(2, text + at, sizeof text - at);
    }
    return 0;
}

static int exec_andor(struct shell *shell, const struct node *node, const struct io *io)
{
    int status = 0;
    bool condition = shell->condition, tested = true;
    for (const struct node *child = node->children; child != NULL; child = child->next) {
        if ((child->join == T_AND && status != 0) || (child->join == T_OR && status == 0)) continue;
        tested = child->next != NULL || child->negated;
        shell->condition = condition || tested;
        status = child->children->next == NULL ? exec_node(shell, child->children, io)
                                               : exec_pipeline(shell, child, io);
        if (child->negated && shell->flow == FLOW_NONE) status = status == 0;
        shell->status = status;
        if (shell->flow != FLOW_NONE) break;
    }
    shell->condition = condition;
    if (status != 0 && shell->option_exit && !condition && !tested && shell->flow == FLOW_NONE)
        shell->flow = FLOW_EXIT;
    return status;
}

static int exec_list(struct shell *shell, const struct node *node, const struct io *io)
{
    int status = 0;
    for (const struct node *child = node->children; child != NULL; child = child->next) {
        if (shell->flow != FLOW_NONE || shell_stopped()) break;
        status = child->async ? exec_async(shell, child, io) : exec_andor(shell, child, io);
        shell->status = status;
    }
    if (shell_interrupted) {
        shell->flow = FLOW_EXIT;
        return 128 + shell_interrupted;
    }
    return status;
}

static bool exec_condition(struct shell *shell, const struct node *node, const struct io *io)
{
    bool before = shell->condition;
    shell->condition = true;
    bool result = exec_node(shell, node, io) == 0;
    shell->condition = before;
    return result;
}

/* After a loop's body: whether the loop ends; break and continue count down one level. */
static bool loop_ends(struct shell *shell)
{
    if (shell->flow == FLOW_NONE) return false;
    if (shell->flow == FLOW_EXIT) return true;
    if (--shell->flow_levels > 0) return true;
    bool ends = shell->flow == FLOW_BREAK;
    shell->flow = FLOW_NONE;
    return ends;
}

static int exec_while(struct shell *shell, const struct node *node, const struct io *io)
{
    int status = 0;
    shell->loops++;
    for (;;) {
        bool go = exec_condition(shell, node->condition, io) != node->negated;
        if (loop_ends(shell) || !go) break;
        status = exec_node(shell, node->body, io);
        if (loop_ends(shell)) break;
    }
    shell->loops--;
    return shell->flow == FLOW_EXIT ? shell->status : status;
}

static int exec_for(struct shell *shell, const struct node *node, const struct io *io)
{
    struct strings list = {0};
    int status = 0;
    if (node->all && !expand_word(shell, "\"$@\"", &list)) return 1;
    for (size_t i = 1; i < node->word_count; i++)
        if (!expand_word(shell, node->words[i], &list)) {
            strings_free(&list);
            return 1;
        }
    shell->loops++;
    for (size_t i = 0; i < list.count; i++) {
        vars_set(&shell->variables, node->words[0], list.items[i]);
        status = exec_node(shell, node->body, io);
        if (loop_ends(shell)) break;
    }
    shell->loops--;
    strings_free(&list);
    return status;
}

static int exec_if(struct shell *shell, const struct node *node, const struct io *io)
{
    bool holds = exec_condition(shell, node->condition, io);
    if (shell->flow != FLOW_NONE) return shell->status;
    if (holds) return exec_node(shell, node->body, io);
    return node->otherwise != NULL ? exec_node(shell, node->otherwise, io) : 0;
}

static int exec_subshell(struct shell *shell, const struct node *node, const struct io *io)
{
    pid_t pid;
    const struct node *body = node->body;
    int status =
        command_start_text(shell, body->begin, (size_t)(body->end - body->begin), io, &pid);
    return status != 0 ? status : exec_wait(shell, pid);
}

static int exec_compound(struct shell *shell, const struct node *node, const struct io *io)
{
    switch (node->type) {
    case N_LIST: return exec_list(shell, node, io);
    case N_GROUP: return exec_list(shell, node->body, io);
    case N_SUBSHELL: return exec_subshell(shell, node, io);
    case N_IF: return exec_if(shell, node, io);
    case N_WHILE: return exec_while(shell, node, io);
    case N_FOR: return exec_for(shell, node, io);
    case N_ANDOR: return exec_andor(shell, node, io);
    case N_PIPELINE: return exec_pipeline(shell, node, io);
    default: return exec_simple(shell, node, io);
    }
}

int exec_node(struct shell *shell, const struct node *node, const struct io *io)
{
    if (node->type == N_SIMPLE) return exec_simple(shell, node, io);
    struct io inner = *io;
    int opened[3];
    if (++shell->depth > EXEC_DEPTH * 4) {
        shell->depth--;
        shell_fail(NULL, "commands are nested too deeply");
        return 2;
    }
    int status = 1;
    if (command_redirect(shell, node, &inner, opened)) {
        int errors = shell_errors_to(inner.fd[2]);
        status = exec_compound(shell, node, &inner);
        shell_errors_to(errors);
        command_close(opened);
    }
    shell->depth--;
    return status;
}

static void parse_report(const char *text, const char *name, const struct parser *parser)
{
    char digits[16];
    size_t line = 1, at = sizeof digits - 1;
    for (const char *c = text; c < parser->token.begin; c++)
        line += *c == '\n';
    digits[at] = '\0';
    for (; line > 0 && at > 0; line /= 10)
        digits[--at] = (char)('0' + line % 10);
    struct buffer where = {0};
    buffer_str(&where, name);
    buffer_str(&where, ": line ");
    buffer_str(&where, digits + at);
    if (parser->token.type != T_END && parser->token.type != T_NEWLINE) {
        buffer_str(&where, ": near \"");
        size_t length = strcspn(parser->token.begin, " \t\n");
        buffer_add(&where, parser->token.begin, length < 20 ? length : 20);
        buffer_str(&where, "\"");
    }
    shell_fail(where.text, parser->message);
    free(where.text);
}

int exec_text(struct shell *shell, const char *text, const char *name, const struct io *io)
{
    int status = 0;
    struct arena arena = {0};
    struct parser parser;
    parser_begin(&parser, &arena, text);
    while (shell->flow == FLOW_NONE) {
        struct node *tree = NULL;
        enum parse_status parsed = parser_next(&parser, &tree);
        if (parsed == PARSE_END) break;
        if (parsed != PARSE_OK) {
            parse_report(text, name, &parser);
            status = shell->status = 2;
            break;
        }
        status = exec_node(shell, tree, io);
        shell->status = status;
    }
    arena_free(&arena);
    return status;
}

int exec_file(struct shell *shell, const char *path, const struct io *io)
{
    struct buffer text = {0};
    char part[1024];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        shell_fail(path, strerror(errno));
        return 127;
    }
    buffer_str(&text, "");
    while ((n = read(fd, part, sizeof part)) > 0)
        buffer_add(&text, part, (size_t)n);
    int error = n < 0 ? errno : 0, status = 126;
    close(fd);
    shell->depth++;
    if (error != 0)
        shell_fail(path, strerror(error));
    else if (memchr(text.text, '\0', text.length) != NULL)
        shell_fail(path, "not a script: contains zero bytes");
    else if (shell->depth > EXEC_DEPTH)
        shell_fail(path, "scripts are nested too deeply");
    else
        status = exec_text(shell, text.text, path, io);
    shell->depth--;
    free(text.text);
    return status;
}

char *exec_substitute(struct shell *shell, const char *text, size_t length)
{
    int ends[2];
    pid_t pid;
    struct buffer output = {0};
    char part[512];
    ssize_t n;
    if (!pipe_open(ends)) return NULL;
    int errors = shell_errors_to(2);
    struct io io = {{0, ends[1], errors}};
    shell_errors_to(errors);
    int status = command_start_text(shell, text, length, &io, &pid);
    close(ends[1]);
    buffer_str(&output, "");
    while (status == 0 && (n = read(ends[0], part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR && !shell_stopped()) continue;
        if (n < 0 || output.length > SUBSTITUTE_LIMIT) break;
        for (ssize_t i = 0; i < n; i++)
            if (part[i] != '\0') /* text cannot hold it */
                buffer_add(&output, part + i, 1);
    }
    close(ends[0]);
    shell->substitution_status = status != 0 ? status : exec_wait(shell, pid);
    if (output.length <= SUBSTITUTE_LIMIT) return output.text;
    shell_fail("$(...)", "the output is too long");
    free(output.text);
    return NULL;
}
