/* SPDX-License-Identifier: Apache-2.0 */
/* caps: shows what a component may touch. */
#include <futura/tool.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int status = 0;
    tool_begin(argc, argv,
               "caps [COMPONENT...]\nShows the capabilities that components (names or numbers) "
               "hold; without operands,\nwhich there are.\n");
    if (!tool_plain(&argc, &argv)) return tool_usage();
    if (argc == 1) {
        static const char *const columns[] = {"name", "pid", "state", NULL};
        struct proc_table table;
        if (!proc_read(&table, "tasks")) return 1;
        proc_print(&table, columns);
        proc_free(&table);
        return tool_end(0);
    }
    for (int i = 1; i < argc; i++) {
        char *file = proc_component("caps", argv[i]);
        if (file == NULL) {
            status = 1;
            continue;
        }
        if (argc > 2) out_fmt("%s%s:\n", i > 1 ? "\n" : "", argv[i]);
        status |= proc_show(file);
        free(file);
    }
    return tool_end(status);
}
