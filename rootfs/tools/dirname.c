/* SPDX-License-Identifier: Apache-2.0 */
/* dirname: prints a path without its last part. */
#include <futura/tool.h>
#include <string.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "dirname PATH...\nPrints paths without their last part.\n");
    if (!tool_plain(&argc, &argv) || argc < 2) return tool_usage();
    for (int i = 1; i < argc; i++) {
        const char *path = argv[i];
        size_t length = strlen(path);
        while (length > 1 && path[length - 1] == '/')
            length--;
        while (length > 0 && path[length - 1] != '/')
            length--;
        while (length > 1 && path[length - 1] == '/')
            length--;
        if (length == 0) out_char('.');
        out_mem(path, length);
        out_char('\n');
    }
    return tool_end(0);
}
