/* SPDX-License-Identifier: Apache-2.0 */
/* Starting programs: futura/spawn.h over the loader. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "futura/spawn.h"
#include "loader.h"
#include "ports.h"

#define CHILDREN 100     /* servers have more sessions than this */
#define PAGES_LEAST 128u /* with less left than this no program is started */

struct child {
    uint32_t object; /* of the loader; 0: free */
    pid_t pid;
};

static struct fipc_conn conn;
static int state;
static struct child children[CHILDREN];

static struct fipc_conn *loader_conn(void)
{
    os_start();
    if (state == 0)
        state = component_connect("loader", &loader_loader_iface, &loader_loader_lane, 2,
                                  OS_BIT_LOADER, &conn) == FUT_OK
                    ? 1
                    : -1;
    return state == 1 ? &conn : NULL;
}

static int fail(long error)
{
    errno = (int)-error;
    return -1;
}

/* Strings one after the other, each with its NUL; -E2BIG. */
static long flatten(char *const list[], char *to, size_t room, size_t *len)
{
    size_t n = 0, k;

    for (; list != NULL && *list != NULL; list++) {
        k = strlen(*list) + 1;
        if (k > room - n) return -E2BIG;
        memcpy(to + n, *list, k);
        n += k;
    }
    *len = n;
    return 0;
}

/* A file is handed on as one of its filesystem, which saves the heir the way there; and a terminal
 * is noticed. */
static long handle_make(int fd, uint32_t as, struct loader_handle *h)
{
    struct os_open *o = os_get(fd);
    uint64_t ticket = 0;
    long e = 0;

    memset(h, 0, sizeof *h);
    h->fd = as;
    if (o == NULL) return -EBADF;
    e = file_settle(o);
    if (e != 0) return e;
    if (o->kind == OS_TERMINAL) {
        h->kind = OS_HANDLE_TERMINAL;
        return 0;
    }
    if (o->kind == OS_DIRECTORY) return -EISDIR;
    e = fs_share(o, conn.slot, &ticket);
    h->kind = o->kind == OS_FILE ? OS_HANDLE_FILE : OS_HANDLE_PIPE;
    h->mode = o->kind == OS_FILE ? o->flags : o->kind == OS_PIPE_WRITE;
    h->ticket = ticket;
    h->offset = o->offset;
    return e;
}

/* A program may use all that its starter has left but an eighth, with which that can go on. It
 * costs what it uses. Those above the starter may have less left than it: then less. */
static long grant_make(uint64_t *grant)
{
    uint32_t uses[STARTPAGE_USES], n, budget, charged, lent, pages;
    fut_err e = capmgr_manager_usage(MANAGER, &budget, &charged, &lent);

    if (e != FUT_OK) return port_error(e);
    for (n = 0; n < component_page.use_count; n++)
        uses[n] = component_page.use[n].number;
    e = FUT_ENOMEM;
    for (pages = (budget - charged) / 8 * 7; e == FUT_ENOMEM && pages >= PAGES_LEAST;
         pages -= pages / 4)
        e = capmgr_manager_ticket_grant(MANAGER, conn.slot, pages, uses, n, grant);
    return port_error(e);
}

/* All that the program is given, or nothing: a ticket that is left over would keep a pipe open. */
static long start_tickets(const int fds[3], struct loader_handle handles[3], uint64_t *grant)
{
    uint32_t n = 0;
    long e = grant_make(grant);

    if (e != 0) return e;
    for (; n < 3 && e == 0; n++)
        e = handle_make(fds[n], n, &handles[n]);
    if (e == 0) return 0;
    (void)capmgr_manager_ticket_drop(MANAGER, *grant);
    while (n-- != 0)
        if (handles[n].ticket != 0) (void)capmgr_manager_ticket_drop(MANAGER, handles[n].ticket);
    return e;
}

static struct child *child_free(void)
{
    for (int i = 0; i < CHILDREN; i++)
        if (children[i].object == 0) return &children[i];
    return NULL;
}

static struct child *child_find(pid_t pid)
{
    for (int i = 0; i < CHILDREN; i++)
        if (children[i].object != 0 && children[i].pid == pid) return &children[i];
    return NULL;
}

int fut_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[],
              const int fds[3], const char *cwd)
{
    static char arguments[FUT_SPAWN_ARGUMENTS], environment[FUT_SPAWN_ENVIRONMENT];
    static char full[OS_PATH];
    struct child *child = child_free();
    struct loader_handle handles[3];
    size_t arguments_len, environment_len;
    uint32_t number;
    uint64_t grant;
    fut_err e;
    long r;

    if (loader_conn() == NULL) return fail(-ENOSYS);
    if (child == NULL) return fail(-EAGAIN);
    r = os_path(-100, path, full);
    r = r ? r : flatten(argv, arguments, sizeof arguments, &arguments_len);
    r = r ? r : flatten(envp, environment, sizeof environment, &environment_len);
    r = r ? r : start_tickets(fds, handles, &grant);
    if (r != 0) return fail(r);
    if (cwd == NULL) cwd = os_cwd();
    e = loader_loader_start((loader_loader){&conn, 0}, (const uint8_t *)full, strlen(full),
                            (const uint8_t *)arguments, arguments_len, (const uint8_t *)environment,
                            environment_len, (const uint8_t *)cwd, strlen(cwd), grant, handles, 3,
                            &child->object, &number);
    if (e != FUT_OK) {
        child->object = 0;
        return fail(e == LOADER_LOADER_NOT_EXECUTABLE || e == LOADER_LOADER_WRONG_MACHINE ||
                            e == LOADER_LOADER_BAD_SEGMENT
                        ? -ENOEXEC
                        : port_error(e));
    }
    child->pid = *pid = (pid_t)number;
    return 0;
}

/* Waits for the end of a process. In the foreground a signal of the terminal cancels the call, and
 * it is FUT_ECANCELED unless the end came first. */
static fut_err wait_ended(uint32_t object, uint32_t *ended)
{
    struct fipc_call call;
    struct fut_msg news;
    bool cancelled = false;
    fut_err e;

    if (!tty_is_mine()) return loader_process_wait((loader_process){&conn, object}, ended);
    e = loader_process_wait_begin((loader_process){&conn, object}, &call);
    if (e != FUT_OK) return e;
    while ((e = loader_process_wait_end(&call, ended)) == FUT_EAGAIN) {
        if (!cancelled && tty_signal() != 0) {
            fipc_cancel(&call);
            cancelled = true;
        }
        (void)fut_sys_recv(0, OS_BIT_TTY | OS_BIT_LOADER, 0, &news);
    }
    return e;
}

int fut_wait(pid_t pid, int *status)
{
    struct child *child = child_find(pid);
    uint32_t ended;
    fut_err e;

    if (child == NULL) return fail(-ECHILD);
    e = wait_ended(child->object, &ended);
    if (e == FUT_EINTR || e == FUT_ECANCELED) return fail(-EINTR);
    fipc_release(&conn, loader_process_iface.tag, child->object);
    child->object = 0;
    if (e != FUT_OK) return fail(port_error(e));
    *status = (int)ended;
    return 0;
}

int fut_kill(pid_t pid, int number)
{
    struct child *child = child_find(pid);

    if (child == NULL) return fail(-ESRCH);
    if (number < 0 || number > 64) return fail(-EINVAL);
    if (number == 0) return 0;
    return number == SIGCONT || number == SIGCHLD
               ? 0
               : (loader_process_kill((loader_process){&conn, child->object}, (uint32_t)number) ==
                          FUT_OK
                      ? 0
                      : fail(-EIO));
}
