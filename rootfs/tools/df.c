/* SPDX-License-Identifier: Apache-2.0 */
/* df: says how full file systems are. */
#include <futura/tool.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void row_print(const struct proc_table *table, size_t row, bool human)
{
    uint64_t total = proc_cell_number(table, row, "total");
    uint64_t used = proc_cell_number(table, row, "used");
    uint64_t values[] = {total, used, total > used ? total - used : 0};
    char text[8];
    out_fmt("%-16s %-10s", proc_cell(table, row, "source"), proc_cell(table, row, "type"));
    for (size_t i = 0; i < 3; i++) {
        if (human)
            out_fmt(" %10s", out_human(values[i], text));
        else
            out_fmt(" %10lu", (unsigned long)(values[i] / 1024));
    }
    out_fmt(" %4lu%%  %s\n", (unsigned long)(total > 0 ? used * 100 / total : 0),
            proc_cell(table, row, "target"));
}

/* The mount that holds `path`: the longest target that it begins with. */
static bool row_of(const struct proc_table *table, const char *path, size_t *row)
{
    char full[PATH_MAX];
    size_t best = 0;
    if (realpath(path, full) == NULL) {
        tool_error(path);
        return false;
    }
    for (size_t i = 0; i < table->rows; i++) {
        const char *target = proc_cell(table, i, "target");
        size_t length = strlen(target);
        if (strncmp(full, target, length) != 0 || length < best) continue;
        if (length > 1 && full[length] != '/' && full[length] != '\0') continue;
        best = length;
        *row = i;
    }
    if (best == 0) tool_fail(path, "no file system holds it");
    return best != 0;
}

int main(int argc, char **argv)
{
    struct proc_table table;
    bool human = false;
    int option, status = 0;
    tool_begin(argc, argv,
               "df [-h] [FILE...]\nPrints how full the file systems are (those of FILEs), in KiB. "
               "-h: as 1.5M.\n");
    while ((option = tool_option(argc, argv, "hk")) != -1) {
        if (option == '?') return tool_usage();
        human |= option == 'h';
    }
    if (!proc_read(&table, "mounts")) return 1;
    out_fmt("%-16s %-10s %10s %10s %10s %5s  %s\n", "source", "type", "size", "used", "free",
            "use%", "mounted on");
    for (size_t row = 0; tool_index == argc && row < table.rows; row++)
        row_print(&table, row, human);
    for (size_t row; tool_index < argc; tool_index++) {
        if (row_of(&table, argv[tool_index], &row))
            row_print(&table, row, human);
        else
            status = 1;
    }
    proc_free(&table);
    return tool_end(status);
}
