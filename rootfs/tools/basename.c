/* SPDX-License-Identifier: Apache-2.0 */
/* basename: prints the last part of a path. */
#include <futura/tool.h>
#include <string.h>

int main(int argc, char **argv)
{
    tool_begin(argc, argv, "basename PATH [SUFFIX]\nPrints the last part of a path.\n");
    if (!tool_plain(&argc, &argv) || argc < 2 || argc > 3) return tool_usage();
    const char *base = tool_base(argv[1]);
    size_t length = strcspn(base, "/");
    if (length == 0 && *base == '/') length = 1;
    size_t suffix = argc > 2 ? strlen(argv[2]) : 0;
    if (suffix > 0 && suffix < length && memcmp(base + length - suffix, argv[2], suffix) == 0)
        length -= suffix;
    out_mem(base, length);
    out_char('\n');
    return tool_end(0);
}
