/* SPDX-License-Identifier: Apache-2.0 */
/* which: says where a program is. */
#include <futura/tool.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int status = 0;
    tool_begin(argc, argv, "which NAME...\nPrints the paths of programs. 1 if one is not found.\n");
    if (!tool_plain(&argc, &argv) || argc < 2) return tool_usage();
    for (int i = 1; i < argc; i++) {
        char *path = tool_find(argv[i]);
        if (path != NULL) {
            out_fmt("%s\n", path);
        } else {
            tool_fail(argv[i], "not found");
            status = 1;
        }
        free(path);
    }
    return tool_end(status);
}
