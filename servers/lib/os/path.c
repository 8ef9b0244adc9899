/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: the working directory is the program's own; servers see absolute paths. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "os.h"

static char cwd[OS_PATH] = "/";

const char *os_cwd(void) { return cwd; }

void os_cwd_set(const char *path)
{
    size_t n = strnlen(path, OS_PATH);

    if (path[0] == '/' && n < OS_PATH) memcpy(cwd, path, n + 1);
}

long os_path(long dirfd, const char *path, char out[OS_PATH])
{
    const char *base = cwd;
    size_t n, b;
    struct os_open *o;

    if (path == NULL) return -EFAULT;
    n = strnlen(path, OS_PATH);
    if (n >= OS_PATH) return -ENAMETOOLONG;
    if (n == 0) return -ENOENT;
    if (path[0] == '/') {
        memcpy(out, path, n + 1);
        return 0;
    }
    if (dirfd != AT_FDCWD) {
        o = os_get(dirfd);
        if (o == NULL) return -EBADF;
        if (o->kind != OS_DIRECTORY) return -ENOTDIR;
        base = o->path;
    }
    b = strlen(base);
    if (b + 1 + n >= OS_PATH) return -ENAMETOOLONG;
    memcpy(out, base, b);
    if (b > 0 && out[b - 1] != '/') out[b++] = '/';
    memcpy(out + b, path, n + 1);
    return 0;
}

/* Takes "." and ".." out of an absolute path, textually: used where the directory itself has been
 * checked. */
static void normalise(char *path)
{
    char *to = path, *from = path;

    while (*from != 0) {
        char *end;
        size_t n;

        while (*from == '/')
            from++;
        for (end = from; *end != 0 && *end != '/'; end++)
            ;
        n = (size_t)(end - from);
        if (n == 2 && from[0] == '.' && from[1] == '.') {
            while (to > path && *--to != '/')
                ;
        } else if (n > 0 && !(n == 1 && from[0] == '.')) {
            *to++ = '/';
            memmove(to, from, n);
            to += n;
        }
        from = end;
    }
    if (to == path) *to++ = '/';
    *to = 0;
}

long os_chdir(const char *path)
{
    char full[OS_PATH];
    struct stat st;
    long e = os_path(AT_FDCWD, path, full);

    if (e == 0) e = fs_stat_path(full, 1, &st);
    if (e != 0) return e;
    if (!S_ISDIR(st.st_mode)) return -ENOTDIR;
    normalise(full);
    memcpy(cwd, full, strlen(full) + 1);
    return 0;
}

long os_getcwd(char *to, size_t n)
{
    size_t have = strlen(cwd) + 1;

    if (n < have) return -ERANGE;
    memcpy(to, cwd, have);
    return (long)have;
}
