/* SPDX-License-Identifier: Apache-2.0 */
/* describe: prints the interfaces that a live server reports. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_interfaces(const struct proc_table *table)
{
    const char *before = "";
    for (size_t row = 0; row < table->rows; row++) {
        const char *name = proc_cell(table, row, "interface");
        if (strcmp(name, before) != 0)
            out_fmt("%s%sinterface %s %s.%s {\n", *before != '\0' ? "}\n" : "",
                    *before != '\0' ? "\n" : "", name, proc_cell(table, row, "major"),
                    proc_cell(table, row, "minor"));
        before = name;
        out_fmt("    %s%s%s  # %s\n", proc_cell(table, row, "method"),
                proc_cell(table, row, "signature")[0] == '(' ? "" : " ",
                proc_cell(table, row, "signature"), proc_cell(table, row, "ordinal"));
    }
    if (*before != '\0') out_str("}\n");
}

int main(int argc, char **argv)
{
    struct proc_table table;
    tool_begin(argc, argv,
               "describe COMPONENT\nPrints the interfaces that the live server (a name or "
               "a number) reports.\n");
    if (!tool_plain(&argc, &argv) || argc != 2) return tool_usage();
    char *file = proc_component("interfaces", argv[1]);
    if (file == NULL) return 1;
    char *path = proc_path(file);
    bool offers = access(path, F_OK) == 0, good = offers && proc_read(&table, file);
    free(path);
    free(file);
    if (!offers || (good && table.rows == 0)) tool_fail(argv[1], "it offers no interfaces");
    if (!good || table.rows == 0) return 1;
    print_interfaces(&table);
    proc_free(&table);
    return tool_end(0);
}
