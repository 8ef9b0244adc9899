/* SPDX-License-Identifier: Apache-2.0 */
/* rmdir: removes empty folders. */
#include <futura/tool.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool parents = false;
    int option, status = 0;
    tool_begin(argc, argv, "rmdir [-p] FOLDER...\nRemoves empty folders. -p: then those above.\n");
    while ((option = tool_option(argc, argv, "p")) != -1) {
        if (option == '?') return tool_usage();
        parents = true;
    }
    if (tool_index == argc) return tool_usage();
    for (int i = tool_index; i < argc; i++) {
        for (char *slash = argv[i]; slash != NULL;) {
            if (rmdir(argv[i]) != 0) {
                tool_error(argv[i]);
                status = 1;
                break;
            }
            slash = parents ? strrchr(argv[i], '/') : NULL;
            if (slash != NULL) *slash = '\0';
            if (slash == argv[i]) break;
        }
    }
    return tool_end(status);
}
