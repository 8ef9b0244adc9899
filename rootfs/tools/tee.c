/* SPDX-License-Identifier: Apache-2.0 */
/* tee: copies its input to files and the output. */
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <unistd.h>

#define TEE_FILES 16

int main(int argc, char **argv)
{
    int fds[TEE_FILES + 1] = {1}, count = 1, option, status = 0, flags = O_TRUNC;
    static char part[8192];
    ssize_t n;
    tool_begin(argc, argv,
               "tee [-a] [FILE...]\nCopies the input to the output and to files. -a: "
               "append.\n");
    while ((option = tool_option(argc, argv, "a")) != -1) {
        if (option == '?') return tool_usage();
        flags = O_APPEND;
    }
    for (int i = tool_index; i < argc && count <= TEE_FILES; i++) {
        fds[count] = open(argv[i], O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
        if (fds[count] < 0) {
            tool_error(argv[i]);
            status = 1;
        } else {
            count++;
        }
    }
    while ((n = read(0, part, sizeof part)) != 0) {
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            tool_error("input");
            return 1;
        }
        for (int i = 0; i < count; i++)
            if (fds[i] >= 0 && !fd_write(fds[i], part, (size_t)n)) {
                tool_error(i == 0 ? "output" : "file");
                fds[i] = -1;
                status = 1;
            }
    }
    return tool_end(status);
}
