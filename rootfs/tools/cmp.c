/* SPDX-License-Identifier: Apache-2.0 */
/* cmp: compares two files. */
#include <futura/tool.h>
#include <string.h>

static bool byte_next(struct in *in, char **at, size_t *left)
{
    if (*left == 0 && (*at = in_line(in, left)) == NULL) return false;
    return true;
}

int main(int argc, char **argv)
{
    struct in a, b;
    char *x = NULL, *y = NULL;
    size_t m = 0, n = 0;
    uint64_t offset = 1, line = 1;
    bool silent = false;
    int option;
    tool_begin(argc, argv,
               "cmp [-s] FILE1 FILE2\nCompares files: 0 = equal, 1 = different, 2 = error. "
               "-s: prints nothing.\n");
    while ((option = tool_option(argc, argv, "s")) != -1) {
        if (option == '?') return tool_usage();
        silent = true;
    }
    if (argc - tool_index != 2) return tool_usage();
    const char *first = argv[tool_index], *second = argv[tool_index + 1];
    if (!in_open(&a, first) || !in_open(&b, second)) return 2;
    for (;; offset++) {
        bool has_a = byte_next(&a, &x, &m), has_b = byte_next(&b, &y, &n);
        if (a.failed || b.failed) {
            tool_error(a.failed ? first : second);
            return 2;
        }
        if (has_a != has_b) {
            if (!silent) tool_fail(has_a ? second : first, "end of file");
            return 1;
        }
        if (!has_a) return 0;
        if (*x != *y) {
            if (!silent)
                out_fmt("%s %s differ: byte %lu, line %lu\n", first, second, (unsigned long)offset,
                        (unsigned long)line);
            return tool_end(1);
        }
        line += *x == '\n';
        x++, y++, m--, n--;
    }
}
