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
static const char *kept; /* a use that children do not get; NULL: none */

static struct fipc_conn *loader_conn(void)
{
    os_start();
    if (state == 0)
        state = component_connect("loader", &loader_loader_peer, &loader_loader_lane, 2,
                                  OS_BIT_LOADER, &conn) == FUT_OK
                    ? 1
                    : -1;
    return state == 1 ? &conn : NULL;
}

/* The loader was lost: nobody can tell of the ends of its programs any more, and they are ended, as
 * far as this program may. */
static bool loader_lost(fut_err e)
{
    if (state != 1 || !port_lost(e)) return false;
    for (int i = 0; i < CHILDREN; i++) {
        if (children[i].object != 0) (void)supervise_kill((uint32_t)children[i].pid, SIGKILL);
        children[i].object = 0;
    }
    component_disconnect(&conn);
    state = 0;
    return true;
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
    uint32_t uses[STARTPAGE_USES], i, n, budget, charged, lent, pages;
    fut_err e = capmgr_manager_usage(MANAGER, &budget, &charged, &lent);

    if (e != FUT_OK) return port_error(e);
    for (i = n = 0; i < component_page.use_count; i++) {
        if (kept != NULL && scbor_str_is(component_page.use[i].name, kept)) continue;
        uses[n++] = component_page.use[i].number;
    }
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

void fut_keep(const char *use) { kept = use; }

/* What a program is started with, once it is laid out for the loader. */
struct start {
    char full[OS_PATH], arguments[FUT_SPAWN_ARGUMENTS], environment[FUT_SPAWN_ENVIRONMENT];
    size_t arguments_len, environment_len;
    const char *cwd;
};

/* The loader's answer; *r: -errno of what came before it. */
static fut_err start_once(struct start *s, const int fds[3], struct child *child, long *r)
{
    struct loader_handle handles[3];
    uint32_t number;
    uint64_t grant;
    fut_err e;

    *r = loader_conn() == NULL ? -ENOSYS : start_tickets(fds, handles, &grant);
    if (*r != 0) return FUT_OK;
    e = loader_loader_start((loader_loader){&conn, 0}, (const uint8_t *)s->full, strlen(s->full),
                            (const uint8_t *)s->arguments, s->arguments_len,
                            (const uint8_t *)s->environment, s->environment_len,
                            (const uint8_t *)s->cwd, strlen(s->cwd), grant, handles, 3,
                            &child->object, &number);
    if (e != FUT_OK) child->object = 0;
    child->pid = (pid_t)number;
    return e;
}

static long start_error(fut_err e)
{
    return e == LOADER_LOADER_NOT_EXECUTABLE || e == LOADER_LOADER_WRONG_MACHINE ||
                   e == LOADER_LOADER_BAD_SEGMENT
               ? -ENOEXEC
               : port_error(e);
}

int fut_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[],
              const int fds[3], const char *cwd)
{
    static struct start s;
    struct child *child = child_free();
    fut_err e;
    long r;

    if (child == NULL) return fail(-EAGAIN);
    r = os_path(-100, path, s.full);
    r = r ? r : flatten(argv, s.arguments, sizeof s.arguments, &s.arguments_len);
    r = r ? r : flatten(envp, s.environment, sizeof s.environment, &s.environment_len);
    if (r != 0) return fail(r);
    s.cwd = cwd != NULL ? cwd : os_cwd();
    e = start_once(&s, fds, child, &r);
    /* Tickets for a loader that is gone are refused: see whether it is. */
    if (r != 0 && state == 1) e = fipc_ping(&conn, loader_loader_peer.tag, 0);
    if (loader_lost(e)) e = start_once(&s, fds, child, &r);
    if (r != 0) return fail(r);
    if (e != FUT_OK) return fail(start_error(e));
    *pid = child->pid;
    return 0;
}

/* Waits for the end of a process. In the foreground a signal of the terminal cancels the call, and
 * it is FUT_ECANCELED unless the end came first. */
static fut_err wait_ended(uint32_t object, uint32_t *ended)
{
    struct fipc_call call;
    struct fut_msg news;
    bool cancelled = false;
    fut_err e, lost;

    if (!tty_is_mine()) return loader_process_wait((loader_process){&conn, object}, ended);
    e = loader_process_wait_begin((loader_process){&conn, object}, &call);
    if (e != FUT_OK) return e;
    while ((e = loader_process_wait_end(&call, ended)) == FUT_EAGAIN) {
        if (!cancelled && tty_signal() != 0) {
            fipc_cancel(&call);
            cancelled = true;
        }
        (void)fut_sys_recv(0, OS_BIT_TTY | OS_BIT_LOADER | FIPC_BIT_CAPMGR, 0, &news);
        if ((news.pending & FIPC_BIT_CAPMGR) == 0) continue;
        tty_look(); /* some server has ended: the terminal, or the loader */
        lost = fipc_ping(&conn, loader_loader_peer.tag, 0);
        if (!port_lost(lost)) continue;
        fipc_abandon(&call);
        return lost;
    }
    return e;
}

/* The child is no more, or nobody knows. */
static int child_forget(struct child *child, fut_err e, uint32_t ended, int *status)
{
    if (e == FUT_OK) {
        (void)fipc_release(&conn, loader_process_peer.tag, child->object);
        *status = (int)ended;
    }
    (void)loader_lost(e);
    child->object = 0;
    return e == FUT_OK ? 0 : fail(port_error(e));
}

int fut_wait(pid_t pid, int *status)
{
    struct child *child = child_find(pid);
    uint32_t ended = 0;
    fut_err e;

    if (child == NULL) return fail(-ECHILD);
    e = wait_ended(child->object, &ended);
    if (e == FUT_EINTR || e == FUT_ECANCELED) return fail(-EINTR);
    return child_forget(child, e, ended, status);
}

int fut_ended(pid_t pid, int *status)
{
    struct child *child = child_find(pid);
    uint32_t ended = 0;
    fut_err e;

    if (child == NULL) return fail(-ECHILD);
    e = loader_process_ended((loader_process){&conn, child->object}, &ended);
    return e == FUT_EAGAIN ? fail(-EAGAIN) : child_forget(child, e, ended, status);
}

long child_kill(pid_t pid, uint32_t signal)
{
    struct child *child = child_find(pid);
    uint32_t ended;
    fut_err e;

    if (child == NULL) return -ECHILD;
    if (signal == 0) {
        e = loader_process_ended((loader_process){&conn, child->object}, &ended);
        e = e == FUT_OK ? FUT_ESRCH : e == FUT_EAGAIN ? FUT_OK : e;
    } else {
        e = loader_process_kill((loader_process){&conn, child->object}, signal);
    }
    (void)loader_lost(e);
    return port_error(e);
}
