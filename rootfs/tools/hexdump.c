/* SPDX-License-Identifier: Apache-2.0 */
/* hexdump: prints bytes in hexadecimal. */
#include <errno.h>
#include <futura/tool.h>
#include <string.h>
#include <unistd.h>

struct dump {
    bool canonical, all, repeated, any;
    uint64_t offset, left;
    size_t used;
    unsigned char row[16], before[16];
};

static void row_canonical(const struct dump *dump)
{
    out_fmt("%08lx", (unsigned long)dump->offset);
    for (size_t i = 0; i < 16; i++) {
        out_str(i % 8 == 0 ? "  " : " ");
        if (i < dump->used)
            out_fmt("%02x", dump->row[i]);
        else
            out_str("  ");
    }
    out_str("  |");
    for (size_t i = 0; i < dump->used; i++)
        out_char(dump->row[i] >= ' ' && dump->row[i] < 127 ? (char)dump->row[i] : '.');
    out_str("|\n");
}

static void row_words(const struct dump *dump)
{
    out_fmt("%07lx", (unsigned long)dump->offset);
    for (size_t i = 0; i < dump->used; i += 2) {
        unsigned high = i + 1 < dump->used ? dump->row[i + 1] : 0;
        out_fmt(" %04x", high << 8 | dump->row[i]);
    }
    out_char('\n');
}

static void row_end(struct dump *dump)
{
    bool same = dump->any && dump->used == 16 && memcmp(dump->row, dump->before, 16) == 0;
    if (same && !dump->all) {
        if (!dump->repeated) out_str("*\n");
        dump->repeated = true;
    } else {
        dump->repeated = false;
        if (dump->canonical)
            row_canonical(dump);
        else
            row_words(dump);
    }
    memcpy(dump->before, dump->row, 16);
    dump->any = true;
    dump->offset += dump->used;
    dump->used = 0;
}

static int dump_input(struct in *in, const char *name, void *context)
{
    struct dump *dump = context;
    static unsigned char part[4096];
    (void)name;
    while (dump->left > 0) {
        ssize_t n = read(in->fd, part, dump->left < sizeof part ? dump->left : sizeof part);
        if (n < 0 && errno == EINTR) continue;
        in->failed = n < 0;
        if (n <= 0) break;
        dump->left -= (uint64_t)n;
        for (ssize_t i = 0; i < n; i++) {
            dump->row[dump->used++] = part[i];
            if (dump->used == 16) row_end(dump);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct dump dump = {.left = UINT64_MAX};
    int option;
    tool_begin(argc, argv,
               "hexdump [-Cv] [-n BYTES] [FILE...]\nPrints bytes in hexadecimal. -C: "
               "with text beside; -v: repeated rows too.\n");
    while ((option = tool_option(argc, argv, "Cvn:")) != -1) {
        if (option == '?') return tool_usage();
        dump.canonical |= option == 'C';
        dump.all |= option == 'v';
        if (option == 'n' && !tool_number(tool_value, "not a number of bytes", &dump.left))
            return 2;
    }
    int status = tool_each_input(argc, argv, tool_index, dump_input, &dump);
    if (dump.used > 0) row_end(&dump);
    if (dump.any) out_fmt(dump.canonical ? "%08lx\n" : "%07lx\n", (unsigned long)dump.offset);
    return tool_end(status);
}
