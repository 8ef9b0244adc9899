/* SPDX-License-Identifier: Apache-2.0 */
/* wc: counts lines, words, and bytes. */
#include <errno.h>
#include <futura/tool.h>
#include <string.h>
#include <unistd.h>

struct counts {
    uint64_t lines, words, chars, bytes;
};

struct wc {
    bool lines, words, chars, bytes;
    struct counts total;
};

static void counts_add(struct counts *counts, const char *data, size_t size, bool *inside)
{
    counts->bytes += size;
    for (size_t i = 0; i < size; i++) {
        char c = data[i];
        bool blank = c == ' ' || (c >= '\t' && c <= '\r');
        counts->lines += c == '\n';
        counts->words += !blank && !*inside;
        counts->chars += ((unsigned char)c & 0xc0) != 0x80;
        *inside = !blank;
    }
}

static void counts_print(const struct wc *wc, const struct counts *counts, const char *name)
{
    const char *gap = "";
    const struct {
        bool wanted;
        uint64_t value;
    } columns[] = {{wc->lines, counts->lines},
                   {wc->words, counts->words},
                   {wc->chars, counts->chars},
                   {wc->bytes, counts->bytes}};
    int wanted = wc->lines + wc->words + wc->chars + wc->bytes;
    for (size_t i = 0; i < 4; i++) {
        if (!columns[i].wanted) continue;
        out_fmt("%s%*lu", gap, wanted > 1 ? 7 : 0, (unsigned long)columns[i].value);
        gap = " ";
    }
    out_fmt("%s%s\n", *name != '\0' ? " " : "", name);
}

static int wc_input(struct in *in, const char *name, void *context)
{
    struct wc *wc = context;
    struct counts counts = {0};
    bool inside = false;
    static char part[16384];
    ssize_t n;
    while ((n = read(in->fd, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        in->failed = n < 0;
        if (n < 0) return 1;
        counts_add(&counts, part, (size_t)n, &inside);
    }
    wc->total.lines += counts.lines;
    wc->total.words += counts.words;
    wc->total.chars += counts.chars;
    wc->total.bytes += counts.bytes;
    counts_print(wc, &counts, strcmp(name, "-") == 0 ? "" : name);
    return 0;
}

int main(int argc, char **argv)
{
    struct wc wc = {0};
    int option;
    tool_begin(argc, argv,
               "wc [-lwmc] [FILE...]\nCounts lines (-l), words (-w), characters (-m), "
               "bytes (-c).\n");
    while ((option = tool_option(argc, argv, "lwmc")) != -1) {
        if (option == '?') return tool_usage();
        wc.lines |= option == 'l';
        wc.words |= option == 'w';
        wc.chars |= option == 'm';
        wc.bytes |= option == 'c';
    }
    if (!wc.lines && !wc.words && !wc.chars && !wc.bytes) wc.lines = wc.words = wc.bytes = true;
    int status = tool_each_input(argc, argv, tool_index, wc_input, &wc);
    if (argc - tool_index > 1) counts_print(&wc, &wc.total, "total");
    return tool_end(status);
}
