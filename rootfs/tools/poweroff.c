/* SPDX-License-Identifier: Apache-2.0 */
/* poweroff: stops the system and switches it off. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "poweroff\nStops the system and switches it off.\n");
    if (argc > 1) {
        tool_fail(argv[1], "poweroff takes no operands");
        return tool_usage();
    }
    return tool_end(proc_write("power", "off"));
}
