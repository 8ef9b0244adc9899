/* SPDX-License-Identifier: Apache-2.0 */
/* graph: prints who may reach whom. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    bool dot = false;
    int option;
    tool_begin(argc, argv,
               "graph [-d]\nPrints who may reach whom, as the system really is. -d: for "
               "Graphviz.\n");
    while ((option = tool_option(argc, argv, "d")) != -1) {
        if (option == '?') return tool_usage();
        dot = true;
    }
    if (!dot) return tool_end(proc_show("graph"));
    struct proc_table table;
    if (!proc_read(&table, "graph")) return 1;
    out_str("digraph authority {\n");
    for (size_t row = 0; row < table.rows; row++)
        out_fmt("    \"%s\" -> \"%s\" [label=\"%s\"];\n", proc_cell(&table, row, "from"),
                proc_cell(&table, row, "to"), proc_cell(&table, row, "interface"));
    out_str("}\n");
    proc_free(&table);
    return tool_end(0);
}
