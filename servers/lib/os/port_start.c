/* SPDX-License-Identifier: Apache-2.0 */
/* A program's beginning: descriptors 0 to 2 (or what the parent handed on), working directory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "ports.h"

#define AT_FUTURA_HANDLES 0x46555402ul
#define AT_FUTURA_HANDLE_COUNT 0x46555403ul
#define AT_FUTURA_CWD 0x46555404ul

uint32_t os_umask = 022;

/* Nobody keeps attributes of processes: what a program is to have of its starter's is handed on. */
static void umask_take(void)
{
    const char *text = getenv("UMASK");
    char *end;
    unsigned long mask;

    if (text == NULL) return;
    mask = strtoul(text, &end, 8);
    if (end != text && *end == 0 && mask <= 0777) os_umask = (uint32_t)mask;
}

static void terminal_install(long fd)
{
    struct os_open *o = os_open_new(OS_TERMINAL, O_RDWR);

    if (o == NULL) return;
    os_fds[fd].open = o;
    o->refs = 1;
}

/* One handle of the parent's; -errno: its ticket cannot be redeemed. */
static long handle_install(const struct os_handle *h)
{
    struct os_open *o;
    long e;
    int kind = h->kind == OS_HANDLE_FILE ? OS_FILE : h->mode == 1 ? OS_PIPE_WRITE : OS_PIPE_READ;

    if (h->fd >= OS_FDS || os_fds[h->fd].open != NULL) return 0;
    if (h->kind == OS_HANDLE_TERMINAL) {
        terminal_install(h->fd);
        return 0;
    }
    o = os_open_new(kind, kind == OS_FILE ? h->mode : kind == OS_PIPE_WRITE ? O_WRONLY : O_RDONLY);
    if (o == NULL) return -ENFILE;
    o->offset = h->offset;
    e = fs_redeem(h->ticket, kind != OS_FILE, o);
    if (e != 0) {
        os_open_drop(o);
        return e;
    }
    os_fds[h->fd].open = o;
    o->refs = 1;
    return 0;
}

/* Without printf, which every program would then have. */
static void text_add(char **at, const char *end, const char *text, size_t n)
{
    if (n > (size_t)(end - *at)) n = (size_t)(end - *at);
    memcpy(*at, text, n);
    *at += n;
}

/* A program that lacks what its starter gave it must not run as if it had it: it says why where it
 * can, on its own error output or else in the log. */
static void handle_refused(const struct os_handle *h, long e)
{
    struct os_open *errors = os_get(2);
    char text[160], digits[] = {(char)('0' + h->fd / 10 % 10), (char)('0' + h->fd % 10)};
    char *at = text, *end = text + sizeof text - 2;
    const char *why = e == -EAGAIN
                          ? "its server has as many sessions as the manifest allows (`max`)"
                          : strerror((int)-e);

    text_add(&at, end, component_page.name.s, component_page.name.len);
    text_add(&at, end, ": descriptor ", 13);
    text_add(&at, end, h->fd < 10 ? digits + 1 : digits, h->fd < 10 ? 1 : 2);
    text_add(&at, end, ": ", 2);
    text_add(&at, end, why, strlen(why));
    at[0] = '\n';
    at[1] = 0;
    if (errors != NULL && os_write(errors, text, (size_t)(at + 1 - text), -1) >= 0) cm_exit(126);
    at[0] = 0;
    component_log(COMPONENT_ERROR, "%s", text);
    cm_exit(126);
}

/* Before main: handles are redeemed even by a program that never uses them, or whoever waits at the
   other end of a pipe would wait for ever. */
__attribute__((constructor)) void os_start(void)
{
    static int started;
    const struct os_handle *handles;
    unsigned long count, i, bad = 0;
    const char *cwd;
    long e, first = 0;

    if (started) return;
    started = 1;
    component_start();
    umask_take();
    handles = (const struct os_handle *)getauxval(AT_FUTURA_HANDLES);
    count = getauxval(AT_FUTURA_HANDLE_COUNT);
    for (i = 0; handles != NULL && i < count && i < OS_FDS; i++)
        if ((e = handle_install(&handles[i])) != 0 && first == 0) first = e, bad = i;
    if (first != 0)
        handle_refused(&handles[bad], first); /* with the errors' descriptor, if that came */
    if (handles == NULL && startpage_find_use(&component_page, "tty") != NULL)
        for (i = 0; i < 3; i++)
            terminal_install((long)i);
    cwd = (const char *)getauxval(AT_FUTURA_CWD);
    if (cwd != NULL) os_cwd_set(cwd);
}
