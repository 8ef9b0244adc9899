/* SPDX-License-Identifier: Apache-2.0 */
/* rm: removes files and trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RM_DEPTH 256 /* each level holds a descriptor */

struct rm {
    bool recursive, force;
};

static int remove_entry(const struct rm *rm, int parent, const char *name, const char *shown,
                        unsigned depth);

/* Names are relative to open folders: a tree may be deeper than a path is long. */
static int remove_folder(const struct rm *rm, int parent, const char *name, const char *shown,
                         unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), status = 0;
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        tool_error(shown);
        return 1;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status |= remove_entry(rm, fd, entry->d_name, entry->d_name, depth + 1);
    closedir(dir);
    if (status == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0) {
        tool_error(shown);
        status = 1;
    }
    return status;
}

static int remove_entry(const struct rm *rm, int parent, const char *name, const char *shown,
                        unsigned depth)
{
    struct stat st;
    if (depth > RM_DEPTH) {
        tool_fail(shown, "folders are nested too deeply");
        return 1;
    }
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        if (rm->force && (errno == ENOENT || errno == ENOTDIR)) return 0;
        tool_error(shown);
        return 1;
    }
    if (S_ISDIR(st.st_mode)) {
        if (rm->recursive) return remove_folder(rm, parent, name, shown, depth);
        tool_fail(shown, "is a folder (use -r)");
        return 1;
    }
    if (unlinkat(parent, name, 0) != 0) {
        tool_error(shown);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct rm rm = {0};
    int option, status = 0;
    tool_begin(argc, argv,
               "rm [-rf] FILE...\nRemoves files. -r: folders with all they contain; "
               "-f: missing files are fine.\n");
    while ((option = tool_option(argc, argv, "rRf")) != -1) {
        if (option == '?') return tool_usage();
        rm.recursive |= option != 'f';
        rm.force |= option == 'f';
    }
    if (tool_index == argc) return rm.force ? 0 : tool_usage();
    for (int i = tool_index; i < argc; i++) {
        const char *base = tool_base(argv[i]);
        if (strcmp(base, ".") == 0 || strcmp(base, "..") == 0 ||
            strspn(argv[i], "/") == strlen(argv[i])) {
            tool_fail(argv[i], "refusing to remove this folder");
            status = 1;
            continue;
        }
        status |= remove_entry(&rm, AT_FDCWD, argv[i], argv[i], 0);
    }
    return tool_end(status);
}
