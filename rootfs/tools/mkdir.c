/* SPDX-License-Identifier: Apache-2.0 */
/* mkdir: makes folders. */
#include <errno.h>
#include <futura/tool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Makes what is missing of the folders above `path`. */
static bool make_parents(char *path)
{
    for (char *c = path + (*path == '/'); *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        bool good = mkdir(path, 0777) == 0 || is_folder(path);
        if (!good) tool_error(path);
        *c = '/';
        if (!good) return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    bool parents = false;
    int option, status = 0;
    unsigned long mode = 0777;
    tool_begin(argc, argv,
               "mkdir [-p] [-m MODE] FOLDER...\nMakes folders. -p: also those above, "
               "and existing ones are fine;\n-m: permissions in octal.\n");
    while ((option = tool_option(argc, argv, "pm:")) != -1) {
        char *end = "";
        if (option == 'm') mode = strtoul(tool_value, &end, 8);
        if (option == '?' || *end != '\0' || mode > 07777) return tool_usage();
        parents |= option == 'p';
    }
    if (tool_index == argc) return tool_usage();
    for (int i = tool_index; i < argc; i++) {
        bool good = !parents || make_parents(argv[i]);
        if (good && mkdir(argv[i], (mode_t)mode) != 0 && !(parents && is_folder(argv[i]))) {
            tool_error(argv[i]);
            good = false;
        }
        status |= !good;
    }
    return tool_end(status);
}
