/* SPDX-License-Identifier: Apache-2.0 */
/* cp: copies files and trees. */
#include <futura/copy.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
    struct copy copy = {0};
    struct stat st;
    int option, status = 0;
    tool_begin(argc, argv,
               "cp [-rpf] FILE NAME | FILE... FOLDER\nCopies files. -r: folders with all "
               "they contain; -p: keep times and permissions;\n-f: replace what cannot be "
               "written.\n");
    while ((option = tool_option(argc, argv, "rRpfa")) != -1) {
        if (option == '?') return tool_usage();
        copy.recursive |= option == 'r' || option == 'R' || option == 'a';
        copy.preserve |= option == 'p' || option == 'a';
        copy.force |= option == 'f';
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
        status |= copy_tree(&copy, argv[i], folder ? name : last);
        free(name);
    }
    return tool_end(status);
}
