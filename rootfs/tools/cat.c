/* SPDX-License-Identifier: Apache-2.0 */
/* cat: prints files one after the other. */
#include <errno.h>
#include <futura/tool.h>
#include <string.h>

struct cat {
    bool number;
    uint64_t line;
};

static int cat_input(struct in *in, const char *name, void *context)
{
    struct cat *cat = context;
    size_t length;
    char *line;
    (void)name;
    if (!cat->number) {
        int result = out_flush() ? fd_copy(in->fd, 1) : -2;
        in->failed = result == -1;
        if (result == -2 && errno != EPIPE) tool_error("output");
        return result == 0 ? 0 : 1;
    }
    while ((line = in_line(in, &length)) != NULL) {
        out_fmt("%6lu\t", (unsigned long)++cat->line);
        out_mem(line, length);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct cat cat = {0};
    int option;
    tool_begin(argc, argv, "cat [-n] [FILE...]\nPrints files, or its input. -n: number lines.\n");
    while ((option = tool_option(argc, argv, "nu")) != -1) {
        if (option == '?') return tool_usage();
        cat.number |= option == 'n';
    }
    return tool_end(tool_each_input(argc, argv, tool_index, cat_input, &cat));
}
