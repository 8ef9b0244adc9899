/* SPDX-License-Identifier: Apache-2.0 */
/* log: prints the log of the system. */
#include <futura/tool.h>
#include <string.h>

static const char *const severities[] = {"debug", "info", "notice", "warning", "error"};
#define SEVERITIES (sizeof severities / sizeof severities[0])
#define NOT_ONE "not a severity; they are debug info notice warning error"

struct log {
    const char *component;
    size_t lowest;
    uint64_t last; /* only so many, 0 = all */
};

static size_t severity_rank(const char *name)
{
    size_t i = 0;
    while (i < SEVERITIES && strcmp(severities[i], name) != 0)
        i++;
    return i;
}

static bool log_wanted(const struct log *log, const struct proc_table *table, size_t row)
{
    if (log->component != NULL && strcmp(proc_cell(table, row, "component"), log->component) != 0)
        return false;
    return severity_rank(proc_cell(table, row, "severity")) >= log->lowest;
}

static bool table_names(const char *file, const char *column, const char *name)
{
    struct proc_table table;
    bool found = false;
    if (!proc_read(&table, file)) return true; /* it said so */
    for (size_t row = 0; row < table.rows && !found; row++)
        found = strcmp(proc_cell(&table, row, column), name) == 0;
    proc_free(&table);
    return found;
}

/* One that lives, or had a level or a word to say: else the name is mistyped. */
static bool component_exists(const char *name)
{
    if (table_names("log.levels", "component", name) || table_names("log", "component", name) ||
        table_names("tasks", "name", name))
        return true;
    tool_fail(name, "there is no component of this name; `ps` and `log -L` list them");
    return false;
}

static int log_print(const struct log *log)
{
    struct proc_table table;
    if (!proc_read(&table, "log")) return 1;
    size_t first = table.rows;
    for (uint64_t found = 0; first > 0 && (log->last == 0 || found < log->last); first--)
        found += log_wanted(log, &table, first - 1);
    for (size_t row = first; row < table.rows; row++) {
        uint64_t time = proc_cell_number(&table, row, "time_ns");
        if (log_wanted(log, &table, row))
            out_fmt("%5lu.%06lu %-8s %-12s %s\n", (unsigned long)(time / 1000000000),
                    (unsigned long)(time / 1000 % 1000000), proc_cell(&table, row, "severity"),
                    proc_cell(&table, row, "component"), proc_cell(&table, row, "message"));
    }
    proc_free(&table);
    return 0;
}

static int log_level(const char *component, const char *severity)
{
    char text[160] = "";
    if (severity_rank(severity) == SEVERITIES || strlen(component) > 100) {
        tool_fail(severity, NOT_ONE);
        return 2;
    }
    if (!table_names("log.levels", "component", component)) {
        tool_fail(component, "there is no component of this name; `log -L` lists them");
        return 1;
    }
    strcat(text, component);
    strcat(text, "\t");
    strcat(text, severity);
    strcat(text, "\n");
    return proc_write("log.levels", text);
}

int main(int argc, char **argv)
{
    struct log log = {0};
    int option;
    tool_begin(argc, argv,
               "log [-s SEVERITY] [-n LINES] [COMPONENT] | log -L [COMPONENT SEVERITY]\nPrints the "
               "system's log. -s: from this severity up (debug info notice warning\nerror); "
               "-n: only the last; -L: shows or sets what is kept.\n");
    while ((option = tool_option(argc, argv, "s:n:L")) != -1) {
        if (option == '?') return tool_usage();
        if (option == 'L' && argc - tool_index == 0) return tool_end(proc_show("log.levels"));
        if (option == 'L')
            return argc - tool_index == 2
                       ? tool_end(log_level(argv[tool_index], argv[tool_index + 1]))
                       : tool_usage();
        if (option == 'n' && !tool_number(tool_value, "not a number of lines", &log.last)) return 2;
        if (option == 's' && (log.lowest = severity_rank(tool_value)) == SEVERITIES) {
            tool_fail(tool_value, NOT_ONE);
            return 2;
        }
    }
    if (argc - tool_index > 1) return tool_usage();
    if (tool_index < argc) log.component = argv[tool_index];
    if (log.component != NULL && !component_exists(log.component)) return 1;
    return tool_end(log_print(&log));
}
