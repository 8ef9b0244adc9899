/* SPDX-License-Identifier: Apache-2.0 */
/* sleep: waits. */
#include <errno.h>
#include <futura/tool.h>
#include <time.h>

int main(int argc, char **argv)
{
    struct timespec pause = {0};
    tool_begin(argc, argv, "sleep SECONDS\nWaits; SECONDS may have a fraction.\n");
    if (!tool_plain(&argc, &argv) || argc != 2) return tool_usage();
    const char *at = argv[1];
    for (; *at >= '0' && *at <= '9' && pause.tv_sec < 1000000000; at++)
        pause.tv_sec = pause.tv_sec * 10 + (*at - '0');
    if (*at == '.') {
        long unit = 100000000;
        for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
            pause.tv_nsec += unit * (*at - '0');
    }
    if (*at != '\0' || *argv[1] == '\0') {
        tool_fail(argv[1], "not a number of seconds");
        return 2;
    }
    while (nanosleep(&pause, &pause) != 0)
        if (errno != EINTR) {
            tool_error("clock");
            return 1;
        }
    return 0;
}
