/* SPDX-License-Identifier: Apache-2.0 */
/* df: says how full file systems are. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    struct proc_table table;
    bool human = false;
    int option;
    tool_begin(argc, argv, "df [-h]\nPrints how full the file systems are, in KiB. -h: as 1.5M.\n");
    while ((option = tool_option(argc, argv, "hk")) != -1) {
        if (option == '?') return tool_usage();
        human |= option == 'h';
    }
    if (!proc_read(&table, "mounts")) return 1;
    out_fmt("%-16s %-10s %10s %10s %10s %5s  %s\n", "source", "type", "size", "used", "free",
            "use%", "mounted on");
    for (size_t row = 0; row < table.rows; row++) {
        uint64_t total = proc_cell_number(&table, row, "total");
        uint64_t used = proc_cell_number(&table, row, "used");
        uint64_t values[] = {total, used, total > used ? total - used : 0};
        char text[8];
        out_fmt("%-16s %-10s", proc_cell(&table, row, "source"), proc_cell(&table, row, "type"));
        for (size_t i = 0; i < 3; i++) {
            if (human)
                out_fmt(" %10s", out_human(values[i], text));
            else
                out_fmt(" %10lu", (unsigned long)(values[i] / 1024));
        }
        out_fmt(" %4lu%%  %s\n", (unsigned long)(total > 0 ? used * 100 / total : 0),
                proc_cell(&table, row, "target"));
    }
    proc_free(&table);
    return tool_end(0);
}
