/* SPDX-License-Identifier: Apache-2.0 */
/* A program's beginning: descriptors 0 to 2 (or what the parent handed on), working directory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>

#include "ports.h"

#define AT_FUTURA_HANDLES 0x46555402ul
#define AT_FUTURA_HANDLE_COUNT 0x46555403ul
#define AT_FUTURA_CWD 0x46555404ul

static void terminal_install(long fd)
{
    struct os_open *o = os_open_new(OS_TERMINAL, O_RDWR);

    if (o == NULL) return;
    os_fds[fd].open = o;
    o->refs = 1;
}

/* One handle of the parent's; a ticket that cannot be redeemed leaves the descriptor closed. */
static void handle_install(const struct os_handle *h)
{
    struct os_open *o;
    int kind = h->kind == OS_HANDLE_FILE ? OS_FILE : h->mode == 1 ? OS_PIPE_WRITE : OS_PIPE_READ;

    if (h->fd >= OS_FDS || os_fds[h->fd].open != NULL) return;
    if (h->kind == OS_HANDLE_TERMINAL) {
        terminal_install(h->fd);
        return;
    }
    o = os_open_new(kind, kind == OS_FILE ? h->mode : kind == OS_PIPE_WRITE ? O_WRONLY : O_RDONLY);
    if (o == NULL) return;
    o->offset = h->offset;
    if (fs_redeem(h->ticket, kind != OS_FILE, o) != 0) {
        os_open_drop(o);
        return;
    }
    os_fds[h->fd].open = o;
    o->refs = 1;
}

/* Before main: handles are redeemed even by a program that never uses them, or whoever waits at the
   other end of a pipe would wait for ever. */
__attribute__((constructor)) void os_start(void)
{
    static int started;
    const struct os_handle *handles;
    unsigned long count, i;
    const char *cwd;

    if (started) return;
    started = 1;
    component_start();
    handles = (const struct os_handle *)getauxval(AT_FUTURA_HANDLES);
    count = getauxval(AT_FUTURA_HANDLE_COUNT);
    for (i = 0; handles != NULL && i < count && i < OS_FDS; i++)
        handle_install(&handles[i]);
    if (handles == NULL && startpage_find_use(&component_page, "tty") != NULL)
        for (i = 0; i < 3; i++)
            terminal_install((long)i);
    cwd = (const char *)getauxval(AT_FUTURA_CWD);
    if (cwd != NULL) os_cwd_set(cwd);
}
