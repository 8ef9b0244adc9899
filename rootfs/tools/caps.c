/* SPDX-License-Identifier: Apache-2.0 */
/* caps: shows what a component may touch. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int status = 0;
    tool_begin(argc, argv,
               "caps [COMPONENT...]\nShows the capabilities that components hold; without "
               "operands, which there are.\n");
    if (argc == 1) {
        static const char *const columns[] = {"name", "pid", "state", NULL};
        struct proc_table table;
        if (!proc_read(&table, "tasks")) return 1;
        proc_print(&table, columns);
        proc_free(&table);
        return tool_end(0);
    }
    for (int i = 1; i < argc; i++) {
        if (strchr(argv[i], '/') != NULL || argv[i][0] == '.') {
            tool_fail(argv[i], "not the name of a component");
            status = 1;
            continue;
        }
        if (argc > 2) out_fmt("%s%s:\n", i > 1 ? "\n" : "", argv[i]);
        char *file = tool_join("caps", argv[i]);
        status |= proc_show(file);
        free(file);
    }
    return tool_end(status);
}
