/* SPDX-License-Identifier: Apache-2.0 */
/* Starting programs without fork, waiting for them and ending them: what a shell needs. */
#ifndef FUTURA_SPAWN_H
#define FUTURA_SPAWN_H

#include <sys/types.h>

/* Bytes that a program can be given: its arguments, and its environment, each string with its NUL.
 * More is E2BIG. A host has limits of its own. */
#define FUT_SPAWN_ARGUMENTS (32u << 10)
#define FUT_SPAWN_ENVIRONMENT (24u << 10)

/*
 * Starts the program at `path` (no search along PATH) as a child of the caller.
 *   pid   out: identifies the child for fut_wait and fut_kill
 *   argv, envp  null-terminated; copied, the caller keeps ownership
 *   fds   the caller's descriptors that become the child's 0, 1 and 2; they stay open in the
 *         caller. No other descriptor is passed on.
 *   cwd   working directory of the child, null = the caller's
 * Returns once the child exists; it may already have ended. 0, or -1 with errno: ENOENT, EACCES
 * (not executable), ENOEXEC (no program for this machine), E2BIG, ENOMEM, EAGAIN (budget), EBADF.
 */
int fut_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[],
              const int fds[3], const char *cwd);

/*
 * Waits until child `pid` has ended and forgets it. `status` gets wait(2)'s encoding (WIFEXITED,
 * WEXITSTATUS, WIFSIGNALED, WTERMSIG); a component that died of a fault reports SIGSEGV, SIGILL or
 * SIGBUS. 0, or -1 with errno: ECHILD (not a child, or already waited for), EINTR (only of who is
 * in the foreground: the interrupt or quit character was typed, and fut_interrupted was not asked
 * since; the child is still there, and the caller decides whether to fut_kill it).
 */
int fut_wait(pid_t pid, int *status);

/* As fut_wait, but never waits: EAGAIN while the child runs. */
int fut_ended(pid_t pid, int *status);

/*
 * Delivers `signal` to the process `pid`; 0 asks whether it could be. SIGKILL cannot be refused; on
 * the native system every other terminating signal ends a native program too, and none stops one.
 * Who is no child of the caller's needs the use "supervise" of the manifest. 0, or -1 with errno:
 * ESRCH (there is none, or the child has ended), EPERM (fut_denied says why), EINVAL, ENOSYS (it
 * would stop it).
 */
int fut_kill(pid_t pid, int signal);

/* What stood against the last fut_kill that failed with EPERM; null where nobody knows. */
const char *fut_denied(void);

/* Programs that are started from now on do not get the caller's use of this name. */
void fut_keep(const char *use);

/*
 * Makes the caller the terminal's foreground, until another program claims it, and again when that
 * one is gone. The interrupt and quit characters are then told to the caller: its fut_wait and its
 * reads of the terminal and of pipes end with EINTR, and fut_interrupted says which it was.
 * Programs that never call this are not disturbed; it is for the foreground to end them. 0, or -1
 * with errno ENOTTY.
 */
int fut_foreground(void);

/* SIGINT or SIGQUIT if its character was typed since the last question, else 0. Never waits. */
int fut_interrupted(void);

#endif
