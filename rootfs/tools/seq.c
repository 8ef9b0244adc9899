/* SPDX-License-Identifier: Apache-2.0 */
/* seq: prints numbers in sequence. */
#include <futura/tool.h>
#include <stdlib.h>

static bool number(const char *text, long *value)
{
    char *end;
    *value = strtol(text, &end, 10);
    if (end != text && *end == '\0') return true;
    tool_fail(text, "not a whole number");
    return false;
}

int main(int argc, char **argv)
{
    long first = 1, step = 1, last;
    tool_begin(argc, argv, "seq [FIRST [STEP]] LAST\nPrints whole numbers, one a line.\n");
    /* A first operand may be negative. */
    bool negative = argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9';
    if ((!negative && !tool_plain(&argc, &argv)) || argc < 2 || argc > 4) return tool_usage();
    if (!number(argv[argc - 1], &last) || (argc > 2 && !number(argv[1], &first)) ||
        (argc > 3 && !number(argv[2], &step)))
        return 2;
    if (step == 0) {
        tool_fail(argv[2], "the step must not be zero");
        return 2;
    }
    for (long i = first; step > 0 ? i <= last : i >= last;) {
        out_fmt("%ld\n", i);
        if (__builtin_add_overflow(i, step, &i)) break;
    }
    return tool_end(0);
}
