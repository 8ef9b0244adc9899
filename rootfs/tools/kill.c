/* SPDX-License-Identifier: Apache-2.0 */
/* kill: sends a signal to processes. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, TOOL_KILL_USAGE);
    return tool_end(tool_kill(argc, argv));
}
