/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending programs and components: one's own children through the loader, others by the use
 * "supervise" (futura.capmgr/1.Supervise), which the manifest gives.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "futura/spawn.h"
#include "ports.h"

#define USE "supervise"

static const char *missing; /* of the last refusal */

const char *fut_denied(void) { return missing; }

static long refused(const char *what)
{
    missing = what;
    return -EPERM;
}

long supervise_kill(uint32_t component, uint32_t signal)
{
    static uint32_t kind, object;
    fut_err e;

    missing = NULL;
    if (object == 0) {
        e = component_facility(USE, &kind, &object);
        if (e == FUT_ENOENT || (e == FUT_OK && kind != CAPMGR_FACILITY_SUPERVISE))
            return refused("it was not started by this program, which has no use \"" USE "\"");
        if (e != FUT_OK) return port_error(e);
    }
    e = capmgr_supervise_kill((capmgr_supervise){&component_capmgr, object}, component, signal);
    if (e == FUT_EPERM) return refused("the manifest does not let it be started again");
    return e == FUT_ENOENT ? -ESRCH : port_error(e);
}

/* What a program ignores by default, a native one always does. */
static bool is_ignored(int signal)
{
    return signal == SIGCONT || signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH;
}

/* Nothing stops programs. */
static bool is_stop(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

int fut_kill(pid_t pid, int number)
{
    uint32_t signal = is_ignored(number) ? 0 : (uint32_t)number;
    long r = -EINVAL;

    missing = NULL;
    if (number >= 0 && number <= 64 && pid > 0) {
        r = is_stop(number) ? -ENOSYS : child_kill(pid, signal);
        if (r == -ECHILD) r = supervise_kill((uint32_t)pid, signal);
    }
    if (r == 0) return 0;
    errno = (int)-r;
    return -1;
}
