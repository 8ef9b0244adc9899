/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for programs, in the foreground and in the background. */
#include "shell.h"

#include <errno.h>
#include <futura/spawn.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define JOBS_KEPT 32 /* of those that have ended: for `wait PID` */

volatile sig_atomic_t shell_interrupted;

bool shell_stopped(void)
{
    if (shell_interrupted == 0) shell_interrupted = fut_interrupted();
    return shell_interrupted != 0;
}

/* What a violent end is called; null: it is not worth a word. */
static const char *signal_text(int signal)
{
    static const struct {
        int signal;
        const char *text;
    } names[] = {{SIGSEGV, "segmentation fault"},
                 {SIGBUS, "bus error"},
                 {SIGABRT, "aborted"},
                 {SIGILL, "illegal instruction"},
                 {SIGFPE, "arithmetic error"},
                 {SIGKILL, "killed"},
                 {SIGTERM, "terminated"},
                 {SIGQUIT, "quit"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].signal == signal) return names[i].text;
    return NULL;
}

/* The shell's $? of wait(2)'s status. */
static int status_of(int ended)
{
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

static void wait_report(int ended)
{
    const char *text = WIFEXITED(ended) ? NULL : signal_text(WTERMSIG(ended));
    if (text != NULL) shell_fail(NULL, text);
}

int exec_wait(struct shell *shell, pid_t pid)
{
    int ended = 0, tries = 0;
    if (shell_interrupted) fut_kill(pid, shell_interrupted); /* a part of an interrupted pipeline */
    while (fut_wait(pid, &ended) != 0) {
        if (errno != EINTR) {
            shell_fail("wait", strerror(errno));
            return 127;
        }
        if (!shell_stopped()) continue;
        /* A program that ignores the first two requests is not asked again. */
        fut_kill(pid, tries++ < 2 ? shell_interrupted : SIGKILL);
    }
    if (WIFSIGNALED(ended)) shell->disturbed = true;
    if (WIFSIGNALED(ended) && WTERMSIG(ended) == SIGINT) shell_interrupted = SIGINT;
    wait_report(ended);
    return status_of(ended);
}

static void job_drop(struct shell *shell, size_t index)
{
    free(shell->jobs[index].text);
    memmove(shell->jobs + index, shell->jobs + index + 1,
            (--shell->job_count - index) * sizeof *shell->jobs);
}

static void jobs_look(struct shell *shell)
{
    size_t ended = 0;
    for (size_t i = 0; i < shell->job_count; i++) {
        struct job *job = &shell->jobs[i];
        if (!job->ended && (fut_ended(job->pid, &job->status) == 0 || errno != EAGAIN))
            job->ended = true;
        ended += job->ended;
    }
    for (size_t i = 0; i < shell->job_count && ended > JOBS_KEPT;) {
        if (shell->jobs[i].ended) {
            job_drop(shell, i);
            ended--;
        } else {
            i++;
        }
    }
}

void job_add(struct shell *shell, pid_t pid, const char *text, size_t length)
{
    jobs_look(shell);
    unsigned number = 1; /* above those that the user may still name */
    for (size_t i = 0; i < shell->job_count; i++)
        if (!shell->jobs[i].told && shell->jobs[i].number >= number)
            number = shell->jobs[i].number + 1;
    char *copy = text_copy(text, length);
    shell->jobs = tool_resize(shell->jobs, (shell->job_count + 1) * sizeof *shell->jobs);
    shell->jobs[shell->job_count++] = (struct job){.number = number, .pid = pid, .text = copy};
    shell->last_async = pid;
}

static void job_print(struct job *job)
{
    const char *text = WIFEXITED(job->status) ? NULL : signal_text(WTERMSIG(job->status));
    out_fmt("[%u] %5ld  ", job->number, (long)job->pid);
    if (!job->ended)
        out_str("running");
    else if (text != NULL)
        out_str(text);
    else if (job->status == 0)
        out_str("done");
    else
        out_fmt("status %d", status_of(job->status));
    out_fmt("  %s\n", job->text);
    job->told = job->ended;
}

void jobs_tell(struct shell *shell)
{
    jobs_look(shell);
    for (size_t i = 0; i < shell->job_count; i++)
        if (shell->jobs[i].ended && !shell->jobs[i].told) job_print(&shell->jobs[i]);
    out_flush();
}

void jobs_free(struct shell *shell)
{
    while (shell->job_count > 0)
        job_drop(shell, shell->job_count - 1);
    free(shell->jobs);
    shell->jobs = NULL;
}

/* By %JOB or by number of the process; job_count: none. */
static size_t job_find(const struct shell *shell, const char *text)
{
    bool by_job = text[0] == '%';
    char *end;
    long number = strtol(text + by_job, &end, 10);
    if (end == text + by_job || *end != '\0') return shell->job_count;
    for (size_t i = shell->job_count; i-- > 0;) /* the latest of that number */
        if (number == (by_job ? (long)shell->jobs[i].number : (long)shell->jobs[i].pid)) return i;
    return shell->job_count;
}

pid_t job_pid(const struct shell *shell, const char *text)
{
    size_t i = text[0] == '%' ? job_find(shell, text) : shell->job_count;
    return i < shell->job_count ? shell->jobs[i].pid : 0;
}

int builtin_jobs(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    if (argc > 1) {
        shell_fail(argv[0], "takes no operands");
        return 2;
    }
    jobs_look(shell);
    for (size_t i = 0; i < shell->job_count; i++)
        if (!shell->jobs[i].told) job_print(&shell->jobs[i]);
    return 0;
}

/* A signal of the terminal ends the waiting, not the command. */
static int job_wait(struct shell *shell, size_t index)
{
    struct job *job = &shell->jobs[index];
    while (!job->ended && fut_wait(job->pid, &job->status) != 0) {
        if (errno != EINTR) {
            shell_fail("wait", strerror(errno));
            job_drop(shell, index);
            return 127;
        }
        if (shell_stopped()) return 128 + shell_interrupted;
    }
    int ended = job->status;
    if (!job->told) wait_report(ended);
    job_drop(shell, index);
    return status_of(ended);
}

static int job_none(const char *text)
{
    shell_fail(text, text[0] == '%' ? "there is no such job" : "not a process of this shell");
    return 127;
}

int builtin_wait(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    int status = 0;
    if (argc == 1)
        while (shell->job_count > 0 && !shell_interrupted)
            job_wait(shell, 0);
    for (int i = 1; i < argc && !shell_interrupted; i++) {
        size_t job = job_find(shell, argv[i]);
        status = job < shell->job_count ? job_wait(shell, job) : job_none(argv[i]);
    }
    return status;
}

int builtin_fg(struct shell *shell, int argc, char **argv, const struct io *io)
{
    (void)io;
    size_t index = argc > 1 ? job_find(shell, argv[1]) : shell->job_count;
    jobs_look(shell);
    if (argc == 1)
        for (size_t i = 0; i < shell->job_count; i++)
            if (!shell->jobs[i].ended) index = i;
    if (index >= shell->job_count) {
        if (argc > 1) return job_none(argv[1]);
        shell_fail(argv[0], "nothing runs in the background");
        return 1;
    }
    out_fmt("%s\n", shell->jobs[index].text);
    out_flush();
    if (shell->jobs[index].ended) return job_wait(shell, index);
    pid_t pid = shell->jobs[index].pid;
    job_drop(shell, index);
    return exec_wait(shell, pid);
}
