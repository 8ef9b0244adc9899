/* SPDX-License-Identifier: Apache-2.0 */
/* ps: lists components and programs. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    static const char *const columns[] = {"pid",    "ppid",     "state", "prio",
                                          "memory", "restarts", "name",  NULL};
    struct proc_table table;
    bool full = false;
    int option;
    tool_begin(argc, argv, "ps [-l]\nLists components and programs. -l: all that is known.\n");
    while ((option = tool_option(argc, argv, "lae")) != -1) {
        if (option == '?') return tool_usage();
        full |= option == 'l';
    }
    if (!proc_read(&table, "tasks")) return 1;
    proc_print(&table, full ? NULL : columns);
    proc_free(&table);
    return tool_end(0);
}
