/* SPDX-License-Identifier: Apache-2.0 */
/* tr: translates characters. */
#include <errno.h>
#include <futura/tool.h>
#include <string.h>
#include <unistd.h>

struct set {
    unsigned char chars[512];
    size_t count;
};

static unsigned char char_read(const char **text)
{
    static const char names[] = "abfnrtv\\", codes[] = "\a\b\f\n\r\t\v\\";
    const char *at = *text;
    if (*at != '\\' || at[1] == '\0') {
        *text = at + 1;
        return (unsigned char)*at;
    }
    at++;
    if (*at >= '0' && *at <= '7') {
        unsigned value = 0;
        for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++)
            value = value * 8 + (unsigned)(*at++ - '0');
        *text = at;
        return (unsigned char)value;
    }
    const char *known = strchr(names, *at);
    *text = at + 1;
    return (unsigned char)(known != NULL ? codes[known - names] : *at);
}

static void set_range(struct set *set, unsigned low, unsigned high)
{
    for (; low <= high && set->count < sizeof set->chars; low++)
        set->chars[set->count++] = (unsigned char)low;
}

static bool set_class(struct set *set, const char **text)
{
    static const struct {
        const char *name;
        unsigned char ranges[6];
    } classes[] = {{"[:lower:]", "az"},    {"[:upper:]", "AZ"},     {"[:digit:]", "09"},
                   {"[:alpha:]", "AZaz"},  {"[:alnum:]", "09AZaz"}, {"[:space:]", "\t\r  "},
                   {"[:punct:]", "!/:@[`"}};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        size_t length = strlen(classes[i].name);
        if (strncmp(*text, classes[i].name, length) != 0) continue;
        for (size_t r = 0; r + 1 < 6 && classes[i].ranges[r] != 0; r += 2)
            set_range(set, classes[i].ranges[r], classes[i].ranges[r + 1]);
        if (i == 6) set_range(set, '{', '~');
        *text += length;
        return true;
    }
    return false;
}

static bool set_parse(struct set *set, const char *text)
{
    while (*text != '\0') {
        if (set_class(set, &text)) continue;
        unsigned char low = char_read(&text), high = low;
        if (*text == '-' && text[1] != '\0') {
            text++;
            high = char_read(&text);
        }
        if (high < low) {
            tool_fail(text, "a range runs backwards");
            return false;
        }
        set_range(set, low, high);
    }
    return true;
}

struct tr {
    bool complement, drop, squeeze;
    bool in[256], squeezed[256];
    unsigned char map[256];
};

static void tr_prepare(struct tr *tr, const struct set *from, const struct set *to)
{
    const struct set *last = to->count > 0 ? to : from;
    for (unsigned c = 0; c < 256; c++)
        tr->map[c] = (unsigned char)c;
    for (size_t i = 0; i < from->count; i++) {
        tr->in[from->chars[i]] = true;
        if (to->count > 0 && !tr->complement)
            tr->map[from->chars[i]] = to->chars[i < to->count ? i : to->count - 1];
    }
    for (unsigned c = 0; tr->complement && c < 256; c++) {
        tr->in[c] = !tr->in[c];
        if (tr->in[c] && to->count > 0) tr->map[c] = to->chars[to->count - 1];
    }
    for (size_t i = 0; i < last->count; i++)
        tr->squeezed[last->chars[i]] = true;
    for (unsigned c = 0; last == from && tr->complement && c < 256; c++)
        tr->squeezed[c] = !tr->squeezed[c];
}

static int tr_run(const struct tr *tr)
{
    static unsigned char part[4096];
    int before = -1;
    ssize_t n;
    while ((n = read(0, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            tool_error("input");
            return 1;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (tr->drop && tr->in[part[i]]) continue;
            unsigned char c = tr->drop ? part[i] : tr->map[part[i]];
            if (tr->squeeze && tr->squeezed[c] && c == before) continue;
            before = c;
            out_char((char)c);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct tr tr;
    static struct set from, to;
    int option;
    tool_begin(argc, argv,
               "tr [-cds] SET1 [SET2]\nReplaces characters of SET1 by those of SET2. "
               "-c: all but SET1; -d: drop them;\n-s: repeated ones once. Sets know "
               "a-z, \\n, [:upper:] and so on.\n");
    while ((option = tool_option(argc, argv, "cds")) != -1) {
        if (option == '?') return tool_usage();
        tr.complement |= option == 'c';
        tr.drop |= option == 'd';
        tr.squeeze |= option == 's';
    }
    int sets = argc - tool_index;
    if (sets < 1 || sets > 2 || (sets == 1 && !tr.drop && !tr.squeeze)) return tool_usage();
    if (!set_parse(&from, argv[tool_index]) || (sets == 2 && !set_parse(&to, argv[tool_index + 1])))
        return 2;
    tr_prepare(&tr, &from, &to);
    return tool_end(tr_run(&tr));
}
