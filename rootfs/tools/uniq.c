/* SPDX-License-Identifier: Apache-2.0 */
/* uniq: drops repeated lines. */
#include <fcntl.h>
#include <futura/tool.h>
#include <string.h>

struct uniq {
    bool count, repeated, single;
    char *line;
    size_t length, room;
    uint64_t times;
};

static void uniq_print(const struct uniq *uniq)
{
    if (uniq->times == 0 || (uniq->repeated && uniq->times < 2) ||
        (uniq->single && uniq->times > 1))
        return;
    if (uniq->count) out_fmt("%7lu ", (unsigned long)uniq->times);
    out_mem(uniq->line, uniq->length);
    out_char('\n');
}

static int uniq_input(struct in *in, const char *name, void *context)
{
    struct uniq *uniq = context;
    size_t length;
    char *line;
    (void)name;
    while ((line = in_line(in, &length)) != NULL) {
        length -= line[length - 1] == '\n';
        if (uniq->times > 0 && length == uniq->length && memcmp(line, uniq->line, length) == 0) {
            uniq->times++;
            continue;
        }
        uniq_print(uniq);
        if (uniq->room < length + 1)
            uniq->line = tool_resize(uniq->line, uniq->room = length * 2 + 64);
        memcpy(uniq->line, line, length);
        uniq->length = length;
        uniq->times = 1;
    }
    uniq_print(uniq);
    return 0;
}

int main(int argc, char **argv)
{
    struct uniq uniq = {0};
    int option;
    tool_begin(argc, argv,
               "uniq [-cdu] [FILE]\nPrints each line once where it repeats. -c: count; "
               "-d: only repeated\nlines; -u: only single ones.\n");
    while ((option = tool_option(argc, argv, "cdu")) != -1) {
        if (option == '?') return tool_usage();
        uniq.count |= option == 'c';
        uniq.repeated |= option == 'd';
        uniq.single |= option == 'u';
    }
    if (argc - tool_index > 1) return tool_usage();
    return tool_end(tool_each_input(argc, argv, tool_index, uniq_input, &uniq));
}
