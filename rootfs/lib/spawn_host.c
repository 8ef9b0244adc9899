/* SPDX-License-Identifier: Apache-2.0 */
/* The spawn interface on a POSIX host, so that the shell and xargs can be tested there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <futura/spawn.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* Copies above 2 first: fds may name 0..2 in any order, and dup2 in place would lose one. */
static int spawn_actions(posix_spawn_file_actions_t *actions, const int copies[3], const char *cwd)
{
    int error = 0;
    for (int i = 0; i < 3 && error == 0; i++)
        error = posix_spawn_file_actions_adddup2(actions, copies[i], i);
    if (error == 0 && cwd != NULL) error = posix_spawn_file_actions_addchdir_np(actions, cwd);
    return error;
}

static int spawn_start(pid_t *pid, const char *path, char *const argv[], char *const envp[],
                       const int copies[3], const char *cwd)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return error;
    posix_spawnattr_t attr;
    error = posix_spawnattr_init(&attr);
    if (error == 0) {
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attr, &none);
        posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
        error = spawn_actions(&actions, copies, cwd);
        if (error == 0) error = posix_spawn(pid, path, &actions, &attr, argv, envp);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int fut_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[],
              const int fds[3], const char *cwd)
{
    int copies[3] = {-1, -1, -1}, error = 0;
    for (int i = 0; i < 3 && error == 0; i++) {
        copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        if (copies[i] < 0) error = errno;
    }
    if (error == 0) error = spawn_start(pid, path, argv, envp, copies, cwd);
    for (int i = 0; i < 3; i++)
        if (copies[i] >= 0) close(copies[i]);
    errno = error;
    return error == 0 ? 0 : -1;
}

int fut_wait(pid_t pid, int *status) { return waitpid(pid, status, 0) < 0 ? -1 : 0; }

int fut_ended(pid_t pid, int *status)
{
    pid_t found = waitpid(pid, status, WNOHANG);
    if (found == 0) errno = EAGAIN;
    return found > 0 ? 0 : -1;
}

const char *fut_denied(void) { return NULL; }

void fut_keep(const char *use) { (void)use; }

int fut_kill(pid_t pid, int signal) { return kill(pid, signal); }

/* A signal of the host's terminal comes as such. */
int fut_foreground(void) { return 0; }

int fut_interrupted(void) { return 0; }
