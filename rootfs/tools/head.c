/* SPDX-License-Identifier: Apache-2.0 */
/* head: prints the beginning of files. */
#include <errno.h>
#include <futura/tool.h>
#include <unistd.h>

struct head {
    uint64_t lines, bytes;
    bool by_bytes, titles, again;
};

static void head_bytes(struct in *in, uint64_t left)
{
    char part[4096];
    while (left > 0) {
        ssize_t n = read(in->fd, part, left < sizeof part ? left : sizeof part);
        in->failed = n < 0;
        if (n <= 0) return;
        out_mem(part, (size_t)n);
        left -= (uint64_t)n;
    }
}

static int head_input(struct in *in, const char *name, void *context)
{
    struct head *head = context;
    if (head->titles) out_fmt("%s==> %s <==\n", head->again ? "\n" : "", name);
    head->again = true;
    if (head->by_bytes) {
        head_bytes(in, head->bytes);
        return 0;
    }
    size_t length;
    for (uint64_t i = 0; i < head->lines; i++) {
        const char *line = in_line(in, &length);
        if (line == NULL) break;
        out_mem(line, length);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct head head = {.lines = 10};
    int option;
    tool_begin(argc, argv, "head [-n LINES | -c BYTES] [FILE...]\nPrints the first 10 lines.\n");
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
        if (!tool_number(argv[1] + 1, "not a number of lines", &head.lines)) return 2;
        tool_index = 2;
    }
    while ((option = tool_option(argc, argv, "n:c:")) != -1) {
        if (option == '?') return tool_usage();
        head.by_bytes = option == 'c';
        if (!tool_number(tool_value, "not a number", head.by_bytes ? &head.bytes : &head.lines))
            return 2;
    }
    head.titles = argc - tool_index > 1;
    return tool_end(tool_each_input(argc, argv, tool_index, head_input, &head));
}
