/* SPDX-License-Identifier: Apache-2.0 */
/* sort: sorts lines. */
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>

#define SORT_BLOCK ((size_t)64 << 10) /* of text: one allocation for many lines */

/* Most comparisons end with the first eight bytes, which are kept where the order is that of bytes:
 * as a number that sorts like them. */
struct line {
    uint64_t prefix;
    char *text;
};

struct sort {
    bool reverse, numeric, unique;
    uint64_t key; /* field, 0 = whole line */
    char separator;
    struct line *lines;
    size_t count, room;
    char *block; /* the rest of the last block */
    size_t left;
};

static struct sort sort;

static const char *line_key(const char *line)
{
    for (uint64_t field = 1; field < sort.key && *line != '\0'; field++) {
        if (sort.separator != '\0') {
            line = line + strcspn(line, (char[]){sort.separator, '\0'});
            line += *line != '\0';
        } else {
            line += strspn(line, " \t");
            line += strcspn(line, " \t");
        }
    }
    return sort.key > 0 && sort.separator == '\0' ? line + strspn(line, " \t") : line;
}

/* Numbers of any length, with a fraction: by sign, digits before the point, then text. */
static int compare_digits(const char *a, const char *b)
{
    a += strspn(a, "0");
    b += strspn(b, "0");
    size_t x = strspn(a, "0123456789"), y = strspn(b, "0123456789");
    if (x != y) return x < y ? -1 : 1;
    int result = memcmp(a, b, x);
    if (result != 0) return result;
    a += x + (a[x] == '.');
    b += y + (b[y] == '.');
    while (*a == *b && *a >= '0' && *a <= '9')
        a++, b++;
    int p = *a >= '0' && *a <= '9' ? *a : '0';
    int q = *b >= '0' && *b <= '9' ? *b : '0';
    return p - q;
}

static bool is_zero(const char *text) { return strspn(text, "0.") >= strspn(text, "0123456789."); }

static int compare_numbers(const char *a, const char *b)
{
    a += strspn(a, " \t");
    b += strspn(b, " \t");
    bool x = *a == '-', y = *b == '-';
    bool zeros = is_zero(a + x) && is_zero(b + y);
    if (zeros || x != y) return zeros ? 0 : x ? -1 : 1;
    return x ? compare_digits(b + 1, a + 1) : compare_digits(a, b);
}

static int compare_keys(const char *a, const char *b)
{
    const char *x = line_key(a), *y = line_key(b);
    return sort.numeric ? compare_numbers(x, y) : strcmp(x, y);
}

static int compare_lines(const struct line *a, const struct line *b)
{
    int result = 0;
    if (a->prefix != b->prefix)
        result = a->prefix < b->prefix ? -1 : 1;
    else
        result = compare_keys(a->text, b->text);
    if (result == 0 && !sort.unique) result = strcmp(a->text, b->text);
    return sort.reverse ? -result : result;
}

/* Merges two sorted runs of `from` into `to`; of equal lines the first stays the first. */
static void merge_runs(struct line *to, const struct line *a, const struct line *b,
                       const struct line *end)
{
    const struct line *middle = b;
    if (a == middle || b == end || compare_lines(b - 1, b) <= 0) {
        memcpy(to, a, (size_t)(end - a) * sizeof *to);
        return;
    }
    while (a < middle && b < end)
        *to++ = compare_lines(a, b) <= 0 ? *a++ : *b++;
    memcpy(to, a, (size_t)(middle - a) * sizeof *to);
    memcpy(to + (middle - a), b, (size_t)(end - b) * sizeof *to);
}

/* Runs of one line, two, four ...: the C library's qsort compares three times as often. */
static void sort_lines(void)
{
    struct line *from = sort.lines, *to = tool_alloc(sort.count * sizeof *to + 1);
    for (size_t run = 1; run < sort.count; run *= 2) {
        for (size_t i = 0; i < sort.count; i += 2 * run) {
            size_t rest = sort.count - i, first = rest < run ? rest : run;
            size_t both = rest < 2 * run ? rest : 2 * run;
            merge_runs(to + i, from + i, from + i + first, from + i + both);
        }
        struct line *next = to;
        to = from;
        from = next;
    }
    free(to);
    sort.lines = from;
}

static char *line_room(size_t size)
{
    if (size > SORT_BLOCK / 4) return tool_alloc(size);
    if (sort.left < size) {
        sort.block = tool_alloc(SORT_BLOCK);
        sort.left = SORT_BLOCK;
    }
    sort.left -= size;
    return sort.block + sort.left;
}

static uint64_t line_prefix(const char *text)
{
    uint64_t prefix = 0;
    if (sort.numeric || sort.key > 0) return 0;
    for (unsigned i = 0; i < 8 && *text != '\0'; i++)
        prefix |= (uint64_t)(unsigned char)*text++ << (56 - 8 * i);
    return prefix;
}

static int sort_input(struct in *in, const char *name, void *context)
{
    size_t length;
    char *line;
    (void)name, (void)context;
    while ((line = in_line(in, &length)) != NULL) {
        length -= line[length - 1] == '\n';
        if (sort.count == sort.room)
            sort.lines =
                tool_resize(sort.lines, (sort.room = sort.room * 2 + 64) * sizeof *sort.lines);
        char *copy = line_room(length + 1);
        memcpy(copy, line, length);
        copy[length] = '\0';
        sort.lines[sort.count++] = (struct line){line_prefix(copy), copy};
    }
    return 0;
}

static bool sort_options(int argc, char **argv)
{
    int option;
    while ((option = tool_option(argc, argv, "rnuk:t:")) != -1) {
        if (option == '?') return false;
        sort.reverse |= option == 'r';
        sort.numeric |= option == 'n';
        sort.unique |= option == 'u';
        if (option == 't') sort.separator = *tool_value;
        if (option == 'k') {
            char *end;
            sort.key = strtoul(tool_value, &end, 10);
            if (sort.key == 0 || end == tool_value) return false;
            for (; *end != '\0'; end++) {
                sort.numeric |= *end == 'n';
                sort.reverse |= *end == 'r';
            }
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    tool_begin(argc, argv,
               "sort [-rnu] [-k FIELD] [-t CHAR] [FILE...]\nSorts lines. -r: backwards; "
               "-n: by number; -u: equal ones once; -k: from FIELD\non; -t: what "
               "separates fields (blanks by default).\n");
    if (!sort_options(argc, argv)) return tool_usage();
    int status = tool_each_input(argc, argv, tool_index, sort_input, NULL);
    sort_lines();
    for (size_t i = 0; i < sort.count; i++) {
        const char *text = sort.lines[i].text;
        if (sort.unique && i > 0 && compare_keys(sort.lines[i - 1].text, text) == 0) continue;
        out_str(text);
        out_char('\n');
    }
    return tool_end(status);
}
