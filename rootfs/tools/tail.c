/* SPDX-License-Identifier: Apache-2.0 */
/* tail: prints the end of files. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct tail {
    uint64_t count;
    bool bytes, from_start, titles, again, follow;
};

struct kept {
    char *data;
    size_t used, size;
};

/* Drops what certainly is not among the last `count` lines or bytes; returns the start. */
static size_t tail_start(const struct tail *tail, const struct kept *kept)
{
    if (tail->bytes) return kept->used > tail->count ? kept->used - tail->count : 0;
    size_t at = kept->used;
    uint64_t lines = 0;
    if (tail->count == 0) return at;
    for (; at > 0; at--)
        if (kept->data[at - 1] == '\n' && at < kept->used && ++lines == tail->count) break;
    return at;
}

static void tail_end(struct in *in, const struct tail *tail)
{
    struct kept kept = {0};
    for (;;) {
        if (kept.size - kept.used < 4096) {
            size_t start = tail_start(tail, &kept);
            if (start > 0) memmove(kept.data, kept.data + start, kept.used - start);
            kept.used -= start;
            if (kept.size - kept.used < 4096)
                kept.data = tool_resize(kept.data, kept.size = kept.size * 2 + 8192);
        }
        ssize_t n = read(in->fd, kept.data + kept.used, kept.size - kept.used);
        if (n < 0 && errno == EINTR) continue;
        in->failed = n < 0;
        if (n <= 0) break;
        kept.used += (size_t)n;
    }
    size_t start = tail_start(tail, &kept);
    out_mem(kept.data + start, kept.used - start);
    free(kept.data);
}

static void tail_from(struct in *in, const struct tail *tail)
{
    size_t length;
    const char *line;
    uint64_t skip = tail->count > 0 ? tail->count - 1 : 0;
    while ((line = in_line(in, &length)) != NULL) {
        size_t drop = tail->bytes ? (skip < length ? (size_t)skip : length) : skip > 0 ? length : 0;
        skip -= tail->bytes ? drop : skip > 0;
        out_mem(line + drop, length - drop);
    }
}

/* Until the output goes away: what is added to the file. */
static void tail_follow(struct in *in)
{
    const struct timespec pause = {0, 200000000};
    char part[4096];
    while (out_flush()) {
        ssize_t n = read(in->fd, part, sizeof part);
        if (n > 0)
            out_mem(part, (size_t)n);
        else if (n < 0 && errno != EINTR)
            return;
        else
            nanosleep(&pause, NULL);
    }
}

static int tail_input(struct in *in, const char *name, void *context)
{
    struct tail *tail = context;
    if (tail->titles) out_fmt("%s==> %s <==\n", tail->again ? "\n" : "", name);
    tail->again = true;
    if (tail->from_start)
        tail_from(in, tail);
    else
        tail_end(in, tail);
    if (tail->follow && !in->failed) tail_follow(in);
    return 0;
}

int main(int argc, char **argv)
{
    struct tail tail = {.count = 10};
    int option;
    tool_begin(argc, argv,
               "tail [-f] [-n [+]LINES | -c [+]BYTES] [FILE...]\nPrints the last 10 "
               "lines. +N: from line N on; -f: go on with what is added.\n");
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] >= '0' && argv[1][1] <= '9') {
        if (!tool_number(argv[1] + 1, "not a number of lines", &tail.count)) return 2;
        tool_index = 2;
    }
    while ((option = tool_option(argc, argv, "fn:c:")) != -1) {
        if (option == '?') return tool_usage();
        tail.follow |= option == 'f';
        if (option == 'f') continue;
        tail.bytes = option == 'c';
        tail.from_start = *tool_value == '+';
        if (!tool_number(tool_value + tail.from_start, "not a number", &tail.count)) return 2;
    }
    tail.titles = argc - tool_index > 1;
    return tool_end(tool_each_input(argc, argv, tool_index, tail_input, &tail));
}
