/* SPDX-License-Identifier: Apache-2.0 */
/* random: prints random bytes. */
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    uint64_t left = 16;
    bool raw = false;
    int option;
    tool_begin(argc, argv,
               "random [-r] [BYTES]\nPrints random bytes (16) in hexadecimal. -r: as they "
               "are.\n");
    while ((option = tool_option(argc, argv, "r")) != -1) {
        if (option == '?') return tool_usage();
        raw = true;
    }
    if (tool_index < argc && !tool_number(argv[tool_index], "not a number of bytes", &left))
        return 2;
    int fd = open("/dev/random", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        tool_error("/dev/random");
        return 1;
    }
    while (left > 0) {
        unsigned char part[256];
        ssize_t n = read(fd, part, left < sizeof part ? left : sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            tool_error("/dev/random");
            return 1;
        }
        for (ssize_t i = 0; i < n && !raw; i++)
            out_fmt("%02x", part[i]);
        if (raw) out_mem(part, (size_t)n);
        left -= (uint64_t)n;
    }
    if (!raw) out_char('\n');
    return tool_end(0);
}
