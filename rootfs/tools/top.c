/* SPDX-License-Identifier: Apache-2.0 */
/* top: shows who uses the processor. */
#include <futura/tool.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TOP_ROWS 512

struct usage {
    size_t row;
    uint64_t cpu, calls;
};

static uint64_t before_value(const struct proc_table *before, const char *pid, const char *column)
{
    for (size_t row = 0; row < before->rows; row++)
        if (strcmp(proc_cell(before, row, "pid"), pid) == 0)
            return proc_cell_number(before, row, column);
    return 0;
}

static uint64_t since(const struct proc_table *before, const struct proc_table *now, size_t row,
                      const char *column)
{
    uint64_t old = before_value(before, proc_cell(now, row, "pid"), column);
    uint64_t value = proc_cell_number(now, row, column);
    return value > old ? value - old : 0;
}

static int compare(const void *left, const void *right)
{
    const struct usage *a = left, *b = right;
    if (a->cpu != b->cpu) return a->cpu > b->cpu ? -1 : 1;
    return a->calls != b->calls ? (a->calls > b->calls ? -1 : 1)
                                : (a->row > b->row) - (a->row < b->row);
}

static uint64_t uptime_ns(void)
{
    struct proc_table table;
    if (!proc_read(&table, "uptime")) return 0;
    uint64_t value = proc_cell_number(&table, 0, "uptime_ns");
    proc_free(&table);
    return value;
}

static void top_print(const struct proc_table *before, const struct proc_table *now, uint64_t span)
{
    static struct usage list[TOP_ROWS];
    size_t count = now->rows < TOP_ROWS ? now->rows : TOP_ROWS;
    char human[8];
    for (size_t row = 0; row < count; row++)
        list[row] = (struct usage){row, since(before, now, row, "cpu_ns"),
                                   since(before, now, row, "calls")};
    qsort(list, count, sizeof list[0], compare);
    out_fmt("%5s %6s %10s %7s %-8s %s\n", "pid", "cpu%", "calls", "memory", "state", "name");
    for (size_t i = 0; i < count; i++) {
        uint64_t permille = span > 0 ? list[i].cpu * 1000 / span : 0;
        out_fmt("%5s %4lu.%lu %10lu %7s %-8s %s\n", proc_cell(now, list[i].row, "pid"),
                (unsigned long)(permille / 10), (unsigned long)(permille % 10),
                (unsigned long)list[i].calls,
                out_human(proc_cell_number(now, list[i].row, "memory"), human),
                proc_cell(now, list[i].row, "state"), proc_cell(now, list[i].row, "name"));
    }
}

/* True if the user asked to stop. */
static bool top_pause(int milliseconds)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    char c;
    if (!isatty(0)) {
        poll(NULL, 0, milliseconds);
        return false;
    }
    return poll(&input, 1, milliseconds) > 0 && (read(0, &c, 1) <= 0 || c == 'q' || c == 3);
}

static int top_run(uint64_t rounds, uint64_t seconds, bool screen)
{
    struct proc_table before = {0}, now;
    uint64_t start = 0;
    for (uint64_t round = 0; rounds == 0 || round < rounds; round++) {
        if (round > 0 && top_pause((int)seconds * 1000)) break;
        uint64_t time = uptime_ns();
        if (!proc_read(&now, "tasks")) return 1;
        if (screen) out_str("\033[H\033[2J");
        top_print(&before, &now, time - start);
        if (screen) out_str("\nq ends\n");
        if (!out_flush()) break;
        proc_free(&before);
        before = now;
        start = time;
    }
    proc_free(&before);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t rounds = 0, seconds = 2;
    struct termios old, raw;
    int option;
    tool_begin(argc, argv,
               "top [-n ROUNDS] [-d SECONDS]\nShows processor time and IPC calls of "
               "each component: first since the start of the\nsystem, then since the round "
               "before. q ends. -n: ends after so many rounds.\n");
    while ((option = tool_option(argc, argv, "bn:d:")) != -1) {
        if (option == '?') return tool_usage();
        if (option != 'b' &&
            !tool_number(tool_value, "not a number", option == 'n' ? &rounds : &seconds))
            return 2;
        if (option == 'n' && rounds == 0) {
            tool_fail(tool_value, "ROUNDS must be at least 1");
            return 2;
        }
    }
    if (seconds == 0 || seconds > 3600) {
        tool_fail(NULL, "SECONDS must be 1 to 3600");
        return 2;
    }
    const char *kind = getenv("TERM");
    bool paints = isatty(1) && (kind == NULL || strcmp(kind, "dumb") != 0);
    if (!paints && rounds == 0) rounds = 1;
    bool screen = paints && rounds != 1, terminal = screen && tcgetattr(0, &old) == 0;
    if (terminal) {
        raw = old;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        tcsetattr(0, TCSANOW, &raw);
    }
    int status = top_run(rounds, seconds, screen);
    if (terminal) tcsetattr(0, TCSANOW, &old);
    return tool_end(status);
}
