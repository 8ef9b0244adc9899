/* SPDX-License-Identifier: Apache-2.0 */
/* log: prints the log of the system. */
#include <futura/tool.h>
#include <string.h>

static const char *const severities[] = {"debug", "info", "notice", "warning", "error", "critical"};

struct log {
    const char *component;
    size_t lowest;
    uint64_t last; /* only so many, 0 = all */
};

static size_t severity_rank(const char *name)
{
    size_t i = 0;
    while (i < 6 && strcmp(severities[i], name) != 0)
        i++;
    return i;
}

static bool log_wanted(const struct log *log, const struct proc_table *table, size_t row)
{
    if (log->component != NULL && strcmp(proc_cell(table, row, "component"), log->component) != 0)
        return false;
    return severity_rank(proc_cell(table, row, "severity")) >= log->lowest;
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
    if (severity_rank(severity) == 6 || strlen(component) > 100) {
        tool_fail(severity, "not a severity; they are debug info notice warning error critical");
        return 2;
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
    tool_begin(
        argc, argv,
        "log [-s SEVERITY] [-n LINES] [COMPONENT] | log -L [COMPONENT SEVERITY]\nPrints the "
        "system's log. -s: from this severity up (debug info notice warning\nerror critical); "
        "-n: only the last; -L: shows or sets what is kept.\n");
    while ((option = tool_option(argc, argv, "s:n:L")) != -1) {
        if (option == '?') return tool_usage();
        if (option == 'L' && argc - tool_index == 0) return tool_end(proc_show("log.levels"));
        if (option == 'L')
            return argc - tool_index == 2
                       ? tool_end(log_level(argv[tool_index], argv[tool_index + 1]))
                       : tool_usage();
        if (option == 'n' && !tool_number(tool_value, "not a number of lines", &log.last)) return 2;
        if (option == 's' && (log.lowest = severity_rank(tool_value)) == 6) {
            tool_fail(tool_value,
                      "not a severity; they are debug info notice warning error critical");
            return 2;
        }
    }
    if (argc - tool_index > 1) return tool_usage();
    if (tool_index < argc) log.component = argv[tool_index];
    return tool_end(log_print(&log));
}
