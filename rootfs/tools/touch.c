/* SPDX-License-Identifier: Apache-2.0 */
/* touch: makes files or renews their time. */
#include <errno.h>
#include <fcntl.h>
#include <futura/tool.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool create = true;
    int option, status = 0;
    tool_begin(argc, argv,
               "touch [-c] FILE...\nSets the times of files to now; makes missing ones.\n"
               "-c: make none.\n");
    while ((option = tool_option(argc, argv, "c")) != -1) {
        if (option == '?') return tool_usage();
        create = false;
    }
    if (tool_index == argc) return tool_usage();
    for (int i = tool_index; i < argc; i++) {
        bool good = utimensat(AT_FDCWD, argv[i], NULL, 0) == 0;
        if (!good && errno == ENOENT) {
            int fd = create ? open(argv[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
            good = !create || (fd >= 0 && close(fd) == 0);
        }
        if (!good) tool_error(argv[i]);
        status |= !good;
    }
    return tool_end(status);
}
