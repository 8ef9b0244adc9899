/* SPDX-License-Identifier: Apache-2.0 */
/* mem: says where memory is. */
#include <futura/tool.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct proc_table table;
    bool bytes = false;
    int option;
    uint64_t total = 0;
    tool_begin(argc, argv, "mem [-b]\nSays where memory is. -b: in bytes.\n");
    while ((option = tool_option(argc, argv, "b")) != -1) {
        if (option == '?') return tool_usage();
        bytes = true;
    }
    if (!proc_read(&table, "memory")) return 1;
    for (size_t row = 0; row < table.rows; row++)
        if (strcmp(proc_cell(&table, row, "kind"), "total") == 0)
            total = proc_cell_number(&table, row, "bytes");
    for (size_t row = 0; row < table.rows; row++) {
        uint64_t value = proc_cell_number(&table, row, "bytes");
        uint64_t permille = total >= 1000 ? value / (total / 1000) : 0;
        char human[8];
        out_fmt("%-12s ", proc_cell(&table, row, "kind"));
        if (bytes)
            out_fmt("%14lu", (unsigned long)value);
        else
            out_fmt("%7s", out_human(value, human));
        out_fmt(" %3lu.%lu%%\n", (unsigned long)(permille / 10), (unsigned long)(permille % 10));
    }
    proc_free(&table);
    return tool_end(0);
}
