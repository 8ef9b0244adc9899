/* SPDX-License-Identifier: Apache-2.0 */
/* reboot: stops the system and starts it again. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "reboot\nStops the system and starts it again.\n");
    if (argc > 1) {
        tool_fail(argv[1], "reboot takes no operands");
        return tool_usage();
    }
    return tool_end(proc_write("power", "reboot"));
}
