/* SPDX-License-Identifier: Apache-2.0 */
/* mount: lists the mounts. They are made from the manifest: a program holds no filesystem to mount.
 */
#include <futura/tool.h>

static int mount_list(void)
{
    struct proc_table table;
    if (!proc_read(&table, "mounts")) return 1;
    for (size_t row = 0; row < table.rows; row++)
        out_fmt("%s on %s type %s (%s)\n", proc_cell(&table, row, "source"),
                proc_cell(&table, row, "target"), proc_cell(&table, row, "type"),
                proc_cell(&table, row, "options"));
    proc_free(&table);
    return 0;
}

int main(int argc, char **argv)
{
    tool_begin(
        argc, argv,
        "mount\nLists the mounts. They are made when the system starts, as its manifest says.\n");
    if (tool_option(argc, argv, "") != -1 || tool_index != argc) return tool_usage();
    return tool_end(mount_list());
}
