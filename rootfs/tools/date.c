/* SPDX-License-Identifier: Apache-2.0 */
/* date: prints the time. */
#include <errno.h>
#include <futura/tool.h>
#include <string.h>
#include <time.h>

int main(int argc, char **argv)
{
    struct timespec now;
    struct tm tm;
    char text[512];
    bool utc = false;
    const char *format = "%a %b %e %H:%M:%S %Z %Y";
    int option;
    tool_begin(argc, argv,
               "date [-u] [-I] [+FORMAT]\nPrints the time. -u: UTC; -I: as 2026-01-31; "
               "FORMAT: %Y %m %d %H %M %S %s and so on. The time zone is $TZ in POSIX form: "
               "CET-1,\nor with its rule CET-1CEST,M3.5.0,M10.5.0/3 (without it summer "
               "never\nends); names of places are not known, and mean UTC.\n");
    while ((option = tool_option(argc, argv, "uI")) != -1) {
        if (option == '?') return tool_usage();
        utc |= option == 'u';
        if (option == 'I') format = "%Y-%m-%d";
    }
    if (argc - tool_index > 1 || (tool_index < argc && argv[tool_index][0] != '+'))
        return tool_usage();
    if (tool_index < argc) format = argv[tool_index] + 1;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        tool_fail(NULL, errno == EINVAL ? "the clock is not set" : strerror(errno));
        return 1;
    }
    if ((utc ? gmtime_r(&now.tv_sec, &tm) : localtime_r(&now.tv_sec, &tm)) == NULL) {
        tool_fail(NULL, "the clock is out of range");
        return 1;
    }
    text[0] = '\0';
    if (*format != '\0' && strftime(text, sizeof text, format, &tm) == 0 && strlen(format) > 100) {
        tool_fail(format, "the result is too long");
        return 1;
    }
    out_fmt("%s\n", text);
    return tool_end(0);
}
