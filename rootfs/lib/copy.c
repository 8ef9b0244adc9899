/* SPDX-License-Identifier: Apache-2.0 */
/* Copying files and trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <futura/copy.h>
#include <futura/tool.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_DEPTH 128

static int copy_entry(const struct copy *copy, const char *from, const char *to, unsigned depth);

static int copy_failed(const char *path)
{
    tool_error(path);
    return 1;
}

static int copy_attributes(const char *to, const struct stat *st)
{
    struct timespec times[2] = {st->st_atim, st->st_mtim};
    if (chmod(to, st->st_mode & 07777) != 0 || utimensat(AT_FDCWD, to, times, 0) != 0)
        return copy_failed(to);
    return 0;
}

static int copy_file(const struct copy *copy, const char *from, const char *to,
                     const struct stat *st)
{
    struct stat target;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    if (stat(to, &target) == 0 && target.st_dev == st->st_dev && target.st_ino == st->st_ino) {
        tool_fail(to, "is the same file");
        return 1;
    }
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return copy_failed(from);
    int out = open(to, flags, st->st_mode & 0777);
    int reason = errno;
    if (out < 0 && copy->force && unlink(to) == 0) out = open(to, flags, st->st_mode & 0777);
    if (out < 0) errno = reason; /* not that there was nothing to replace */
    int result = out < 0 ? -2 : fd_copy(in, out);
    if (result != 0) copy_failed(result == -1 ? from : to);
    close(in);
    if (out >= 0 && close(out) != 0 && result == 0) result = copy_failed(to);
    return result != 0 ? 1 : 0;
}

static int copy_link(const char *from, const char *to)
{
    char target[PATH_MAX];
    ssize_t length = readlink(from, target, sizeof target - 1);
    if (length < 0) return copy_failed(from);
    target[length] = '\0';
    return symlink(target, to) != 0 ? copy_failed(to) : 0;
}

static int copy_folder(const struct copy *copy, const char *from, const char *to,
                       const struct stat *st, unsigned depth)
{
    struct stat target;
    DIR *dir = opendir(from);
    struct dirent *entry;
    int status = 0;
    if (dir == NULL) return copy_failed(from);
    bool fresh = mkdir(to, (st->st_mode & 0777) | 0700) == 0;
    if (!fresh && (stat(to, &target) != 0 || !S_ISDIR(target.st_mode))) {
        closedir(dir);
        return copy_failed(to);
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *inner = tool_join(from, entry->d_name), *name = tool_join(to, entry->d_name);
        status |= copy_entry(copy, inner, name, depth + 1);
        free(inner);
        free(name);
    }
    closedir(dir);
    if (fresh && !copy->preserve && (st->st_mode & 0700) != 0700 &&
        chmod(to, st->st_mode & 0777) != 0)
        status = copy_failed(to);
    return status;
}

static int copy_entry(const struct copy *copy, const char *from, const char *to, unsigned depth)
{
    struct stat st;
    if ((copy->recursive ? lstat(from, &st) : stat(from, &st)) != 0) return copy_failed(from);
    if (depth > COPY_DEPTH) {
        tool_fail(from, "folders are nested too deeply");
        return 1;
    }
    if (S_ISLNK(st.st_mode)) return copy_link(from, to);
    int status;
    if (!S_ISDIR(st.st_mode)) {
        status = copy_file(copy, from, to, &st);
    } else if (copy->recursive) {
        status = copy_folder(copy, from, to, &st, depth);
    } else {
        tool_fail(from, "is a folder (use -r)");
        return 1;
    }
    return status == 0 && copy->preserve ? copy_attributes(to, &st) : status;
}

/* A folder copied into itself would never end. */
static bool copy_inside(const char *from, const char *to)
{
    char source[PATH_MAX], target[PATH_MAX];
    char *parent = tool_alloc(strlen(to) + 1);
    strcpy(parent, to);
    char *slash = strrchr(parent, '/');
    if (slash != NULL) slash[slash == parent] = '\0';
    bool known =
        realpath(from, source) != NULL && realpath(slash != NULL ? parent : ".", target) != NULL;
    free(parent);
    size_t length = known ? strlen(source) : 0;
    return known && strncmp(source, target, length) == 0 &&
           (target[length] == '/' || target[length] == '\0');
}

int copy_tree(const struct copy *copy, const char *from, const char *to)
{
    struct stat st;
    if (copy->recursive && lstat(from, &st) == 0 && S_ISDIR(st.st_mode) && copy_inside(from, to)) {
        tool_fail(to, "a folder cannot be copied into itself");
        return 1;
    }
    return copy_entry(copy, from, to, 0);
}
