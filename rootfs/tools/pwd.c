/* SPDX-License-Identifier: Apache-2.0 */
/* pwd: prints the working folder. */
#include <futura/tool.h>
#include <limits.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[PATH_MAX];
    tool_begin(argc, argv, "pwd\nPrints the working folder.\n");
    if (getcwd(path, sizeof path) == NULL) {
        tool_error("working folder");
        return 1;
    }
    out_str(path);
    out_char('\n');
    return tool_end(0);
}
