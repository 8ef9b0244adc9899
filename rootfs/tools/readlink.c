/* SPDX-License-Identifier: Apache-2.0 */
/* readlink: prints where a symbolic link leads. */
#include <futura/tool.h>
#include <limits.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char target[PATH_MAX];
    int status = 0;
    tool_begin(argc, argv, "readlink LINK...\nPrints where symbolic links lead.\n");
    if (!tool_plain(&argc, &argv) || argc < 2) return tool_usage();
    for (int i = 1; i < argc; i++) {
        ssize_t length = readlink(argv[i], target, sizeof target);
        if (length < 0) {
            tool_error(argv[i]);
            status = 1;
            continue;
        }
        out_mem(target, (size_t)length);
        out_char('\n');
    }
    return tool_end(status);
}
