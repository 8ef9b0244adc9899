/* SPDX-License-Identifier: Apache-2.0 */
/* mount: lists or makes mounts. */
#include <futura/tool.h>
#include <sys/mount.h>

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
    const char *type = "";
    bool read_only = false;
    int option;
    tool_begin(argc, argv,
               "mount [-r] [-t TYPE] [SOURCE FOLDER]\nShows SOURCE's files at FOLDER; "
               "without operands lists mounts. -r: read only.\n");
    while ((option = tool_option(argc, argv, "rt:")) != -1) {
        if (option == '?') return tool_usage();
        read_only |= option == 'r';
        if (option == 't') type = tool_value;
    }
    if (tool_index == argc) return tool_end(mount_list());
    if (argc - tool_index != 2) return tool_usage();
    if (mount(argv[tool_index], argv[tool_index + 1], type, read_only ? MS_RDONLY : 0, NULL) != 0) {
        tool_error(argv[tool_index + 1]);
        return 1;
    }
    return 0;
}
