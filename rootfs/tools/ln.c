/* SPDX-License-Identifier: Apache-2.0 */
/* ln: makes links. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct ln {
    bool symbolic, force;
};

static int make_link(const struct ln *ln, const char *target, const char *name)
{
    struct stat st;
    if (ln->force && lstat(name, &st) == 0 && !S_ISDIR(st.st_mode) && unlink(name) != 0) {
        tool_error(name);
        return 1;
    }
    if ((ln->symbolic ? symlink(target, name) : link(target, name)) != 0) {
        tool_error(name);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct ln ln = {0};
    struct stat st;
    int option, status = 0;
    tool_begin(argc, argv,
               "ln [-sf] TARGET [NAME] | TARGET... FOLDER\nMakes another name for a "
               "file. -s: a symbolic link; -f: replace NAME.\n");
    while ((option = tool_option(argc, argv, "sfn")) != -1) {
        if (option == '?') return tool_usage();
        ln.symbolic |= option == 's';
        ln.force |= option == 'f';
    }
    int count = argc - tool_index;
    const char *last = argv[argc - 1];
    if (count == 0) return tool_usage();
    if (count == 1) return tool_end(make_link(&ln, last, tool_base(last)));
    bool folder = stat(last, &st) == 0 && S_ISDIR(st.st_mode);
    if (count > 2 && !folder) {
        tool_fail(last, "not a folder");
        return 1;
    }
    for (int i = tool_index; i < argc - 1; i++) {
        char *name = folder ? tool_join(last, tool_base(argv[i])) : NULL;
        status |= make_link(&ln, argv[i], folder ? name : last);
        free(name);
    }
    return tool_end(status);
}
