/* SPDX-License-Identifier: Apache-2.0 */
/* cut: prints parts of lines. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

#define CUT_RANGES 64

struct cut {
    bool fields, only;
    char separator;
    size_t count;
    struct {
        unsigned long from, to;
    } ranges[CUT_RANGES];
};

static bool cut_list(struct cut *cut, const char *text)
{
    while (*text != '\0') {
        char *end;
        bool open = *text == '-';
        if (cut->count == CUT_RANGES) return false;
        unsigned long from = open ? 1 : strtoul(text, &end, 10), to = from;
        text = open ? text : end;
        if (*text == '-') {
            to = text[1] >= '0' && text[1] <= '9' ? strtoul(text + 1, &end, 10) : ~0ul;
            text = to == ~0ul ? text + 1 : end;
        }
        if (from == 0 || to < from || (*text != ',' && *text != '\0')) return false;
        cut->ranges[cut->count].from = from;
        cut->ranges[cut->count++].to = to;
        text += *text == ',';
    }
    return cut->count > 0;
}

static bool cut_wants(const struct cut *cut, unsigned long position)
{
    for (size_t i = 0; i < cut->count; i++)
        if (position >= cut->ranges[i].from && position <= cut->ranges[i].to) return true;
    return false;
}

static void cut_chars(const struct cut *cut, const char *line, size_t length)
{
    unsigned long position = 0;
    for (size_t i = 0; i < length; i++) {
        position += ((unsigned char)line[i] & 0xc0) != 0x80;
        if (cut_wants(cut, position)) out_char(line[i]);
    }
    out_char('\n');
}

static void cut_fields(const struct cut *cut, const char *line, size_t length)
{
    const char *end = line + length;
    bool first = true;
    if (memchr(line, cut->separator, length) == NULL) {
        if (!cut->only) {
            out_mem(line, length);
            out_char('\n');
        }
        return;
    }
    for (unsigned long field = 1; line <= end; field++) {
        const char *stop = line < end ? memchr(line, cut->separator, (size_t)(end - line)) : NULL;
        stop = stop != NULL ? stop : end;
        if (cut_wants(cut, field)) {
            if (!first) out_char(cut->separator);
            out_mem(line, (size_t)(stop - line));
            first = false;
        }
        line = stop + 1;
    }
    out_char('\n');
}

static int cut_input(struct in *in, const char *name, void *context)
{
    struct cut *cut = context;
    size_t length;
    char *line;
    (void)name;
    while ((line = in_line(in, &length)) != NULL) {
        length -= line[length - 1] == '\n';
        if (cut->fields)
            cut_fields(cut, line, length);
        else
            cut_chars(cut, line, length);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct cut cut = {.separator = '\t'};
    int option;
    tool_begin(argc, argv,
               "cut (-f LIST [-d CHAR] [-s] | -c LIST) [FILE...]\nPrints fields or "
               "characters of lines; LIST is like 1,3-5,7-. -d: what separates\n"
               "fields (a tab); -s: no lines without it.\n");
    while ((option = tool_option(argc, argv, "f:c:d:s")) != -1) {
        if (option == '?') return tool_usage();
        cut.only |= option == 's';
        cut.fields |= option == 'f';
        if (option == 'd') cut.separator = *tool_value;
        if ((option == 'f' || option == 'c') && !cut_list(&cut, tool_value)) {
            tool_fail(tool_value, "not a list of positions");
            return 2;
        }
    }
    if (cut.count == 0) return tool_usage();
    return tool_end(tool_each_input(argc, argv, tool_index, cut_input, &cut));
}
