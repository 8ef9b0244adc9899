/* SPDX-License-Identifier: Apache-2.0 */
/* clear: clears the screen. */
#include <futura/tool.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "clear\nClears the screen.\n");
    if (!tool_plain(&argc, &argv) || argc > 1) return tool_usage();
    out_str("\033[H\033[2J\033[3J");
    return tool_end(0);
}
