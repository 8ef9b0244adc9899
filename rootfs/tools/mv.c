/* SPDX-License-Identifier: Apache-2.0 */
/* mv: moves and renames files. */
#include <errno.h>
#include <futura/copy.h>
#include <futura/tool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between file systems a file is copied, then removed. */
static int move_across(const char *from, const char *to)
{
    struct copy copy = {.preserve = true, .force = true};
    struct stat st;
    if (lstat(from, &st) != 0) {
        tool_error(from);
        return 1;
    }
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
        tool_fail(from, "a device cannot move to another file system");
        return 1;
    }
    if (S_ISDIR(st.st_mode)) {
        tool_fail(from, "a folder cannot move to another file system; use cp -rp and rm -r");
        return 1;
    }
    int status = copy_tree(&copy, from, to);
    if (status == 0 && unlink(from) != 0) {
        tool_error(from);
        status = 1;
    }
    return status;
}

static int move_file(const char *from, const char *to, bool keep)
{
    struct stat st;
    if (keep && lstat(to, &st) == 0) return 0;
    if (rename(from, to) == 0) return 0;
    if (errno == EXDEV) return move_across(from, to);
    if (errno == EINVAL) {
        tool_fail(to, "a folder cannot move into itself");
        return 1;
    }
    tool_error(errno == ENOENT ? from : to);
    return 1;
}

int main(int argc, char **argv)
{
    bool keep = false;
    struct stat st;
    int option, status = 0;
    tool_begin(argc, argv,
               "mv [-fn] FILE NAME | FILE... FOLDER\nMoves or renames files. -n: never "
               "replace an existing one.\n");
    while ((option = tool_option(argc, argv, "fn")) != -1) {
        if (option == '?') return tool_usage();
        keep = option == 'n';
    }
    if (argc - tool_index < 2) return tool_usage();
    const char *last = argv[argc - 1];
    bool folder = stat(last, &st) == 0 && S_ISDIR(st.st_mode);
    if (argc - tool_index > 2 && !folder) {
        tool_fail(last, "not a folder");
        return 1;
    }
    for (int i = tool_index; i < argc - 1; i++) {
        char *name = folder ? tool_join(last, tool_base(argv[i])) : NULL;
        status |= move_file(argv[i], folder ? name : last, keep);
        free(name);
    }
    return tool_end(status);
}
