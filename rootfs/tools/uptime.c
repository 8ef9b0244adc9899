/* SPDX-License-Identifier: Apache-2.0 */
/* uptime: says how long the system has been running. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    struct proc_table table;
    tool_begin(argc, argv, "uptime\nSays how long the system has been running.\n");
    if (argc > 1) return tool_usage();
    if (!proc_read(&table, "uptime")) return 1;
    uint64_t up = proc_cell_number(&table, 0, "uptime_ns");
    uint64_t idle = proc_cell_number(&table, 0, "idle_ns");
    unsigned long seconds = up / 1000000000,
                  busy = up > 0 && up > idle ? (up - idle) * 100 / up : 0;
    out_str("up ");
    if (seconds >= 86400) out_fmt("%lu days ", seconds / 86400);
    out_fmt("%02lu:%02lu:%02lu, %lu%% busy\n", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
            busy);
    proc_free(&table);
    return tool_end(0);
}
